"""Lets go what nobody needs any more, as the section [retention] says: once a day, a little at a time.

It must not touch a report, an alert or the ledger of links, and never runs by itself: the service and crawls call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event
from uuid import uuid4

from sqlalchemy import Connection

from readout.section import Retention
from readout.storage import leases, shedding
from readout.storage.database import Database

LEASE_NAME = "retention"
"""Held until the day is over by whoever did the day's work, and by nobody where that was broken off."""

_LONGEST = timedelta(hours=1)  # whoever needs more has died
_MOST_A_DAY = 100_000  # rows of each kind
_REST_S = 0.02  # between two transactions: others who write have their turn

_Drop = Callable[[Connection, Sequence[int]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """How many articles lost their text, and how many rows of the logs went."""

    texts: int
    visits: int
    crawls: int

    def in_words(self) -> str:
        """One line for people."""
        return f"the texts of {self.texts} articles, {self.visits} visits and {self.crawls} crawls were let go"


def retain_when_due(database: Database, rules: Retention, *, now: datetime, stop: Event) -> LetGo | None:
    """Let go what is due by `rules`, if that was not done on this day of UTC; None: it was, or all is kept for ever.

    In transactions of at most `shedding.A_BATCH` rows, and at most so many a day. Where `stop` is set it ends within a
    moment and is due again; where the process dies, after an hour.
    """
    if rules.article_days is None and rules.log_days is None:
        return None
    owner = uuid4().hex
    if not _begin(database, owner, now):
        return None
    let_go = retain(database, rules, now=now, stop=stop)
    _end(database, owner, now, is_done=not stop.is_set())
    return let_go


def retain(database: Database, rules: Retention, *, now: datetime, stop: Event) -> LetGo:
    """Let go what is due by `rules`, whenever that was done last; broken off where `stop` is set."""
    work = _Work(database, stop)
    texts = visits = crawls = 0
    if rules.article_days is not None:
        before = _days_ago(now, rules.article_days)

        def shed(connection: Connection, ids: Sequence[int]) -> int:
            return shedding.shed_texts(connection, ids, before=before, now=now)

        texts = work.off(shedding.spent_texts(database, before), shed)
    if rules.log_days is not None:
        oldest = _days_ago(now, rules.log_days)
        visits = work.off(shedding.spent_visits(database, oldest), shedding.drop_visits)
        crawls = work.off(shedding.spent_crawls(database, oldest, now=now), shedding.drop_crawls)
    return LetGo(texts=texts, visits=visits, crawls=crawls)


@dataclass(frozen=True, slots=True)
class _Work:
    database: Database
    stop: Event

    def off(self, batches: Iterable[Sequence[int]], drop: _Drop) -> int:
        """Drop batch after batch, each in a transaction, until all, or enough for a day, are dropped; how many."""
        done = 0
        for batch in batches:
            if done >= _MOST_A_DAY or self.stop.is_set():
                break
            # What a power cut undoes is done again on another day.
            with self.database.write(lasting=False) as connection:
                done += drop(connection, batch)
            self.stop.wait(_REST_S)
        return done


def _begin(database: Database, owner: str, now: datetime) -> bool:
    with database.read() as connection:
        if not leases.is_free(connection, LEASE_NAME, now):
            return False
    with database.write() as connection:
        return leases.take_lease(connection, LEASE_NAME, owner, now, _LONGEST)


def _end(database: Database, owner: str, now: datetime, *, is_done: bool) -> None:
    with database.write() as connection:
        if is_done:
            leases.renew(connection, LEASE_NAME, owner, now, _next_midnight(now) - now)
        else:
            leases.drop(connection, LEASE_NAME, owner)


def _next_midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _days_ago(now: datetime, days: int) -> datetime:
    """So many days before `now`; for more than the calendar has, its beginning."""
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
