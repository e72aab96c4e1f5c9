"""What the rules could not decide: the meetings that are perhaps the same, for a person to look at.

It must not answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from readout.model import Meeting
from readout.storage import schema
from readout.storage.meetings import load_meeting
from readout.storage.reports import is_open, meeting_of

_judgement = schema.judgement.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether `meeting` is `other`, with what speaks for it."""

    meeting: Meeting
    other: Meeting
    score: float
    reasons: tuple[str, ...]


def open_questions(connection: Connection, *, limit: int) -> list[Question]:
    """Up to `limit` pairs of meetings that are perhaps the same, the newest first."""
    unsure = (
        select(_judgement.report_id, _judgement.meeting_id, _judgement.score, _judgement.reasons)
        .where(is_open(schema.judgement))
        .order_by(_judgement.id.desc())
    )
    found: dict[frozenset[int], Question] = {}
    for row in connection.execute(unsure):
        if len(found) == limit:
            break
        own = meeting_of(connection, row.report_id)
        meeting, other = load_meeting(connection, own or 0), load_meeting(connection, row.meeting_id)
        if meeting and other and meeting.id != other.id:
            question = Question(meeting=meeting, other=other, score=row.score, reasons=tuple(row.reasons))
            found.setdefault(frozenset((meeting.id, other.id)), question)
    return list(found.values())
