"""Meetings beside a meeting: what it is part of, its parts, the session of its body before and after it.

It must not decide who belongs to whom: judgements and people do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, bindparam, func, select, update

from readout.meetings.event_days import days_of, window
from readout.model import Meeting, Report
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.reports import IS_STANDING

_meeting = schema.meeting.c
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another meeting, by its facts."""

    meeting_id: int
    report: Report


def related_by_id(connection: Connection, meeting_ids: Sequence[int]) -> list[Related]:
    """The meetings of these ids that still stand, in order of id."""
    return _found(connection, _meeting.id.in_(meeting_ids), [_meeting.id])


def parts_of(connection: Connection, meeting_id: int) -> list[Related]:
    """The meetings held inside this one, by their days."""
    return [_related(row) for row in connection.execute(_PARTS, {"whole": meeting_id})]


def held_there(connection: Connection, body_ids: Collection[str], report: Report) -> list[Related]:
    """The meetings of these bodies in the city of `report` and on its days or right beside them, in order of id; none
    where it does not tell both."""
    days = days_of(report)
    if not (body_ids and days and report.city):
        return []
    first, last = window(days[0], _A_DAY)[0], window(days[1], _A_DAY)[1]
    # either day may be unknown, and then the other is both
    then = (func.coalesce(_meeting.start_date, _meeting.end_date) <= last) & (
        func.coalesce(_meeting.end_date, _meeting.start_date) >= first
    )
    there = _meeting.city == report.city.value
    return _found(connection, _meeting.body_id.in_(body_ids) & then & there, [_meeting.id])


def set_whole(connection: Connection, meeting_id: int, whole: int | None) -> None:
    """Note what the meeting is part of; None: nothing that is known."""
    connection.execute(_SET_WHOLE, {"meeting": meeting_id, "whole": whole})


_WHOLE = bindparam("whole", type_=BigInteger)
_SET_WHOLE = (
    update(schema.meeting)
    .where(_meeting.id == bindparam("meeting"), _meeting.part_of.is_distinct_from(_WHOLE))
    .values(part_of=_WHOLE)
)


def session_before(connection: Connection, meeting: Meeting) -> Related | None:
    """The last earlier meeting of the same body that is known: by its number where both have one, else by its day."""
    latest = [_meeting.session_number.desc(), _meeting.start_date.desc().nulls_last(), _meeting.id]
    number, day = meeting.report.session_number, meeting.report.start_date
    return _beside(
        connection,
        meeting,
        _meeting.session_number < number.value if number else None,
        _meeting.start_date < day.value if day else None,
        latest,
    )


def session_after(connection: Connection, meeting: Meeting) -> Related | None:
    """The first later one, likewise."""
    earliest = [_meeting.session_number, _meeting.start_date.nulls_last(), _meeting.id]
    number, day = meeting.report.session_number, meeting.report.start_date
    return _beside(
        connection,
        meeting,
        _meeting.session_number > number.value if number else None,
        _meeting.start_date > day.value if day else None,
        earliest,
    )


def _beside(
    connection: Connection,
    meeting: Meeting,
    by_number: ColumnElement[bool] | None,
    by_day: ColumnElement[bool] | None,
    order: Sequence[ColumnElement[Any]],
) -> Related | None:
    """The first in `order` (of number, day, id) that the number leads to, else the first that the day leads to."""
    body = meeting.report.body
    if body is None or body.value.id is None:
        return None
    others: ColumnElement[bool] = _meeting.body_id == body.value.id
    found: list[Related] = []
    if by_number is not None:
        found = _found(connection, others & by_number, order, most=1)
        # days are no help between two numbers, which alone say what lies between them
        others &= _meeting.session_number.is_(None)
    if not found and by_day is not None:
        found = _found(connection, others & by_day, order[1:], most=1)
    return found[0] if found else None


def _found(
    connection: Connection, condition: ColumnElement[bool], order: Sequence[Any], *, most: int | None = None
) -> list[Related]:
    return [_related(row) for row in connection.execute(_chosen(condition, order).limit(most))]


def _chosen(condition: ColumnElement[bool], order: Sequence[Any]) -> Select[Any]:
    return select(_meeting.id, _meeting.facts).where(condition, IS_STANDING).order_by(*order)


_PARTS = _chosen(_meeting.part_of == bindparam("whole"), [_meeting.start_date.nulls_last(), _meeting.id])


def _related(row: Row[Any]) -> Related:
    return Related(meeting_id=row.id, report=report_from_row(row.facts))
