"""Reports and judgements: which meeting each telling is about, who judged so, and why.

It must not judge: it writes judgements down and never overwrites a person's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from readout.meetings.retelling import Retelling
from readout.model import Judgement, Report, SourceId, Verdict
from readout.record import report_from_row, report_row
from readout.storage import schema
from readout.storage.said import forget_said, put_said
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
    version: int
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


Place = tuple[str, int]
"""A report by the key of its article and its place there, 0 for the main one."""


def places(connection: Connection) -> dict[int, tuple[Place, int]]:
    """Of each report, by its id, its place and the meeting it stands under."""
    standing = (
        select(_report.id, _article.key, _report.position, _judgement.meeting_id)
        .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
        .join(schema.article, _article.id == _report.article_id)
        .where(STANDS)
    )
    return {row.id: ((row.key, row.position), row.meeting_id) for row in connection.execute(standing)}


def forget_reports(connection: Connection, article_id: int, *, version: int, besides: Collection[int]) -> list[int]:
    """Forget what the article's `version` was once read to tell, but for the reports `besides` and those that a person
    has ruled about; the meetings that these stood under. Rulings that were taken back name them no more."""
    ruled = select(_judgement.report_id).where(_judgement.made_by == "person")
    mine = (_report.article_id == article_id) & (_report.version == version) & _report.id.not_in(besides)
    lost = list(connection.scalars(select(_report.id).where(mine, _report.id.not_in(ruled))))
    stood = list(connection.scalars(select(_judgement.meeting_id).where(STANDS, _judgement.report_id.in_(lost))))
    named = update(schema.ruling).where(schema.ruling.c.report_id.in_(lost))
    connection.execute(named.values(report_id=None))
    connection.execute(delete(schema.judgement).where(_judgement.report_id.in_(lost)))
    forget_said(connection, lost)
    connection.execute(delete(schema.report).where(_report.id.in_(lost)))
    return stood


def put_in_order(
    connection: Connection, article_id: int, before: Iterable[Retelling], report_ids: Sequence[int | None]
) -> None:
    """Let the article's reports, as they stood `before`, stand in this order, with room for a new one at each None;
    those not named behind."""
    stand = {each.report_id: each.position for each in before}
    behind = [report_id for report_id in stand if report_id not in report_ids]
    order = {known: at for at, known in enumerate((*report_ids, *behind)) if known is not None}
    if order == stand:
        return
    # First out of one another's way: no two may stand at one place, not for a moment.
    mine = _report.article_id == article_id
    connection.execute(update(schema.report).where(mine).values(position=-1 - _report.position))
    for report_id, at in order.items():
        connection.execute(update(schema.report).where(_report.id == report_id).values(position=at))


def put_report(
    connection: Connection, article_id: int, position: int, report: Report, *, version: int, known: int | None = None
) -> int:
    """Store what an article's `version` tells at `position` (0: its main meeting); its id. `known`: the report there
    that it tells anew."""
    values = {"version": version, "facts": report_row(report)}
    if known is not None:
        connection.execute(update(schema.report).where(_report.id == known).values(values))
        forget_said(connection, [known])
    else:
        row = values | {"article_id": article_id, "position": position}
        known = int(connection.execute(insert(schema.report).returning(_report.id), row).scalar_one())
    put_said(connection, known, report)
    return known


def reports_of(connection: Connection, article_id: int) -> list[tuple[int, Report]]:
    """The ids and reports of an article, its main meeting first."""
    told = select(_report.id, _report.facts).where(_report.article_id == article_id).order_by(_report.position)
    return [(row.id, report_from_row(row.facts)) for row in connection.execute(told)]


def versions_told(connection: Connection, report_ids: Collection[int]) -> dict[int, int]:
    """Of each report the version of its article that its evidence counts in."""
    told = select(_report.id, _report.version).where(_report.id.in_(report_ids))
    return {row.id: row.version for row in connection.execute(told)}


def retellings(connection: Connection, article_id: int) -> list[Retelling]:
    """What the article tells or told, each report as of the version it was read from, its main meeting first."""
    return [
        Retelling(report_id=row.id, position=row.position, version=row.version, report=report_from_row(row.facts))
        for row in connection.execute(_TOLD_BY, {"article": article_id})
    ]


_TOLD_BY = (
    select(_report.id, _report.position, _report.version, _report.facts)
    .where(_report.article_id == bindparam("article"))
    .order_by(_report.position)
)


def stream_reports(connection: Connection) -> Iterator[StoredReport]:
    """Every report in the order of articles, a few in memory at a time."""
    ordered = _stored_columns().order_by(_article.id, _report.position)
    with connection.execute(ordered, execution_options={"yield_per": _A_PAGE}) as rows:
        yield from map(_stored, rows)


def report_by_id(connection: Connection, report_id: int) -> StoredReport | None:
    """The report, or None."""
    row = connection.execute(_stored_columns().where(_report.id == report_id)).one_or_none()
    return None if row is None else _stored(row)


def reports_in(connection: Connection, key: str) -> list[StoredReport]:
    """What the article that exports call `key` tells of, its main meeting first."""
    told = _stored_columns().where(_article.key == key).order_by(_report.position)
    return [_stored(row) for row in connection.execute(told)]


def _stored_columns() -> Select[Any]:
    columns = select(
        _report.id,
        _report.position,
        _report.version,
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
    return columns.join_from(schema.report, schema.article, _article.id == _report.article_id)


def _stored(row: Row[Any]) -> StoredReport:
    return StoredReport(
        id=row.id,
        position=row.position,
        version=row.version,
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
    connection.execute(_CLEAR_UNSURE, {"reports": list(report_ids), "meetings": list(meeting_ids)})


_CLEAR_UNSURE = delete(schema.judgement).where(
    _judgement.verdict == Verdict.UNSURE,
    _judgement.made_by == "rule",
    _judgement.report_id.in_(bindparam("reports", expanding=True)),
    _judgement.meeting_id.in_(bindparam("meetings", expanding=True)),
)


def stood_under(connection: Connection, report_ids: Collection[int]) -> set[int]:
    """The meetings that rules ever put any of the reports under."""
    put = (_judgement.made_by == "rule") & (_judgement.verdict != Verdict.UNSURE)
    return set(connection.scalars(select(_judgement.meeting_id).where(put, _judgement.report_id.in_(report_ids))))


def judgements_of(connection: Connection, report_id: int) -> list[Judgement]:
    """Every judgement about a report, the first first."""
    return judgements_by_report(connection, [report_id])[report_id]


def judgements_by_report(connection: Connection, report_ids: Collection[int]) -> dict[int, list[Judgement]]:
    """Every judgement about each of the reports, the first first."""
    about = select(schema.judgement).where(_judgement.report_id.in_(report_ids)).order_by(_judgement.id)
    found: dict[int, list[Judgement]] = {report_id: [] for report_id in report_ids}
    for row in connection.execute(about):
        found[row.report_id].append(
            Judgement(
                report_id=row.report_id,
                meeting_id=row.meeting_id,
                verdict=Verdict(row.verdict),
                score=row.score,
                reasons=tuple(row.reasons),
                by=row.made_by,
            )
        )
    return found


def meeting_of(connection: Connection, report_id: int) -> int | None:
    """The meeting that a report stands under; None: not judged yet."""
    return connection.scalar(_MEETING_OF, {"report": report_id})


def meetings_beside(connection: Connection, article_id: int, report_id: int) -> list[int]:
    """The meetings that the article's other reports stand under."""
    return list(connection.scalars(_MEETINGS_BESIDE, {"article": article_id, "report": report_id}))


def _is_ruled(judgement: FromClause) -> ColumnElement[bool]:
    """Whether a person has spoken about the report and the meeting of `judgement`."""
    person = schema.judgement.alias("person")
    return exists().where(
        person.c.report_id == judgement.c.report_id,
        person.c.meeting_id == judgement.c.meeting_id,
        person.c.made_by == "person",
    )


def is_open(judgement: FromClause) -> ColumnElement[bool]:
    """Whether `judgement`, the table or an alias of it, is one of a rule that is unsure, and no person has spoken."""
    return and_(judgement.c.verdict == Verdict.UNSURE, ~_is_ruled(judgement))


STANDS = and_(_judgement.verdict == Verdict.SAME, or_(_judgement.made_by == "person", ~_is_ruled(schema.judgement)))
"""A judgement puts its report under its meeting: it says "same", and it is a person's or no person has spoken."""
_MEETING_OF = select(_judgement.meeting_id).where(STANDS, _judgement.report_id == bindparam("report")).limit(1)
_MEETINGS_BESIDE = (
    select(_judgement.meeting_id)
    .join_from(schema.judgement, schema.report)
    .where(STANDS, _report.article_id == bindparam("article"), _report.id != bindparam("report"))
)
IS_TOLD = exists().where(_judgement.meeting_id == schema.meeting.c.id, STANDS)
"""A meeting has a report: one that a person has ruled about stays without, until rules see a report there again."""
# Asked for as `merged_into IS NULL`, SQLite would look through that index, which nearly all meetings share.
IS_STANDING = (func.coalesce(schema.meeting.c.merged_into, 0) == 0) & IS_TOLD
"""A meeting that people are shown: it has a report and went into no other."""
STANDS_IN = func.coalesce(schema.meeting.c.merged_into, schema.meeting.c.id)
"""The meeting itself, or the one that it went into."""


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
