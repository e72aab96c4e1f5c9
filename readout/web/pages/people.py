"""The people who are said to have taken part: those seen lately or looked for, and one of them by all spellings.

It must not claim that two names are one person's: it shows whose names agree, and where each was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import HTMLResponse, Response

from readout.channels.mail.saying import line
from readout.meetings.person import name_words, person_key, same_person
from readout.meetings.spelling import latin
from readout.model import Meeting, Participant, Report, Status, Telling
from readout.storage.meetings import meetings_by_id
from readout.storage.people import facts_of_name, newest_facts
from readout.watches.query import typed
from readout.watching import Filter
from readout.web.pages.meetings import row_of
from readout.web.view import View, Viewed

_LATELY = 300
"""Meetings whose people the list shows where nobody is looked for."""
_MOST_FOUND = 200
"""Meetings at which the words of a name are looked for, somebody's or those of several."""
_MOST_SHOWN = 80
_MOST_PEOPLE = 200
_MOST_SPELLINGS = 60
_TOOK_PLACE = (Status.HELD, Status.ONGOING)
_LONGEST = 200

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=_LONGEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody in the list: at how many `meetings` of those that were looked through, and the last that took place."""

    path: str | None
    name: str
    countries: str
    meetings: int
    last: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """A way the name is written, in how many reports, in which languages."""

    name: str
    reports: int
    languages: str


@dataclass(frozen=True, slots=True)
class Office:
    """What somebody was said to be, for which state, from the first to the last day that it was said of, and where it
    was said first."""

    role: str
    country: str
    days: str
    path: str


@dataclass(slots=True)
class _Known:
    """What is gathered of one key."""

    names: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    meetings: set[int] = field(default_factory=set)
    last: date | None = None


def path_of(name: str, view: View) -> str | None:
    """Where the people of that name are shown; None for a name without letters."""
    words = name_words(name[:_LONGEST])
    return view.url(f"/people/{'-'.join(words)}") if words else None


@router.get("/people")
def people(view: Viewed, q: Text = "") -> HTMLResponse:
    """Those of the newest meetings, the most frequent first; `q`: those with such a name, of all meetings."""
    with view.site.database.read() as connection:
        asked = facts_of_name(connection, q, most=_MOST_FOUND) if q.strip() else newest_facts(connection, most=_LATELY)
        known = _known(asked, q)
    rows = sorted((_row(each, view) for each in known), key=lambda row: (-row.meetings, row.name.casefold()))
    return view.page(
        "people",
        title=view.words("people.title"),
        here="people",
        rows=rows[:_MOST_PEOPLE],
        asked=q,
        lately=_LATELY,
    )


def _known(told: Iterable[tuple[int, Report]], wanted: str) -> Iterable[_Known]:
    found: dict[str, _Known] = {}
    for number, report in told:
        for fact in report.participants:
            name = _latin(fact.value)
            if wanted.strip() and not same_person(wanted, name):
                continue
            known = found.setdefault(person_key(name), _Known())
            known.names[name] += 1
            known.countries.update([fact.value.country] if fact.value.country else [])
            known.meetings.add(number)
            if report.status.value in _TOOK_PLACE:
                known.last = max(filter(None, (known.last, _day(report))), default=None)
    return found.values()


def _row(known: _Known, view: View) -> Row:
    ((name, _),) = known.names.most_common(1)
    return Row(
        path=path_of(name, view),
        name=line(name),
        countries=", ".join(view.saying.country(code) for code, _ in known.countries.most_common(3)),
        meetings=len(known.meetings),
        last=view.saying.words.day(known.last) if known.last else "",
    )


@router.get("/people/{key}")
def person(view: Viewed, key: str) -> Response:
    """Those whose names agree with `key`, whose words stand between hyphens, at the newest meetings they were at; where
    no meeting is found by that name, the list says so."""
    wanted = " ".join(name_words(key[:_LONGEST].replace("-", " ")))
    if not wanted:
        raise HTTPException(404)
    with view.site.database.read() as connection:
        found = list(facts_of_name(connection, wanted, most=_MOST_FOUND))
        numbers = [number for number, report in found if any(_called(wanted, report))]
        loaded = meetings_by_id(connection, numbers[:_MOST_SHOWN])
    meetings = [loaded[number] for number in numbers if number in loaded]
    told = [(meeting, told) for meeting in meetings for told in _tellings(meeting, wanted)]
    if not meetings:
        return view.see("/people", q=wanted[:_LONGEST])
    # whom a person's ruling alone names, no report does
    named = [person for _, (_, person) in told] or _called(wanted, meetings[0].report)
    names = Counter(map(_latin, named))
    return view.page(
        "person",
        title=line(names.most_common(1)[0][0]),
        here="people",
        spellings=_spellings(told, view),
        offices=_offices(told, view),
        rows=[row_of(meeting, view) for meeting in meetings],
        is_cut=len(numbers) > _MOST_SHOWN or len(found) == _MOST_FOUND,
        all_meetings=view.url("/", q=typed(Filter.PERSON, [names.most_common(1)[0][0]])),
    )


_Told = tuple[Meeting, tuple[Telling, Participant]]


def _tellings(meeting: Meeting, wanted: str) -> Iterator[tuple[Telling, Participant]]:
    """Where reports of a meeting name such a person."""
    for telling in meeting.tellings:
        yield from ((telling, person) for person in _called(wanted, telling.report))


def _called(wanted: str, report: Report) -> Iterator[Participant]:
    """Those of such a name whom a report has taking part, or receiving who did."""
    for fact in report.participants:
        if same_person(wanted, _latin(fact.value)):
            yield fact.value
    host = report.received_by
    if host is not None and same_person(wanted, latin(host.value)):
        yield Participant(name=host.value, name_latin=latin(host.value))


def _latin(person: Participant) -> str:
    return person.name_latin or latin(person.name)


def _spellings(told: Sequence[_Told], view: View) -> list[Spelling]:
    """As they stand in the reports, the commonest first."""
    reports = Counter(person.name for _, (_, person) in told)
    languages: dict[str, dict[str, None]] = {}
    for _, (telling, person) in told:
        if telling.language:
            languages.setdefault(person.name, {})[view.saying.language(telling.language)] = None
    return [
        Spelling(line(name), count, ", ".join(languages.get(name, ())))
        for name, count in reports.most_common(_MOST_SPELLINGS)
    ]


def _offices(told: Sequence[_Told], view: View) -> list[Office]:
    """Each office for each state, the one that was said last first."""
    said: dict[tuple[str, str], list[tuple[date, Telling]]] = {}
    for meeting, (telling, person) in told:
        if person.role or person.country:
            day = _day(meeting.report) or view.saying.day_of(telling.first_seen)
            said.setdefault((person.role or "", person.country or ""), []).append((day, telling))
    ordered = sorted(said.items(), key=lambda item: max(day for day, _ in item[1]), reverse=True)
    return [_office(role, country, days, view) for (role, country), days in ordered[:_MOST_SPELLINGS]]


def _office(role: str, country: str, days: Sequence[tuple[date, Telling]], view: View) -> Office:
    first = min(days, key=lambda each: (each[0], each[1].report_id))
    return Office(
        role=line(role),
        country=view.saying.country(country) if country else "",
        days=view.saying.words.days(first[0], max(day for day, _ in days)) or "",
        path=view.url(f"/reports/{first[1].report_id}"),
    )


def _day(report: Report) -> date | None:
    return report.start_date.value if report.start_date else None
