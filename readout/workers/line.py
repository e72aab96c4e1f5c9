"""The line between a crawl process and the one that started it: orders on stdin, events on stdout, JSON a line.

It must not know what an order means, and brings nothing along: it is there before the rest of the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from readout.workers.event import CrawlEvent

_WORN_MIB = 320  # a process that has grown beyond this is replaced between crawls


class Line:
    """The line to the process that started this one: orders come in on stdin, events go out on what was stdout."""

    def __init__(self) -> None:
        # Whatever else prints to stdout must not garble the events.
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(2, 1)
        self._orders: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._leash_s: float | None = None

    def tell(self, **fields: Any) -> None:
        """Say one thing."""
        self._say(json.dumps(fields))

    def tell_event(self, event: CrawlEvent) -> None:
        """Pass on what a crawl says, and after its end whether this process is worn."""
        self._say(event.line())
        if event.event == "finished" and _memory_mib() > _WORN_MIB:
            self.tell(worn=True)

    async def orders(self) -> AsyncIterator[dict[str, Any]]:
        """The orders as they come, until `hang_up`. When whoever gives them is gone, this process ends at once; so it
        does where a ``leash_s`` came, and nothing for so many seconds since: by then another may crawl what it crawls.
        """
        listening = asyncio.ensure_future(self._listen())
        while (order := await self._orders.get()) is not None:
            yield order
        listening.cancel()

    def hang_up(self) -> None:
        """Take no more orders."""
        self._orders.put_nowait(None)

    async def _listen(self) -> None:
        reader = asyncio.StreamReader(limit=1 << 20)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        with suppress(TimeoutError):
            while line := await asyncio.wait_for(reader.readline(), self._leash_s):
                order = json.loads(line)
                self._leash_s = order.pop("leash_s", self._leash_s)
                if order:
                    self._orders.put_nowait(order)
        # Whoever gave the orders was killed, or is stuck: another may begin, and no host is to be asked by both.
        os._exit(1)

    def _say(self, line: str) -> None:
        # Nobody listens any more: the end of orders says the same, and ends the process.
        with suppress(BrokenPipeError):
            self._out.write(line + "\n")


def _memory_mib() -> float:
    """What this process holds now; where the system does not say, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / (1 << 20)
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
