"""The walk through one place of discovery: which of its pages to open, and which links each one covers.

It must not fetch or store: it is given a way to fetch, and yields what it finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from w3lib.encoding import html_to_unicode

from readout.discovery import Discovery, Feed, Listing, Sitemap, Validators
from readout.error import ReadoutError, SourceChanged
from readout.model import Link, Page, Source

from .discover.feed import feed_links
from .discover.listing import ListingPage, listing_links
from .discover.sitemap import Child, SitemapContents, robots_sitemaps, sitemap

DISCOVERY_MAX_BYTES = 20 * 1024 * 1024
"""A discovery page may be larger than an article, packed and unpacked."""


class UnansweredError(ReadoutError):
    """A discovery page could not be had. `is_silent`: not even an error came from its server."""

    def __init__(self, text: str, *, is_silent: bool = False) -> None:
        super().__init__(text)
        self.is_silent = is_silent


class EmptySitemapError(SourceChanged):
    """A sitemap without an address: a quiet day of a news sitemap, or the end of it."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the sitemap {place} names no address")
        self.place = place


Fetch = Callable[[str, bool], Awaitable[Page | None]]
"""(URL, whether to ask conditionally) → its page, None when unchanged. Raises UnansweredError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """The links found on the page `url`; its `validators` may be kept once they are taken, and not before."""

    url: str
    links: Sequence[Link]
    validators: Validators


def walk(place: Discovery, fetch: Fetch, zone: ZoneInfo) -> AsyncIterator[Find]:
    """What a place of discovery holds that is new, page by page. Raises UnansweredError or SourceChanged."""
    match place:
        case Feed():
            return _walk_feed(place, fetch, zone)
        case Sitemap():
            return _walk_sitemap(place, fetch, zone)
        case Listing():
            return _walk_listing(place, fetch, zone)
        case _:
            raise NotImplementedError(place.kind)


def own_links(source: Source, links: Sequence[Link]) -> list[Link]:
    """Those of `links` that lead to articles of `source`: on one of its hosts, and of its articles' shape."""
    return [link for link in links if source.owns(link.url)]


# --- one walk for each kind. Reading runs in a thread: a feed made to be slow must not hold up other crawls ---------


async def _walk_feed(place: Feed, fetch: Fetch, zone: ZoneInfo) -> AsyncIterator[Find]:
    page = await fetch(place.url, True)
    if page is not None:
        links = await asyncio.to_thread(
            feed_links, page.body, url=page.final_url, content_type=page.content_type, zone=zone
        )
        yield Find(url=place.url, links=links, validators=page.validators)


async def _walk_listing(place: Listing, fetch: Fetch, zone: ZoneInfo) -> AsyncIterator[Find]:
    """All pages are one find under the first one's validators: a later page cut off would never be asked for again."""
    first = await fetch(place.url, True)
    if first is None:
        return
    listing = await asyncio.to_thread(_read_listing, first, place, zone)
    links, seen = list(listing.links), {place.url}
    try:
        while listing.next_url and listing.next_url not in seen and len(seen) < place.pages:
            seen.add(listing.next_url)
            page = await fetch(listing.next_url, False)
            listing = await asyncio.to_thread(_read_listing, page, place, zone) if page else ListingPage(links=())
            links += listing.links
    except ReadoutError:
        yield Find(url=place.url, links=links, validators=Validators())
        raise
    yield Find(url=place.url, links=links, validators=first.validators)


def _read_listing(page: Page, place: Listing, zone: ZoneInfo) -> ListingPage:
    _, html = html_to_unicode(page.content_type, page.body)
    return listing_links(html, page.final_url, place, zone)


async def _walk_sitemap(place: Sitemap, fetch: Fetch, zone: ZoneInfo) -> AsyncIterator[Find]:
    """The sitemap, or the newest of those an index names. An index is done with only when its children are.

    An index that does not date its children never tells that one has changed, so it is asked afresh each time; so is
    an empty sitemap, or it would answer with 304 for ever after. Raises EmptySitemapError where all of them are empty.
    """
    waiting, seen = [Child(url=place.url)], {place.url}
    indexes: list[Find] = []
    failures: list[ReadoutError] = []
    is_empty = True
    while waiting and len(seen) - len(waiting) <= place.pages:
        url = waiting.pop(0).url
        try:
            page = await fetch(url, True)
            contents = await asyncio.to_thread(_read_sitemap, page, zone) if page else SitemapContents()
            is_empty = is_empty and page is not None and not contents.links
        except ReadoutError as error:
            failures.append(error)
            continue
        if page is None:
            continue
        if contents.children:
            indexes.append(_found(page, contents))
            waiting += [child for child in _newest_first(contents.children) if child.url not in seen]
            seen |= {child.url for child in contents.children}
        else:
            yield _found(page, contents)
    if failures:
        raise failures[0]
    if is_empty:
        raise EmptySitemapError(place.url)
    for index in indexes:
        yield index


def _found(page: Page, contents: SitemapContents) -> Find:
    tells_of_changes = bool(contents.links or contents.children) and all(child.lastmod for child in contents.children)
    return Find(url=page.url, links=contents.links, validators=page.validators if tells_of_changes else Validators())


def _read_sitemap(page: Page, zone: ZoneInfo) -> SitemapContents:
    if urlsplit(page.url).path == "/robots.txt":
        if not (named := robots_sitemaps(page.body)):
            raise SourceChanged(f"{page.url} names no sitemap")
        return SitemapContents(children=tuple(Child(url=url) for url in named))
    return sitemap(page.body, page.final_url, limit=DISCOVERY_MAX_BYTES, zone=zone)


def _newest_first(children: Sequence[Child]) -> list[Child]:
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(children, key=lambda child: child.lastmod or never, reverse=True)
