"""The reports of a neighbourhood of meetings, as the rules that put them into groups want to see them.

It must not put them anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from readout.meetings.consensus import Voice
from readout.meetings.partition import Member
from readout.model import Verdict
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.reports import STANDS, STANDS_IN

_report = schema.report.c
_judgement = schema.judgement.c
_article = schema.article.c
_meeting = schema.meeting.c


def members_of(connection: Connection, meeting_ids: Collection[int]) -> list[Member]:
    """The reports that stand under any of `meeting_ids`."""
    standing = _columns().add_columns(_judgement.meeting_id).where(STANDS, _judgement.meeting_id.in_(meeting_ids))
    rows = connection.execute(standing.join(schema.judgement, _judgement.report_id == _report.id)).all()
    return _members(connection, {row.id: row for row in rows}, {row.id: row.meeting_id for row in rows})


def newcomer(connection: Connection, report_id: int) -> Member:
    """A report that stands nowhere yet."""
    row = connection.execute(_columns().where(_report.id == report_id)).one()
    return _members(connection, {report_id: row}, {})[0]


def _columns() -> Select[Any]:
    return select(
        _report.id,
        _report.article_id,
        _report.position,
        _report.facts,
        _article.key,
        _article.official,
        _article.told_at,
        _article.duplicate_of,
        _article.signature,
    ).join_from(schema.report, schema.article, _article.id == _report.article_id)


def _members(connection: Connection, rows: Mapping[int, Row[Any]], standing: Mapping[int, int]) -> list[Member]:
    pinned, banned = _ruled(connection, rows)
    return [
        Member(
            report_id=row.id,
            article_id=row.article_id,
            position=row.position,
            key=row.key,
            voice=Voice(
                report=report_from_row(row.facts),
                official=row.official,
                told_at=row.told_at,
                copies=row.duplicate_of is not None,
            ),
            signature=row.signature,
            meeting_id=standing.get(row.id),
            is_pinned=(row.id, standing.get(row.id)) in pinned,
            banned=frozenset(meeting_id for report_id, meeting_id in banned if report_id == row.id),
        )
        for row in rows.values()
    ]


def _ruled(
    connection: Connection, report_ids: Collection[int]
) -> tuple[set[tuple[int, int | None]], set[tuple[int, int]]]:
    """Which reports a person put under which meetings, and from which meetings a person sent them away."""
    by_person = (
        select(_judgement.report_id, STANDS_IN.label("meeting_id"), _judgement.verdict)
        .join_from(schema.judgement, schema.meeting, _meeting.id == _judgement.meeting_id)
        .where(_judgement.report_id.in_(report_ids), _judgement.made_by == "person")
    )
    rows = connection.execute(by_person).all()
    pinned: set[tuple[int, int | None]] = {(r.report_id, r.meeting_id) for r in rows if r.verdict == Verdict.SAME}
    banned = {(row.report_id, row.meeting_id) for row in rows if row.verdict != Verdict.SAME}
    return pinned, {pair for pair in banned if pair not in pinned}
