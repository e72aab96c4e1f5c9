"""Dates that software writes are read as it meant them, and doubtful ones not at all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.timestamp import Moment, is_believable, read_moment

BAKU = ZoneInfo("Asia/Baku")  # UTC+4

MOMENTS = [
    ("2024-10-04T09:26:10+02:00", "2024-10-04T07:26:10"),
    ("2024-10-04T09:26:10+0200", "2024-10-04T07:26:10"),
    ("2024-10-04T09:26:10Z", "2024-10-04T09:26:10"),
    ("2024-10-04T09:26:10.1234567Z", "2024-10-04T09:26:10.123456"),
    ("2024-10-04 09:26", "2024-10-04T05:26"),
    (" 2024-10-04 09:26:10 +05:00\n", "2024-10-04T04:26:10"),
    ("2024-10-04T09:26+00:00[UTC]", "2024-10-04T09:26"),
    ("20261004T0906", "2026-10-04T05:06"),
    ("25.06.2026 17:24", "2026-06-25T13:24"),
    ("25.06.2026, 17:24:05", "2026-06-25T13:24:05"),
    ("25.06.2026 | 17:24", "2026-06-25T13:24"),
    ("25.06.2026 - 17:24 | 345 views", "2026-06-25T13:24"),
    ("25/06/2026 17:24", "2026-06-25T13:24"),
    ("Fri, 04 Oct 2024 09:26:10 +0300", "2024-10-04T06:26:10"),
    ("Fri, 04 Oct 2024 09:26:10 GMT", "2024-10-04T09:26:10"),
    ("Fri, 04 Oct 2024 09:26:10", "2024-10-04T05:26:10"),
    ("Fri, 04 Oct 2024 09:26:10 -0000", "2024-10-04T09:26:10"),
    ("2024-10-04 09:26:10 UTC", "2024-10-04T09:26:10"),
    ("2024-10-04T09:26 GMT", "2024-10-04T09:26"),
    ("2024-10-04 05:26 PM", "2024-10-04T13:26"),
    ("2024-10-04 12:26 a.m.", "2024-10-03T20:26"),
    ("4.10.2024 5:26:10 PM", "2024-10-04T13:26:10"),
    ("Oct 4, 2024 5:26 PM", "2024-10-04T13:26"),
    ("4 Oct 2024 09:26", "2024-10-04T05:26"),
]
DAYS = [
    "2024-10-04",
    "20241004",
    "04.10.2024",
    "Published: 04.10.2024",
    "04.10.2024 | 345 views",
    "4 Oct 2024",
    "Fri, 04 Oct 2024",
    "Fri, 04 Oct 2024 00:00:00 GMT",
    "Fri, 04 Oct 2024 00:00:00 +0400",
    "2024-10-04T00:00:00",
    "2024-10-04T00:00:00Z",
    "2024-10-04T00:00:00-05:00",
]
NONE = [None, "", "soon", "yesterday", "16 октября 2025", "2024", "2024-10", "2024-13-45", "2024-02-30"]
NONE += ["2024-10-04T25:00", "05/06/2024", "05-06-2024", "32.01.2024", "16.13.2025", "16.10.25", "1728000000"]
NONE += ["0001-01-01", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-10:00", "17:35", "December 11", "२०२४-१०-०४"]
NONE += ["4" * 30, "4" * 5000, "16.10.2025 " + "x" * 80, "16.10.2025 – 18.10.2025"]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_points_in_time(text, expected):
    moment = read_moment(text, BAKU)
    assert moment.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert not moment.day_only


@pytest.mark.parametrize("text", DAYS)
def test_days_begin_at_midnight_in_the_zone_of_the_source(text):
    midnight = datetime(2024, 10, 3, 20, tzinfo=UTC)
    assert read_moment(text, BAKU) == Moment(at=midnight, day=date(2024, 10, 4), day_only=True)


@pytest.mark.parametrize(
    ("zone", "text", "day"),
    [
        ("Asia/Baku", "2024-10-04T23:59:00Z", 5),
        ("Asia/Baku", "2024-10-04T00:01:00+04:00", 4),
        ("Asia/Almaty", "2024-10-03T19:01:00Z", 4),
        ("America/New_York", "2024-10-04T03:59:00Z", 3),
        ("America/New_York", "2024-10-04T04:01:00Z", 4),
        ("UTC", "2024-10-04T00:01:00+04:00", 3),
        (None, "2024-10-04T00:01:00+04:00", 4),
        (None, "2024-10-04T23:59:00-05:00", 4),
        (None, "2024-10-04T23:59:00", 4),
    ],
)
def test_the_day_is_the_sources(zone, text, day):
    moment = read_moment(text, ZoneInfo(zone) if zone else None)
    assert moment.day == date(2024, 10, day)
    assert not moment.day_only


def test_a_day_whose_midnight_the_clocks_leave_out_is_that_day():
    moment = read_moment("2024-04-26", ZoneInfo("Africa/Cairo"))
    assert (moment.day, moment.day_only) == (date(2024, 4, 26), True)


@pytest.mark.parametrize("text", NONE)
def test_no_date_is_guessed(text):
    assert read_moment(text, BAKU) is None


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_iso_comes_back_as_it_went(when):
    moment = read_moment(when.isoformat(), BAKU)
    assert moment.at == when or moment.day_only


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    assert read_moment(text, BAKU) is None or read_moment(text, BAKU).at.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (datetime(1994, 12, 31, tzinfo=UTC), False),
        (datetime(1995, 1, 1, tzinfo=UTC), True),
        (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=23), True),
        (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=25), False),
    ],
)
def test_dates_before_the_web_and_from_the_future_are_not_believed(at, believed):
    assert is_believable(Moment(at=at, day=at.date()), datetime(2026, 11, 1, tzinfo=UTC)) is believed
