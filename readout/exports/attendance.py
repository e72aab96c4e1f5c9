"""Who represented which state at which meeting, as rows: one for each person, and one for each state without any.

It must not claim more than was told: an unknown office, state or name is null.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence, Set
from itertools import chain

from readout.catalog import load_body_names
from readout.meetings.agreement import Support, agreement
from readout.meetings.person import person_key, same_person
from readout.meetings.spelling import latin
from readout.model import Meeting, Participant, Report, Status, Telling
from readout.record import Row
from readout.storage.database import Database
from readout.storage.meetings import list_meetings
from readout.watching import EVERYTHING, Query

_PARTICIPANT = "participant"
_RECEIVED = "received the participants"


def attendance_rows(
    database: Database, query: Query = EVERYTHING, limit: int | None = None
) -> Generator[Row, None, None]:
    """The attendance of the meetings that `query` asks for, but of those that were cancelled.

    A planned or postponed meeting, by its `status`, says who was to come.
    """
    with database.read() as connection:
        for meeting in list_meetings(connection, query, limit=limit):
            if meeting.report.status.value is not Status.CANCELLED:
                yield from rows_of_meeting(meeting)


def rows_of_meeting(meeting: Meeting) -> Iterator[Row]:
    """Who came to `meeting`."""
    shared = _meeting_row(meeting)
    support = agreement(meeting)
    people = list(_people(support))
    named = {row["state"] for row in people}
    for row in chain(people, _unnamed(support, named), _receiver(meeting, support)):
        yield shared | row


def _meeting_row(meeting: Meeting) -> Row:
    report = meeting.report
    number = report.session_number and report.session_number.value
    return {
        "meeting": meeting.id,
        "kind": report.kind.value.value,
        "body": _body(report),
        "session_number": number,
        "start_date": report.start_date and report.start_date.value.isoformat(),
        "end_date": report.end_date and report.end_date.value.isoformat(),
        "city": report.city and report.city.value,
        "country": report.country and report.country.value,
        "status": report.status.value.value,
    }


def _body(report: Report) -> Row | None:
    """The body by its English name where the registry has one, so that its meetings stand together in a table."""
    if report.body is None:
        return None
    body = report.body.value
    return {"id": body.id, "name": load_body_names().get(body.id or "", body.name)}


def _people(support: Iterable[Support]) -> Iterator[Row]:
    for each in support:
        if each.fact == "participants":
            known = (each.value, *_tellings_of(each.spellings, each.supports))
            yield _person(each.value.name, known, each, as_=_PARTICIPANT)


def _unnamed(support: Iterable[Support], named: Set[str | None]) -> Iterator[Row]:
    """The states that took part, and nobody says whom they sent."""
    for each in support:
        if each.fact == "countries" and each.value not in named:
            yield _row(each.value, None, each.supports)


def _receiver(meeting: Meeting, support: Iterable[Support]) -> Iterator[Row]:
    for each in support:
        if each.fact == "received_by":
            everybody = (fact.value for told in meeting.tellings for fact in told.report.participants)
            known = [person for person in everybody if same_person(each.value, person.name)]
            yield _person(each.value, known, each, as_=_RECEIVED)


def _tellings_of(spellings: Sequence[str], supports: Iterable[Telling]) -> Iterator[Participant]:
    """The person as each report tells of them."""
    for telling in supports:
        for fact in telling.report.participants:
            if fact.value.name in spellings:
                yield fact.value


def _person(name: str, known: Sequence[Participant], support: Support, *, as_: str) -> Row:
    """A row of somebody; what the best telling leaves out is filled from the next that says it."""
    state = next((person.country for person in known if person.country), None)
    person = {
        "person": name,
        "name_latin": next((person.name_latin for person in known if person.name == name), None) or latin(name),
        "key": next((person.key for person in known if person.key), None) or person_key(name),
        "other_spellings": [spelling for spelling in support.spellings if spelling != name],
        "role": next((person.role for person in known if person.role), None),
    }
    return _row(state, person, support.supports, as_=as_)


_NOBODY: Row = {"person": None, "name_latin": None, "key": None, "other_spellings": [], "role": None}


def _row(state: str | None, person: Row | None, supports: Sequence[Telling], *, as_: str = _PARTICIPANT) -> Row:
    first = min(supports, key=lambda telling: (telling.first_seen, telling.report_id), default=None)
    return {
        "state": state,
        **(person or _NOBODY),
        "as": as_,
        "reports": len(supports),
        "official": any(telling.official for telling in supports),
        "first_report": first and first.url,
    }
