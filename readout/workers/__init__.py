"""Crawls as work: one crawl, the process that runs many, and the hands that feed it.

It must not know how a page is found: spiders do, and are started by name.
"""
