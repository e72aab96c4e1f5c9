"""When a thing is to be done next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from readout.rhythm import cron_trigger, next_attempt, next_due, next_occurrence, next_revisit
from tests.reported import NOW, source

BERLIN = ZoneInfo("Europe/Berlin")  # sets its clock on at 2:00 on 31 March 2024, and back at 3:00 on 27 October
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("0 7-22 * * 1-5", "2024-10-04T20:30", "2024-10-07T05:00"),  # Friday 22:30 to Monday 7:00
        ("0 12 * * 0", "2024-10-04T12:00", "2024-10-06T10:00"),  # 0 is Sunday
        ("0 12 * * 7", "2024-10-04T12:00", "2024-10-06T10:00"),  # and so is 7
        ("0 12 * * 5-7", "2024-10-05T12:00", "2024-10-06T10:00"),
        ("0 12 * * 1,3", "2024-10-04T12:00", "2024-10-07T10:00"),
        ("0 12 * * mon", "2024-10-04T12:00", "2024-10-07T10:00"),
        ("0 12 * * 0-6/2", "2024-10-04T12:00", "2024-10-05T10:00"),  # Sunday, Tuesday, Thursday, Saturday
        ("*/15 * * * *", "2024-10-04T12:00", "2024-10-04T12:15"),
        ("30 2 * * *", "2024-03-31T00:00", "2024-03-31T01:30"),  # half past two is left out: half past three it is
        ("30 2 * * *", "2024-03-31T01:30", "2024-04-01T00:30"),
        ("30 2 * * *", "2024-10-27T00:00", "2024-10-27T00:30"),  # half past two comes twice: the first counts
        ("30 2 * * *", "2024-10-27T00:30", "2024-10-28T01:30"),
        ("30 2 * * *", "2024-10-27T01:10", "2024-10-28T01:30"),
        ("0 3 * * *", "2024-10-27T01:10", "2024-10-27T02:00"),
        ("30 2 * * *", "2024-03-31T01:10", "2024-03-31T01:30"),  # asked at ten past three, with half past two to come
        ("0 12 29 2 *", "2024-02-28T12:00", "2024-02-29T11:00"),
        ("0 12 29 2 *", "2024-02-29T11:00", "2028-02-29T11:00"),
    ],
)
def test_a_schedule_is_read_on_the_local_clock(schedule, after, expected):
    assert next_occurrence(schedule, BERLIN, utc(after)) == utc(expected)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["Europe/Berlin", "America/Havana", "Asia/Baku"]))
def test_a_daily_entry_runs_once_a_day_all_year(hour, minute, zone):
    moment, days = utc("2023-12-31T12:00"), []
    while moment < utc("2024-12-31T12:00"):
        moment = next_occurrence(f"{minute} {hour} * * *", ZoneInfo(zone), moment)
        days.append(moment.astimezone(ZoneInfo(zone)).date())
    assert len(days) == len(set(days)) == (days[-1] - days[0]).days + 1


# Where and when (in UTC) clocks were set: in summer time at night and at midnight, by half an hour, on a leap day into
# the day before, and over a whole day.
CLOCKS_SET = [
    ("Europe/Berlin", "2024-03-31T01:00"),
    ("Europe/Berlin", "2024-10-27T01:00"),
    ("America/New_York", "2024-03-10T07:00"),
    ("America/New_York", "2024-11-03T06:00"),
    ("Asia/Tehran", "2022-03-21T20:30"),
    ("Asia/Tehran", "2022-09-21T19:30"),
    ("Australia/Lord_Howe", "2024-10-05T15:30"),
    ("Australia/Lord_Howe", "2024-04-06T15:00"),
    ("Asia/Almaty", "2024-02-29T18:00"),
    ("Africa/Cairo", "2024-04-25T22:00"),
    ("Africa/Cairo", "2024-10-31T21:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),
]


def moments_of(minutes, hours, zone, around):
    """When each reading of the clock with such a minute and hour comes, by looking at every one of eight days."""
    first = around.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(days=4)
    readings = (first + timedelta(minutes=number) for number in range(8 * 24 * 60))
    wanted = (reading for reading in readings if reading.minute in minutes and reading.hour in hours)
    return sorted({reading.replace(tzinfo=zone).astimezone(UTC) for reading in wanted})


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(CLOCKS_SET),
    st.sets(st.integers(0, 59), min_size=1, max_size=3),
    st.sets(st.integers(0, 23), min_size=1, max_size=2) | st.sampled_from([{0, 1}, {2}, {2, 3}, {23}, {1, 23}]),
    st.integers(-28 * 60, 28 * 60) | st.integers(-150, 150),
)
@example(("Europe/Berlin", "2024-03-31T01:00"), {30}, {2}, 10)
@example(("Australia/Lord_Howe", "2024-10-05T15:30"), {15, 40}, {2}, -10)
@example(("Pacific/Apia", "2011-12-30T10:00"), {0}, {12}, 600)
def test_where_clocks_are_set_no_entry_is_lost_or_comes_twice(clock, minutes, hours, beside):
    zone, at = ZoneInfo(clock[0]), utc(clock[1])
    schedule = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *"
    after = at + timedelta(minutes=beside)
    expected = [moment for moment in moments_of(minutes, hours, zone, at) if moment > after][:6]
    came = []
    for _ in expected:
        after = next_occurrence(schedule, zone, after)
        came.append(after)
    assert came == expected


@pytest.mark.parametrize("schedule", ["", "* * * *", "61 * * * *", "0 0 * * 8", "0 0 * * 5-2", "x * * * *"])
def test_a_wrong_schedule_is_refused(schedule):
    with pytest.raises(ValueError):
        cron_trigger(schedule)


@pytest.mark.parametrize(
    ("interval", "failures", "hours"),
    [(3, 0, 3), (3, 1, 6), (3, 2, 12), (3, 3, 24), (3, 4, 24), (3, 10**6, 24), (48, 3, 48)],
)
def test_failures_make_the_wait_longer_but_never_endless(interval, failures, hours):
    assert next_due(source(interval=interval * HOUR), NOW, failures) == NOW + hours * HOUR


def test_a_failing_scheduled_source_waits_for_a_later_entry():
    hourly = source(schedule="0 * * * *", interval=3 * HOUR, timezone="UTC")
    waits = [(next_due(hourly, NOW, failures) - NOW) / HOUR for failures in range(5)]
    assert waits == [1, 4, 10, 22, 25]


def test_a_report_is_looked_at_again_three_times():
    seen = [next_revisit(NOW, NOW + age) for age in (0 * HOUR, 2 * HOUR, 30 * HOUR, 200 * HOUR)]
    assert seen == [NOW + HOUR, NOW + 24 * HOUR, NOW + 168 * HOUR, None]


def test_a_failed_link_is_tried_five_times():
    assert [next_attempt(number, NOW) for number in range(1, 6)] == [
        NOW + HOUR,
        NOW + 6 * HOUR,
        NOW + 24 * HOUR,
        NOW + 24 * HOUR,
        None,
    ]
