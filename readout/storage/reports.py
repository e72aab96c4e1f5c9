"""Reports and judgements: which meeting each telling is about, who judged so, and why.

It must not judge: it writes judgements down and never overwrites a person's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, select, update

from readout.model import Judgement, Report, SourceId, Verdict
from readout.record import report_from_row, report_row
from readout.storage import schema
from readout.storage.upsert import upsert

_report = schema.report.c
_judgement = schema.judgement.c
_article = schema.article.c
_A_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A report beside its article: title and text are of the version that its evidence counts in."""

    id: int
    position: int
    report: Report
    meeting_id: int | None
    article_key: str
    url: str
    title: str | None
    text: str
    published: datetime | None
    published_day: date | None
    published_day_only: bool
    source_id: SourceId | None
    outcome: str


def put_report(connection: Connection, article_id: int, position: int, report: Report, *, version: int) -> int:
    """Store what an article's `version` tells at `position` (0: its main meeting), or replace what it told there."""
    known = report_at(connection, article_id, position)
    values = {"version": version, "facts": report_row(report)}
    if known is not None:
        connection.execute(update(schema.report).where(_report.id == known).values(values))
        return known
    row = values | {"article_id": article_id, "position": position}
    return int(connection.execute(insert(schema.report).returning(_report.id), row).scalar_one())


def report_at(connection: Connection, article_id: int, position: int) -> int | None:
    """The id of an article's report at `position`, or None."""
    at = select(_report.id).where(_report.article_id == article_id, _report.position == position)
    return connection.scalar(at)


def reports_of(connection: Connection, article_id: int) -> list[tuple[int, Report]]:
    """The ids and reports of an article, its main meeting first."""
    told = select(_report.id, _report.facts).where(_report.article_id == article_id).order_by(_report.position)
    return [(row.id, report_from_row(row.facts)) for row in connection.execute(told)]


def stream_reports(connection: Connection) -> Iterator[StoredReport]:
    """Every report in the order of articles, a few in memory at a time."""
    columns = select(
        _report.id,
        _report.position,
        _report.facts,
        TOLD_TITLE,
        TOLD_TEXT,
        _article.key,
        _article.url,
        _article.published,
        _article.published_day,
        _article.published_day_only,
        _article.source_id,
        _article.outcome,
        select(_judgement.meeting_id)
        .where(STANDS, _judgement.report_id == _report.id)
        .limit(1)
        .correlate(schema.report)
        .scalar_subquery()
        .label("meeting_id"),
    )
    joined = columns.join_from(schema.report, schema.article, _article.id == _report.article_id)
    ordered = joined.order_by(_article.id, _report.position)
    for row in connection.execute(ordered, execution_options={"yield_per": _A_PAGE}):
        yield StoredReport(
            id=row.id,
            position=row.position,
            report=report_from_row(row.facts),
            meeting_id=row.meeting_id,
            article_key=row.key,
            url=row.url,
            title=row.title,
            text=row.text,
            published=row.published,
            published_day=row.published_day,
            published_day_only=row.published_day_only,
            source_id=row.source_id and SourceId(row.source_id),
            outcome=row.outcome,
        )


def judge(connection: Connection, judgement: Judgement, *, now: datetime) -> None:
    """Keep a judgement, in place of an earlier one by the same judge about the same report and meeting."""
    row = {
        "report_id": judgement.report_id,
        "meeting_id": judgement.meeting_id,
        "verdict": str(judgement.verdict),
        "score": judgement.score,
        "reasons": list(judgement.reasons),
        "made_by": judgement.by,
        "made_at": now,
    }
    key = ["report_id", "meeting_id", "made_by"]
    upsert(connection, schema.judgement, [row], key=key, update=["verdict", "score", "reasons", "made_at"])


def judgements_of(connection: Connection, report_id: int) -> list[Judgement]:
    """Every judgement about a report, the first first."""
    rows = connection.execute(select(schema.judgement).where(_judgement.report_id == report_id).order_by(_judgement.id))
    return [
        Judgement(
            report_id=row.report_id,
            meeting_id=row.meeting_id,
            verdict=Verdict(row.verdict),
            score=row.score,
            reasons=tuple(row.reasons),
            by=row.made_by,
        )
        for row in rows
    ]


def meeting_of(connection: Connection, report_id: int) -> int | None:
    """The meeting that a report stands under; None: not judged yet."""
    return connection.scalar(select(_judgement.meeting_id).where(STANDS, _judgement.report_id == report_id).limit(1))


def _stands() -> ColumnElement[bool]:
    person = schema.judgement.alias("person")
    denied = exists().where(
        person.c.report_id == _judgement.report_id,
        person.c.meeting_id == _judgement.meeting_id,
        person.c.made_by == "person",
        person.c.verdict != Verdict.SAME,
    )
    return and_(_judgement.verdict == Verdict.SAME, ~denied)


STANDS = _stands()
"""A judgement puts its report under its meeting: it says "same", and no person says otherwise."""


def _as_told(former: ColumnElement[Any], now: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """A column of the version that a report was read from, of its article or of a former version."""
    version = schema.article_version.c
    then = select(former).where(version.article_id == _report.article_id, version.version == _report.version)
    return func.coalesce(then.correlate(schema.report).scalar_subquery(), now).label(name)


TOLD_TITLE = _as_told(schema.article_version.c.title, _article.title, "title")
TOLD_TEXT = _as_told(schema.article_version.c.text, _article.text, "text")
