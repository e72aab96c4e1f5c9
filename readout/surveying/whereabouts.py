"""Where a site is at home: its country by its address, its time zone by its country and by the dates it writes.

It must not decide where several answers are possible: then nothing is known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

_NOT_A_COUNTRY = frozenset({"ac", "ai", "cc", "co", "eu", "fm", "gg", "im", "io", "ly", "me", "sh", "tv", "ws"})
_RENAMED = {"uk": "GB", "su": "RU"}
_OFFSET = re.compile(rb"(?:\d\d:\d\d:\d\d|\d\d:\d\d)\s?([+-])(\d\d):?(\d\d)\b")
_SAMPLE = 200_000


def country_of(host: str) -> str | None:
    """The alpha-2 code of the country whose top-level domain `host` is under; None for those that anybody may use."""
    top = host.rstrip(".").rpartition(".")[2].lower()
    code = _RENAMED.get(top, top.upper())
    return code if top not in _NOT_A_COUNTRY and code in _zones() else None


def offset_of(feed: bytes) -> timedelta | None:
    """How far from UTC nearly all dates in `feed` are written; None where they are not, or are written in UTC."""
    found = Counter(_OFFSET.findall(feed[:_SAMPLE]))
    if not found:
        return None
    (sign, hours, minutes), times = found.most_common(1)[0]
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    return offset if offset and abs(offset) < timedelta(hours=15) and times * 10 >= 9 * sum(found.values()) else None


def zone_of(country: str | None, offset: timedelta | None, *, now: datetime) -> tuple[str | None, str]:
    """The time zone of a country, where it has but one or where `offset` leaves one, and how that is known.

    Zones that show the same time all this year are one.
    """
    zones = _zones().get(country or "", ())
    distinct = {_year_of(zone, now): zone for zone in reversed(zones)}
    if len(distinct) == 1:
        return zones[0], f"the only time in {country}"
    fitting = [zone for zone in distinct.values() if now.astimezone(ZoneInfo(zone)).utcoffset() == offset]
    if offset is not None and len(fitting) == 1:
        return fitting[0], f"the one in {country} that the dates of its feed are written in"
    return None, f"{country} has several" if zones else "the address is of no country"


def _year_of(zone: str, now: datetime) -> tuple[timedelta | None, ...]:
    days = (datetime(now.year, month, 15, tzinfo=UTC) for month in range(1, 13))
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days)


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, Sequence[str]]:
    text = (resources.files("readout.surveying") / "data" / "zones.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {code: tuple(zones.split()) for code, zones in rows}
