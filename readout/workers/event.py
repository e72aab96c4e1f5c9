"""What a crawl tells those who wait for it, and how it crosses the line between two processes.

It must not carry anything a page said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from readout.error import DatabaseAway, StorageError
from readout.model import SourceId

EventKind = Literal["started", "progress", "finished"]

SHUTDOWN = "shutdown"
"""Why a crawl ended that was stopped with its process: in Scrapy's words, as all reasons are."""
BROKEN = "broken"
LOST = "lost"
"""Our words beside Scrapy's: a crawl that could not begin, and one that could not even end."""
TIMEOUT = "closespider_timeout"
"""Why a crawl ended whose time was over."""
UNSTORED = "unstored"
"""A crawl that was broken off because nothing could be stored: the disk is full, the file or its folder is gone."""
AWAY = "away"
"""The same because the database's server could not be reached, as when it is started anew."""
NOT_STORED = (UNSTORED, AWAY)


def unstored_by(error: StorageError) -> str:
    """Which of the two a crawl ends for."""
    return AWAY if isinstance(error, DatabaseAway) else UNSTORED


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlEvent:
    """How a crawl of `source` stands: `new` links found, `expected` visits, `outcomes` so far.

    Of a finished one, `reason` says why it ended and `requests` how many it made; `error` what the operator should
    know of the source, and `answered` whether any of its discovery pages was as it should be. `gap`: what became of
    links that places had dropped. Of a search of the past, `pages` walked, links `found`, `oldest` of them (a day, in
    ISO 8601), and whether there is `more` to do. `waiting`: how many links are
    left for another crawl, because this one had made as many requests, or taken as long, as it may.
    """

    event: EventKind
    source: SourceId
    new: int = 0
    expected: int = 0
    requests: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    error: str | None = None
    answered: bool = False
    gap: Literal["closed", "open"] | None = None
    pages: int = 0
    found: int = 0
    oldest: str | None = None
    more: bool = False
    waiting: int = 0

    def line(self) -> str:
        """The event as one line of JSON, without its end."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> CrawlEvent:
        """The event that `line` wrote."""
        return cls(**json.loads(line))
