"""Meetings as a page of them is looked at: the newest first, those that a query asks for, some at a time.

It must not read more than a page asks for, nor decide what a query asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from readout.catalog import load_body_kinds
from readout.model import Meeting
from readout.storage import schema
from readout.storage.asked import may_be_asked
from readout.storage.meetings import meetings_by_id
from readout.storage.reports import IS_STANDING
from readout.storage.worded import may_be_said
from readout.watches.match import first_told
from readout.watching import EVERYTHING, Query

_meeting = schema.meeting.c
_A_LOOK = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """A meeting's place among the newest: its day, None where nobody knows it, and its number."""

    day: date | None
    meeting_id: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some meetings and their places, the newest first; whether there are `more` behind them."""

    found: tuple[tuple[Mark, Meeting], ...] = ()
    more: bool = False


def newest(connection: Connection, query: Query = EVERYTHING, *, after: Mark | None = None, most: int) -> Leaf:
    """The first `most` meetings that `query` asks for behind `after`, by day, those of an unknown day last."""
    found = tuple(islice(_asked_for(connection, query, after, most + 1), most + 1))
    return Leaf(found[:most], len(found) > most)


def _asked_for(connection: Connection, query: Query, after: Mark | None, look: int) -> Iterator[tuple[Mark, Meeting]]:
    """Those behind `after`; `look`: so many are looked at first, which the sieve mostly leaves no other than wanted."""
    kinds = load_body_kinds() if query.terms else {}
    asked = list(may_be_asked(connection, query, kinds))
    if (said := may_be_said(connection, query)) is not None:
        asked.append(said)
    ordered = select(_meeting.id, _meeting.day).order_by(_meeting.day.desc().nulls_last(), _meeting.id.desc())
    while True:
        behind = [] if after is None else [_behind(after)]
        rows = connection.execute(ordered.where(IS_STANDING, *asked, *behind).limit(look)).all()
        meetings = meetings_by_id(connection, [row.id for row in rows])
        for row in rows:
            after = Mark(row.day, row.id)
            if not query.terms or first_told(query, meetings[row.id], kinds) is not None:
                yield after, meetings[row.id]
        if len(rows) < look:
            return
        look = _A_LOOK


def _behind(mark: Mark) -> ColumnElement[bool]:
    if mark.day is None:
        return and_(_meeting.day.is_(None), _meeting.id < mark.meeting_id)
    same_day = and_(_meeting.day == mark.day, _meeting.id < mark.meeting_id)
    return or_(_meeting.day < mark.day, same_day, _meeting.day.is_(None))
