"""The number of a session: "the 55th session", "XVII заседание", "пятьдесят пятое", "55-ci iclas".

It must not take an anniversary, a day or a law's number for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from readout.meetings.lexicon import HAN_NUMERALS, Lexicon, Role, Term
from readout.meetings.sense import Sense
from readout.meetings.words import Hit, fold, fold_sentence, has_figures
from readout.model import Evidence, Fact, MeetingKind, Status

_NUMBERED = (MeetingKind.SESSION, MeetingKind.SUMMIT, MeetingKind.CONFERENCE, MeetingKind.COMMITTEE, None)

# So many words may stand between a number and the meeting or body it counts.
_WORDS_BETWEEN = 4
_IDEOGRAPHS_BETWEEN = 14
_WORDS_BEFORE = 2
# Numbers between are years.
_HIGHEST, _YEARS = 9999, range(1800, 2100)
# A sentence with more numbers is a table.
_MOST_NUMBERS = 12

_YEAR = re.compile(r"\d{4}")
_YEAR_WITHIN = 80
_YEAR_OF_OURS = re.compile(r"(?<!\d)20\d\d(?!\d)")
_OTHERWISE = {Status.HELD: {Status.PLANNED}, Status.PLANNED: {Status.HELD}, Status.POSTPONED: {Status.HELD}}
_BEFORE_YEAR = re.compile(r"\w{0,2},?\s\d{4}")
_DIGITS = re.compile(
    r"(?<![\dA-Za-z.,№#])(\d{1,4})(?![\d%])(?:[-–'’\u2011\u200c\s.]?([^\W\d_]{1,4})(?!\w)|(?=-[^\W\d_])|\.(?=\s))"
)
# A number behind what it counts may do without a suffix: "الدورة 79", "الدورة (79)".
_FIGURES = re.compile(r"(?<=[^\W\d_]\s)\(?(\d{1,3})(?!\w|[:%]|[.,/-]\d)")
# A hyphen alone makes an ordinal in some languages: "57-majlisi".
_HYPHEN = "-"

# Cyrillic letters that look like Roman numerals stand for them; single letters are too often something else.
_LOOK_ALIKES = str.maketrans("ХІVLхіѴ", "XIVLXIV")
# What stands before is looked at behind the first letter: a pattern that begins with letters is found faster.
_ROMAN = re.compile(r"([IVXLХІ](?<![\w.].)[IVXLХІ]{0,7})([^\W\d_A-ZА-ЯІ]{1,4})?(?!\w|\.\w)")
_ROMAN_FORM = re.compile(r"(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HAN_UNITS = {"十": 10, "百": 100}
_APOSTROPHES = ("'", "’", "ʼ")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_FEW_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class _Number:
    value: int
    start: int
    end: int
    is_word: bool = False
    is_bare: bool = False
    is_roman: bool = False


def session_number(
    senses: Sequence[Sense], lexicon: Lexicon, anchor: Evidence, status: Status | None = None, year: int | None = None
) -> Fact[int] | None:
    """The number of the session that `anchor` names, if the page gives one. `status` and `year` are the meeting's:
    what another sentence tells of another year, or as still to come or long over, is another session."""
    near = [s for s in senses[:_FEW_SENTENCES] if _is_in(s, anchor) or not _tells_of_another(s, status, year)]
    best = max(_candidates(near, lexicon, anchor), key=lambda found: found[0], default=None)
    return None if best is None else best[1]


def numbered(sense: Sense, lexicon: Lexicon) -> tuple[int, int] | None:
    """Where the sentence numbers a session, if it does: start and end."""
    return next(((number.start, number.end) for number, _ in _in_sentence(sense, lexicon)), None)


def _candidates(senses: Sequence[Sense], lexicon: Lexicon, anchor: Evidence) -> Iterator[tuple[float, Fact[int]]]:
    for sense in senses:
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


def _is_in(sense: Sense, anchor: Evidence) -> bool:
    return sense.sentence.where == anchor.where and sense.sentence.start <= anchor.start < sense.sentence.end


def _tells_of_another(sense: Sense, status: Status | None, year: int | None) -> bool:
    """Whether a sentence of the text tells of a session of another year, of one still to come where the meeting was
    held, or of one that was held where it is still to come."""
    if status is None or not sense.rank:
        return False
    years = {int(m.group()) for m in _YEAR_OF_OURS.finditer(sense.sentence.text)}
    told = {hit.tag.status for hit in sense.terms if hit.tag.status}
    is_elsewhen = bool(years and year and year not in years) and bool(told)
    is_remembered = any(hit.last - hit.first > 1 for hit in sense.of(Role.BACKGROUND)) and told == {Status.HELD}
    return is_elsewhen or is_remembered or (_OTHERWISE.get(status) == told)


def _is_beside(number: Evidence, anchor: Evidence) -> bool:
    return number.where == anchor.where and -60 < number.start - anchor.start < 40


# The signals of a page and the facts of its meeting are read in turn.
@lru_cache(maxsize=64)
def _in_sentence(sense: Sense, lexicon: Lexicon) -> tuple[tuple[_Number, int], ...]:
    """The session numbers of a sentence, and how many words stand before what they count."""
    return tuple(_counted_numbers(sense, lexicon))


def _counted_numbers(sense: Sense, lexicon: Lexicon) -> Iterator[tuple[_Number, int]]:
    numbers = list(islice(_numbers(sense, lexicon), _MOST_NUMBERS))
    dates = _date_spans(sense, lexicon) if numbers else []
    for number in numbers:
        if number.is_roman and _follows_name(sense, number):
            continue
        is_day = any(low < number.end and number.start < high for low, high in dates)
        if is_day or number.value > _HIGHEST or number.value in _YEARS:
            continue
        before = _gap_before(sense, number) if lexicon.ordinals.follows else None
        gap = _gap(sense, number) if before is None else before
        # behind what it counts only the next word may be another thing counted
        reach = 2 + gap if before is None and gap is not None else 1
        if gap is not None and not _counts_something_else(sense, number, reach, dates):
            yield number, gap


def _date_spans(sense: Sense, lexicon: Lexicon) -> list[tuple[int, int]]:
    return [m.span() for m in lexicon.dates.matches(fold_sentence(sense.sentence.text))]


def _numbers(sense: Sense, lexicon: Lexicon) -> Iterator[_Number]:
    text = sense.sentence.text
    for digits in _DIGITS.finditer(text) if has_figures(fold_sentence(text)) else ():
        suffix = fold(digits.group(2) or text[digits.end(1) : digits.end()])
        is_hyphened = text.startswith(_HYPHEN, digits.end(1)) and _HYPHEN in lexicon.ordinals.suffixes
        if suffix in lexicon.ordinals.suffixes:
            yield _Number(int(digits.group(1)), digits.start(), digits.end(1 if suffix == "." else 0))
        elif is_hyphened:
            yield _Number(int(digits.group(1)), *digits.span(1))
    for roman in _ROMAN.finditer(text):
        # "Le" is an article, "Xe" the tenth
        is_number = roman[2] is None or (roman[2] in lexicon.ordinals.suffixes and roman[1] != "L")
        # "L'assemblée"
        is_number &= len(roman[1]) > 1 or not text.startswith(_APOSTROPHES, roman.end())
        value = roman_value(roman[1]) if is_number else None
        if value and (len(roman[1]) > 1 or value > 1):
            yield _Number(value, roman.start(), roman.end(), is_roman=True)
    for figures in _FIGURES.finditer(text) if lexicon.ordinals.follows else ():
        yield _Number(int(figures[1]), *figures.span(1), is_bare=True)
    for m in lexicon.ordinals.prefixed.finditer(fold_sentence(text)) if lexicon.ordinals.prefixed else ():
        yield _Number(int(m[1]) if m[1] else han_value(m[2]), *m.span())
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


def han_value(written: str) -> int:
    """The value of a number below 1000 in ideographs.

    >>> han_value("五十五"), han_value("十三"), han_value("一百零二"), han_value("二四")
    (55, 13, 102, 24)
    """
    value = figures = 0
    for letter in written:
        if letter in _HAN_UNITS:
            value += (figures or 1) * _HAN_UNITS[letter]
            figures = 0
        else:
            figures = figures * 10 + max(HAN_NUMERALS.index(letter) - 1, 0)
    return value + figures


def _gap(sense: Sense, number: _Number) -> int | None:
    """Words between the number and the meeting word or body behind it; None when there is none near."""
    if number.is_bare:
        return None
    last = sense.word_at(number.end - 1)
    meetings = [hit.first for hit in _counted(sense)]
    bodies = [sense.word_at(body.start) for body in sense.bodies]
    # "the first time in years" counts nothing, "the first time ever" does
    times = [hit.first for hit in sense.of(Role.TIMES) if number.value > 1 or hit.last - hit.first > 1]
    inside = [last + 1 for body in sense.bodies if body.start <= number.start < body.end]
    gaps = [first - last - 1 for first in (*meetings, *times, *bodies, *inside)]
    reach = 1 if number.is_word else _WORDS_BETWEEN
    if _IDEOGRAPH.match(sense.sentence.text, number.start):
        reach = _IDEOGRAPHS_BETWEEN
    return min((gap for gap in gaps if 0 <= gap <= reach), default=None)


def _counted(sense: Sense) -> list[Hit[Term]]:
    return [hit for hit in sense.of(Role.MEETING) if hit.tag.kind in _NUMBERED and not hit.tag.status]


def _gap_before(sense: Sense, number: _Number) -> int | None:
    """Words between the meeting word or body that stands first and the number that counts it, as in Arabic."""
    first = sense.word_at(number.start)
    if any(hit.last == first for hit in sense.of(Role.NOT_NUMBER)):
        return None
    ends = [hit.last for hit in _counted(sense)]
    ends += [sense.word_at(body.end - 1) + 1 for body in sense.bodies]
    gaps = [first - last for last in ends]
    return min((gap for gap in gaps if 0 <= gap <= (0 if number.is_bare else _WORDS_BEFORE)), default=None)


def _has_article(sense: Sense, hit: Hit[Term]) -> bool:
    """Whether the word is written with an article that is no part of it: what is counted has none."""
    word = sense.words[hit.first]
    return word.end - word.start > len(word.text)


def _follows_name(sense: Sense, number: _Number) -> bool:
    """Whether the numeral is part of a person's name ("Ilia II"): a capitalised word that is no word of a body or a
    meeting stands before it, and nothing to count right behind."""
    at = sense.word_at(number.start) - 1
    if at < 0 or not sense.sentence.text[sense.words[at].start].isupper():
        return False
    named = [body for body in sense.bodies if body.start < number.start <= body.end + 1]
    known = [hit for hit in sense.terms if hit.first <= at < hit.last and hit.tag.role is not Role.OFFICIAL]
    organisations = [span for span in sense.organisations if span[1] <= sense.words[at].start < span[2]]
    is_name = sense.sentence.text[sense.words[at].end : number.start] == " " and not (named or known or organisations)
    return is_name and _gap(sense, number) != 0


def _counts_something_else(sense: Sense, number: _Number, reach: int, dates: list[tuple[int, int]]) -> bool:
    """Whether it is an anniversary, a day, or the first meeting of a year and not of all ("its first of 2024"): what
    the next `reach` words say."""
    last = sense.word_at(number.end - 1)
    between = range(last + 1, last + 1 + reach)
    if any(hit.first in between and not _has_article(sense, hit) for hit in sense.of(Role.NOT_NUMBER)):
        return True
    text = sense.sentence.text
    if not number.is_word:
        return bool(_BEFORE_YEAR.match(text, number.end))
    years = [year.start() for year in _YEAR.finditer(text, number.end, number.end + _YEAR_WITHIN)]
    return any(not any(low <= year < high for low, high in dates) for year in years)
