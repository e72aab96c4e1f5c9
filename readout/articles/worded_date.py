"""Days and times as people write them, in the words of twenty languages or as a format says.

It must not guess: what is not there stays None, and a text that names several days names none. It knows no clock and no
locale of the process; who needs a year that is not written has to know it from elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from readout.articles.date_format import Numbers, read_format
from readout.articles.month import fold, month_of
from readout.articles.timestamp import Moment, settle

LONGEST = 300
"""Characters: what is longer is prose, and is not read."""
_NEAR = 40  # characters on either side of a month in which its day and year stand
_YEARS = range(1990, 2100)

_WORD = re.compile(r"[^\W\d_]+")
_ENDING = r"(?:[-–’']?[^\W\d_]{1,6})?"  # 4th, 4-го, 4-də, 4’ü
_OF = r"(?:(?:of|de|del|d['’])\s*)?"
_DAY_BEFORE = re.compile(rf"(?<![\d:.,/])(\d{{1,2}}){_ENDING}[.,º]?\s*{_OF}[-–./]?\s*\Z")
_DAY_AFTER = re.compile(rf"[.,]?\s*+(?:[-–/]\s*+)?(\d{{1,2}})(?![\d:]){_ENDING}")
_YEAR_AFTER = re.compile(r"[.,،’']?\s*+(?:[-–/]\s*+)?(?:(?:de|del|of|соли|سال)\s+)?(\d{4})(?!\d)")
_YEAR_WORD = (
    r"(?:c[iuü]|nc[iuü]|nji|il\w{0,3}|yil\w{0,4}|жыл\w{0,5}|йил\w{0,4}|сол\w{0,3}|წელ\w{0,2}|წლის|թվական\w{0,3}|թ"
    r"|ýyl\w{0,5}|год\w{0,2}|рок\w|سال|م)"
)
_YEAR_BEFORE = re.compile(rf"(?<!\d)(\d{{4}})(?:\s*[-–’']?\s*{_YEAR_WORD}\.?){{0,2}}[\s,.]*[-–/]?\s*\Z")
# Of an event's days both are told.
_RANGE_BEFORE = re.compile(r"(?<!\d)(\d{1,2})\s*(?:[-–—/]|and|und|et|y|ve|və|и|по|до|і|та|to|to the)\s*\Z")
_RANGE_AFTER = re.compile(r"\s*(?:[-–—]|and|to|и|по)\s*(\d{1,2})(?![\d:.])")
_MARKED = re.compile(r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?![\d-]|[./]\d)")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?![\d-]|[./]\d)")
_CLOCK = re.compile(
    r"(?<![\d:.+-])(\d{1,2}):(\d\d)(?::(\d\d))?(?![\d:])(?:\s*([ap])\.?\s?m\b)?"
    r"(?:\s*\(?(?:(gmt|utc|z)\b)?\s*([+-]\d{1,2}(?::?\d\d)?\b)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a text says of a moment: a day, perhaps without its year, a time, or either alone."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: time | None = None

    @property
    def whole_day(self) -> date | None:
        """The day, where its year is written too."""
        return self.in_year(self.year) if self.year else None

    def in_year(self, year: int) -> date | None:
        """The day as one of `year`; None where no day is stated, or that year has none such."""
        if self.month is None or self.day is None:
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def read_worded(text: str | None, formats: Sequence[str], locale: str | None, zone: tzinfo) -> Moment | None:
    """The moment that `text` states by one of `formats` (strptime's), or in words or figures that leave no doubt.

    Month names are those of `locale`, in any letter case; a time without a zone is in `zone`. None where no year is
    written, or several days are.
    """
    stated = read_stated(text, formats, locale)
    return moment_of(stated, stated.whole_day, zone) if stated else None


def read_stated(text: str | None, formats: Sequence[str], locale: str | None) -> Stated | None:
    """All that `text`, of at most `LONGEST` characters, says of a moment; None where that is nothing, or too much."""
    if not text or len(text) > LONGEST:
        return None
    plain = unicodedata.normalize("NFC", text)
    folded = fold(plain)
    for form in formats:
        if (numbers := read_format(folded, form, locale)) and (stated := stated_by(numbers)):
            return stated
    days = set(days_in(plain, locale))
    if len(days) > 1:
        return None
    clocks = set(_clocks(folded))
    clock = clocks.pop() if len(clocks) == 1 else None
    day = days.pop() if days else Stated()
    return Stated(year=day.year, month=day.month, day=day.day, clock=clock) if days or day.day or clock else None


def days_in(text: str, locale: str | None) -> Iterator[Stated]:
    """Every day that `text` names, in words or figures, with its year or without; of a span its first and its last."""
    folded = fold(text)
    for numbers in (*_by_figures(folded, locale), *_by_words(text, folded, locale)):
        if stated := stated_by(numbers):
            yield stated


def moment_of(stated: Stated, day: date | None, zone: tzinfo) -> Moment | None:
    """What is stated as a moment of `day` in `zone`; None without a day."""
    if day is None:
        return None
    clock = stated.clock
    try:
        at = datetime.combine(day, clock or time.min, clock.tzinfo if clock and clock.tzinfo else zone)
        return settle(at.astimezone(UTC), zone, day_only=clock is None)
    except (ValueError, OverflowError):
        return None


# --- days -----------------------------------------------------------------------------------------------------------


def _by_words(text: str, folded: str, locale: str | None) -> Iterator[Numbers]:
    """Days beside the name of a month."""
    words = list(_WORD.finditer(folded))
    for at, word in enumerate(words):
        pair = folded[word.start() : words[at + 1].end()] if at + 1 < len(words) else ""
        of_pair = month_of(pair, locale)
        month = of_pair or month_of(word[0], locale)
        if month and not _is_verb(text[word.start() : word.end()]):
            end = word.start() + len(pair) if of_pair else word.end()
            yield from _beside(month, folded[max(0, word.start() - _NEAR) : word.start()], folded[end : end + _NEAR])


def _is_verb(word: str) -> bool:
    """In English only the capital tells the month from the verb."""
    return word in ("may", "march")


def _beside(month: int, before: str, after: str) -> Iterator[Numbers]:
    if found := _DAY_BEFORE.search(before):
        other = _RANGE_BEFORE.search(before[: found.start()])
        year = _YEAR_AFTER.match(after) or _YEAR_BEFORE.search(before[: found.start()])
    elif found := _DAY_AFTER.match(after):
        rest = after[found.end() :]
        other = _RANGE_AFTER.match(rest)
        year = _YEAR_AFTER.match(rest) or _YEAR_BEFORE.search(before)
    else:
        return
    for day in (found, other):
        if day:
            yield Numbers(year=int(year[1]) if year else None, month=month, day=int(day[1]))


def _by_figures(folded: str, locale: str | None) -> Iterator[Numbers]:
    for year, month, day in _MARKED.findall(folded):
        yield Numbers(year=int(year) if year else None, month=int(month), day=int(day))
    for year, _, month, day in _YEAR_FIRST.findall(folded):
        yield Numbers(year=int(year), month=int(month), day=int(day))
    for day, mark, month, year in _YEAR_LAST.findall(folded):
        # Dots are day-first the world over; with slashes and dashes a number above 12 tells, or a language that is
        # nowhere written month-first.
        is_day_first = mark == "." or int(day) > 12 or day == month or (locale or "en").partition("-")[0] != "en"
        if is_day_first:
            yield Numbers(year=int(year), month=int(month), day=int(day))


# --- times ----------------------------------------------------------------------------------------------------------


def _clocks(folded: str) -> Iterator[time]:
    for hour, minute, second, half, universal, offset in _CLOCK.findall(folded):
        numbers = Numbers(
            hour=int(hour),
            minute=int(minute),
            second=int(second or 0),
            half=half or None,
            offset=offset or ("+00" if universal else None),
        )
        if clock := _clock(numbers):
            yield clock


def stated_by(numbers: Numbers) -> Stated | None:
    """What `numbers` state; None for a day or a time that there is not."""
    has_day = numbers.day is not None and numbers.month is not None
    clock = _clock(numbers)
    stated = Stated(
        year=numbers.year if has_day else None,
        month=numbers.month if has_day else None,
        day=numbers.day if has_day else None,
        clock=clock,
    )
    if has_day and (stated.in_year(numbers.year or 2000) is None or (numbers.year or 2000) not in _YEARS):
        return None
    return stated if has_day or clock else None


def _clock(numbers: Numbers) -> time | None:
    if numbers.hour is None:
        return None
    hour = numbers.hour
    if numbers.half:
        hour = hour % 12 + (12 if numbers.half == "p" else 0) if 1 <= hour <= 12 else -1
    try:
        return time(hour, numbers.minute or 0, numbers.second or 0, tzinfo=_offset(numbers.offset))
    except ValueError:
        return None


def _offset(text: str | None) -> tzinfo | None:
    """The zone of ``+05:00``, ``+5`` or ``-0330``; None where none is stated."""
    if not text:
        return None
    figures = text[1:].replace(":", "")
    hours, minutes = (figures[:-2], figures[-2:]) if len(figures) > 2 else (figures, "0")
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if text[0] == "-" else span)
