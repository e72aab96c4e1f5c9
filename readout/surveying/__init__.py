"""Getting to know a site: what its pages say of feeds, articles and itself, and the source's file that follows.

It must not fetch, store or look at a clock; what cannot be known is said to be unknown, never guessed without a word.
"""
