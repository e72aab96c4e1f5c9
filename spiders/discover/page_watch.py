"""A page that is itself the article: its link, and what tells whether its text has changed.

It must not remember what the page said before: the walk compares one digest with the last.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from lxml.html import HtmlElement

from readout.articles.clean import clean_line, clean_text
from readout.articles.markup import parse
from readout.articles.volatile import is_volatile
from readout.discovery import PageWatch
from readout.error import SourceChanged
from readout.model import Link

_LONGEST = 2_000_000  # characters that are compared
_MOST_PARTS = 2_000
_INERT = ("script", "style", "noscript", "template", "svg", "iframe", "object", "select")
# An end of one of these ends a line, as people see it (HTML §15.3.3).
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "fieldset", "figcaption"),
    *(
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
    ),
    *("p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
)


def page_link(html: str, url: str, place: PageWatch, *, now: datetime) -> tuple[Link, str]:
    """The page as a link that changed `now`, and the digest (SHA-256, hexadecimal) of what it says.

    The digest is of the text that `place.part` selects, or of all the body's; scripts, line breaks and spaces, counters
    of readers, clocks and the day of the visit leave it as it is. The link is news only where the digest differs from
    that of the last visit. Raises SourceChanged where `place.part` selects nothing, or no text is left.
    """
    tree = parse(html)
    parts = _parts(tree, place) if tree is not None else []
    if place.part and not parts:
        raise SourceChanged(f"the page {url} holds nothing that {place.part!r} selects")
    lines = [line for part in parts for line in _lines(part, now.date())]
    if not lines:
        raise SourceChanged(f"the page {url} holds no text")
    digest = hashlib.sha256("\n".join(lines)[:_LONGEST].encode("utf-8", "replace"))
    return Link(url=url, modified=now), digest.hexdigest()


def _parts(tree: HtmlElement, place: PageWatch) -> list[HtmlElement]:
    """The elements that count, none inside another."""
    if not place.part:
        return [tree]
    chosen = tree.cssselect(place.part)[:_MOST_PARTS]
    known = set(chosen)
    return [one for one in chosen if known.isdisjoint(one.iterancestors())]


def _lines(part: HtmlElement, seen: date) -> list[str]:
    """The lines that people see of an element, without those that differ from visit to visit. Uses the element up."""
    for element in part.xpath(" | ".join(f".//{name}" for name in _INERT)):
        element.drop_tree()
    for element in part.iter(*_BLOCKS):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    lines = clean_text(part.xpath("string()")[: 2 * _LONGEST]).split("\n")
    return [said for line in lines if (said := clean_line(line)) and not is_volatile(said, seen)]
