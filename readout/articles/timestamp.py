"""Machine-written dates of feeds, metadata and `<time>` elements to points in time.

It must not read dates in prose, and it must not guess: a date with two readings is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

# Older dates are counters and template leftovers: hardly a page on the web is as old.
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(days=1)
_LONGEST = 64

# Up to eight more characters, a zone's name in brackets or letters, are let go.
_ISO = re.compile(
    r"(\d{4}-?\d\d-?\d\d)(?:[T ]+(\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?)\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?\b.{0,8}$"
)
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?\s+(?:-\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A publication date: `at` in UTC; with `day_only` it is that day's midnight in the source's zone."""

    at: datetime
    day_only: bool = False


def read_moment(text: str, zone: tzinfo) -> Moment | None:
    """The moment `text` states in ISO 8601, RFC 5322 or day-first digits; None where it states none for certain.

    A time without a zone is the source's. Midnight sharp is how day-only software writes a day: the day counts
    then, as written, without being moved into another zone.
    """
    text = text.strip()[:_LONGEST]
    try:
        stated = _iso(text) or _day_first(text) or _rfc5322(text)
        return _moment(stated, zone) if stated else None
    except (ValueError, OverflowError):
        return None


def settle(stated: datetime, zone: tzinfo) -> Moment:
    """`stated` as a moment, by the same rules as `read_moment`."""
    return _moment(stated, zone)


def is_believable(moment: Moment, fetched_at: datetime) -> bool:
    """False for a date before the web, or more than a day after the page was fetched."""
    return _EARLIEST <= moment.at <= fetched_at + _TOLERANCE


def _moment(stated: datetime, zone: tzinfo) -> Moment:
    if stated.time() == time.min:
        midnight = datetime.combine(stated.date(), time.min, zone)
        return Moment(at=midnight.astimezone(UTC), day_only=True)
    aware = stated if stated.tzinfo else stated.replace(tzinfo=zone)
    return Moment(at=aware.astimezone(UTC))


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    day, clock, offset = found.groups()
    return datetime.fromisoformat(day + (f"T{clock.replace(',', '.')}{offset or ''}" if clock else ""))


def _day_first(text: str) -> datetime | None:
    found = _DAY_FIRST.match(text)
    if not found:
        return None
    day, month, mark = int(found[1]), int(found[3]), found[2]
    # Dots are day-first the world over; with slashes and dashes only a number above 12 can tell.
    if mark != "." and day <= 12 and month != day:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[4:])
    return datetime.combine(date(int(found[4]), month, day), time(hour, minute, second))


def _rfc5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, IndexError):
        return None
