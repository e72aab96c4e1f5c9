"""What a store holds, in numbers: for whoever watches over it.

It must not read more than indexes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, func, select, text

from readout.model import AlertState
from readout.storage import schema
from readout.storage.alerts import count_alerts
from readout.storage.histories import outcomes
from readout.storage.questions import count_questions
from readout.storage.reports import IS_STANDING

_meeting = schema.meeting.c
_alert = schema.alert.c
_link = schema.link.c
_PENDING = "pending"
_SIZE = {
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
    "postgresql": text("SELECT pg_database_size(current_database())"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much there is of each; `size`: of all of it, in bytes; `questions`: pairs that are perhaps one meeting;
    `links` by outcome, those not yet visited apart; `oldest_owed`: since when the alert that waits longest is owed;
    `next_try`: when the next one is to leave, past where nobody has sent it; None: there is none."""

    size: int
    meetings: int
    questions: int
    articles: int
    links: Mapping[str, int]
    pending_links: int
    alerts: Mapping[AlertState, int]
    oldest_owed: datetime | None
    next_try: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sittings:
    """How often a body met, as far as is known, and its first and last day."""

    meetings: int
    first_day: date | None
    last_day: date | None


def figures(connection: Connection) -> Figures:
    """The numbers of now."""
    links: dict[str, int] = {}
    for counted in outcomes(connection).values():
        for outcome, number in counted.items():
            links[outcome] = links.get(outcome, 0) + number
    owed = select(func.min(_alert.created_at), func.min(_alert.next_try)).where(
        _alert.state.in_([AlertState.OWED, AlertState.DOUBTFUL]), _alert.next_try.is_not(None)
    )
    oldest_owed, next_try = connection.execute(owed).one()
    return Figures(
        size=connection.execute(_SIZE[connection.dialect.name]).scalar_one(),
        questions=count_questions(connection),
        meetings=_count(connection, select(func.count()).where(_meeting.merged_into.is_(None))),
        articles=_count(connection, select(func.count()).select_from(schema.article)),
        links={outcome: number for outcome, number in links.items() if outcome != _PENDING},
        pending_links=links.get(_PENDING, 0),
        alerts=count_alerts(connection),
        oldest_owed=oldest_owed,
        next_try=next_try,
    )


def outcomes_of(connection: Connection, source_id: str) -> dict[str, int]:
    """How many links of a source ended how; those not yet visited are ``pending``."""
    counted = select(_link.outcome, func.count()).where(_link.source_id == source_id).group_by(_link.outcome)
    return {outcome or _PENDING: number for outcome, number in connection.execute(counted)}


def sittings_of(connection: Connection, body_id: str) -> Sittings:
    """How often the body of that id met, or is to."""
    met = select(func.count(), func.min(_meeting.start_date), func.max(_meeting.start_date))
    number, first, last = connection.execute(met.where(_meeting.body_id == body_id, IS_STANDING)).one()
    return Sittings(meetings=number, first_day=first, last_day=last)


def _count(connection: Connection, counted: Select[int]) -> int:
    return connection.execute(counted).scalar_one()
