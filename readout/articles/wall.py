"""Pages that stand in front of an article instead of being one: challenges, consent, logins, soft 404s.

It must not call a real article a wall: a known phrase counts only where next to nothing else is on the page.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from readout.articles.clean import clean_line
from readout.articles.phrases import WALL_MACHINERY, WALL_TEXTS, WALL_TITLES, any_of

# A wall's words are few. A short news item has fewer than this too, but not a wall's phrase in its title or lead.
_LONGEST_WALL = 1_500
_TITLE = re.compile(rf"\W*{any_of(WALL_TITLES)}(?=\W*$|\s*[^\w\s])", re.IGNORECASE)
_TEXT = re.compile(any_of(WALL_TEXTS), re.IGNORECASE)


def wall_phrase(title: str, text: str) -> str | None:
    """The words that give a page of little text away as a wall; None for a page that may be an article."""
    if len(text) > _LONGEST_WALL:
        return None
    found = _TITLE.match(title) or _TEXT.search(text)
    return clean_line(found[0]) if found else None


def wall_machinery(body: bytes) -> str | None:
    """The mark of a challenge's scripts in a page's bytes; to be asked only for a page without text."""
    return next((mark for mark in WALL_MACHINERY if mark.encode() in body), None)


def visible_start(tree: HtmlElement) -> str:
    """The first words a visitor of the page sees, article or not."""
    texts = tree.xpath("//body//text()[not(parent::script or parent::style or parent::template)]")
    return clean_line(" ".join(texts))[:_LONGEST_WALL]
