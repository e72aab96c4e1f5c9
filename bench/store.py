"""Stores of invented meetings, as large as a watched world makes them in years: what the measuring scripts measure on.

It must not measure anything, and nothing in it is real: names are put together from syllables, meetings by dice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from readout.catalog import load_knowledge
from readout.meetings.event_days import is_timeless
from readout.model import BodyName, Evidence, Fact, MeetingKind, Participant, Report, Status
from readout.record import report_row
from readout.storage import schema
from readout.storage.attendees import _words_of
from readout.storage.database import Database
from readout.storage.meetings import _columns

PLACES = Path(__file__).parents[1] / "readout" / "meetings" / "data" / "places.tsv"
LAST_DAY = date(2026, 11, 1)
BODIES = 300
PERSONS_OF_A_STATE = 40
# Of all meetings, those of bodies; of all meetings, those whose days no report tells.
SHARE_OF_BODIES = 0.45
SHARE_UNDATED = 0.15
# Of all reports, those whose own day nobody knows either: imported pages without a date.
SHARE_WITHOUT_DATE = 0.01
# How often a body meets in a year: one draw each. The last is a government with its weekly sitting.
RHYTHMS = (1, 1, 1, 2, 2, 4, 4, 12, 12, 50)
# How many reports a meeting has: drawn evenly from one of these.
TELLINGS = (1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 7, 12)
_CHUNK = 10_000
_TALKS = (MeetingKind.BILATERAL,) * 6 + (MeetingKind.CALL,) * 2 + (MeetingKind.RECEPTION, MeetingKind.VISIT)
_HEADS = (
    "Al", "Am", "An", "Ar", "Az", "Bah", "Bek", "Dan", "Dil", "El", "Er", "Far", "Gul", "Ib", "Ing", "Jam",
    "Kar", "Kon", "Lar", "Mar", "Mir", "Nar", "Nur", "Ol", "Or", "Par", "Ras", "Rus", "Sab", "Tam",
)  # fmt: skip
_MIDS = (
    "a", "ab", "am", "an", "ar", "at", "e", "el", "en", "er", "i", "ib", "il", "im", "in", "o", "ol", "on",
    "or", "u", "ul", "un", "ur", "ya",
)  # fmt: skip
_FIRST_ENDS = (
    "bek", "d", "dar", "f", "ir", "isa", "k", "l", "lan", "ly", "man", "mir", "n", "r", "ra", "s", "t", "van",
    "yar",
)  # fmt: skip
_LAST_ENDS = (
    "adze", "aliyev", "baev", "bekov", "dzhan", "enko", "eyev", "idis", "imov", "ishvili", "lu", "mann",
    "off", "ogly", "oyan", "sen", "skas", "son", "ukov", "yuk", "zada",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One invented meeting as it was, whatever its reports tell of it."""

    kind: MeetingKind
    body: BodyName | None
    session: int | None
    first: date
    last: date
    city: str
    country: str
    people: tuple[Participant, ...]
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one report tells of a meeting, when it was seen, and when it was told, where anybody knows."""

    report: Report
    seen_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class World:
    """Who can meet, and where: capitals first, the people of a state by rank."""

    bodies: Sequence[tuple[BodyName, MeetingKind, Sequence[str]]]
    cities: Mapping[str, Sequence[str]]
    people: Mapping[str, Sequence[Participant]]


def invent_world(dice: Random, *, bodies: int = BODIES) -> World:
    """So many bodies, those of the registry first; cities of the gazetteer; some thousand people."""
    cities = _cities()
    people = {country: _people(dice, country) for country in cities}
    known = [
        (BodyName(id=body.id, name=body.name), body.kind, tuple(filter(cities.get, body.members)) or ("KZ",))
        for body in load_knowledge().bodies.bodies.values()
    ]
    states = list(cities)
    unknown = [
        (BodyName(id=None, name=f"{_name(dice)} Commission"), MeetingKind.COMMITTEE, tuple(dice.sample(states, 2)))
        for _ in range(bodies - len(known))
    ]
    return World([*known, *unknown], cities, people)


def invent_events(dice: Random, world: World, count: int, *, years: int = 15) -> list[Event]:
    """`count` meetings of `years` years by their days, denser towards the end: ever more sources are watched."""
    start = LAST_DAY - timedelta(days=365 * years)
    sessions = [event for body in world.bodies for event in _series(dice, world, *body, start=start)]
    chosen = dice.sample(sessions, min(len(sessions), round(count * SHARE_OF_BODIES)))
    talks = (_talk(dice, world, start) for _ in range(count - len(chosen)))
    return sorted([*chosen, *talks], key=lambda event: event.first)


def invent_telling(dice: Random, event: Event) -> Telling:
    """One report of a meeting: some facts are left out, before the day it is a plan."""
    day = event.first + timedelta(days=dice.choice((-9, -3, -1, 0, 0, 0, 0, 1, 1, 2)))
    status = Status.PLANNED if day < event.first else Status.HELD
    silent = dice.random
    people = tuple(person for person in event.people if silent() > 0.3)
    told = replace(event, dated=event.dated and silent() > 0.2, people=people)
    report = facts_of(told, status=status)
    if silent() < 0.25:
        report = replace(report, city=None)
    if silent() < 0.3:
        report = replace(report, session_number=None)
    seen_at = datetime.combine(day, time(dice.randrange(6, 22)), UTC)
    return Telling(report=report, seen_at=seen_at, told_at=None if silent() < SHARE_WITHOUT_DATE else seen_at)


def facts_of(event: Event, *, status: Status = Status.HELD) -> Report:
    """All that is known of a meeting."""
    days = (event.first, event.last) if event.dated else (None, None)
    return Report(
        kind=_fact(event.kind),
        status=_fact(status),
        body=event.body and _fact(event.body),
        session_number=event.session and _fact(event.session),
        start_date=days[0] and _fact(days[0]),
        end_date=days[1] and _fact(days[1]),
        city=_fact(event.city),
        country=_fact(event.country),
        participants=tuple(map(_fact, event.people)),
        countries=tuple(map(_fact, sorted({person.country for person in event.people if person.country}))),
    )


def fill(database: Database, events: Sequence[Event], dice: Random) -> int:
    """Store the meetings with their reports and judgements; the number of reports."""
    articles = 0
    rows = enumerate(events, start=1)
    while chunk := list(islice(rows, _CHUNK)):
        with database.write() as connection:
            articles += _fill(connection, chunk, dice, before=articles)
    database.checkpoint()
    return articles


def article_row(key: str, telling: Telling) -> dict[str, Any]:
    """A row of the table of articles that tells of some meeting."""
    return {
        "key": key,
        "official": False,
        "url": f"https://news.example/{key}",
        "title": f"Report {key}",
        "text": f"Report {key} tells of a meeting.",
        "language": "en",
        "published": telling.told_at,
        "told_at": telling.told_at,
        "first_seen": telling.seen_at,
        "changed_at": telling.seen_at,
        "text_hash": key,
        "signature": b"",
        "score": 0.9,
        "outcome": "stored",
    }


# --- rows -----------------------------------------------------------------------------------------------------------


def _fill(connection: Connection, events: Sequence[tuple[int, Event]], dice: Random, *, before: int) -> int:
    rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    number = before
    for meeting_id, event in events:
        told = sorted(
            (invent_telling(dice, event) for _ in range(dice.choice(TELLINGS))), key=lambda each: each.seen_at
        )
        meeting = _meeting_row(meeting_id, facts_of(event), told)
        rows[schema.meeting].append(meeting)
        rows[schema.attendee] += _attendee_rows(meeting_id, facts_of(event), meeting["day"])
        for telling in told:
            number += 1
            facts = report_row(telling.report)
            rows[schema.article].append(article_row(f"i{number}", telling) | {"id": number})
            rows[schema.report].append({"id": number, "article_id": number, "position": 0, "facts": facts})
            rows[schema.judgement].append(_judgement_row(number, meeting_id, telling.seen_at))
    for table in (schema.meeting, schema.attendee, schema.article, schema.report, schema.judgement):
        connection.execute(insert(table), rows[table])
    return number - before


def _meeting_row(meeting_id: int, report: Report, told: Sequence[Telling]) -> dict[str, Any]:
    """As `readout.storage.meetings.set_facts` leaves it."""
    row = _columns(report)
    first_told = min((telling.told_at for telling in told if telling.told_at), default=None)
    loose = any(is_timeless(telling.report, telling.told_at) for telling in told)
    day = row["day"] or (first_told and first_told.date())
    return row | {"id": meeting_id, "first_seen": told[0].seen_at, "late": False, "day": day, "loose": loose}


def _attendee_rows(meeting_id: int, report: Report, day: date | None) -> Iterator[dict[str, Any]]:
    """As `readout.storage.attendees.put_attendees` leaves them."""
    for word in sorted(_words_of(report)):
        yield {"word": word, "meeting_id": meeting_id, "day": day}


def _judgement_row(report_id: int, meeting_id: int, now: datetime) -> dict[str, Any]:
    judged = {"verdict": "same", "score": 6.0, "reasons": ["invented"], "made_by": "rule", "made_at": now}
    return {"report_id": report_id, "meeting_id": meeting_id, **judged}


# --- meetings -------------------------------------------------------------------------------------------------------


def _series(
    dice: Random, world: World, body: BodyName, kind: MeetingKind, members: Sequence[str], *, start: date
) -> Iterator[Event]:
    """The sessions of one body: numbered for most, from member to member, or always in one city."""
    rhythm = dice.choice(RHYTHMS)
    numbered = dice.random() < 0.6
    roves = len(members) > 1 and rhythm < 12
    number = dice.randrange(1, 60)
    day = start + timedelta(days=dice.randrange(365 // rhythm + 1))
    while day < LAST_DAY:
        country = dice.choice(members) if roves else members[0]
        yield Event(
            kind=kind,
            body=body,
            session=number if numbered else None,
            first=day,
            last=day + timedelta(days=dice.choice((0, 0, 0, 1, 2))),
            city=dice.choice(world.cities[country][:2]) if roves else world.cities[country][0],
            country=country,
            people=tuple(_somebody(dice, world, state) for state in dice.sample(members, min(len(members), 8))),
            dated=dice.random() > SHARE_UNDATED,
        )
        number += 1
        day += timedelta(days=7 if rhythm == 50 else max(5, round(dice.gauss(365 / rhythm, 90 / rhythm))))


def _talk(dice: Random, world: World, start: date) -> Event:
    """Two that talk, on any day."""
    states = dice.choices(list(world.cities), weights=[1 / (rank + 3) for rank in range(len(world.cities))], k=2)
    day = start + timedelta(days=round((LAST_DAY - start).days * dice.random() ** 0.6))
    kind = dice.choice(_TALKS)
    return Event(
        kind=kind,
        body=None,
        session=None,
        first=day,
        last=day,
        city=dice.choice(world.cities[states[0]][:3]),
        country=states[0],
        people=tuple(_somebody(dice, world, state) for state in states),
        dated=dice.random() > SHARE_UNDATED,
    )


def _somebody(dice: Random, world: World, country: str) -> Participant:
    """The higher the rank, the oftener."""
    people = world.people[country]
    return people[int(len(people) * dice.random() ** 2.5)]


# --- names ----------------------------------------------------------------------------------------------------------


def _cities() -> dict[str, list[str]]:
    """The capital and the largest cities of the hundred states whose capitals are largest."""
    capitals: dict[str, list[str]] = {}
    others: dict[str, list[str]] = defaultdict(list)
    for line in PLACES.read_text(encoding="utf-8").splitlines()[1:]:
        name, country, capital, *_ = line.split("\t")
        if capital == "1":
            capitals.setdefault(country, [name])
        elif len(others[country]) < 4:
            others[country].append(name)
    return {country: [*capital, *others[country]] for country, capital in islice(capitals.items(), 100)}


def _people(dice: Random, country: str) -> list[Participant]:
    names = (_name(dice) for _ in range(PERSONS_OF_A_STATE))
    return [Participant(name=name, name_latin=name, role="minister", country=country) for name in names]


def _name(dice: Random) -> str:
    first = dice.choice(_HEADS) + dice.choice(_MIDS) + dice.choice(_FIRST_ENDS)
    return f"{first} {dice.choice(_HEADS)}{dice.choice(_MIDS)}{dice.choice(_LAST_ENDS)}"


def _fact(value: Any) -> Fact[Any]:
    words = value.name if isinstance(value, BodyName | Participant) else str(value)
    return Fact(value=value, evidence=Evidence(text=words, start=0, end=len(words)))
