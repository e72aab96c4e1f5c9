"""Meetings, reports and articles as plain rows, one at a time: what every export format writes.

It must not format: a row is JSON-ready, its keys in the order that people read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout.model import Article, Meeting, Telling
from readout.record import Row, report_row
from readout.storage.articles import stream_articles
from readout.storage.database import Database
from readout.storage.meetings import EVERYTHING, Query, list_meetings
from readout.storage.reports import StoredReport, stream_reports


def meeting_rows(database: Database, query: Query = EVERYTHING) -> Iterator[Row]:
    """The meetings that `query` asks for: facts, status, and the reports under each.

    A page that tells of several meetings stands under each of them.
    """
    with database.read() as connection:
        for meeting in list_meetings(connection, query):
            yield meeting_row(meeting)


def report_rows(database: Database) -> Iterator[Row]:
    """Every report: the article it stands in, that article's outcome, its meeting and its facts."""
    with database.read() as connection:
        for stored in stream_reports(connection):
            yield _report_row(stored)


def article_rows(database: Database) -> Iterator[Row]:
    """Every article that was read, whatever its outcome, under the URL it was fetched from."""
    with database.read() as connection:
        yield from _article_rows(connection)


def meeting_row(meeting: Meeting) -> Row:
    """One meeting as a row."""
    facts = report_row(meeting.report)
    evidence = facts.pop("evidence")
    return {
        "id": meeting.id,
        "first_seen": _moment(meeting.first_seen),
        "late": meeting.late,
        **facts,
        "perhaps_same_as": list(meeting.perhaps_same_as),
        "reports": [_telling_row(telling) for telling in _articles(meeting.tellings)],
        "evidence": evidence,
    }


def _articles(tellings: Iterable[Telling]) -> Iterable[Telling]:
    """One telling of each article: a person may have put two meetings together that one page tells of."""
    first: dict[int, Telling] = {}
    for telling in tellings:
        first.setdefault(telling.article_id, telling)
    return first.values()


def _telling_row(telling: Telling) -> Row:
    return {
        "id": telling.article_key,
        "url": telling.url,
        "source": telling.source,
        "title": telling.title,
        "published": _published(telling),
        "first_seen": _moment(telling.first_seen),
        "language": telling.language,
        "duplicate_of": telling.duplicate_of,
        "credit": telling.credit,
        "gone_at": _moment(telling.gone_at),
    }


def _report_row(stored: StoredReport) -> Row:
    return {
        "id": stored.article_key,
        "url": stored.url,
        "title": stored.title,
        "text": stored.text,
        "published": _published(stored),
        "source": stored.source_id,
        "outcome": stored.outcome,
        "duplicate_of": stored.duplicate_of,
        "credit": stored.credit,
        "meeting": stored.meeting_id,
        "position": stored.position,
        "facts": report_row(stored.report),
    }


def _article_rows(connection: Connection) -> Iterator[Row]:
    for stored in stream_articles(connection):
        yield {
            "id": stored.key,
            "url": stored.article.url,
            "title": stored.article.title,
            "text": stored.article.text,
            "published": _published(stored.article),
            "source": stored.source_id,
            "outcome": stored.outcome,
        }


def _published(told: Article | StoredReport | Telling) -> str | None:
    """A day where the page gave no time, else the time in UTC."""
    day = told.published_day if told.published_day_only else None
    return day.isoformat() if day else _moment(told.published)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def flat_row(row: Row) -> dict[str, Any]:
    """`row` for tables: facts beside the other columns, a body in two columns, and no evidence."""
    flat: dict[str, Any] = {}
    for name, value in (row | row.get("facts", {})).items():
        if name == "body":
            body = value or {"id": None, "name": None}
            flat |= {"body_id": body["id"], "body": body["name"]}
        elif name not in ("facts", "evidence"):
            flat[name] = value
    return flat
