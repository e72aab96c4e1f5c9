"""The words of a lexicon that days are written with, and the pattern that they make.

It must not settle a day: that takes the publication date (see `readout.meetings.days`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from readout.meetings.calendars import Calendar
from readout.meetings.marked_days import marked_pattern
from readout.meetings.words import Matcher, fold, has_figures


class Precision(StrEnum):
    """What a mention says by itself, the surest first; all but `FULL` needed the publication date, and `UNSETTLED` is
    a day without a year that lacks it."""

    FULL = "full"
    NO_YEAR = "no_year"
    WEEKDAY = "weekday"
    RELATIVE = "relative"
    UNSETTLED = "unsettled"


# The number of the month for "on the 7th of this month".
THIS_MONTH = 0


@dataclass(frozen=True, slots=True)
class DateWords:
    """The section ``[dates]`` of a lexicon: months, weekdays, and the words around a meeting's days."""

    pattern: re.Pattern[str] | None = None
    months: tuple[tuple[re.Pattern[str], int, Calendar], ...] = ()
    stems: tuple[str, ...] = ()
    days: Mapping[str, int] = field(default_factory=dict)
    calendar: Calendar | None = None
    capital_months: bool = False
    day_before_month: bool = False
    from_endings: tuple[str, ...] = ()
    joiner: re.Pattern[str] = field(default_factory=lambda: _joiner(()))
    marked: re.Pattern[str] | None = None
    spoken: Matcher[tuple[Precision, int] | None] = field(default_factory=Matcher)
    frames: Matcher[str] = field(default_factory=Matcher)

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> DateWords:
        """The words that a lexicon's section gives. `months` has twelve lists of stems, `weekdays` seven, Monday first;
        `relative` maps words to days from the publication date; `calendars` has the months of other calendars."""
        calendars = section.get("calendars", {})
        months = list(_months(section, Calendar.GREGORIAN))
        months += [month for name, other in calendars.items() for month in _months(other, Calendar(name))]
        months.sort(key=lambda month: -len(month[0]))
        frames = [(phrase, name) for name, phrases in section.get("frames", {}).items() for phrase in phrases]
        return cls(
            pattern=_pattern([stem for stem, _, _ in months], section) if months else None,
            months=tuple((re.compile(_stem(stem)), number, calendar) for stem, number, calendar in months),
            stems=tuple(dict.fromkeys(stem.removesuffix("*") for stem, _, _ in months)),
            days={_plain(word): day for day, word in _day_words(section)},
            calendar=next(map(Calendar, calendars), None),
            capital_months=section.get("capital_months", False),
            day_before_month=section.get("day_before_month", False),
            from_endings=tuple(map(fold, section.get("from_endings", ()))),
            joiner=_joiner(
                section.get("joiners", ()),
                (day for days in section.get("weekdays", ()) for day in days),
                [section.get("marks", {}).get("to", "(?!)"), *_from(section.get("from_endings", ()))],
            ),
            marked=marked_pattern(section),
            spoken=Matcher.of(_spoken(section)),
            frames=Matcher.of(frames),
        )

    def matches(self, folded: str) -> tuple[re.Match[str], ...]:
        """Where days with their month stand in a folded text."""
        if self.pattern is None or not any(stem in folded for stem in self.stems):
            return ()
        return _matches(self.pattern, folded) if self.days or has_figures(folded) else ()

    def number(self, written: str) -> int:
        """The day of the month that is written in figures or words."""
        figures = _FIGURES.match(written)
        return int(figures.group()) if figures else self.days[_plain(written)]

    def month(self, written: str) -> tuple[int, Calendar]:
        """The number of the month of that name, and whose calendar has it."""
        return next((number, calendar) for name, number, calendar in self.months if name.fullmatch(written))


# The numbers of sessions and the days of the same sentence are looked for in turn.
@lru_cache(maxsize=256)
def _matches(pattern: re.Pattern[str], folded: str) -> tuple[re.Match[str], ...]:
    return tuple(pattern.finditer(folded))


def _months(section: Mapping[str, Any], calendar: Calendar) -> Iterator[tuple[str, int, Calendar]]:
    yield from ((fold(stem), THIS_MONTH, calendar) for stem in section.get("this_month", ()))
    for number, stems in enumerate(section.get("months", ()), 1):
        yield from ((fold(stem), number, calendar) for stem in stems)


def _day_words(section: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The days of a month in words, the longest first: "twenty-first" before "twenty"."""
    words = [(day, fold(word)) for day, group in enumerate(section.get("days", ()), 1) for word in group]
    return iter(sorted(words, key=lambda pair: -len(pair[1])))


def _plain(written: str) -> str:
    """Words with one space between them, whatever stood there."""
    return " ".join(_SPACES.split(written))


def _spoken(section: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Precision, int] | None]]:
    yield from ((phrase, None) for phrase in section.get("not_spoken", ()))
    for number, phrases in enumerate(section.get("weekdays", ())):
        yield from ((phrase, (Precision.WEEKDAY, number)) for phrase in phrases)
    for phrase, days in section.get("relative", {}).items():
        yield phrase, (Precision.RELATIVE, days)


# --- patterns for the grammar of days ---------------------------------------------------------------------------------

# What may stand behind the figures of a day, and which figures are a year.
ORDINAL = r"(?:-?[^\W\d_]{1,3}(?![^\W\d_]))?"
DOTTED = r"(?:\.|-?[^\W\d_]{1,3}(?![^\W\d_]))?"
YEAR = r"(?:1[89]|20)\d\d(?!\d)"
_ANY_YEAR = r"(?:1[2-589]|20)\d\d(?!\d)"
_FIGURES = re.compile(r"\d+")
_SPACES = re.compile(r"[\s\u00a0\u200c-\u200f]+")


def _pattern(months: Sequence[str], section: Mapping[str, Any]) -> re.Pattern[str]:
    """Both orders of day and month, "4–5 October 2024" and "oktyabrın 4-də", a year before either as the language
    writes it ("2024-yil 4-oktabr"), a month's second name ("تشرين الأول/أكتوبر"); offsets fit `fold`."""
    month = f"(?:{'|'.join(map(_stem, months))})"
    day_words = "|".join(re.escape(word).replace(r"\ ", _SPACES.pattern) for _, word in _day_words(section))
    in_words = rf"|(?<!\w)(?:{day_words})" if day_words else ""
    dotted = rf"(?:\d{{1,2}}{DOTTED}{in_words})"
    dash, space = r"\s?[-–—/]\s?", r"[\s\u00a0\u200c]{1,2}"
    between = "|".join(re.escape(fold(word)) for word in section.get("of", ())) or "(?!)"
    of = rf"(?:(?:{between})[\s\u200c]){{0,2}}"
    end = rf"(?!\w|\u200c(?!{between}))"
    year = _ANY_YEAR if "calendars" in section else YEAR
    year_before = "|".join(map(fold, section.get("year_before", ())))
    before = rf"(?:({year})(?:{year_before}),?\s)?" if year_before else "()"
    day_first = rf"(?<![\d.:])(?:(\d{{1,2}}){DOTTED}(?:{dash}))?({dotted})(?:{space}|\s?-\s?){of}({month}){end}"
    second = rf"(?:\s?[/(]\s?{month}\)?)?"
    figures = rf"\d{{1,2}}{ORDINAL}"
    month_first = rf"(?<!\w)({month})[\s\u00a0]{{1,2}}(?:the\s)?({figures})(?![\d:])(?:{dash}({figures})(?![\d:]))?"
    no_month_first = "(?!)" if section.get("day_before_month") else ""
    return re.compile(f"{before}(?:{day_first}{second}|{no_month_first}{month_first})(?:[,،]?{space}{of}({year}))?")


def _stem(stem: str) -> str:
    return re.escape(stem[:-1]) + r"[^\W\d_]{0,6}" if stem.endswith("*") else re.escape(stem)


def _joiner(words: Iterable[str], weekdays: Iterable[str] = (), patterns: Iterable[str] = ()) -> re.Pattern[str]:
    """A dash or one of `words` between two days; the second may have its weekday with it ("4 and Friday 5 April").
    `patterns` are joiners of another make."""
    names = "|".join(_stem(fold(day)) for day in weekdays)
    weekday = rf"(?:(?:{names}),?\s(?:[^\W\d_]{{1,3}}\s)?)?" if names else ""
    longest_first = sorted(words, key=len, reverse=True)
    inside = "".join(rf"|[,،]?\s{re.escape(fold(word))}\s?(?:the\s)?{weekday}" for word in longest_first)
    others = "".join(f"|{pattern}" for pattern in patterns)
    return re.compile(rf"\s?[-–—/]\s?{inside}{others}")


def _from(endings: Iterable[str]) -> Iterator[str]:
    """The space behind a case that means "from": "հոկտեմբերի 16-ից 18-ը"."""
    return (rf"(?<={re.escape(fold(ending))})\s" for ending in endings)
