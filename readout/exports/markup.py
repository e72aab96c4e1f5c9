"""A meeting as HTML for feed readers, which show it or clean it as they please.

It must not contain anything but paragraphs, lists and links.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from readout.exports.entry import Entry, Mention

_LINK = Markup('<a href="{}" rel="noreferrer">{}</a>')


def content_of(entry: Entry) -> str:
    """Its facts, and its reports as links."""
    facts = Markup("<p>{}</p>").format(Markup("<br>").join(entry.lines))
    return str(facts + Markup("<ul>{}</ul>").format(Markup("").join(_items(entry))) if entry.mentions else facts)


def _items(entry: Entry) -> Iterator[Markup]:
    return (Markup("<li>{}</li>").format(_linked(each)) for each in entry.mentions)


def _linked(mention: Mention) -> Markup:
    return _LINK.format(mention.url, mention.said) if mention.url else escape(mention.said)
