"""The log of crawls: one row a crawl, with what came of it. It must not count anything itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from readout.condition import Crawled, Heard, Seen
from readout.model import OutcomeKind, SourceId
from readout.storage import schema

_crawl = schema.crawl.c

CRAWLED: tuple[Any, ...] = (
    _crawl.source_id,
    _crawl.started_at,
    _crawl.heard,
    _crawl.new_links,
    _crawl.missed,
    _crawl.outcomes,
    _crawl.amiss,
    _crawl.error,
    _crawl.place,
    _crawl.seen,
)
"""The columns that `crawled` reads."""

_SEEN = tuple(each.name for each in fields(Seen))


def start_crawl(connection: Connection, source_id: SourceId, *, now: datetime, place: str | None = None) -> int:
    """Note that a crawl begins at a place of running; its id. While it goes on, and where its process died, it has no
    `finished_at`."""
    row = {"source_id": source_id, "started_at": now, "requests": 0, "new_links": 0, "outcomes": {}, "place": place}
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
    amiss: Heard | None = None,
    error: str | None = None,
    seen: Seen | None = None,
) -> None:
    """Note how the crawl ended, what it brought and what it saw; `heard` None: it was cut short before that could be
    said. `amiss`: what came of a place that gave no links while others did; `error`: why, in words."""
    values: dict[str, Any] = {
        "finished_at": now,
        "reason": reason,
        "requests": requests,
        "new_links": new_links,
        "outcomes": {str(kind): number for kind, number in outcomes.items()},
        "heard": None if heard is None else heard.value,
        "missed": missed,
        "amiss": None if amiss is None else amiss.value,
        "error": error,
    }
    if seen is not None:
        said = {name: value for name, value in asdict(seen).items() if value}
        values |= {"seen": said, "articles": seen.articles}
    connection.execute(update(schema.crawl).where(_crawl.id == crawl_id).values(values))


def crawled(row: Row[Any]) -> Crawled:
    """A crawl from a row of `CRAWLED`."""
    return Crawled(
        started_at=row.started_at,
        heard=Heard(row.heard),
        new_links=row.new_links,
        missed=row.missed,
        outcomes=row.outcomes,
        amiss=None if row.amiss is None else Heard(row.amiss),
        error=row.error,
        place=row.place,
        seen=Seen(**{name: row.seen[name] for name in _SEEN if name in row.seen}) if row.seen else None,
    )


def first_finished(connection: Connection, source_id: SourceId) -> datetime | None:
    """When the first crawl of a source that the log still has came to its end."""
    ended = select(func.min(_crawl.finished_at)).where(_crawl.source_id == source_id)
    found: datetime | None = connection.execute(ended).scalar_one()
    return found
