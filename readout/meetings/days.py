"""Days named in a text: the grammar of dates, weekdays and "tomorrow" over the words of a lexicon.

It must not know the time, nor which day matters: days without a year are resolved against the publication date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from readout.meetings.words import Matcher, fold, split_words
from readout.model import Status


class Precision(StrEnum):
    """What a mention says by itself, the surest first; all but `FULL` needed the publication date."""

    FULL = "full"
    NO_YEAR = "no_year"
    WEEKDAY = "weekday"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class DayMention:
    """Days `first`..`last` named at `start`..`end` of a text; one day: both equal."""

    first: date
    last: date
    start: int
    end: int
    precision: Precision

    @property
    def is_range(self) -> bool:
        """Whether it names more than one day."""
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class DateWords:
    """The section ``[dates]`` of a lexicon: months, weekdays, and the words around a meeting's days."""

    pattern: re.Pattern[str] | None = None
    months: tuple[tuple[str, int], ...] = ()
    capital_months: bool = False
    joiner: re.Pattern[str] = field(default_factory=lambda: _joiner(()))
    spoken: Matcher[tuple[Precision, int]] = field(default_factory=Matcher)
    frames: Matcher[str] = field(default_factory=Matcher)

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> DateWords:
        """The words that a lexicon's section gives. `months` has twelve lists of stems, `weekdays` seven, Monday first;
        `relative` maps words to days from the publication date."""
        months = [(fold(stem), number) for number, stems in enumerate(section.get("months", ()), 1) for stem in stems]
        months.sort(key=lambda month: -len(month[0]))
        frames = [(phrase, name) for name, phrases in section.get("frames", {}).items() for phrase in phrases]
        return cls(
            pattern=_pattern(months, section.get("year_before", ())) if months else None,
            months=tuple(months),
            capital_months=section.get("capital_months", False),
            joiner=_joiner(section.get("joiners", ())),
            spoken=Matcher.of(_spoken(section)),
            frames=Matcher.of(frames),
        )


def _spoken(section: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Precision, int]]]:
    for number, phrases in enumerate(section.get("weekdays", ())):
        yield from ((phrase, (Precision.WEEKDAY, number)) for phrase in phrases)
    for phrase, days in section.get("relative", {}).items():
        yield phrase, (Precision.RELATIVE, days)


# --- the grammar --------------------------------------------------------------------------------------------------

_ORDINAL = r"(?:-?[^\W\d_]{1,3}(?![^\W\d_]))?"
_YEAR = r"(?:1[89]|20)\d\d(?!\d)"
_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"(?<![\d.-])(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d./])(?:(\d{1,2})\s?[-–—]\s?)?(\d{1,2})([./])(\d{1,2})\3((?:19|20)\d\d)(?!\d)")
# A sentence with more days than this is a table.
_MOST_DAYS = 24
_LONGEST_MEETING = timedelta(days=45)


def _pattern(months: Sequence[tuple[str, int]], year_before: Sequence[str]) -> re.Pattern[str]:
    """Both orders of day and month: "4–5 October 2024" and "(2024-cü il) oktyabrın 4-də"; offsets fit `fold`."""
    month = "(?:" + "|".join(_stem(stem) for stem, _ in months) + ")"
    day = r"\d{1,2}" + _ORDINAL
    dash = r"\s?[-–—]\s?"
    before = rf"(?:({_YEAR})(?:{'|'.join(map(fold, year_before))})\s)?" if year_before else "()"
    day_first = rf"(?<![\d.:])(?:(\d{{1,2}}){_ORDINAL}(?:{dash}))?({day})[\s\u00a0-]{{1,2}}(?:of\s)?({month})(?!\w)"
    month_first = rf"{before}(?<!\w)({month})[\s\u00a0]{{1,2}}(?:the\s)?({day})(?![\d:])(?:{dash}({day})(?![\d:]))?"
    year = rf"(?:,?[\s\u00a0]{{1,2}}(?:of\s)?({_YEAR}))?"
    return re.compile(f"(?:{day_first}|{month_first}){year}")


def _stem(stem: str) -> str:
    return re.escape(stem[:-1]) + r"[^\W\d_]{0,6}" if stem.endswith("*") else re.escape(stem)


def _joiner(words: Iterable[str]) -> re.Pattern[str]:
    inside = "".join(rf"|\s{re.escape(fold(word))}\s(?:the\s)?" for word in words)
    return re.compile(rf"\s?[-–—]\s?{inside}")


@dataclass(frozen=True, slots=True)
class _Atom:
    """Days as written: one month, perhaps no year, perhaps no month yet (a bare number before a joiner)."""

    first: int
    last: int
    month: int
    year: int | None
    start: int
    end: int


def find_days(text: str, words: DateWords, published: date | None, status: Status | None = None) -> list[DayMention]:
    """The days named in `text`, in order. A day that cannot be settled is left out: one without a year when there is
    no publication date, an impossible one, an ambiguous "04/05/2024". `status` says which way to look from `published`:
    back for what was held, ahead for what is planned."""
    folded = fold(text)
    atoms = (
        sorted(islice(_atoms(text, folded, words), _MOST_DAYS), key=lambda atom: atom.start)
        if _DIGIT.search(text)
        else []
    )
    found = [m for m in (_settle(atom, published, status) for atom in _joined(folded, atoms, words)) if m]
    if published:
        found += _spoken_days(text, words, published, status, found)
    return sorted(found, key=lambda mention: mention.start)


def _atoms(text: str, folded: str, words: DateWords) -> Iterator[_Atom]:
    for m in _ISO.finditer(folded):
        yield _Atom(int(m[3]), int(m[3]), int(m[2]), int(m[1]), m.start(), m.end())
    for m in _NUMERIC.finditer(folded):
        day, month = int(m[2]), int(m[4])
        if m[3] == "/" and month > 12:
            day, month = month, day
        elif m[3] == "/" and day <= 12 and day != month:
            continue
        yield _Atom(int(m[1] or day), day, month, int(m[5]), m.start(), m.end())
    for m in words.pattern.finditer(folded) if words.pattern else ():
        yield from _worded(text, m, words)


def _worded(text: str, m: re.Match[str], words: DateWords) -> Iterator[_Atom]:
    early, day, month, year_before, month_too, day_too, late, year = m.groups()
    name = 3 if month else 5
    number = next((n for stem, n in words.months if re.fullmatch(_stem(stem), month or month_too)), None)
    if number is None or (words.capital_months and not text[m.start(name)].isupper()):
        return
    first = _number(early or day or day_too)
    last = _number(day or late or day_too)
    start = m.start() if not (early and first >= last) else m.start(2)
    written = year or year_before
    yield _Atom(min(first, last), last, number, int(written) if written else None, start, m.end())


def _number(written: str) -> int:
    return int(re.match(r"\d+", written).group())  # type: ignore[union-attr]


def _joined(folded: str, atoms: Sequence[_Atom], words: DateWords) -> Iterator[tuple[_Atom, _Atom]]:
    """Pairs of first and last: "30 October to 1 November", "18 to 21 October", and every atom that stands alone."""
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        following = atoms[at + 1] if at + 1 < len(atoms) else None
        if following and following.start - atom.end < 12 and words.joiner.fullmatch(folded, atom.end, following.start):
            yield atom, following
            at += 2
            continue
        yield _with_bare_numbers(folded, atom, words)
        at += 1


_BARE_BEFORE = re.compile(r"(?<![\d.:])(\d{1,2})" + _ORDINAL + r"$")
_BARE_AFTER = re.compile(r"(\d{1,2})" + _ORDINAL + rf"(?:,?\s({_YEAR}))?(?![\d:.]*\d)(?!\s?[%])")


def _with_bare_numbers(folded: str, atom: _Atom, words: DateWords) -> tuple[_Atom, _Atom]:
    """A joiner word and a bare number beside the atom make it a range: "October 18 to 21", "с 16 по 18 октября"."""
    window = folded[max(0, atom.start - 16) : atom.start]
    for m in words.joiner.finditer(window):
        bare = _BARE_BEFORE.search(window[: m.start()]) if m.end() == len(window) else None
        if bare and 0 < int(bare[1]) < atom.first:
            start = atom.start - len(window) + bare.start()
            return replace(atom, first=int(bare[1]), last=int(bare[1]), start=start), atom
    joint = words.joiner.match(folded, atom.end)
    bare = _BARE_AFTER.match(folded, joint.end()) if joint else None
    if bare and atom.last < int(bare[1]) <= 31:
        year = int(bare[2]) if bare[2] else atom.year
        return replace(atom, year=year), replace(atom, first=int(bare[1]), last=int(bare[1]), year=year, end=bare.end())
    return atom, atom


def _settle(pair: tuple[_Atom, _Atom], published: date | None, status: Status | None) -> DayMention | None:
    one, other = pair
    year = other.year or one.year
    precision = Precision.FULL if year else Precision.NO_YEAR
    if year is None and published is not None:
        year = _nearest_year(other.month, other.last, published, status)
    last = _day(year, other.month, other.last)
    first = _day(one.year or year, one.month, one.first)
    if first and last and first > last and one.year is None:
        first = _day(last.year - 1, one.month, one.first)
    if first is None or last is None or not timedelta(0) <= last - first <= _LONGEST_MEETING:
        return None
    return DayMention(first, last, one.start, other.end, precision)


def _day(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


def _nearest_year(month: int, day: int, published: date, status: Status | None) -> int | None:
    near = [d for d in (_day(published.year + step, month, day) for step in (-1, 0, 1)) if d]
    return min(near, key=lambda d: _distance(d, published, status)).year if near else None


def _distance(day: date, published: date, status: Status | None) -> int:
    """Days away; a day on the wrong side of the publication counts half a year more."""
    away = (day - published).days
    wrong = (status is Status.PLANNED and away < -1) or (status in (Status.HELD, Status.ONGOING) and away > 1)
    return abs(away) + (180 if wrong else 0)


def _spoken_days(
    text: str, words: DateWords, published: date, status: Status | None, written: Sequence[DayMention]
) -> list[DayMention]:
    """Weekdays, today, yesterday, tomorrow; not those that stand beside a written date ("Monday, 6 March")."""
    found: list[DayMention] = []
    for hit in words.spoken.find(split_words(text)):
        precision, number = hit.tag
        if any(hit.start - 4 <= d.end <= hit.start or hit.end <= d.start <= hit.end + 4 for d in written):
            continue
        if found and hit.start < found[-1].end:
            continue
        day = published + timedelta(days=number)
        if precision is Precision.WEEKDAY:
            day = _weekday(number, published, status)
        found.append(DayMention(day, day, hit.start, hit.end, precision))
    return found


def _weekday(number: int, published: date, status: Status | None) -> date:
    back = (published.weekday() - number) % 7
    if status in (Status.PLANNED, Status.POSTPONED):
        return published + timedelta(days=-back % 7)
    return published - timedelta(days=back)
