"""The log of crawls: one row a crawl, with what came of it. It must not count anything itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from readout.model import OutcomeKind, SourceId
from readout.storage import schema

_crawl = schema.crawl.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One crawl of a source. `finished_at` None: still going, or its process died. `outcomes`: outcome to number."""

    id: int
    source_id: SourceId
    started_at: datetime
    finished_at: datetime | None
    reason: str | None
    requests: int
    new_links: int
    outcomes: Mapping[str, int]


def start_crawl(connection: Connection, source_id: SourceId, *, now: datetime) -> int:
    """Note that a crawl begins; its id."""
    row = {"source_id": source_id, "started_at": now, "requests": 0, "new_links": 0, "outcomes": {}}
    return int(connection.execute(insert(schema.crawl).values(row).returning(_crawl.id)).scalar_one())


def finish_crawl(
    connection: Connection,
    crawl_id: int,
    *,
    now: datetime,
    reason: str,
    requests: int,
    new_links: int,
    outcomes: Mapping[OutcomeKind, int],
) -> None:
    """Note how the crawl ended and what it brought."""
    values = {
        "finished_at": now,
        "reason": reason,
        "requests": requests,
        "new_links": new_links,
        "outcomes": {str(kind): number for kind, number in outcomes.items()},
    }
    connection.execute(update(schema.crawl).where(_crawl.id == crawl_id).values(values))


def last_crawls(connection: Connection, source_id: SourceId, *, limit: int = 1) -> list[Crawl]:
    """The last crawls of a source, the newest first."""
    newest = select(schema.crawl).where(_crawl.source_id == source_id)
    rows = connection.execute(newest.order_by(_crawl.started_at.desc(), _crawl.id.desc()).limit(limit))
    return [Crawl(**row._mapping) for row in rows]
