"""How pages are found and fetched: Scrapy's side of the house.

It must not judge what a page says: it hands pages over.
"""
