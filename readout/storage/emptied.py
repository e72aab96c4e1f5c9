"""Meetings that no report tells of any more, since rules that have changed see none there.

It must not remove what a person has ruled about.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from readout.model import AlertState
from readout.storage import schema
from readout.storage.alerts import take_back
from readout.storage.attendees import remove_attendees
from readout.storage.meetings import merged_into
from readout.storage.reports import IS_TOLD

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_ruling = schema.ruling.c
_alert = schema.alert.c


def emptied(connection: Connection) -> list[int]:
    """The meetings that nobody tells of and that went into no other."""
    untold = select(_meeting.id).where(~IS_TOLD, _meeting.merged_into.is_(None)).order_by(_meeting.id)
    return list(connection.scalars(untold))


def remove(connection: Connection, meeting_id: int) -> bool:
    """Remove a meeting that nobody tells of, with those it took in; False where a ruling about any of them stands, and
    they stay.

    What was owed of it is withdrawn, what was sent stays in the ledger. Rulings that were taken back go with it.
    """
    gone = [*merged_into(connection, meeting_id), meeting_id]
    _withdraw(connection, gone)
    connection.execute(update(schema.meeting).where(_meeting.part_of.in_(gone)).values(part_of=None))
    about = _ruling.meeting_id.in_(gone) | _ruling.other_id.in_(gone)
    if connection.scalar(select(_ruling.id).where(about, _ruling.undone_at.is_(None)).limit(1)) is not None:
        return False
    _forget(connection, gone)
    return True


def _withdraw(connection: Connection, gone: Sequence[int]) -> None:
    owed = select(_alert.id).where(_alert.meeting_id.in_(gone), _alert.state == AlertState.OWED)
    for alert_id in connection.scalars(owed).all():
        reason = f"meeting {gone[-1]} is no meeting after all: rules that have changed see none there"
        take_back(connection, alert_id, reason)


def _forget(connection: Connection, gone: Sequence[int]) -> None:
    """Take the meetings, those that went into others first, and all that refers to them out of the store."""
    connection.execute(update(schema.alert).where(_alert.meeting_id.in_(gone)).values(meeting_id=None))
    connection.execute(update(schema.meeting).where(_meeting.split_from.in_(gone)).values(split_from=None))
    about = _ruling.meeting_id.in_(gone) | _ruling.other_id.in_(gone)
    taken_back = select(_ruling.id).where(about)
    connection.execute(update(schema.judgement).where(_judgement.ruling_id.in_(taken_back)).values(ruling_id=None))
    connection.execute(delete(schema.judgement).where(_judgement.meeting_id.in_(gone)))
    connection.execute(delete(schema.ruling).where(about))
    connection.execute(delete(schema.change).where(schema.change.c.meeting_id.in_(gone)))
    for each in gone:
        remove_attendees(connection, each)
        connection.execute(delete(schema.meeting).where(_meeting.id == each))
