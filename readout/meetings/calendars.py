"""Days of the Solar Hijri (Jalali) and Hijri calendars as days of ours, and back to a year.

It must not know how a date is written: `readout.meetings.days` does.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate


class Calendar(StrEnum):
    """The calendars that dates are written in."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"
    HIJRI = "hijri"


def day_of(calendar: Calendar, year: int, month: int, day: int) -> date | None:
    """The day that `calendar` calls so; None for one it does not have, or outside the years that a page tells of:
    1800–2199, 1210–1634 Solar Hijri (1831–2256), 1400–1480 Hijri (1979–2058).

    >>> day_of(Calendar.JALALI, 1403, 1, 24), day_of(Calendar.HIJRI, 1446, 9, 1)
    (datetime.date(2024, 4, 12), datetime.date(2025, 3, 1))
    """
    if calendar is Calendar.JALALI:
        return _jalali(year, month, day)
    if calendar is Calendar.HIJRI:
        return _hijri(year, month, day)
    try:
        return date(year, month, day) if 1800 <= year < 2200 else None
    except ValueError:
        return None


def year_of(calendar: Calendar, day: date) -> int:
    """The year of `calendar` that `day` lies in, or for Hijri days outside the table one near it.

    >>> year_of(Calendar.JALALI, date(2024, 3, 19)), year_of(Calendar.JALALI, date(2024, 3, 20))
    (1402, 1403)
    """
    if calendar is Calendar.JALALI:
        year = day.year - 621
        return year if day >= _nowruz(year) else year - 1
    if calendar is Calendar.HIJRI:
        return _FIRST_HIJRI_YEAR + (bisect_right(_HIJRI_MONTHS, (day - _FIRST_HIJRI_DAY).days) - 1) // 12
    return day.year


# --- Solar Hijri, the calendar of Iran and Afghanistan ------------------------------------------------------------

# Leap years follow a cycle of 33 years from 1210 to 1634: K. M. Borkowski, "The Persian Calendar for 3000 Years",
# Earth, Moon, and Planets 74 (1996), 223–230. There are eight in 33.
_JALALI_YEARS = range(1210, 1635)
_CYCLE = 33
_LEAPS = 8
_NOWRUZ_1400 = date(2021, 3, 21)


def _leaps_before(year: int) -> int:
    """Leap years before `year`, counted from a cycle's beginning: 1, 5, 9, 13, 17, 22, 26 and 30 of each 33."""
    return (_LEAPS * year + 21) // _CYCLE


def _nowruz(year: int) -> date:
    """The first day of the Solar Hijri `year`."""
    leaps = _leaps_before(year) - _leaps_before(1400)
    return _NOWRUZ_1400 + timedelta(days=365 * (year - 1400) + leaps)


def _jalali(year: int, month: int, day: int) -> date | None:
    """Six months of 31 days, five of 30, and a last of 29, or of 30 in a leap year."""
    if year not in _JALALI_YEARS or not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):
        return None
    found = _nowruz(year) + timedelta(days=31 * (month - 1) - max(month - 7, 0) + day - 1)
    return found if found < _nowruz(year + 1) else None


# --- Hijri, as the Umm al-Qura calendar of Saudi Arabia counts its months -----------------------------------------

# Twelve months a year, three hexadecimal digits: a set bit is a month of thirty days, the first month's the highest.
# R. H. van Gent, "The Umm al-Qura Calendar of Saudi Arabia", https://webspace.science.uu.nl/~gent0113/islam/ummalqura.htm
_LENGTHS = (
    "d2b54aea57526e936aaad555aa5b52ba95b49ba4db25d52daa5ad4aea56d"
    "4bd23d91da95b4ab5a56d2b693b49b6556a9754b6a56caad555b29b92ba9"
    "5d4ada55aaab595749764baa5b52b6a56d2ae9572a75535a95d49ba4dd26"
    "d535aaaad4b6a57527a95b4ab5536c9ae4b6a96b4ada55d25d92dc96d4ad"
    "655"
)
_FIRST_HIJRI_YEAR = 1400
_FIRST_HIJRI_DAY = date(1979, 11, 20)
# Days before each month since the first, the month behind the last included.
_HIJRI_MONTHS = tuple(accumulate((29 + int(bit) for bit in f"{int(_LENGTHS, 16):0{4 * len(_LENGTHS)}b}"), initial=0))


def _hijri(year: int, month: int, day: int) -> date | None:
    at = 12 * (year - _FIRST_HIJRI_YEAR) + month - 1
    if not (1 <= month <= 12 and 0 <= at < len(_HIJRI_MONTHS) - 1):
        return None
    start, following = _HIJRI_MONTHS[at : at + 2]
    return _FIRST_HIJRI_DAY + timedelta(days=start + day - 1) if 1 <= day <= following - start else None
