"""Troubles that the operator was or is to be told of, and what the tables know that may be one.

It must not judge: `readout.trouble` does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from readout.condition import Condition
from readout.model import AlertKind, AlertState
from readout.storage.schema import alert, trouble
from readout.trouble import OutboxFacts, Trouble, TroubleKind

# With waits that double from a minute, so many attempts lie more than an hour apart.
_ATTEMPTS_OF_AN_HOUR = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrouble:
    """A trouble as kept. `told_at` None: nobody was told yet. `gone_at`: it is over, and that is still to be told."""

    key: str
    said: str
    since: datetime
    told_at: datetime | None
    gone_at: datetime | None
    size: int | None
    condition: Condition | None = None


# --- what is kept -------------------------------------------------------------------------------------------------


def known_troubles(connection: Connection) -> dict[str, KnownTrouble]:
    """All troubles, by key, the oldest first."""
    rows = connection.execute(select(trouble).order_by(trouble.c.since, trouble.c.key))
    return {row.key: _known(row) for row in rows}


def _known(row: Row[Any]) -> KnownTrouble:
    stands = None if row.condition is None else Condition(row.condition)
    return KnownTrouble(**{**row._mapping, "condition": stands})


def add_trouble(connection: Connection, found: Trouble) -> None:
    """Keep a new trouble, of which nobody was told yet."""
    row = {name: getattr(found, name) for name in ("key", "said", "since", "size", "condition")}
    connection.execute(insert(trouble).values(row))


def set_trouble(connection: Connection, key: str, **values: Any) -> None:
    """Set columns of a trouble."""
    connection.execute(update(trouble).where(trouble.c.key == key).values(**values))


def drop_troubles(connection: Connection, keys: Collection[str]) -> None:
    """Forget troubles."""
    connection.execute(delete(trouble).where(trouble.c.key.in_(keys)))


def last_notice(connection: Connection, recipient: str) -> datetime | None:
    """When a notice was last owed to `recipient`."""
    is_notice = (alert.c.watch_id.is_(None), alert.c.recipient == recipient, alert.c.kind == AlertKind.NOTICE)
    last: datetime | None = connection.scalar(select(func.max(alert.c.created_at)).where(*is_notice))
    return last


# --- what is known of alerts --------------------------------------------------------------------------------------


def outbox_facts(connection: Connection, now: datetime) -> OutboxFacts:
    """Where alerts stand that somebody should look at. Notices count apart: none is owed about another."""
    failed = _count(connection, alert.c.state == AlertState.FAILED)
    in_doubt = alert.c.state == AlertState.DOUBTFUL
    doubtful = _count(connection, in_doubt)
    tried = (alert.c.state == AlertState.OWED) & (alert.c.attempts > 0)
    refused = _count(connection, tried)
    is_long = (alert.c.attempts >= _ATTEMPTS_OF_AN_HOUR) & (alert.c.created_at <= now - timedelta(hours=1))
    since = {TroubleKind.FAILED: failed[1], TroubleKind.DOUBTFUL: doubtful[1], TroubleKind.UNSENT: refused[1]}
    return OutboxFacts(
        failed=failed[0],
        doubtful=doubtful[0],
        given_up=_count(connection, in_doubt & alert.c.next_try.is_(None))[0] if doubtful[0] else 0,
        refused=refused[0],
        stuck=_count(connection, tried & is_long)[0] if refused[0] else 0,
        since={kind: at for kind, at in since.items() if at is not None},
        untold=_count(connection, alert.c.state == AlertState.FAILED, of_notices=True)[0],
        answer=_last_answer(connection, tried) if refused[0] else "",
    )


def _count(
    connection: Connection, condition: ColumnElement[bool], *, of_notices: bool = False
) -> tuple[int, datetime | None]:
    """How many alerts, or else notices, and when the first was owed."""
    kind = alert.c.kind == AlertKind.NOTICE if of_notices else alert.c.kind != AlertKind.NOTICE
    number, since = connection.execute(select(func.count(), func.min(alert.c.created_at)).where(condition, kind)).one()
    return number, since


def _last_answer(connection: Connection, condition: ColumnElement[bool]) -> str:
    said = select(alert.c.answer_code, alert.c.answer).where(condition, alert.c.kind != AlertKind.NOTICE)
    row = connection.execute(said.order_by(alert.c.created_at, alert.c.id).limit(1)).one()
    return " ".join(str(part) for part in row if part)
