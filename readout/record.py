"""A report as the plain row that the command line, the database and exports share, and back; a meeting as one.

It must not decide anything: a row says exactly what the report says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Protocol

from readout.model import (
    BodyName,
    Evidence,
    Fact,
    Meeting,
    MeetingKind,
    Participant,
    Report,
    Status,
    Telling,
)

Row = dict[str, Any]

_SINGLE = (
    "kind",
    "status",
    "body",
    "session_number",
    "start_date",
    "end_date",
    "date_partial",
    "city",
    "country",
    "received_by",
)
_COMPARED = ("participants", "countries")
_LISTS = ("participants", "countries", "topics", "subjects")


def report_row(report: Report) -> Row:
    """`report` as a JSON-ready row: plain values, and under ``evidence`` the span of each (a list for a list)."""
    row: Row = {}
    evidence: Row = {}
    for name in _SINGLE:
        fact: Fact[Any] | None = getattr(report, name)
        row[name] = None if fact is None else plain_value(fact.value)
        if fact is not None:
            evidence[name] = _span_row(fact.evidence)
    for name in _LISTS:
        facts: tuple[Fact[Any], ...] = getattr(report, name)
        row[name] = [plain_value(fact.value) for fact in facts]
        if facts:
            evidence[name] = [_span_row(fact.evidence) for fact in facts]
    row["evidence"] = evidence
    return row


def report_from_row(row: Row) -> Report:
    """The report that `report_row` wrote. Raises KeyError or ValueError on a row it did not write."""
    # a row stored before these were read says nothing of them
    row = {"subjects": list[str](), "date_partial": None, **row}
    spans = row["evidence"]
    single = {
        name: Fact(value=_PARSE[name](row[name]), evidence=_span(spans[name]))
        for name in _SINGLE
        if row[name] is not None
    }
    lists = {
        name: tuple(
            Fact(value=_PARSE[name](value), evidence=_span(span))
            for value, span in zip(row[name], spans.get(name, []), strict=True)
        )
        for name in _LISTS
    }
    fields: dict[str, Any] = {**single, **lists}
    return Report(**fields)


_UNTOLD = Evidence(text="", start=0, end=0)


def bare_report(row: Row) -> Report:
    """What `report_from_row` reads, but for the words that the facts were read from: for comparing many."""
    single = {
        name: Fact(value=_PARSE[name](row[name]), evidence=_UNTOLD) for name in _SINGLE if row.get(name) is not None
    }
    lists = {
        name: tuple(Fact(value=_PARSE[name](value), evidence=_UNTOLD) for value in row[name]) for name in _COMPARED
    }
    fields: dict[str, Any] = {**single, **lists}
    return Report(**fields)


def ruled_facts(name: str, value: Any, reason: str) -> dict[str, Any]:
    """The fact `name` as a person set it, by the name of the report's field: `value` as in a row, null: nobody knows.

    Its evidence is the person's reason.
    """
    word = Evidence(text=reason, start=0, end=0, where="ruling")
    if name in _LISTS:
        return {name: tuple(Fact(value=_PARSE[name](each), evidence=word) for each in value or ())}
    return {name: None if value is None else Fact(value=_PARSE[name](value), evidence=word)}


def plain_value(value: Any) -> Any:
    """A fact's value, JSON-ready."""
    match value:
        case BodyName():
            return {"id": value.id, "name": value.name}
        case Participant():
            return asdict(value)
        case date():
            return value.isoformat()
        case _:
            return value


_PARSE: dict[str, Any] = {
    "kind": MeetingKind,
    "status": Status,
    "body": lambda row: BodyName(**row),
    "session_number": int,
    "start_date": date.fromisoformat,
    "end_date": date.fromisoformat,
    "date_partial": str,
    "city": str,
    "country": str,
    "received_by": str,
    "participants": lambda row: Participant(**row),
    "countries": str,
    "topics": str,
    "subjects": str,
}


def _span_row(span: Evidence) -> Row:
    return {"text": span.text, "start": span.start, "end": span.end, "in": span.where}


def _span(row: Row) -> Evidence:
    return Evidence(text=row["text"], start=row["start"], end=row["end"], where=row["in"])


# --- a meeting ----------------------------------------------------------------------------------------------------


class Dated(Protocol):
    """What says when it was published."""

    @property
    def published(self) -> datetime | None:
        """When, None when it does not say."""

    @property
    def published_day(self) -> date | None:
        """On which day, in its source's zone."""

    @property
    def published_day_only(self) -> bool:
        """Whether it gives no time."""


def meeting_row(meeting: Meeting) -> Row:
    """One meeting as a row: facts, status, and the reports under it. There is no way back."""
    facts = report_row(meeting.report)
    evidence = facts.pop("evidence")
    return {
        "id": meeting.id,
        "first_seen": moment_text(meeting.first_seen),
        "late": meeting.late,
        **facts,
        "perhaps_same_as": list(meeting.perhaps_same_as),
        "reports": [_telling_row(telling) for telling in _articles(meeting.tellings)],
        "evidence": evidence,
    }


def published_text(told: Dated) -> str | None:
    """A day where the page gave no time, else the time in UTC."""
    day = told.published_day if told.published_day_only else None
    return day.isoformat() if day else moment_text(told.published)


def moment_text(moment: datetime | None) -> str | None:
    """A moment as ISO 8601 has it."""
    return None if moment is None else moment.isoformat()


def _articles(tellings: Iterable[Telling]) -> Iterable[Telling]:
    """One telling of each article: a person may have put two meetings together that one page tells of."""
    first: dict[int, Telling] = {}
    for telling in tellings:
        first.setdefault(telling.article_id, telling)
    return first.values()


def _telling_row(telling: Telling) -> Row:
    return {
        "id": telling.article_key,
        "url": telling.url,
        "source": telling.source,
        "title": telling.title,
        "published": published_text(telling),
        "first_seen": moment_text(telling.first_seen),
        "language": telling.language,
        "duplicate_of": telling.duplicate_of,
        "credit": telling.credit,
        "gone_at": moment_text(telling.gone_at),
    }
