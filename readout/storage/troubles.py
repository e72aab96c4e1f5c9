"""Troubles that the operator was or is to be told of, and what the tables know that may be one.

It must not judge: `readout.trouble` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, delete, func, insert, select, update

from readout.model import AlertKind, AlertState, Source, SourceId
from readout.storage import schema
from readout.storage.schema import alert, trouble
from readout.storage.sources import SourceState, is_enabled, states
from readout.trouble import Crawled, Heard, OutboxFacts, SourceFacts, Trouble, TroubleKind

_crawl = schema.crawl.c
_source = schema.source.c
_CRAWLED: tuple[Any, ...] = (
    _crawl.source_id,
    _crawl.started_at,
    _crawl.heard,
    _crawl.new_links,
    _crawl.missed,
    _crawl.outcomes,
)

_LAST_CRAWLS = 6
_NEWS_DAYS = timedelta(days=90)
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


# --- what is kept -------------------------------------------------------------------------------------------------


def known_troubles(connection: Connection) -> dict[str, KnownTrouble]:
    """All troubles, by key, the oldest first."""
    rows = connection.execute(select(trouble).order_by(trouble.c.since, trouble.c.key))
    return {row.key: KnownTrouble(**row._mapping) for row in rows}


def add_trouble(connection: Connection, found: Trouble) -> None:
    """Keep a new trouble, of which nobody was told yet."""
    row = {"key": found.key, "said": found.said, "since": found.since, "size": found.size}
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


# --- what is known ------------------------------------------------------------------------------------------------


def source_facts(
    connection: Connection, sources: Mapping[SourceId, Source], *, now: datetime, with_news: bool = False
) -> list[SourceFacts]:
    """How every enabled source that was ever crawled fared; `with_news`, which reads more, also when it had news."""
    crawls = _last_crawls(connection)
    known = states(connection)
    return [
        SourceFacts(
            id=source.id,
            host=min(source.hosts, default=""),
            failures=state.failures,
            error=state.last_error,
            finished_at=state.last_finished,
            is_waiting=_is_waiting(state, now),
            crawls=crawls.get(source.id, ()),
            days_with_news=_days_with_news(connection, source.id, now) if with_news else None,
        )
        for source in sources.values()
        if (state := known.get(source.id)) and state.last_finished and is_enabled(source, state)
    ]


def _is_waiting(state: SourceState, now: datetime) -> bool:
    is_under_way = state.lease_until is not None and state.lease_until > now
    return state.next_due is not None and state.next_due > now and not is_under_way


def _last_crawls(connection: Connection) -> dict[SourceId, list[Crawled]]:
    """The last few crawls of every source that came to their end, newest first: some look-ups by index a source."""
    of_source = schema.crawl.alias("of_source")
    last = (
        select(of_source.c.id)
        .where(of_source.c.source_id == _source.id, of_source.c.heard.is_not(None))
        .order_by(of_source.c.started_at.desc())
        .limit(_LAST_CRAWLS)
        .correlate(schema.source)
    )
    wanted = select(*_CRAWLED).join(schema.source, _crawl.id.in_(last.scalar_subquery()))
    found: dict[SourceId, list[Crawled]] = {}
    for row in connection.execute(wanted.order_by(_crawl.started_at.desc(), _crawl.id.desc())):
        found.setdefault(SourceId(row.source_id), []).append(_crawled(row))
    return found


def _crawled(row: Row[Any]) -> Crawled:
    return Crawled(
        started_at=row.started_at,
        heard=Heard(row.heard),
        new_links=row.new_links,
        missed=row.missed,
        outcomes=row.outcomes,
    )


def _days_with_news(connection: Connection, source_id: SourceId, now: datetime) -> list[date]:
    """On which days of late new links of a source were found."""
    day = func.date(_crawl.started_at, type_=Date)
    news = select(day).where(_crawl.source_id == source_id, _crawl.started_at >= now - _NEWS_DAYS, _crawl.new_links > 0)
    return list(connection.scalars(news.distinct().order_by(day)))


def checked_since(connection: Connection, since: datetime) -> frozenset[SourceId]:
    """The sources that answered a crawl which began at `since` or later."""
    answers = [heard for heard in Heard if heard.is_answer]
    answered = select(_crawl.id).where(
        _crawl.source_id == _source.id, _crawl.started_at >= since, _crawl.heard.in_(answers)
    )
    return frozenset(SourceId(key) for key in connection.scalars(select(_source.id).where(answered.exists())))


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
