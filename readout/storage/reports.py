"""Reports and judgements: which meeting each telling is about, who judged so, and why.

It must not judge: it writes judgements down and never overwrites a person's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select, update

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
    duplicate_of: str | None
    credit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """Where a report stands in its article, and in which version of it: of the standing one, or of one before."""

    report_id: int
    position: int
    version: int


Place = tuple[str, int]
"""A report by the key of its article and its place there, 0 for the main one."""


def places(connection: Connection) -> dict[Place, int]:
    """The meeting that each report stands under."""
    standing = (
        select(_article.key, _report.position, _judgement.meeting_id)
        .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
        .join(schema.article, _article.id == _report.article_id)
        .where(STANDS)
    )
    return {(row.key, row.position): row.meeting_id for row in connection.execute(standing)}


def forget_reports(connection: Connection, article_id: int, *, version: int, beyond: int) -> None:
    """Forget what the article's `version` was once read to tell, but for its first `beyond` reports and those that a
    person has ruled about."""
    ruled = select(_judgement.report_id).where(_judgement.made_by == "person")
    mine = (_report.article_id == article_id) & (_report.version == version) & (_report.position >= beyond)
    lost = list(connection.scalars(select(_report.id).where(mine, _report.id.not_in(ruled))))
    connection.execute(delete(schema.judgement).where(_judgement.report_id.in_(lost)))
    connection.execute(delete(schema.report).where(_report.id.in_(lost)))


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


def retellings(connection: Connection, article_id: int) -> list[Retelling]:
    """Which version of the article each of its reports was read from, its main meeting first."""
    told = select(_report.id, _report.position, _report.version).where(_report.article_id == article_id)
    rows = connection.execute(told.order_by(_report.position))
    return [Retelling(report_id=row.id, position=row.position, version=row.version) for row in rows]


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
        _article.credit,
        ORIGINAL_KEY,
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
            duplicate_of=row.duplicate_of,
            credit=row.credit,
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


def leave(connection: Connection, report_id: int, meeting_id: int, reason: str) -> None:
    """Let a rule's judgement that put the report under the meeting stand no more, for `reason`."""
    mine = (_judgement.report_id == report_id) & (_judgement.meeting_id == meeting_id) & (_judgement.made_by == "rule")
    values = {"verdict": str(Verdict.DIFFERENT), "reasons": [reason]}
    connection.execute(update(schema.judgement).where(mine).values(values))


def clear_unsure(connection: Connection, report_ids: Collection[int], meeting_ids: Collection[int]) -> None:
    """Forget that rules held any of the reports for perhaps about any of the meetings."""
    unsure = (_judgement.verdict == Verdict.UNSURE) & (_judgement.made_by == "rule")
    these = _judgement.report_id.in_(report_ids) & _judgement.meeting_id.in_(meeting_ids)
    connection.execute(delete(schema.judgement).where(unsure, these))


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
    ruled = exists().where(
        person.c.report_id == _judgement.report_id,
        person.c.meeting_id == _judgement.meeting_id,
        person.c.made_by == "person",
    )
    return and_(_judgement.verdict == Verdict.SAME, or_(_judgement.made_by == "person", ~ruled))


STANDS = _stands()
"""A judgement puts its report under its meeting: it says "same", and it is a person's or no person has spoken."""


def _as_told(former: ColumnElement[Any], now: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """A column of the version that a report was read from, of its article or of a former version."""
    version = schema.article_version.c
    then = select(former).where(version.article_id == _report.article_id, version.version == _report.version)
    return func.coalesce(then.correlate(schema.report).scalar_subquery(), now).label(name)


TOLD_TITLE = _as_told(schema.article_version.c.title, _article.title, "title")
TOLD_TEXT = _as_told(schema.article_version.c.text, _article.text, "text")


def _original_key() -> ColumnElement[str | None]:
    original = schema.article.alias("original")
    key = select(original.c.key).where(original.c.id == _article.duplicate_of)
    return key.correlate(schema.article).scalar_subquery().label("duplicate_of")


ORIGINAL_KEY = _original_key()
"""The key of the article that an article copies."""
