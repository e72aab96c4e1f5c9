"""What one crawl may have of the readers: pages that cost readers their lives must not take them from other crawls.

It must not judge a page: that is the pool's part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from readout.finding import Reading, Rejected
from readout.model import Link, Page
from readout.reading.pool import ReaderPool, set_aside
from readout.reading.reader import ReaderLostError
from readout.site_rules import PageRules

_Answer = TypeVar("_Answer")

_LEAST_S = 1.0  # of CPU: ten times what an ordinary page takes


class Share:
    """One crawl's part in the readers of `pool`: all of them, until one of its pages costs readers their lives.

    From then on its pages are read one at a time, and each loss halves the time that the next may take, down to a
    second. An article that is lost in such haste has FAILED: a later crawl, which begins with patience, tries it again.
    """

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool
        self._turn = asyncio.Semaphore(pool.processes)
        self._alone = asyncio.Lock()
        self._losses = 0

    async def read(
        self, page: Page, *, link: Link, zone: str, rules: PageRules, new_at: datetime | None
    ) -> Reading | Rejected:
        """As `ReaderPool.read`."""
        try:
            return await self.run(page, self._pool.work, page, link, zone, rules, new_at)
        except ReaderLostError as lost:
            return set_aside(lost)

    async def run(self, page: Page, work: Callable[..., _Answer], *job: object) -> _Answer:
        """As `ReaderPool.run`."""
        async with self._turn:
            if not self._losses:
                return await self._run(page, work, job, None)
            async with self._alone:
                haste = max(_LEAST_S, self._pool.cpu_s * 0.5**self._losses)
                return await self._run(page, work, job, min(haste, self._pool.cpu_s))

    async def _run(
        self, page: Page, work: Callable[..., _Answer], job: tuple[object, ...], cpu_s: float | None
    ) -> _Answer:
        try:
            return await self._pool.run(page, work, *job, cpu_s=cpu_s)
        except ReaderLostError as lost:
            self._losses += not lost.is_known
            raise
