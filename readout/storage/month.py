"""The meetings of a stretch of days, each with the days it takes.

It must not load a meeting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from readout.storage import schema
from readout.storage.asked import may_be_asked
from readout.storage.reports import IS_STANDING
from readout.storage.worded import may_be_said
from readout.watches.match import Kinds
from readout.watching import Query

_meeting = schema.meeting.c
# What is said to take longer began too early to be looked for.
_LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Taken:
    """The days a meeting takes, from the first to the last."""

    meeting_id: int
    first: date
    last: date


def meetings_between(connection: Connection, first: date, last: date, query: Query, kinds: Kinds) -> Iterator[Taken]:
    """Those that `query` may ask for and of which a day is among these, by their first day."""
    end = func.coalesce(_meeting.end_date, _meeting.start_date)
    asked = [*may_be_asked(connection, query, kinds)]
    if (said := may_be_said(connection, query)) is not None:
        asked.append(said)
    began = _meeting.start_date.between(first - _LONGEST, last)
    columns = select(_meeting.id, _meeting.start_date, _meeting.end_date).where(
        began, end >= first, IS_STANDING, *asked
    )
    for row in connection.execute(columns.order_by(_meeting.start_date, _meeting.id)):
        yield Taken(row.id, row.start_date, max(row.end_date or row.start_date, row.start_date))
