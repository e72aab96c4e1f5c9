"""Which sources this process crawls: claimed in the database, kept while their crawls last, freed when these are over.

It must not crawl, nor decide what is due.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from readout.error import StorageError
from readout.failpoint import Step
from readout.model import Source, SourceId
from readout.process import this_process
from readout.storage import sources as source_table
from readout.storage.database import Database
from readout.storage.home import Turn

_SHARED = timedelta(seconds=30)
_RENEWED_AFTER_S = 8.0

log = structlog.get_logger(__name__)


class Claims:
    """The claims of this process. Where it is `alone` on the database, as long as it lasts, for `longest`, and what
    others left claimed is free at once; else for half a minute, to be renewed by `keep` until they are freed, and which
    sources there are is the scheduler's to say: a catalogue of ours may be older."""

    def __init__(
        self, database: Database, sources: Mapping[SourceId, Source], *, alone: bool, longest: timedelta
    ) -> None:
        self._database = database
        self._sources = sources
        self._owner = this_process()
        self.alone = alone
        self._lease = longest if alone else _SHARED
        self._held: dict[SourceId, float] = {}  # since when, by a clock that only goes forward, each lasts a lease
        self._lock = Lock()
        self._unknown: set[SourceId] = set()
        if alone:
            self._begin_alone()

    def _begin_alone(self) -> None:
        with self._database.write() as connection:
            source_table.sync_sources(connection, self._sources)
            if broken := source_table.break_leases(connection):
                log.info("leases_broken", leases=broken)

    def due(self, now: datetime, limit: int) -> list[SourceId]:
        """Up to `limit` sources that are due and free, the longest due first."""
        with self._database.read() as connection:
            return source_table.due_sources(connection, self._sources, now=now, limit=limit)

    def is_due(self, source_id: SourceId, now: datetime) -> bool:
        """Whether a source of ours is due and free."""
        if source_id not in self._sources:
            if source_id not in self._unknown:  # said once, however often the queue offers it
                self._unknown.add(source_id)
                log.error("source_unknown", source=source_id, advice="the catalogues of this cluster differ")
            return False
        with self._database.read() as connection:
            return source_table.is_due(connection, source_id, now=now)

    def take(self, wanted: Collection[SourceId], now: datetime, limit: int) -> list[SourceId]:
        """Claim up to `limit` of those of `wanted` that may be crawled now."""
        began = time.monotonic()
        with self._database.write(step=Step.CLAIM, turn=Turn.CLAIMS) as connection:
            taken = source_table.claim(
                connection, self._sources, wanted, owner=self._owner, now=now, lease=self._lease, limit=limit
            )
        with self._lock:
            self._held.update(dict.fromkeys(taken, began))
        return taken

    def keep(self, now: datetime) -> bool:
        """Renew the claims where it is time. False where some are lost: by now another may crawl the same source."""
        with self._lock:
            held = dict(self._held)
        began = time.monotonic()
        since = began - min(held.values(), default=began)
        if self.alone or not held or since < _RENEWED_AFTER_S:
            return True
        try:
            with self._database.write(lasting=False, turn=Turn.OWN) as connection:
                kept = source_table.renew(connection, held, self._owner, now=now, lease=self._lease)
        except (StorageError, SQLAlchemyError) as error:
            log.warning("claims_not_renewed", reason=str(error))
            return since < self._lease.total_seconds()
        with self._lock:
            self._held.update(dict.fromkeys(kept & self._held.keys(), began))
            return not (held.keys() - kept) & self._held.keys()

    @property
    def lasts_s(self) -> float:
        """For how many seconds the claims certainly hold from now on, even if they can be renewed no more."""
        now = time.monotonic()
        with self._lock:
            since = now - min(self._held.values(), default=now)
        return max(self._lease.total_seconds() - since, 0.0)

    def free(
        self,
        connection: Connection,
        source_id: SourceId,
        *,
        now: datetime,
        due: datetime,
        error: str | None,
        answered: bool,
    ) -> None:
        """Note how a crawl went and when its source is due again; nothing where the claim is another's by now."""
        source_table.release(connection, source_id, self._owner, now=now, next_due=due, error=error, answered=answered)

    def forget(self, source_id: SourceId) -> None:
        """Renew a claim no more: its crawl is over, and is freed now or soon lapses."""
        with self._lock:
            self._held.pop(source_id, None)
