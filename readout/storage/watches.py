"""Watches as kept: made, listed, removed. A removed one keeps its row, since alerts point at it.

It must not decide whether a watch matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from readout.error import StorageError
from readout.model import Filters, Watch
from readout.storage import alerts
from readout.storage.schema import watch


def add_watch(
    connection: Connection,
    *,
    name: str,
    filters: Filters,
    recipients: Sequence[str],
    channel: str,
    updates: bool = False,
    now: datetime,
) -> Watch:
    """The new watch. Raises StorageError when a live one has its name; a recipient named twice counts once."""
    if watch_named(connection, name) is not None:
        raise StorageError(f"there is a watch “{name}” already: remove it first, or choose another name")
    made = connection.execute(
        watch.insert()
        .values(
            name=name,
            filters=asdict(filters),
            recipients=list(dict.fromkeys(recipients)),
            channel=channel,
            updates=updates,
            created_at=now,
        )
        .returning(watch)
    )
    return _watch(made.one())


def list_watches(connection: Connection, *, made_by: datetime | None = None) -> list[Watch]:
    """The live watches, oldest first; with `made_by`, only those made until then."""
    wanted = select(watch).where(watch.c.removed_at.is_(None)).order_by(watch.c.id)
    if made_by is not None:
        wanted = wanted.where(watch.c.created_at <= made_by)
    return [_watch(row) for row in connection.execute(wanted)]


def watch_named(connection: Connection, name: str) -> Watch | None:
    """The live watch of that name."""
    row = connection.execute(select(watch).where(watch.c.name == name, watch.c.removed_at.is_(None))).one_or_none()
    return None if row is None else _watch(row)


def remove_watch(connection: Connection, name: str, now: datetime) -> bool:
    """Whether there was a live watch of that name to remove. What it alone still owes is not sent any more."""
    found = watch_named(connection, name)
    if found is None:
        return False
    connection.execute(update(watch).where(watch.c.id == found.id).values(removed_at=now))
    alerts.withdraw(connection, found)
    return True


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        id=row.id,
        name=row.name,
        filters=Filters(**{name: tuple(values) for name, values in row.filters.items()}),
        recipients=tuple(row.recipients),
        channel=row.channel,
        created_at=row.created_at,
        updates=row.updates,
    )
