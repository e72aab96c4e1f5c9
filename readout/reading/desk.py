"""Reading for the command line, one thing after the other: text here, markup in a reader process that it may cost.

It must not store anything.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cached_property

from readout.catalog import load_knowledge
from readout.config import Read
from readout.finding import Reading, Rejected
from readout.model import Link, Page
from readout.reading.pool import ReaderPool
from readout.reading.read import RowInput, read_row
from readout.site_rules import PageRules

_NO_RULES = PageRules()


class Desk:
    """Reads rows and pages under `limits`; a reader is started when the first markup comes. Close it at the end."""

    def __init__(self, limits: Read) -> None:
        self._limits = limits
        self._runner = asyncio.Runner()

    @cached_property
    def _pool(self) -> ReaderPool:
        return ReaderPool(processes=1, cpu_s=self._limits.cpu_s, memory_mib=self._limits.memory_mib)

    def row(self, row: RowInput, *, now: datetime) -> Reading | Rejected:
        """All that `row` tells."""
        if row.html is None:
            return read_row(row, load_knowledge(), now=now)
        return self._runner.run(self._pool.read_row(row, now))

    def page(self, page: Page, *, zone: str = "UTC", rules: PageRules = _NO_RULES) -> Reading | Rejected:
        """All that `page` tells; `zone` and `rules` are those of its source, where it has one."""
        return self._runner.run(self._pool.read(page, link=Link(url=page.url), zone=zone, rules=rules))

    def close(self) -> None:
        """Let the reader go."""
        if "_pool" in self.__dict__:
            self._pool.close()
        self._runner.close()
