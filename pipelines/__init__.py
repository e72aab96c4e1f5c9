"""What happens to a fetched page, in order: skip what is known, read it, take it in.

It must not decide anything: each step asks `readout`, and whatever goes wrong becomes the page's outcome.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from readout.error import StorageError
from readout.finding import Reading, Rejected
from readout.intake import DueLink, Fetched
from readout.model import Outcome, OutcomeKind, Page
from readout.workers.crawl import Crawl


@dataclass(frozen=True, slots=True)
class Understood:
    """A page that was read: its link, its bytes and what they say."""

    due: DueLink
    page: Page
    reading: Reading


class _Step:
    """What the steps share: the crawl they work for, and a fence."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _Step:
        """Scrapy's way to make one."""
        return cls(crawler)

    @asynccontextmanager
    async def _fence(self, due: DueLink) -> AsyncIterator[Crawl]:
        """Whatever breaks on a page is its outcome, with the reason: no link is lost, no other page is touched."""
        crawl = getattr(self._crawler.spider, "crawl", None)
        assert isinstance(crawl, Crawl), "only the site spider's pages come here"
        try:
            yield crawl
        except DropItem:
            raise
        except StorageError as error:  # no fault of the page: its link stays pending, and the crawl says so once
            raise DropItem("it could not be stored") from error
        except Exception as error:
            crawl.log.exception("page_failed", url=due.url)
            reason = f"reading it failed: {type(error).__name__}: {error}"[:300]
            await crawl.settle(due, Outcome(kind=OutcomeKind.FAILED, reason=reason))
            raise DropItem(reason) from error


class SkipKnown(_Step):
    """The same bytes as last time need no reading."""

    async def process_item(self, item: Fetched) -> Fetched:
        """Pass `item` on, or settle its link as unchanged."""
        async with self._fence(item.due) as crawl:
            if await crawl.is_known(item.due, item.page):
                outcome = Outcome(kind=OutcomeKind.UNCHANGED, reason="the same bytes as last time")
                await crawl.settle(item.due, outcome, item.page)
                raise DropItem(outcome.reason)
        return item


class Read(_Step):
    """Bytes to article, reports and fingerprint, in a reader process."""

    async def process_item(self, item: Fetched) -> Understood:
        """Pass on what was read, or settle the link with what the reader found wrong."""
        async with self._fence(item.due) as crawl:
            reading = await crawl.read(item.due, item.page)
            if isinstance(reading, Rejected):
                await crawl.settle(item.due, Outcome(kind=reading.outcome, reason=reading.reason), item.page)
                raise DropItem(reading.reason)
        return Understood(item.due, item.page, reading)


class Take(_Step):
    """One transaction: article, reports, judgement, meeting, alerts owed, and the link's outcome."""

    async def process_item(self, item: Understood) -> Understood:
        """Store `item`."""
        async with self._fence(item.due) as crawl:
            await crawl.take_page(item.due, item.page, item.reading)
        return item
