"""The alert's own words in each language: labels, names of kinds and topics, days and numbers as they are said.

It must not say anything about a meeting: it says how things are called.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TypeVar

_FOLDER = resources.files(__package__) / "words"
_IN_ENGLISH = "en"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's words, as `words/en.toml` explains them; most fields are tables."""

    code: str
    marks: Mapping[str, str]
    label: Mapping[str, str]
    line: Mapping[str, str]
    status: Mapping[str, str]
    subject: Mapping[str, str]
    fact: Mapping[str, str]
    kind: Mapping[str, str]
    counted: Mapping[str, str]
    ordinal: Mapping[str, str]
    noun: Mapping[str, Sequence[str]]
    plural: Mapping[str, int]
    capitals: Mapping[str, str]
    scripts: Sequence[str]
    calendar: Mapping[str, str]
    months: Sequence[str]
    digest: Mapping[str, str]
    since: Mapping[str, str]
    filter: Mapping[str, str]
    source_kind: Mapping[str, str]
    topic: Mapping[str, str]
    language: Mapping[str, str]
    agreeing: Mapping[str, Mapping[str, str]]

    # --- numbers ------------------------------------------------------------------------------------------------------

    def numbered(self, kind: str, number: int) -> str:
        """ "55th session", of a kind of meeting."""
        return self.counted[kind].format(number=f"{number}{_first_found(self.ordinal, number)}")

    def count(self, noun: str, number: int) -> str:
        """ "3 reports", of a noun of the table."""
        return self.noun[noun][_first_found(self.plural, number)].format(count=number)

    # --- spelling -----------------------------------------------------------------------------------------------------

    def standing(self, kind: str, status: str) -> str:
        """ "held", as it is said of this kind of meeting."""
        return self.agreeing.get(kind, {}).get(status) or self.status[status]

    def upper(self, text: str) -> str:
        """`text` in the language's capitals: "GÜN", "İCLAS"."""
        return "".join(self.capitals.get(letter) or letter.upper() for letter in text)

    def capital(self, text: str) -> str:
        """`text` with a capital at its beginning."""
        return self.upper(text[:1]) + text[1:]

    def quoted(self, text: str) -> str:
        """`text` between the language's quotation marks."""
        return f"{self.marks['open']}{text}{self.marks['close']}"

    # --- days ---------------------------------------------------------------------------------------------------------

    def day(self, day: date) -> str:
        """ "4 Oct 2024"."""
        return self._said("day", day)

    def days(self, first: date | None, last: date | None) -> str | None:
        """ "3-4 Oct 2024" with a dash, "30 Sep - 1 Oct 2024", one day, "until" a last day; None for no day at all."""
        if last is None or first is None:
            return self._open_days(first, last)
        return self._range("day_of_year" if first.year == last.year else "day", "day", first, last)

    def days_of_no_year(self, partial: str) -> str:
        """ "3-4 Oct" with a dash, for ``10-03/10-04``."""
        first, _, last = partial.partition("/")
        # a leap year, whose name is left out
        begins, ends = (date.fromisoformat(f"2000-{day}") for day in (first, last or first))
        return self._range("day_of_year", "day_of_year", begins, ends)

    def spelt_days(self, text: str) -> str:
        """Days in the words of `readout.meetings.difference` said as `days` does; in any other text day by day."""
        try:
            if found := _NO_YEAR.fullmatch(text):
                return self.days_of_no_year("/".join(day for day in found.groups() if day))
            if found := _DAYS.fullmatch(text):
                first, last = (date.fromisoformat(day or found[1]) for day in found.groups())
                return self.days(None if text.startswith("until") else first, last) or text
            return _DAY.sub(lambda found: self.day(date.fromisoformat(found[0])), text)
        except ValueError:
            return text

    def _open_days(self, first: date | None, last: date | None) -> str | None:
        if last is not None:
            return self.calendar["until"].format(day=self.day(last))
        return None if first is None else self.day(first)

    def _range(self, first_is: str, last_is: str, first: date, last: date) -> str:
        """`first` and `last` said in these ways, and what they share only once."""
        if first == last:
            return self._said(last_is, last)
        if (first.year, first.month) == (last.year, last.month):
            return self._said(last_is, last, self.calendar["in_month"].format(first=first.day, last=last.day))
        return self.calendar["range"].format(first=self._said(first_is, first), last=self._said(last_is, last))

    def _said(self, how: str, day: date, number: str = "") -> str:
        return self.calendar[how].format(day=number or day.day, month=self.months[day.month - 1], year=day.year)


_ISO = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_DAY = re.compile(rf"\b{_ISO}\b")
_DAYS = re.compile(rf"(?:until )?({_ISO})(?: to ({_ISO}))?")
_NO_YEAR = re.compile(r"(\d\d-\d\d)(?: to (\d\d-\d\d))?, no year said")


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages that there are words in."""
    return tuple(sorted(path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml")))


def words_in(language: str) -> Words:
    """The words of a language by its code, of ``az-Latn`` those of ``az``; of one that there are none in, English."""
    code = language.partition("-")[0].lower()
    return _load(code if code in languages() else _IN_ENGLISH)


def english() -> Words:
    """The words of what is told to operators."""
    return _load(_IN_ENGLISH)


@cache
def _load(code: str) -> Words:
    table = tomllib.loads((_FOLDER / f"{code}.toml").read_text("utf-8"))
    months = table["calendar"].pop("months")
    agreeing = {kind: row["status"] for row in table.pop("agreeing", ()) for kind in row["kinds"]}
    return Words(code=code, months=months, agreeing=agreeing, **table)


def _first_found(table: Mapping[str, Value], number: int) -> Value:
    """The value of the first pattern that is found in the number's figures."""
    return next(value for pattern, value in table.items() if re.search(pattern, str(number)))
