"""What a discovery page tells: links, a pure function for each kind of page.

It must not fetch, store or look at the clock; what it cannot read is no link, never a guess.
"""
