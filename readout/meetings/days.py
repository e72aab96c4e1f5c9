"""Days named in a text: the grammar of dates, weekdays and "tomorrow" over the words of a lexicon.

It must not know the time, nor which day matters: days without a year are resolved against the publication date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from readout.meetings.calendars import Calendar, day_of, year_of
from readout.meetings.date_words import DOTTED, ORDINAL, THIS_MONTH, YEAR, DateWords, Precision
from readout.meetings.marked_days import find_marked
from readout.meetings.words import Hit, fold_sentence, has_figures, split_words
from readout.model import Status


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

    @property
    def is_settled(self) -> bool:
        """Whether the year is known; `last` stands in a year that only holds the place where it is not."""
        return self.precision is not Precision.UNSETTLED

    def in_year(self, year: int) -> DayMention | None:
        """The days in `year`, settled; None for a 29 February that it does not have."""
        first = _day(year - (self.last.year - self.first.year), self.first.month, self.first.day)
        last = _day(year, self.last.month, self.last.day)
        return replace(self, first=first, last=last, precision=Precision.NO_YEAR) if first and last else None


# Years of other calendars, in numbers alone; ours are later.
_OTHER_YEARS = range(1200, 1600)
# All days in numbers have two of them so.
_NUMBERS = re.compile(r"\d[-/.]\d")
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/])")
_NUMERIC = re.compile(r"(?<![\d./])(?:(\d{1,2})\s?[-–—]\s?)?(\d{1,2})([./])(\d{1,2})\3((?:1[2-59]|20)\d\d)(?!\d)")
# A sentence with more days than this is a table.
_MOST_DAYS = 24
_LONGEST_MEETING = timedelta(days=45)
_TRANSLATED_WITHIN = 24
_NAMED_AGAIN_WITHIN = 3
_BESIDE = 4
_LUNAR_DOUBT = timedelta(days=2)
# Holds the place of a year that nobody tells; it has a 29 February.
_NO_YEAR = 2000


@dataclass(frozen=True, slots=True)
class _Atom:
    """Days as written: one month, perhaps no year, perhaps no month yet (a bare number before a joiner)."""

    first: int
    last: int
    month: int
    year: int | None
    start: int
    end: int
    calendar: Calendar = Calendar.GREGORIAN


def find_days(text: str, words: DateWords, published: date | None, status: Status | None = None) -> list[DayMention]:
    """The days named in `text`, in order. A day that cannot be told is left out: an impossible one, an ambiguous
    "04/05/2024", and without a publication date one whose year and month only that can tell; one that lacks its year
    alone is `Precision.UNSETTLED`. `status` says which way to look from `published`: back for what was held, ahead for
    what is planned."""
    folded = fold_sentence(text)
    atoms = (
        sorted(islice(_atoms(text, folded, words), _MOST_DAYS), key=lambda atom: atom.start)
        if words.days or has_figures(folded)
        else []
    )
    pairs = list(_joined(folded, list(_in_month(atoms, published)), words)) if atoms else []
    found = _once([(pair[0].calendar, m) for pair in pairs if (m := _settle(pair, published, status))])
    if published:
        found += _days_of_the_month(folded, words, published, status) if words.marked else ()
        found += _spoken_days(text, words, published, status, found)
    return sorted(found, key=lambda mention: mention.start)


def _atoms(text: str, folded: str, words: DateWords) -> Iterator[_Atom]:
    is_numeric = _NUMBERS.search(folded) is not None
    for m in _YEAR_FIRST.finditer(folded) if is_numeric else ():
        yield from _numeric(m, words, (m[4], m[4], m[3], m[1]))
    for m in _NUMERIC.finditer(folded) if is_numeric else ():
        day, month = int(m[2]), int(m[4])
        if m[3] == "/" and month > 12:
            day, month = month, day
        elif m[3] == "/" and day <= 12 and day != month and not words.day_before_month:
            continue
        yield from _numeric(m, words, (m[1] or day, day, month, m[5]))
    for m in words.matches(folded):
        yield from _worded(text, m, words)
    for marked in find_marked(folded, words.marked):
        if marked.month is not None:
            yield _Atom(marked.first, marked.last, marked.month, marked.year, marked.start, marked.end)


def _in_month(atoms: Iterable[_Atom], published: date | None) -> Iterator[_Atom]:
    """The atoms with their month where it is the one of the publication: "the 7th of this month"."""
    for atom in atoms:
        if atom.month != THIS_MONTH:
            yield atom
        elif published:
            yield replace(atom, month=published.month, year=published.year)


def _numeric(m: re.Match[str], words: DateWords, numbers: Iterable[str | int]) -> Iterator[_Atom]:
    """First day, last day, month and year in `numbers` alone: the year says whose calendar they are."""
    first, last, month, year = map(int, numbers)
    calendar = words.calendar if year in _OTHER_YEARS else Calendar.GREGORIAN
    if calendar:
        yield _Atom(first, last, month, year, m.start(), m.end(), calendar)


def _worded(text: str, m: re.Match[str], words: DateWords) -> Iterator[_Atom]:
    year_before, early, day, month, month_too, day_too, late, year = m.groups()
    name = 4 if month else 5
    if words.capital_months and not text[m.start(name)].isupper():
        return
    number, calendar = words.month(month or month_too)
    first = words.number(early or day or day_too)
    last = words.number(day or late or day_too)
    start = m.start() if not (early and first >= last) else m.start(3)
    written = year or year_before
    yield _Atom(min(first, last), last, number, int(written) if written else None, start, m.end(), calendar)


def _once(found: Sequence[tuple[Calendar, DayMention]]) -> list[DayMention]:
    """The mentions without those that stand beside the same days in our own calendar ("12 ربيع الأول 1445 هـ الموافق 27
    سبتمبر 2023"): a lunar month begins a day earlier or later from one country to the next."""
    ours = [mention for calendar, mention in found if calendar is Calendar.GREGORIAN]
    return [m for calendar, m in found if calendar is Calendar.GREGORIAN or not any(_is_beside(m, o) for o in ours)]


def _is_beside(one: DayMention, other: DayMention) -> bool:
    gap = max(other.start - one.end, one.start - other.end)
    return gap <= _TRANSLATED_WITHIN and abs(other.first - one.first) <= _LUNAR_DOUBT


def _joined(folded: str, atoms: Sequence[_Atom], words: DateWords) -> Iterator[tuple[_Atom, _Atom]]:
    """Pairs of first and last: "30 October to 1 November", "18 to 21 October", and every atom that stands alone."""
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        following = atoms[at + 1] if at + 1 < len(atoms) else None
        is_near = following and following.start - atom.end < 12 and following.calendar is atom.calendar
        if following and is_near and words.joiner.fullmatch(folded, atom.end, following.start):
            yield atom, following
            at += 2
            continue
        yield _with_bare_numbers(folded, atom, words)
        at += 1


_BARE_BEFORE = re.compile(r"(?<![\d.:])(\d{1,2})" + DOTTED + r"$")
_BARE_AFTER = re.compile(r"(\d{1,2})" + ORDINAL + rf"(?:,?\s({YEAR}))?(?![\d:.]*\d)(?!\s?[%])")


def _with_bare_numbers(folded: str, atom: _Atom, words: DateWords) -> tuple[_Atom, _Atom]:
    """A joiner word and a bare number beside the atom make it a range: "October 18 to 21", "с 16 по 18 октября"."""
    window = folded[max(0, atom.start - 30) : atom.start]
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
        year = _nearest_year(other, published, status)
    elif year is None and one.calendar is Calendar.GREGORIAN:
        # the years of other calendars begin a day earlier or later from one to the next
        year, precision = _NO_YEAR, Precision.UNSETTLED
    if year is None:
        return None
    last = day_of(other.calendar, year, other.month, other.last)
    first = day_of(one.calendar, one.year or year, one.month, one.first)
    if first and last and first > last and one.year is None:
        first = day_of(one.calendar, year - 1, one.month, one.first)
    if first is None or last is None or not timedelta(0) <= last - first <= _LONGEST_MEETING:
        return None
    return DayMention(first, last, one.start, other.end, precision)


def _day(year: int, month: int, day: int) -> date | None:
    return day_of(Calendar.GREGORIAN, year, month, day)


def _nearest_year(atom: _Atom, published: date, status: Status | None) -> int | None:
    """The year of the atom's calendar that puts it nearest to the publication."""
    this_year = year_of(atom.calendar, published)
    years = range(this_year - 1, this_year + 2)
    near = [(y, day) for y in years if (day := day_of(atom.calendar, y, atom.month, atom.last))]
    return min(near, key=lambda pair: _distance(pair[1], published, status))[0] if near else None


def _distance(day: date, published: date, status: Status | None) -> int:
    """Days away; a day on the wrong side of the publication counts half a year more."""
    away = (day - published).days
    is_early = status in (Status.PLANNED, Status.POSTPONED) and away < -1
    wrong = is_early or (status in (Status.HELD, Status.ONGOING) and away > 1)
    return abs(away) + (180 if wrong else 0)


def _days_of_the_month(folded: str, words: DateWords, published: date, status: Status | None) -> Iterator[DayMention]:
    """Days whose month goes without saying, "6日": the nearest to the publication."""
    month = published.year * 12 + published.month - 1
    for marked in find_marked(folded, words.marked):
        near = [d for m in (month - 1, month, month + 1) if (d := _day(m // 12, m % 12 + 1, marked.last))]
        last = min(near, key=lambda d: _distance(d, published, status), default=None)
        first = last and _day(last.year, last.month, marked.first)
        if marked.month is None and first and last:
            yield DayMention(first, last, marked.start, marked.end, Precision.NO_YEAR)


def _spoken_days(
    text: str, words: DateWords, published: date, status: Status | None, written: Sequence[DayMention]
) -> list[DayMention]:
    """Weekdays, today, yesterday, tomorrow; not those that stand beside a written date ("Monday, 6 March")."""
    hits = words.spoken.find(split_words(text))
    if not hits:
        return []
    found: list[DayMention] = []
    taken = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.start < taken:
            continue
        taken = hit.end
        if hit.tag is None or any(_is_said_of(text, hit, day) for day in written):
            continue
        precision, number = hit.tag
        if precision is Precision.WEEKDAY and found and _follows_relative(found[-1], hit.start):
            continue
        if precision is Precision.WEEKDAY:
            told = Status.HELD if _is_told_as_past(text, hit, words) else status
            weekday = _weekday(number, published, told)
            found += [_weekday_mention(text, hit.start, hit.end, weekday)] if weekday else []
        elif day := _moved(published, number):
            found.append(DayMention(day, day, hit.start, hit.end, precision))
    return list(_spoken_ranges(fold_sentence(text), found, words))


# A verb stands so near the weekday that it tells of.
_VERB_BEFORE, _VERB_BEHIND = 60, 30
_CLAUSE_END = re.compile(r"[,;:،؛]\s")


def _is_told_as_past(text: str, hit: Hit[Any], words: DateWords) -> bool:
    """Whether a verb in the past stands in the clause of the weekday at `hit`: "opened in Geneva on Monday"."""
    low, high = max(0, hit.start - _VERB_BEFORE), hit.end + _VERB_BEHIND
    ends = [m.end() for m in _CLAUSE_END.finditer(text, low, hit.start)]
    behind = _CLAUSE_END.search(text, hit.end, high)
    clause = text[ends[-1] if ends else low : behind.start() if behind else high]
    return any(frame.tag == "past" for frame in words.frames.find(split_words(clause)))


_DATELINE_END = re.compile(r"[–—:)/]|\s-\s")


def _is_said_of(text: str, hit: Hit[Any], day: DayMention) -> bool:
    """Whether the spoken day at `hit` only names the written `day` once more; behind the dash of a dateline it does
    not ("Astana, 10 April – Today …")."""
    if day.start - _BESIDE <= hit.end <= day.start or day.start <= hit.start < day.end:
        return True
    return hit.start - _BESIDE <= day.end <= hit.start and not _DATELINE_END.search(text, day.end, hit.start)


_DAY_BEHIND = re.compile(r",?\s(?:[^\W\d_]{1,3}\s)?(\d{1,2})(?![\d:%]|[.,]\d)")


def _weekday_mention(text: str, start: int, end: int, day: date) -> DayMention:
    """The weekday nearest to `day` that is the day of the month written behind it ("lunes 17"), else `day`."""
    behind = _DAY_BEHIND.match(text, end)
    near = (_moved(day, 7 * weeks) for weeks in (0, -1, 1, -2, 2, -3, 3))
    exact = next((d for d in near if d and d.day == int(behind[1])), None) if behind else None
    if behind is None or exact is None:
        return DayMention(day, day, start, end, Precision.WEEKDAY)
    return DayMention(exact, exact, start, behind.end(1), Precision.NO_YEAR)


def _follows_relative(last: DayMention, start: int) -> bool:
    """Whether a weekday at `start` only names "the day after tomorrow" once more ("بعد غد الأربعاء")."""
    return last.precision is Precision.RELATIVE and start - last.end <= _NAMED_AGAIN_WITHIN


def _spoken_ranges(folded: str, found: Sequence[DayMention], words: DateWords) -> Iterator[DayMention]:
    """Two spoken days that a joiner joins are one range: "today and tomorrow", "Thursday and Friday"."""
    at = 0
    while at < len(found):
        one, other = found[at], found[at + 1] if at + 1 < len(found) else None
        # A joiner of one letter may be written with its word: "الاثنين والثلاثاء".
        is_joined = other and any(words.joiner.fullmatch(folded, one.end, other.start + n) for n in (0, 1))
        last = _moved(one.first, (other.first - one.first).days % 7) if other and is_joined else None
        if other and last:
            yield DayMention(one.first, last, one.start, other.end, one.precision)
            at += 2
        else:
            yield one
            at += 1


_DAYS_UNDER_WAY = 3


def _weekday(number: int, published: date, status: Status | None) -> date | None:
    back = (published.weekday() - number) % 7
    # the present tense tells of these days: "the ministers meet on Thursday", printed on Wednesday, is tomorrow
    is_ahead = status is Status.ONGOING and back > _DAYS_UNDER_WAY
    if status in (Status.PLANNED, Status.POSTPONED) or is_ahead:
        return _moved(published, -back % 7)
    return _moved(published, -back)


def _moved(day: date, days: int) -> date | None:
    """`day` moved by so many days; none beyond the ends of the calendar."""
    return date.fromordinal(to) if 1 <= (to := day.toordinal() + days) <= date.max.toordinal() else None
