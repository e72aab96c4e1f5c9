"""Who came to the last sessions of a body, state by state, as a table.

It must not take silence for absence: where no report names a state nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from readout.channels.mail.saying import line
from readout.exports.attendance import rows_of_meeting
from readout.meetings.series import Sitting
from readout.model import Participant
from readout.storage.meetings import meetings_by_id
from readout.web.pages.people import path_of
from readout.web.view import View

_SESSIONS = 12
_MOST_STATES = 80
_MOST_IN_A_CELL = 4


@dataclass(frozen=True, slots=True)
class Head:
    """A session over its column."""

    path: str
    number: str
    day: str


@dataclass(frozen=True, slots=True)
class Envoy:
    """Somebody who came for a state."""

    name: str
    role: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What is told of a state at a session: who came for it; that it came (`is_named`); else nothing."""

    envoys: tuple[Envoy, ...] = ()
    is_named: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """States by their names, those that came oftenest first, and a cell a session."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def attendance(connection: Connection, sittings: Iterable[Sitting], view: View) -> Matrix | None:
    """The last sessions that took place, the newest first; None where nobody says who came."""
    held = sorted((each for each in sittings if each.took_place), key=_newest_first)[:_SESSIONS]
    meetings = meetings_by_id(connection, [each.meeting_id for each in held])
    columns = [_column(rows_of_meeting(meetings[each.meeting_id]), view) for each in held]
    states: dict[str, int] = {}
    for column in columns:
        for state in column:
            states[state] = states.get(state, 0) + 1
    if not states:
        return None
    called = {state: view.saying.country(state) for state in states}
    ordered = sorted(states, key=lambda state: (-states[state], called[state].casefold()))[:_MOST_STATES]
    rows = tuple((called[state], tuple(column.get(state, Cell()) for column in columns)) for state in ordered)
    return Matrix(tuple(_head(each, view) for each in held), rows)


def _newest_first(sitting: Sitting) -> tuple[int, int]:
    return -(sitting.first_day or date.min).toordinal(), -sitting.meeting_id


def _head(sitting: Sitting, view: View) -> Head:
    days = view.saying.words.days(sitting.first_day, sitting.last_day) or ""
    return Head(view.url(f"/meetings/{sitting.meeting_id}"), str(sitting.number or ""), days)


def _column(rows: Iterable[dict[str, object]], view: View) -> dict[str, Cell]:
    """What a meeting's rows of attendance say of each state."""
    told: dict[str, list[Envoy]] = {}
    for row in rows:
        if isinstance(state := row["state"], str):
            envoys = told.setdefault(state, [])
            if isinstance(name := row["person"], str):
                latin = str(row["name_latin"] or name)
                called = view.saying.person(Participant(name=name, name_latin=latin))
                envoys.append(Envoy(called, line(str(row["role"] or "")), path_of(latin, view)))
    return {
        state: Cell(tuple(envoys[:_MOST_IN_A_CELL]), True, max(len(envoys) - _MOST_IN_A_CELL, 0))
        for state, envoys in told.items()
    }
