"""The reports of a neighbourhood of meetings, as the rules that put them into groups want to see them.

It must not put them anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

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
    rows = connection.execute(_STANDING_UNDER, {"meetings": list(meeting_ids)}).all()
    return _members(connection, {row.id: row for row in rows}, {row.id: row.meeting_id for row in rows})


def newcomer(connection: Connection, report_id: int) -> Member:
    """A report that stands nowhere yet."""
    row = connection.execute(_NEWCOMER, {"report": report_id}).one()
    return _members(connection, {report_id: row}, {})[0]


_MEMBERS = select(
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
_NEWCOMER: Select[Any] = _MEMBERS.where(_report.id == bindparam("report"))
_STANDING_UNDER = (
    _MEMBERS.add_columns(_judgement.meeting_id)
    .join(schema.judgement, _judgement.report_id == _report.id)
    .where(STANDS, _judgement.meeting_id.in_(bindparam("meetings", expanding=True)))
)


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
    rows = connection.execute(_BY_PERSON, {"reports": list(report_ids)}).all()
    pinned: set[tuple[int, int | None]] = {(r.report_id, r.meeting_id) for r in rows if r.verdict == Verdict.SAME}
    banned = {(row.report_id, row.meeting_id) for row in rows if row.verdict != Verdict.SAME}
    return pinned, {pair for pair in banned if pair not in pinned}


_BY_PERSON = (
    select(_judgement.report_id, STANDS_IN.label("meeting_id"), _judgement.verdict)
    .join_from(schema.judgement, schema.meeting, _meeting.id == _judgement.meeting_id)
    .where(_judgement.report_id.in_(bindparam("reports", expanding=True)), _judgement.made_by == "person")
)
