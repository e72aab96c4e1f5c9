"""Where in a query something is wrong: the query on one line, and carets under the place.

It must not let through what a terminal would act on: whoever wrote the query need not be whoever reads this.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from readout.articles.clean import clean_line

_WIDEST = 72
# No further from a place than this is looked for what to show around it: letters and the marks that stand on them.
_NEAR = 4 * _WIDEST
_MORE = "…"
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong from character `start` of a query to `end`, not included; one character at least."""

    start: int
    end: int
    said: str


def pointed(query: str, wrong: Wrong) -> str:
    """What is wrong, then the part of `query` around it, then carets under it: three lines."""
    near = max(0, wrong.start - _NEAR)
    cells = [_visible(letter) for letter in query[near : wrong.start + _NEAR]]
    start, end = wrong.start - near, wrong.end - near
    first, last = _window(cells, start)
    before = _MORE if near + first else ""
    after = _MORE if near + last < len(query) else ""
    blanks = " " * (len(before) + _columns(cells[first:start]))
    carets = "^" * max(1, _columns(cells[start : min(end, last)]))
    line = "".join(cells[first:last])
    return f"{clean_line(wrong.said)}\n{_INDENT}{before}{line}{after}\n{_INDENT}{blanks}{carets}"


def _visible(letter: str) -> str:
    """A character as it may stand in a line of a terminal: a sign for one that it would act on or cannot show."""
    if letter.isspace():
        return " "
    return "�" if unicodedata.category(letter).startswith(("C", "Z")) else letter


def _window(cells: list[str], start: int) -> tuple[int, int]:
    """From where to where to show a part of a query, so that a terminal holds it and the place stands in it."""
    if _columns(cells) <= _WIDEST:
        return 0, len(cells)
    first = start
    while first > 0 and _columns(cells[first - 1 : start]) <= _WIDEST // 3:
        first -= 1
    last = start + 1
    while last < len(cells) and _columns(cells[first : last + 1]) <= _WIDEST:
        last += 1
    return first, last


def _columns(cells: list[str]) -> int:
    return sum(_width(letter) for letter in cells)


def _width(letter: str) -> int:
    """Columns of a terminal: two for the wide scripts, none for a mark that stands on the letter before it."""
    if unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
