"""A month of meetings, day by day: those that took place, those that are announced, those that came to nothing; and
below, what bodies that meet regularly let one expect in it.

It must not ask for more of a day than is shown of it.
"""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.catalog import load_body_kinds
from readout.expecting import rhythms
from readout.meetings.expected import Expectation
from readout.model import Meeting, Status
from readout.storage.meetings import meetings_by_id
from readout.storage.month import Taken, meetings_between
from readout.watches.match import first_told
from readout.watches.query import typed
from readout.watching import Filter, Query
from readout.web.asking import Asked, Chosen, asked_for
from readout.web.pages.bodies import absence, name_of
from readout.web.pages.meetings import Text, choices
from readout.web.view import View, Viewed

_MOST_OF_A_DAY = 6
_LONGEST_SHOWN = timedelta(days=9)
"""What takes longer is shown so many days further than its first."""
_MONTH = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])")
_YEARS = range(1900, 2101)
_A_MONTH = timedelta(days=31)
_MOST_DUE = 30

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting on a day: what and where, and how it stands."""

    path: str
    heading: str
    place: str
    tone: str
    status: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month, or of another that its week begins or ends in; `more` meetings are behind `path`."""

    number: int
    said: str
    is_of_month: bool
    is_today: bool
    entries: tuple[Entry, ...]
    more: int
    path: str


@dataclass(frozen=True, slots=True)
class Due:
    """A body that is to meet within these days by its rhythm, and how that stands."""

    path: str
    name: str
    days: str
    why: str


@router.get("/calendar")
def calendar(view: Viewed, chosen: Chosen, month: str = "", q: Text = "") -> HTMLResponse:
    """The meetings of `month` (2026-11; else the one it is) that `q` and the chosen filters ask for."""
    first = _first_of(month) or view.today.replace(day=1)
    asked = asked_for(view.site, q, chosen)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    with view.site.database.read() as connection:
        taken = {} if asked.faults else _by_day(connection, weeks[0][0], weeks[-1][-1], asked)
        meetings = meetings_by_id(connection, sorted({each for day in taken.values() for each in day[:_MOST_OF_A_DAY]}))
        due = [] if asked.faults else _due(connection, first, asked.query, view)
    return view.page(
        "calendar",
        title=view.words(f"calendar.month_{first.month}") + f" {first.year}",
        here="calendar",
        status=400 if asked.faults else 200,
        asked=asked,
        month=f"{first:%Y-%m}",
        choices=choices(view),
        weekdays=[view.words(f"calendar.weekday_{number}") for number in range(1, 8)],
        weeks=[[_day(day, first, taken, meetings, asked, view) for day in week] for week in weeks],
        due=due,
        before=_path(first - timedelta(days=1), asked, view),
        after=_path(first + _A_MONTH, asked, view),
        today=_path(view.today, asked, view),
    )


def _first_of(month: str) -> date | None:
    found = _MONTH.fullmatch(month)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) in _YEARS else None


def _path(day: date, asked: Asked, view: View) -> str | None:
    return view.url("/calendar", month=f"{day:%Y-%m}", q=asked.text) if day.year in _YEARS else None


def _by_day(connection: Connection, first: date, last: date, asked: Asked) -> Mapping[date, list[int]]:
    """The meetings of each day by their numbers, those that begin on it before those that go on."""
    kinds = load_body_kinds() if asked.query.terms else {}
    found = list(meetings_between(connection, first, last, asked.query, kinds))
    if asked.query.terms:
        loaded = meetings_by_id(connection, [each.meeting_id for each in found])
        found = [each for each in found if first_told(asked.query, loaded[each.meeting_id], kinds) is not None]
    days: dict[date, list[int]] = {}
    for each in sorted(found, key=lambda taken: taken.first, reverse=True):
        for day in _days(each):
            days.setdefault(day, []).append(each.meeting_id)
    return days


def _days(taken: Taken) -> Sequence[date]:
    length = min(taken.last - taken.first, _LONGEST_SHOWN).days
    return [taken.first + timedelta(days=number) for number in range(length + 1)]


def _due(connection: Connection, first: date, query: Query, view: View) -> list[Due]:
    """What is due in the month that begins on `first`, unless it is over; the soonest first."""
    last = (first + _A_MONTH).replace(day=1) - timedelta(days=1)
    if last < view.today or any(term.filter is not Filter.BODY for term in query.terms):
        return []  # of what is due nobody knows more than the body
    found = (each.due for each in rhythms(connection, today=view.today).values() if each.due)
    wanted = (each for each in found if _is_asked(each.body or "", query) and _overlaps(each, first, last))
    return [_said(each, view) for each in sorted(wanted, key=_soonest)[:_MOST_DUE]]


def _is_asked(body: str, query: Query) -> bool:
    return all((body in term.values) is not term.is_not for term in query.terms)


def _overlaps(due: Expectation, first: date, last: date) -> bool:
    return due.earliest is not None and due.latest is not None and due.earliest <= last and due.latest >= first


def _soonest(due: Expectation) -> tuple[date, str]:
    return due.earliest or date.max, due.body or ""


def _said(due: Expectation, view: View) -> Due:
    body = due.body or ""
    days = view.saying.words.days(due.earliest, due.latest) or ""
    return Due(view.url(f"/bodies/{body}"), name_of(body, view), days, absence(due, view))


def _day(
    day: date,
    first: date,
    taken: Mapping[date, list[int]],
    meetings: Mapping[int, Meeting],
    asked: Asked,
    view: View,
) -> Day:
    numbers = taken.get(day, [])
    of_day = typed(Filter.DAY, [day.isoformat()])
    return Day(
        number=day.day,
        said=view.saying.words.day(day),
        is_of_month=day.month == first.month,
        is_today=day == view.today,
        entries=tuple(_entry(meetings[number], view) for number in numbers[:_MOST_OF_A_DAY] if number in meetings),
        more=max(len(numbers) - _MOST_OF_A_DAY, 0),
        path=view.url("/", q=" ".join(filter(None, (asked.text, of_day)))),
    )


def _entry(meeting: Meeting, view: View) -> Entry:
    say, status = view.saying, meeting.report.status.value
    tone = "to-come" if status is Status.PLANNED else "off" if status in (Status.CANCELLED, Status.POSTPONED) else ""
    return Entry(
        path=view.url(f"/meetings/{meeting.id}"),
        heading=say.heading(meeting, meeting.tellings),
        place=say.venue(meeting.report),
        tone=tone,
        status=say.words.standing(meeting.report.kind.value.value, status.value) if tone else "",
    )
