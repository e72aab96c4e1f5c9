"""What leaves the store as files: rows of meetings, reports and articles, and the formats they are written in.

It must not read more than a few rows at a time.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from readout.storage.database import Database


class Kind(StrEnum):
    """What can be exported."""

    MEETINGS = "meetings"
    REPORTS = "reports"
    ARTICLES = "articles"


class Format(StrEnum):
    """How it can be exported."""

    JSONL = "jsonl"
    CSV = "csv"


def write_rows(database: Database, kind: Kind, form: Format, stream: TextIO | None = None) -> int:
    """Write all rows of a `kind` in a format to `stream`, or standard output; their number."""
    # Imported late: the command line asks this module for the words above whenever it starts.
    from readout.exports.csv import write_csv
    from readout.exports.jsonl import write_jsonl
    from readout.exports.rows import article_rows, meeting_rows, report_rows

    rows = {Kind.MEETINGS: meeting_rows, Kind.REPORTS: report_rows, Kind.ARTICLES: article_rows}[kind]
    write = {Format.JSONL: write_jsonl, Format.CSV: write_csv}[form]
    return write(rows(database), stream or sys.stdout)
