"""The bodies that meet: the list of those in the store, and one of them with its sessions, rhythm, gaps and attendance.

It must not find a rhythm, nor count what is missing: `readout.meetings.expected` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.catalog import load_body_kinds, load_body_names, load_body_wholes
from readout.expecting import Rhythm, expected_of, rhythms
from readout.meetings.cadence import Cadence, find_cadence
from readout.meetings.expected import Absence, Expectation
from readout.meetings.series import Sitting
from readout.storage.bodies import bodies_met
from readout.storage.expected import sittings_of_body
from readout.storage.figures import sittings_of
from readout.storage.watches import list_watches
from readout.watches.query import LONGEST_QUERY, typed
from readout.watching import Filter
from readout.web.pages.attendance import attendance
from readout.web.pages.timeline import timeline
from readout.web.programs.publishing import addresses
from readout.web.view import View, Viewed
from readout.web.words import languages

_MOST_SITTINGS = 1_000
"""Meetings of a body that are looked through for its years, rhythm and numbers."""
_MOST_SESSIONS = 100
_MOST_MISSING = 30
_SHOWN = (Absence.ANNOUNCED, Absence.OVERDUE, Absence.UNANNOUNCED, Absence.MISSED)

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=LONGEST_QUERY)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A body in the list: how often it met, when last, how regularly, when next, and why then."""

    path: str
    id: str
    name: str
    kind: str
    meetings: int
    last: str
    rhythm: Markup | None
    following: str
    why: str
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of a body in its list."""

    path: str
    number: str
    days: str
    city: str
    status: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What should be reported of a body, in a word, its days, and its numbers where it is told by them."""

    said: str
    days: str
    numbers: str


@router.get("/bodies")
def bodies(view: Viewed, q: Text = "") -> HTMLResponse:
    """Every body that meetings are of or that a watch asks for, those that met oftenest first; `q`: part of a name."""
    with view.site.database.read() as connection:
        rows = list(_rows(connection, view))
    wanted = q.casefold().strip()
    found = [row for row in rows if wanted in row.name.casefold() or wanted in row.id]
    found.sort(key=lambda row: (-row.meetings, row.name.casefold()))
    return view.page("bodies", title=view.words("bodies.title"), here="bodies", rows=found, asked=q)


def _rows(connection: Connection, view: View) -> Iterator[Row]:
    met = bodies_met(connection)
    found = rhythms(connection, today=view.today)
    watched = {body for watch in list_watches(connection) for body in watch.query.values(Filter.BODY)}
    for body in met.keys() | watched:
        rhythm = found.get(body)
        following, why = _next(rhythm, view) if rhythm else ("", "")
        cadence = rhythm.cadence if rhythm else None
        yield Row(
            path=view.url(f"/bodies/{body}"),
            id=body,
            name=name_of(body, view),
            kind=_kind(body, view),
            meetings=met.get(body, 0),
            last=view.saying.words.day(rhythm.last) if rhythm and rhythm.last else "",
            rhythm=view.words("bodies.every", days=cadence.interval.days) if cadence else None,
            following=following,
            why=why,
            is_watched=body in watched,
        )


def _next(rhythm: Rhythm, view: View) -> tuple[str, str]:
    """The days of the next meeting, and why it is expected then."""
    words = view.saying.words
    if rhythm.following:
        return words.day(rhythm.following), str(view.words("absence.announced"))
    if rhythm.due:
        return words.days(rhythm.due.earliest, rhythm.due.latest) or "", absence(rhythm.due, view)
    return "", ""


def _kind(body: str, view: View) -> str:
    """Of which kind its meetings are; empty for a body that is none of the registry's any more."""
    kind = load_body_kinds().get(body)
    return view.saying.words.kind[kind] if kind else ""


def name_of(body: str, view: View) -> str:
    """What a body is called in the reader's language; its id where it is none of the registry's any more."""
    return view.saying.names.bodies.get(body, body)


@router.get("/bodies/{key}")
def body(view: Viewed, key: str) -> HTMLResponse:
    """The body of that id."""
    with view.site.database.read() as connection:
        sittings = sittings_of_body(connection, key, _MOST_SITTINGS)
        if not sittings and key not in load_body_names():
            raise HTTPException(404)
        missing = expected_of(connection, key, sittings, today=view.today)
        is_cut = len(sittings) == _MOST_SITTINGS
        count = sittings_of(connection, key).meetings if is_cut else len(sittings)
        matrix = attendance(connection, sittings, view)
    newest_first = sorted(sittings, key=lambda each: (each.first_day or date.min, each.meeting_id), reverse=True)
    text = typed(Filter.BODY, [key])
    return view.page(
        "body",
        title=name_of(key, view),
        here="bodies",
        kind=_kind(key, view),
        names=[(code, load_body_names(code).get(key, key)) for code in languages()],
        wholes=[(view.url(f"/bodies/{whole}"), name_of(whole, view)) for whole in load_body_wholes().get(key, ())],
        count=count,
        looked_through=_MOST_SITTINGS if is_cut else None,
        rhythm=_rhythm(find_cadence(sittings), missing, view),
        line=timeline(sittings, missing, view),
        sessions=[_session(each, view) for each in newest_first[:_MOST_SESSIONS]],
        all_sessions=view.url("/", q=text),
        missing=_missing(missing, view),
        matrix=matrix,
        follow=addresses(view, text),
    )


def _session(sitting: Sitting, view: View) -> Session:
    say = view.saying
    return Session(
        path=view.url(f"/meetings/{sitting.meeting_id}"),
        number=str(sitting.number or ""),
        days=say.words.days(sitting.first_day, sitting.last_day) or "",
        city=say.city(sitting.city) if sitting.city else "",
        status=say.words.status[sitting.status.value],
        is_held=sitting.took_place,
    )


def _rhythm(cadence: Cadence | None, missing: Iterable[Expectation], view: View) -> list[Markup]:
    """How regularly it meets, sentence by sentence; nothing where it meets as it likes."""
    if cadence is None:
        return []
    t, months = view.words, [view.words(f"calendar.month_{month}") for month in sorted(cadence.months)]
    said = [t("bodies.about", days=cadence.interval.days, spread=cadence.spread.days, meetings=cadence.meetings)]
    if cadence.unseen:
        said.append(t("bodies.unseen", count=cadence.unseen))
    if months:
        said.append(t("bodies.months", months=", ".join(months)))
    if cadence.cities:
        said.append(t("bodies.cities", cities=", ".join(view.saying.city(city) for city in cadence.cities)))
    due = (each for each in missing if each.absence is Absence.UNANNOUNCED)
    said += (t("bodies.due", days=view.saying.words.days(each.earliest, each.latest)) for each in due)
    return said


def _missing(found: Sequence[Expectation], view: View) -> list[Missing]:
    """What should be reported, then the numbers not seen, the newest first."""
    gaps = sorted((each for each in found if each.absence is Absence.GAP), key=_newest_first)
    return [_said(each, view) for each in (*_wanted(found), *gaps)][:_MOST_MISSING]


def _wanted(found: Iterable[Expectation]) -> Iterator[Expectation]:
    return (each for each in found if each.absence in _SHOWN)


def _newest_first(gap: Expectation) -> int:
    return -(gap.first_number or 0)


def _said(each: Expectation, view: View) -> Missing:
    words = view.saying.words
    first, last = each.earliest, each.latest
    if each.absence is Absence.GAP and first and last:
        days = str(view.words("bodies.between", first=words.day(first), last=words.day(last)).striptags())
    elif each.partial:
        days = words.days_of_no_year(each.partial)
    else:
        days = words.days(first, last) or ""
    numbers = [str(number) for number in (each.first_number, each.last_number) if number is not None]
    return Missing(absence(each, view), days, "–".join(dict.fromkeys(numbers)))


def absence(each: Expectation, view: View) -> Markup:
    """What is expected, and why, in a few words."""
    return view.words(f"absence.{each.absence.name.lower()}")
