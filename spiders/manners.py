"""Politeness: robots.txt, Crawl-delay, Retry-After, one request at a time, and asking only for what has changed.

It must not know what a page is for: it sees requests and answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from readout.config import Config
from readout.discovery import Validators
from readout.model import Source
from readout.workers.crawl import Crawl, utc_now

from .fate import NETWORK_ERRORS, Forbidden, Postponed, fate_of_error
from .robots import Rules, rules_of

_LONGEST_WAIT = timedelta(hours=24)
_WITHOUT_ROBOTS = "readout_without_robots"


def settings_of(source: Source, config: Config) -> dict[str, Any]:
    """Scrapy's settings that follow from one source: its pace and its languages."""
    pace = config.crawl.per_host_delay if source.delay is None else source.delay.total_seconds()
    accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    headers = {"Accept": accepted, "Accept-Language": accept_language(source.languages)}
    return {"DOWNLOAD_DELAY": pace, "DEFAULT_REQUEST_HEADERS": headers}


def accept_language(languages: Sequence[str]) -> str:
    """The source's languages, the first one wanted most: sites give the English edition to who asks for nothing."""
    weights = (f";q={max(1 - step / 10, 0.1):.1f}" if step else "" for step in range(len(languages)))
    return ", ".join(language + weight for language, weight in zip(languages, weights, strict=True))


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Headers that let a server answer 304 (RFC 9110 §13.1)."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """The moment that a Retry-After header names, in seconds or as a date, at most 24 h away; None: it names none."""
    digits = (value or "").strip()
    if digits.isdecimal():
        wanted = timedelta(seconds=int(digits)) if len(digits) < 10 else _LONGEST_WAIT
    else:
        try:
            date = parsedate_to_datetime(value or "")
        except ValueError:
            return None
        wanted = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return now + min(wanted, _LONGEST_WAIT) if wanted > timedelta(0) else None


class Manners:
    """Scrapy's downloader middleware: no request leaves that the host, its robots.txt or our own limit forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._left = crawler.settings.getint("READOUT_MAX_REQUESTS", 500)
        self._rules: dict[str, asyncio.Task[Rules]] = {}
        self._waits: dict[str, datetime | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Manners:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let `request` pass, or raise IgnoreRequest: Forbidden, Postponed, or because robots.txt cannot be had."""
        await self._heed_wait(urlparse_cached(request).hostname or "")
        self._heed_limit()
        if not request.meta.get(_WITHOUT_ROBOTS):
            await self._heed_robots(request)
            self._heed_limit()
        self._left -= 1

    async def process_response(self, request: Request, response: Response) -> Response:
        """Hear a request to wait (RFC 9110 §10.2.3), and remember it beyond this crawl."""
        if response.status in (429, 503):
            until = retry_after(_header(response.headers, "Retry-After"), utc_now())
            if until is not None:
                host = urlparse_cached(request).hostname or ""
                self._waits[host] = until
                await self._crawl.set_wait(host, until)
        return response

    @property
    def _crawl(self) -> Crawl:
        crawl = getattr(self._crawler.spider, "crawl", None)
        assert isinstance(crawl, Crawl), "the spider has a crawl before it has a request"
        return crawl

    async def _heed_wait(self, host: str) -> None:
        if host not in self._waits:
            self._waits[host] = await self._crawl.wait_of(host)
        until = self._waits[host]
        if until is not None and until > utc_now():
            raise Postponed(f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC")

    def _heed_limit(self) -> None:
        if self._left <= 0:
            raise Postponed("this crawl has made as many requests as it may")

    async def _heed_robots(self, request: Request) -> None:
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask_robots(origin, parts.hostname or ""))
        # Shielded: the answer is for every request to this host, not for this one alone.
        rules = await asyncio.shield(self._rules[origin])
        if rules.refusal:
            raise IgnoreRequest(f"{parts.hostname}: {rules.refusal}")
        if not rules.allows(request.url):
            raise Forbidden(f"robots.txt of {parts.hostname} does not allow {request.url}")

    async def _ask_robots(self, origin: str, host: str) -> Rules:
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, dont_filter=True, meta={_WITHOUT_ROBOTS: True})
        try:
            answer = await self._crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            return _unanswered(error)
        rules = rules_of(answer.status, answer.body)
        if rules.crawl_delay:
            self._slow_down(host, rules.crawl_delay)
        return rules

    def _slow_down(self, host: str, delay_s: float) -> None:
        """Keep Crawl-delay where it asks for more than our own pace: now, and when Scrapy forgets an idle host."""
        downloader = self._crawler.engine.downloader
        if delay_s <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader.per_slot_settings[host] = {"delay": delay_s, "concurrency": 1, "jitter": 0}
        if host in downloader.slots:
            downloader.slots[host].delay = delay_s


def _unanswered(error: BaseException) -> Rules:
    """Redirects without end leave a robots.txt unavailable (RFC 9309 §2.3.1.2); no answer at all means stay away."""
    if isinstance(error, IgnoreRequest) and not isinstance(error, Postponed):
        return Rules()
    return Rules(
        refusal=f"robots.txt could not be had, which means to stay away for now: {fate_of_error(error).reason}"
    )


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    value = headers.get(name)
    return value.decode("latin-1") if isinstance(value, bytes) else None
