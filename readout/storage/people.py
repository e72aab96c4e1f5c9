"""The meetings that somebody is said to have been at, found by the words of their name; and who was seen lately.

It must not tell who is who: a word is many people's, and `readout.meetings.person` compares whole names.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Select, func, literal, select, union_all

from readout.meetings.person import name_words, sound
from readout.model import Report
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.reports import IS_STANDING

_attendee = schema.attendee.c
_meeting = schema.meeting.c
_MOST_WORDS = 8
_NEWEST_FIRST = (_meeting.day.desc().nulls_last(), _meeting.id.desc())


def meetings_of_name(connection: Connection, name: str, *, most: int) -> list[int]:
    """The newest meetings, at most so many, at which each word of `name` is part of somebody's name."""
    words = [heard for word in islice(name_words(name), _MOST_WORDS) if len(word) > 1 and (heard := sound(word))]
    if not words:
        return []
    each = (
        select(_attendee.meeting_id, literal(number).label("word")).where(_attendee.word.in_(sorted(heard)))
        for number, heard in enumerate(words)
    )
    told = union_all(*each).subquery()
    sharing = (
        select(told.c.meeting_id).group_by(told.c.meeting_id).having(func.count(told.c.word.distinct()) == len(words))
    )
    ordered = select(_meeting.id).where(_meeting.id.in_(sharing), IS_STANDING)
    return list(connection.scalars(ordered.order_by(*_NEWEST_FIRST).limit(most)))


def facts_of_name(connection: Connection, name: str, *, most: int) -> Iterator[tuple[int, Report]]:
    """The same meetings, each with its facts."""
    facts = select(_meeting.id, _meeting.facts).where(_meeting.id.in_(meetings_of_name(connection, name, most=most)))
    return _in_order(connection, facts, most)


def newest_facts(connection: Connection, *, most: int) -> Iterator[tuple[int, Report]]:
    """The newest meetings, each with its facts, the newest first; those of an unknown day last."""
    return _in_order(connection, select(_meeting.id, _meeting.facts).where(IS_STANDING), most)


def _in_order(connection: Connection, facts: Select[tuple[int, object]], most: int) -> Iterator[tuple[int, Report]]:
    for row in connection.execute(facts.order_by(*_NEWEST_FIRST).limit(most)):
        yield row.id, report_from_row(row.facts)
