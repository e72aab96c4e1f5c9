"""Searches of the past: how far back each place of a source was searched, and where to go on.

It must not search: its cursor moves in the transaction that stores the links it covers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from readout.model import OutcomeKind, SourceId
from readout.storage import schema

_backfill = schema.backfill.c
_link = schema.link.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """The search of one place. `cursor`: where to go on, as its walk says; `finished_at` None: there is more."""

    url: str
    since: datetime
    cursor: Any
    found: int
    begun_at: datetime
    finished_at: datetime | None


def backfills(connection: Connection, source_id: SourceId) -> list[Backfill]:
    """Every search of the past of a source, in the order they were begun."""
    rows = connection.execute(select(schema.backfill).where(_backfill.source_id == source_id))
    return sorted(map(_stored, rows), key=lambda search: (search.begun_at, search.url))


def begin_backfill(
    connection: Connection, source_id: SourceId, url: str, *, since: datetime, now: datetime
) -> Backfill:
    """Begin to search the place `url` back to `since`, or go on where it was left; an earlier day extends it.

    What was left aside as older than the day of before is then pending again.
    """
    row = connection.execute(select(schema.backfill).where(*_is(source_id, url))).one_or_none()
    if row is None:
        fresh = Backfill(url=url, since=since, cursor=None, found=0, begun_at=now, finished_at=None)
        new = {"source_id": source_id, "url": url, "since": since, "found": 0, "begun_at": now}
        connection.execute(insert(schema.backfill).values(new))
        return fresh
    search = _stored(row)
    if since < search.since:
        search = replace(search, since=since, finished_at=None)
        values = {"since": since, "finished_at": None}
        connection.execute(update(schema.backfill).where(*_is(source_id, url)).values(values))
        _reopen(connection, source_id, now=now)
    return search


def advance_backfill(
    connection: Connection, source_id: SourceId, url: str, *, cursor: Any, found: int, finished_at: datetime | None
) -> None:
    """Note where to go on after a page that brought `found` new links, and whether the search is over."""
    values = {"cursor": cursor, "found": _backfill.found + found, "finished_at": finished_at}
    connection.execute(update(schema.backfill).where(*_is(source_id, url)).values(values))


def searched_since(connection: Connection, source_id: SourceId) -> datetime | None:
    """The earliest day that the past of a source was searched for; None: it never was."""
    earliest = select(func.min(_backfill.since)).where(_backfill.source_id == source_id)
    return next(iter(connection.scalars(earliest)), None)


def quiet_waiting(connection: Connection, source_id: SourceId, *, now: datetime) -> int:
    """How many links that a search of the past found are to be visited now."""
    waiting = select(func.count()).where(_link.source_id == source_id, _link.quiet.is_(True), _link.next_visit <= now)
    return int(connection.scalar(waiting) or 0)


def is_beyond_range(connection: Connection, source_id: SourceId, search: Backfill, *, last: int) -> bool:
    """Whether each of the `last` links found since the search began turned out to be older than it wanted."""
    found = (_link.source_id == source_id, _link.quiet.is_(True), _link.first_seen >= search.begun_at)
    fates = list(connection.scalars(select(_link.outcome).where(*found).order_by(_link.id.desc()).limit(last)))
    return len(fates) == last and all(fate == OutcomeKind.BEFORE_RANGE for fate in fates)


def _reopen(connection: Connection, source_id: SourceId, *, now: datetime) -> None:
    """Let what was too old be visited again, and read even if it has not changed."""
    too_old = update(schema.link).where(
        _link.source_id == source_id, _link.quiet.is_(True), _link.outcome == OutcomeKind.BEFORE_RANGE
    )
    fate = {"outcome": None, "reason": None, "outcome_at": None, "next_visit": now}
    connection.execute(too_old.values(fate | {"etag": None, "last_modified": None, "body_hash": None}))


def _stored(row: Row[Any]) -> Backfill:
    return Backfill(
        url=row.url,
        since=row.since,
        cursor=row.cursor,
        found=row.found,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
    )


def _is(source_id: SourceId, url: str) -> tuple[Any, ...]:
    return _backfill.source_id == source_id, _backfill.url == url
