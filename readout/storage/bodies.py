"""The bodies that meetings are of: how often each met, and when.

It must not know what a body is called, nor when it meets next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from readout.storage import schema
from readout.storage.reports import IS_STANDING

_meeting = schema.meeting.c


@dataclass(frozen=True, slots=True)
class Met:
    """How many meetings of a body are told of, and the last day of which one is."""

    body_id: str
    meetings: int
    last: date | None


def bodies_met(connection: Connection) -> list[Met]:
    """Every body that meetings are of, by its id."""
    return [Met(row.body_id, row.meetings, row.last) for row in connection.execute(_MET)]


_MET = (
    select(_meeting.body_id, func.count().label("meetings"), func.max(_meeting.start_date).label("last"))
    .where(_meeting.body_id.is_not(None), IS_STANDING)
    .group_by(_meeting.body_id)
    .order_by(_meeting.body_id)
)
