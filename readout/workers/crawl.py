"""One crawl of one source: the way from the loop that fetches to what is stored, and the count of what came of it.

It must not fetch, and must not block the loop: whatever touches the database runs in a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from readout.condition import Heard
from readout.error import PageLost, StorageError
from readout.failpoint import Moment, Step, reach
from readout.finding import Reading, Rejected
from readout.found_links import Find, Onward, Taken
from readout.intake import DueLink
from readout.model import Outcome, OutcomeKind, Page, Source
from readout.pace import Sighting, from_row, learn, to_row
from readout.reading.reader import ReaderLostError
from readout.reading.share import Share
from readout.services import Services
from readout.storage import crawls
from readout.storage.home import Turn
from readout.storage.sources import keep_rhythm, rhythm_of
from readout.workers.clock import utc_now
from readout.workers.event import BROKEN, LOST, NOT_STORED, SHUTDOWN, TIMEOUT, CrawlEvent, EventKind, unstored_by
from readout.workers.looking import Looking
from readout.workers.sight import Sight

_KNOWN_AFTER = timedelta(days=7)  # a source's first crawls come upon its past; only what is found later is new
_TOLD_EVERY_S = 0.2  # for eyes, that cannot follow more

_Answer = TypeVar("_Answer")

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
        self._is_spent = False
        self._range_begin: datetime | None = None
        self._told_at = 0.0
        self._begun_at = utc_now()
        self._zone = ZoneInfo(source.timezone)
        self._seen = Sighting()
        self._ending: asyncio.Future[None] | None = None
        self._unstored: str | None = None
        self.is_unstored = asyncio.Event()
        """Set when something could not be stored: from then on the crawl is to end, and its links stay pending."""

    # --- beginning and end ----------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Note that the crawl is under way."""
        self._begun_at = utc_now()
        self._id = await self._stored(self._write_begin)
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
        if reason in _FAULTS and not self.is_unstored.is_set():
            self._errors.append(_FAULTS[reason])
        try:
            if self.since is not None and reason not in _FAULTS:
                self._more = await self.looking.has_more()
            if self._is_spent or reason == TIMEOUT:
                self._sight.waiting = await self.looking.news_waiting()
            if self._id is not None:
                reason = self._unstored or reason
                await asyncio.to_thread(self._write_end, reason, requests)
        except StorageError as error:
            self.note_unstored(error)
        finally:  # on a full disk nothing can be noted, but nobody must wait for this crawl any longer
            reason = self._unstored or reason
            done = self.event("finished", reason=reason, requests=requests)
            outcomes = dict(done.outcomes)
            self.log.info("crawl_finished", reason=reason, requests=requests, new=done.new, outcomes=outcomes)
            if done.waiting:
                self.log.warning("links_left_for_another_crawl", links=done.waiting)
            self._notify(done)

    def note_spent(self) -> None:
        """Note that it has made as many requests as it may."""
        self._is_spent = True

    def note_unstored(self, error: StorageError) -> None:
        """Note that something could not be stored; it is said once."""
        if not self.is_unstored.is_set():
            self._unstored = unstored_by(error)
            self.is_unstored.set()
            self._errors.append(str(error))
            self.log.error("crawl_unstored", reason=str(error))

    async def _stored(self, work: Callable[..., _Answer], *values: Any, **named: Any) -> _Answer:
        """What `work`, done in a thread, answers. StorageError where it fails, and from then on without trying."""
        if self.is_unstored.is_set():
            raise StorageError("nothing more is stored in this crawl")
        try:
            return await asyncio.to_thread(work, *values, **named)
        except StorageError as error:
            self.note_unstored(error)
            raise

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
            waiting=self._sight.waiting,
        )

    @property
    def begun_at(self) -> datetime:
        """When the crawl began."""
        return self._begun_at

    @property
    def lot(self) -> int:
        """A number that another crawl has another of, spread evenly: by it takes turns what cannot all be done."""
        return int.from_bytes(hashlib.sha256(str(self._id).encode()).digest()[:4])

    # --- discovery --------------------------------------------------------------------------------------------------

    async def take_links(self, find: Find) -> Taken:
        """Make the links of `find` pending and remember what its place is to be asked with, in one transaction."""
        taken = await self._stored(self._write_links, find)
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
        due = await self._stored(self._read_due, limit)
        self._expected = len(due)
        self._notify(self.event("progress"))
        return due

    async def is_known(self, due: DueLink, page: Page) -> bool:
        """Whether these very bytes were read before."""
        return await self._stored(self.services.intake.is_known_bytes, due, page)

    async def read(self, due: DueLink, page: Page) -> Reading | Rejected:
        """What a reader process makes of the page."""
        reach(Step.READING, Moment.BEFORE)
        reading = await self._readers.read(
            page,
            link=due.link,
            zone=self.source.timezone,
            rules=self.source.page_rules,
            new_at=self._new_at(due),
        )
        reach(Step.READING, Moment.AFTER)
        if isinstance(reading, Reading):
            self._sight.note_reading(reading)
        return reading

    async def parse(self, page: Page, work: Callable[..., _Answer], *job: object) -> _Answer:
        """What `work` makes of a job about a discovery page, in a reader process; it is found there by its name.

        Raises what it raises, and PageLost where the page cost readers their lives.
        """
        try:
            return await self._readers.run(page, work, *job)
        except ReaderLostError as lost:
            raise PageLost(f"{page.url} could not be read: {lost}") from None

    async def guess(self, page: Page, work: Callable[..., _Answer], *job: object) -> _Answer | None:
        """As `parse`, where not to know is an answer, too: None."""
        try:
            return await self.parse(page, work, *job)
        except PageLost:
            return None

    @cached_property
    def _readers(self) -> Share:
        assert self.services.pool is not None, "a crawl needs readers"
        return Share(self.services.pool)

    def _new_at(self, due: DueLink) -> datetime | None:
        """When a link was first seen that was found as something new; None where its page may be of any age."""
        if due.quiet or self.since is not None or self._known_since is None:
            return None
        return due.first_seen if due.first_seen - self._known_since >= _KNOWN_AFTER else None

    def note_unanswered(self) -> None:
        """Note that a page was asked for and not answered at all."""
        self._sight.note_unanswered()

    async def settle(
        self,
        due: DueLink,
        outcome: Outcome,
        page: Page | None = None,
        *,
        is_gone: bool = False,
        is_tried: bool = True,
    ) -> None:
        """Give the link its fate; `is_gone`: the server says that there is no such page. Where it was not `is_tried`
        none of its tries is used up. Where that cannot be stored, it stays as it was."""
        try:
            await self._stored(self._write_outcome, due, outcome, page, is_gone=is_gone, is_tried=is_tried)
        except StorageError:
            return
        self._count(due, outcome)

    async def take_page(self, due: DueLink, page: Page, reading: Reading) -> None:
        """Store what was read: article, reports, meeting, alerts owed and the link's fate in one transaction."""
        self._count(due, await self._stored(self._write_page, due, page, reading))

    def _count(self, due: DueLink, outcome: Outcome) -> None:
        self._outcomes[outcome.kind] += 1
        self.log.info("link_settled", url=due.url, outcome=str(outcome.kind), reason=outcome.reason)
        if time.monotonic() - self._told_at >= _TOLD_EVERY_S:
            self._told_at = time.monotonic()
            self._notify(self.event("progress"))

    # --- the same in a thread ---------------------------------------------------------------------------------------

    def _write_begin(self) -> int:
        with self.services.database.write(step=Step.CRAWL_BEGIN, turn=Turn.OWN) as connection:
            place = self.services.config.crawl.running_at
            return crawls.start_crawl(connection, self.source.id, now=utc_now(), place=place)

    def _write_end(self, reason: str, requests: int) -> None:
        assert self._id is not None
        with self.services.database.write(step=Step.CRAWL_END, turn=Turn.OWN) as connection:
            crawls.finish_crawl(
                connection,
                self._id,
                now=utc_now(),
                reason=reason,
                requests=requests,
                new_links=self._new_links,
                outcomes=self._outcomes,
                heard=None if reason in (SHUTDOWN, *NOT_STORED) or reason in _FAULTS else self.heard,
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

    def _write_outcome(
        self, due: DueLink, outcome: Outcome, page: Page | None, *, is_gone: bool, is_tried: bool
    ) -> None:
        self.services.intake.settle(due, outcome, now=utc_now(), page=page, is_gone=is_gone, is_tried=is_tried)

    def _write_page(self, due: DueLink, page: Page, reading: Reading) -> Outcome:
        # What is no find of that search is news, also in the crawl that makes it.
        since = min(filter(None, (self.since, self._range_begin)), default=None) if due.quiet else None
        return self.services.intake.take_page(self.source, due, page, reading, now=utc_now(), since=since)
