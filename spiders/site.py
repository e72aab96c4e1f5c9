"""The one spider: Sources in, Pages out.

It must not judge a page: what it fetches goes to the pipelines, what it cannot fetch gets its fate.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from readout.config import Config
from readout.discovery import Discovery, Validators
from readout.error import ConfigError, ReadoutError, SourceChanged
from readout.intake import DueLink, Fetched
from readout.model import Page, SourceId
from readout.services import open_services
from readout.storage.lock import data_lock
from readout.trouble import Heard
from readout.workers.crawl import Crawl, utc_now

from .fate import (
    GONE,
    NETWORK_ERRORS,
    Forbidden,
    Postponed,
    fate_of_address,
    fate_of_content,
    fate_of_error,
    fate_of_status,
)
from .manners import conditional_headers, retry_after, settings_of
from .walk import DISCOVERY_MAX_BYTES, EmptySitemapError, UnansweredError, own_links, walk


class SiteSpider(Spider):
    """Looks where a source's links are found, then visits those that are due.

    A worker hands in its `crawl`; ``scrapy crawl site -a source=ID [-a since=YYYY-MM-DD]`` opens everything by itself.
    """

    name = "site"

    def __init__(self, crawl: Crawl) -> None:
        super().__init__()
        self.crawl = crawl
        self.source = crawl.source
        self._empty: list[EmptySitemapError] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        """Scrapy's way to make one; the source's pace and languages become settings of its crawl."""
        try:
            crawl = kwargs.get("crawl") or _own_crawl(crawler, *args, **kwargs)
        except ReadoutError as error:
            raise SystemExit(f"readout: {error}") from None  # said to the person who typed it, not as a traceback
        crawler.settings.setdict(settings_of(crawl.source, crawl.services.config), priority="spider")
        spider = super().from_crawler(crawler, crawl)
        crawler.signals.connect(spider.closed_down, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """All places of discovery, one after the other, then the links that are due.

        A server that is silent at every place is not asked for pages: its links must not use up their tries now.
        """
        await self.crawl.begin()
        heard = [await self._discover(place) for place in self.source.discover]
        if heard and not any(heard):
            return
        if not self.crawl.was_answered:
            # Beside a place that answered an empty one may be having a quiet day; alone it would be silence.
            for empty in self._empty:
                self.crawl.note_error(empty.place, str(empty), Heard.CHANGED)
        for due in await self.crawl.due_links(limit=self.settings.getint("READOUT_MAX_REQUESTS")):
            yield self._visit(due)

    async def closed_down(self, reason: str) -> None:
        """Scrapy's signal that the crawl is over."""
        await self.crawl.end(reason, self.crawler.stats.get_value("downloader/request_count", 0))

    # --- discovery --------------------------------------------------------------------------------------------------

    async def _discover(self, place: Discovery) -> bool:
        """Take what a place holds; whether its server was heard at all. One that fails hinders no other."""
        found = own = 0
        try:
            async for find in walk(place, self._fetch, ZoneInfo(self.source.timezone)):
                links = await asyncio.to_thread(own_links, self.source, find.links)  # there may be 50,000
                found, own = found + len(find.links), own + len(links)
                # While not one article was among them the pattern or the site is wrong, and nothing is covered yet.
                if own or not found:
                    await self.crawl.take_links(find.url, links, find.validators)
            if found and not own:
                raise SourceChanged(f"none of the {found} links of {place.url} is of the shape of an article")
            self.crawl.note_answer()
        except EmptySitemapError as empty:
            self._empty.append(empty)
        except ReadoutError as error:
            heard = _heard(error)
            self.crawl.note_error(place.url, str(error), heard)
            return heard is not Heard.NOTHING
        return True

    async def _fetch(self, url: str, conditional: bool) -> Page | None:
        validators = await self.crawl.validators(url) if conditional else Validators()
        request = Request(
            url,
            callback=NO_CALLBACK,
            headers=conditional_headers(validators),
            meta={"download_maxsize": DISCOVERY_MAX_BYTES},
            dont_filter=True,
        )
        try:
            answer = await self.crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            is_silent = not isinstance(error, Forbidden)
            raise UnansweredError(f"{url}: {fate_of_error(error).reason}", is_silent=is_silent) from error
        if answer.status == 304:
            return None
        if fate := fate_of_status(answer.status):
            raise UnansweredError(f"{url}: {fate.reason}")
        return _page(answer, url)

    # --- visits -----------------------------------------------------------------------------------------------------

    def _visit(self, due: DueLink) -> Request:
        return Request(
            due.url,
            callback=self._arrived,
            errback=self._missed,
            headers=conditional_headers(due.validators),
            cb_kwargs={"due": due},
            dont_filter=True,
        )

    async def _arrived(self, response: Response, due: DueLink) -> AsyncIterator[Fetched]:
        page = _page(response, due.url)
        if response.status in (429, 503) and retry_after(_header(response, "Retry-After"), utc_now()):
            return  # stays to be visited when the host can bear it
        fate = (
            fate_of_status(response.status)
            or fate_of_address(due.url, response.url, self.source.home)
            or fate_of_content(page.content_type, page.body)
        )
        if fate is None:
            yield Fetched(source=self.source, due=due, page=page)
        else:
            read = page if response.status == HTTPStatus.OK else None
            await self.crawl.settle(due, fate, read, is_gone=response.status in GONE)

    async def _missed(self, failure: Failure) -> None:
        due: DueLink = failure.request.cb_kwargs["due"]  # type: ignore[attr-defined]
        error = failure.value
        if error is None or isinstance(error, Postponed):
            return
        if not isinstance(error, NETWORK_ERRORS):
            self.crawl.log.error("visit_broke", url=due.url, exc_info=error)
        await self.crawl.settle(due, fate_of_error(error))


def _heard(error: ReadoutError) -> Heard:
    """What came in place of links."""
    if isinstance(error, UnansweredError):
        return Heard.NOTHING if error.is_silent else Heard.REFUSED
    return Heard.CHANGED


def _page(response: Response, url: str) -> Page:
    return Page(
        url=url,
        final_url=response.url,
        status=response.status,
        body=response.body,
        content_type=_header(response, "Content-Type") or "",
        fetched_at=utc_now(),
        validators=Validators(etag=_header(response, "ETag"), last_modified=_header(response, "Last-Modified")),
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


def _own_crawl(crawler: Crawler, source: str = "", since: str | None = None) -> Crawl:
    """A crawl for `scrapy crawl`, alone on its data, whose services close with it."""
    config: Config = crawler.settings["READOUT_CONFIG"]
    begin = datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None
    with ExitStack() as house:
        house.enter_context(data_lock(config.data_dir))
        services = open_services(config)
        house.callback(services.close)
        if (found := services.sources.get(SourceId(source))) is None:
            raise ConfigError([f"there is no source {source!r}: `readout source list` names them (-a source=ID)"])
        crawler.signals.connect(house.pop_all().close, signals.engine_stopped, weak=False)
    return Crawl(services, found, since=begin)
