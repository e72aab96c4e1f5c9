"""When a thing is to be done next: a source crawled, a page looked at again, a failed link tried again.

It must not read the clock or the database: both are handed in.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from readout.model import Source

_LONGEST_WAIT = timedelta(hours=24)
# A report is corrected and completed in its first hours; a week later it stands.
_REVISITS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
_RETRIES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=24))
_FIRST_WAIT = timedelta(minutes=15)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_due(source: Source, now: datetime, failures: int, *, wait: timedelta | None = None) -> datetime:
    """When `source`, crawled at `now` and failing for the `failures`-th time in a row, is to be crawled next.

    `wait`: what `readout.pace` finds right in place of the interval of one that answers; a schedule counts before it.
    Failures make the wait longer, up to 24 h (or the source's own interval where that is slower), and never endless.
    """
    if source.schedule is None and failures == 0 and wait is not None:
        return now + wait
    if source.schedule is None:
        longest = max(_LONGEST_WAIT, source.interval)
        return now + min(source.interval * (1 << min(failures, 16)), longest)
    pause = min(source.interval * ((1 << min(failures, 16)) - 1), _LONGEST_WAIT)
    return next_occurrence(source.schedule, ZoneInfo(source.timezone), now + pause)


def next_occurrence(schedule: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment after `after` at which `schedule` (cron's five fields, read in `zone`) comes due.

    Each reading of the local clock counts once: in an hour that the clock repeats the first time, in an hour that it
    leaves out as much later as the clock was moved. Raises ValueError on a schedule that never comes due.
    """
    # The trigger is asked about a clock without summer time, the zone is put on afterwards.
    trigger = cron_trigger(schedule)
    local = _reading(after, zone) - _left_out(after, zone)
    first: datetime | None = None
    # What an hour left out has put off may come after what is due later by the clock.
    while first is None or local < _reading(first, zone):
        occurrence = trigger.get_next_fire_time(None, local)
        if occurrence is None:
            break
        moment: datetime = occurrence.replace(tzinfo=zone).astimezone(UTC)
        if moment > after and (first is None or moment < first):
            first = moment
        local = occurrence + timedelta(minutes=1)
    if first is None:
        raise ValueError(f"schedule {schedule!r} never comes due")
    return first


def _reading(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of `zone` show at `moment`, as if they knew no summer time."""
    return moment.astimezone(zone).replace(tzinfo=UTC, fold=0)


def _left_out(after: datetime, zone: ZoneInfo) -> timedelta:
    """By how much clocks were put on in the last day: what they left out then may still be to come."""
    offsets = ((after - age).astimezone(zone).utcoffset() or timedelta() for age in (timedelta(), timedelta(days=1)))
    now, before = offsets
    return max(now - before, timedelta())


def cron_trigger(schedule: str) -> CronTrigger:
    """`schedule` as APScheduler wants it. Raises ValueError, saying what is wrong, on what is no cron schedule."""
    fields = schedule.split()
    if len(fields) != 5:
        raise ValueError(f"schedule {schedule!r} has {len(fields)} fields: write minute hour day month weekday")
    minute, hour, day, month, weekday = fields
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_named_weekdays(weekday), timezone=UTC
    )


def next_revisit(first_seen: datetime, now: datetime) -> datetime | None:
    """When a report first seen at `first_seen` is to be looked at again; None after the last time."""
    return next((first_seen + age for age in _REVISITS if first_seen + age > now), None)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a link is to be tried again that gave no answer `attempts` times in a row; None when it is given up."""
    return now + _RETRIES[attempts - 1] if attempts <= len(_RETRIES) else None


def next_permission(first_seen: datetime, now: datetime) -> datetime:
    """When to ask again whether a link first seen at `first_seen` may be visited: the later the older it is, and at
    least once a day."""
    return now + min(max((now - first_seen) / 4, _FIRST_WAIT), _LONGEST_WAIT)


def _named_weekdays(field: str) -> str:
    """Cron counts weekdays from Sunday, APScheduler from Monday: names mean the same to both."""
    return ",".join(_named_part(part) for part in field.split(","))


def _named_part(part: str) -> str:
    days, slash, step = part.partition("/")
    first, dash, last = days.partition("-")
    if not first.isdigit():
        return part
    if not dash and not slash:
        return _weekday(first)
    # A range from Sunday on runs over the end of APScheduler's week, so the days are listed.
    end = int(last) if last.isdigit() else 6
    if end > 7 or int(first) > end:
        raise ValueError(f"weekdays {part!r}: write numbers 0 (Sunday) to 6, the smaller first")
    return ",".join(_WEEKDAYS[day] for day in range(int(first), end + 1, int(step or 1)))


def _weekday(number: str) -> str:
    if int(number) > 7:
        raise ValueError(f"weekday {number}: write 0 (Sunday) to 6")
    return _WEEKDAYS[int(number)]
