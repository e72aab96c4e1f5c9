"""Politeness: robots.txt, Crawl-delay, Retry-After, our own patience, and asking only for what has changed.

It must not know what a page is for: it sees requests and answers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from readout.discovery import Validators
from readout.storage.hosts import KeptRobots, Patience
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl
from readout.workers.hosts import LONGEST_DELAY, LONGEST_WAIT, HostBook

from .closed import REFUSING
from .fate import NETWORK_ERRORS, Forbidden, Postponed, Unpermitted, fate_of_error
from .robots import MOST_BYTES, Rules, rules_of

ASKED_TO_WAIT = "readout_asked_to_wait"
"""In a request's meta: its answer was the host's wish to be left alone, and says nothing of the page."""
SENT_AWAY = "readout_sent_away"
"""In a request's meta: its answer was one refusal too many, and the host is not asked any more."""

_AS_ROBOT = "readout_robots_txt"  # in a request's meta: how much of the robots.txt has come
_REFUSALS = 3  # in a row, of REFUSING, after which a crawl asks a host no more
_MOST_HALVINGS = 3  # of the time that is given to a page
_ROBOTS_KEPT = timedelta(hours=24)  # RFC 9309 §2.4
_REFUSAL_KEPT = timedelta(minutes=15)  # a robots.txt that could not be had is soon asked for again
_MOST_ROBOTS_BYTES = 8 * MOST_BYTES  # of a crawl, whomever it is led to: rules take ten times the room


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Headers that let a server answer 304 (RFC 9110 §13.1)."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """The moment that a Retry-After header names, in seconds or as a date, at most 24 h away; None: it names none."""
    digits = (value or "").strip()
    if digits.isdecimal():
        wanted = timedelta(seconds=int(digits)) if len(digits) < 10 else LONGEST_WAIT
    elif date := http_date(value):
        wanted = date - now
    else:
        return None
    return now + min(wanted, LONGEST_WAIT) if wanted > timedelta(0) else None


def http_date(value: str | None) -> datetime | None:
    """The moment that a header names (RFC 9110 §5.6.7); None: it names none that a calendar has."""
    try:
        date = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


class Manners:
    """Scrapy's downloader middleware: no request leaves that the host, its robots.txt or our own limit forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._left = crawler.settings.getint("READOUT_MAX_REQUESTS", 500)
        self._rules: dict[str, asyncio.Task[Rules]] = {}
        self._robots_left = _MOST_ROBOTS_BYTES
        self._patience: dict[str, Patience] = {}
        self._refusals: Counter[str] = Counter()
        self._in_vain: Counter[str] = Counter()
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._answering: set[str] = set()
        self._said: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Manners:
        """Scrapy's way to make one."""
        manners = cls(crawler)
        crawler.signals.connect(manners.cut_robots, signals.bytes_received)
        crawler.signals.connect(manners.forgive, signals.spider_closed)
        return manners

    async def process_request(self, request: Request) -> None:
        """Let `request` pass, or raise IgnoreRequest: Forbidden, Postponed, or Unpermitted."""
        await self._heed_wait(_host(request))
        self._heed_limit()
        if _AS_ROBOT not in request.meta:
            await self._heed_robots(request, request.url)
            self._heed_limit()
        self._hurry(request)
        self._left -= 1

    async def process_response(self, request: Request, response: Response) -> Response:
        """Hear whether the host wants to be left alone (RFC 9110 §10.2.3), and remember it beyond this crawl.

        Where a browser has followed redirects by itself, the robots.txt of where it came to is heeded too.
        """
        host, status = _host(request), response.status
        self._in_vain[host] = 0
        is_robots = _AS_ROBOT in request.meta
        until = retry_after(_header(response.headers, "Retry-After"), utc_now()) if status in (429, 503) else None
        if status == HTTPStatus.TOO_MANY_REQUESTS or until is not None:
            request.meta[ASKED_TO_WAIT] = True
            await self._leave_alone(host, f"it answered {_named(status)}", until)
        elif not is_robots:
            await self._weigh(request, host, status)
        if not is_robots and response.url != request.url:
            await self._heed_robots(request, response.url)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Count how often in a row a host let us wait for a page in vain."""
        if isinstance(exception, DownloadTimeoutError) and request.callback is not NO_CALLBACK:
            self._in_vain[_host(request)] += 1

    def _hurry(self, request: Request) -> None:
        """Wait less, and but once, for a page of a host that has let us wait in vain: pages that never come must not
        take the time of those behind them."""
        in_vain = self._in_vain[_host(request)]
        if in_vain and request.callback is not NO_CALLBACK:
            request.meta["download_timeout"] = self._timeout_s / 2 ** min(in_vain, _MOST_HALVINGS)
            request.meta["dont_retry"] = True

    def cut_robots(self, data: bytes, request: Request) -> None:
        """Scrapy's signal that bytes came: of a robots.txt no more are wanted than are read."""
        if _AS_ROBOT in request.meta:
            request.meta[_AS_ROBOT] += len(data)
            if request.meta[_AS_ROBOT] > MOST_BYTES:
                raise StopDownload(fail=False)

    @property
    def _crawl(self) -> Crawl:
        crawl = getattr(self._crawler.spider, "crawl", None)
        assert isinstance(crawl, Crawl), "the spider has a crawl before it has a request"
        return crawl

    @property
    def _book(self) -> HostBook:
        return HostBook(self._crawl.services.database)

    def _heed_limit(self) -> None:
        if self._left <= 0:
            self._crawl.note_spent()
            raise Postponed("this crawl has made as many requests as it may")

    # --- waiting ----------------------------------------------------------------------------------------------------

    async def _heed_wait(self, host: str) -> None:
        if host not in self._patience:
            self._patience[host] = await self._book.patience_of(host)
        patience = self._patience[host]
        if patience.until is not None and patience.until > utc_now():
            because = f": {patience.reason}" if patience.reason else ""
            raise Postponed(f"{host} is left alone until {patience.until:%Y-%m-%d %H:%M} UTC{because}")

    async def forgive(self) -> None:
        """Scrapy's signal that the crawl is over: a host that answered to the end is no longer suspected."""
        for host in self._answering:
            await self._forgive(host)

    async def _forgive(self, host: str) -> None:
        if self._patience[host].refusals:
            self._patience[host] = Patience()
            await self._book.forgive(host)

    async def _weigh(self, request: Request, host: str, status: int) -> None:
        """Count refusals in a row. An answer that is none makes good all before it: at once, if it is a page's; where
        links are found a host may go on to answer while it refuses its pages."""
        if status in REFUSING:
            self._refusals[host] += 1
            if self._refusals[host] >= _REFUSALS:
                request.meta[SENT_AWAY] = True
                await self._leave_alone(host, f"it answered {_named(status)}, {_REFUSALS} refusals in a row", None)
        elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._refusals[host] = 0
            self._answering.add(host)
            if request.callback is not NO_CALLBACK:
                await self._forgive(host)

    async def _leave_alone(self, host: str, why: str, until: datetime | None) -> None:
        """Ask `host` no more in this crawl, nor in others before `until`, or as long as our own patience says."""
        if until is not None:
            patience = await self._book.wait(host, until, f"{why} and asked for it")
        else:
            patience = await self._book.back_off(host, why, utc_now())
        self._answering.discard(host)
        self._patience[host] = patience
        until_text = patience.until and patience.until.isoformat()
        self._crawl.log.warning("host_left_alone", host=host, until=until_text, reason=patience.reason)

    # --- robots.txt -------------------------------------------------------------------------------------------------

    async def rules_for(self, url: str) -> Rules:
        """Where we may go on the host of `url`, by its robots.txt, which is asked for once."""
        parts = urlparse_cached(Request(url))
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._rules_of(origin, parts.hostname or ""))
        # Shielded: the answer is for every request to this host, not for this one alone.
        return await asyncio.shield(self._rules[origin])

    async def _heed_robots(self, request: Request, url: str) -> None:
        host = urlparse_cached(request if url == request.url else Request(url)).hostname or ""
        rules = await self.rules_for(url)
        if self._ignores_robots(host):
            return
        if rules.refusal:
            raise Unpermitted(f"{host}: {rules.refusal}")
        if not rules.allows(url):
            raise Forbidden(f"robots.txt of {host} does not allow {url}")

    def _ignores_robots(self, host: str) -> bool:
        """Whether whoever runs Readout decided so: for the source's own hosts alone, and never unsaid."""
        source = self._crawl.source
        ignores = source.access.ignores_robots and host.removeprefix("www.") in source.hosts
        if ignores:
            self._say_once("robots_not_obeyed", why="its source's file says so")
        return ignores

    async def _rules_of(self, origin: str, host: str) -> Rules:
        """The rules of `origin`, from what is kept of its robots.txt where that is fresh."""
        if self._robots_left <= 0:
            self._crawl.note_spent()
            raise Postponed("this crawl has read as much of robots.txt as it may")
        kept = await self._book.robots_of(origin)
        if kept is None or not _is_fresh(kept, utc_now()):
            kept = await self._ask_robots(origin)
        self._robots_left -= len(kept.body)
        rules = await asyncio.to_thread(_rules_in, kept)
        if rules.crawl_delay:
            self._slow_down(host, rules.crawl_delay)
        return rules

    async def _ask_robots(self, origin: str) -> KeptRobots:
        """Ask for the robots.txt of `origin`, and keep what came.

        What cannot be had means to stay away for as long as that lasts: RFC 9309 §2.3.1.4 would let us go on after 30
        days, but silence gives no permission, and the operator is told of the source.
        """
        # Not packed: it may be cut off anywhere.
        headers = {"Accept-Encoding": "identity", "Accept": "text/plain,*/*;q=0.5"}
        request = Request(
            f"{origin}/robots.txt", callback=NO_CALLBACK, dont_filter=True, headers=headers, meta={_AS_ROBOT: 0}
        )
        try:
            answer = await self._crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            robots = KeptRobots(at=utc_now(), status=None, reason=fate_of_error(error).reason)
            if isinstance(error, Postponed):
                return robots  # said nothing of the host, or will be found in the book
            if _is_circle(error):
                robots = KeptRobots(at=utc_now(), status=HTTPStatus.FOUND, reason=robots.reason)
        else:
            body = answer.body[: MOST_BYTES + 1] if 200 <= answer.status < 300 else b""
            robots = KeptRobots(at=utc_now(), status=answer.status, body=body)
        if self._is_named(origin):
            await self._book.keep_robots(origin, robots)
        return robots

    def _is_named(self, origin: str) -> bool:
        """Whether the source's file names it. Of others nothing is kept: a site may lead us to as many as it likes."""
        source, netloc = self._crawl.source, urlsplit(origin).netloc
        places = (source.home, *(place.url for place in (*source.discover, *source.backfill)))
        return netloc in {urlsplit(url).netloc for url in places} or netloc.removeprefix("www.") in source.hosts

    def _slow_down(self, host: str, asked_s: float) -> None:
        """Keep Crawl-delay where it asks for more than our own pace: now, and when Scrapy forgets an idle host."""
        downloader = self._crawler.engine.downloader
        delay_s = min(asked_s, LONGEST_DELAY.total_seconds())
        if delay_s < asked_s:
            self._say_once("crawl_delay_capped", host=host, asked_s=asked_s, kept_s=delay_s)
        if delay_s <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader.per_slot_settings[host] = {"delay": delay_s, "concurrency": 1, "jitter": 0}
        if host in downloader.slots:
            downloader.slots[host].delay = delay_s

    def _say_once(self, event: str, **fields: Any) -> None:
        if event not in self._said:
            self._said.add(event)
            self._crawl.log.warning(event, **fields)


def _is_fresh(robots: KeptRobots, now: datetime) -> bool:
    """Whether it need not be asked for again; one from the future is of a clock that was set back."""
    is_refusal = robots.status is None or bool(rules_of(robots.status, b"").refusal)
    return timedelta(0) <= now - robots.at < (_REFUSAL_KEPT if is_refusal else _ROBOTS_KEPT)


def _rules_in(robots: KeptRobots) -> Rules:
    if robots.status is None:
        return Rules(refusal=f"robots.txt could not be had, which means to stay away for now: {robots.reason}")
    return rules_of(robots.status, robots.body)


def _is_circle(error: BaseException) -> bool:
    """More than five redirects leave a robots.txt unavailable (RFC 9309 §2.3.1.2)."""
    return isinstance(error, IgnoreRequest) and "max redirections" in str(error)


def _named(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    value = headers.get(name)
    return value.decode("latin-1") if isinstance(value, bytes) else None
