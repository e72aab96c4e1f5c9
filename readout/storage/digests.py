"""Digests: what waits for one, what is put into one, and how much left of late.

It must not choose a moment or know how many are too many: `readout.gathering` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from readout.model import Alert, AlertKind, AlertState, Watch
from readout.storage.alerts import WITHHELD, digest_row, read_alerts, take_back
from readout.storage.schema import alert, meeting

_A_PORTION = 500  # a statement takes so many numbers, and some more
_WAITS = (alert.c.state == AlertState.OWED, alert.c.next_try.is_(None), alert.c.digest_id.is_(None))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts of a watch to a recipient that wait for a digest, `since` the first of them was owed."""

    watch_id: int
    recipient: str
    since: datetime


def waiting(connection: Connection) -> Iterator[Waiting]:
    """For whom alerts wait."""
    readers = (alert.c.watch_id, alert.c.recipient)
    groups = select(*readers, func.min(alert.c.created_at).label("since")).where(*_WAITS).group_by(*readers)
    for row in connection.execute(groups):
        yield Waiting(row.watch_id, row.recipient, row.since)


def has_digest(connection: Connection, watch: Watch, recipient: str, period: str) -> bool:
    """Whether the digest of `period` was made already."""
    made = select(alert.c.id).where(
        alert.c.watch_id == watch.id, alert.c.recipient == recipient, alert.c.period == period
    )
    return connection.scalar(made) is not None


def owe_digest(
    connection: Connection,
    watch: Watch,
    recipient: str,
    *,
    period: str,
    content: Mapping[str, Any],
    message_id: str,
    of: Sequence[int],
    now: datetime,
) -> None:
    """A new digest of the alerts `of` these numbers, due now; its ``content`` gets their ``count``."""
    row = digest_row(watch, recipient, message_id, now)
    row |= {"period": period, "content": {**content, "count": len(of)}}
    digest_id = connection.execute(insert(alert).values(row).returning(alert.c.id)).scalar_one()
    for start in range(0, len(of), _A_PORTION):
        some = alert.c.id.in_(of[start : start + _A_PORTION])
        connection.execute(update(alert).where(some).values(digest_id=digest_id, next_try=None))


def numbers(connection: Connection, of: tuple[ColumnElement[bool], ...]) -> list[int]:
    """The alerts `of` these conditions, oldest first."""
    return list(connection.scalars(select(alert.c.id).where(*of).order_by(alert.c.id)))


def waiting_for(watch_id: int, recipient: str, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Alerts that wait for this digest, owed `until` then."""
    return (*_WAITS, alert.c.watch_id == watch_id, alert.c.recipient == recipient, alert.c.created_at <= until)


def let_go(connection: Connection, waiting: Waiting, now: datetime) -> None:
    """What waits for a digest that will not come is due; but of late meetings digests alone tell."""
    mine = (*_WAITS, alert.c.watch_id == waiting.watch_id, alert.c.recipient == waiting.recipient)
    late = select(meeting.c.id).where(meeting.c.late)
    for alert_id in connection.scalars(select(alert.c.id).where(*mine, alert.c.meeting_id.in_(late))).all():
        take_back(connection, alert_id, "it was found late, and its watch has no digest any more")
    connection.execute(update(alert).where(*mine).values(next_try=now))


def members(connection: Connection, digest_id: int, limit: int) -> list[Alert]:
    """The first `limit` alerts that leave, or left, in a digest."""
    inside = alert.c.digest_id == digest_id
    live = alert.c.state.not_in(WITHHELD)
    return read_alerts(connection, select(alert).where(inside, live).order_by(alert.c.id).limit(limit))


def is_emptied(connection: Connection, digest: Alert) -> bool:
    """Whether there was something in a digest and is no more, since all of it was withdrawn."""
    return bool(digest.content.get("count")) and not members(connection, digest.id, 1)


def sent_since(connection: Connection, watch_id: int, recipient: str, since: datetime) -> list[datetime]:
    """When messages left for a recipient by a watch after `since`, the first first; a digest is one."""
    sent = (alert.c.watch_id == watch_id, alert.c.recipient == recipient, alert.c.sent_at > since)
    moments = select(alert.c.sent_at).where(*sent, alert.c.digest_id.is_(None)).order_by(alert.c.sent_at)
    return list(connection.scalars(moments))


def last_made(connection: Connection, watch_id: int, recipient: str, *, like: str) -> datetime | None:
    """When the last digest was made whose period begins with `like`."""
    mine = (alert.c.watch_id == watch_id, alert.c.recipient == recipient, alert.c.kind == AlertKind.DIGEST)
    newest = select(alert.c.created_at).where(*mine, alert.c.period.startswith(like)).order_by(alert.c.id.desc())
    made: datetime | None = connection.scalar(newest.limit(1))
    return made
