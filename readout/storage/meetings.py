"""Meetings: their best-supported facts, the reports that stand under each, and which may be met again.

It must not decide what belongs together: judgements do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
    union_all,
    update,
)

from readout.catalog import load_body_kinds
from readout.meetings.consensus import Voice
from readout.meetings.event_days import days_of, is_timeless
from readout.model import LanguageCode, Meeting, Report, SourceId, SourceKind, Status, Telling
from readout.record import report_from_row, report_row
from readout.storage import schema
from readout.storage.asked import may_be_asked
from readout.storage.attendees import put_attendees, remove_attendees
from readout.storage.reports import IS_STANDING, ORIGINAL_KEY, STANDS, TOLD_TEXT, TOLD_TITLE, is_open
from readout.watches.match import first_told
from readout.watching import EVERYTHING, Query

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c
_A_PAGE = 100
# A person may ask for any number; a database refuses to hear of larger ones.
LARGEST_ID = 2**63 - 1


def open_meeting(
    connection: Connection, report: Report, *, late: bool, now: datetime, split_from: int | None = None
) -> int:
    """A new meeting with the facts of its first report; its id. `split_from`: where that report stood before."""
    row = _columns(report) | {
        "first_seen": now,
        "late": late,
        "loose": False,
        "put_off": False,
        "split_from": split_from,
    }
    return int(connection.execute(insert(schema.meeting).returning(_meeting.id), row).scalar_one())


def set_facts(connection: Connection, meeting_id: int, report: Report, *, told: Iterable[Voice], late: bool) -> None:
    """What is now best supported about a meeting, and how it is found again: it is `told` by these."""
    voices_heard = list(told)
    first_told = min((voice.told_at for voice in voices_heard if voice.told_at), default=None)
    row = _columns(report)
    day = row["day"] or (first_told and first_told.date())
    loose = any(is_timeless(voice.report, voice.told_at) for voice in voices_heard)
    put_off = any(voice.report.status.value is Status.POSTPONED for voice in voices_heard)
    values = row | {"day": day, "loose": loose, "put_off": put_off, "late": late, "merged_into": None}
    connection.execute(_SET, values | {"meeting": meeting_id})
    put_attendees(connection, meeting_id, report, day)


def absorb(connection: Connection, meeting_id: int, into: int) -> None:
    """Let an empty meeting be known as the one that its reports went to, and be found no more."""
    gone = [meeting_id, *merged_into(connection, meeting_id)]
    went = {"merged_into": into, "loose": False, "part_of": None}
    connection.execute(update(schema.meeting).where(_meeting.id.in_(gone)).values(went))
    connection.execute(update(schema.meeting).where(_meeting.part_of.in_(gone)).values(part_of=into))
    connection.execute(update(schema.meeting).where(_meeting.id == into, _meeting.part_of == into).values(part_of=None))
    remove_attendees(connection, meeting_id)


def merged_into(connection: Connection, meeting_id: int) -> list[int]:
    """The former meetings that a meeting took in."""
    return list(connection.scalars(_MERGED_INTO, {"meeting": meeting_id}))


def gone_into(connection: Connection) -> dict[int, int]:
    """Every meeting that went into another, and that other."""
    gone = select(_meeting.id, _meeting.merged_into).where(_meeting.merged_into.is_not(None))
    return {row.id: row.merged_into for row in connection.execute(gone)}


def kin(connection: Connection, meeting_id: int) -> set[int]:
    """The meetings that reports of this one stood under before: it took them in, or was split from them."""
    taken_in = merged_into(connection, meeting_id)
    parents = connection.scalars(_SPLIT_FROM, {"meetings": [meeting_id, *taken_in]})
    return {*taken_in, *filter(None, parents)}


def standing_meetings(connection: Connection) -> list[int]:
    """The numbers of all meetings that went into no other."""
    return list(connection.scalars(select(_meeting.id).where(_meeting.merged_into.is_(None)).order_by(_meeting.id)))


def facts_of(connection: Connection, meeting_id: int) -> Report:
    """What is held best supported about a meeting that is there."""
    return report_from_row(connection.execute(_FACTS, {"meeting": meeting_id}).scalar_one())


def is_late(connection: Connection, meeting_id: int) -> bool:
    """Whether every report of the meeting so far came late."""
    return bool(connection.scalar(_LATE, {"meeting": meeting_id}))


def voices(connection: Connection, meeting_id: int) -> list[Voice]:
    """Who tells of a meeting, first heard first."""
    return [
        Voice(
            report=report_from_row(row.facts),
            official=row.official,
            told_at=row.told_at,
            copies=row.duplicate_of is not None,
        )
        for row in connection.execute(_VOICES, {"meeting": meeting_id})
    ]


def load_meeting(connection: Connection, meeting_id: int) -> Meeting | None:
    """A meeting with its tellings, or None; in place of one that was merged into another, that other."""
    if meeting_id > LARGEST_ID:
        return None
    row = _row(connection, meeting_id)
    while row is not None and row.merged_into is not None:
        row = _row(connection, row.merged_into)
    return None if row is None else _with_tellings(connection, [row])[0]


def meetings_by_id(connection: Connection, meeting_ids: Sequence[int]) -> dict[int, Meeting]:
    """Those of these meetings that there are, with their tellings."""
    rows = connection.execute(select(schema.meeting).where(_meeting.id.in_(meeting_ids))).all()
    return {meeting.id: meeting for meeting in _with_tellings(connection, rows)}


def list_meetings(connection: Connection, query: Query = EVERYTHING, *, limit: int | None = None) -> Iterator[Meeting]:
    """The meetings of which one report at least is as `query` asks, by first sight, a page of them in memory at a time.

    With `limit`, the first so many of them.
    """
    return islice(_asked_for(connection, query), limit)


def _asked_for(connection: Connection, query: Query) -> Iterator[Meeting]:
    kinds = load_body_kinds() if query.terms else {}
    chosen = select(schema.meeting).where(IS_STANDING, *may_be_asked(connection, query, kinds)).order_by(_meeting.id)
    last = 0
    while rows := connection.execute(chosen.where(_meeting.id > last).limit(_A_PAGE)).all():
        last = rows[-1].id
        for meeting in _with_tellings(connection, rows):
            if not query.terms or first_told(query, meeting, kinds) is not None:
                yield meeting


def tellings(connection: Connection, meeting_ids: Iterable[int]) -> dict[int, list[Telling]]:
    """The reports under each meeting, first seen first."""
    found: dict[int, list[Telling]] = {meeting_id: [] for meeting_id in meeting_ids}
    for row in connection.execute(_TELLINGS, {"meetings": list(found)}):
        found[row.meeting_id].append(_telling(row))
    return found


def perhaps_same(connection: Connection, meeting_ids: Iterable[int]) -> dict[int, list[int]]:
    """The meetings that each may be the same as: those a report of it was judged unsure about, and the other way."""
    wanted = list(meeting_ids)
    found: dict[int, set[int]] = {meeting_id: set() for meeting_id in wanted}
    for own, other in connection.execute(_UNSURE, {"wanted": wanted}):
        for one, two in ((own, other), (other, own)):
            if one in found and one != two:
                found[one].add(two)
    return {meeting_id: sorted(others) for meeting_id, others in found.items()}


def _unsure() -> CompoundSelect[Any]:
    """A meeting of ``wanted`` beside one that it may be, whichever of the two asked."""
    wanted: BindParameter[Any] = bindparam("wanted", expanding=True)
    unsure, meant = schema.judgement.alias("unsure"), schema.meeting.alias("meant")
    pairs = (
        select(_judgement.meeting_id, func.coalesce(meant.c.merged_into, meant.c.id))
        .join_from(schema.judgement, unsure, unsure.c.report_id == _judgement.report_id)
        .join(meant, meant.c.id == unsure.c.meeting_id)
        .where(STANDS, is_open(unsure))
    )
    of_others = select(_meeting.id).where(_meeting.id.in_(wanted) | _meeting.merged_into.in_(wanted))
    asked = pairs.where(unsure.c.meeting_id.in_(of_others))
    return union_all(pairs.where(_judgement.meeting_id.in_(wanted)), asked)


_UNSURE = _unsure()


# --- rows -----------------------------------------------------------------------------------------------------------


def _row(connection: Connection, meeting_id: int) -> Row[Any] | None:
    return connection.execute(_BY_ID, {"meeting": meeting_id}).one_or_none()


def _columns(report: Report) -> dict[str, Any]:
    row = report_row(report)
    days, partial = days_of(report), report.date_partial
    day = days[0] if days else None
    return {
        "facts": row,
        "status": row["status"],
        "kind": row["kind"],
        "body_id": row["body"] and row["body"]["id"],
        "session_number": row["session_number"],
        "start_date": report.start_date and report.start_date.value,
        "day": day,
        "month_day": f"{day:%m-%d}" if day else partial and partial.value[:5],
        "end_date": report.end_date and report.end_date.value,
        "city": row["city"],
        "country": row["country"],
    }


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
        _article.official,
        _article.source_kind,
        _article.score,
        _article.credit,
        _article.version,
        _article.gone_at,
        ORIGINAL_KEY,
    )


# Made once, as many: to put a statement together costs more than to run it.
_OF_MEETING: ColumnElement[bool] = _meeting.id == bindparam("meeting")
_BY_ID = select(schema.meeting).where(_OF_MEETING)
_FACTS = select(_meeting.facts).where(_OF_MEETING)
_LATE = select(_meeting.late).where(_OF_MEETING)
_SET = update(schema.meeting).where(_OF_MEETING)
_MERGED_INTO = select(_meeting.id).where(_meeting.merged_into == bindparam("meeting")).order_by(_meeting.id)
_SPLIT_FROM = select(_meeting.split_from).where(_meeting.id.in_(bindparam("meetings", expanding=True)))
_VOICES = _under(
    select(_report.facts, _article.official, _article.told_at, _article.duplicate_of),
    _judgement.meeting_id == bindparam("meeting"),
)
_TELLINGS = _under(_telling_columns(), _judgement.meeting_id.in_(bindparam("meetings", expanding=True)))


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
        official=row.official,
        source_kind=row.source_kind and SourceKind(row.source_kind),
        score=row.score,
        credit=row.credit,
        version=row.version,
        gone_at=row.gone_at,
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
            part_of=row.part_of,
        )
        for row in rows
    ]
