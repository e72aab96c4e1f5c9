"""What leaves the store as files: rows of meetings, reports, articles, attendance, and the formats they are written in.

It must not read more than a few rows at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, TextIO
from urllib.parse import quote

from readout.watching import EVERYTHING, Query

if TYPE_CHECKING:
    from readout.exports.entry import Publisher
    from readout.record import Row
    from readout.storage.database import Database


class Kind(StrEnum):
    """What can be exported."""

    MEETINGS = "meetings"
    REPORTS = "reports"
    ARTICLES = "articles"
    ATTENDANCE = "attendance"

    @property
    def takes_query(self) -> bool:
        """Whether a QUERY, which chooses meetings, chooses its rows."""
        return self in (Kind.MEETINGS, Kind.ATTENDANCE)


class Format(StrEnum):
    """How it can be exported."""

    JSONL = "jsonl"
    CSV = "csv"
    JSON = "json"
    ICS = "ics"
    ATOM = "atom"

    @property
    def is_of_rows(self) -> bool:
        """Whether it holds all of a row, of any kind; what else there is lists meetings for people."""
        return self in (Format.JSONL, Format.CSV, Format.JSON)


def write_rows(
    database: Database,
    kind: Kind,
    form: Format,
    stream: TextIO | None = None,
    *,
    query: Query = EVERYTHING,
    limit: int | None = None,
) -> int:
    """Write the rows of a `kind` in a format of rows to `stream`, or standard output; their number.

    All of them, or those of the meetings that `query` asks for, the first `limit`: for a kind that takes no query,
    either is a mistake of the caller's.
    """
    from readout.exports.jsonl import is_unicode

    number = 0

    def counted() -> Iterator[Row]:
        nonlocal number
        for row in rows_of(database, kind, query, limit):
            number += 1
            yield row

    out = stream or sys.stdout
    for part in row_parts(counted(), form, ascii_only=not is_unicode(out)):
        out.write(part)
    return number


def write_meetings(
    database: Database,
    form: Format,
    publisher: Publisher,
    stream: BinaryIO | None = None,
    *,
    query: Query = EVERYTHING,
    limit: int | None = None,
    now: datetime,
) -> None:
    """Write the meetings that `query` asks for, the first `limit`, as a calendar or a feed, to `stream` or standard
    output, in UTF-8."""
    from readout.exports.atom import atom_parts
    from readout.exports.entry import Feed, entries
    from readout.exports.ics import ics_parts
    from readout.storage.meetings import list_meetings
    from readout.watches.query import written

    assert not form.is_of_rows, f"{form} is of rows"
    with database.read() as connection:
        title = f"Readout: {written(query)}" if query.terms else "Readout"
        told = entries(connection, list_meetings(connection, query, limit=limit), publisher)
        name, language = publisher.tag(f"export:{quote(written(query))}"), publisher.saying.words.code
        feed = Feed(id=name, title=title, language=language, updated=now, entries=told, home=publisher.url("/"))
        for part in ics_parts(title, told) if form is Format.ICS else atom_parts(feed):
            (stream or sys.stdout.buffer).write(part.encode())


def row_parts(rows: Iterable[Row], form: Format, *, ascii_only: bool = False) -> Iterator[str]:
    """The text of `rows` in a format of rows, about a row at a time."""
    # Imported late: the command line asks this module for the words above whenever it starts.
    from readout.exports.csv import csv_parts
    from readout.exports.jsonl import json_parts, jsonl_parts

    match form:
        case Format.CSV:
            return csv_parts(rows)
        case Format.JSON:
            return json_parts(rows, ascii_only=ascii_only)
        case _:
            return jsonl_parts(rows, ascii_only=ascii_only)


def rows_of(
    database: Database, kind: Kind, query: Query = EVERYTHING, limit: int | None = None
) -> Generator[Row, None, None]:
    """The rows of a `kind`, as `write_rows` writes them, from one reading transaction: it ends with them, or when they
    are closed."""
    from readout.exports.attendance import attendance_rows
    from readout.exports.rows import article_rows, meeting_rows, report_rows

    assert kind.takes_query or (query == EVERYTHING and limit is None), f"{kind} takes no query"
    match kind:
        case Kind.MEETINGS:
            return meeting_rows(database, query, limit)
        case Kind.ATTENDANCE:
            return attendance_rows(database, query, limit)
        case Kind.REPORTS:
            return report_rows(database)
        case Kind.ARTICLES:
            return article_rows(database)
