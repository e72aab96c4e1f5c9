"""Places whose pages follow one another: feeds, listings, JSON and channels, counted or linked to the next one.

It must not decide how far to go back: `window` reads what is new, `older` goes on for as long as it is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from readout.articles.wall import machinery_of
from readout.discovery import Listing, Telegram
from readout.error import PageLost, ReadoutError, SourceChanged
from readout.found_links import Find, asked_of
from readout.model import Page
from readout.storage.places import Asked

from ..discover.leaf import Leaf, Paged, read_leaf
from ..discover.paging import page_urls
from .way import Older, UnansweredError, Way

_MOST_PAGES = 20_000  # of one place; a newspaper of thirty years has fewer
_MOST_BARE = 3  # pages in a row without an article of the source: what is linked there is furniture


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A page of a place: the how manieth, from 0, and its address."""

    number: int
    url: str

    def cursor(self) -> dict[str, Any]:
        """The spot as JSON can hold it."""
        return {"page": self.number, "url": self.url}


def leads_on(place: Paged) -> bool:
    """Whether a place has more pages than its newest."""
    return isinstance(place, Telegram) or "{" in place.url or (isinstance(place, Listing) and place.next is not None)


async def window(place: Paged, way: Way) -> AsyncIterator[Find]:
    """What the newest pages hold: at most `place.pages`, and none after one whose links are mostly known.

    All are one find under the first one's validators: a later page cut off would never be asked for again.
    """
    spot = _first(place, way)
    page = await way.fetch(spot.url)
    if page is None:
        return
    leaf = await _read(page, place, way)
    if not leaf.links and not (isinstance(place, Telegram) and not place.empty_is_error):
        raise SourceChanged(f"{place.url} names nothing")
    asked, links, is_full, onward = asked_of(page), [*leaf.links], leaf.is_full, _after(place, spot, leaf, way)
    try:
        while onward and onward.number < place.pages and await way.is_mostly_new(leaf.links):
            if (later := await _later(onward, place, way)) is None:
                break
            leaf = later
            links += leaf.links
            is_full = is_full or leaf.is_full
            onward = _after(place, onward, leaf, way)
    except ReadoutError:
        yield Find(url=spot.url, place=place.url, links=links, asked=Asked(), windowed=True, onward=_cursor(onward))
        raise
    yield Find(
        url=spot.url,
        place=place.url,
        links=links,
        asked=asked,
        windowed=True,
        onward=_cursor(onward),
        is_full=is_full,
    )


async def older(place: Paged, way: Way, cursor: Any) -> AsyncIterator[Older]:
    """The pages of a place one after the other, from the newest or from `cursor` on, to the last.

    It ends where there is no such page, or one that was there before, or the same articles as before once more, or none
    on several in a row.
    """
    spot: Spot | None = _spot(cursor) or _first(place, way)
    before, bare, walked = set[str](), 0, set[str]()
    while spot and spot.number < _MOST_PAGES and spot.url not in walked:
        walked.add(spot.url)
        leaf = await _later(spot, place, way)
        if leaf is None or not leaf.links:
            return
        urls = {link.url for link in await way.own(leaf.links)}
        bare = 0 if urls else bare + 1
        if bare == _MOST_BARE or (urls and urls == before):
            return
        before, url = urls or before, spot.url
        spot = _after(place, spot, leaf, way)
        yield Older(url=url, links=leaf.links, cursor=_cursor(spot))


async def _later(spot: Spot, place: Paged, way: Way) -> Leaf | None:
    """A page after the first, or None past the last: a site says so in many ways, but not with a challenge."""
    try:
        page = await way.fetch(spot.url, whole=True)
    except UnansweredError as error:
        if spot.number and error.is_missing:
            return None
        raise
    assert page is not None, "a page that is wanted whole is never unchanged"
    try:
        return await _read(page, place, way)
    except SourceChanged as error:
        if spot.number and not isinstance(error, PageLost) and not machinery_of(page.body):
            return None
        raise


async def _read(page: Page, place: Paged, way: Way) -> Leaf:
    return await way.parse(page, read_leaf, page, place, way.zone, way.encoding)


def _first(place: Paged, way: Way) -> Spot:
    return Spot(number=0, url=next(page_urls(place, today=way.today)))


def _after(place: Paged, spot: Spot, leaf: Leaf, way: Way) -> Spot | None:
    number = spot.number + 1
    if "{n}" in place.url and not isinstance(place, Telegram):
        further = replace(place, first=place.first + number)
        return Spot(number=number, url=next(page_urls(further, today=way.today)))
    if leaf.next_url is None or leaf.next_url == spot.url:
        return None
    return Spot(number=number, url=leaf.next_url)


def _cursor(spot: Spot | None) -> dict[str, Any] | None:
    return spot.cursor() if spot else None


def _spot(cursor: Any) -> Spot | None:
    if not isinstance(cursor, dict) or not isinstance(cursor.get("page"), int) or not cursor.get("url"):
        return None
    return Spot(number=cursor["page"], url=str(cursor["url"]))
