"""Meetings as what is expected is read from them: each body's in the order of days, and what is announced.

It must not read a text, nor facts of more than the meetings announced or put off; a store is looked through in one
pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from readout.meetings.expected import Announcement, is_put_off_to
from readout.meetings.series import Sitting
from readout.model import Status
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.meetings import voices
from readout.storage.reports import IS_STANDING, STANDS

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_A_PAGE = 500
_STATUS = {status.value: status for status in Status}

SittingRow = tuple[int, str, int | None, date | None, date | None, str | None]
"""A meeting's number and status, its session number, its first and last day, its city."""

_COLUMNS = (
    _meeting.body_id,
    _meeting.id,
    _meeting.status,
    _meeting.session_number,
    _meeting.start_date,
    _meeting.end_date,
    _meeting.city,
)
_SITTING: Select[Any] = select(*_COLUMNS).where(IS_STANDING)


def sittings_by_body(connection: Connection, bodies: Sequence[str] = ()) -> Iterator[tuple[str, list[Sitting]]]:
    """The meetings of each body of the registry, or of `bodies`, one body in memory at a time."""
    for body, rows in sitting_rows(connection, bodies):
        yield body, sittings_of(rows)


def sitting_rows(connection: Connection, bodies: Sequence[str] = ()) -> Iterator[tuple[str, tuple[SittingRow, ...]]]:
    """The same as rows, which are compared and kept at little cost."""
    wanted = _meeting.body_id.in_(bodies) if bodies else _meeting.body_id.is_not(None)
    ordered = _SITTING.where(wanted).order_by(_meeting.body_id, _meeting.start_date)
    anew = _announced_anew(connection)
    with connection.execute(ordered, execution_options={"yield_per": _A_PAGE}) as rows:
        for body, group in groupby(rows, key=lambda row: str(row.body_id)):
            yield body, tuple(_as_row(row, anew) for row in group)


def sittings_of(rows: Iterable[SittingRow]) -> list[Sitting]:
    """The meetings that rows tell of."""
    return [
        Sitting(meeting_id=number, status=_STATUS[status], number=session, first_day=first, last_day=last, city=city)
        for number, status, session, first, last, city in rows
    ]


def sittings_of_body(connection: Connection, body: str, most: int) -> list[Sitting]:
    """The last meetings of a body, at most so many, those of an unknown day before all others."""
    last_first = _SITTING.where(_meeting.body_id == body).order_by(_meeting.start_date.desc().nulls_last())
    anew = _announced_anew(connection)
    return sittings_of(_as_row(row, anew) for row in connection.execute(last_first.limit(most)))[::-1]


def latest_sittings(connection: Connection, most: int) -> Iterator[tuple[str, list[Sitting]]]:
    """The last meetings of each body of which a day is known, at most so many of each, in the order of days."""
    body = select(_meeting.body_id).where(_meeting.body_id.is_not(None)).distinct().subquery()
    latest = (
        select(_meeting.id)
        .where(_meeting.body_id == body.c.body_id, _meeting.start_date.is_not(None), IS_STANDING)
        .order_by(_meeting.start_date.desc())
        .limit(most)
        .correlate(body)
    )
    told = schema.meeting.alias()
    columns = [told.c[column.name] for column in _COLUMNS]
    found = select(*columns).join_from(body, told, told.c.id.in_(latest)).order_by(told.c.body_id, told.c.start_date)
    anew = _announced_anew(connection)
    for body_id, group in groupby(connection.execute(found), key=lambda row: str(row.body_id)):
        yield body_id, sittings_of(_as_row(row, anew) for row in group)


def announcements(
    connection: Connection, bodies: Sequence[str] = (), *, since: date | None = None
) -> list[Announcement]:
    """The meetings, or those of `bodies`, that are told of as planned alone or as put off to a new day, by their first
    day.

    They have a day, `since` then or later, or a month and day without a year.
    """
    anew = _announced_anew(connection)
    columns = _SITTING.add_columns(_meeting.facts, _meeting.first_seen)
    planned = columns.where(_meeting.status.in_([Status.PLANNED, Status.POSTPONED]), _has_day(since))
    wanted = planned.where(_meeting.body_id.in_(bodies)) if bodies else planned
    return [
        Announcement(
            sitting=sittings_of([_as_row(row, anew)])[0],
            report=report_from_row(row.facts),
            first_told=row.first_seen.date(),
        )
        for row in connection.execute(wanted.order_by(_meeting.start_date, _meeting.id))
        if row.status == Status.PLANNED or row.id in anew
    ]


def first_urls(connection: Connection, meeting_ids: Iterable[int | None]) -> dict[int, str]:
    """The address of the report of each meeting that was seen first."""
    ids = sorted({number for number in meeting_ids if number is not None})
    article, report = schema.article.c, schema.report.c
    told = (
        select(_judgement.meeting_id, article.url)
        .join(schema.report, report.id == _judgement.report_id)
        .join(schema.article, article.id == report.article_id)
        .order_by(article.first_seen.desc(), report.id.desc())
    )
    urls: dict[int, str] = {}
    for start in range(0, len(ids), _A_PAGE):
        page = told.where(STANDS, _judgement.meeting_id.in_(ids[start : start + _A_PAGE]))
        # the first comes last, and stays
        urls |= {row.meeting_id: row.url for row in connection.execute(page)}
    return urls


def _has_day(since: date | None) -> ColumnElement[bool]:
    undated = _meeting.start_date.is_(None) & (_meeting.end_date.is_not(None) | _meeting.month_day.is_not(None))
    return undated | (_meeting.start_date >= since if since else _meeting.start_date.is_not(None))


def _announced_anew(connection: Connection) -> frozenset[int]:
    """The meetings that were put off and whose day is the new one."""
    put_off = select(_meeting.id, _meeting.facts).where(_meeting.status == Status.POSTPONED, IS_STANDING)
    return frozenset(
        row.id
        for row in connection.execute(put_off).all()
        if is_put_off_to(report_from_row(row.facts), [voice.report for voice in voices(connection, row.id)])
    )


def _as_row(row: Row[Any], anew: Collection[int]) -> SittingRow:
    """A meeting put off to a new day is planned for that."""
    _, number, status, *others = tuple(row)[:7]
    return (number, Status.PLANNED.value if number in anew else status, *others)
