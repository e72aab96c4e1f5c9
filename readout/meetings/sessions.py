"""The number of a session: "the 55th session", "XVII заседание", "пятьдесят пятое", "55-ci iclas".

It must not take an anniversary, a day or a law's number for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readout.meetings.lexicon import Lexicon, Role
from readout.meetings.sense import Sense
from readout.meetings.words import fold
from readout.model import Evidence, Fact, MeetingKind

_NUMBERED = (MeetingKind.SESSION, MeetingKind.SUMMIT, MeetingKind.CONFERENCE, MeetingKind.COMMITTEE, None)

# So many words may stand between a number and the meeting or body it counts.
_WORDS_BETWEEN = 4
_HIGHEST = 999

_YEAR = re.compile(r"\d{4}")
_YEAR_WITHIN = 80
_BEFORE_YEAR = re.compile(r"\w{0,2},?\s\d{4}")
_DIGITS = re.compile(r"(?<![\d.,№#])(\d{1,3})(?![\d%])(?:[-–'’\u2011\s]?([^\W\d_]{1,4})(?!\w)|\.(?=\s))")

# Cyrillic letters that look like Roman numerals stand for them; single letters are too often something else.
_LOOK_ALIKES = str.maketrans("ХІVLхіѴ", "XIVLXIV")
_ROMAN = re.compile(r"(?<![\w.])[IVXLХІ]{1,8}(?![\w.])")
_ROMAN_FORM = re.compile(r"(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_FEW_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class _Number:
    value: int
    start: int
    end: int
    is_word: bool = False


def session_number(senses: Sequence[Sense], lexicon: Lexicon, anchor: Evidence) -> Fact[int] | None:
    """The number of the session that `anchor` names, if the page gives one."""
    best = max(_candidates(senses, lexicon, anchor), key=lambda found: found[0], default=None)
    return None if best is None else best[1]


def numbered(sense: Sense, lexicon: Lexicon) -> tuple[int, int] | None:
    """Where the sentence numbers a session, if it does: start and end."""
    return next(((number.start, number.end) for number, _ in _in_sentence(sense, lexicon)), None)


def _candidates(senses: Sequence[Sense], lexicon: Lexicon, anchor: Evidence) -> Iterator[tuple[float, Fact[int]]]:
    for sense in senses[:_FEW_SENTENCES]:
        for number, gap in _in_sentence(sense, lexicon):
            here = sense.sentence.evidence(number.start, number.end)
            rank = _FEW_SENTENCES if sense.rank is None else sense.rank
            is_background = any(
                hit.end <= number.start and number.start - hit.end < 40 for hit in sense.of(Role.BACKGROUND)
            )
            if is_background:
                continue
            likely = 3.0 * _is_beside(here, anchor) - rank - 0.5 * gap - number.is_word
            yield likely, Fact(value=number.value, evidence=here)


def _is_beside(number: Evidence, anchor: Evidence) -> bool:
    return number.where == anchor.where and -60 < number.start - anchor.start < 40


def _in_sentence(sense: Sense, lexicon: Lexicon) -> Iterator[tuple[_Number, int]]:
    """The session numbers of a sentence, and how many words stand before what they count."""
    dates = _date_spans(sense, lexicon)
    for number in _numbers(sense, lexicon):
        if number.value > _HIGHEST or any(low < number.end and number.start < high for low, high in dates):
            continue
        gap = _gap(sense, number)
        if gap is not None and not _counts_something_else(sense, number, gap, dates):
            yield number, gap


def _date_spans(sense: Sense, lexicon: Lexicon) -> list[tuple[int, int]]:
    pattern = lexicon.dates.pattern
    return [m.span() for m in pattern.finditer(fold(sense.sentence.text))] if pattern else []


def _numbers(sense: Sense, lexicon: Lexicon) -> Iterator[_Number]:
    text = sense.sentence.text
    for digits in _DIGITS.finditer(text):
        suffix = fold(digits.group(2)) if digits.group(2) else "."
        if suffix in lexicon.ordinals.suffixes:
            yield _Number(int(digits.group(1)), digits.start(), digits.end())
    for roman in _ROMAN.finditer(text):
        value = roman_value(roman.group())
        if value and (len(roman.group()) > 1 or value > 1):
            yield _Number(value, roman.start(), roman.end())
    for hit in lexicon.ordinals.find(sense.words):
        yield _Number(hit.tag, hit.start, hit.end, is_word=True)


def roman_value(written: str) -> int | None:
    """The value of a Roman numeral below 100, Cyrillic look-alikes included; None for what is none.

    >>> roman_value("XVII"), roman_value("ХХІ"), roman_value("LIV"), roman_value("IIX")
    (17, 21, 54, None)
    """
    roman = written.translate(_LOOK_ALIKES)
    if not roman or not _ROMAN_FORM.fullmatch(roman):
        return None
    values = [_ROMAN_VALUES[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _gap(sense: Sense, number: _Number) -> int | None:
    """Words between the number and the meeting word or body behind it; None when there is none near."""
    last = sense.word_at(number.end - 1)
    meetings = [hit.first for hit in sense.of(Role.MEETING) if hit.tag.kind in _NUMBERED and not hit.tag.status]
    bodies = [sense.word_at(body.start) for body in sense.bodies]
    times = [hit.first for hit in sense.of(Role.TIMES) if number.value > 1]
    inside = [last + 1 for body in sense.bodies if body.start <= number.start < body.end]
    gaps = [first - last - 1 for first in (*meetings, *times, *bodies, *inside)]
    reach = 1 if number.is_word else _WORDS_BETWEEN
    return min((gap for gap in gaps if 0 <= gap <= reach), default=None)


def _counts_something_else(sense: Sense, number: _Number, gap: int, dates: list[tuple[int, int]]) -> bool:
    """Whether it is an anniversary, a day, or the first meeting of a year and not of all ("its first of 2024")."""
    last = sense.word_at(number.end - 1)
    between = range(last + 1, last + 3 + gap)
    if any(hit.first in between for hit in sense.of(Role.NOT_NUMBER)):
        return True
    text = sense.sentence.text
    if not number.is_word:
        return bool(_BEFORE_YEAR.match(text, number.end))
    years = [year.start() for year in _YEAR.finditer(text, number.end, number.end + _YEAR_WITHIN)]
    return any(not any(low <= year < high for low, high in dates) for year in years)
