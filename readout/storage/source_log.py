"""What is known of one source: its last crawls, its articles by time, its links with what became of them.

It must not judge: `readout.diagnosis` does. Each look-up goes by an index, whatever the tables hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select, union_all

from readout.condition import Heard
from readout.model import OutcomeKind, SourceId
from readout.storage import schema
from readout.storage.links import StoredLink, stored_link

_crawl = schema.crawl.c
_link = schema.link.c

PENDING = "pending"
"""What a link is that has no outcome yet, among the outcomes."""
_FATES = (None, *(kind.value for kind in OutcomeKind))
_MOST_DRAWN = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCrawl:
    """A crawl as its log has it. `finished_at` None: it goes on, or its process died; `heard` None: it was cut short.

    `articles`: how many were read anew; `reason`: why it ended, as Scrapy says it.
    """

    started_at: datetime
    finished_at: datetime | None
    heard: Heard | None
    requests: int
    new_links: int
    articles: int
    outcomes: Mapping[str, int]
    reason: str | None
    error: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl as a mark in time: when, how many articles it read, and whether it was answered (None: cut short)."""

    started_at: datetime
    articles: int
    answered: bool | None


def last_crawls(connection: Connection, source_id: SourceId, *, limit: int) -> list[LoggedCrawl]:
    """The last crawls of a source, newest first."""
    columns = [_crawl[name] for name in LoggedCrawl.__dataclass_fields__]
    last = select(*columns).where(_crawl.source_id == source_id).order_by(_crawl.started_at.desc()).limit(limit)
    return [
        LoggedCrawl(**{**row._mapping, "heard": Heard(row.heard) if row.heard else None})
        for row in connection.execute(last)
    ]


def crawls_since(connection: Connection, source_id: SourceId, since: datetime) -> list[Crawl]:
    """The crawls of a source that began at `since` or later, newest first; of very many the last."""
    columns = select(_crawl.started_at, _crawl.articles, _crawl.heard)
    found = columns.where(_crawl.source_id == source_id, _crawl.started_at >= since)
    rows = connection.execute(found.order_by(_crawl.started_at.desc()).limit(_MOST_DRAWN))
    return [Crawl(row.started_at, row.articles, Heard(row.heard).is_answer if row.heard else None) for row in rows]


def is_anything_crawled(connection: Connection) -> bool:
    """Whether any crawl ever came to its end."""
    ended = select(_crawl.id).where(_crawl.finished_at.is_not(None)).limit(1)
    return connection.scalar(ended) is not None


def outcomes_of(connection: Connection, source_id: SourceId) -> dict[str, int]:
    """How many links of a source ended how; those not yet visited are `PENDING`."""
    counted = select(_link.outcome, func.count()).where(_link.source_id == source_id).group_by(_link.outcome)
    return {outcome or PENDING: number for outcome, number in connection.execute(counted)}


def last_links(
    connection: Connection, source_id: SourceId, *, outcome: str | None = None, before: int | None = None, limit: int
) -> list[StoredLink]:
    """The links of a source that were found last, newest first: those of one `outcome`, or of any; `before`: only those
    of a smaller number."""
    fates = _FATES if outcome is None else (None if outcome == PENDING else outcome,)
    # the index is by source and outcome, and in it by number: each outcome's last are at hand, those of all are not
    parts = [_last_ids(source_id, fate, before, limit) for fate in fates]
    ids = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    chosen = select(ids.c.id).order_by(ids.c.id.desc()).limit(limit)
    rows = connection.execute(select(schema.link).where(_link.id.in_(chosen)).order_by(_link.id.desc()))
    return [stored_link(row) for row in rows]


def _last_ids(source_id: SourceId, fate: str | None, before: int | None, limit: int) -> Select[tuple[int]]:
    wanted = [_link.source_id == source_id, _link.outcome.is_(None) if fate is None else _link.outcome == fate]
    if before is not None:
        wanted.append(_link.id < before)
    return select(_link.id).where(*wanted).order_by(_link.id.desc()).limit(limit)
