"""Meetings as an Atom feed (RFC 4287).

It must not choose them, nor hold more than one: each is written as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from readout.exports.entry import Entry, Feed
from readout.exports.markup import content_of

MEDIA_TYPE = "application/atom+xml"
_SPACE = "http://www.w3.org/2005/Atom"


def atom_parts(feed: Feed) -> Iterator[str]:
    """The document in parts."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<feed xmlns="{_SPACE}" xml:lang="{feed.language}">\n'
    for element in _head(feed):
        yield _text_of(element)
    for entry in feed.entries:
        yield _text_of(_entry(entry))
    yield "</feed>\n"


def moment(at: datetime) -> str:
    """A moment as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _head(feed: Feed) -> Iterator[etree._Element]:
    yield _element("id", feed.id)
    yield _element("title", feed.called)
    yield _element("updated", moment(feed.updated))
    author = _element("author")
    author.append(_element("name", "Readout"))
    yield author
    yield _element("generator", "Readout")
    if feed.own:
        yield _element("link", rel="self", type=MEDIA_TYPE, href=feed.own)
    if feed.home:
        yield _element("link", rel="alternate", type="text/html", href=feed.home)


def _entry(entry: Entry) -> etree._Element:
    made = _element("entry")
    made.append(_element("id", entry.id))
    made.append(_element("title", entry.title))
    made.append(_element("published", moment(entry.published)))
    made.append(_element("updated", moment(entry.updated)))
    if entry.url:
        made.append(_element("link", rel="alternate", href=entry.url))
    made.extend(_element("link", rel="related", href=each.url) for each in entry.mentions if each.url)
    made.append(_element("summary", "\n".join(entry.lines)))
    made.append(_element("content", content_of(entry), type="html"))
    return made


def _element(name: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{_SPACE}}}{name}", attributes, nsmap={None: _SPACE})
    made.text = text
    return made


def _text_of(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode")) + "\n"
