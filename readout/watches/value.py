"""The values that filters take: how each is written, and the ranges that some of them say.

It must not know which ids there are, nor where in a query a value stands: a ValueError says what to write instead.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache, partial
from typing import TypeVar

from readout.model import MeetingKind, SourceKind, Status
from readout.watches.vocabulary import meant
from readout.watching import Filter

End = TypeVar("End", int, date)

_RANGE = ".."
_LARGEST = 10**9
# The shape of a language tag (BCP 47): a language of two or three letters, then script, region, variant …
_LANGUAGE = re.compile("[a-z]{2,3}(-[a-z0-9]{1,8})*")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_SHARE = re.compile(r"0?\.\d+|[01](\.\d+)?", re.ASCII)


@lru_cache(maxsize=4096)
def numbers(value: str) -> tuple[int, int]:
    """``55``, ``50..55``, ``50..``, ``..55`` as the first and the last number."""
    first, last = _ends(value)
    if not (first or last) or not all(end == "" or _NUMBER.fullmatch(end) for end in (first, last)):
        raise ValueError("a number or a range belongs here, e.g. 55, 50..55 or 50..")
    return _forward(value, int(first or 0), int(last or _LARGEST))


@lru_cache(maxsize=4096)
def days(value: str) -> tuple[date, date]:
    """A day, a month, a year, or a range of them, open or not, as the first and the last day."""
    first, last = _ends(value)
    if not (first or last):
        raise ValueError("a day or a range belongs here, e.g. 2024-10-04, 2024-10 or 2024-10-01..2024-10-31")
    return _forward(value, _span(first)[0] if first else date.min, _span(last)[1] if last else date.max)


@lru_cache(maxsize=4096)
def share(value: str) -> float:
    """A number from 0 to 1."""
    if not _SHARE.fullmatch(value) or float(value) > 1:
        raise ValueError("a number from 0 to 1 belongs here, e.g. 0.8")
    return float(value)


def _ends(value: str) -> tuple[str, str]:
    first, sign, last = value.partition(_RANGE)
    return first, last if sign else first


def _forward(value: str, first: End, last: End) -> tuple[End, End]:
    if first > last:
        raise ValueError(f"{value} runs backwards")
    return first, last


def _span(written: str) -> tuple[date, date]:
    """The first and last day of a day, a month or a year."""
    found = _DAY.fullmatch(written)
    if found is None:
        raise ValueError("a day belongs here as YYYY-MM-DD; a month as YYYY-MM and a year as YYYY will do")
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        return first, date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        raise ValueError(f"the calendar has no {written}") from None


# --- how each filter's values are written ---------------------------------------------------------------------------


def _something(value: str) -> str:
    if not value:
        raise ValueError("a value belongs here")
    return value


def _lower(value: str) -> str:
    return _something(value).lower()


def _upper(value: str) -> str:
    return _something(value).upper()


def _underscored(value: str) -> str:
    return _something(value).lower().replace(" ", "_").replace("-", "_")


def _one_of(words: type[StrEnum], value: str) -> str:
    plain = _underscored(value)
    if plain not in list(words):
        raise ValueError(f"not one of {', '.join(words)}{meant(plain, list(words))}")
    return plain


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value.lower()):
        raise ValueError("a code of two or three letters belongs here, e.g. ru or uz-Cyrl")
    return value.lower()


def _range(read: Callable[[str], object], value: str) -> str:
    read(value)
    return value


def _worded(value: str) -> str:
    if not any(letter.isalnum() for letter in value):
        raise ValueError("a word belongs here")
    return value


SHAPES: Mapping[Filter, Callable[[str], str]] = {
    Filter.BODY: _lower,
    Filter.BODY_KIND: partial(_one_of, MeetingKind),
    Filter.KIND: partial(_one_of, MeetingKind),
    Filter.STATUS: partial(_one_of, Status),
    Filter.SESSION: partial(_range, numbers),
    Filter.DAY: partial(_range, days),
    Filter.COUNTRY: _upper,
    Filter.CITY: _worded,
    Filter.STATE: _upper,
    Filter.PERSON: _worded,
    Filter.TOPIC: _underscored,
    Filter.LANGUAGE: _language,
    Filter.SOURCE: _lower,
    Filter.SOURCE_KIND: partial(_one_of, SourceKind),
    Filter.CONFIDENCE: partial(_range, share),
    Filter.TITLE: _worded,
    Filter.TEXT: _worded,
    Filter.WORDS: _worded,
}
"""A value as it is kept, from one as typed; ValueError says what belongs in its place."""
