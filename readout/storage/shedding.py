"""What is let go after its time: texts of articles that are no reports, rows of the logs of visits and of crawls.

It must not touch what tells of a meeting, nor what is known of an article besides its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, text, tuple_, update

from readout.storage import schema
from readout.storage.database import Database
from readout.storage.search import reworded

_article = schema.article.c
_visit = schema.visit.c
_crawl = schema.crawl.c

A_BATCH = 200
"""Rows that go in one transaction."""
LAST_OF_A_SOURCE = 20
"""Crawls of each source that stay whatever their age: more than `readout.storage.histories` looks back at."""
LEAST_AGE = timedelta(days=14)
"""Younger crawls stay: a weekly digest says who answered since the one before."""
NEWS_AGE = timedelta(days=90)
"""Younger crawls that found something stay: from them a source is known to have gone quiet."""

_A_WINDOW = 5_000
# No parameters: else the partial index is not used.
_IS_WHOLE = text("article.shed_at IS NULL AND article.outcome = 'not_a_report'")
_HAS_REPORT = exists().where(schema.report.c.article_id == _article.id)


# --- texts ----------------------------------------------------------------------------------------------------------


def spent_texts(database: Database, before: datetime) -> Iterator[list[int]]:
    """The ids of articles whose texts may go, a batch at a time, the longest unchanged first: no reports, now or in any
    version, and neither changed nor visited since `before`. Each batch is read in a transaction of its own."""
    after: tuple[datetime, int] | None = None
    while True:
        due = select(_article.changed_at, _article.id).where(*_is_spent(before))
        if after:
            due = due.where(tuple_(_article.changed_at, _article.id) > after)
        with database.read() as connection:
            rows = connection.execute(due.order_by(_article.changed_at, _article.id).limit(A_BATCH)).all()
        if rows:
            after = (rows[-1].changed_at, rows[-1].id)
            yield [row.id for row in rows]
        if len(rows) < A_BATCH:
            return


def shed_texts(connection: Connection, article_ids: Sequence[int], *, before: datetime, now: datetime) -> int:
    """Let the texts of those that still may be shed go, in all their versions; how many articles that were."""
    due = update(schema.article).where(_article.id.in_(article_ids), *_is_spent(before))
    with reworded(connection, article_ids):
        shed = list(connection.scalars(due.values(text="", shed_at=now).returning(_article.id)))
    version = schema.article_version
    connection.execute(update(version).where(version.c.article_id.in_(shed)).values(text=""))
    return len(shed)


def _is_spent(before: datetime) -> tuple[Any, ...]:
    seen = exists().where(_visit.link_id == _article.link_id, _visit.at >= before)
    return _IS_WHOLE, _article.changed_at < before, ~_HAS_REPORT, ~seen


# --- visits ---------------------------------------------------------------------------------------------------------


def spent_visits(database: Database, before: datetime) -> Iterator[Sequence[int]]:
    """The ids of visits before then, a batch at a time, but for the last of each link."""
    with database.read() as connection:
        first, last = connection.execute(select(func.min(_visit.id), func.max(_visit.id))).one()
    later = schema.visit.alias("later")
    has_later = exists().where(later.c.link_id == _visit.link_id, later.c.id > _visit.id)
    spent = select(_visit.id).where(_visit.at < before, has_later).order_by(_visit.id)
    for start in range(first or 0, (last or -1) + 1, _A_WINDOW):
        with database.read() as connection:
            found = list(connection.scalars(spent.where(_visit.id >= start, _visit.id < start + _A_WINDOW)))
        yield from _batches(found)


def drop_visits(connection: Connection, visit_ids: Sequence[int]) -> int:
    """Let visits go; how many there were."""
    return connection.execute(delete(schema.visit).where(_visit.id.in_(visit_ids))).rowcount


# --- crawls ---------------------------------------------------------------------------------------------------------


def spent_crawls(database: Database, before: datetime, *, now: datetime) -> Iterator[Sequence[int]]:
    """The ids of crawls before then, a batch at a time, but for those by which a source is judged: its last and its
    first, the last that read something, and those `LEAST_AGE` and `NEWS_AGE` keep."""
    oldest = min(before, now - LEAST_AGE)
    with database.read() as connection:
        sources = list(connection.scalars(select(_crawl.source_id).where(_crawl.started_at < oldest).distinct()))
    for source_id in sources:
        mine = _crawl.source_id == source_id
        is_news = (_crawl.new_links > 0) & (_crawl.started_at >= now - NEWS_AGE)
        with database.read() as connection:
            kept = _judged_by(connection, mine)
            spent = select(_crawl.id).where(mine, _crawl.started_at < oldest, ~is_news, _crawl.id.not_in(kept))
            found = list(connection.scalars(spent.order_by(_crawl.started_at)))
        yield from _batches(found)


def drop_crawls(connection: Connection, crawl_ids: Sequence[int]) -> int:
    """Let crawls go; how many there were."""
    return connection.execute(delete(schema.crawl).where(_crawl.id.in_(crawl_ids))).rowcount


def _judged_by(connection: Connection, mine: ColumnElement[bool]) -> set[int]:
    lasts: tuple[tuple[int, ColumnElement[bool]], ...] = (
        (LAST_OF_A_SOURCE, _crawl.id > 0),
        (LAST_OF_A_SOURCE, _crawl.heard.is_not(None)),
        (LAST_OF_A_SOURCE, _crawl.heard.is_not(None) & (_crawl.articles > text("0"))),
        (1, _crawl.new_links > 0),
    )
    kept: set[int] = set()
    for number, such in lasts:
        last = select(_crawl.id).where(mine, such).order_by(_crawl.started_at.desc()).limit(number)
        kept.update(connection.scalars(last))
    first = select(_crawl.id).where(mine, _crawl.finished_at.is_not(None)).order_by(_crawl.finished_at).limit(1)
    return kept.union(connection.scalars(first))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + A_BATCH] for start in range(0, len(ids), A_BATCH))
