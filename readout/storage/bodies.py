"""The bodies that meetings are of: how often each met, and when.

It must not know what a body is called, nor when it meets next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from readout.storage import schema
from readout.storage.reports import IS_TOLD

_meeting = schema.meeting.c


@dataclass(frozen=True, slots=True)
class Met:
    """How many meetings of a body are told of, and the last day of which one is."""

    body_id: str
    meetings: int
    last: date | None


def bodies_met(connection: Connection) -> list[Met]:
    """Every body that meetings are of, by its id."""
    untold = {row.body_id: row.meetings for row in connection.execute(_UNTOLD)}
    met = (Met(row.body_id, row.meetings - untold.get(row.body_id, 0), row.last) for row in connection.execute(_MET))
    return [each for each in met if each.meetings]


_LEFT = (_meeting.body_id.is_not(None), _meeting.merged_into.is_(None))
_MET = (
    select(_meeting.body_id, func.count().label("meetings"), func.max(_meeting.day).label("last"))
    .where(*_LEFT)
    .group_by(_meeting.body_id)
    .order_by(_meeting.body_id)
)
# Only a meeting that a person has ruled about may be without a report: to ask that of all takes ten times as long.
_RULED = select(schema.ruling.c.meeting_id)
_UNTOLD = (
    select(_meeting.body_id, func.count().label("meetings"))
    .where(*_LEFT, _meeting.id.in_(_RULED), ~IS_TOLD)
    .group_by(_meeting.body_id)
)
