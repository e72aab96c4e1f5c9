"""Watches as kept: made, changed, listed, removed. A removed one keeps its row, since alerts point at it.

It must not decide whether a watch matches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from readout.error import StorageError
from readout.model import Watch
from readout.storage import alerts
from readout.storage.schema import watch
from readout.watches.query import parse, written
from readout.watching import AT_ONCE, EVERYTHING, Delivery, Digest, Every, Query, Quiet


def add_watch(
    connection: Connection,
    *,
    name: str,
    recipients: Sequence[str],
    channel: str,
    now: datetime,
    query: Query = EVERYTHING,
    updates: bool = False,
    delivery: Delivery = AT_ONCE,
) -> Watch:
    """The new watch. Raises StorageError when a live one has its name; a recipient named twice counts once."""
    if watch_named(connection, name) is not None:
        raise StorageError(f"there is a watch “{name}” already: remove it first, or choose another name")
    made = connection.execute(
        watch.insert()
        .values(
            name=name,
            query=written(query),
            recipients=list(dict.fromkeys(recipients)),
            channel=channel,
            updates=updates,
            delivery=delivery_row(delivery),
            created_at=now,
        )
        .returning(watch)
    )
    return _watch(made.one())


def list_watches(connection: Connection, *, made_by: datetime | None = None) -> list[Watch]:
    """The live watches, oldest first; with `made_by`, only those made until then, with those alone of their recipients
    whom they told by then."""
    wanted = _LIVE if made_by is None else _MADE_BY
    found = (_watch(row, made_by) for row in connection.execute(wanted, {"made_by": made_by} if made_by else {}))
    return [each for each in found if each.recipients]


_LIVE = select(watch).where(watch.c.removed_at.is_(None)).order_by(watch.c.id)
_MADE_BY = _LIVE.where(watch.c.created_at <= bindparam("made_by"))


def watch_named(connection: Connection, name: str) -> Watch | None:
    """The live watch of that name."""
    row = connection.execute(select(watch).where(watch.c.name == name, watch.c.removed_at.is_(None))).one_or_none()
    return None if row is None else _watch(row)


def named(connection: Connection, names: Sequence[str]) -> list[Watch]:
    """The live watches of these names, oldest first."""
    return [_watch(row) for row in connection.execute(_NAMED, {"names": list(names)})]


_NAMED = (
    select(watch)
    .where(watch.c.name.in_(bindparam("names", expanding=True)), watch.c.removed_at.is_(None))
    .order_by(watch.c.id)
)


def live_watch(connection: Connection, watch_id: int) -> Watch | None:
    """The watch of that number, unless it was removed."""
    row = connection.execute(select(watch).where(watch.c.id == watch_id, watch.c.removed_at.is_(None))).one_or_none()
    return None if row is None else _watch(row)


def get_watch(connection: Connection, watch_id: int) -> Watch | None:
    """The watch of that number, removed or not."""
    row = connection.execute(select(watch).where(watch.c.id == watch_id)).one_or_none()
    return None if row is None else _watch(row)


def change_watch(
    connection: Connection,
    found: Watch,
    *,
    recipients: Sequence[str],
    channel: str,
    now: datetime,
    query: Query,
    updates: bool,
    delivery: Delivery,
) -> None:
    """Let a live watch ask and tell otherwise from now on. It is the same watch still, so nobody hears again of what it
    told. A recipient that is new hears of what is first stored from now on; what it alone owes to those that went is
    not sent any more."""
    readers = set() if channel != found.channel else {one.casefold() for one in recipients}
    stayed = {one.casefold() for one in found.recipients} & readers
    gone = [one for one in found.recipients if one.casefold() not in readers]
    values = {
        "query": written(query),
        "recipients": list(dict.fromkeys(recipients)),
        "joined": _joined(connection, found, stayed, recipients, now),
        "channel": channel,
        "updates": updates,
        "delivery": delivery_row(delivery),
    }
    connection.execute(update(watch).where(watch.c.id == found.id).values(values))
    if gone:
        alerts.withdraw(connection, found, gone)


def _joined(
    connection: Connection, found: Watch, stayed: Collection[str], recipients: Sequence[str], now: datetime
) -> dict[str, str]:
    """Since when a watch tells those of its recipients whom it did not tell from its beginning."""
    before = connection.execute(select(watch.c.joined).where(watch.c.id == found.id)).scalar_one()
    since = {one.casefold(): at for one, at in before.items()}
    moments = {one: since.get(one.casefold()) if one.casefold() in stayed else now.isoformat() for one in recipients}
    return {one: at for one, at in moments.items() if at is not None}


def remove_watch(connection: Connection, name: str, now: datetime) -> bool:
    """Whether there was a live watch of that name to remove. What it alone still owes is not sent any more."""
    found = watch_named(connection, name)
    if found is None:
        return False
    connection.execute(update(watch).where(watch.c.id == found.id).values(removed_at=now))
    alerts.withdraw(connection, found)
    return True


def remove_recipient(connection: Connection, watch_id: int, recipient: str, now: datetime) -> bool:
    """Whether a live watch of that number told `recipient`, however spelled. What it alone still owes there is not sent
    any more; a watch that has nobody left to tell is removed."""
    row = connection.execute(select(watch).where(watch.c.id == watch_id, watch.c.removed_at.is_(None))).one_or_none()
    if row is None:
        return False
    found = _watch(row)
    gone = [one for one in found.recipients if one.casefold() == recipient.casefold()]
    stay = [one for one in found.recipients if one not in gone]
    if not gone:
        return False
    values = {"recipients": stay} if stay else {"removed_at": now}
    connection.execute(update(watch).where(watch.c.id == watch_id).values(**values))
    alerts.withdraw(connection, found, gone)
    return True


# --- rows -----------------------------------------------------------------------------------------------------------


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """When and how a watch is told, as flat values; what is as by default is left out."""
    row: dict[str, Any] = {}
    if digest := delivery.digest:
        row |= {"digest": digest.every.value, "at": f"{digest.at:%H:%M}"}
        row |= {"on": digest.on} if digest.every is Every.WEEKLY else {}
        row |= {"heartbeat": True} if digest.heartbeat else {}
    if quiet := delivery.quiet:
        row["quiet"] = f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"
    named = {"timezone": delivery.timezone, "language": delivery.language}
    return row | {name: value for name, value in named.items() if value != getattr(AT_ONCE, name)}


def delivery_from_row(row: Mapping[str, Any]) -> Delivery:
    """What `delivery_row` wrote."""
    quiet = row.get("quiet")
    return Delivery(
        digest=_digest(row) if "digest" in row else None,
        quiet=Quiet(*(time.fromisoformat(end) for end in quiet.split("-"))) if quiet else None,
        timezone=row.get("timezone", AT_ONCE.timezone),
        language=row.get("language", AT_ONCE.language),
    )


def _digest(row: Mapping[str, Any]) -> Digest:
    return Digest(
        every=Every(row["digest"]),
        at=time.fromisoformat(row["at"]),
        on=row.get("on", 0),
        heartbeat=row.get("heartbeat", False),
    )


@lru_cache(maxsize=10_000)
def _query(text: str) -> Query:
    """Cached: with every report all watches are asked."""
    return parse(text)


def _watch(row: Row[Any], told_by: datetime | None = None) -> Watch:
    """The watch of a row, with those recipients whom it told by then."""
    late = [one for one, at in row.joined.items() if told_by is not None and datetime.fromisoformat(at) > told_by]
    return Watch(
        id=row.id,
        name=row.name,
        query=_query(row.query),
        recipients=tuple(one for one in row.recipients if one not in late),
        channel=row.channel,
        created_at=row.created_at,
        updates=row.updates,
        delivery=delivery_from_row(row.delivery),
    )
