"""Meetings as RSS 2.0 (rssboard.org/rss-specification), for readers that know no other.

It must not choose them.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import format_datetime

from lxml import etree

from readout.exports import atom
from readout.exports.entry import Entry, Feed
from readout.exports.markup import content_of

MEDIA_TYPE = "application/rss+xml"
_ATOM = "http://www.w3.org/2005/Atom"


def rss_parts(feed: Feed) -> Iterator[str]:
    """The document in parts."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<rss version="2.0" xmlns:atom="{_ATOM}"><channel>\n'
    for element in _head(feed):
        yield _text_of(element)
    for entry in feed.entries:
        yield _text_of(_item(entry))
    yield "</channel></rss>\n"


def _head(feed: Feed) -> Iterator[etree._Element]:
    yield _element("title", feed.called)
    yield _element("link", feed.home or "")
    yield _element("description", feed.called)
    yield _element("language", feed.language)
    yield _element("lastBuildDate", format_datetime(feed.updated))
    yield _element("generator", "Readout")
    if feed.own:
        yield etree.Element(f"{{{_ATOM}}}link", rel="self", type=MEDIA_TYPE, href=feed.own, nsmap={"atom": _ATOM})


def _item(entry: Entry) -> etree._Element:
    made = _element("item")
    made.append(_element("title", entry.title))
    if entry.url:
        made.append(_element("link", entry.url))
    made.append(_element("guid", entry.id, isPermaLink="false"))
    made.append(_element("pubDate", format_datetime(entry.published)))
    updated = etree.SubElement(made, f"{{{_ATOM}}}updated", nsmap={"atom": _ATOM})
    updated.text = atom.moment(entry.updated)
    made.append(_element("description", content_of(entry)))
    return made


def _element(name: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.Element(name, attributes)
    made.text = text
    return made


def _text_of(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode")) + "\n"
