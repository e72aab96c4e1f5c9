"""The known meetings that a new report may be about, found through indexes alone.

It must not compare: `readout.meetings.identity` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Date, Select, String, bindparam, select

from readout.meetings.comparison import SAME_SESSION, Account
from readout.meetings.event_days import days_of, window
from readout.meetings.identity import Candidate
from readout.model import Report, Status, Verdict
from readout.record import bare_report
from readout.storage import schema
from readout.storage.attendees import attended_by
from readout.storage.reports import STANDS, STANDS_IN

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c
# How far a session is put off, or told of before and after: beyond, `identity` would not listen.
_NEAR_A_SESSION = timedelta(days=46)
# Talks are told of within days; a visit may last a week.
_NEAR_TALKS = timedelta(days=7)
_NEXT = timedelta(days=1)
# Of each way of looking the newest: more than this no busy month of a body holds, and no day of a city.
_MOST = 40


def candidates(
    connection: Connection, account: Account, *, likeness: Mapping[int, float], without: Collection[int] = ()
) -> list[Candidate]:
    """The meetings worth comparing `account` with, but for `without`.

    `likeness`: meetings whose text is like the newcomer's, and how much.
    """
    ids = set(likeness)
    for way, asked in _ways(account):
        ids.update(connection.scalars(way, asked))
    ids.difference_update(without)
    body_id = account.report.body.value.id if account.report.body else None
    known = [
        Candidate(meeting_id=meeting_id, account=told, likeness=likeness.get(meeting_id, 0.0), is_loose=is_loose)
        for meeting_id, told, is_loose in _accounts(connection, ids, body_id=body_id)
    ]
    return [*known, *_parts(connection, ids)]


def account_of(connection: Connection, meeting_id: int) -> Account:
    """What is told of a meeting that is there."""
    ((_, account, _),) = _accounts(connection, [meeting_id])
    return account


def is_told_by_several(connection: Connection, meeting_id: int) -> bool:
    """Whether more than one report stands under the meeting."""
    return len(connection.scalars(_TWO_REPORTS, {"meeting": meeting_id}).all()) > 1


def meetings_of_texts(connection: Connection, article_ids: Collection[int], position: int) -> list[tuple[int, int]]:
    """The articles among these whose report at `position` stands under a meeting, each with that."""
    if not article_ids:
        return []
    asked = {"ids": list(article_ids), "position": position}
    return [(article_id, meeting_id) for article_id, meeting_id in connection.execute(_AT_PLACE, asked)]


def _ways(account: Account) -> Iterator[tuple[Select[tuple[int]], Mapping[str, object]]]:
    """Each way in which an index leads to meetings that may be the same, with what it asks for."""
    report = account.report
    day = _day(account)
    body_id = report.body.value.id if report.body else None
    if body_id:
        yield from _ways_of_body(body_id, report, day)
    may_be_put_off = account.put_off or report.status.value is Status.PLANNED
    yield from attended_by(report, day, SAME_SESSION if may_be_put_off else _NEAR_TALKS)
    if day and report.city:
        asked = {"city": report.city.value} | _days(day, _NEXT)
        # Another body's meetings never join: beside a known body, only those whose body nobody named.
        yield (_THERE_OF_NOBODY if body_id else _THERE), asked


def _ways_of_body(
    body_id: str, report: Report, day: date | None
) -> Iterator[tuple[Select[tuple[int]], Mapping[str, object]]]:
    if report.session_number:
        yield _OF_NUMBER, {"body": body_id, "number": report.session_number.value}
    if day:
        yield _AROUND_DAY, {"body": body_id} | _days(day, _NEAR_A_SESSION)
        yield _UNDATED, {"body": body_id}
    elif report.date_partial:
        yield _ON_DAYS_OF_YEAR, {"body": body_id, "days": _around(report.date_partial.value)}
        yield _UNDATED, {"body": body_id}
    elif report.city:
        yield _IN_CITY, {"body": body_id, "city": report.city.value}
    else:
        yield _OF_BODY, {"body": body_id}


def _newest(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    # By the facts of then of what went into a meeting that is found, too, where the whole looks otherwise.
    return select(STANDS_IN).where(*conditions).order_by(_meeting.id.desc()).limit(_MOST)


# Made once: to put a statement together costs more than to run it.
_THIS_BODY = _meeting.body_id == bindparam("body")
_THIS_CITY = _meeting.city == bindparam("city")
_THESE_DAYS = _meeting.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
_OF_BODY = _newest(_THIS_BODY)
_OF_NUMBER = _newest(_THIS_BODY, _meeting.session_number == bindparam("number"))
_AROUND_DAY = _newest(_THIS_BODY, _THESE_DAYS)
_UNDATED = _newest(_THIS_BODY, _meeting.day.is_(None) | _meeting.loose)
_ON_DAYS_OF_YEAR = _newest(_THIS_BODY, _meeting.month_day.in_(bindparam("days", expanding=True)))
_IN_CITY = _newest(_THIS_BODY, _THIS_CITY)
_THERE = _newest(_THIS_CITY, _THESE_DAYS)
_THERE_OF_NOBODY = _newest(_THIS_CITY, _THESE_DAYS, _meeting.body_id.is_(None))


def _days(day: date, near: timedelta) -> dict[str, object]:
    first, last = window(day, near)
    return {"first": first, "last": last}


def _around(partial: str) -> list[str]:
    """The day of a ``MM-DD`` and those next to it, in any year."""
    try:
        day = date.fromisoformat(f"2024-{partial[:5]}")
    except ValueError:
        return [partial[:5]]
    return [f"{each:%m-%d}" for each in (day - _NEXT, day, day + _NEXT)]


def _day(account: Account) -> date | None:
    """Its first day, else when it was first told of."""
    days = days_of(account.report)
    return days[0] if days else min((moment.date() for moment in account.told_at), default=None)


def _accounts(
    connection: Connection, meeting_ids: Collection[int], *, body_id: str | None = None
) -> Iterator[tuple[int, Account, bool]]:
    """Each meeting, what is told of it, and whether it is loose; with `body_id` none that another body holds."""
    if not meeting_ids:
        return
    rows = connection.execute(_KNOWN, {"ids": list(meeting_ids), "body": body_id}).all()
    told: dict[int, list[datetime]] = {}
    for meeting_id, moment in connection.execute(_TOLD, {"ids": [row.id for row in rows]}):
        told.setdefault(meeting_id, []).append(moment)
    for row in rows:
        moments = tuple(sorted(told.get(row.id, ())))
        yield row.id, Account(report=bare_report(row.facts), told_at=moments, put_off=row.put_off), row.loose


def _parts(connection: Connection, meeting_ids: Collection[int]) -> Iterator[Candidate]:
    """What a person put under the meetings, report by report."""
    for row in connection.execute(_PUT_BY_PERSON, {"ids": list(meeting_ids)}):
        account = Account.of(bare_report(row.facts), row.told_at)
        yield Candidate(meeting_id=row.meeting_id, account=account)


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PUT_BY_PERSON = (
    select(_judgement.meeting_id, _report.facts, _article.told_at)
    .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
    .join(schema.article, _article.id == _report.article_id)
    .where(_judgement.meeting_id.in_(_IDS), _judgement.made_by == "person", _judgement.verdict == Verdict.SAME)
)
_AT_PLACE = (
    select(_report.article_id, _judgement.meeting_id)
    .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
    .where(STANDS, _report.article_id.in_(_IDS), _report.position == bindparam("position"))
)
_TWO_REPORTS = select(_judgement.report_id).where(STANDS, _judgement.meeting_id == bindparam("meeting")).limit(2)
_ANY_BODY = bindparam("body", type_=String)
_KNOWN = select(_meeting.id, _meeting.facts, _meeting.loose, _meeting.put_off).where(
    _meeting.id.in_(_IDS),
    _ANY_BODY.is_(None) | _meeting.body_id.is_(None) | (_meeting.body_id == _ANY_BODY),
)
_TOLD = (
    select(_judgement.meeting_id, _article.told_at)
    .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
    .join(schema.article, _article.id == _report.article_id)
    .where(STANDS, _judgement.meeting_id.in_(_IDS), _article.told_at.is_not(None))
)
