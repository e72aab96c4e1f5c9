"""How many articles a second several processes store in one database, as crawls do, and where the time goes.

It must not make the database: bench/cluster_store.py hands it one. Each process has sources of its own and takes their
news in crawl by crawl: the links of a page in one transaction, then every page that they lead to in one each, with its
versions, likes, reports, meetings and alerts. What reading makes of the pages is ready before the clock starts. Of
those that tell of a meeting a third tells of one that nobody told of before, and a third is a copy of a stored text.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from random import Random
from statistics import mean, median, quantiles
from typing import Any

from identity_lookup import newcomers
from invented_text import invent_language, write_other, write_report
from near_duplicates import queries
from sqlalchemy import event
from store import LAST_DAY, Event
from web_store import ARTICLES_OF_A_MEETING

from readout.articles.fingerprint import fingerprint
from readout.catalog import load_sources
from readout.collector import collect_rarely
from readout.config import shipped_sources
from readout.error import StorageError
from readout.finding import Reading, Recognition, Signal
from readout.found_links import Find
from readout.intake import Intake
from readout.model import Article, LanguageCode, Link, Page, Report, Source
from readout.storage.database import Database, open_database
from readout.storage.watches import add_watch
from readout.watches.query import parse

WATCHES = (
    *("body:cis-sorb", "country:KZ", "country:AZ,GE", "country:TR kind:bilateral", "kind:session", "kind:call"),
    *("body_kind:conference", "status:planned", "city:Astana", "city:Moscow", "language:az", '"border security"'),
    *("topic:terrorism", "source_kind:agency", "country:DE", "country:UZ -kind:call", "country:IR", "-country:RU"),
)
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
SIGNALS = 6
PAGES_OF_A_CRAWL = 20
SHARE_COPIES = 1 / 3
_TURN = "pg_advisory_xact_lock"
_MAX_AGE = timedelta(days=14)
_START = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class News:
    """Pages to come and what reading makes of them, by address."""

    source: Source
    readings: dict[str, Reading]


@dataclass(slots=True)
class Spent:
    """Of each page: seconds by the clock, of them waiting for its turn and for answers, and how many it asked for."""

    whole: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    elapsed: float = 0.0
    cpu: float = 0.0


def store_news(
    url: str, stored: Sequence[Event], fresh: Sequence[Event], *, processes: int, pages: int, telling: float
) -> list[str]:
    """Lines of what `processes` need that store so many `pages` between them, that share of them `telling` of a
    meeting."""
    with closing(open_database(url, create=False)) as database:
        _watch(database)
    context = get_context("fork")
    ready = context.Barrier(processes)
    told: Any = context.Queue()
    share = pages // processes
    each = [
        context.Process(target=_work, args=(url, stored, fresh, number, processes, share, telling, ready, told))
        for number in range(processes)
    ]
    for process in each:
        process.start()
    spent = [told.get() for _ in each]
    for process in each:
        process.join()
    return list(_lines(spent))


def _work(
    url: str,
    stored: Sequence[Event],
    fresh: Sequence[Event],
    number: int,
    processes: int,
    pages: int,
    telling: float,
    ready: Any,
    told: Any,
) -> None:
    collect_rarely()  # as the process of a crawl
    run = f"{time.time():.0f}-{processes}-{number}"
    news = list(_news(_readings(Random(run), stored, fresh, pages, telling), run, pages, number, processes))
    with closing(open_database(url, create=False)) as database:
        intake = Intake(database, max_age=_MAX_AGE)
        spent = Spent()
        with _counted(database, spent):
            ready.wait()
            began, cpu = time.perf_counter(), time.process_time()
            for each in news:
                _crawl(intake, each, spent)
            spent.elapsed, spent.cpu = time.perf_counter() - began, time.process_time() - cpu
    told.put(spent)


def _crawl(intake: Intake, news: News, spent: Spent) -> None:
    now = _START + timedelta(seconds=len(spent.whole))
    links = [Link(url=url, title=reading.article.title) for url, reading in news.readings.items()]
    intake.take_links(news.source, Find(url=news.source.home, links=links), now=now)
    for due in intake.due_links(news.source.id, now=now, limit=len(links)):
        page = Page(url=due.url, final_url=due.url, status=200, body=due.url.encode(), content_type="", fetched_at=now)
        for figures in (spent.waiting, spent.asking, spent.asked):
            figures.append(0)
        began = time.perf_counter()
        intake.take_page(news.source, due, page, news.readings[due.url], now=now)
        spent.whole.append(time.perf_counter() - began)


@contextmanager
def _counted(database: Database, spent: Spent) -> Iterator[None]:
    """Note what is asked of the database and how long its answers take, for the page that is stored meanwhile."""
    since = 0.0

    def before(*_: Any) -> None:
        nonlocal since
        since = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if spent.asked:
            spent.asked[-1] += 1
            (spent.waiting if _TURN in statement else spent.asking)[-1] += time.perf_counter() - since

    event.listen(database._engine, "before_cursor_execute", before)
    event.listen(database._engine, "after_cursor_execute", after)
    yield


def _lines(spent: Sequence[Spent]) -> Iterator[str]:
    pages = sum(len(each.whole) for each in spent)
    elapsed = max(each.elapsed for each in spent)
    whole, waiting, asking, asked = (
        [1e3 * one for each in spent for one in getattr(each, name)] for name in ("whole", "waiting", "asking", "asked")
    )
    yield (
        f"{len(spent)} at once: {pages / elapsed:6.1f} articles a second"
        f" ({1e3 * sum(each.cpu for each in spent) / pages:.1f} ms of CPU each);"
        f" a page {median(whole):.1f} ms (95 % {quantiles(whole, n=20)[18]:.1f}, mean {mean(whole):.1f}),"
        f" of these waiting for its turn {mean(waiting):.1f},"
        f" for {mean(asked) / 1e3:.0f} answers {mean(asking):.1f}"
    )


# --- what comes in --------------------------------------------------------------------------------------------------


def _news(readings: Iterator[Reading], run: str, pages: int, number: int, processes: int) -> Iterator[News]:
    sources = list(load_sources([shipped_sources()]).values())[number::processes]
    for crawl in range(pages // PAGES_OF_A_CRAWL):
        source = sources[crawl % len(sources)]
        urls = (f"{source.home.rstrip('/')}/news/{run}/{crawl}/{page}" for page in range(PAGES_OF_A_CRAWL))
        yield News(source, dict(zip(urls, readings, strict=False)))


def _readings(
    dice: Random, stored: Sequence[Event], fresh: Sequence[Event], count: int, telling: float
) -> Iterator[Reading]:
    copies = queries(len(stored) * ARTICLES_OF_A_MEETING, count)
    for (_, news), copied in zip(newcomers(dice, stored, fresh, count), copies, strict=True):
        language = invent_language(dice)
        if dice.random() >= telling:
            yield _reading(*write_other(dice, language), language, news.told_at)
            continue
        title, text, report = write_report(dice, news.report, language)
        read = _reading(title, text, language, news.told_at, report)
        if dice.random() < SHARE_COPIES:
            read = replace(read, fingerprint=replace(read.fingerprint, signature=copied))
        yield read


def _reading(title: str, text: str, language: str, told_at: datetime | None, *reports: Report) -> Reading:
    weight = 1.5 if reports else -2.0
    return Reading(
        article=Article(
            url="",
            title=title,
            text=text,
            published=told_at,
            published_day=told_at.date() if told_at else None,
            language=LanguageCode(language),
        ),
        recognition=Recognition(
            is_report=bool(reports),
            score=0.9 if reports else 0.1,
            reports=reports,
            signals=tuple(Signal(name=f"sign {number}", weight=weight) for number in range(SIGNALS)),
            why_not="" if reports else "nobody meets",
        ),
        fingerprint=fingerprint(title, text),
    )


def _watch(database: Database) -> None:
    """Somebody waits for each of `WATCHES`, unless a run before this one has seen to that."""
    with database.write() as connection:
        for query in WATCHES:
            with suppress(StorageError):
                name = f"bench: {query}"
                readers = ["one@reader.example", "two@reader.example"]
                add_watch(connection, name=name, recipients=readers, channel="email", now=LONG_AGO, query=parse(query))
