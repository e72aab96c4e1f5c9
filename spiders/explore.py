"""How a crawl looks for links: what is new at each place, what was missed since, and, if it is asked to, the past.

It must not fetch by itself or visit a link: it is given a way to fetch, and hands what it finds to the crawl.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Protocol

from readout.condition import Heard
from readout.discovery import Discovery, Feed, Listing, PageWatch, Sitemap, Validators
from readout.error import PageLost, ReadoutError, SourceChanged
from readout.found_links import Find, Onward, hash_of
from readout.model import Link, Page
from readout.storage.backfills import Backfill
from readout.storage.places import Asked, Gap
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl, Purpose
from readout.workers.hosts import LONGEST_DELAY

from .discover.leaf import in_place_of
from .walk import EmptySitemapError, Older, UnansweredError, Way, leads_back, older, walk

_GAP_PAGES = 20  # older pages that one crawl reads to close gaps
_GAP_END = 200  # older pages after which a gap is given up
_WHOLE_AFTER = timedelta(hours=20)
_JITTER_H = 8
_A_DAY = timedelta(days=1)
_TELLS_ALONE = timedelta(weeks=1)
_NOT_HEARD = (Heard.NOTHING, Heard.WAIT)
_NOTHING_OLDER = {"end": True}  # a search's cursor where there is nothing older


class Ask(Protocol):
    """Asks a server. None: it says that nothing has changed. Raises UnansweredError."""

    async def __call__(self, url: str, validators: Validators, *, renders: bool, keep: bool) -> Page | None:
        """The page at `url`."""


class _End(Enum):
    """How the search for the end of a gap came out, at one place."""

    CLOSED = "closed"
    PAUSED = "paused"
    NOT_HERE = "not here"


class Explorer:
    """The looking of one crawl. `ask` asks a server, `requests_left` says how many more requests the crawl may make."""

    def __init__(self, crawl: Crawl, ask: Ask, requests_left: Callable[[], int]) -> None:
        self._crawl = crawl
        self._source = crawl.source
        self._looking = crawl.looking
        self._ask = ask
        self._requests_left = requests_left
        self._gap_pages = _GAP_PAGES
        self._empty: list[EmptySitemapError] = []
        self._feeds_silent = sum(isinstance(place, Feed) for place in crawl.source.discover)
        self._last: Page | None = None

    async def look(self) -> bool:
        """Ask every place, one after the other, then for what was missed; whether any server was heard at all."""
        try:
            return await self._look()
        finally:
            self._last = None  # the visits that follow need its memory

    async def _look(self) -> bool:
        heard = [await self._discover(place) for place in self._in_turn() if not await self._is_spared(place)]
        if heard and not any(heard):
            return False
        if not self._crawl.was_answered:
            # Beside a place that answered an empty one may be having a quiet day; alone it would be silence.
            for empty in self._empty:
                self._crawl.note_error(empty.place, str(empty), Heard.CHANGED)
        await self._close_gaps()
        if self._crawl.since is not None:
            await self._search_past(self._crawl.since)
        return True

    def _in_turn(self) -> Iterator[Discovery]:
        """The places to ask, as far as half of the crawl's time reaches: the other half is for what they name.

        Sitemaps come last: what the feeds have told already they need not tell. Where there may be no time for all,
        because the host asks for long pauses, each crawl begins with another.
        """
        places = list(self._source.discover)
        at = self._crawl.lot % len(places) if len(places) * LONGEST_DELAY > self._time_to_look else 0
        first = places[at : at + 1] if at else []
        places = [*first, *sorted(places[at + len(first) :] + places[:at], key=_is_of_all)]
        for number, place in enumerate(places):
            if number and self._is_time_up():
                self._crawl.log.warning("places_left_for_another_crawl", asked=number, left=len(places) - number)
                return
            yield place

    @property
    def _time_to_look(self) -> timedelta:
        return timedelta(minutes=self._crawl.services.config.crawl.max_minutes) / 2

    def _is_time_up(self) -> bool:
        """Whether what is left of the crawl is for visits. A trial has none to make."""
        return self._crawl.purpose is Purpose.NEWS and utc_now() - self._crawl.begun_at > self._time_to_look

    # --- what is new ------------------------------------------------------------------------------------------------

    async def _discover(self, place: Discovery) -> bool:
        """Take what a place holds; whether its server was heard at all. One that fails hinders no other."""
        way = self._way(place)
        self._last = None
        full = list[Find]()
        found = own = 0
        new_before, was_known = self._crawl.new_links, await self._looking.is_known(place.url)
        try:
            async for find in walk(place, way):
                links = await _articles(place, way, find.links)
                found, own = found + len(find.links), own + len(links)
                full += [find] if find.is_full else []
                # While not one article was among them the pattern or the site is wrong, and nothing is covered yet.
                if own or not found:
                    await self._crawl.take_links(replace(find, links=links))
            if found and not own:
                raise SourceChanged(f"none of the {found} links of {place.url} is of the shape of an article")
            self._crawl.note_answer()
            for find in full:
                said = f"{find.url} names {len(find.links)} links or more, of which no more are read"
                self._crawl.note_error(place.url, said, Heard.CHANGED)
            self._feeds_silent -= isinstance(place, Feed)
            if _is_of_all(place):
                told_alone = was_known and self._feeds_silent == 0 and self._crawl.new_links > new_before
                await self._looking.note_sitemap(place.url, told_alone=told_alone)
        except EmptySitemapError as empty:
            self._empty.append(empty)
        except ReadoutError as error:
            heard, said = await self._misheard(error)
            if was_known and found and not own and heard is Heard.CHANGED:
                # Other sections may fill a feed for a day: it is told, and no reason to ask less often.
                self._crawl.note_answer()
            self._crawl.note_error(place.url, said, heard)
            return heard not in _NOT_HEARD
        return True

    async def _is_spared(self, place: Discovery) -> bool:
        """Whether the feeds tell all that `place` would: a sitemap of the whole site beside a feed that lost nothing.

        It is asked once a day even so, and at every crawl of the week after it named what no feed did.
        """
        has_feeds = any(isinstance(other, Feed) for other in self._source.discover)
        if not _is_of_all(place) or not has_feeds or self._feeds_silent or self._crawl.since is not None:
            return False
        if await self._looking.gaps():
            return False
        asked_at, alone_at = await self._looking.sitemap_asked(place.url)
        tells_alone = alone_at is not None and utc_now() - alone_at < _TELLS_ALONE
        return asked_at is not None and not tells_alone and utc_now() - asked_at < _WHOLE_AFTER

    async def _misheard(self, error: ReadoutError) -> tuple[Heard, str]:
        """What came in place of links, and the same in words."""
        page = self._last
        if page is None or isinstance(error, UnansweredError | PageLost):
            return _heard(error), str(error)
        if found := await self._crawl.guess(page, in_place_of, page):
            heard, what = found
            return heard, f"{page.url} shows {what}"
        return _heard(error), str(error)

    def _way(self, place: Discovery) -> Way:
        # What a script makes is a page for people: no browser is needed for a feed.
        renders = self._source.access.renders and isinstance(place, Listing | PageWatch)
        fetch = partial(self._fetch, renders=renders)
        return Way(source=self._source, fetch=fetch, parse=self._crawl.parse, looking=self._looking, now=utc_now())

    async def _fetch(self, url: str, *, whole: bool = False, keep: bool = False, renders: bool = False) -> Page | None:
        """The page at `url`, or None if it is the one whose links are stored, by its server's word or by its bytes.

        Some servers call every answer new, or send no validators: the bytes decide. Some say 304 for ever: about once a
        day, at an hour of its own for each address, a place is asked as if for the first time.
        """
        if self._last is not None and self._is_time_up():
            raise UnansweredError(f"{url} is left for another crawl: half of this one's time is over", heard=Heard.WAIT)
        asked = Asked() if whole else await self._looking.asked(url)
        validators = Validators() if _wants_all(url, asked, utc_now()) else asked.validators
        self._last = page = await self._ask(url, validators, renders=renders, keep=keep)
        if page is None and validators == Validators():
            raise UnansweredError(f"{url}: the server says that nothing has changed, though it was asked for all")
        if page is None or hash_of(page) != asked.body_hash:
            return page
        await self._looking.note_whole(page)
        return None

    # --- what was missed --------------------------------------------------------------------------------------------

    async def _close_gaps(self) -> None:
        """Go on through what the source offers, from a window of nothing but new links to a known one."""
        for gap in await self._looking.gaps():
            is_closed = await self._is_closed(gap)
            self._crawl.note_gap(gap.url, is_closed)

    async def _is_closed(self, gap: Gap) -> bool:
        for place, cursor in self._ways_on(gap):
            end, gap = await self._fill(gap, place, cursor)
            if end is not _End.NOT_HERE:
                return end is _End.CLOSED
        await self._looking.note_onward(Onward(place=gap.url, is_over=True, gap=gap))
        return False

    def _ways_on(self, gap: Gap) -> Iterator[tuple[Discovery, Any]]:
        """The places that may lead to the gap's end: itself, those of the past, others; from where it was left."""
        leading = [place for place in (*self._source.backfill, *self._source.discover) if leads_back(place)]
        own_first = sorted(leading, key=lambda place: place.url != gap.url)
        ways = list({place.url: place for place in own_first}.values())
        at = gap.place or gap.url
        begun = next((number for number, place in enumerate(ways) if place.url == at), 0)
        for place in ways[begun:]:
            yield place, gap.cursor if place.url == at else None

    async def _fill(self, gap: Gap, place: Discovery, cursor: Any) -> tuple[_End, Gap]:
        """Walk through `place` until it names what was known before the gap, beside or after what was not.

        A place that names only what was known before lags behind, or is about something else, and closes nothing. Where
        pages follow one another most of one must be known: what is pinned on top of all of them is no end.
        """
        met_new = place.url == gap.url
        try:
            async for page in self._older(place, cursor):
                links = page.links
                old = sum(seen < gap.since for seen in await self._looking.known_since(links))
                met_new = met_new or old < len(links)
                if page.is_in_order and not met_new:
                    break
                is_closed = met_new and old > 0 and (not page.is_in_order or 2 * old >= len(links))
                gap = replace(gap, place=place.url, cursor=page.cursor, pages=gap.pages + 1)
                onward = Onward(place=gap.url, is_over=is_closed, gap=gap)
                missed = links if page.is_in_order else [link for link in links if not _is_before(link, gap.begun)]
                await self._crawl.take_older(Find(url=page.url, links=missed), onward)
                self._gap_pages -= 1
                if is_closed:
                    return _End.CLOSED, gap
                is_enough = self._gap_pages <= 0 or self._requests_left() <= 1 or self._is_time_up()
                if gap.pages < _GAP_END and is_enough:
                    return _End.PAUSED, gap
                if gap.pages >= _GAP_END:
                    break
        except ReadoutError as error:
            self._crawl.log.warning("gap_not_searched", place=place.url, reason=str(error))
            if _heard(error) in _NOT_HEARD:
                return _End.PAUSED, gap
        return _End.NOT_HERE, gap

    # --- the past ---------------------------------------------------------------------------------------------------

    async def _search_past(self, since: datetime) -> None:
        """Search each place that leads into the past back to `since`, as far as this crawl's requests reach."""
        ways = [place for place in self._source.backfill if leads_back(place)]
        ways = ways or [place for place in self._source.discover if leads_back(place)]
        if not ways:
            await self._note_no_past(since)
        searches = [(place, await self._looking.begin_backfill(place.url, since)) for place in ways]
        for place, search in searches:
            if search.finished_at is None and not await self._is_searched(place, search):
                return

    async def _note_no_past(self, since: datetime) -> None:
        """What stands at the places now is all that there is."""
        for place in self._source.discover[:1]:
            search = await self._looking.begin_backfill(place.url, since)
            if search.finished_at is None:
                await self._looking.note_onward(Onward(place=place.url, is_over=True))

    async def _is_searched(self, place: Discovery, search: Backfill) -> bool:
        """Search one place; False when it is to be gone on with in another crawl."""
        if await self._has_enough():
            return False
        if search.cursor == _NOTHING_OLDER or await self._looking.is_beyond_range(search):
            await self._looking.note_onward(Onward(place=place.url, cursor=search.cursor, is_over=True))
            return True
        cursor = search.cursor
        try:
            async for page in self._older(place, cursor, since=search.since):
                cursor, is_over = page.cursor or _NOTHING_OLDER, page.cursor is None or _is_past(page, search.since)
                onward = Onward(place=place.url, cursor=cursor, is_over=is_over)
                await self._crawl.take_older(Find(url=page.url, links=page.links), onward)
                if is_over or await self._has_enough():
                    return is_over
        except ReadoutError as error:
            self._crawl.note_error(place.url, str(error), _heard(error))
            return False
        await self._looking.note_onward(Onward(place=place.url, cursor=cursor, is_over=True))
        return True

    async def _has_enough(self) -> bool:
        """Whether what is left of the crawl will be needed to visit what was found so far."""
        return self._is_time_up() or self._requests_left() <= max(1, await self._looking.quiet_waiting())

    async def _older(self, place: Discovery, cursor: Any, *, since: datetime | None = None) -> AsyncIterator[Older]:
        way = self._way(place)
        async for page in older(place, way, cursor, since=since):
            yield replace(page, links=await way.own(page.links))


async def _articles(place: Discovery, way: Way, found: Sequence[Link]) -> list[Link]:
    """Those that lead to articles of the source; a page that is watched is one by its file's word."""
    return list(found) if isinstance(place, PageWatch) else await way.own(found)


def _is_of_all(place: Discovery) -> bool:
    """Whether a place names all articles of its site; a sitemap of news names the newest, as a feed does."""
    return type(place) is Sitemap


def _wants_all(url: str, asked: Asked, now: datetime) -> bool:
    """Whether it is time to ask a place without validators: 20 to 28 hours after it answered with all its bytes."""
    if asked.full_at is None:
        return asked.validators == Validators()
    later = timedelta(hours=int.from_bytes(hashlib.sha256(url.encode()).digest()[:2]) % (_JITTER_H * 60) / 60)
    return now - asked.full_at >= _WHOLE_AFTER + later


def _is_before(link: Link, begun: datetime | None) -> bool:
    """Whether a link of a whole archive was changed last before a gap began: then it was not dropped in it."""
    told = link.modified or link.published
    return begun is not None and told is not None and told < begun - _A_DAY


def _is_past(page: Older, since: datetime) -> bool:
    """Whether a whole page was published before `since`, with a day to spare for zones and days without a time."""
    is_old = [link.published is not None and link.published < since - _A_DAY for link in page.links]
    return page.is_in_order and bool(is_old) and all(is_old)


def _heard(error: ReadoutError) -> Heard:
    """What came in place of links."""
    return error.heard if isinstance(error, UnansweredError) else Heard.CHANGED
