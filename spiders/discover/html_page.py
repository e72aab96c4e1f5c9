"""The text of an HTML page as something that CSS selectors can be asked of.

It must not judge the page: one that holds nothing gives nothing.
"""

from __future__ import annotations

from lxml.html import Element
from parsel import Selector

from readout.articles.markup import parse


def html_page(html: str) -> Selector:
    """The page as a selector, without what is nested deeper than libxml2 goes and what no document may hold."""
    tree = parse(html)
    return Selector(root=Element("html") if tree is None else tree, type="html")
