"""The log of crawls: one row a crawl, with what came of it. It must not count anything itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, update

from readout.model import OutcomeKind, SourceId
from readout.storage import schema
from readout.trouble import Heard

_crawl = schema.crawl.c


def start_crawl(connection: Connection, source_id: SourceId, *, now: datetime) -> int:
    """Note that a crawl begins; its id. While it goes on, and where its process died, it has no `finished_at`."""
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
    heard: Heard | None = None,
    missed: bool = False,
) -> None:
    """Note how the crawl ended and what it brought; `heard` None: it was cut short before that could be said."""
    values = {
        "finished_at": now,
        "reason": reason,
        "requests": requests,
        "new_links": new_links,
        "outcomes": {str(kind): number for kind, number in outcomes.items()},
        "heard": None if heard is None else heard.value,
        "missed": missed,
    }
    connection.execute(update(schema.crawl).where(_crawl.id == crawl_id).values(values))
