"""Reading outside the crawl loop: a few reader processes that a page may kill without harm to the rest.

It must not know what reading is: it hands pages to readers, replaces the dead, and says which page they died of.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from readout.catalog import load_knowledge
from readout.finding import Reading, Rejected
from readout.model import Link, OutcomeKind, Page
from readout.reading.reader import Limits, Reader, ReaderLostError, Work, start_reader
from readout.site_rules import PageRules

if TYPE_CHECKING:
    from readout.reading.read import RowInput

_NO_RULES = PageRules()
_TRIES = 2
# Long enough to make starting cheap, short enough that what lxml or a cache never gives back does not add up.
_PAGES_PER_READER = 1_000


def read_with_own_knowledge(
    page: Page, link: Link, zone: str, rules: PageRules, new_at: datetime | None
) -> Reading | Rejected:
    """`read_page` with the knowledge this process has loaded: the work of a reader."""
    from readout.reading.read import read_page  # here, so that a process which only has readers need not carry it

    return read_page(page, link=link, zone=zone, knowledge=load_knowledge(), rules=rules, new_at=new_at)


def read_row_with_own_knowledge(row: RowInput, now: datetime) -> Reading | Rejected:
    """`read_row` with the knowledge this process has loaded: the work of a reader."""
    from readout.reading.read import read_row

    return read_row(row, load_knowledge(), now=now)


class ReaderPool:
    """At most `processes` readers, each with its limits; started when first needed, replaced after many pages.

    For one event loop at a time. After `close` no reader is left; the fork server ends with this process.
    """

    def __init__(
        self,
        processes: int,
        cpu_s: float,
        memory_mib: int,
        *,
        pages_per_reader: int = _PAGES_PER_READER,
        work: Work = read_with_own_knowledge,
    ) -> None:
        self._limits = Limits(cpu_s=cpu_s, memory_mib=memory_mib)
        self._pages_per_reader = pages_per_reader
        self._work = work
        self._turn = asyncio.Semaphore(processes)
        self._idle: list[Reader] = []
        self._readers: list[Reader] = []
        self._is_closed = False

    async def read(
        self, page: Page, *, link: Link, zone: str, rules: PageRules = _NO_RULES, new_at: datetime | None = None
    ) -> Reading | Rejected:
        """What a reader makes of `page`, see `read_page`; one that cost two readers their lives is UNREADABLE, and
        says how.

        An exception of the work itself (a bug, not a page's doing) is raised here. RuntimeError after `close`.
        """
        return await self._read(self._work, page, link, zone, rules, new_at)

    async def read_row(self, row: RowInput, now: datetime) -> Reading | Rejected:
        """What a reader makes of a row at `now`; otherwise as `read`."""
        return await self._read(read_row_with_own_knowledge, row, now)

    async def _read(self, work: Work, *job: object) -> Reading | Rejected:
        fault = ""
        async with self._turn:
            for _ in range(_TRIES):
                try:
                    return await self._read_once(work, *job)
                except ReaderLostError as lost:
                    fault = str(lost)
        reason = f"two readers gave up on the page: {fault}"
        return Rejected(outcome=OutcomeKind.UNREADABLE, reason=reason, evidence=fault)

    def close(self) -> None:
        """End every reader now. Readings under way fail."""
        self._is_closed = True
        for reader in self._readers:
            reader.kill()
        for reader in self._readers:
            reader.executor.shutdown(wait=True)
        self._idle.clear()
        self._readers.clear()

    async def _read_once(self, work: Work, *job: object) -> Reading | Rejected:
        reader = self._idle.pop() if self._idle else await asyncio.to_thread(self._start)
        is_alive = False
        try:
            answer = await reader.read(work, *job)
            is_alive = not (reader.is_worn or reader.pages >= self._pages_per_reader)
        finally:
            if is_alive:
                self._idle.append(reader)
            else:
                self._drop(reader)
        return answer

    def _start(self) -> Reader:
        """Runs in a thread. The reader is in the books at once, so that `close` finds it whoever still waits for it."""
        reader = start_reader(self._limits)
        self._readers.append(reader)
        if self._is_closed:
            self._drop(reader)
            raise RuntimeError("the reader pool is closed")
        return reader

    def _drop(self, reader: Reader) -> None:
        reader.kill()
        if reader in self._readers:
            self._readers.remove(reader)
