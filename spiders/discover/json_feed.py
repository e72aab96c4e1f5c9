"""JSON Feed 1.0 and 1.1 (jsonfeed.org) to links.

It must not read other JSON: what a site's own script asks for is `spiders.discover.json_api`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from readout.articles.timestamp import Moment, read_moment
from readout.error import SourceChanged
from readout.model import Link

from .beside import address, link_of, plain_title
from .json_value import as_text, read_json

_VERSION = "://jsonfeed.org/version/1"


def json_feed_links(body: bytes, url: str, zone: tzinfo, most: int) -> list[Link]:
    """The links of the first `most` items in their order. Raises SourceChanged where `body` is no JSON Feed."""
    feed = read_json(body, url)
    if not isinstance(feed, dict) or _VERSION not in str(feed.get("version")):
        raise SourceChanged(f"{url} answered with JSON that is no feed: it names no version of jsonfeed.org")
    items = feed.get("items")
    if not isinstance(items, list) or not items:
        raise SourceChanged(f"{url} answered with a feed without entries")
    return list(_links(items[:most], url, zone))


def _links(items: list[Any], base: str, zone: tzinfo) -> Iterator[Link]:
    for item in items:
        if isinstance(item, dict) and (where := _address(item, base)):
            yield link_of(
                where,
                title=plain_title(as_text(item.get("title")) or ""),
                published=_when(item, "date_published", zone),
                modified=_when(item, "date_modified", zone),
                guid=as_text(item.get("id")),
            )


def _address(item: dict[str, Any], base: str) -> str | None:
    """The item's own address, not the `external_url` it tells of; an `id` may be the address (JSON Feed, Items)."""
    known_as = as_text(item.get("id")) or ""
    named = known_as if known_as.startswith(("http://", "https://")) else None
    return address(base, as_text(item.get("url")) or named)


def _when(item: dict[str, Any], name: str, zone: tzinfo) -> Moment | None:
    return read_moment(as_text(item.get(name)), zone)
