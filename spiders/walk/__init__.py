"""The walks through places of discovery: which pages to open, and which links each one covers.

They must not fetch or store: they are given a way to fetch, and yield what they find.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from readout.discovery import Discovery, IdWalk, Listing, NewsSitemap, PageWatch, Sitemap
from readout.found_links import Find, asked_of

from ..discover.leaf import read_watched
from . import days, ids, pages, sitemaps
from .way import DISCOVERY_MAX_BYTES, EmptySitemapError, Fetch, Older, UnansweredError, Way, own_links

__all__ = [
    "DISCOVERY_MAX_BYTES",
    "EmptySitemapError",
    "Fetch",
    "Older",
    "UnansweredError",
    "Way",
    "leads_back",
    "older",
    "own_links",
    "walk",
]


def walk(place: Discovery, way: Way) -> AsyncIterator[Find]:
    """What a place of discovery holds that is new, page by page. Raises UnansweredError or SourceChanged."""
    match place:
        case Sitemap():
            return sitemaps.window(place, way)
        case IdWalk():
            return ids.window(place, way)
        case PageWatch():
            return _watch(place, way)
        case Listing() if _is_by_day(place):
            return days.window(place, way)
        case _:
            return pages.window(place, way)


def leads_back(place: Discovery) -> bool:
    """Whether a place leads beyond what is new."""
    match place:
        case NewsSitemap() | PageWatch():
            return False
        case Sitemap() | IdWalk():
            return True
        case _:
            return pages.leads_on(place)


def older(place: Discovery, way: Way, cursor: Any, *, since: datetime | None = None) -> AsyncIterator[Older]:
    """A place's pages into the past, from the newest or from `cursor` on; what is known to be older than `since` is
    left out where that saves a request. Raises UnansweredError or SourceChanged.
    """
    match place:
        case Sitemap():
            return sitemaps.older(place, way, cursor, since)
        case IdWalk():
            return ids.older(place, way, cursor)
        case PageWatch():
            raise ValueError(f"{place.url} has no past")
        case Listing() if _is_by_day(place):
            return days.older(place, way, cursor, since)
        case _:
            return pages.older(place, way, cursor)


async def _watch(place: PageWatch, way: Way) -> AsyncIterator[Find]:
    """The page itself, if its text has changed; it is not asked for again to be read."""
    page = await way.fetch(place.url, keep=True)
    if page is None:
        return
    link, digest = await way.parse(page, read_watched, page, place, way.zone, way.source.page_rules, way.now)
    cursor = (await way.looking.asked(place.url)).cursor
    is_changed = not isinstance(cursor, dict) or cursor.get("digest") != digest
    yield Find(url=place.url, links=[link] if is_changed else [], asked=asked_of(page, {"digest": digest}))


def _is_by_day(place: Listing) -> bool:
    return any(slot in place.url for slot in ("{y}", "{m}", "{d}", "{mm}", "{dd}"))
