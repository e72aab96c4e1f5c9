"""What is stored of a source's places, for a crawl that looks there: read and written in a thread, away from the loop.

It must not fetch, and must not decide where to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from readout.found_links import Find, Onward
from readout.model import Link, Page, Source
from readout.services import Services
from readout.storage import backfills, links, places
from readout.storage.backfills import Backfill
from readout.storage.places import Asked, Gap

_Value = TypeVar("_Value")

_BEYOND = 20  # links in a row that were too old, after which a place that dates none has nothing more to offer


class Looking:
    """The places of `source` as they are stored; `clock` says when something is written."""

    def __init__(self, services: Services, source: Source, clock: Callable[[], datetime]) -> None:
        self._services = services
        self._source = source
        self._now = clock

    async def asked(self, url: str) -> Asked:
        """What to ask the page `url` with."""
        return await asyncio.to_thread(self._services.intake.asked, self._source.id, url)

    async def is_known(self, url: str) -> bool:
        """Whether the page or place `url` was read before."""
        return await self._read(lambda connection: places.is_known(connection, self._source.id, url))

    async def known_pages(self, urls: Collection[str]) -> set[str]:
        """Those of the pages `urls` that were read before."""
        return await self._read(lambda connection: places.known_pages(connection, self._source.id, urls))

    async def note_whole(self, page: Page) -> None:
        """Note that a page answered with the same bytes as before."""
        await asyncio.to_thread(self._services.intake.note_whole, self._source.id, page)

    async def sitemap_asked(self, url: str) -> tuple[datetime | None, datetime | None]:
        """When a sitemap was asked last, and when it last named what no feed had."""
        return await self._read(lambda connection: places.sitemap_asked(connection, self._source.id, url))

    async def note_sitemap(self, url: str, *, told_alone: bool) -> None:
        """Note that a sitemap was asked, and whether it named what no feed had."""
        note, now = places.note_sitemap, self._now()
        await self._write(lambda connection: note(connection, self._source.id, url, told_alone=told_alone, now=now))

    async def take_older(self, find: Find, onward: Onward) -> int:
        """Keep what an older page listed, together with where the search goes on; the number of new links."""
        take = self._services.intake.take_older
        return await asyncio.to_thread(take, self._source, find, onward, now=self._now())

    async def known_since(self, found: Sequence[Link]) -> list[datetime]:
        """When each of those of `found` that are stored was first seen."""
        return await self._read(lambda connection: links.known_since(connection, found, self._source.url_rules))

    async def newest_urls(self, limit: int) -> list[str]:
        """The addresses of the source's links that were found last."""
        return await self._read(lambda connection: links.newest_urls(connection, self._source.id, limit=limit))

    async def gaps(self) -> list[Gap]:
        """The gaps that are still to be closed."""
        return await self._read(lambda connection: places.gaps(connection, self._source.id))

    async def backfills(self) -> list[Backfill]:
        """Every search of the source's past."""
        return await self._read(lambda connection: backfills.backfills(connection, self._source.id))

    async def begin_backfill(self, url: str, since: datetime) -> Backfill:
        """Begin to search the place `url` back to `since`, or go on."""
        begin, now = backfills.begin_backfill, self._now()
        return await self._write(lambda connection: begin(connection, self._source.id, url, since=since, now=now))

    async def note_onward(self, onward: Onward) -> None:
        """Note where a search goes on, or that it is over, without a page that was read."""
        await self.take_older(Find(url=onward.place, links=()), onward)

    async def searched_since(self) -> datetime | None:
        """The earliest day that the source's past was searched for."""
        return await self._read(lambda connection: backfills.searched_since(connection, self._source.id))

    async def has_more(self) -> bool:
        """Whether a search of the past is not over, or found what is still to be visited."""
        return any(search.finished_at is None for search in await self.backfills()) or await self.quiet_waiting() > 0

    async def news_waiting(self) -> int:
        """How many links that no search of the past found are to be visited now."""
        now = self._now()
        return await self._read(lambda connection: links.news_waiting(connection, self._source.id, now=now))

    async def quiet_waiting(self) -> int:
        """How many links that a search of the past found are to be visited now."""
        now = self._now()
        return await self._read(lambda connection: backfills.quiet_waiting(connection, self._source.id, now=now))

    async def is_beyond_range(self, search: Backfill) -> bool:
        """Whether what a search of the past found last was all older than it wanted."""
        beyond = backfills.is_beyond_range
        return await self._read(lambda connection: beyond(connection, self._source.id, search, last=_BEYOND))

    async def _read(self, question: Callable[[Connection], _Value]) -> _Value:
        def ask() -> _Value:
            with self._services.database.read() as connection:
                return question(connection)

        return await asyncio.to_thread(ask)

    async def _write(self, statement: Callable[[Connection], _Value]) -> _Value:
        def write() -> _Value:
            with self._services.database.write() as connection:
                return statement(connection)

        return await asyncio.to_thread(write)
