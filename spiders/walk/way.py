"""What a walk is given: a way to fetch, what is stored of the source's places, where it is at home, and the time.

It must not fetch or store by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from readout.articles.urls import without_tracking
from readout.condition import Heard
from readout.error import ReadoutError, SourceChanged
from readout.model import Link, Page, Source
from readout.workers.looking import Looking

_Answer = TypeVar("_Answer")

DISCOVERY_MAX_BYTES = 20 * 1024 * 1024
"""A discovery page may be larger than an article, packed and unpacked."""


class UnansweredError(ReadoutError):
    """A discovery page could not be had; `heard` is what came in its place, `status` that of an error."""

    def __init__(self, text: str, *, heard: Heard = Heard.ERROR, status: int | None = None) -> None:
        super().__init__(text)
        self.heard = heard
        self.status = status

    @property
    def is_missing(self) -> bool:
        """Whether the server says that there is no such page."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class EmptySitemapError(SourceChanged):
    """A sitemap without an address: a quiet day of a news sitemap, or the end of it."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the sitemap {place} names no address")
        self.place = place


class Fetch(Protocol):
    """Gets a page; None: it has not changed since its links were stored. Raises UnansweredError.

    `whole`: wanted even so. `keep`: it is an article's, and is not asked for again when it is visited.
    """

    async def __call__(self, url: str, *, whole: bool = False, keep: bool = False) -> Page | None:
        """The page at `url`."""


class Parse(Protocol):
    """Has a page read in a reader process, by a function that is importable by name. Raises what that raises, and
    PageLost where the page cost readers their lives."""

    async def __call__(self, page: Page, work: Callable[..., _Answer], *job: object) -> _Answer:
        """What `work` makes of a job about `page`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """The links of one older page, and where to go on after it; with a cursor of None it was the last.

    `is_in_order`: the pages are walked from the newest on, so that a page of nothing but old links ends a search.
    """

    url: str
    links: Sequence[Link]
    cursor: Any
    is_in_order: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a walk through a place of `source` is made at the moment `now`."""

    source: Source
    fetch: Fetch
    parse: Parse
    looking: Looking
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of dates that name none."""
        return ZoneInfo(self.source.timezone)

    @property
    def today(self) -> date:
        """The day where the source is at home."""
        return self.now.astimezone(self.zone).date()

    @property
    def encoding(self) -> str | None:
        """The source's own encoding, if it has one."""
        return self.source.page_rules.encoding

    async def own(self, links: Sequence[Link]) -> list[Link]:
        """Those of `links` that lead to articles of the source, each address once."""
        return await asyncio.to_thread(own_links, self.source, links)  # there may be 50,000

    async def is_mostly_new(self, links: Sequence[Link]) -> bool:
        """Whether more of the articles among `links` are new than known: then the page after may hold new ones, too.

        Not a single known one decides: many a site pins an article on top of all its pages.
        """
        own = await self.own(links)
        return len(own) > 2 * len(await self.looking.known_since(own))


def own_links(source: Source, links: Sequence[Link]) -> list[Link]:
    """Those of `links` that lead to articles of `source`: on one of its hosts, of its articles' shape; each once."""
    return list({link.url: link for link in reversed(links) if _is_own(source, link.url)}.values())[::-1]


def _is_own(source: Source, url: str) -> bool:
    """Whether `url` is an article's: a feed may put on its links how they were come by, which no pattern knows."""
    return source.owns(url) or source.owns(without_tracking(url))
