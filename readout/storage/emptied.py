"""Meetings that no report tells of any more, since rules that have changed see none there.

It must not remove what a person has ruled about.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select, update

from readout.model import AlertState
from readout.storage import schema
from readout.storage.attendees import remove_attendees
from readout.storage.meetings import merged_into
from readout.storage.reports import STANDS

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_ruling = schema.ruling.c
_alert = schema.alert.c


def emptied(connection: Connection) -> list[int]:
    """The meetings that nobody tells of and that went into no other."""
    told = exists().where(_judgement.meeting_id == _meeting.id, STANDS)
    untold = select(_meeting.id).where(~told, _meeting.merged_into.is_(None)).order_by(_meeting.id)
    return list(connection.scalars(untold))


def remove(connection: Connection, meeting_id: int) -> bool:
    """Remove a meeting that nobody tells of; False where a person has ruled about it, and it stays.

    What was owed of it is suppressed, what was sent stays in the ledger.
    """
    about = (_ruling.meeting_id == meeting_id) | (_ruling.other_id == meeting_id)
    if connection.scalar(select(_ruling.id).where(about).limit(1)) is not None:
        return False
    for former in merged_into(connection, meeting_id):
        remove(connection, former)
    owed = (_alert.meeting_id == meeting_id) & (_alert.state == AlertState.OWED)
    reason = f"meeting {meeting_id} is no meeting after all: rules that have changed see none there"
    suppressed = {"state": AlertState.SUPPRESSED.value, "next_try": None, "answer": reason}
    connection.execute(update(schema.alert).where(owed).values(suppressed))
    connection.execute(update(schema.alert).where(_alert.meeting_id == meeting_id).values(meeting_id=None))
    for name in ("split_from", "part_of"):
        connection.execute(update(schema.meeting).where(_meeting[name] == meeting_id).values({name: None}))
    connection.execute(delete(schema.judgement).where(_judgement.meeting_id == meeting_id))
    connection.execute(delete(schema.change).where(schema.change.c.meeting_id == meeting_id))
    remove_attendees(connection, meeting_id)
    connection.execute(delete(schema.meeting).where(_meeting.id == meeting_id))
    return True
