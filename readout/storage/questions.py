"""What the rules could not decide: the meetings that are perhaps the same, for a person to look at.

It must not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from readout.model import Meeting
from readout.storage import schema
from readout.storage.meetings import meetings_by_id
from readout.storage.reports import STANDS, STANDS_IN, is_open

_judgement = schema.judgement.c
_unsure = schema.judgement.alias("unsure")
_A_PAGE = 200


def _questions() -> Select[Any]:
    """What rules were unsure about, with the meeting that the report stands under and the one that it may be about."""
    mine = schema.meeting.alias("mine")
    own = (
        select(func.coalesce(mine.c.merged_into, mine.c.id))
        .join_from(schema.judgement, mine, mine.c.id == _judgement.meeting_id)
        .where(STANDS, _judgement.report_id == _unsure.c.report_id)
        .limit(1)
    )
    columns = (_unsure.c.id, _unsure.c.score, _unsure.c.reasons)
    asked = select(*columns, own.correlate(_unsure).scalar_subquery().label("own"), STANDS_IN.label("other"))
    joined = asked.join_from(_unsure, schema.meeting, schema.meeting.c.id == _unsure.c.meeting_id)
    return joined.where(is_open(_unsure)).order_by(_unsure.c.id.desc())


_QUESTIONS = _questions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether `meeting` is `other`, with what speaks for it. `number`: its place among the questions, which rise."""

    number: int
    meeting: Meeting
    other: Meeting
    score: float
    reasons: tuple[str, ...]


def open_questions(connection: Connection, *, limit: int, before: int | None = None) -> list[Question]:
    """Up to `limit` pairs of meetings that are perhaps the same, the newest first; `before` a question of that number.

    Of several questions about one pair only the newest.
    """
    asked: dict[frozenset[int], Row[Any]] = {}
    for row in connection.execute(_QUESTIONS if before is None else _QUESTIONS.where(_unsure.c.id < before)):
        if len(asked) == limit:
            break
        if row.own is not None and row.own != row.other:
            asked.setdefault(frozenset((row.own, row.other)), row)
    rows = list(asked.values())
    return [
        each for start in range(0, len(rows), _A_PAGE) for each in _loaded(connection, rows[start : start + _A_PAGE])
    ]


def count_questions(connection: Connection) -> int:
    """How many questions are open; several may be about one pair."""
    asked = _QUESTIONS.order_by(None).subquery()
    return connection.execute(select(func.count()).where(asked.c.own != asked.c.other)).scalar_one()


def _loaded(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Question]:
    meetings = meetings_by_id(connection, [number for row in rows for number in (row.own, row.other)])
    for row in rows:
        yield Question(
            number=row.id,
            meeting=meetings[row.own],
            other=meetings[row.other],
            score=row.score,
            reasons=tuple(row.reasons),
        )
