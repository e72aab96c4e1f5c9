"""Days in figures with a mark behind each, "2018年2月27日至3月1日", and days of the month that stand alone, "6日".

It must not settle a year or a month: that takes the publication date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_YEAR = r"(?:1[89]|20)\d\d"


class MarkedDay(NamedTuple):
    """Days `first`..`last` of a month as written at `start`..`end`; month and year may be left out."""

    first: int
    last: int
    month: int | None
    year: int | None
    start: int
    end: int


def marked_pattern(section: Mapping[str, Any]) -> re.Pattern[str] | None:
    """The pattern for the marks in the section ``[dates]`` of a lexicon: `marks` holds patterns for what stands behind
    a `year`, a `month`, a `day`, and `to` for what stands between two days."""
    marks = section.get("marks")
    if not marks:
        return None
    year, month, day, to = (marks[name] for name in ("year", "month", "day", "to"))
    date = rf"(?:(?:(?<!\d)({_YEAR})\s?{year}\s?)?(?<!\d)(\d{{1,2}})\s?{month}\s?)?"
    return re.compile(rf"{date}(?<![\d.:])(\d{{1,2}})\s?(?:(?:{day})?\s?(?:{to})\s?(\d{{1,2}})\s?)?{day}")


def find_marked(text: str, pattern: re.Pattern[str] | None) -> Iterator[MarkedDay]:
    """The marked days of `text`, in order."""
    for m in pattern.finditer(text) if pattern else ():
        year, month, first, last = (int(figures) if figures else None for figures in m.groups())
        if first is not None and (last is None or first <= last):
            yield MarkedDay(first, last or first, month, year, m.start(), m.end())
