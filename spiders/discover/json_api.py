"""JSON that a site's own script asks for to links, by the paths of the source.

It must not fetch or follow: where the next page is, the cursor says, and `spiders.discover.paging` makes it an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote, unquote

from readout.articles.timestamp import Moment, read_moment, settle
from readout.discovery import JsonApi
from readout.error import SourceChanged
from readout.model import Link

from .beside import MOST_LINKS, address, link_of, plain_title
from .json_value import as_text, first_text, follow, found, read_json

_LONGEST_CURSOR = 1_000
_SLOT = re.compile(r"\{([\w.\[\]$-]+)\}")
_EPOCH = re.compile(r"(\d{9,10}|\d{13})(?:\.\d+)?")
_DOTNET = re.compile(r"/Date\((\d{12,13})(?:[+-]\d{4})?\)/")
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPage:
    """What one answer holds: links in its order, and what asks for the next one, where it says so."""

    links: tuple[Link, ...]
    cursor: str | None = None


def json_links(body: bytes, url: str, place: JsonApi, zone: tzinfo) -> JsonPage:
    """The links of the JSON `body` found at `url`, one for each address, with the title and date of their items.

    Dates are ISO 8601, digits (20251016, 16.10.2025 10:00) or seconds or milliseconds since 1970; those without a zone
    are in `zone`. An item that lacks what `place.link` names is no link. An empty list where items stand is a page
    without links, the end of a walk through pages: on the first page the caller takes it for a fault. Raises
    SourceChanged where it is no JSON, `place.items` leads to no list, or no item gives a link.
    """
    document = read_json(body, url)
    items = _items(document, url, place)
    links: dict[str, Link] = {}
    for item in items[:MOST_LINKS]:
        if where := _address(item, url, place.link):
            links.setdefault(where, _link(where, item, place, zone))
    if items and not links:
        raise SourceChanged(f"none of the {len(items)} items of {url} gives what the link {place.link!r} names")
    return JsonPage(links=tuple(links.values()), cursor=_cursor(document, place))


def _items(document: Any, url: str, place: JsonApi) -> list[Any]:
    """The items. A path ends at the list of them, or goes on inside of each after the last ``[*]``."""
    for way in place.items.split("|"):
        before, star, inside = way.rpartition("[*]")
        lists = [one for one in follow([document], before if star else way) if isinstance(one, list)]
        if lists:
            items = (item for one in lists for item in follow(one, inside if star else ""))
            return [each for item in items for each in (item if isinstance(item, list) else [item])]
    raise SourceChanged(f"{url} holds no list where its items are expected, at {place.items!r}")


def _link(where: str, item: Any, place: JsonApi, zone: tzinfo) -> Link:
    title = plain_title(first_text(item, place.title) or "")
    return link_of(where, title=title, published=_dated(item, place.date, zone))


def _address(item: Any, base: str, template: str) -> str | None:
    """`template` with the fields of `item`. A value that begins the address is one itself; others are encoded."""
    if not isinstance(item, dict):
        return None
    values = {slot: as_text(item.get(slot)) or first_text(item, slot) for slot in _SLOT.findall(template)}
    if not all(values.values()):
        return None
    return address(base, _SLOT.sub(lambda slot: _written(values[slot[1]] or "", slot.start() == 0), template))


def _written(value: str, is_address: bool) -> str:
    """What is encoded already stays so; a slash is part of a path."""
    return value if is_address else quote(unquote(value), safe="/", errors="replace")


def _dated(item: Any, path: str | None, zone: tzinfo) -> Moment | None:
    return next(_moments(item, path, zone), None)


def _moments(item: Any, path: str | None, zone: tzinfo) -> Iterator[Moment]:
    for way in (path or "").split("|"):
        for value in found(item, way) if way else ():
            if moment := _moment(as_text(value), zone):
                yield moment


def _moment(text: str | None, zone: tzinfo) -> Moment | None:
    if not text:
        return None
    if since_1970 := _EPOCH.fullmatch(text) or _DOTNET.fullmatch(text):
        seconds = int(since_1970[1]) / (1000 if len(since_1970[1]) > 10 else 1)
        return settle(datetime.fromtimestamp(seconds, UTC), zone, day_only=False)
    if digits := _DIGITS.fullmatch(text):
        year, month, day, *clock = (part for part in digits.groups() if part)
        return read_moment(f"{year}-{month}-{day} {':'.join(clock)}".strip(), zone)
    return read_moment(text, zone)


def _cursor(document: Any, place: JsonApi) -> str | None:
    cursor = first_text(document, place.cursor)
    return cursor if cursor and len(cursor) <= _LONGEST_CURSOR else None
