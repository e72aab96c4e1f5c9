"""Meetings: their best-supported facts, the reports that stand under each, and which may be met again.

It must not decide what belongs together: judgements do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from readout.meetings.consensus import Voice
from readout.model import LanguageCode, Meeting, Report, SourceId, Telling, Verdict
from readout.record import report_from_row, report_row
from readout.storage import schema
from readout.storage.reports import STANDS, TOLD_TEXT, TOLD_TITLE

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c
_A_PAGE = 200
# A person may ask for any number; a database refuses to hear of larger ones.
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which meetings to list. Empty or None asks for nothing; days of a meeting overlap `since`..`until`."""

    bodies: Sequence[str] = ()
    countries: Sequence[str] = ()
    sources: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    limit: int | None = None


EVERYTHING = Query()


def open_meeting(connection: Connection, report: Report, *, late: bool, now: datetime) -> int:
    """A new meeting with the facts of its first report; its id."""
    row = _columns(report) | {"first_seen": now, "late": late}
    return int(connection.execute(insert(schema.meeting).returning(_meeting.id), row).scalar_one())


def set_facts(connection: Connection, meeting_id: int, report: Report, *, late: bool) -> None:
    """What is now best supported about a meeting."""
    values = _columns(report) | {"late": late}
    connection.execute(update(schema.meeting).where(_meeting.id == meeting_id), values)


def is_late(connection: Connection, meeting_id: int) -> bool:
    """Whether every report of the meeting so far came late."""
    return bool(connection.scalar(select(_meeting.late).where(_meeting.id == meeting_id)))


def voices(connection: Connection, meeting_id: int) -> list[Voice]:
    """Who tells of a meeting, first heard first."""
    columns = (_report.facts, _article.official, _article.told_at, _article.duplicate_of)
    rows = connection.execute(_under(select(*columns), _judgement.meeting_id == meeting_id))
    return [
        Voice(
            report=report_from_row(row.facts),
            official=row.official,
            told_at=row.told_at,
            copies=row.duplicate_of is not None,
        )
        for row in rows
    ]


def load_meeting(connection: Connection, meeting_id: int) -> Meeting | None:
    """A meeting with its tellings, or None."""
    if meeting_id > _LARGEST_ID:
        return None
    row = connection.execute(select(schema.meeting).where(_meeting.id == meeting_id)).one_or_none()
    return None if row is None else _with_tellings(connection, [row])[0]


def list_meetings(connection: Connection, query: Query = EVERYTHING) -> Iterator[Meeting]:
    """The meetings that `query` asks for, by first sight, a page of them in memory at a time."""
    chosen = select(_meeting.id).where(*_conditions(query)).order_by(_meeting.id).limit(query.limit)
    ids = connection.scalars(chosen).all()
    for start in range(0, len(ids), _A_PAGE):
        page = select(schema.meeting).where(_meeting.id.in_(ids[start : start + _A_PAGE])).order_by(_meeting.id)
        yield from _with_tellings(connection, connection.execute(page).all())


def tellings(connection: Connection, meeting_ids: Iterable[int]) -> dict[int, list[Telling]]:
    """The reports under each meeting, first seen first."""
    found: dict[int, list[Telling]] = {meeting_id: [] for meeting_id in meeting_ids}
    for row in connection.execute(_under(_TELLING, _judgement.meeting_id.in_(list(found)))):
        found[row.meeting_id].append(_telling(row))
    return found


def perhaps_same(connection: Connection, meeting_ids: Iterable[int]) -> dict[int, list[int]]:
    """The meetings that each may be the same as: those a report of it was judged unsure about, and the other way."""
    wanted = list(meeting_ids)
    unsure, mine = schema.judgement.alias("unsure"), schema.judgement
    pairs = (
        select(_judgement.meeting_id, unsure.c.meeting_id.label("other"))
        .join_from(mine, unsure, unsure.c.report_id == _judgement.report_id)
        .where(STANDS, unsure.c.verdict == Verdict.UNSURE)
        .where(_judgement.meeting_id.in_(wanted) | unsure.c.meeting_id.in_(wanted))
    )
    found: dict[int, set[int]] = {meeting_id: set() for meeting_id in wanted}
    for own, other in connection.execute(pairs):
        for one, two in ((own, other), (other, own)):
            if one in found and one != two:
                found[one].add(two)
    return {meeting_id: sorted(others) for meeting_id, others in found.items()}


# --- rows -----------------------------------------------------------------------------------------------------------


def _columns(report: Report) -> dict[str, Any]:
    row = report_row(report)
    return {
        "facts": row,
        "status": row["status"],
        "kind": row["kind"],
        "body_id": row["body"] and row["body"]["id"],
        "session_number": row["session_number"],
        "start_date": report.start_date and report.start_date.value,
        "end_date": report.end_date and report.end_date.value,
        "city": row["city"],
        "country": row["country"],
    }


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    if query.bodies:
        yield _meeting.body_id.in_(query.bodies)
    if query.countries:
        yield _meeting.country.in_(query.countries)
    if query.since:
        yield func.coalesce(_meeting.end_date, _meeting.start_date) >= query.since
    if query.until:
        yield _meeting.start_date <= query.until
    if query.sources:
        yield _told_by(query.sources)


def _told_by(sources: Sequence[str]) -> ColumnElement[bool]:
    return _meeting.id.in_(_under(select(_judgement.meeting_id), _article.source_id.in_(sources)).order_by(None))


def _under(columns: Select[Any], condition: ColumnElement[bool]) -> Select[Any]:
    """Reports that stand under their meetings, each beside its article."""
    return (
        columns.select_from(schema.judgement)
        .join(schema.report, _report.id == _judgement.report_id)
        .join(schema.article, _article.id == _report.article_id)
        .where(STANDS, condition)
        .order_by(_article.first_seen, _report.id)
    )


def _telling_columns() -> Select[Any]:
    original = schema.article.alias("original")
    copied = select(original.c.key).where(original.c.id == _article.duplicate_of).correlate(schema.article)
    return select(
        _judgement.meeting_id,
        _report.id.label("report_id"),
        _report.facts,
        _article.id.label("article_id"),
        _article.key,
        _article.url,
        TOLD_TITLE,
        TOLD_TEXT,
        _article.published,
        _article.published_day,
        _article.published_day_only,
        _article.first_seen,
        _article.language,
        _article.source_id,
        copied.scalar_subquery().label("duplicate_of"),
    )


_TELLING = _telling_columns()


def _telling(row: Row[Any]) -> Telling:
    return Telling(
        report_id=row.report_id,
        article_id=row.article_id,
        article_key=row.key,
        url=row.url,
        title=row.title,
        text=row.text,
        published=row.published,
        published_day=row.published_day,
        published_day_only=row.published_day_only,
        first_seen=row.first_seen,
        language=row.language and LanguageCode(row.language),
        source=row.source_id and SourceId(row.source_id),
        report=report_from_row(row.facts),
        duplicate_of=row.duplicate_of,
    )


def _with_tellings(connection: Connection, rows: Sequence[Row[Any]]) -> list[Meeting]:
    ids = [row.id for row in rows]
    told: Mapping[int, list[Telling]] = tellings(connection, ids)
    related = perhaps_same(connection, ids)
    return [
        Meeting(
            id=row.id,
            first_seen=row.first_seen,
            late=row.late,
            report=report_from_row(row.facts),
            tellings=tuple(told[row.id]),
            perhaps_same_as=tuple(related[row.id]),
        )
        for row in rows
    ]
