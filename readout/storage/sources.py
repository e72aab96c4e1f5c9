"""What the database knows of sources: when each is due, who is crawling it, how it fared.

It must not know what a source is made of: the catalogue does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select, update

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


def sync_sources(connection: Connection, ids: Iterable[SourceId]) -> None:
    """Give every source of the catalogue a row; rows of sources it lost stay, with what they know."""
    rows = [{"id": source_id, "failures": 0} for source_id in ids]
    upsert(connection, schema.source, rows, key=["id"])


def states(connection: Connection) -> dict[SourceId, SourceState]:
    """Every source that was ever known, by id."""
    rows = connection.execute(select(*_STATE).order_by(_source.id))
    return {SourceId(row.id): _state(row) for row in rows}


def is_enabled(source: Source, state: SourceState | None) -> bool:
    """Whether `source` is to be crawled: a person's word in the database counts before its file."""
    return source.enabled if state is None or state.enabled is None else state.enabled


def claim_due(
    connection: Connection,
    sources: Mapping[SourceId, Source],
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> list[SourceId]:
    """Lease up to `limit` sources that are due to `owner`, the longest due first; see `claim` for what is left out."""
    known = states(connection)
    due = [
        source_id
        for source_id, source in sources.items()
        if is_enabled(source, known.get(source_id)) and _is_due(known.get(source_id), now)
    ]
    due.sort(key=lambda source_id: (_due_since(known.get(source_id)), source_id))
    return claim(connection, sources, due, owner=owner, now=now, lease=lease, limit=limit)


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
    sync_sources(connection, wanted)
    busy = _busy_hosts(connection, sources, now) | waiting_hosts(connection, now=now)
    claimed: list[SourceId] = []
    for source_id in wanted:
        hosts = sources[source_id].hosts
        if len(claimed) != limit and not hosts & busy and _lease(connection, source_id, owner, now=now, lease=lease):
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


def break_leases(connection: Connection) -> int:
    """Free every lease; their number. For a process that starts alone on the data: what held them is dead."""
    held = update(schema.source).where(_source.lease_owner.is_not(None))
    return connection.execute(held.values(lease_owner=None, lease_until=None)).rowcount


def set_enabled(connection: Connection, source_id: SourceId, value: bool | None) -> None:
    """A person's word whether to crawl the source; None: as its file says again."""
    sync_sources(connection, [source_id])
    connection.execute(update(schema.source).where(_source.id == source_id).values(enabled=value))


def _busy_hosts(connection: Connection, sources: Mapping[SourceId, Source], now: datetime) -> frozenset[str]:
    leased = connection.scalars(select(_source.id).where(_source.lease_until > now))
    return frozenset(host for source_id in leased if source_id in sources for host in sources[source_id].hosts)


def _lease(connection: Connection, source_id: SourceId, owner: str, *, now: datetime, lease: timedelta) -> bool:
    free = update(schema.source).where(
        _source.id == source_id, _source.lease_until.is_(None) | (_source.lease_until <= now)
    )
    values = {"lease_owner": owner, "lease_until": now + lease, "last_started": now}
    return connection.execute(free.values(values)).rowcount == 1


def _is_due(state: SourceState | None, now: datetime) -> bool:
    return state is None or state.next_due is None or state.next_due <= now


def _due_since(state: SourceState | None) -> float:
    return 0.0 if state is None or state.next_due is None else state.next_due.timestamp()


def _state(row: Row[tuple[object, ...]]) -> SourceState:
    return SourceState(**row._mapping)
