"""Listings with a page for each day: walked back from today to the last day that is known, over days left out before.

It must not take a day without articles for a fault: a weekend has no page, or an empty one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from readout.discovery import Listing
from readout.error import PageLost, SourceChanged
from readout.found_links import Find, asked_of
from readout.model import Link, Page
from readout.storage.places import Asked

from ..discover.leaf import read_leaf
from ..discover.paging import page_urls
from .way import Older, UnansweredError, Way

_MOST_DAYS = 62  # a crawl goes back at most so far; an older gap is a search of the past
_LONGEST_SILENCE = 400  # days in a row without an article, after which a search of the past is over


async def window(place: Listing, way: Way) -> AsyncIterator[Find]:
    """The pages of today, yesterday and the days before that are not known yet, each asked conditionally.

    A day that could not be had hinders no other, and is asked for again by the next crawl.
    """
    failure: UnansweredError | None = None
    for url in await _wanted(place, way):
        try:
            page = await _fetch(url, way, whole=False)
        except UnansweredError as error:
            if error.status is None:  # the server is silent, or wants to be left alone
                raise
            failure = failure or error
            continue
        if isinstance(page, Page):
            yield Find(url=url, place=place.url, links=await _links(page, place, way), asked=asked_of(page))
        elif page is _NO_PAGE:
            yield Find(url=url, place=place.url, links=(), asked=Asked(full_at=way.now))
    if failure:
        raise failure


async def _wanted(place: Listing, way: Way) -> list[str]:
    """The days to ask for: the last two, and those not asked for yet that are later than the first one known.

    Of a day before such a one its page is asked for again: it may have been read while its day was not over.
    """
    least = max(place.pages, 2)
    urls = list(islice(page_urls(place, today=way.today), max(_MOST_DAYS, least)))
    if not await way.looking.is_known(place.url):
        return urls[:least]
    known = await way.looking.known_pages(urls)
    first = max((number for number, url in enumerate(urls) if url in known), default=len(urls) - 1)
    return [
        url
        for number, url in enumerate(urls[: max(first + 1, least)])
        if number < least or url not in known or urls[number - 1] not in known
    ]


async def older(place: Listing, way: Way, cursor: Any, since: datetime | None) -> AsyncIterator[Older]:
    """The days one after the other from today or from `cursor` on, to that of `since`."""
    begun, number = _position(cursor) or (way.today, 0)
    last_url = None
    if since is not None:
        first_day = since.astimezone(way.zone).date() - timedelta(days=1)
        last_url = next(page_urls(place, today=min(first_day, begun)))
    silent = 0
    for url in islice(page_urls(place, today=begun), number, None):
        number += 1
        page = await _fetch(url, way, whole=True)
        links = await _links(page, place, way) if isinstance(page, Page) else []
        silent = 0 if links else silent + 1
        is_last = url == last_url or silent >= _LONGEST_SILENCE
        # A day's page holds what was published that day, whatever stands beside its links.
        yield Older(url=url, links=links, cursor={"from": begun.isoformat(), "number": number}, is_in_order=False)
        if is_last:
            return


_NO_PAGE = object()


async def _fetch(url: str, way: Way, *, whole: bool) -> Page | object | None:
    """The page, None when it has not changed, `_NO_PAGE` where that day has none."""
    try:
        return await way.fetch(url, whole=whole)
    except UnansweredError as error:
        if error.is_missing:
            return _NO_PAGE
        raise


async def _links(page: Page, place: Listing, way: Way) -> list[Link]:
    try:
        return list((await way.parse(page, read_leaf, page, place, way.zone, way.encoding)).links)
    except PageLost:
        raise
    except SourceChanged:
        return []


def _position(cursor: Any) -> tuple[date, int] | None:
    if not isinstance(cursor, dict) or not isinstance(cursor.get("number"), int):
        return None
    try:
        return date.fromisoformat(str(cursor.get("from"))), cursor["number"]
    except ValueError:
        return None
