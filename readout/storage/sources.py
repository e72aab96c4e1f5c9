"""What the database knows of sources: when each is due, who is crawling it, how it fared.

It must not know what a source is made of: the catalogue does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select, update

from readout.model import Source, SourceId
from readout.storage import schema
from readout.storage.hosts import waiting_hosts
from readout.storage.upsert import upsert

_source = schema.source.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source stands. `enabled` None: as its file says. `lease_until` past or None: nobody is crawling it."""

    id: SourceId
    enabled: bool | None
    next_due: datetime | None
    failures: int
    lease_owner: str | None
    lease_until: datetime | None
    last_started: datetime | None
    last_finished: datetime | None
    last_error: str | None


_STATE = tuple(_source[column.name] for column in fields(SourceState))
_NEVER = _source.next_due.is_(None)
_A_DAY = timedelta(days=1)


def sync_sources(connection: Connection, sources: Mapping[SourceId, Source]) -> None:
    """Let the database know the catalogue: a row for each source, and what its file says of `enabled`.

    Rows of sources that it lost stay, with what they know, and are no longer due.
    """
    known = {row.id: row.by_file for row in connection.execute(select(_source.id, _source.by_file))}
    said = {source.id: source.enabled for source in sources.values()}
    changed = [(key, value) for key, value in said.items() if key not in known or known[key] is not value]
    rows = [{"id": key, "failures": 0, "by_file": value} for key, value in changed]
    upsert(connection, schema.source, rows, key=["id"], update=["by_file"])
    gone = [{"gone": key} for key, value in known.items() if key not in said and value is not None]
    if gone:
        connection.execute(update(schema.source).where(_source.id == bindparam("gone")).values(by_file=None), gone)


def states(connection: Connection) -> dict[SourceId, SourceState]:
    """Every source that was ever known, by id."""
    rows = connection.execute(select(*_STATE).order_by(_source.id))
    return {SourceId(row.id): _state(row) for row in rows}


def is_enabled(source: Source, state: SourceState | None) -> bool:
    """Whether `source` is to be crawled: a person's word in the database counts before its file."""
    return source.enabled if state is None or state.enabled is None else state.enabled


def state_of(connection: Connection, source_id: SourceId) -> SourceState | None:
    """How one source stands; None: it was never known."""
    row = connection.execute(select(*_STATE).where(_source.id == source_id)).one_or_none()
    return None if row is None else _state(row)


def due_sources(
    connection: Connection,
    sources: Mapping[SourceId, Source],
    *,
    now: datetime,
    limit: int,
    beside: Collection[SourceId] = (),
) -> list[SourceId]:
    """Up to `limit` sources that are due and may be crawled now, the longest due first: none beside another of its
    hosts, of those that are crawled and those `beside`, and none whose host asked to wait. What was never brought in by
    `sync_sources` is not due.

    One that was crawled more than a day after `now`, by a clock that was put back since, is due too, but last.
    """
    never, since, ahead = (select(_source.id).where(*is_so) for is_so in _ways_of_being_due(now))
    by_time = (_source.next_due, _source.id)
    rows = chain.from_iterable(
        connection.execute(due).scalars()
        for due in (never.order_by(_source.id), since.order_by(*by_time), ahead.order_by(*by_time))
    )
    chosen: list[SourceId] = []
    busy: set[str] | None = None
    for source_id in map(SourceId, rows):
        if len(chosen) == limit:
            break
        if source_id not in sources:
            continue
        if busy is None:
            busy = {*_busy_hosts(connection, sources, now), *waiting_hosts(connection, now=now)}
            busy |= _hosts_of(sources, beside)
        if busy.isdisjoint(hosts := sources[source_id].hosts):
            chosen.append(source_id)
            busy |= hosts
    return chosen


def is_due(connection: Connection, source_id: SourceId, *, now: datetime) -> bool:
    """Whether one source is due, and nobody is crawling it."""
    ways = or_(*(and_(*is_so) for is_so in _ways_of_being_due(now)))
    return connection.scalar(select(_source.id).where(_source.id == source_id, ways)) is not None


def claim(
    connection: Connection,
    sources: Mapping[SourceId, Source],
    wanted: Collection[SourceId],
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int | None = None,
) -> list[SourceId]:
    """Lease up to `limit` of the `wanted` sources to `owner` until `now` + `lease`, in the order given.

    Left out are a source under a live lease, one that shares a host with such a one, and one whose host asked to wait.
    """
    busy = _busy_hosts(connection, sources, now) | waiting_hosts(connection, now=now)
    claimed: list[SourceId] = []
    for source_id in wanted:
        if len(claimed) == limit:
            break
        hosts = sources[source_id].hosts
        if not hosts & busy and _lease(connection, source_id, owner, now=now, lease=lease):
            claimed.append(source_id)
            busy |= hosts
    return claimed


def release(
    connection: Connection,
    source_id: SourceId,
    owner: str,
    *,
    now: datetime,
    next_due: datetime,
    error: str | None,
    answered: bool = False,
) -> bool:
    """End `owner`'s crawl: free the lease and note how it went; False, and nothing noted, when it is another's.

    With an `error` it counts as a failure, unless the source `answered` at least in part.
    """
    held = update(schema.source).where(_source.id == source_id, _source.lease_owner == owner)
    values = {
        "lease_owner": None,
        "lease_until": None,
        "last_finished": now,
        "last_error": error,
        "next_due": next_due,
        "failures": 0 if error is None or answered else _source.failures + 1,
    }
    return connection.execute(held.values(values)).rowcount == 1


def give_chance(connection: Connection, ids: Collection[SourceId], *, failures: int, now: datetime) -> None:
    """Let sources be due at once, with no more than `failures` counted against them."""
    counted = update(schema.source).where(_source.id.in_(ids), _source.failures > failures)
    connection.execute(counted.values(failures=failures))
    connection.execute(update(schema.source).where(_source.id.in_(ids)).values(next_due=now))


def make_due(connection: Connection, source_id: SourceId, *, now: datetime) -> None:
    """Let a source be asked at once, by whoever crawls next; where its host asked to wait, when that is over."""
    _ensure(connection, source_id)
    connection.execute(update(schema.source).where(_source.id == source_id).values(next_due=now))


def renew(
    connection: Connection, ids: Collection[SourceId], owner: str, *, now: datetime, lease: timedelta
) -> set[SourceId]:
    """Keep those of `ids` that `owner` still holds until `now` + `lease`; which they are."""
    mine = (_source.id.in_(ids), _source.lease_owner == owner, _source.lease_until > now)
    kept = update(schema.source).where(*mine).values(lease_until=now + lease).returning(_source.id)
    return set(map(SourceId, connection.scalars(kept)))


def break_leases(connection: Connection) -> int:
    """Free every lease; their number. For a process that starts alone on the data: what held them is dead."""
    held = update(schema.source).where(_source.lease_owner.is_not(None))
    return connection.execute(held.values(lease_owner=None, lease_until=None)).rowcount


def set_enabled(connection: Connection, source_id: SourceId, value: bool | None) -> None:
    """A person's word whether to crawl the source; None: as its file says again."""
    _ensure(connection, source_id)
    connection.execute(update(schema.source).where(_source.id == source_id).values(enabled=value))


def rhythm_of(connection: Connection, source_id: SourceId) -> Any:
    """When the source's articles come, as it was kept; None: not known."""
    return connection.scalar(select(_source.rhythm).where(_source.id == source_id))


def keep_rhythm(connection: Connection, source_id: SourceId, rhythm: Mapping[str, Any]) -> None:
    """Keep when the source's articles come, as `readout.pace.to_row` writes it."""
    connection.execute(update(schema.source).where(_source.id == source_id).values(rhythm=rhythm))


def _ensure(connection: Connection, source_id: SourceId) -> None:
    upsert(connection, schema.source, [{"id": source_id, "failures": 0}], key=["id"])


def _ways_of_being_due(now: datetime) -> tuple[tuple[ColumnElement[bool], ...], ...]:
    """Never crawled, or due by now, or crawled by a clock that was put back since."""
    is_free = _source.lease_until.is_(None) | (_source.lease_until <= now)
    is_on = func.coalesce(_source.enabled, _source.by_file)
    ahead_of_us = (_source.next_due > now + _A_DAY) & (_source.last_finished > now + _A_DAY)
    return tuple((time, is_on, is_free) for time in (_NEVER, _source.next_due <= now, ahead_of_us))


def _busy_hosts(connection: Connection, sources: Mapping[SourceId, Source], now: datetime) -> frozenset[str]:
    return _hosts_of(sources, connection.scalars(select(_source.id).where(_source.lease_until > now)))


def _hosts_of(sources: Mapping[SourceId, Source], ids: Iterable[str]) -> frozenset[str]:
    known = (sources[SourceId(source_id)] for source_id in ids if source_id in sources)
    return frozenset(host for source in known for host in source.hosts)


def _lease(connection: Connection, source_id: SourceId, owner: str, *, now: datetime, lease: timedelta) -> bool:
    is_free = (_source.id == source_id, _source.lease_until.is_(None) | (_source.lease_until <= now))
    # one that somebody writes of is passed over, not waited for
    unlocked = select(_source.id).where(*is_free).with_for_update(skip_locked=True)
    free = update(schema.source).where(_source.id.in_(unlocked))
    values = {"lease_owner": owner, "lease_until": now + lease, "last_started": now}
    if connection.execute(free.values(values)).rowcount == 1:
        return True
    _ensure(connection, source_id)  # nobody may have heard of it yet
    return connection.execute(free.values(values)).rowcount == 1


def _state(row: Row[tuple[object, ...]]) -> SourceState:
    return SourceState(**row._mapping)
