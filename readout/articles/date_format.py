"""Dates in a format of strptime's, with the month names of any language.

It must not use strptime itself: that knows the names of the process's locale alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from readout.articles.month import fold, month_of

_DIRECTIVES = {
    **dict.fromkeys("de", r"(?P<day>\d{1,2})"),
    "m": r"(?P<month>\d{1,2})",
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d\d)",
    **dict.fromkeys("Bbh", r"(?P<name>[^\W\d_]+(?:\s[^\W\d_]+)?)\.?"),
    **dict.fromkeys("Aa", r"[^\W\d_]+\.?"),
    **dict.fromkeys("HI", r"(?P<hour>\d{1,2})"),
    "M": r"(?P<minute>\d\d)",
    "S": r"(?P<second>\d\d)",
    "p": r"(?P<half>[ap])\.?\s?m\b\.?",
    "z": r"(?P<offset>[+-]\d\d:?(?:\d\d)?|z)",
    "Z": r"[^\W\d_]+",
    "f": r"\d{1,6}",
    "%": "%",
}
_SHORTHANDS = {"%T": "%H:%M:%S", "%R": "%H:%M", "%F": "%Y-%m-%d"}
_PIECE = re.compile(r"%[-_0]?(.)|(\s+)|([^%\s]+|%)")
_CENTURY = 69  # POSIX: two digits from 69 on are of the last century


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers that were written; not yet whether there is such a day or time. `half` is a or p of am and pm."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    half: str | None = None
    offset: str | None = None


def read_format(folded: str, form: str, locale: str | None) -> Numbers | None:
    """What stands in a text (see `readout.articles.month.fold`) by the format `form`, where it first fits.

    A format with a directive that is not known, or stands twice, fits nothing: `fault_of_format` says so.
    """
    pattern = _pattern(form)
    for found in pattern.finditer(folded) if pattern else ():
        parts = found.groupdict()
        name = parts.get("name")
        month = _month(name, locale) if name else _number(parts.get("month"))
        if name and month is None:
            continue
        return Numbers(
            year=_year(parts.get("year"), parts.get("short_year")),
            month=month,
            day=_number(parts.get("day")),
            hour=_number(parts.get("hour")),
            minute=_number(parts.get("minute")),
            second=_number(parts.get("second")),
            half=parts.get("half"),
            offset="+00" if parts.get("offset") == "z" else parts.get("offset"),
        )
    return None


def fault_of_format(form: str) -> str | None:
    """What is wrong with a format; None for one that can be read."""
    for directive, _, _ in _PIECE.findall(_spelled_out(form)):
        if directive and directive not in _DIRECTIVES:
            return f"%{directive} is no directive that is read here"
    return None if _pattern(form) else "a directive stands twice in it, or none"


@lru_cache(maxsize=512)
def _pattern(form: str) -> re.Pattern[str] | None:
    pieces = list(_PIECE.findall(_spelled_out(form)))
    if not any(directive for directive, _, _ in pieces):
        return None
    try:
        body = "".join(
            _DIRECTIVES[directive] if directive else r"\s+" if space else re.escape(fold(text))
            for directive, space, text in pieces
        )
        # A year that the format leaves out would be that of the visit.
        end = (
            "" if any(directive in "yY" for directive, _, _ in pieces if directive) else r"(?![\s,./-]{1,3}\d{4}(?!\d))"
        )
        return re.compile(rf"(?<![^\W_]){body}(?![^\W_]){end}")
    except (KeyError, re.error):
        return None


def _spelled_out(form: str) -> str:
    for short, long in _SHORTHANDS.items():
        form = form.replace(short, long)
    return form.strip()


def _month(name: str, locale: str | None) -> int | None:
    """The month of a name of two words, or of the first of them."""
    words = name.split()
    return month_of(" ".join(words), locale) or month_of(words[0], locale)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _year(full: str | None, short: str | None) -> int | None:
    if short is None:
        return _number(full)
    return int(short) + (1900 if int(short) >= _CENTURY else 2000)
