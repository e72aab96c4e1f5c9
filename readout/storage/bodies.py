"""The bodies that meetings are of: how often each met, as far as is known.

It must not know what a body is called, nor when it meets.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from readout.storage import schema
from readout.storage.reports import IS_TOLD

_meeting = schema.meeting.c


def bodies_met(connection: Connection) -> dict[str, int]:
    """Every body that meetings are of, by its id, with how many are told of."""
    untold = {row.body_id: row.meetings for row in connection.execute(_UNTOLD)}
    met = {row.body_id: row.meetings - untold.get(row.body_id, 0) for row in connection.execute(_MET)}
    return {body_id: meetings for body_id, meetings in met.items() if meetings}


# As in IS_STANDING: not to be looked for through the index of what went into another.
_LEFT = (_meeting.body_id.is_not(None), func.coalesce(_meeting.merged_into, 0) == 0)
_MET = select(_meeting.body_id, func.count().label("meetings")).where(*_LEFT).group_by(_meeting.body_id)
# Only a meeting that a person has ruled about may be without a report: to ask that of all takes ten times as long.
_RULED = select(schema.ruling.c.meeting_id)
_UNTOLD = (
    select(_meeting.body_id, func.count().label("meetings"))
    .where(*_LEFT, _meeting.id.in_(_RULED), ~IS_TOLD)
    .group_by(_meeting.body_id)
)
