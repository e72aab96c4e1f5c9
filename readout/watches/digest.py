"""When a watch is told: the days of its digests, its quiet hours, which of two watches is told sooner.

It must not look at a clock: the moment is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from readout.watching import Delivery, Digest, Every, Quiet

MOST_ITEMS = 200
"""How many meetings one digest tells of; what is more comes in further ones."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A time at which a digest was due: its local day, which is its name, and the moment."""

    day: date
    at: datetime


def latest(digest: Digest, timezone: str, now: datetime) -> Occurrence:
    """The last time, `now` at the latest, at which `digest` was due: one a local day, or a week.

    Where a clock that is put forward skips its time it is due as long after midnight as on other days; of a time that
    comes twice the first counts.
    """
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    while not _is_on(digest, day) or _moment(day, digest.at, zone) > now:
        day -= _A_DAY
    return Occurrence(day, _moment(day, digest.at, zone))


def before(digest: Digest, timezone: str, occurrence: Occurrence) -> datetime:
    """The moment of the digest before that of `occurrence`."""
    return latest(digest, timezone, occurrence.at - timedelta(microseconds=1)).at


def quiet_until(quiet: Quiet, timezone: str, now: datetime) -> datetime | None:
    """When the quiet hours around `now` end; None outside of them."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    if not _is_quiet(quiet, local.time()):
        return None
    # where a clock that is put back shows the end twice, the second counts for who is between them
    ends = (_moment(local.date(), quiet.end.replace(fold=fold), zone) for fold in (0, 1))
    return next((end for end in ends if end > now), _moment(local.date() + _A_DAY, quiet.end, zone))


def slowness(delivery: Delivery) -> int:
    """The slower a watch is told, the more: at once, but for quiet hours, daily, weekly."""
    if delivery.digest is not None:
        return 2 + (delivery.digest.every is Every.WEEKLY)
    return int(delivery.quiet is not None)


def _is_on(digest: Digest, day: date) -> bool:
    return digest.every is Every.DAILY or day.weekday() == digest.on


def _is_quiet(quiet: Quiet, at: time) -> bool:
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
