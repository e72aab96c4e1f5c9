"""Days of other calendars are the days that almanacs say they are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.calendars import Calendar, day_of, year_of

# Solar Hijri years that began on 20 or 22 March, as ICU computes them; all others of these years on the 21st.
NOWRUZ_22 = {1314, 1318, 1322, 1338, 1326, 1330, 1301, 1302, 1334, 1305, 1306, 1310}
NOWRUZ_20 = {1408, 1379, 1411, 1412, 1383, 1407, 1415, 1416, 1387, 1419, 1420, 1391, 1395, 1399, 1403, 1375}
LEAP_YEARS = {1354, 1358, 1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408}

# First days of months in the Umm al-Qura calendar: of fasting, of the feast that ends it, of years.
HIJRI = [
    ((1400, 1, 1), date(1979, 11, 20)),
    ((1420, 1, 1), date(1999, 4, 17)),
    ((1436, 9, 1), date(2015, 6, 18)),
    ((1441, 9, 1), date(2020, 4, 24)),
    ((1443, 10, 1), date(2022, 5, 2)),
    ((1444, 9, 1), date(2023, 3, 23)),
    ((1445, 1, 1), date(2023, 7, 19)),
    ((1445, 9, 1), date(2024, 3, 11)),
    ((1446, 1, 1), date(2024, 7, 7)),
    ((1446, 9, 1), date(2025, 3, 1)),
    ((1446, 12, 10), date(2025, 6, 6)),
    ((1447, 1, 1), date(2025, 6, 26)),
]


@pytest.mark.parametrize("year", range(1300, 1421))
def test_the_solar_year_begins_on_nowruz(year):
    day = 22 if year in NOWRUZ_22 else 20 if year in NOWRUZ_20 else 21
    assert day_of(Calendar.JALALI, year, 1, 1) == date(year + 621, 3, day)


def test_leap_years_have_a_thirtieth_of_esfand():
    assert {year for year in range(1351, 1411) if day_of(Calendar.JALALI, year, 12, 30)} == LEAP_YEARS


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1380, 6, 20), date(2001, 9, 11)),
        ((1403, 1, 24), date(2024, 4, 12)),
        ((1403, 12, 30), date(2025, 3, 20)),
    ],
)
def test_solar_days(written, expected):
    assert day_of(Calendar.JALALI, *written) == expected


@pytest.mark.parametrize(("written", "expected"), HIJRI)
def test_lunar_days(written, expected):
    assert day_of(Calendar.HIJRI, *written) == expected
    assert year_of(Calendar.HIJRI, expected) == written[0]


@pytest.mark.parametrize(
    ("calendar", "written"),
    [
        (Calendar.JALALI, (1404, 12, 30)),
        (Calendar.JALALI, (1403, 7, 31)),
        (Calendar.JALALI, (1403, 13, 1)),
        (Calendar.JALALI, (2024, 1, 1)),
        (Calendar.HIJRI, (1446, 9, 31)),
        (Calendar.HIJRI, (1446, 0, 1)),
        (Calendar.HIJRI, (1399, 12, 1)),
        (Calendar.HIJRI, (1481, 1, 1)),
        (Calendar.GREGORIAN, (1403, 1, 24)),
        (Calendar.GREGORIAN, (2023, 2, 29)),
    ],
)
def test_what_a_calendar_does_not_have(calendar, written):
    assert day_of(calendar, *written) is None


@pytest.mark.parametrize("calendar", Calendar)
@given(day=st.dates(date(1980, 1, 1), date(2057, 12, 31)))
def test_every_day_has_one_name(calendar, day):
    """Of all months of the two years around, one has the day, and its neighbours have the neighbouring days."""
    year = year_of(calendar, day)
    names = [(y, m, d) for y in (year - 1, year) for m in range(1, 13) for d in range(1, 32)]
    days = {name: found for name in names if (found := day_of(calendar, *name))}
    assert len(set(days.values())) == len(days)
    name = next(name for name, found in days.items() if found == day)
    assert name[0] == year
    assert day_of(calendar, *name[:2], 1) == day - timedelta(days=name[2] - 1)
