"""The sessions of a body over the years, as a drawing: a row a year, a dot a session at its day, gaps left visible.

It must not look anything up. The list of sessions beside it says the same to those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from readout.meetings.expected import Absence, Expectation
from readout.meetings.series import Sitting
from readout.web.view import View

_MOST_YEARS = 40
_LEFT, _RIGHT, _TOP, _ROW, _DAY_PX = 46, 14, 22, 20, 2
WIDTH = _LEFT + 366 * _DAY_PX + _RIGHT
_TO_COME = (Absence.ANNOUNCED, Absence.UNANNOUNCED)


@dataclass(frozen=True, slots=True)
class Dot:
    """A session at its day: what is said of it; hollow where nobody reported that it met."""

    x: int
    y: int
    said: str
    path: str | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A word beside the lines."""

    x: int
    y: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing: `lines` are the heights of the years' lines; what it shows in a sentence."""

    width: int
    height: int
    lines: tuple[int, ...]
    years: tuple[Label, ...]
    months: tuple[Label, ...]
    dots: tuple[Dot, ...]
    said: str


def timeline(sittings: Iterable[Sitting], missing: Iterable[Expectation], view: View) -> Timeline | None:
    """The last years in which the body met, each also where it did not; None where no day is known."""
    dated = [(each.first_day, each) for each in sittings if each.first_day]
    if not dated:
        return None
    due = [each for each in missing if each.absence in _TO_COME and each.earliest and not each.meeting_id]
    last = max(*(day.year for day, _ in dated), *(each.earliest.year for each in due if each.earliest), 0)
    first = max(min(day.year for day, _ in dated), last - _MOST_YEARS + 1)
    years = range(first, last + 1)
    dots = [_dot(day, each, years, view) for day, each in dated if day.year in years]
    dots += [_due(each.earliest, each, years, view) for each in due if each.earliest and each.earliest.year in years]
    return Timeline(
        width=WIDTH,
        height=_y(last, years) + _ROW,
        lines=tuple(_y(year, years) for year in years),
        years=tuple(Label(4, _y(year, years) + 4, str(year)) for year in years),
        months=tuple(
            Label(_x(date(2000, month, 1)), 12, str(view.words(f"calendar.short_{month}"))) for month in range(1, 13)
        ),
        dots=tuple(dots),
        said=_said(years, dots, view),
    )


def _said(years: Sequence[int], dots: Sequence[Dot], view: View) -> str:
    held = [dot for dot in dots if dot.is_held]
    told = {year for year in years if any(dot.y == _y(year, years) for dot in held)}
    last = max(told, default=years[-1])  # what is only due is no gap yet
    empty = sum(year not in told for year in years if year < last)
    said = [view.words("bodies.line_said", first=years[0], last=last, sessions=len(held))]
    said += [view.words("bodies.line_empty", empty=empty)] if empty else []
    return " ".join(each.striptags() for each in said)


def _dot(day: date, sitting: Sitting, years: Sequence[int], view: View) -> Dot:
    words = view.saying.words
    number = f"{sitting.number}, " if sitting.number is not None else ""
    city = f", {view.saying.city(sitting.city)}" if sitting.city else ""
    said = f"{number}{words.days(day, sitting.last_day)}{city}: {words.status[sitting.status.value]}"
    return Dot(_x(day), _y(day.year, years), said, view.url(f"/meetings/{sitting.meeting_id}"), sitting.took_place)


def _due(day: date, expectation: Expectation, years: Sequence[int], view: View) -> Dot:
    said = view.saying.words.days(day, expectation.latest) or ""
    return Dot(_x(day), _y(day.year, years), f"{view.words('absence.unannounced')}: {said}", None, False)


def _x(day: date) -> int:
    return _LEFT + (day.timetuple().tm_yday - 1) * _DAY_PX


def _y(year: int, years: Sequence[int]) -> int:
    return _TOP + (year - years[0]) * _ROW + _ROW // 2
