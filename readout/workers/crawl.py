"""One crawl of one source: the way from the loop that fetches to what is stored, and the count of what came of it.

It must not fetch, and must not block the loop: whatever touches the database runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from readout.discovery import Validators
from readout.finding import Reading, Rejected
from readout.intake import DueLink
from readout.model import Link, Outcome, OutcomeKind, Page, Source
from readout.services import Services
from readout.storage import crawls, hosts, links
from readout.trouble import Heard
from readout.workers.event import CrawlEvent, EventKind

SHUTDOWN = "shutdown"
"""Why a crawl ended that was stopped with its process: in Scrapy's words, as all reasons are."""
BROKEN = "broken"
LOST = "lost"
"""Our words beside Scrapy's: a crawl that could not begin, and one that could not even end."""

_WINDOW = 5  # links of a place, all of them new, before some may be thought to have been missed

_FAULTS = {
    "start_error": "the crawl broke off before it came to the links: the log says why",
    BROKEN: "the crawl could not begin: the log says why",
    LOST: "the crawl did not end when its time was over, and was cut off",
}


def utc_now() -> datetime:
    """The clock of crawls: the one place where they look at the time."""
    return datetime.now(UTC)


class Crawl:
    """A crawl under way. `notify` hears of its progress; `since` is where a back-fill begins."""

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
        self._since = since
        self._notify = notify
        self._id: int | None = None
        self._outcomes: Counter[OutcomeKind] = Counter()
        self._new_links = 0
        self._expected = 0
        self._errors: list[str] = []
        self._misheard: set[Heard] = set()
        self._answers = 0
        self._missed = False
        self._ending: asyncio.Future[None] | None = None

    # --- beginning and end ----------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Note that the crawl is under way."""
        self._id = await asyncio.to_thread(self._write_begin)
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
        )

    # --- discovery --------------------------------------------------------------------------------------------------

    async def validators(self, url: str) -> Validators:
        """What to ask the discovery page `url` with."""
        return await asyncio.to_thread(self.services.intake.discovery_validators, self.source.id, url)

    async def take_links(self, place: str, found: Sequence[Link], validators: Validators) -> None:
        """Make the links `found` at `place` pending and remember the place's validators, in one transaction."""
        was_known, new = await asyncio.to_thread(self._write_links, place, found, validators)
        self._new_links += new
        self._missed |= was_known and new == len(found) >= _WINDOW
        self.log.info("links_found", place=place, links=len(found), new=new)

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
        return next((heard for heard in Heard if heard in self._misheard), Heard.NOTHING)

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
        return await self.services.pool.read(page, link=due.link, zone=self.source.timezone)

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

    # --- waiting ----------------------------------------------------------------------------------------------------

    async def wait_of(self, host: str) -> datetime | None:
        """Until when `host` asked not to be asked, in this crawl or an earlier one; None: it may be asked."""
        until = await asyncio.to_thread(self._read_wait, host)
        return until if until and until > utc_now() else None

    async def set_wait(self, host: str, until: datetime) -> None:
        """Remember that `host` asked to wait, beyond the end of this process."""
        await asyncio.to_thread(self._write_wait, host, until)
        self.log.warning("host_asked_to_wait", host=host, until=until.isoformat())

    # --- the same in a thread ---------------------------------------------------------------------------------------

    def _write_begin(self) -> int:
        with self.services.database.write() as connection:
            return crawls.start_crawl(connection, self.source.id, now=utc_now())

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
                missed=self._missed,
            )

    def _write_links(self, place: str, found: Sequence[Link], validators: Validators) -> tuple[bool, int]:
        """Whether the place was known, and how many of its links were not."""
        with self.services.database.read() as connection:
            was_known = links.is_known_place(connection, self.source.id, place)
        return was_known, self.services.intake.take_links(self.source, place, found, validators, now=utc_now())

    def _read_due(self, limit: int) -> list[DueLink]:
        return self.services.intake.due_links(self.source.id, now=utc_now(), limit=limit)

    def _write_outcome(self, due: DueLink, outcome: Outcome, page: Page | None, is_gone: bool) -> None:
        self.services.intake.settle(due, outcome, now=utc_now(), page=page, is_gone=is_gone)

    def _write_page(self, due: DueLink, page: Page, reading: Reading) -> Outcome:
        return self.services.intake.take_page(self.source, due, page, reading, now=utc_now(), since=self._since)

    def _read_wait(self, host: str) -> datetime | None:
        with self.services.database.read() as connection:
            return hosts.wait_until(connection, host)

    def _write_wait(self, host: str, until: datetime) -> None:
        with self.services.database.write() as connection:
            hosts.set_wait(connection, host, until)
