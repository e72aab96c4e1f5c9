"""What reports say, value by value, as columns that are looked up: kept up with each report, and asked by sieves.

It must not decide what a query asks for: it finds no fewer reports than `readout.watches.match` would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import chain, islice

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from readout.meetings.event_days import days_of
from readout.meetings.person import name_words, sound
from readout.model import Report
from readout.record import report_from_row
from readout.storage import schema
from readout.watches.folding import folded

MOST_DAYS = 40
"""Days of a meeting that are written one by one; a longer one is found by `LONG`, too."""
LONG = "long"
"""In place of the days, or the people, that are too many."""
_DIGITS = 12
_MOST_PEOPLE = 300
_LONGEST = 100
_A_BATCH = 500
_report = schema.report.c
_said = schema.said.c


class Saying(StrEnum):
    """What a value is of."""

    BODY = "body"
    SESSION = "session"
    DAY = "day"
    CITY = "city"
    CODE = "code"
    """A country, state or topic, whatever is said of it."""
    NAME = "name"
    """What one word of somebody's name sounds like."""


def put_said(connection: Connection, report_id: int, report: Report) -> None:
    """Let a report that nothing finds be found by what it says."""
    _put(connection, [(report_id, report)])


def forget_said(connection: Connection, report_ids: Collection[int]) -> None:
    """Let these reports be found by nothing."""
    connection.execute(_FORGET, {"reports": list(report_ids)})


def fill(connection: Connection, tell: Callable[[int, int], None]) -> None:
    """Let every stored report be found; `tell` hears how many of how many can be."""
    count = connection.scalar(select(func.count()).select_from(schema.report)) or 0
    last = done = 0
    while rows := connection.execute(_BEHIND, {"last": last, "most": _A_BATCH}).all():
        _put(connection, ((row.id, report_from_row(row.facts)) for row in rows))
        last, done = rows[-1].id, done + len(rows)
        tell(done, count)


def _put(connection: Connection, reports: Iterable[tuple[int, Report]]) -> None:
    rows = [
        {"fact": fact, "value": value, "report_id": report_id}
        for report_id, report in reports
        for fact, value in _values(report)
    ]
    if rows:
        connection.execute(_PUT, rows)


_PUT = insert(schema.said)
_FORGET = delete(schema.said).where(_said.report_id.in_(bindparam("reports", expanding=True)))
_BEHIND = (
    select(_report.id, _report.facts)
    .where(_report.id > bindparam("last"))
    .order_by(_report.id)
    .limit(bindparam("most"))
)


# --- how values are written -----------------------------------------------------------------------------------------


def number_text(number: int) -> str:
    """A number so that texts sort as numbers do; those too large for that are one."""
    return str(min(max(number, 0), 10**_DIGITS - 1)).zfill(_DIGITS)


def looked_up(value: str) -> str:
    """A value as it is written and looked up: bounded, since it is read from a page."""
    return value[:_LONGEST]


def name_sounds(name: str) -> frozenset[str]:
    """What the words of a name sound like; equal for words that `readout.meetings.person` takes for one."""
    return frozenset(heard for word in name_words(name) if len(word) > 1 for heard in sound(word) or (word,))


def _values(report: Report) -> set[tuple[Saying, str]]:
    pairs = chain(_of_meeting(report), _of_days(report), _of_codes(report), _of_names(report))
    return {(fact, looked_up(value)) for fact, value in pairs}


def _of_meeting(report: Report) -> Iterator[tuple[Saying, str]]:
    if report.body is not None and report.body.value.id:
        yield Saying.BODY, report.body.value.id
    if report.session_number is not None:
        yield Saying.SESSION, number_text(report.session_number.value)
    if report.city is not None:
        yield Saying.CITY, folded(report.city.value)


def _of_days(report: Report) -> Iterator[tuple[Saying, str]]:
    if (days := days_of(report)) is None:
        return
    first, last = days
    length = (last - first).days
    for number in range(min(length + 1, MOST_DAYS)):
        yield Saying.DAY, (first + timedelta(days=number)).isoformat()
    if length >= MOST_DAYS:
        yield Saying.DAY, LONG


def _of_codes(report: Report) -> Iterator[tuple[Saying, str]]:
    facts = chain(report.countries, report.topics, report.subjects, [report.country] if report.country else ())
    yield from ((Saying.CODE, fact.value) for fact in facts)
    yield from ((Saying.CODE, fact.value.country) for fact in report.participants if fact.value.country)


def _of_names(report: Report) -> Iterator[tuple[Saying, str]]:
    people = (fact.value for fact in islice(report.participants, _MOST_PEOPLE))
    names = chain.from_iterable((person.name, person.name_latin) for person in people)
    host = [report.received_by.value] if report.received_by else []
    yield from ((Saying.NAME, heard) for name in chain(names, host) for heard in name_sounds(name))
    if len(report.participants) > _MOST_PEOPLE:
        yield Saying.NAME, LONG
