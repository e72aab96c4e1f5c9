"""Page to article: the readable text of a page, its title, date, language and fingerprint.

It must not touch network, database, clock or files: everything it needs is an argument.
"""
