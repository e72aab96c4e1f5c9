"""Meetings as the tests of alerts need them: a text, and facts that point into it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from readout.model import (
    Alert,
    BodyName,
    Evidence,
    Fact,
    LanguageCode,
    Meeting,
    MeetingKind,
    Participant,
    Report,
    SourceId,
    Status,
    Telling,
)
from readout.record import report_row
from readout.storage import schema, sending
from readout.storage.meetings import load_meeting, open_meeting
from readout.storage.said import put_said
from readout.storage.search import put_words

NOW = datetime(2024, 10, 4, 18, 30, tzinfo=UTC)
TITLE = "President receives heads of security services"
TEXT = (
    "On 4 October the 55th session of the Council of Heads of Security Agencies and Special Services met in Astana, "
    "Kazakhstan. It was chaired by the director of the Federal Security Service, Alexander Bortnikov, and attended by "
    "the chairman of the National Security Committee, Ermek Sagimbayev. Delegations of Azerbaijan and Belarus took "
    "part. They spoke of terrorism, and of crimes in the information space. "
    "The President, Kassym-Jomart Tokayev, received the participants."
)


def fact(value: Any, words: str, text: str = TEXT) -> Fact[Any]:
    """A fact read from the first place where `words` stand in `text`."""
    start = text.index(words)
    return Fact(value=value, evidence=Evidence(text=words, start=start, end=start + len(words)))


def session(**changes: Any) -> Report:
    """The report that `TEXT` holds, with changes."""
    facts: dict[str, Any] = {
        "kind": fact(MeetingKind.SESSION, "session"),
        "status": fact(Status.HELD, "met"),
        "body": fact(
            BodyName(id="cis-sorb", name="Council of Heads of Security Agencies and Special Services"),
            "Council of Heads of Security Agencies and Special Services",
        ),
        "session_number": fact(55, "55th"),
        "start_date": fact(date(2024, 10, 4), "4 October"),
        "end_date": fact(date(2024, 10, 4), "4 October"),
        "city": fact("Astana", "Astana"),
        "country": fact("KZ", "Kazakhstan"),
        "participants": (
            person("Alexander Bortnikov", role="director of the Federal Security Service", country="RU"),
            person("Ermek Sagimbayev", role="chairman of the National Security Committee", country="KZ"),
        ),
        "countries": (fact("AZ", "Azerbaijan"), fact("BY", "Belarus"), fact("KZ", "Kazakhstan")),
        "received_by": fact("Kassym-Jomart Tokayev", "Kassym-Jomart Tokayev"),
        "topics": (fact("terrorism", "terrorism"), fact("information_security", "crimes in the information space")),
    }
    return Report(**facts | changes)


def person(name: str, text: str = TEXT, **said: Any) -> Fact[Participant]:
    """Somebody named in `text`."""
    return fact(Participant(name=name, name_latin=said.pop("name_latin", name), **said), name, text)


def telling(number: int = 1, **changes: Any) -> Telling:
    """One report of the session, with changes."""
    fields: dict[str, Any] = {
        "report_id": number,
        "article_id": number,
        "article_key": f"a{number}",
        "url": f"https://agency.example/news/{number}",
        "title": TITLE,
        "text": TEXT,
        "published": NOW - timedelta(hours=2),
        "first_seen": NOW,
        "language": LanguageCode("en"),
        "source": SourceId("agency"),
        "report": session(),
    }
    return Telling(**fields | changes)


def meeting(*tellings: Telling, number: int = 1, **changes: Any) -> Meeting:
    """A meeting of these tellings, or of one."""
    told = tellings or (telling(),)
    fields: dict[str, Any] = {
        "id": number,
        "first_seen": NOW,
        "late": False,
        "report": told[0].report,
        "tellings": told,
    }
    return Meeting(**fields | changes)


def store(connection: Connection, told: Meeting) -> Meeting:
    """Put `told` into an empty place of the database, and read it back."""
    opened = open_meeting(connection, told.report, late=told.late, now=told.first_seen)
    for each in told.tellings:
        report_id = _store_telling(connection, each)
        judgement = {"report_id": report_id, "meeting_id": opened, "verdict": "same", "score": 1.0, "reasons": []}
        connection.execute(schema.judgement.insert().values(**judgement, made_by="rule", made_at=told.first_seen))
    stored = load_meeting(connection, opened)
    assert stored is not None
    return stored


def open_told(connection: Connection, report: Report) -> int:
    """A meeting that one article tells of; its number."""
    return store(connection, meeting(telling(report=report))).id


def begin_all(connection: Connection, now: datetime) -> list[Alert]:
    """All that is due, as a sender has it under way."""
    begun: list[Alert] = []
    while (due := sending.next_due(connection, now)) is not None:
        begun.append(sending.begin(connection, due, due.message_id))
    return begun


def _store_telling(connection: Connection, told: Telling) -> int:
    article = {
        "key": f"{told.article_key}-{uuid4().hex}",
        "source_id": told.source,
        "url": told.url,
        "title": told.title,
        "text": told.text,
        "language": told.language,
        "published": told.published,
        "first_seen": told.first_seen,
        "changed_at": told.first_seen,
        "text_hash": "",
        "signature": b"",
        "score": 1.0,
        "signals": [],
        "outcome": "stored",
    }
    made = connection.execute(schema.article.insert().values(article).returning(schema.article.c.id)).scalar_one()
    put_words(connection, [made])
    row = {"article_id": made, "position": 0, "facts": report_row(told.report)}
    report_id = int(connection.execute(schema.report.insert().values(row).returning(schema.report.c.id)).scalar_one())
    put_said(connection, report_id, told.report)
    return report_id
