"""What people ruled about meetings: joined, parted, corrected, and taken back again.

It must not rule: `readout.ruling` does, and a person's word is never overwritten by a rule's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from readout.meetings.partition import Amendments
from readout.model import Fact, Verdict
from readout.record import ruled_facts
from readout.storage import schema
from readout.storage.reports import STANDS_IN
from readout.storage.upsert import upsert

_ruling = schema.ruling.c
_judgement = schema.judgement.c
_meeting = schema.meeting.c


class RulingKind(StrEnum):
    """What a person ruled: two meetings are one, a report is of another, two meetings are not one, a fact is wrong."""

    MERGE = "merge"
    SPLIT = "split"
    DIFFER = "differ"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's word about a meeting, with the reason. `before` are the judgements of people that it replaced,
    `handed` the alerts that it moved or withheld, as they were."""

    kind: RulingKind
    meeting_id: int
    reason: str
    made_at: datetime
    other_id: int | None = None
    report_id: int | None = None
    fact: str | None = None
    value: Any = None
    before: Sequence[Mapping[str, Any]] = ()
    handed: Sequence[Mapping[str, int]] = ()
    id: int = 0
    undone_at: datetime | None = None
    undone_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One judgement of a ruling: whether the report is about the meeting."""

    report_id: int
    meeting_id: int
    verdict: Verdict


def add_ruling(connection: Connection, ruling: Ruling, words: Iterable[Word] = ()) -> int:
    """Keep a ruling and the judgements that carry it out; its id. What people judged before is remembered."""
    said = list(words)
    row = {
        "kind": ruling.kind.value,
        "meeting_id": ruling.meeting_id,
        "other_id": ruling.other_id,
        "report_id": ruling.report_id,
        "fact": ruling.fact,
        "value": ruling.value,
        "before": {
            "judgements": [_replaced(row) for row in _standing(connection, said)],
            "alerts": [dict(alert) for alert in ruling.handed],
        },
        "reason": ruling.reason,
        "made_at": ruling.made_at,
    }
    ruling_id = int(connection.execute(insert(schema.ruling).returning(_ruling.id), row).scalar_one())
    rows = [_judgement_row(word, ruling, ruling_id) for word in said]
    _put(connection, rows)
    return ruling_id


def take_back(connection: Connection, ruling: Ruling, reason: str, *, now: datetime) -> None:
    """Undo a ruling: what people judged before it holds again."""
    connection.execute(delete(schema.judgement).where(_judgement.ruling_id == ruling.id))
    _put(connection, [{**row, "made_at": now} for row in ruling.before])
    undone = update(schema.ruling).where(_ruling.id == ruling.id)
    connection.execute(undone.values(undone_at=now, undone_why=reason))


def ruling_by_id(connection: Connection, ruling_id: int) -> Ruling | None:
    """The ruling, or None."""
    row = connection.execute(select(schema.ruling).where(_ruling.id == ruling_id)).one_or_none()
    return None if row is None else _stored(row)


def last_ruling(connection: Connection) -> Ruling | None:
    """The last ruling that was not taken back, or None."""
    standing = select(schema.ruling).where(_ruling.undone_at.is_(None)).order_by(_ruling.id.desc()).limit(1)
    row = connection.execute(standing).one_or_none()
    return None if row is None else _stored(row)


def rulings_of(connection: Connection, meeting_ids: Collection[int]) -> list[Ruling]:
    """Every ruling about any of the meetings, also those taken back, the first first."""
    about = or_(_ruling.meeting_id.in_(meeting_ids), _ruling.other_id.in_(meeting_ids))
    rows = connection.execute(select(schema.ruling).where(about).order_by(_ruling.id))
    return [_stored(row) for row in rows]


def later_than(connection: Connection, ruling: Ruling) -> Ruling | None:
    """A later ruling that stands and builds on what this one did, or None."""
    touched = {ruling.meeting_id, *filter(None, [ruling.other_id])}
    return next(
        (each for each in rulings_of(connection, touched) if each.id > ruling.id and each.undone_at is None), None
    )


def amendments_of(connection: Connection, meeting_ids: Collection[int]) -> Amendments:
    """The facts that people have set, by meeting; those of a meeting that was merged go with it."""
    amendments: dict[int, dict[str, Fact[Any] | tuple[Fact[Any], ...] | None]] = {}
    for row in connection.execute(_CORRECTIONS, {"meetings": list(meeting_ids)}):
        amendments.setdefault(row.stands_in, {}).update(ruled_facts(row.fact, row.value, row.reason))
    return amendments


_IS_OF_THESE = STANDS_IN.in_(bindparam("meetings", expanding=True))
_CORRECTIONS = (
    select(schema.ruling, STANDS_IN.label("stands_in"))
    .join_from(schema.ruling, schema.meeting, _meeting.id == _ruling.meeting_id)
    .where(_ruling.kind == RulingKind.CORRECT, _ruling.undone_at.is_(None), _IS_OF_THESE)
    .order_by(_ruling.id)
)


def _standing(connection: Connection, words: Iterable[Word]) -> Iterable[Row[Any]]:
    """What people said before of what `words` speak of."""
    for word in words:
        same = (_judgement.report_id == word.report_id) & (_judgement.meeting_id == word.meeting_id)
        yield from connection.execute(select(schema.judgement).where(same, _judgement.made_by == "person"))


def _replaced(row: Row[Any]) -> dict[str, Any]:
    names = ("report_id", "meeting_id", "verdict", "score", "reasons", "made_by", "ruling_id")
    return {name: getattr(row, name) for name in names}


def _judgement_row(word: Word, ruling: Ruling, ruling_id: int) -> dict[str, Any]:
    return {
        "report_id": word.report_id,
        "meeting_id": word.meeting_id,
        "verdict": word.verdict.value,
        "score": 0.0,
        "reasons": [ruling.reason],
        "made_by": "person",
        "made_at": ruling.made_at,
        "ruling_id": ruling_id,
    }


def _put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    update_too = ["verdict", "score", "reasons", "made_at", "ruling_id"]
    upsert(connection, schema.judgement, rows, key=["report_id", "meeting_id", "made_by"], update=update_too)


def _stored(row: Row[Any]) -> Ruling:
    return Ruling(
        id=row.id,
        kind=RulingKind(row.kind),
        meeting_id=row.meeting_id,
        other_id=row.other_id,
        report_id=row.report_id,
        fact=row.fact,
        value=row.value,
        before=row.before["judgements"],
        handed=row.before["alerts"],
        reason=row.reason,
        made_at=row.made_at,
        undone_at=row.undone_at,
        undone_why=row.undone_why,
    )
