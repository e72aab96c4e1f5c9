"""Which source is crawled next, and what its crawl means for the time after.

It must not crawl: a worker does. Due-ness lives in the database, so that a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from readout.config import Config
from readout.error import StorageError
from readout.failpoint import Step
from readout.model import Source, SourceId
from readout.pace import bounds, from_row, next_wait
from readout.rhythm import next_due
from readout.storage import sources as source_table
from readout.storage.database import Database
from readout.storage.home import Turn
from readout.workers.claims import Claims
from readout.workers.clock import utc_now
from readout.workers.event import AWAY, NOT_STORED, SHUTDOWN, UNSTORED, CrawlEvent
from readout.workers.local import CRASHED, LocalWorker, WorkerError

_SPARE = timedelta(minutes=15)  # a lease outlasts the longest crawl and the end of its process
_UNTIL_ROOM = timedelta(minutes=5)  # a disk that was full is tried again, and its source is not to blame
_UNTIL_BACK = timedelta(seconds=10)
_SECOND_CHANCES = 3  # crashes in a row after which a source is suspected of causing them

log = structlog.get_logger(__name__)


class Dispatch:
    """Claims sources, hands them to a worker and frees them when their crawl is over; `notify` hears of each crawl.

    The caller holds the lock that `readout.workers.seat` gives.
    """

    def __init__(
        self,
        config: Config,
        sources: Mapping[SourceId, Source],
        database: Database,
        *,
        since: datetime | None = None,
        notify: Callable[[CrawlEvent], None] = lambda _: None,
        log_level: str = "INFO",
    ) -> None:
        self._sources = sources
        self._database = database
        self._since = since
        self._notify = notify
        self._crawl = config.crawl
        self._worker = LocalWorker(config, self._hear, log_level=log_level)
        longest = timedelta(minutes=config.crawl.max_minutes) + _SPARE
        self._claims = Claims(database, sources, alone=config.workers == "local", longest=longest)

    def hand_over_due(self, now: datetime) -> list[SourceId]:
        """Start crawls of sources whose time has come, as many as there are seats.

        While none is due nothing is written, and no crawl process begun.
        """
        self.check()
        due = [] if self._worker.is_full else self._claims.due(now, self._crawl.concurrency)
        return self.hand_over(due) if due else []

    def hand_over_if_due(self, source_id: SourceId, now: datetime) -> bool:
        """Start a crawl of one source, where it is due still and may be crawled."""
        return self._claims.is_due(source_id, now) and bool(self.hand_over([source_id]))

    def hand_over(self, wanted: Collection[SourceId]) -> list[SourceId]:
        """Start crawls of those of `wanted` that may be crawled now, as many as there are seats."""
        self.check()
        seats = self._worker.free_seats()  # a crawl process that begins takes seconds, which no claim is to miss
        claimed = self._claims.take(wanted, utc_now(), seats) if seats > 0 else []
        for source_id in claimed:
            try:
                self._worker.crawl(source_id, since=self._since)
            except WorkerError:
                self._claims.forget(source_id)
                raise
        self._keep_on_leash()
        return claimed

    def check(self) -> None:
        """Renew what is claimed, and end a crawl process that hangs, or crawls what is no longer its own; its sources
        are heard of as crashed. Should we be stuck ourselves, it ends when our claims do."""
        is_ours = self._claims.keep(utc_now())
        self._worker.check()
        if not is_ours:
            log.error("claims_lost", advice="the database was away for too long: the crawls begin anew")
            self._worker.kill()
        self._keep_on_leash()

    @property
    def why_left_alone(self) -> str:
        """Why a source may not be crawled now, in words."""
        asked = "its host asked to be left alone"
        return asked if self._claims.alone else f"{asked}, or another worker is at it"

    @property
    def has_given_up(self) -> bool:
        """Whether no crawl process can be kept alive."""
        return self._worker.has_given_up

    def close(self) -> None:
        """End all crawls; their sources are due again."""
        self._worker.close()

    def _keep_on_leash(self) -> None:
        if not self._claims.alone:
            self._worker.keep_on_leash(self._claims.lasts_s)

    def _hear(self, event: CrawlEvent) -> None:
        try:
            if event.event == "finished":
                self._claims.forget(event.source)
                self._release(event, utc_now())
        except (StorageError, SQLAlchemyError) as error:
            # Its lease runs out, and it is due again.
            log.error("source_not_released", source=event.source, reason=str(error))
        finally:
            self._notify(event)

    def _release(self, event: CrawlEvent, now: datetime) -> None:
        with self._database.write(step=Step.RELEASE, turn=Turn.OWN) as connection:
            state = source_table.state_of(connection, event.source)
            if state is None:
                return
            source = self._sources[event.source]
            wait = self._wait(source, source_table.rhythm_of(connection, event.source), now)
            due = _next(source, event, state.failures, now, wait)
            # What a crawl that was cut short had not heard yet is no fault of its source.
            error = None if event.reason in (SHUTDOWN, *NOT_STORED) else event.error
            answered = event.answered and event.reason != CRASHED
            self._claims.free(connection, event.source, now=now, due=due, error=error, answered=answered)

    def _wait(self, source: Source, kept: Any, now: datetime) -> timedelta | None:
        """How long to wait by the source's own rhythm; None: by its interval."""
        learned = from_row(kept)
        if not self._crawl.adaptive or learned is None:
            return None
        shortest, longest = timedelta(seconds=self._crawl.min_interval), timedelta(seconds=self._crawl.max_interval)
        limits = bounds(source.interval, shortest=shortest, longest=longest)
        return next_wait(learned, zone=ZoneInfo(source.timezone), interval=source.interval, bounds=limits, now=now)


def _next(source: Source, event: CrawlEvent, failures: int, now: datetime, wait: timedelta | None) -> datetime:
    """When a source is due after its crawl: one whose crawl was cut off is due at once, one that failed later."""
    if event.reason == SHUTDOWN or (event.reason == CRASHED and failures < _SECOND_CHANCES):
        return now
    if event.reason == UNSTORED:
        return now + _UNTIL_ROOM
    if event.reason == AWAY:
        return now + _UNTIL_BACK
    is_down = event.error is not None and not event.answered
    return next_due(source, now, failures + 1 if is_down else 0, wait=wait)
