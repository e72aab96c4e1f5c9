"""Reading outside the crawl loop: a few reader processes that a page may kill without harm to the rest.

It must not know what reading is: it hands pages to readers, replaces the dead, and says which page they died of.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from readout.catalog import load_knowledge
from readout.finding import Reading, Rejected
from readout.model import Link, OutcomeKind, Page
from readout.reading.reader import BURIAL_S, Reader, ReaderLostError, start_reader
from readout.site_rules import PageRules

if TYPE_CHECKING:
    from readout.reading.read import RowInput

_Answer = TypeVar("_Answer")
Work = Callable[..., Reading | Rejected]
"""What a reader makes of an article's page."""

_NO_RULES = PageRules()
_TRIES = 2
# Long enough to make starting cheap, short enough that what lxml or a cache never gives back does not add up.
_PAGES_PER_READER = 1_000
_MOST_DEADLY = 1_000  # pages that are remembered
_LARGE = 512 * 1024  # bytes of a page: most have a quarter of that; reading it takes fifteen times as much memory


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

    Large pages are read one at a time: together they cost no more memory than one, and never all readers.
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
        self.processes = processes
        self.cpu_s = cpu_s
        self._memory_mib = memory_mib
        self._pages_per_reader = pages_per_reader
        self.work = work
        self._turn = asyncio.Semaphore(processes)
        self._turn_of_large = asyncio.Semaphore(1)
        self._idle: list[Reader] = []
        self._readers: list[Reader] = []
        self._burials: list[Thread] = []
        self._deadly: dict[bytes, str] = {}
        self._is_closed = False

    async def read(
        self, page: Page, *, link: Link, zone: str, rules: PageRules = _NO_RULES, new_at: datetime | None = None
    ) -> Reading | Rejected:
        """What a reader makes of `page`, see `read_page`; one that cost two readers their lives is UNREADABLE, and
        says how.

        An exception of the work itself (a bug, not a page's doing) is raised here. RuntimeError after `close`.
        """
        try:
            return await self.run(page, self.work, page, link, zone, rules, new_at)
        except ReaderLostError as lost:
            return set_aside(lost)

    async def read_row(self, row: RowInput, now: datetime) -> Reading | Rejected:
        """What a reader makes of a row at `now`; otherwise as `read`."""
        try:
            return await self._run(self.cpu_s, _TRIES, read_row_with_own_knowledge, row, now)
        except ReaderLostError as lost:
            return set_aside(lost)

    async def run(self, page: Page, work: Callable[..., _Answer], *job: object, cpu_s: float | None = None) -> _Answer:
        """What `work`, importable by name, makes of a job about `page` in a reader. Raises what it raises.

        Raises ReaderLostError where it cost two readers their lives; as long as this pool lives the same bytes are not
        tried again. With `cpu_s`, less time than others have, it is tried once, and nothing is remembered of it.
        """
        if self._deadly and (fault := self._deadly.get(_digest(page, work))):
            raise ReaderLostError(fault, is_known=True)
        async with self._turn_of_large if len(page.body) > _LARGE else nullcontext():
            if cpu_s is not None:
                return await self._run(cpu_s, 1, work, *job)
            try:
                return await self._run(self.cpu_s, _TRIES, work, *job)
            except ReaderLostError as lost:
                self._note_deadly(_digest(page, work), str(lost))
                raise

    def close(self) -> None:
        """End every reader now. Readings under way fail."""
        self._is_closed = True
        for reader in list(self._readers):
            self._drop(reader)
        self._idle.clear()
        until = time.monotonic() + BURIAL_S
        for burial in self._burials:
            burial.join(max(0.0, until - time.monotonic()))

    async def _run(self, cpu_s: float, tries: int, work: Callable[..., _Answer], *job: object) -> _Answer:
        fault = ""
        async with self._turn:
            for number in range(tries):
                try:
                    return await self._run_once(number > 0, cpu_s, work, *job)
                except ReaderLostError as lost:
                    fault = str(lost)
        if tries == _TRIES:
            raise ReaderLostError(f"two readers gave up on the page: {fault}")
        raise ReaderLostError(f"a reader in haste gave up on the page: {fault}", in_haste=True)

    async def _run_once(self, anew: bool, cpu_s: float, work: Callable[..., _Answer], *job: object) -> _Answer:
        """The answer of a reader, of a new one where that is asked for: what others read before takes no room there."""
        is_found = self._idle and not anew
        reader = self._idle.pop() if is_found else await asyncio.to_thread(self._start)
        is_alive = False
        try:
            answer = await reader.read(cpu_s, work, *job)
            is_alive = not (reader.is_worn or reader.pages >= self._pages_per_reader)
        finally:
            if is_alive:
                self._idle.append(reader)
            else:
                self._drop(reader)
        return answer

    def _note_deadly(self, digest: bytes, fault: str) -> None:
        while len(self._deadly) >= _MOST_DEADLY:
            del self._deadly[next(iter(self._deadly))]
        self._deadly[digest] = fault

    def _start(self) -> Reader:
        """Runs in a thread. The reader is in the books at once, so that `close` finds it whoever still waits for it."""
        reader = start_reader(self._memory_mib)
        self._readers.append(reader)
        if self._is_closed:
            self._drop(reader)
            raise RuntimeError("the reader pool is closed")
        return reader

    def _drop(self, reader: Reader) -> None:
        reader.kill()
        with suppress(ValueError):  # another thread was faster
            self._readers.remove(reader)
        self._burials = [reader.bury(), *(burial for burial in self._burials if burial.is_alive())]


def set_aside(lost: ReaderLostError) -> Rejected:
    """What becomes of a page that cost readers their lives; one that had less time than others is tried again."""
    kind = OutcomeKind.FAILED if lost.in_haste else OutcomeKind.UNREADABLE
    return Rejected(outcome=kind, reason=str(lost), evidence=str(lost))


def _digest(page: Page, work: Callable[..., object]) -> bytes:
    return hashlib.sha256(f"{work.__module__}.{work.__qualname__}\0".encode() + page.body).digest()
