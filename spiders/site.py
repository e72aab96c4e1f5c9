"""The one spider: Sources in, Pages out.

It must not judge a page: what it fetches goes to the pipelines, what it cannot fetch gets its fate.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from twisted.python.failure import Failure

from readout.condition import Heard, heard_status
from readout.config import Config
from readout.discovery import Validators
from readout.error import ConfigError, ReadoutError, StorageError
from readout.exchange import Exchange
from readout.failpoint import Moment, Step, reach
from readout.intake import DueLink, Fetched
from readout.model import Outcome, OutcomeKind, Page, SourceId
from readout.services import open_services
from readout.storage.lock import data_lock
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl, Purpose

from .access import RENDERED, access_fault, settings_of
from .closed import REFUSING, ClosedDoors, Held
from .discover.leaf import in_place_of
from .discover.telegram import readable_url
from .exchange import exchange_of
from .explore import Explorer
from .fate import (
    GONE,
    NETWORK_ERRORS,
    Forbidden,
    Postponed,
    Spoilt,
    TooLarge,
    Unable,
    Unpermitted,
    fate_of_address,
    fate_of_content,
    fate_of_error,
    fate_of_status,
)
from .manners import ASKED_TO_WAIT, SENT_AWAY, Manners, conditional_headers, http_date
from .robots import Rules
from .walk import DISCOVERY_MAX_BYTES, UnansweredError

_MOST_IN_HAND = 32 * 1024 * 1024  # bytes of articles that a walk asked for, kept until they are read
_LONGEST_VALIDATOR = 1_000


class SiteSpider(Spider):
    """Looks where a source's links are found, then visits those that are due.

    A worker hands in its `crawl`; ``scrapy crawl site -a source=ID [-a since=YYYY-MM-DD]`` opens everything by itself.
    """

    name = "site"

    def __init__(self, crawl: Crawl) -> None:
        super().__init__()
        self.crawl = crawl
        self.source = crawl.source
        self._explorer = self._explorer_of(crawl)
        self._in_hand: dict[str, Response] = {}
        self._doors = ClosedDoors()

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

    def _explorer_of(self, crawl: Crawl) -> Explorer:
        """How this crawl looks for links."""
        if crawl.purpose is Purpose.TRIAL:
            from .trial import TrialExplorer

            return TrialExplorer(crawl, self._ask, self._requests_left, self._rules_for)
        if crawl.purpose is Purpose.SURVEY:
            from .survey import Surveyor

            return Surveyor(crawl, self._ask, self._requests_left, self._rules_for)
        return Explorer(crawl, self._ask, self._requests_left)

    async def start(self) -> AsyncIterator[Request | Fetched]:
        """All places of discovery, one after the other, then the links that are due.

        A server that is silent at every place is not asked for pages: its links must not use up their tries now.
        """
        try:
            async for each in self._all():
                yield each
        except StorageError as error:
            self.crawl.note_unstored(error)

    async def _all(self) -> AsyncIterator[Request | Fetched]:
        await self.crawl.begin()
        if fault := access_fault(self.source, self.crawl.services.config):
            self.crawl.note_error(self.source.home, fault, Heard.NOTHING)
            return
        if not await self._explorer.look():
            return
        for due in await self.crawl.due_links(limit=self.settings.getint("READOUT_MAX_REQUESTS")):
            if (in_hand := self._in_hand.pop(due.url, None)) is None:
                yield self._visit(due)
            else:
                async for fetched in self._arrived(in_hand, due):
                    yield fetched

    async def closed_down(self, reason: str) -> None:
        """Scrapy's signal that the crawl is over."""
        await self._settle(self._doors.rest())
        await self.crawl.end(reason, self.crawler.stats.get_value("downloader/request_count", 0))

    # --- discovery --------------------------------------------------------------------------------------------------

    async def _ask(self, url: str, validators: Validators, *, renders: bool, keep: bool) -> Page | None:
        """A discovery page, or None where the server says that it has not changed; see `Explorer`."""
        request = Request(
            url,
            callback=NO_CALLBACK,
            headers=conditional_headers(validators),
            meta={"download_maxsize": DISCOVERY_MAX_BYTES} | ({RENDERED: True} if renders else {}),
            dont_filter=True,
        )
        reach(Step.DISCOVERY, Moment.BEFORE)
        try:
            answer = await self.crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            raise UnansweredError(f"{url}: {fate_of_error(error).reason}", heard=_heard(error)) from error
        reach(Step.DISCOVERY, Moment.AFTER)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        if fate := fate_of_status(answer.status):
            page = _page(answer, url)
            found = await self.crawl.guess(page, in_place_of, page)
            heard = Heard.WALL if found and found[0] is Heard.WALL else heard_status(answer.status)
            reason = f"{fate.reason}, with {found[1]}" if found else fate.reason
            raise UnansweredError(f"{url}: {reason}", heard=heard, status=answer.status)
        if keep and sum(len(kept.body) for kept in self._in_hand.values()) < _MOST_IN_HAND:
            self._in_hand[url] = answer
        return _page(answer, url)

    async def _rules_for(self, url: str) -> Rules:
        """What the robots.txt of the host of `url` says to us."""
        manners = self.crawler.get_downloader_middleware(Manners)
        assert isinstance(manners, Manners), "settings.py names it"
        return await manners.rules_for(url)

    def _requests_left(self) -> int:
        made = self.crawler.stats.get_value("downloader/request_count", 0)
        return int(self.settings.getint("READOUT_MAX_REQUESTS") - made)

    # --- visits -----------------------------------------------------------------------------------------------------

    def _visit(self, due: DueLink) -> Request:
        reach(Step.FETCH, Moment.BEFORE)
        renders = self.source.access.renders
        return Request(
            readable_url(due.url),
            callback=self._arrived,
            errback=self._missed,
            headers=conditional_headers(Validators() if renders else due.validators),
            meta={RENDERED: True} if renders else {},
            cb_kwargs={"due": due},
            dont_filter=True,
        )

    async def _arrived(self, response: Response, due: DueLink) -> AsyncIterator[Fetched]:
        reach(Step.FETCH, Moment.AFTER)
        if response.meta.get(ASKED_TO_WAIT):
            return  # stays to be visited when the host can bear it
        page = _page(response, due.url)
        fate = (
            _fate_unasked(response)
            or fate_of_status(response.status)
            or fate_of_address(due.url, response.url, self.source.home)
            or fate_of_content(page.content_type, page.body)
        )
        host = urlparse_cached(response).hostname or ""
        if fate and response.status in REFUSING:
            await self._settle(self._doors.refused(host, due, fate, is_last=SENT_AWAY in response.meta))
            return
        await self._settle(self._doors.answered(host))
        if fate is None:
            yield Fetched(source=self.source, due=due, page=page)
        else:
            read = page if response.status == HTTPStatus.OK else None
            await self.crawl.settle(due, fate, read, is_gone=response.status in GONE)

    async def _settle(self, held: Sequence[Held]) -> None:
        for due, fate in held:
            await self.crawl.settle(due, fate)

    async def _missed(self, failure: Failure) -> None:
        due: DueLink = failure.request.cb_kwargs["due"]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Unable):
            self.crawl.note_error(self.source.home, str(error), Heard.NOTHING)
        if error is None or isinstance(error, Postponed):
            return
        if not isinstance(error, NETWORK_ERRORS):
            self.crawl.log.error("visit_broke", url=due.url, exc_info=error)
        fate = fate_of_error(error)
        if fate.kind is OutcomeKind.FAILED:
            self.crawl.note_unanswered()
        await self.crawl.settle(due, fate, is_tried=not isinstance(error, Unpermitted))


def _heard(error: BaseException) -> Heard:
    """What it says that no answer came."""
    if isinstance(error, Forbidden):
        return Heard.REFUSED
    if isinstance(error, TooLarge | Spoilt):
        return Heard.CHANGED
    return Heard.WAIT if isinstance(error, Postponed) and not isinstance(error, Unable) else Heard.NOTHING


def _fate_unasked(response: Response) -> Outcome | None:
    """What it means that a server calls a page unchanged that was asked for as if for the first time: none was read."""
    sent = response.request.headers if response.request else {}
    if response.status != HTTPStatus.NOT_MODIFIED or "If-None-Match" in sent or "If-Modified-Since" in sent:
        return None
    reason = "the server says that it has not changed, though it was asked for all"
    return Outcome(kind=OutcomeKind.FAILED, reason=reason)


def _page(response: Response, url: str) -> Page:
    etag, last_modified = _validator(response, "ETag"), _last_modified(response)
    exchange: Exchange | None = exchange_of(response)
    if response.meta.get(RENDERED):  # they speak of the page as it was before its scripts filled it
        etag = last_modified = exchange = None
    return Page(
        url=url,
        final_url=response.url,
        status=response.status,
        body=response.body,
        content_type=_header(response, "Content-Type") or "",
        fetched_at=utc_now(),
        validators=Validators(etag=etag, last_modified=last_modified),
        exchange=exchange,
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


def _validator(response: Response, name: str) -> str | None:
    """A header to be kept and sent back as it is; None for one that no RFC 9110 (§8.8) server would send."""
    value = _header(response, name)
    return value if value and value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else None


def _last_modified(response: Response) -> str | None:
    """When a page was changed last; None where that is still to come: nothing would ever be newer."""
    value = _validator(response, "Last-Modified")
    moment = http_date(value)
    return None if moment and moment > utc_now() else value


def _own_crawl(crawler: Crawler, source: str = "", since: str | None = None) -> Crawl:
    """A crawl for `scrapy crawl`, alone on its data, whose services close with it."""
    config: Config = crawler.settings["READOUT_CONFIG"]
    begin = datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None
    with ExitStack() as house:
        house.enter_context(data_lock(config.data_dir, config.database.url))
        services = open_services(config)
        house.callback(services.close)
        if (found := services.sources.get(SourceId(source))) is None:
            raise ConfigError([f"there is no source {source!r}: `readout source list` names them (-a source=ID)"])
        crawler.signals.connect(house.pop_all().close, signals.engine_stopped, weak=False)
    return Crawl(services, found, since=begin)
