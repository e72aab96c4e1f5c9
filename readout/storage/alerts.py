"""The outbox as a ledger: what is owed to whom, what became of it, in the servers' own words.

It must not send anything or choose a moment: the outbox says what and when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select, update

from readout.model import Alert, AlertKind, AlertState, Change, Watch
from readout.storage.schema import alert
from readout.storage.upsert import upsert

RESENDS = 3
"""How often a delivery that may have arrived is sent again by itself."""

_KEY = ("meeting_id", "watch_id", "recipient", "kind", "revision")
_WAITING = (AlertState.OWED, AlertState.DOUBTFUL)
_RETRIABLE = (AlertState.OWED, AlertState.DOUBTFUL, AlertState.FAILED)


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
    """The alert, owed at once, or recorded as `suppressed` for that reason; one that was there stays as it was.

    `watch_names`: the watches it is to name, where these are more than `watch`.
    """
    row = {
        "meeting_id": meeting_id,
        "watch_id": watch.id,
        "recipient": recipient,
        "channel": watch.channel,
        "kind": kind.value,
        "revision": revision,
        "state": (AlertState.SUPPRESSED if suppressed else AlertState.OWED).value,
        "message_id": message_id,
        "watch_names": list(watch_names) or [watch.name],
        "matched": dict(matched),
        "attempts": 0,
        "doubts": 0,
        "created_at": now,
        "next_try": None if suppressed else now,
        "answer": suppressed,
        "changes": [asdict(change) for change in changes],
    }
    upsert(connection, alert, [row], key=_KEY)
    return _alerts(connection, select(alert).where(*(alert.c[name] == row[name] for name in _KEY)))[0]


def join_watch(connection: Connection, alert_id: int, names: Sequence[str], matched: Mapping[str, str]) -> None:
    """Let an alert that has not left name the watches `names`, with all that matched them."""
    connection.execute(
        update(alert).where(alert.c.id == alert_id).values(watch_names=list(names), matched=dict(matched))
    )


def set_changes(connection: Connection, alert_id: int, names: Sequence[str], changes: Sequence[Change]) -> None:
    """Let an update that has not left name the watches `names` and tell `changes`; of none, it is not owed any more."""
    told = [asdict(change) for change in changes]
    _set(connection, alert_id, watch_names=list(names), changes=told)
    if not changes:
        reason = "all was as told before when it was to leave"
        _set(connection, alert_id, state=AlertState.SUPPRESSED, next_try=None, answer=reason)


def withdraw(connection: Connection, watch: Watch) -> None:
    """Take a removed watch out of what is still owed; an alert that no other watch asked for is suppressed."""
    recipients = {recipient.casefold() for recipient in watch.recipients}
    for row in connection.execute(select(alert).where(alert.c.state == AlertState.OWED)).all():
        if watch.name not in row.watch_names or row.recipient.casefold() not in recipients:
            continue
        names = [name for name in row.watch_names if name != watch.name]
        if names:
            join_watch(connection, row.id, names, row.matched)
        else:
            reason = f"the watch “{watch.name}” was removed before it left"
            _set(connection, row.id, state=AlertState.SUPPRESSED, next_try=None, answer=reason)


def move(connection: Connection, alert_id: int, meeting_id: int, revision: int) -> None:
    """Let an alert be of another meeting, there as its `revision`. One that was suppressed there changes places with
    it; beside one that was not, it stays where it is."""
    row = connection.execute(select(alert).where(alert.c.id == alert_id)).one()
    same = [alert.c[name] == getattr(row, name) for name in ("watch_id", "recipient", "kind")]
    key = select(alert.c.id, alert.c.state).where(alert.c.meeting_id == meeting_id, alert.c.revision == revision, *same)
    there = connection.execute(key).one_or_none()
    if there is not None and there.state != AlertState.SUPPRESSED:
        return
    if there is not None:
        _set(connection, there.id, meeting_id=None)
    _set(connection, alert_id, meeting_id=meeting_id, revision=revision)
    if there is not None:
        _set(connection, there.id, meeting_id=row.meeting_id, revision=row.revision)


def owe_again(connection: Connection, alert_id: int, now: datetime) -> None:
    """Let an alert that was suppressed be owed after all."""
    _set(connection, alert_id, state=AlertState.OWED, next_try=now, answer=None)


def suppress(connection: Connection, alert_id: int, reason: str) -> None:
    """Let an alert that has not left be owed no more, for `reason`."""
    _set(connection, alert_id, state=AlertState.SUPPRESSED, next_try=None, answer=reason)


# --- sending ------------------------------------------------------------------------------------------------------


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether a sender has anything to do: an alert whose time has come, or one that a sender has under way or left."""
    due = alert.c.state.in_(_WAITING) & (alert.c.next_try <= now)
    wanted = select(alert.c.id).where(due | (alert.c.state == AlertState.SENDING)).limit(1)
    return connection.scalar(wanted) is not None


def claim(connection: Connection, now: datetime, limit: int, *, without: Collection[str] = ()) -> list[Alert]:
    """Up to `limit` alerts that are due, longest waiting first, now in state `sending`.

    Commit before anything is sent. Only the holder of the sender's lease may claim. `without`: channels left alone.
    """
    due = (
        select(alert)
        .where(alert.c.state.in_(_WAITING), alert.c.next_try <= now, alert.c.channel.not_in(without))
        .order_by(alert.c.next_try, alert.c.id)
        .limit(limit)
    )
    claimed = [row.id for row in connection.execute(due)]
    sending = update(alert).where(alert.c.id.in_(claimed))
    connection.execute(sending.values(state=AlertState.SENDING.value, attempts=alert.c.attempts + 1))
    return _alerts(connection, select(alert).where(alert.c.id.in_(claimed)).order_by(alert.c.next_try, alert.c.id))


def doubt_unfinished(connection: Connection, now: datetime) -> int:
    """How many alerts a sender left in `sending` when it died: each may have arrived, and is tried again."""
    left = [row.id for row in connection.execute(select(alert.c.id).where(alert.c.state == AlertState.SENDING))]
    for alert_id in left:
        mark_doubtful(connection, alert_id, text="the sender ended while this was under way", next_try=now)
    return len(left)


def set_message_id(connection: Connection, alert_id: int, message_id: str) -> None:
    """What the alert's copies are all called."""
    _set(connection, alert_id, message_id=message_id)


def mark_accepted(connection: Connection, alert_id: int, *, now: datetime, code: int | None, text: str) -> None:
    """The server took it, and said so."""
    _set(connection, alert_id, state=AlertState.ACCEPTED, sent_at=now, next_try=None, answer_code=code, answer=text)


def mark_doubtful(
    connection: Connection, alert_id: int, *, text: str, next_try: datetime, code: int | None = None
) -> None:
    """It may have arrived. It is tried again at `next_try`, unless it has been sent again `RESENDS` times already."""
    again = case((alert.c.doubts < RESENDS, next_try), else_=None)
    doubts = alert.c.doubts + 1
    _set(connection, alert_id, state=AlertState.DOUBTFUL, doubts=doubts, next_try=again, answer_code=code, answer=text)


def mark_retry(connection: Connection, alert_id: int, *, next_try: datetime, code: int | None, text: str) -> None:
    """It was refused for now; an alert that was ever in doubt stays so."""
    state = case((alert.c.doubts > 0, AlertState.DOUBTFUL.value), else_=AlertState.OWED.value)
    _set(connection, alert_id, state=state, next_try=next_try, answer_code=code, answer=text)


def mark_failed(connection: Connection, alert_id: int, *, code: int | None, text: str) -> None:
    """It was refused for good: kept and shown, sent again only when somebody asks for it."""
    _set(connection, alert_id, state=AlertState.FAILED, next_try=None, answer_code=code, answer=text)


def retry(connection: Connection, ids: Collection[int] | None, now: datetime) -> int:
    """How many of `ids` (None: all) are due now: those owed, doubtful or failed. What was in doubt stays in doubt."""
    chosen = update(alert).where(alert.c.state.in_(_RETRIABLE))
    if ids is not None:
        chosen = chosen.where(alert.c.id.in_(ids))
    in_doubt = alert.c.doubts > 0
    state = case((in_doubt, AlertState.DOUBTFUL.value), else_=AlertState.OWED.value)
    return connection.execute(chosen.values(state=state, doubts=case((in_doubt, 1), else_=0), next_try=now)).rowcount


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
    return _alerts(connection, wanted)


def count_alerts(connection: Connection) -> Mapping[AlertState, int]:
    """How many alerts stand in each state that has any."""
    counted = select(alert.c.state, func.count()).group_by(alert.c.state)
    return {AlertState(state): count for state, count in connection.execute(counted)}


def get_alert(connection: Connection, alert_id: int) -> Alert | None:
    """The alert of that number."""
    return next(iter(_alerts(connection, select(alert).where(alert.c.id == alert_id))), None)


def alerts_about(connection: Connection, meeting_ids: Collection[int]) -> list[tuple[int, Alert]]:
    """Every alert about these meetings, the first first, each with the id of the watch that owes it."""
    rows = connection.execute(select(alert).where(alert.c.meeting_id.in_(meeting_ids)).order_by(alert.c.id))
    return [(row.watch_id, _alert(row)) for row in rows]


def _set(connection: Connection, alert_id: int, **values: Any) -> None:
    connection.execute(update(alert).where(alert.c.id == alert_id).values(**values))


def _alerts(connection: Connection, wanted: Select[Any]) -> list[Alert]:
    return [_alert(row) for row in connection.execute(wanted)]


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
    )
