"""The outbox as its sender uses it: what is due, what is under way, what became of it, in the servers' own words.

It must not choose a moment or know a channel: the outbox does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, bindparam, case, func, select, update

from readout.model import Alert, AlertKind, AlertState
from readout.storage.alerts import WITHHELD, read_alerts
from readout.storage.schema import Utc, alert

RESENDS = 3
"""How often a delivery that may have arrived is sent again by itself."""

# Longer than anything is put off: quiet hours end within a day, tries are hours apart.
_LONGEST_WAIT = timedelta(days=2)

_WAITING = (AlertState.OWED, AlertState.DOUBTFUL)
RETRIABLE = (AlertState.OWED, AlertState.DOUBTFUL, AlertState.FAILED)
"""What `retry` may make due."""


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether a sender has anything to do: an alert whose time has come, or one that a sender has under way or left, or
    one that `call_back` knows."""
    due = alert.c.state.in_(_WAITING) & (alert.c.next_try <= now)
    begun = alert.c.state == AlertState.SENDING
    each = (select(alert.c.id).where(wanted).limit(1) for wanted in (due, begun, _out_of_time(now)))
    return any(connection.scalar(wanted) is not None for wanted in each)


def call_back(connection: Connection, now: datetime) -> None:
    """Let alerts be due that were put off further than any is: by a clock that has been put back since."""
    connection.execute(update(alert).where(_out_of_time(now)).values(next_try=now))


def _out_of_time(now: datetime) -> ColumnElement[bool]:
    return alert.c.state.in_(_WAITING) & (alert.c.next_try > now + _LONGEST_WAIT)


def next_due(connection: Connection, now: datetime, *, without: Collection[str] = ()) -> Alert | None:
    """The alert that has been due for longest, on a channel that is none of those left alone; None: none is."""
    return next(iter(read_alerts(connection, _NEXT_DUE, now=now, without=list(without))), None)


_NEXT_DUE = (
    select(alert)
    .where(
        alert.c.state.in_(_WAITING),
        alert.c.next_try <= bindparam("now"),
        alert.c.channel.not_in(bindparam("without", expanding=True)),
    )
    .order_by(alert.c.next_try, alert.c.id)
    .limit(1)
)


def begin(connection: Connection, due: Alert, message_id: str) -> Alert:
    """`due` under way as `message_id`, with all that leaves in it. Commit before anything is sent.

    Only the holder of the sender's lease may begin.
    """
    connection.execute(_BEGUN, {"one": due.id, "name": message_id})
    return replace(due, state=AlertState.SENDING, attempts=due.attempts + 1, message_id=message_id)


def put_off(
    connection: Connection, due: Alert, *, now: datetime, until: datetime, among: ColumnElement[bool] | None = None
) -> None:
    """Let all that is due for the reader of `due` by its watch, and never left, wait `until` then; `among` those."""
    connection.execute(update(alert).where(*due_beside(due, now, among)).values(next_try=until))


def leave(connection: Connection, due: Alert, until: datetime) -> None:
    """Let an alert be due `until` then, as if it had not been looked at."""
    connection.execute(update(alert).where(alert.c.id == due.id).values(next_try=until))


def hold_up(connection: Connection, channel: str, until: datetime) -> None:
    """Let all that is due on `channel` before `until` be due then."""
    waiting = (alert.c.channel == channel, alert.c.state.in_(_WAITING), alert.c.next_try < until)
    connection.execute(update(alert).where(*waiting).values(next_try=until))


def due_beside(due: Alert, now: datetime, among: ColumnElement[bool] | None = None) -> tuple[ColumnElement[bool], ...]:
    """What is due for the reader of `due` by its watch, itself among it, and never left: no digest is."""
    about_meetings = alert.c.kind.in_((AlertKind.FIRST, AlertKind.UPDATE))
    is_due = (alert.c.state == AlertState.OWED, alert.c.next_try <= now, *(() if among is None else (among,)))
    return (*_reader(due), about_meetings, *is_due)


def count_beside(connection: Connection, due: Alert, now: datetime, among: ColumnElement[bool] | None = None) -> int:
    """How many are `due_beside`."""
    return connection.scalar(select(func.count()).where(*due_beside(due, now, among))) or 0


def _reader(due: Alert) -> tuple[ColumnElement[bool], ...]:
    return alert.c.watch_id == due.watch_id, alert.c.recipient == due.recipient


def doubt_unfinished(connection: Connection, now: datetime) -> int:
    """How many alerts a sender left in `sending` when it died: each may have arrived, and is tried again."""
    left = select(alert.c.id).where(alert.c.state == AlertState.SENDING, alert.c.digest_id.is_(None))
    unfinished = connection.scalars(left).all()
    for alert_id in unfinished:
        mark_doubtful(connection, alert_id, text="the sender ended while this was under way", next_try=now)
    return len(unfinished)


def mark_accepted(connection: Connection, alert_id: int, *, now: datetime, code: int | None, text: str) -> None:
    """The server took it, and said so."""
    connection.execute(_ACCEPTED, {"one": alert_id, "when": None, "code": code, "said": text, "now": now})


def mark_doubtful(
    connection: Connection, alert_id: int, *, text: str, next_try: datetime, code: int | None = None
) -> None:
    """It may have arrived. It is tried again at `next_try`, unless it has been sent again `RESENDS` times already."""
    connection.execute(_IN_DOUBT, {"one": alert_id, "when": next_try, "code": code, "said": text})


def mark_retry(connection: Connection, alert_id: int, *, next_try: datetime, code: int | None, text: str) -> None:
    """It was refused for now; an alert that was ever in doubt stays so."""
    connection.execute(_REFUSED, {"one": alert_id, "when": next_try, "code": code, "said": text})


def mark_failed(connection: Connection, alert_id: int, *, code: int | None, text: str) -> None:
    """It was refused for good: kept and shown, sent again only when somebody asks for it."""
    connection.execute(_FAILED, {"one": alert_id, "when": None, "code": code, "said": text})


def retry(connection: Connection, ids: Collection[int] | None, now: datetime) -> int:
    """How many of `ids` (None: all) are due now: those owed, doubtful or failed. What was in doubt stays in doubt.

    Of all, what waits for its digest goes on waiting. What left in a digest goes again with that alone.
    """
    chosen = alert.c.state.in_(RETRIABLE) & alert.c.digest_id.is_(None)
    if ids is None:
        chosen &= alert.c.next_try.is_not(None) | (alert.c.state != AlertState.OWED)
    else:
        chosen &= alert.c.id.in_(ids)
    wanted = connection.scalars(select(alert.c.id).where(chosen)).all()
    for alert_id in wanted:
        connection.execute(_WANTED, {"one": alert_id, "when": now})
    return len(wanted)


_IS_ONE = alert.c.id == bindparam("one")
# An alert and, where it is a digest, all that leaves in it.
_LEAVES = _IS_ONE | ((alert.c.digest_id == bindparam("one")) & alert.c.state.not_in(WITHHELD))
_WAITING_STATE = case((alert.c.doubts > 0, AlertState.DOUBTFUL.value), else_=AlertState.OWED.value)


def _fate(when: ColumnElement[Any], **values: Any) -> Update:
    """What becomes of an alert, and of what leaves in it; tried again, as one, at `when`."""
    return update(alert).where(_LEAVES).values(next_try=case((_IS_ONE, when), else_=None), **values)


_WHEN = bindparam("when", type_=Utc)
_ANSWERED: Mapping[str, Any] = {"answer_code": bindparam("code"), "answer": bindparam("said")}
_BEGUN = _fate(
    alert.c.next_try,
    state=AlertState.SENDING.value,
    attempts=alert.c.attempts + 1,
    message_id=case((_IS_ONE, bindparam("name")), else_=alert.c.message_id),
)
_ACCEPTED = _fate(_WHEN, state=AlertState.ACCEPTED.value, sent_at=bindparam("now"), **_ANSWERED)
_IN_DOUBT = _fate(
    case((alert.c.doubts < RESENDS, _WHEN), else_=None),
    state=AlertState.DOUBTFUL.value,
    doubts=alert.c.doubts + 1,
    **_ANSWERED,
)
_REFUSED = _fate(_WHEN, state=_WAITING_STATE, **_ANSWERED)
_FAILED = _fate(_WHEN, state=AlertState.FAILED.value, **_ANSWERED)
_WANTED = _fate(_WHEN, state=_WAITING_STATE, doubts=case((alert.c.doubts > 0, 1), else_=0))
