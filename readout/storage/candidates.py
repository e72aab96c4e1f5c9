"""The known meetings that a new report may be about, found through indexes alone.

It must not compare: `readout.meetings.identity` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from readout.meetings.identity import Candidate
from readout.model import Report
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.reports import STANDS

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c
_NEAR_DAYS = timedelta(days=7)
# No meeting of a body lasts longer.
_LONGEST = timedelta(days=21)
# Of each way of looking the newest: more than this no busy week holds in one country or body.
_MOST = 100


def candidates(
    connection: Connection,
    report: Report,
    *,
    told_at: datetime | None,
    now: datetime,
    likeness: Mapping[int, float],
    without: Collection[int],
) -> list[Candidate]:
    """The meetings worth comparing `report` with, but for `without`.

    `likeness`: meetings whose text is like the newcomer's, and how much.
    """
    ids = set(likeness)
    for condition in _ways(report, told_at, now):
        newest = select(_meeting.id).where(condition).order_by(_meeting.id.desc()).limit(_MOST)
        ids.update(connection.scalars(newest))
    rows = connection.execute(select(_meeting.id, _meeting.facts).where(_meeting.id.in_(ids - set(without))))
    told = _told(connection, ids)
    return [
        Candidate(
            meeting_id=row.id,
            report=report_from_row(row.facts),
            told_at=told.get(row.id, ()),
            likeness=likeness.get(row.id, 0.0),
        )
        for row in rows
    ]


def meetings_of_text(connection: Connection, article_id: int, position: int) -> list[int]:
    """The meetings that the report at `position` of an article stands under."""
    same_place = (
        select(_judgement.meeting_id)
        .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
        .where(STANDS, _report.article_id == article_id, _report.position == position)
    )
    return list(connection.scalars(same_place))


def meetings_of_article(connection: Connection, article_id: int) -> list[int]:
    """The meetings that an article's reports stand under."""
    of_article = (
        select(_judgement.meeting_id)
        .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
        .where(STANDS, _report.article_id == article_id)
        .order_by(_report.position)
    )
    return list(connection.scalars(of_article))


def _ways(report: Report, told_at: datetime | None, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Each way in which an index leads to meetings that may be the same."""
    body_id = report.body and report.body.value.id
    days = _days(report) or ((told_at.date(), told_at.date()) if told_at else None)
    if body_id:
        yield from _ways_of_body(body_id, report, days)
    # Another body's meetings never join: beside a known body, only those whose body nobody named.
    nobody: ColumnElement[bool] = _meeting.body_id.is_(None) if body_id else _meeting.id.is_not(None)
    if days:
        yield _overlaps(days) & nobody
    undated = _meeting.start_date.is_(None) & _meeting.first_seen.between(now - _NEAR_DAYS, now + _NEAR_DAYS)
    yield undated & nobody


def _ways_of_body(body_id: str, report: Report, days: tuple[date, date] | None) -> Iterator[ColumnElement[bool]]:
    same_body = _meeting.body_id == body_id
    if report.session_number:
        yield same_body & (_meeting.session_number == report.session_number.value)
    yield same_body & _meeting.start_date.is_(None)
    yield same_body & _overlaps(days) if days else same_body


def _overlaps(days: tuple[date, date]) -> ColumnElement[bool]:
    return _meeting.start_date.between(days[0] - _LONGEST, days[1] + _NEAR_DAYS)


def _days(report: Report) -> tuple[date, date] | None:
    first = report.start_date or report.end_date
    last = report.end_date or first
    return (first.value, last.value) if first and last else None


def _told(connection: Connection, meeting_ids: Collection[int]) -> dict[int, tuple[datetime, ...]]:
    """When each meeting was told of."""
    rows = connection.execute(
        select(_judgement.meeting_id, _article.told_at)
        .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
        .join(schema.article, _article.id == _report.article_id)
        .where(STANDS, _judgement.meeting_id.in_(meeting_ids), _article.told_at.is_not(None))
        .order_by(_article.told_at)
    )
    told: dict[int, tuple[datetime, ...]] = {}
    for meeting_id, moment in rows:
        told[meeting_id] = (*told.get(meeting_id, ()), moment)
    return told
