"""Meetings, reports and articles as plain rows, one at a time: what every export format writes.

It must not format: a row is JSON-ready, its keys in the order that people read them.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from readout.record import Row, meeting_row, published_text, report_row
from readout.storage.articles import StoredArticle, stream_articles
from readout.storage.database import Database
from readout.storage.meetings import list_meetings
from readout.storage.reports import StoredReport, stream_reports
from readout.watching import EVERYTHING, Query


def meeting_rows(database: Database, query: Query = EVERYTHING, limit: int | None = None) -> Generator[Row, None, None]:
    """The meetings that `query` asks for: facts, status, and the reports under each.

    A page that tells of several meetings stands under each of them.
    """
    with database.read() as connection:
        for meeting in list_meetings(connection, query, limit=limit):
            yield meeting_row(meeting)


def report_rows(database: Database) -> Generator[Row, None, None]:
    """Every report: the article it stands in, that article's outcome, its meeting and its facts."""
    with database.read() as connection:
        for stored in stream_reports(connection):
            yield stored_report_row(stored)


def article_rows(database: Database) -> Generator[Row, None, None]:
    """Every article that was read, whatever its outcome, under the URL it was fetched from; a text let go is null."""
    with database.read() as connection:
        yield from map(stored_article_row, stream_articles(connection))


def stored_report_row(stored: StoredReport) -> Row:
    """A report beside the article it stands in."""
    return {
        "id": stored.article_key,
        "url": stored.url,
        "title": stored.title,
        "text": stored.text,
        "published": published_text(stored),
        "source": stored.source_id,
        "outcome": stored.outcome,
        "duplicate_of": stored.duplicate_of,
        "credit": stored.credit,
        "meeting": stored.meeting_id,
        "position": stored.position,
        "facts": report_row(stored.report),
    }


def stored_article_row(stored: StoredArticle) -> Row:
    """An article; a text let go is null."""
    return {
        "id": stored.key,
        "url": stored.article.url,
        "title": stored.article.title,
        "text": stored.article.text if stored.shed_at is None else None,
        "published": published_text(stored.article),
        "source": stored.source_id,
        "outcome": stored.outcome,
    }


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
