"""Meetings as feeds and calendars list them: those first told of last, and when each was last told anew.

It must not read more than is asked for, nor decide what a query asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from readout.catalog import load_body_kinds
from readout.model import Meeting
from readout.storage import schema
from readout.storage.asked import may_be_asked
from readout.storage.meetings import meetings_by_id
from readout.storage.reports import IS_STANDING, STANDS
from readout.watches.match import first_told
from readout.watching import EVERYTHING, Query

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_change = schema.change.c
_A_LOOK = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Revision:
    """How often a meeting was told otherwise since it was first told of, which only grows, and when anything last came
    to it."""

    number: int
    at: datetime


def latest(connection: Connection, query: Query = EVERYTHING, *, most: int) -> list[Meeting]:
    """The `most` meetings that `query` asks for which were first told of last, the newest first."""
    return list(islice(_asked_for(connection, query, most), most))


def _asked_for(connection: Connection, query: Query, look: int) -> Iterator[Meeting]:
    """`look`: so many are looked at first, which the sieve mostly leaves no other than wanted."""
    kinds = load_body_kinds() if query.terms else {}
    asked = list(may_be_asked(connection, query, kinds))
    ordered = select(_meeting.id, _meeting.first_seen).order_by(_meeting.first_seen.desc(), _meeting.id.desc())
    behind: list[ColumnElement[bool]] = []
    while True:
        rows = connection.execute(ordered.where(IS_STANDING, *asked, *behind).limit(look)).all()
        meetings = meetings_by_id(connection, [row.id for row in rows])
        for row in rows:
            if not query.terms or first_told(query, meetings[row.id], kinds) is not None:
                yield meetings[row.id]
        if len(rows) < look:
            return
        look = _A_LOOK
        last = rows[-1]
        same_moment = and_(_meeting.first_seen == last.first_seen, _meeting.id < last.id)
        behind = [or_(_meeting.first_seen < last.first_seen, same_moment)]


def revisions(connection: Connection, meeting_ids: Collection[int]) -> Mapping[int, Revision]:
    """How each of these meetings, which are there, was told anew."""
    changed = select(_change.meeting_id, func.count(), func.max(_change.at)).group_by(_change.meeting_id)
    judged = select(_judgement.meeting_id, func.max(_judgement.made_at).label("at")).group_by(_judgement.meeting_id)
    changes = {
        meeting_id: Revision(number, at)
        for meeting_id, number, at in connection.execute(changed.where(_change.meeting_id.in_(meeting_ids)))
    }
    stood = connection.execute(judged.where(STANDS, _judgement.meeting_id.in_(meeting_ids)))
    joined: dict[int, datetime] = {row.meeting_id: row.at for row in stood}
    return {each: _revision(changes.get(each), joined.get(each)) for each in meeting_ids}


def _revision(changed: Revision | None, joined: datetime | None) -> Revision:
    changed = changed or Revision(0, _LONG_AGO)
    return Revision(changed.number, max(changed.at, joined or _LONG_AGO))
