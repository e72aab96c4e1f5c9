"""Machine-written dates of feeds, sitemaps, listings, metadata and rows to points in time.

It must not read dates in prose, and it must not guess: a date with two readings is no date.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

# Older dates are counters and template leftovers: hardly a page on the web is as old.
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(days=1)
_LONGEST = 80  # characters; what is longer is prose

# Up to eight more characters, a zone's name in brackets or letters, are let go: the source's own, but for UTC's.
_ISO = re.compile(
    r"(\d{4}-?\d\d-?\d\d)(?:[T ]+(\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?)"
    r"\s*(Z|(?:UTC|GMT)(?!\s?[+-]\d)|[+-]\d\d:?\d\d|[+-]\d\d)?)?\b.{0,8}$"
)
_HALF_DAY = re.compile(r"(?<![\d:])(0?[1-9]|1[0-2])((?::\d\d){1,2})\s*([AaPp])\.?[Mm]\b\.?")
_UNIVERSAL = re.compile(r"\d\s+-0000\b")
# A word or a view counter may stand beside it, but no second date.
_DAY_FIRST = re.compile(
    r"""(?xs) \D{0,20}? (\d{1,2}) ([./-]) (\d{1,2}) \2 (\d{4}) (?!\d)
        (?: [\s,|/–-]* (\d{1,2}) : (\d\d) (?: : (\d\d) )? )?
        (?! .* \d [./-] \d ) """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time: `at` in UTC, `day` as those who live in the source's zone count it.

    With `day_only` no time was given, and `at` is that day's midnight in the source's zone.
    """

    at: datetime
    day: date
    day_only: bool = False


def read_moment(text: str | None, zone: tzinfo | None) -> Moment | None:
    """The moment `text` states in ISO 8601, RFC 5322 or day-first digits; None where it states none for certain.

    `zone` is the source's: a time without a zone is in it. None: nobody knows it, the date's own counts, else UTC.
    Midnight sharp is how day-only software writes a day: the day counts then, as written, whatever zone it names.
    """
    if not text or len(text := text.strip()) > _LONGEST:
        return None
    try:
        text = _HALF_DAY.sub(_in_24_hours, text)
        stated = _iso(text) or _day_first(text) or _rfc5322(text)
        return _moment(stated, zone) if stated else None
    except (ValueError, OverflowError):
        return None


def settle(at: datetime, zone: tzinfo, *, day_only: bool) -> Moment:
    """The moment that was read as `at` before, for a source in `zone`."""
    return Moment(at=at, day=at.astimezone(zone).date(), day_only=day_only)


def is_believable(moment: Moment, fetched_at: datetime) -> bool:
    """False for a date before the web, or more than a day after the page was fetched."""
    return _EARLIEST <= moment.at <= fetched_at + _TOLERANCE


def _moment(stated: datetime, zone: tzinfo | None) -> Moment:
    home = zone or stated.tzinfo or UTC
    day_only = stated.time() == time.min
    aware = stated.replace(tzinfo=home) if day_only or not stated.tzinfo else stated
    return settle(aware.astimezone(UTC), home, day_only=day_only)


def _in_24_hours(clock: re.Match[str]) -> str:
    hour = int(clock[1]) % 12 + (12 if clock[3] in "Pp" else 0)
    return f"{hour:02}{clock[2]}"


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    day, clock, offset = found.groups()
    offset = "Z" if offset in ("UTC", "GMT") else offset
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
    """A mail's date, or its day alone. The zone "-0000" tells nothing of the sender's, but the time is UTC (RFC 5322
    §3.3)."""
    for form in (text, f"{text} 00:00"):
        with suppress(ValueError, TypeError, IndexError):
            stated = parsedate_to_datetime(form)
            return stated.replace(tzinfo=UTC) if _UNIVERSAL.search(text) else stated
    return None
