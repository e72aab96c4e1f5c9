"""Dates as machines write them: ISO 8601, mail and RSS dates, days in numbers.

It must not read words of any language, and a date that can be read in two ways is not read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

# Day first: what feeds and sites of the regions watched here write. 03/04/2025 with slashes may be American: not read.
_NUMERIC = re.compile(
    r"""(?x) ^\D{0,20}? (?P<day>\d{1,2}) [.-] (?P<month>\d{1,2}) [.-] (?P<year>\d{4}) (?!\d)
        (?: [\s,|/–-]* (?P<hour>\d{1,2}) : (?P<minute>\d{2}) (?: : (?P<second>\d{2}) )? )? """
)
_LONGEST = 80  # characters; a date is short, and what is longer is prose


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """The moment that `text` names, aware, in UTC; where it names no zone, `zone` is meant. None: not understood.

    A day alone is that day's midnight in `zone`.
    """
    if not text or len(text := text.strip()) > _LONGEST:
        return None
    for read in (_iso, _mail, _day_first):
        if (found := read(text)) is not None:
            return _utc(found, zone)
    return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    """RFC 5322, as RSS wants it; a zone that is unknown or -0000 is none."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None


def _day_first(text: str) -> datetime | None:
    found = _NUMERIC.match(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(number) for number in found.groups(default="0"))
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  the zone is added by the caller
    except ValueError:
        return None


def _utc(found: datetime, zone: tzinfo) -> datetime | None:
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None
