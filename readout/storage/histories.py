"""How sources fared, as the log of crawls has it: the last few of each, when it had news, who answered since when.

It must not judge: `readout.diagnosis` does. Each look-up goes by an index, whatever the log holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Date, ScalarSelect, func, select, text

from readout.condition import Crawled, Heard, SourceFacts
from readout.model import Source, SourceId
from readout.storage import schema
from readout.storage.crawls import CRAWLED, crawled
from readout.storage.sources import SourceState, is_enabled

_crawl = schema.crawl.c
_source = schema.source.c

_LAST_CRAWLS = 8
_LAST_READINGS = 12
_NEWS_DAYS = timedelta(days=90)
_AT_ONCE = 1_000  # ids in one statement
_ENDED_LATELY = 5  # sources that answered: one of them ends any row of silent ones


def source_facts(
    connection: Connection,
    sources: Mapping[SourceId, Source],
    *,
    now: datetime,
    only: Collection[SourceId] | None = None,
    deep: Collection[SourceId] = (),
    with_news: bool = False,
) -> list[SourceFacts]:
    """How every enabled source that was ever crawled fared, or those of `only`.

    Of one whose last crawl was as it should be, and saw no article, that crawl is all that is looked up, unless it is
    one of `deep`. `with_news`, which reads more, looks at all of each, and also when it had news.
    """
    known = {key: state for key, state in states_of(connection, only).items() if _fared(sources.get(key), state)}
    crawls = dict(_last(connection, known, limit=1))
    wanted = [key for key, state in known.items() if with_news or key in deep or not _is_plain(state, crawls.get(key))]
    crawls |= _last(connection, wanted, limit=_LAST_CRAWLS)
    reading = [key for key in wanted if (last := crawls.get(key)) and last[0].seen and last[0].seen.articles]
    readings = _last(connection, reading, limit=_LAST_READINGS, with_articles=True)
    still = [key for key in known if with_news and not any(crawl.new_links for crawl in crawls.get(key, ()))]
    news = _days_with_news(connection, still, now)
    return [
        SourceFacts(
            id=key,
            host=min(sources[key].hosts, default="") if state.failures else "",
            failures=state.failures,
            error=state.last_error,
            finished_at=state.last_finished or now,
            is_waiting=_is_waiting(state, now),
            crawls=crawls.get(key, ()),
            readings=readings.get(key, ()),
            days_with_news=news.get(key, []) if with_news else None,
        )
        for key, state in known.items()
    ]


def _fared(source: Source | None, state: SourceState) -> bool:
    return source is not None and state.last_finished is not None and is_enabled(source, state)


def _is_waiting(state: SourceState, now: datetime) -> bool:
    is_under_way = state.lease_until is not None and state.lease_until > now
    return state.next_due is not None and state.next_due > now and not is_under_way


def _is_plain(state: SourceState, crawls: Sequence[Crawled] | None) -> bool:
    """Whether the last crawl shows by itself that there is nothing to look at."""
    if state.failures or state.last_error or not crawls:
        return False
    last = crawls[0]
    return last.heard is Heard.ALL and not last.missed and not last.outcomes and last.seen is None


def _last(
    connection: Connection, ids: Iterable[SourceId], *, limit: int, with_articles: bool = False
) -> dict[SourceId, list[Crawled]]:
    """The last `limit` crawls of each that came to their end, newest first: so many look-ups by index a source."""
    of_source = schema.crawl.alias("of_source")
    last = (
        select(of_source.c.id)
        .where(of_source.c.source_id == _source.id, of_source.c.heard.is_not(None))
        .order_by(of_source.c.started_at.desc())
        .limit(limit)
        .correlate(schema.source)
    )
    if with_articles:
        last = last.where(of_source.c.articles > text("0"))  # no parameter: else the partial index is not used
    both = schema.source.join(schema.crawl, _is_among(connection, last.scalar_subquery()))
    wanted = select(*CRAWLED).select_from(both)
    wanted = wanted.order_by(_crawl.started_at.desc(), _crawl.id.desc())
    found: dict[SourceId, list[Crawled]] = {}
    for some in _portions(ids):
        for row in connection.execute(wanted.where(_source.id.in_(some))):
            found.setdefault(SourceId(row.source_id), []).append(crawled(row))
    return found


def _is_among(connection: Connection, ids: ScalarSelect[int]) -> ColumnElement[bool]:
    """Whether a crawl is one of `ids`, which go with a source: found once for each source, not for each crawl."""
    if connection.dialect.name == "sqlite":
        return _crawl.id.in_(ids)
    return _crawl.id == func.any(func.array(ids))  # of IN, PostgreSQL would ask for each pair of source and crawl


def _portions(ids: Iterable[SourceId]) -> Iterable[Sequence[SourceId]]:
    every = list(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))


def states_of(connection: Connection, only: Collection[SourceId] | None) -> dict[SourceId, SourceState]:
    """How each source of `only` stands, or every one."""
    columns = select(*(_source[column.name] for column in fields(SourceState)))
    portions = [columns] if only is None else [columns.where(_source.id.in_(some)) for some in _portions(only)]
    rows = (row for statement in portions for row in connection.execute(statement))
    return {SourceId(row.id): SourceState(**row._mapping) for row in rows}


def changed_since(connection: Connection, since: datetime) -> set[SourceId]:
    """The sources that a look must see again: whose crawls ended since then, who fail, and a few that answered last."""
    changed = select(_source.id).where((_source.last_finished >= since) | (_source.failures > 0))
    well = select(_source.id).where(_source.failures == 0, _source.last_finished.is_not(None))
    lately = well.order_by(_source.last_finished.desc()).limit(_ENDED_LATELY)
    return {SourceId(key) for statement in (changed, lately) for key in connection.scalars(statement)}


def checked_since(connection: Connection, since: datetime) -> frozenset[SourceId]:
    """The sources that answered a crawl which began at `since` or later."""
    answers = [heard for heard in Heard if heard.is_answer]
    answered = select(_crawl.id).where(
        _crawl.source_id == _source.id, _crawl.started_at >= since, _crawl.heard.in_(answers)
    )
    return frozenset(SourceId(key) for key in connection.scalars(select(_source.id).where(answered.exists())))


def last_news(connection: Connection, only: Collection[SourceId]) -> dict[SourceId, datetime]:
    """When a crawl last found a new link, of each source of `only` where one ever did."""
    of_source = schema.crawl.alias("of_source")
    last = (
        select(of_source.c.started_at)
        .where(of_source.c.source_id == _source.id, of_source.c.new_links > 0)
        .order_by(of_source.c.started_at.desc())
        .limit(1)
        .correlate(schema.source)
        .scalar_subquery()
    )
    news = select(_source.id, last)
    rows = (row for some in _portions(only) for row in connection.execute(news.where(_source.id.in_(some))))
    return {SourceId(key): at for key, at in rows if at is not None}


def outcomes(connection: Connection) -> dict[SourceId, dict[str, int]]:
    """How many links of each source ended how; those not yet visited are ``pending``."""
    columns = (schema.link.c.source_id, schema.link.c.outcome)
    found: dict[SourceId, dict[str, int]] = {}
    for key, outcome, number in connection.execute(select(*columns, func.count()).group_by(*columns)):
        found.setdefault(SourceId(key), {})[outcome or "pending"] = number
    return found


def _days_with_news(connection: Connection, ids: Iterable[SourceId], now: datetime) -> dict[SourceId, list[date]]:
    """On which days of late new links of each source were found."""
    day = func.date(_crawl.started_at, type_=Date).label("day")
    news = select(_crawl.source_id, day).where(_crawl.started_at >= now - _NEWS_DAYS, _crawl.new_links > 0)
    found: dict[SourceId, list[date]] = {}
    for some in _portions(ids):
        for key, each in connection.execute(news.where(_crawl.source_id.in_(some)).distinct().order_by("day")):
            found.setdefault(SourceId(key), []).append(each)
    return found
