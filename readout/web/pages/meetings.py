"""The first page: the meetings, the newest first, those that are asked for; beside them what is to come.

It must not decide what a query asks for, nor how a fact is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.expecting import announced
from readout.meetings.expected import Absence
from readout.model import Meeting, Status
from readout.storage.meetings import meetings_by_id
from readout.storage.newest import Leaf, Mark, newest
from readout.watches.query import LONGEST_QUERY
from readout.web.asking import Chosen, asked_for
from readout.web.mark import mark_in, mark_text
from readout.web.pages.first_steps import first_steps
from readout.web.programs.publishing import addresses
from readout.web.view import View, Viewed

A_PAGE = 50
_MOST_BESIDE = 10
_OVERDUE_FOR = timedelta(days=60)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A meeting in a list: what, where, how it stands, and who told of it."""

    path: str
    heading: str
    subheading: str
    venue: str
    days: str
    marks: tuple[str, ...]
    reports: str
    languages: str


@dataclass(frozen=True, slots=True)
class Day:
    """The meetings of one day, which of some is the day when they were first told of."""

    said: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is announced: to come, or overdue."""

    upcoming: tuple[Row, ...]
    overdue: tuple[Row, ...]


Text = Annotated[str, Query(max_length=LONGEST_QUERY)]
"""What is written into the box of a query, as a page's argument."""


@router.get("/")
def meetings(view: Viewed, chosen: Chosen, q: Text = "", after: str = "") -> HTMLResponse:
    """The meetings that `q` and the chosen filters ask for, a page of them behind `after`."""
    asked = asked_for(view.site, q, chosen)
    with view.site.database.read() as connection:
        behind = mark_in(after)
        leaf = Leaf() if asked.faults else newest(connection, asked.query, after=behind, most=A_PAGE)
        beside = None if behind else _beside(connection, view)
        steps = first_steps(connection, view) if view.may_change and not (behind or q) else ()
    return view.page(
        "meetings",
        title=view.words("meetings.title"),
        here="meetings",
        status=400 if asked.faults else 200,
        asked=asked,
        days=list(_by_day(leaf.found, view)),
        choices=choices(view),
        later=view.url("/", q=asked.text, after=mark_text(leaf.found[-1][0])) if leaf.more else None,
        beside=beside,
        follow=addresses(view, asked.text),
        steps=steps,
    )


def row_of(meeting: Meeting, view: View) -> Row:
    """A meeting as lists show it."""
    say = view.saying
    languages = {telling.language: None for telling in meeting.tellings if telling.language}
    return Row(
        path=view.url(f"/meetings/{meeting.id}"),
        heading=say.heading(meeting, meeting.tellings),
        subheading=say.subheading(meeting.report),
        venue=say.venue(meeting.report),
        days=say.days(meeting.report) or "",
        marks=tuple(_marks(meeting, view)),
        reports=say.words.count("report", len({telling.article_id for telling in meeting.tellings})),
        languages=" ".join(languages),
    )


def _marks(meeting: Meeting, view: View) -> Iterator[str]:
    if any(view.saying.is_official(telling) for telling in meeting.tellings):
        yield "official"
    if meeting.late:
        yield "late"
    if meeting.perhaps_same_as:
        yield "perhaps"


def _by_day(found: Iterable[tuple[Mark, Meeting]], view: View) -> Iterator[Day]:
    for day, group in groupby(found, key=lambda each: each[0].day):
        said = view.saying.words.day(day) if day else view.words("meetings.undated")
        yield Day(said, tuple(row_of(meeting, view) for _, meeting in group))


# --- what is chosen from --------------------------------------------------------------------------------------------


def choices(view: View) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The values that each filter offers, with what they are called."""
    words, names = view.saying.words, view.saying.names
    return {
        "body": _by_name(names.bodies),
        "country": _by_name(names.countries),
        "status": [(status.value, words.status[status.value]) for status in Status],
        "language": _by_name(words.language),
        "source_kind": _by_name(words.source_kind),
    }


def _by_name(called: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(called.items(), key=lambda item: item[1].casefold())


# --- what is beside -------------------------------------------------------------------------------------------------


def _beside(connection: Connection, view: View) -> Beside:
    """The first of what is to come, and the last of what should have been."""
    found = announced(connection, today=view.today, since=view.today - _OVERDUE_FOR)
    ids = {absence: [each.meeting_id for each in found if each.absence is absence] for absence in Absence}
    upcoming, overdue = ids[Absence.ANNOUNCED][:_MOST_BESIDE], ids[Absence.OVERDUE][-_MOST_BESIDE:]
    known = meetings_by_id(connection, [number for number in (*upcoming, *overdue) if number])
    upcoming_rows, overdue_rows = (
        tuple(row_of(known[number], view) for number in numbers if number in known) for numbers in (upcoming, overdue)
    )
    return Beside(upcoming_rows, overdue_rows)
