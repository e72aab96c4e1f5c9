"""The outbox as a ledger: what is owed to whom, what became of it, in the servers' own words.

It must not send anything or choose a moment: the outbox says what and when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Update, bindparam, case, func, insert, select, update

from readout.model import Alert, AlertKind, AlertState, Change, Watch
from readout.recipient import shown_recipient
from readout.storage.schema import Utc, alert, watch
from readout.storage.upsert import upsert

RESENDS = 3
"""How often a delivery that may have arrived is sent again by itself."""

_KEY = ("meeting_id", "watch_id", "recipient", "kind", "revision")
_WAITING = (AlertState.OWED, AlertState.DOUBTFUL)
_RETRIABLE = (AlertState.OWED, AlertState.DOUBTFUL, AlertState.FAILED)
_WITHHELD = tuple(state for state in AlertState if state.is_withheld)


def owe_row(
    connection: Connection,
    *,
    meeting_id: int,
    watch: Watch,
    recipient: str,
    kind: AlertKind,
    revision: int,
    message_id: str,
    matched: Mapping[str, str],
    now: datetime,
    suppressed: str | None = None,
    watch_names: Sequence[str] = (),
    changes: Sequence[Change] = (),
) -> Alert:
    """The alert, owed at once or in the watch's next digest, or recorded as `suppressed` for that reason; one that was
    there stays as it was.

    `watch_names`: the watches it is to name, where these are more than `watch`.
    """
    row = _row(watch.id, recipient, watch.channel, kind, message_id=message_id, now=now) | {
        "meeting_id": meeting_id,
        "revision": revision,
        "state": (AlertState.SUPPRESSED if suppressed else AlertState.OWED).value,
        "watch_names": list(watch_names) or [watch.name],
        "matched": dict(matched),
        "next_try": None if suppressed or watch.delivery.digest else now,
        "answer": suppressed,
        "changes": [asdict(change) for change in changes],
    }
    upsert(connection, alert, [row], key=_KEY)
    return read_alerts(connection, select(alert).where(*(alert.c[name] == row[name] for name in _KEY)))[0]


def owe_notice(
    connection: Connection,
    *,
    recipient: str,
    message_id: str,
    content: Mapping[str, Any],
    period: str,
    now: datetime,
) -> None:
    """Owe the operator a mail that says `content`: a ``subject`` and ``lines``."""
    row = _row(None, recipient, "email", AlertKind.NOTICE, message_id=message_id, now=now)
    connection.execute(insert(alert).values(row | {"content": dict(content), "period": period}))


def digest_row(watch: Watch, recipient: str, message_id: str, now: datetime) -> dict[str, Any]:
    """A digest of `watch` as it is stored, due now, but for its period and content."""
    row = _row(watch.id, recipient, watch.channel, AlertKind.DIGEST, message_id=message_id, now=now)
    return row | {"watch_names": [watch.name]}


def _row(
    watch_id: int | None, recipient: str, channel: str, kind: AlertKind, *, message_id: str, now: datetime
) -> dict[str, Any]:
    """What every alert that is owed at once begins with."""
    return {
        "meeting_id": None,
        "watch_id": watch_id,
        "recipient": recipient,
        "channel": channel,
        "kind": kind.value,
        "revision": 0,
        "state": AlertState.OWED.value,
        "message_id": message_id,
        "watch_names": [],
        "matched": {},
        "attempts": 0,
        "doubts": 0,
        "created_at": now,
        "next_try": now,
        "changes": [],
        "content": {},
    }


def join_watch(connection: Connection, alert_id: int, names: Sequence[str], matched: Mapping[str, str]) -> None:
    """Let an alert that has not left name the watches `names`, with all that matched them."""
    connection.execute(
        update(alert).where(alert.c.id == alert_id).values(watch_names=list(names), matched=dict(matched))
    )


def set_changes(connection: Connection, alert_id: int, names: Sequence[str], changes: Sequence[Change]) -> None:
    """Let an update that has not left name the watches `names` and tell `changes`; of none, it is not owed any more."""
    _set(connection, alert_id, watch_names=list(names), changes=[asdict(change) for change in changes])
    if not changes:
        take_back(connection, alert_id, "all was as told before when it was to leave")


def withdraw(connection: Connection, watch: Watch, recipients: Collection[str] | None = None) -> None:
    """Take a removed watch, or some `recipients` of a watch, out of what is still owed; an alert that no other watch
    asked for is withdrawn."""
    readers = {recipient.casefold() for recipient in (watch.recipients if recipients is None else recipients)}
    for row in connection.execute(select(alert).where(alert.c.state == AlertState.OWED)).all():
        if watch.name not in row.watch_names or row.recipient.casefold() not in readers:
            continue
        names = [name for name in row.watch_names if name != watch.name]
        if names:
            join_watch(connection, row.id, names, row.matched)
        else:
            gone = "was removed" if recipients is None else f"was stopped for {shown_recipient(row.recipient)}"
            take_back(connection, row.id, f"the watch “{watch.name}” {gone} before it left")


def move(connection: Connection, alert_id: int, meeting_id: int, revision: int) -> None:
    """Let an alert be of another meeting, there as its `revision`. One that is withheld there changes places with it;
    beside one that is not, it stays where it is."""
    row = connection.execute(select(alert).where(alert.c.id == alert_id)).one()
    same = [alert.c[name] == getattr(row, name) for name in ("watch_id", "recipient", "kind")]
    key = select(alert.c.id, alert.c.state).where(alert.c.meeting_id == meeting_id, alert.c.revision == revision, *same)
    there = connection.execute(key).one_or_none()
    if there is not None and there.state not in _WITHHELD:
        return
    if there is not None:
        _set(connection, there.id, meeting_id=None)
    _set(connection, alert_id, meeting_id=meeting_id, revision=revision)
    if there is not None:
        _set(connection, there.id, meeting_id=row.meeting_id, revision=row.revision)


def owe_again(connection: Connection, alert_id: int, now: datetime) -> None:
    """Let an alert that was withheld be owed after all."""
    waits = connection.scalar(
        select(watch.c.delivery).join(alert, alert.c.watch_id == watch.c.id).where(alert.c.id == alert_id)
    )
    next_try = None if "digest" in (waits or {}) else now
    _set(connection, alert_id, state=AlertState.OWED, next_try=next_try, answer=None, digest_id=None)


def set_message_id(connection: Connection, alert_id: int, message_id: str) -> None:
    """What the alert's copies are all called."""
    _set(connection, alert_id, message_id=message_id)


def take_back(connection: Connection, alert_id: int, reason: str) -> None:
    """Let an alert that has not left be owed no more, for `reason`."""
    _set(connection, alert_id, state=AlertState.WITHDRAWN, next_try=None, answer=reason)


def give_up(connection: Connection, due: Alert, reason: str) -> None:
    """Let an alert not be sent, or not again, for `reason`: one that may have left stays in doubt."""
    if due.doubts:
        _set(connection, due.id, next_try=None, answer=reason)
    else:
        take_back(connection, due.id, reason)


# --- sending ------------------------------------------------------------------------------------------------------


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether a sender has anything to do: an alert whose time has come, or one that a sender has under way or left."""
    due = alert.c.state.in_(_WAITING) & (alert.c.next_try <= now)
    wanted = select(alert.c.id).where(due | (alert.c.state == AlertState.SENDING)).limit(1)
    return connection.scalar(wanted) is not None


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


def put_off(connection: Connection, due: Alert, *, now: datetime, until: datetime) -> None:
    """Let all that is due for the reader of `due` by its watch, and never left, wait `until` then."""
    connection.execute(update(alert).where(*due_beside(due, now)).values(next_try=until))


def due_beside(due: Alert, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is due for the reader of `due` by its watch, itself among it, and never left: no digest is."""
    about_meetings = alert.c.kind.in_((AlertKind.FIRST, AlertKind.UPDATE))
    same = (alert.c.watch_id == due.watch_id, alert.c.recipient == due.recipient, about_meetings)
    return (*same, alert.c.state == AlertState.OWED, alert.c.next_try <= now)


def count_beside(connection: Connection, due: Alert, now: datetime) -> int:
    """How many are `due_beside`."""
    return connection.scalar(select(func.count()).where(*due_beside(due, now))) or 0


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
    chosen = alert.c.state.in_(_RETRIABLE) & alert.c.digest_id.is_(None)
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
_LEAVES = _IS_ONE | ((alert.c.digest_id == bindparam("one")) & alert.c.state.not_in(_WITHHELD))
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


# --- looking ------------------------------------------------------------------------------------------------------


def list_alerts(
    connection: Connection,
    *,
    states: Collection[AlertState] = (),
    meeting_id: int | None = None,
    limit: int | None = None,
) -> list[Alert]:
    """Alerts, newest first: of these states (none named: all), and about this meeting alone if one is named."""
    wanted = select(alert).order_by(alert.c.id.desc()).limit(limit)
    if states:
        wanted = wanted.where(alert.c.state.in_(states))
    if meeting_id is not None:
        wanted = wanted.where(alert.c.meeting_id == meeting_id)
    return read_alerts(connection, wanted)


def count_alerts(connection: Connection) -> Mapping[AlertState, int]:
    """How many alerts stand in each state that has any."""
    counted = select(alert.c.state, func.count()).group_by(alert.c.state)
    return {AlertState(state): count for state, count in connection.execute(counted)}


def get_alert(connection: Connection, alert_id: int) -> Alert | None:
    """The alert of that number."""
    return next(iter(read_alerts(connection, select(alert).where(alert.c.id == alert_id))), None)


def alerts_about(connection: Connection, meeting_ids: Collection[int]) -> list[Alert]:
    """Every alert about these meetings, the first first."""
    return read_alerts(connection, select(alert).where(alert.c.meeting_id.in_(meeting_ids)).order_by(alert.c.id))


def _set(connection: Connection, alert_id: int, **values: Any) -> None:
    connection.execute(update(alert).where(alert.c.id == alert_id).values(**values))


def read_alerts(connection: Connection, wanted: Select[Any], **values: Any) -> list[Alert]:
    """The rows of `wanted`, whole ones of the table, as alerts."""
    return [_alert(row) for row in connection.execute(wanted, values)]


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        meeting_id=row.meeting_id,
        watch_names=tuple(row.watch_names),
        recipient=row.recipient,
        channel=row.channel,
        kind=AlertKind(row.kind),
        revision=row.revision,
        state=AlertState(row.state),
        message_id=row.message_id,
        attempts=row.attempts,
        created_at=row.created_at,
        doubts=row.doubts,
        next_try=row.next_try,
        sent_at=row.sent_at,
        answer_code=row.answer_code,
        answer=row.answer,
        matched=dict(row.matched),
        changes=tuple(Change(**change) for change in row.changes),
        watch_id=row.watch_id,
        digest_id=row.digest_id,
        period=row.period,
        content=dict(row.content),
    )
