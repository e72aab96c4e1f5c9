"""Meetings as a JSON Feed, version 1.1 (jsonfeed.org).

It must not choose them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readout.exports.atom import moment
from readout.exports.entry import Entry, Feed
from readout.exports.jsonl import json_text
from readout.exports.markup import content_of

MEDIA_TYPE = "application/feed+json"


def json_feed_parts(feed: Feed) -> Iterator[str]:
    """The document in parts."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.called,
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "language": feed.language,
        "authors": [{"name": "Readout"}],
        "items": [_item(entry) for entry in feed.entries],
    }
    yield json_text(_known(head)) + "\n"


def _item(entry: Entry) -> dict[str, Any]:
    row = {
        "id": entry.id,
        "url": entry.url,
        "external_url": next((each.url for each in entry.mentions if each.url), None),
        "title": entry.title,
        "content_html": content_of(entry),
        "content_text": entry.text,
        "date_published": moment(entry.published),
        "date_modified": moment(entry.updated),
    }
    return _known(row)


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """What is unknown is left out: the format has no null."""
    return {name: value for name, value in row.items() if value is not None}
