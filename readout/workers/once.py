"""One pass over sources, for people and cron: begun, waited for, and told of.

It must not be run beside a scheduler on the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue

from readout.catalog import load_sources
from readout.config import Config
from readout.model import Source, SourceId
from readout.storage.database import Database, open_database
from readout.storage.sources import is_enabled, states
from readout.workers.clock import utc_now
from readout.workers.dispatch import Dispatch
from readout.workers.event import CrawlEvent

_CHECK_S = 0.5  # how often to look whether it is over, and whether the crawl process hangs


def crawl_once(
    config: Config,
    wanted: Sequence[SourceId] | None = None,
    *,
    due: bool = False,
    since: datetime | None = None,
    on_event: Callable[[CrawlEvent], None] = lambda _: None,
    is_over: Callable[[], bool] = lambda: False,
    log_level: str = "WARNING",
) -> list[CrawlEvent]:
    """Crawl `wanted` sources, or all that are enabled, or with `due` those of them whose time has come; how each ended.

    With `since` the past is searched: a source is crawled again and again until that is done, or gets no further. When
    `is_over` says so, crawls under way are ended in order, and their sources are due again. `on_event` hears of each
    crawl. A source whose host asked to wait ends without one. Alerts are left owed. The caller holds the data lock.
    Raises ConfigError, StorageError or WorkerError.
    """
    sources = load_sources(config.sources or ())
    database = open_database(config.database.url, create=True)
    try:
        chosen = chosen_sources(database, sources, wanted, due=due, now=utc_now())
        return _crawl_all(
            config, sources, database, chosen, since=since, on_event=on_event, is_over=is_over, log_level=log_level
        )
    finally:
        database.close()


def chosen_sources(
    database: Database,
    sources: Mapping[SourceId, Source],
    wanted: Sequence[SourceId] | None,
    *,
    due: bool,
    now: datetime,
) -> list[SourceId]:
    """Of the `wanted` sources, or all that are enabled, those to crawl; with `due`, those whose time has come."""
    with database.read() as connection:
        known = states(connection)
    chosen = [source.id for source in sources.values() if is_enabled(source, known.get(source.id))]
    chosen = chosen if wanted is None else list(dict.fromkeys(wanted))
    if not due:
        return chosen
    not_yet = {state.id for state in known.values() if state.next_due and state.next_due > now}
    return [source_id for source_id in chosen if source_id not in not_yet]


def _crawl_all(
    config: Config,
    sources: Mapping[SourceId, Source],
    database: Database,
    chosen: Sequence[SourceId],
    *,
    since: datetime | None,
    on_event: Callable[[CrawlEvent], None],
    is_over: Callable[[], bool],
    log_level: str,
) -> list[CrawlEvent]:
    events: SimpleQueue[CrawlEvent] = SimpleQueue()
    dispatch = Dispatch(config, sources, database, since=since, notify=events.put, log_level=log_level)
    try:
        return crawl_by(dispatch, events, chosen, on_event=on_event, is_over=is_over)
    finally:
        dispatch.close()


def crawl_by(
    dispatch: Dispatch,
    events: SimpleQueue[CrawlEvent],
    chosen: Sequence[SourceId],
    *,
    on_event: Callable[[CrawlEvent], None] = lambda _: None,
    is_over: Callable[[], bool] = lambda: False,
) -> list[CrawlEvent]:
    """Crawl `chosen` sources by a `dispatch` that notifies `events`, as `crawl_once` does; how each ended that did."""
    finished: list[CrawlEvent] = []
    waiting, at_work = list(chosen), 0
    while (waiting or at_work) and not is_over():
        begun = dispatch.hand_over(waiting)
        waiting = [source_id for source_id in waiting if source_id not in begun]
        at_work += len(begun)
        if (
            not at_work
        ):  # with every seat free, only a host's wish, or another at it, keeps its source from being crawled
            return finished + [_left_alone(source_id, dispatch.why_left_alone, on_event) for source_id in waiting]
        if (end := _next_end(events, dispatch, on_event, is_over)) is None:
            break
        finished.append(end)
        at_work -= 1
        if _goes_on(end):
            waiting.append(end.source)
    return finished


def _goes_on(end: CrawlEvent) -> bool:
    """Whether a search of the past is to be gone on with at once: there is more, and the last crawl came further.

    It did not where it visited no more than the news it found: a site that names others each time would have no end.
    """
    news = end.new - end.found
    return end.more and end.error is None and (end.pages > 0 or sum(end.outcomes.values()) > news)


def _next_end(
    events: SimpleQueue[CrawlEvent],
    dispatch: Dispatch,
    on_event: Callable[[CrawlEvent], None],
    is_over: Callable[[], bool],
) -> CrawlEvent | None:
    """The next end of a crawl, None when it is over before."""
    while not is_over():
        dispatch.check()
        try:
            event = events.get(timeout=_CHECK_S)
        except Empty:
            continue
        on_event(event)
        if event.event == "finished":
            return event
    return None


def _left_alone(source_id: SourceId, why: str, on_event: Callable[[CrawlEvent], None]) -> CrawlEvent:
    event = CrawlEvent(event="finished", source=source_id, reason="postponed", error=why)
    on_event(event)
    return event
