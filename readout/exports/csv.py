"""CSV for spreadsheets (RFC 4180). It must not let a text from outside become a formula.

Rule: OWASP, CSV Injection: a cell whose first visible sign is one of ``= + - @``, of any width, gets a ``'`` before.
Characters that steer a terminal or turn a text around become spaces, tabs and carriage returns among them.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from readout.articles.clean import harmless
from readout.exports.rows import flat_row
from readout.record import Row

_FORMULA_STARTS = ("=", "+", "-", "@")

_UNSEEN = "CMZ"
"""Categories of signs that a cell may begin with unseen: controls, joiners and marks of direction, marks, blanks."""


def csv_parts(rows: Iterable[Row]) -> Iterator[str]:
    """`rows` under the columns of the first, a line each, which end as the standard wants."""
    line = _Line()
    writer: csv.DictWriter[str] | None = None
    for row in map(flat_row, rows):
        if writer is None:
            writer = csv.DictWriter(line, list(row), extrasaction="ignore")
            writer.writeheader()
            yield line.text
        writer.writerow({name: _cell(value) for name, value in row.items()})
        yield line.text


class _Line:
    """What the writer of the standard library wrote last."""

    text = ""

    def write(self, text: str) -> int:
        """Keep it."""
        self.text = text
        return len(text)


def _cell(value: Any) -> str | int | float | None:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _guarded(value)
        case list():
            return _guarded("; ".join(_items(value)))
        case {"name": str(name)}:
            return _guarded(name)
        case _:
            return _guarded(json.dumps(value, ensure_ascii=False))


def _items(values: list[Any]) -> Iterator[str]:
    """A person or a body by name, a report by its URL, anything plain as it is."""
    for value in values:
        if isinstance(value, dict):
            yield str(value.get("name") or value.get("url") or json.dumps(value, ensure_ascii=False))
        else:
            yield str(value)


def _guarded(text: str) -> str:
    plain = harmless(text)
    first = next((sign for sign in plain if unicodedata.category(sign)[0] not in _UNSEEN), "")
    # NFKC makes the full-width, small and raised forms of a sign the sign itself
    return f"'{plain}" if unicodedata.normalize("NFKC", first).startswith(_FORMULA_STARTS) else plain
