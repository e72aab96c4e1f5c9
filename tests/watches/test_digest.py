"""Days of digests and quiet hours, across nights on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.watches.digest import before, latest, quiet_until, slowness
from readout.watching import AT_ONCE, Delivery, Digest, Every, Quiet

DAILY = Digest(every=Every.DAILY)
BAKU, BERLIN, APIA = "Asia/Baku", "Europe/Berlin", "Pacific/Apia"
A_DAY = timedelta(days=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    return st.builds(lambda day, at: datetime.combine(day, at, UTC), st.dates(first, last), st.times())


@pytest.mark.parametrize(
    ("digest", "zone", "now", "day", "at"),
    [
        (DAILY, BAKU, utc(2026, 11, 22, 4, 0), date(2026, 11, 22), utc(2026, 11, 22, 4)),
        (DAILY, BAKU, utc(2026, 11, 22, 3, 59), date(2026, 11, 21), utc(2026, 11, 21, 4)),
        (DAILY, BAKU, utc(2026, 11, 21, 21, 0), date(2026, 11, 21), utc(2026, 11, 21, 4)),
        # a Monday at eight in Berlin, asked on Sunday and on Monday
        (Digest(every=Every.WEEKLY), BERLIN, utc(2026, 11, 22, 12), date(2026, 11, 16), utc(2026, 11, 16, 7)),
        (Digest(every=Every.WEEKLY), BERLIN, utc(2026, 11, 23, 7), date(2026, 11, 23), utc(2026, 11, 23, 7)),
        (Digest(every=Every.WEEKLY, on=6), BERLIN, utc(2026, 11, 22, 12), date(2026, 11, 22), utc(2026, 11, 22, 7)),
        # half past two was skipped on 29 March 2026 in Berlin, and came twice on 25 October
        (
            Digest(every=Every.DAILY, at=time(2, 30)),
            BERLIN,
            utc(2026, 3, 29, 1, 30),
            date(2026, 3, 29),
            utc(2026, 3, 29, 1, 30),
        ),
        (
            Digest(every=Every.DAILY, at=time(2, 30)),
            BERLIN,
            utc(2026, 10, 25, 1, 45),
            date(2026, 10, 25),
            utc(2026, 10, 25, 0, 30),
        ),
    ],
)
def test_a_digest_is_due_at_its_local_time(digest, zone, now, day, at):
    found = latest(digest, zone, now)
    assert (found.day, found.at) == (day, at)


@given(
    st.sampled_from([BAKU, BERLIN, APIA, "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
    st.times(),
    moments(date(2011, 12, 1), date(2027, 1, 1)),
)
def test_every_local_day_has_one_moment_and_they_follow_one_another(zone, at, now):
    digest = Digest(every=Every.DAILY, at=at)
    occurrence = latest(digest, zone, now)
    assert occurrence.at <= now
    earlier = before(digest, zone, occurrence)
    assert earlier < occurrence.at
    assert latest(digest, zone, occurrence.at) == occurrence
    # Samoa had no 30 December 2011
    assert timedelta(hours=20) < occurrence.at - earlier < timedelta(hours=52)


@pytest.mark.parametrize(
    ("start", "end", "now", "until"),
    [
        (time(22), time(7), utc(2026, 11, 22, 18, 0), utc(2026, 11, 23, 3)),
        (time(22), time(7), utc(2026, 11, 22, 17, 59), None),
        (time(22), time(7), utc(2026, 11, 22, 2, 59), utc(2026, 11, 22, 3)),
        (time(22), time(7), utc(2026, 11, 22, 3, 0), None),
        (time(12), time(14), utc(2026, 11, 22, 9, 0), utc(2026, 11, 22, 10)),
        (time(12), time(14), utc(2026, 11, 22, 10, 0), None),
    ],
)
def test_quiet_hours_end_when_the_watch_says(start, end, now, until):
    assert quiet_until(Quiet(start, end), BAKU, now) == until


@given(st.times(), st.times(), moments(date(2026, 3, 20), date(2026, 4, 10)))
def test_quiet_hours_end_in_the_future_and_within_a_day(start, end, now):
    until = quiet_until(Quiet(start, end), BERLIN, now)
    assert until is None or now < until <= now + A_DAY + timedelta(hours=1)


def test_the_slower_a_watch_is_told_the_more():
    quiet = Delivery(quiet=Quiet(time(22), time(7)))
    daily, weekly = (Delivery(digest=Digest(every=every)) for every in (Every.DAILY, Every.WEEKLY))
    assert [slowness(each) for each in (AT_ONCE, quiet, daily, weekly)] == [0, 1, 2, 3]
