"""When an event was, as a report tells it: its first and last day, with or without the year.

It must not choose between reports.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from readout.model import Report

Days = tuple[date, date]
"""The first and the last day."""
_SOME_YEARS = (2023, 2024, 2025)  # with a leap year, and what comes before and after


def days_of(report: Report) -> Days | None:
    """The first and last day, where the report tells one of them with its year."""
    first, last = report.start_date or report.end_date, report.end_date or report.start_date
    return (first.value, max(first.value, last.value)) if first and last else None


def is_timeless(report: Report, *told_at: datetime | None) -> bool:
    """Whether nobody can tell when it was: neither the report, nor when it was `told_at`."""
    return days_of(report) is None and report.date_partial is None and not any(told_at)


def possible_days(report: Report, beside: Report) -> tuple[Days, ...]:
    """The days, or those without a year in each year in which they may be those of `beside`."""
    if days := days_of(report):
        return (days,)
    if report.date_partial is None:
        return ()
    known = days_of(beside)
    years = (known[0].year - 1, known[0].year, known[0].year + 1) if known else _SOME_YEARS
    return tuple(days for year in years if (days := _in_year(report.date_partial.value, year)))


def days_nearest(report: Report, day: date) -> Days | None:
    """The days of `report`, told without a year, next to `day`."""
    if report.date_partial is None:
        return None
    near = (_in_year(report.date_partial.value, day.year + step) for step in (0, -1, 1))
    return min(filter(None, near), key=lambda days: days_between(days, (day, day)), default=None)


def _in_year(partial: str, year: int) -> Days | None:
    """``MM-DD`` or ``MM-DD/MM-DD`` as days of `year`; None where it has no such day."""
    first, _, last = partial.partition("/")
    try:
        start, end = date.fromisoformat(f"{year:04}-{first}"), date.fromisoformat(f"{year:04}-{last or first}")
        return (start, end if end >= start else end.replace(year=year + 1))
    except ValueError:
        return None


def days_between(a: Days, b: Days) -> int:
    """Days between two spans, 0 where they overlap."""
    return max(0, (b[0] - a[1]).days, (a[0] - b[1]).days)


def window(day: date, near: timedelta) -> Days:
    """The days within `near` of `day`, as far as the calendar goes."""
    reach = near.days
    first, last = max(day.toordinal() - reach, date.min.toordinal()), min(day.toordinal() + reach, date.max.toordinal())
    return date.fromordinal(first), date.fromordinal(last)


def in_words(days: Days, *, without_year: bool) -> str:
    """One day or "first to last", in ISO 8601."""
    first, last = (f"{day:%m-%d}" if without_year else f"{day}" for day in days)
    return first if first == last else f"{first} to {last}"
