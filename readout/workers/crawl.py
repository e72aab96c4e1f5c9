"""One crawl of one source: the way from the loop that fetches to what is stored, and the count of what came of it.

It must not fetch, and must not block the loop: whatever touches the database runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from readout.condition import Heard
from readout.finding import Reading, Rejected
from readout.found_links import Find, Onward, Taken
from readout.intake import DueLink
from readout.model import Outcome, OutcomeKind, Page, Source
from readout.pace import Sighting, from_row, learn, to_row
from readout.services import Services
from readout.storage import crawls
from readout.storage.sources import keep_rhythm, rhythm_of
from readout.workers.clock import utc_now
from readout.workers.event import BROKEN, LOST, SHUTDOWN, CrawlEvent, EventKind
from readout.workers.looking import Looking
from readout.workers.sight import Sight

_KNOWN_AFTER = timedelta(days=7)  # a source's first crawls come upon its past; only what is found later is new

_FAULTS = {
    "start_error": "the crawl broke off before it came to the links: the log says why",
    BROKEN: "the crawl could not begin: the log says why",
    LOST: "the crawl did not end when its time was over, and was cut off",
}


class Purpose(StrEnum):
    """What a crawl is for: news, to try whether a source works, or to get to know a site."""

    NEWS = "news"
    TRIAL = "trial"
    SURVEY = "survey"


class Crawl:
    """A crawl under way. `notify` hears of its progress; with `since`, the past is searched back to that moment.

    `looking`: what is stored of the source's places.
    """

    purpose: ClassVar[Purpose] = Purpose.NEWS

    def __init__(
        self,
        services: Services,
        source: Source,
        *,
        since: datetime | None = None,
        notify: Callable[[CrawlEvent], None] = lambda _: None,
    ) -> None:
        self.services = services
        self.source = source
        self.log = structlog.get_logger("readout.crawl").bind(source=source.id)
        self.since = since
        self.looking = Looking(services, source, utc_now)
        self._notify = notify
        self._known_since: datetime | None = None
        self._id: int | None = None
        self._outcomes: Counter[OutcomeKind] = Counter()
        self._new_links = 0
        self._expected = 0
        self._errors: list[str] = []
        self._misheard: set[Heard] = set()
        self._sight = Sight()
        self._answers = 0
        self._gap: Literal["closed", "open"] | None = None
        self._pages = 0
        self._found = 0
        self._oldest: datetime | None = None
        self._more = False
        self._range_begin: datetime | None = None
        self._begun_at = utc_now()
        self._zone = ZoneInfo(source.timezone)
        self._seen = Sighting()
        self._ending: asyncio.Future[None] | None = None

    # --- beginning and end ----------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Note that the crawl is under way."""
        self._begun_at = utc_now()
        self._id = await asyncio.to_thread(self._write_begin)
        self._range_begin = await self.looking.searched_since()
        self._notify(self.event("started"))

    async def end(self, reason: str, requests: int) -> None:
        """Note how the crawl ended, in Scrapy's word, and how many requests it made.

        Only the first end counts, and whoever says another waits for it: a stopped engine does not.
        """
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end(reason, requests))
        await asyncio.shield(self._ending)

    async def _end(self, reason: str, requests: int) -> None:
        if reason in _FAULTS:
            self._errors.append(_FAULTS[reason])
        elif self.since is not None:
            self._more = await self.looking.has_more()
        done = self.event("finished", reason=reason, requests=requests)
        try:
            if self._id is not None:
                await asyncio.to_thread(self._write_end, reason, requests)
        finally:  # on a full disk nothing can be noted, but nobody must wait for this crawl any longer
            outcomes = dict(done.outcomes)
            self.log.info("crawl_finished", reason=reason, requests=requests, new=done.new, outcomes=outcomes)
            self._notify(done)

    def event(self, kind: EventKind, *, reason: str | None = None, requests: int = 0) -> CrawlEvent:
        """How the crawl stands."""
        return CrawlEvent(
            event=kind,
            source=self.source.id,
            new=self._new_links,
            expected=self._expected,
            requests=requests,
            outcomes={str(outcome): number for outcome, number in self._outcomes.items()},
            reason=reason,
            error="; ".join(self._errors) or None,
            answered=self.was_answered,
            gap=self._gap,
            pages=self._pages,
            found=self._found,
            oldest=self._oldest.date().isoformat() if self._oldest else None,
            more=self._more,
        )

    # --- discovery --------------------------------------------------------------------------------------------------

    async def take_links(self, find: Find) -> Taken:
        """Make the links of `find` pending and remember what its place is to be asked with, in one transaction."""
        taken = await asyncio.to_thread(self._write_links, find)
        self._new_links += taken.new
        self._seen = self._seen.with_page(
            find.links, new=taken.new, was_known=taken.was_known, windowed=find.windowed, zone=self._zone
        )
        if find.windowed and not find.is_of_days:  # only there as many links are to be expected as last time
            self._sight.note_links(find.place or find.url, len(find.links))
        self.log.info("links_found", place=find.url, links=len(find.links), new=taken.new)
        return taken

    async def take_older(self, find: Find, onward: Onward) -> int:
        """Make the links of an older page pending, and remember where the search goes on, in one transaction."""
        new = await self.looking.take_older(find, onward)
        self._new_links += new
        self._pages += 1
        self._found += new
        dates = [link.published for link in find.links if link.published]
        self._oldest = min([*dates, *([self._oldest] if self._oldest else [])], default=None)
        self.log.info("older_links_found", place=find.url, links=len(find.links), new=new)
        self._notify(self.event("progress"))
        return new

    def note_gap(self, place: str, is_closed: bool) -> None:
        """Note what became of links that the place dropped before it was asked: one that stays open counts."""
        self._gap = "open" if self._gap == "open" or not is_closed else "closed"
        self.log.info("gap_closed" if is_closed else "gap_open", place=place)

    @property
    def new_links(self) -> int:
        """How many links were found that were not known."""
        return self._new_links

    def note_answer(self) -> None:
        """Note that a discovery page answered as it should."""
        self._answers += 1

    @property
    def was_answered(self) -> bool:
        """Whether any discovery page answered as it should."""
        return self._answers > 0

    @property
    def heard(self) -> Heard:
        """What the discovery pages answered so far."""
        if self._answers or not self._errors:
            return Heard.SOME if self._errors else Heard.ALL
        return self._misheard_best or Heard.NOTHING

    @property
    def _misheard_best(self) -> Heard | None:
        return next((heard for heard in Heard if heard in self._misheard), None)

    def note_error(self, place: str, reason: str, heard: Heard) -> None:
        """Note that a discovery page did not answer as it should: the operator hears of it."""
        self._errors.append(reason)
        self._misheard.add(heard)
        self.log.warning("discovery_failed", place=place, reason=reason)

    # --- pages ------------------------------------------------------------------------------------------------------

    async def due_links(self, limit: int) -> list[DueLink]:
        """The links to visit in this crawl."""
        due = await asyncio.to_thread(self._read_due, limit)
        self._expected = len(due)
        self._notify(self.event("progress"))
        return due

    async def is_known(self, due: DueLink, page: Page) -> bool:
        """Whether these very bytes were read before."""
        return await asyncio.to_thread(self.services.intake.is_known_bytes, due, page)

    async def read(self, due: DueLink, page: Page) -> Reading | Rejected:
        """What a reader process makes of the page."""
        assert self.services.pool is not None, "a crawl needs readers"
        reading = await self.services.pool.read(
            page,
            link=due.link,
            zone=self.source.timezone,
            rules=self.source.page_rules,
            new_at=self._new_at(due),
        )
        if isinstance(reading, Reading):
            self._sight.note_reading(reading)
        return reading

    def _new_at(self, due: DueLink) -> datetime | None:
        """When a link was first seen that was found as something new; None where its page may be of any age."""
        if due.quiet or self.since is not None or self._known_since is None:
            return None
        return due.first_seen if due.first_seen - self._known_since >= _KNOWN_AFTER else None

    def note_unanswered(self) -> None:
        """Note that a page was asked for and not answered at all."""
        self._sight.note_unanswered()

    async def settle(self, due: DueLink, outcome: Outcome, page: Page | None = None, *, is_gone: bool = False) -> None:
        """Give the link its fate; `is_gone`: the server says that there is no such page."""
        await asyncio.to_thread(self._write_outcome, due, outcome, page, is_gone)
        self._count(due, outcome)

    async def take_page(self, due: DueLink, page: Page, reading: Reading) -> None:
        """Store what was read: article, reports, meeting, alerts owed and the link's fate in one transaction."""
        self._count(due, await asyncio.to_thread(self._write_page, due, page, reading))

    def _count(self, due: DueLink, outcome: Outcome) -> None:
        self._outcomes[outcome.kind] += 1
        self.log.info("link_settled", url=due.url, outcome=str(outcome.kind), reason=outcome.reason)
        self._notify(self.event("progress"))

    # --- the same in a thread ---------------------------------------------------------------------------------------

    def _write_begin(self) -> int:
        with self.services.database.write() as connection:
            place = self.services.config.crawl.running_at
            return crawls.start_crawl(connection, self.source.id, now=utc_now(), place=place)

    def _write_end(self, reason: str, requests: int) -> None:
        assert self._id is not None
        with self.services.database.write() as connection:
            crawls.finish_crawl(
                connection,
                self._id,
                now=utc_now(),
                reason=reason,
                requests=requests,
                new_links=self._new_links,
                outcomes=self._outcomes,
                heard=None if reason == SHUTDOWN or reason in _FAULTS else self.heard,
                missed=self._gap == "open",
                amiss=self._misheard_best,
                error="; ".join(self._errors) or None,
                seen=self._sight.seen(),
            )
            if self.was_answered and self.since is None:
                self._learn_pace(connection)

    def _learn_pace(self, connection: Connection) -> None:
        before = from_row(rhythm_of(connection, self.source.id))
        interval, asked_at = self.source.interval, self._begun_at
        after = learn(before, self._seen, zone=self._zone, interval=interval, asked_at=asked_at)
        keep_rhythm(connection, self.source.id, to_row(after))

    def _write_links(self, find: Find) -> Taken:
        return self.services.intake.take_links(self.source, find, now=utc_now(), quiet=self.since is not None)

    def _read_due(self, limit: int) -> list[DueLink]:
        with self.services.database.read() as connection:
            self._known_since = crawls.first_finished(connection, self.source.id)
        due = self.services.intake.due_links
        return due(self.source.id, now=utc_now(), limit=limit, fresh_from=self._begun_at)

    def _write_outcome(self, due: DueLink, outcome: Outcome, page: Page | None, is_gone: bool) -> None:
        self.services.intake.settle(due, outcome, now=utc_now(), page=page, is_gone=is_gone)

    def _write_page(self, due: DueLink, page: Page, reading: Reading) -> Outcome:
        # What is no find of that search is news, also in the crawl that makes it.
        since = min(filter(None, (self.since, self._range_begin)), default=None) if due.quiet else None
        return self.services.intake.take_page(self.source, due, page, reading, now=utc_now(), since=since)
