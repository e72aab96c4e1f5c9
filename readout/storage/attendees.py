"""Who is said to be at a meeting, word by word of their names, so that it is found again by them.

It must not tell who is who: a word is many people's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Date, Select, bindparam, delete, func, select

from readout.meetings.event_days import window
from readout.meetings.person import name_words, sound
from readout.model import Report
from readout.storage import schema
from readout.storage.upsert import upsert

_attendee = schema.attendee.c
# A list of everybody in the hall tells two meetings apart no better than this many of them do.
_MOST_PEOPLE = 30
# Of the meetings that share a name, those that share most.
_MOST = 20


def put_attendees(connection: Connection, meeting_id: int, report: Report, day: date | None) -> None:
    """Let the meeting, held or first told of on `day`, be found by everybody whom `report` names, and by no others."""
    words = _words_of(report)
    connection.execute(_TAKE_STALE, {"meeting": meeting_id, "words": list(words), "day": day})
    rows = [{"word": word, "meeting_id": meeting_id, "day": day} for word in sorted(words)]
    upsert(connection, schema.attendee, rows, key=["word", "meeting_id"])


_TAKE_STALE = delete(schema.attendee).where(
    _attendee.meeting_id == bindparam("meeting"),
    _attendee.word.not_in(bindparam("words", expanding=True))
    | _attendee.day.is_distinct_from(bindparam("day", type_=Date)),
)


def remove_attendees(connection: Connection, meeting_id: int) -> None:
    """Let the meeting be found by nobody's name."""
    connection.execute(delete(schema.attendee).where(_attendee.meeting_id == meeting_id))


def attended_by(
    report: Report, day: date | None, near: timedelta
) -> Iterator[tuple[Select[tuple[int]], Mapping[str, object]]]:
    """The ids of meetings whose people share words of their names with those of `report`, most of them first: within
    `near` of `day`, and those that nobody can date; where `day` is None, at any time. Nothing where it names nobody."""
    words = sorted(_words_of(report))
    if words and day is None:
        yield _EVER, {"words": words}
    elif words and day is not None:
        first, last = window(day, near)
        yield _AROUND_DAY, {"words": words, "first": first, "last": last}


def _sharing(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    words = _attendee.word.in_(bindparam("words", expanding=True))
    shared = select(_attendee.meeting_id).where(words, *conditions).group_by(_attendee.meeting_id)
    return shared.order_by(func.count().desc(), _attendee.meeting_id.desc()).limit(_MOST)


_DAYS = _attendee.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
_EVER = _sharing()
_AROUND_DAY = _sharing(_DAYS | _attendee.day.is_(None))


def _words_of(report: Report) -> set[str]:
    return {heard for name in _names(report) for word in name_words(name) if len(word) > 1 for heard in sound(word)}


def _names(report: Report) -> Iterator[str]:
    yield from (person.value.name_latin or person.value.name for person in report.participants[:_MOST_PEOPLE])
    if report.received_by is not None:
        yield report.received_by.value
