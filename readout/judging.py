"""Puts an article's reports under their meetings: candidates, decision, judgement, facts, alerts; one transaction.

It must not open the transaction, and leaves every rule to `readout.meetings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from readout import outbox
from readout.meetings.consensus import consensus
from readout.meetings.identity import Decision, Newcomer, identify
from readout.model import Judgement, Report, Verdict
from readout.storage.articles import Alike
from readout.storage.candidates import candidates, meetings_of_text
from readout.storage.meetings import is_late, load_meeting, open_meeting, set_facts, voices
from readout.storage.reports import judge, meeting_of, put_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as it comes in: `near` are the texts like it, `late` says that nobody is to hear of it at once."""

    article_id: int
    version: int
    told_at: datetime | None
    near: tuple[Alike, ...]
    late: bool


def place_reports(connection: Connection, told: Told, reports: Iterable[Report], *, now: datetime) -> list[int]:
    """Store `reports` and put each under its meeting, known or new; the meetings' ids, the page's main one first.

    A report that the article told before stays under its meeting with the facts of now. One article's reports are of
    as many meetings.
    """
    meeting_ids: list[int] = []
    for position, report in enumerate(reports):
        report_id = put_report(connection, told.article_id, position, report, version=told.version)
        meeting_id = meeting_of(connection, report_id)
        if meeting_id is None:
            decision = _decide(connection, told, position, report, taken=meeting_ids, now=now)
            meeting_id = _settle(connection, report_id, report, decision, late=told.late, now=now)
        _refresh(connection, meeting_id, late=told.late)
        _owe(connection, meeting_id, report_id, now=now)
        meeting_ids.append(meeting_id)
    return meeting_ids


def _decide(
    connection: Connection, told: Told, position: int, report: Report, *, taken: Collection[int], now: datetime
) -> Decision:
    likeness = _likeness(connection, told.near, position)
    known = candidates(connection, report, told_at=told.told_at, now=now, likeness=likeness, without=taken)
    return identify(Newcomer(report=report, told_at=told.told_at), known)


def _likeness(connection: Connection, near: Iterable[Alike], position: int) -> Mapping[int, float]:
    """How alike the texts are that tell of a meeting at the same place as this one."""
    likeness: dict[int, float] = {}
    for alike in near:
        for meeting_id in meetings_of_text(connection, alike.article_id, position):
            likeness[meeting_id] = max(alike.likeness, likeness.get(meeting_id, 0.0))
    return likeness


def _settle(
    connection: Connection, report_id: int, report: Report, decision: Decision, *, late: bool, now: datetime
) -> int:
    """Write the decision down; the meeting the report now stands under."""
    if decision.verdict is Verdict.SAME and decision.meeting_id is not None:
        meeting_id = decision.meeting_id
    else:
        meeting_id = open_meeting(connection, report, late=late, now=now)
    if decision.verdict is Verdict.UNSURE and decision.meeting_id is not None:
        _judge(connection, report_id, decision.meeting_id, decision, Verdict.UNSURE, now=now)
    _judge(connection, report_id, meeting_id, decision, Verdict.SAME, now=now)
    return meeting_id


def _judge(
    connection: Connection, report_id: int, meeting_id: int, decision: Decision, verdict: Verdict, *, now: datetime
) -> None:
    judgement = Judgement(
        report_id=report_id, meeting_id=meeting_id, verdict=verdict, score=decision.score, reasons=decision.reasons
    )
    judge(connection, judgement, now=now)


def _refresh(connection: Connection, meeting_id: int, *, late: bool) -> None:
    """One report in time makes the meeting one to tell of at once."""
    facts = consensus(voices(connection, meeting_id))
    set_facts(connection, meeting_id, facts, late=late and is_late(connection, meeting_id))


def _owe(connection: Connection, meeting_id: int, report_id: int, *, now: datetime) -> None:
    meeting = load_meeting(connection, meeting_id)
    assert meeting is not None, "it was stored in this transaction"
    if not meeting.late:
        telling = next(each for each in meeting.tellings if each.report_id == report_id)
        outbox.owe(connection, meeting, telling, now=now)
