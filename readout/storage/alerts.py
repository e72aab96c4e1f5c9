"""The outbox as a ledger: what is owed to whom, what became of it, in the servers' own words.

It must not send anything or choose a moment: the outbox says what and when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from readout.model import Alert, AlertKind, AlertState, Watch
from readout.storage.schema import alert, watch
from readout.storage.upsert import upsert
from readout.watching import Change

_KEY = ("meeting_id", "watch_id", "recipient", "kind", "revision")
WITHHELD = tuple(state for state in AlertState if state.is_withheld)


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
    doubt: str | None = None,
    told_by: int | None = None,
    watch_names: Sequence[str] = (),
    changes: Sequence[Change] = (),
) -> Alert:
    """The alert, owed at once or in the watch's next digest, or recorded as `suppressed` for that reason: its reader
    is `told_by` another; one that was there stays as it was.

    `watch_names`: the watches it is to name, where these are more than `watch`. `doubt`: why it may have left before,
    so that it waits for a person.
    """
    row = _row(watch.id, recipient, watch.channel, kind, message_id=message_id, now=now) | {
        "meeting_id": meeting_id,
        "revision": revision,
        "state": (AlertState.SUPPRESSED if suppressed else AlertState.OWED).value,
        "watch_names": list(watch_names) or [watch.name],
        "matched": dict(matched),
        "next_try": None if suppressed or watch.delivery.digest else now,
        "answer": suppressed,
        "told_by": told_by,
        "changes": [asdict(change) for change in changes],
    }
    if doubt and not suppressed:
        row |= {"state": AlertState.DOUBTFUL.value, "doubts": 1, "next_try": None, "answer": doubt}
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


def withdraw(connection: Connection, of: Watch, recipients: Collection[str] | None = None) -> None:
    """Take a removed watch, or some `recipients` of a watch, out of what is still owed: what it owes is withdrawn, and
    what others owe names it no more."""
    readers = {recipient.casefold() for recipient in (of.recipients if recipients is None else recipients)}
    gone = "was removed" if recipients is None else "was stopped"
    for row in connection.execute(select(alert).where(alert.c.state == AlertState.OWED)).all():
        names = [name for name in row.watch_names if name != of.name]
        if row.recipient.casefold() not in readers or len(names) == len(row.watch_names):
            continue
        if row.watch_id == of.id:
            take_back(connection, row.id, f"the watch “{of.name}” {gone} before it left")
        else:
            join_watch(connection, row.id, names, row.matched)


def move(connection: Connection, alert_id: int, meeting_id: int, revision: int) -> None:
    """Let an alert be of another meeting, there as its `revision`. One that is withheld there changes places with it;
    beside one that is not, it stays where it is."""
    row = connection.execute(select(alert).where(alert.c.id == alert_id)).one()
    same = [alert.c[name] == getattr(row, name) for name in ("watch_id", "recipient", "kind")]
    key = select(alert.c.id, alert.c.state).where(alert.c.meeting_id == meeting_id, alert.c.revision == revision, *same)
    there = connection.execute(key).one_or_none()
    if there is not None and there.state not in WITHHELD:
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
    _set(connection, alert_id, state=AlertState.OWED, next_try=next_try, answer=None, digest_id=None, told_by=None)


def set_message_id(connection: Connection, alert_id: int, message_id: str) -> None:
    """What the alert's copies are all called."""
    _set(connection, alert_id, message_id=message_id)


def take_back(connection: Connection, alert_id: int, reason: str, *, told_by: int | None = None) -> None:
    """Let an alert that has not left be owed no more, for `reason`: its reader is `told_by` another, or nobody is told.

    What was to leave in it waits again. Whoever was to hear of something else by it is looked at again.
    """
    _set(connection, alert_id, state=AlertState.WITHDRAWN, next_try=None, answer=reason, told_by=told_by)
    inside = update(alert).where(alert.c.digest_id == alert_id, alert.c.state == AlertState.OWED)
    connection.execute(inside.values(digest_id=None))
    leaning = update(alert).where(alert.c.told_by == alert_id, alert.c.state.in_(WITHHELD))
    connection.execute(
        leaning.values(next_try=alert.c.created_at) if told_by is None else leaning.values(told_by=told_by)
    )


def look_again_at(connection: Connection, meeting_ids: Collection[int]) -> None:
    """What was withheld of these meetings because its reader heard of another is looked at again."""
    connection.execute(_LOOK_AGAIN, {"meetings": list(meeting_ids)})


_BY = alert.alias("by")
_IS_TOLD_ELSEWHERE = (
    select(_BY.c.id).where(_BY.c.id == alert.c.told_by, _BY.c.meeting_id != alert.c.meeting_id).exists()
)
_OF_THESE = alert.c.meeting_id.in_(bindparam("meetings", expanding=True))
_LOOK_AGAIN = (
    update(alert).where(_OF_THESE, alert.c.state.in_(WITHHELD), _IS_TOLD_ELSEWHERE).values(next_try=alert.c.created_at)
)


def to_look_at(connection: Connection) -> list[Alert]:
    """What is withheld, and for a reason that may hold no more."""
    doubtful = select(alert).where(alert.c.state.in_(WITHHELD), alert.c.next_try.is_not(None)).order_by(alert.c.id)
    return read_alerts(connection, doubtful)


def withhold(connection: Connection, alert_id: int, reason: str | None, *, told_by: int | None = None) -> None:
    """Let a withheld alert stay so, for `reason`."""
    _set(connection, alert_id, next_try=None, answer=reason, told_by=told_by)


def give_up(connection: Connection, due: Alert, reason: str) -> None:
    """Let an alert not be sent, or not again, for `reason`: one that may have left stays in doubt."""
    if due.doubts:
        _set(connection, due.id, next_try=None, answer=reason)
    else:
        take_back(connection, due.id, reason)


# --- looking ------------------------------------------------------------------------------------------------------


def list_alerts(
    connection: Connection,
    *,
    states: Collection[AlertState] = (),
    meeting_id: int | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[Alert]:
    """Alerts, newest first: of these states (none named: all), about this meeting alone if one is named, and with
    `before` those that are older than that one."""
    wanted = select(alert).order_by(alert.c.id.desc()).limit(limit)
    if states:
        wanted = wanted.where(alert.c.state.in_(states))
    if meeting_id is not None:
        wanted = wanted.where(alert.c.meeting_id == meeting_id)
    if before is not None:
        wanted = wanted.where(alert.c.id < before)
    return read_alerts(connection, wanted)


def alerts_before(
    connection: Connection, number: int | None, *, states: Collection[AlertState] = (), limit: int
) -> list[Alert]:
    """The last alerts of these states (none named: of any), newest first; those of a smaller number than `number`."""
    last = select(alert.c.id).order_by(alert.c.id.desc()).limit(limit)
    if states:
        last = last.where(alert.c.state.in_(states))
    if number is not None:
        last = last.where(alert.c.id < number)
    # the numbers first: they stand in the index of states, and whole rows are not sorted
    return read_alerts(connection, select(alert).where(alert.c.id.in_(last)).order_by(alert.c.id.desc()))


def alerts_of_watch(connection: Connection, watch_id: int, *, limit: int) -> list[Alert]:
    """The last alerts that a watch sent, and those it owes, newest first."""
    last = select(alert.c.id).where(alert.c.watch_id == watch_id).order_by(alert.c.id.desc()).limit(limit)
    return read_alerts(connection, select(alert).where(alert.c.id.in_(last)).order_by(alert.c.id.desc()))


def count_alerts(connection: Connection) -> Mapping[AlertState, int]:
    """How many alerts stand in each state that has any."""
    counted = select(alert.c.state, func.count()).group_by(alert.c.state)
    return {AlertState(state): count for state, count in connection.execute(counted)}


def get_alert(connection: Connection, alert_id: int) -> Alert | None:
    """The alert of that number."""
    return next(iter(read_alerts(connection, select(alert).where(alert.c.id == alert_id))), None)


def meetings_told_of(connection: Connection, among: Collection[int] | None = None) -> set[int]:
    """The numbers of the meetings that somebody was told of, or is to be: of all, or of those `among`."""
    told = select(alert.c.meeting_id).where(alert.c.kind == AlertKind.FIRST, alert.c.state.not_in(WITHHELD))
    if among is not None:
        told = told.where(alert.c.meeting_id.in_(among))
    return set(connection.scalars(told.distinct()))


def alerts_about(connection: Connection, meeting_ids: Collection[int]) -> list[Alert]:
    """Every alert about these meetings, the first first."""
    return read_alerts(connection, _ABOUT, meetings=list(meeting_ids))


_ABOUT = select(alert).where(_OF_THESE).order_by(alert.c.id)


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
