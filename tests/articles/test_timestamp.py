"""Dates that software writes are read as it meant them, and doubtful ones not at all."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from readout.articles.timestamp import Moment, is_believable, read_moment

BAKU = ZoneInfo("Asia/Baku")  # UTC+4

MOMENTS = [
    ("2024-10-04T09:26:10+02:00", "2024-10-04T07:26:10"),
    ("2024-10-04T09:26:10+0200", "2024-10-04T07:26:10"),
    ("2024-10-04T09:26:10Z", "2024-10-04T09:26:10"),
    ("2024-10-04T09:26:10.1234567Z", "2024-10-04T09:26:10.123456"),
    ("2024-10-04 09:26", "2024-10-04T05:26"),
    ("2024-10-04 09:26:10 +05:00", "2024-10-04T04:26:10"),
    ("2024-10-04T09:26+00:00[UTC]", "2024-10-04T09:26"),
    ("20261004T0906", "2026-10-04T05:06"),
    ("25.06.2026 17:24", "2026-06-25T13:24"),
    ("25.06.2026, 17:24:05", "2026-06-25T13:24:05"),
    ("25/06/2026 17:24", "2026-06-25T13:24"),
    ("Fri, 04 Oct 2024 09:26:10 +0300", "2024-10-04T06:26:10"),
    ("Fri, 04 Oct 2024 09:26:10 GMT", "2024-10-04T09:26:10"),
]
DAYS = [
    ("2024-10-04", "2024-10-03T20:00"),
    ("20241004", "2024-10-03T20:00"),
    ("04.10.2024", "2024-10-03T20:00"),
    ("2024-10-04T00:00:00", "2024-10-03T20:00"),
    ("2024-10-04T00:00:00Z", "2024-10-03T20:00"),
    ("2024-10-04T00:00:00-05:00", "2024-10-03T20:00"),
]
NONE = ["", "soon", "2024-10", "2024-13-45", "2024-02-30", "2024-10-04T25:00", "05/06/2024", "32.01.2024", "1728000000"]
NONE += ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-10:00", "17:35", "December 11", "२०२४-१०-०४", "4" * 5000]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_points_in_time(text, expected):
    assert read_moment(text, BAKU) == Moment(at=datetime.fromisoformat(expected).replace(tzinfo=UTC))


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_days_begin_at_midnight_in_the_zone_of_the_source(text, expected):
    assert read_moment(text, BAKU) == Moment(at=datetime.fromisoformat(expected).replace(tzinfo=UTC), day_only=True)


@pytest.mark.parametrize("text", NONE)
def test_no_date_is_guessed(text):
    assert read_moment(text, BAKU) is None


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
    assert is_believable(Moment(at=at), datetime(2026, 11, 1, tzinfo=UTC)) is believed
