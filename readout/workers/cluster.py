"""A worker of a cluster: it crawls what the queue hands out, as many sources at once as it has seats.

It must not decide what is due, nor end when the database's server is started anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import Event, Thread

import structlog

from readout.config import Config
from readout.error import ReadoutError
from readout.model import Source, SourceId
from readout.storage.database import Database
from readout.workers.clock import utc_now
from readout.workers.dispatch import Dispatch
from readout.workers.event import CrawlEvent
from readout.workers.queue import HEARTBEAT_S, NAME, worker_app

_CHECKED_S = 2.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 10.0

log = structlog.get_logger(__name__)


class ClusterWorker(AbstractContextManager["ClusterWorker"]):
    """The crawls that the queue hands to this process, from entering on; leaving ends in order what is under way."""

    def __init__(self, config: Config, sources: Mapping[SourceId, Source], database: Database) -> None:
        self._seats = config.crawl.concurrency
        self._url = database.home.url
        self._dispatch = Dispatch(config, sources, database, notify=self._heard)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: dict[SourceId, asyncio.Future[None]] = {}
        self._told = Event()
        self._has_failed = False
        self._thread = Thread(target=lambda: asyncio.run(self._run()), name="queue")

    def __enter__(self) -> ClusterWorker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._told.set()
        self._thread.join()

    @property
    def has_given_up(self) -> bool:
        """Whether no crawl process can be kept alive, or nobody asks the queue any more."""
        return self._dispatch.has_given_up or self._has_failed

    def check(self) -> None:
        """Renew what is claimed and end what hangs; to be called every few seconds."""
        self._dispatch.check()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        told: asyncio.Future[object] = asyncio.ensure_future(asyncio.to_thread(self._told.wait))
        try:
            await self._serve_again_and_again(self._loop, told)
        finally:
            self._has_failed = not self._told.is_set()
            self._told.set()
            await self._end_crawls()

    async def _serve_again_and_again(self, loop: asyncio.AbstractEventLoop, told: asyncio.Future[object]) -> None:
        from procrastinate.exceptions import ProcrastinateException
        from psycopg import Error as DriverError

        wait_s = _FIRST_WAIT_S
        while not told.done():
            begun_at = loop.time()
            try:
                await self._serve(told)
            except (DriverError, ProcrastinateException, OSError) as error:
                log.warning("queue_away", reason=type(error).__name__)  # its words may hold the URL
            wait_s = _FIRST_WAIT_S if loop.time() - begun_at > _LONGEST_WAIT_S else wait_s * 2
            await asyncio.wait([told], timeout=min(wait_s, _LONGEST_WAIT_S))

    async def _serve(self, told: asyncio.Future[object]) -> None:
        """Work until told to end, or until the connection is lost, which Procrastinate ends at without a word."""
        app = worker_app(self._url, self._crawl)
        async with app.open_async():
            work: asyncio.Future[object] = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[NAME],
                    concurrency=self._seats,
                    update_heartbeat_interval=HEARTBEAT_S,
                    fetch_job_polling_interval=2.0,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            await asyncio.wait([work, told], return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()  # it takes no more jobs, and ends when those under way have
                await self._end_crawls()
            (end,) = await asyncio.gather(work, return_exceptions=True)
            if isinstance(end, Exception):
                raise end

    async def _end_crawls(self) -> None:
        """In order; meanwhile they stay ours."""
        end = asyncio.ensure_future(asyncio.to_thread(self._dispatch.close))
        while not end.done():
            await asyncio.to_thread(self.check)
            await asyncio.wait([end], timeout=_CHECKED_S)
        await end

    async def _crawl(self, source_id: SourceId) -> None:
        if source_id in self._under_way:  # it was queued again while we were thought to be dead
            return
        ended = self._under_way[source_id] = asyncio.get_running_loop().create_future()
        try:
            if await asyncio.to_thread(self._dispatch.hand_over_if_due, source_id, utc_now()):
                await ended
        except ReadoutError as error:
            log.error("crawl_not_begun", source=source_id, reason=str(error))
        finally:
            self._under_way.pop(source_id, None)

    def _heard(self, event: CrawlEvent) -> None:
        if event.event == "finished" and self._loop is not None:
            self._loop.call_soon_threadsafe(self._note_end, event.source)

    def _note_end(self, source_id: SourceId) -> None:
        ended = self._under_way.get(source_id)
        if ended is not None and not ended.done():
            ended.set_result(None)
