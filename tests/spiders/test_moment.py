"""Dates as machines write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.discover.moment import moment

BAKU = ZoneInfo("Asia/Baku")  # four hours ahead of UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-16T10:00:00", "2025-10-16 06:00"),
        ("2025-10-16T10:00:00Z", "2025-10-16 10:00"),
        ("2025-10-16T10:00:00+05:00", "2025-10-16 05:00"),
        ("2025-10-16 10:00:00", "2025-10-16 06:00"),
        (" 2025-10-16 ", "2025-10-15 20:00"),
        ("20251016T0006", "2025-10-15 20:06"),
        ("Thu, 16 Oct 2025 10:00:00 +0500", "2025-10-16 05:00"),
        ("Thu, 16 Oct 2025 10:00:00 GMT", "2025-10-16 10:00"),
        ("Thu, 16 Oct 2025 10:00:00", "2025-10-16 06:00"),
        ("Thu, 16 Oct 2025 10:00:00 -0000", "2025-10-16 06:00"),
        ("16 Oct 2025 10:00", "2025-10-16 06:00"),
        ("16.10.2025 10:05", "2025-10-16 06:05"),
        ("16.10.2025, 10:05:30", "2025-10-16 06:05"),
        ("16.10.2025 | 10:05", "2025-10-16 06:05"),
        ("16-10-2025", "2025-10-15 20:00"),
        ("Published: 16.10.2025", "2025-10-15 20:00"),
    ],
)
def test_a_date_is_read(text, expected):
    assert f"{moment(text, BAKU):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "17:35",
        "yesterday",
        "16 октября 2025",
        "03/04/2025",
        "16.10.25",
        "32.10.2025",
        "16.13.2025",
        "2025-13-01",
        "0001-01-01",
        "9" * 30,
        "16.10.2025 " + "x" * 80,
    ],
)
def test_what_is_not_understood_is_no_date(text):
    assert moment(text, BAKU) is None


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_iso_comes_back_as_it_went(when):
    assert moment(when.isoformat(), BAKU) == when


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    assert moment(text, BAKU) is None or moment(text, BAKU).tzinfo is UTC
