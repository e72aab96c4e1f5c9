"""What leaves the store as files: rows of meetings, reports, articles, attendance, and the formats they are written in.

It must not read more than a few rows at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

from readout.watching import EVERYTHING, Query

if TYPE_CHECKING:
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


def write_rows(
    database: Database,
    kind: Kind,
    form: Format,
    stream: TextIO | None = None,
    *,
    query: Query = EVERYTHING,
    limit: int | None = None,
) -> int:
    """Write the rows of a `kind` in a format to `stream`, or standard output; their number.

    All of them, or those of the meetings that `query` asks for, the first `limit`: for a kind that takes no query,
    either is a mistake of the caller's.
    """
    # Imported late: the command line asks this module for the words above whenever it starts.
    from readout.exports.csv import write_csv
    from readout.exports.jsonl import write_json, write_jsonl

    assert kind.takes_query or (query == EVERYTHING and limit is None), f"{kind} takes no query"
    write = {Format.JSONL: write_jsonl, Format.CSV: write_csv, Format.JSON: write_json}[form]
    return write(_rows(database, kind, query, limit), stream or sys.stdout)


def _rows(database: Database, kind: Kind, query: Query, limit: int | None) -> Iterator[Row]:
    from readout.exports.attendance import attendance_rows
    from readout.exports.rows import article_rows, meeting_rows, report_rows

    match kind:
        case Kind.MEETINGS:
            return meeting_rows(database, query, limit)
        case Kind.ATTENDANCE:
            return attendance_rows(database, query, limit)
        case Kind.REPORTS:
            return report_rows(database)
        case Kind.ARTICLES:
            return article_rows(database)
