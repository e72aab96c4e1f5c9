"""The crawl process: many crawls in one loop, as they are ordered.

It must not outlive the process that started it, and no crawl in it may run for ever.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy.utils.reactor import install_reactor
from twisted.python.log import PythonLoggingObserver

from readout.collector import keep_for_ever, sweep
from readout.config import Config
from readout.error import ReadoutError
from readout.logs import configure_logs
from readout.model import SourceId
from readout.services import Services, open_services
from readout.workers.crawl import Crawl
from readout.workers.event import BROKEN, LOST, SHUTDOWN, CrawlEvent
from readout.workers.line import Line
from readout.workers.project import project_settings

_CLOSING_S = 20.0  # for requests and readings in hand when a crawl is to stop


class Fleet:
    """The crawls of this process, as many at once as it was given seats."""

    def __init__(self, services: Services, settings: Settings, tell: Callable[[CrawlEvent], None]) -> None:
        self._services = services
        self._tell = tell
        self._runner = AsyncCrawlerRunner(settings)
        _install_guard(self._runner)
        self._seats = asyncio.Semaphore(services.config.crawl.concurrency)
        self._deadline_s = services.config.crawl.max_minutes * 60 + _CLOSING_S
        self._stopping = asyncio.Event()
        self._crawls: set[asyncio.Task[None]] = set()

    def begin(self, source_id: SourceId, since: datetime | None) -> None:
        """Crawl a source as soon as there is a seat."""
        if source_id not in self._services.sources:
            gone = f"{source_id} is no longer in the catalogue"
            self._tell(CrawlEvent(event="finished", source=source_id, reason=BROKEN, error=gone))
            return
        task = asyncio.create_task(self._crawl(source_id, since))
        self._crawls.add(task)
        task.add_done_callback(self._crawls.discard)

    async def wait(self) -> None:
        """Wait for every crawl that was begun."""
        while self._crawls:
            await asyncio.wait(self._crawls)

    async def stop(self) -> None:
        """End every crawl cleanly, within a bound."""
        self._stopping.set()
        await self.wait()

    async def _crawl(self, source_id: SourceId, since: datetime | None) -> None:
        running = asyncio.Event()

        def notify(event: CrawlEvent) -> None:
            running.set()
            self._tell(event)

        crawl = Crawl(self._services, self._services.sources[source_id], since=since, notify=notify)
        reason = BROKEN
        try:
            async with self._seats:
                reason = SHUTDOWN if self._stopping.is_set() else await self._run(crawl, running)
        finally:
            # The spider has said so itself, unless it came to nothing.
            await crawl.end(reason, requests=0)
            sweep()

    async def _run(self, crawl: Crawl, running: asyncio.Event) -> str:
        crawler = self._runner.create_crawler("site")
        work = self._runner.crawl(crawler, crawl=crawl)
        await _first_of(work, self._stopping.wait(), crawl.is_unstored.wait(), timeout_s=self._deadline_s)
        if not work.done():
            await _stop(crawler, work, running)
        if not work.done() or work.cancelled():
            return LOST
        if error := work.exception():
            crawl.log.error("crawl_broke", exc_info=error)
        return BROKEN


async def _stop(crawler: Crawler, work: asyncio.Task[None], running: asyncio.Event) -> None:
    """Stop a crawl, by force where it does not end.

    A stop that comes before the engine runs is forgotten by Scrapy 2.19, and such a crawl never ends: hence the wait.
    """
    await _first_of(work, running.wait(), timeout_s=_CLOSING_S)
    if not work.done():
        await _first_of(crawler.stop_async(), timeout_s=_CLOSING_S)
        await _first_of(work, timeout_s=_CLOSING_S)
    work.cancel()


async def _first_of(*waits: Awaitable[Any], timeout_s: float) -> None:
    """Wait until one of `waits` is done, or the time is over. What is no task yet ends with it."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task not in waits:
            task.cancel()


async def serve(line: Line) -> None:
    """Crawl what is ordered until told to retire (crawls end by themselves) or to stop (they are ended now)."""
    orders = line.orders()
    first = await anext(orders)
    configure_logs(first["log_level"])
    services = open_services(Config(**first["config"]))
    try:
        fleet = Fleet(services, _settings(services.config), line.tell_event)
        keep_for_ever()
        line.tell(ready=True)
        async for order in orders:
            if "retire" in order:
                await fleet.wait()
                return
            since = order["since"] and datetime.fromisoformat(order["since"])
            fleet.begin(SourceId(order["crawl"]), since)
        await fleet.stop()
    finally:
        services.close()


def _settings(config: Config) -> Settings:
    settings = project_settings()
    settings.set("READOUT_CONFIG", config)
    return settings


def _install_guard(runner: AsyncCrawlerRunner) -> None:
    """What `scrapy crawl` does by itself: every connection of this process goes through the project's resolver."""
    reactor, settings = _reactor(), runner.settings
    load_object(settings["TWISTED_DNS_RESOLVER"]).from_crawler(runner, reactor).install_on_reactor()
    reactor.getThreadPool().adjustPoolsize(maxthreads=settings.getint("REACTOR_THREADPOOL_MAXSIZE"))


def _reactor() -> Any:
    """Twisted's loop, once it is chosen."""
    from twisted.internet import reactor

    return reactor


def main(line: Line) -> int:
    """Serve `line` until told to end. 0: as told; 1: it could not work at all, and has said why."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    reactor = _reactor()
    failures: list[ReadoutError] = []

    async def work() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, line.hang_up)
        try:
            await serve(line)
        except ReadoutError as error:
            failures.append(error)
            line.tell(fault=str(error))
        finally:
            reactor.stop()

    PythonLoggingObserver("twisted").start()  # type: ignore[no-untyped-call]
    reactor.callWhenRunning(lambda: asyncio.ensure_future(work()))
    reactor.run(installSignalHandlers=False)
    return 1 if failures else 0
