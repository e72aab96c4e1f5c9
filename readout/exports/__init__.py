"""What leaves the store as files: rows of meetings, reports and articles, and the formats they are written in.

It must not read more than a few rows at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from readout.exports.csv import write_csv
from readout.exports.jsonl import write_jsonl
from readout.exports.rows import article_rows, meeting_rows, report_rows
from readout.record import Row
from readout.storage.database import Database

KINDS: dict[str, Callable[[Database], Iterator[Row]]] = {
    "meetings": meeting_rows,
    "reports": report_rows,
    "articles": article_rows,
}
FORMATS: dict[str, Callable[[Iterable[Row], TextIO], int]] = {"jsonl": write_jsonl, "csv": write_csv}


def write_rows(database: Database, kind: str, form: str, stream: TextIO | None = None) -> int:
    """Write all rows of a `kind` in a format to `stream`, or standard output; their number."""
    return FORMATS[form](KINDS[kind](database), stream or sys.stdout)
