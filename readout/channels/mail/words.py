"""The alert's own words: labels, names of kinds and topics, days and numbers as they are said.

It must not say anything about a meeting: it says how things are called.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; every field but `months` is a table from key to words."""

    label: Mapping[str, str]
    line: Mapping[str, str]
    status: Mapping[str, str]
    subject: Mapping[str, str]
    fact: Mapping[str, str]
    kind: Mapping[str, str]
    counted: Mapping[str, str]
    filter: Mapping[str, str]
    topic: Mapping[str, str]
    language: Mapping[str, str]
    months: tuple[str, ...]

    def day(self, day: date) -> str:
        """ "4 Oct 2024"."""
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def days(self, first: date | None, last: date | None) -> str | None:
        """ "3-4 Oct 2024" with a dash, "30 Sep - 1 Oct 2024", one day, "until" a last day; None for no day at all."""
        if last is None:
            return None if first is None else self.day(first)
        if first is None:
            return self.line["until"].format(day=self.day(last))
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        start = self.day(first)
        return f"{start.removesuffix(f' {last.year}')} – {self.day(last)}"

    def days_of_no_year(self, partial: str) -> str | None:
        """ "3-4 Oct" with a dash, for ``10-03/10-04``."""
        first, _, last = partial.partition("/")
        # a leap year, whose name is left out
        said = self.days(date.fromisoformat(f"2000-{first}"), date.fromisoformat(f"2000-{last or first}"))
        return said and said.removesuffix(" 2000")

    def spelt_days(self, text: str) -> str:
        """`text` with each day that it spells as ``2024-10-04`` said as `day` does."""
        return _ISO_DAY.sub(lambda found: self.day(date.fromisoformat(found[0])), text)


_ISO_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")


@cache
def english() -> Words:
    """The words of `words.en.toml`."""
    table = tomllib.loads((resources.files(__package__) / "words.en.toml").read_text("utf-8"))
    months = tuple(table.pop("month")["names"])
    return Words(**table, months=months)


def ordinal(number: int) -> str:
    """ "55th", "21st", "112th"."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
