"""Pages that a script makes, loaded in the system's Chromium by scrapy-playwright; everything else as always.

It must not let the browser reach anything but through the `Tunnel`, nor outlive its crawl.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import Request as PageRequest
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from .access import RENDERED
from .connection import set_bounds
from .fate import Unable
from .tunnel import Tunnel

_WANTED = {"document", "script", "xhr", "fetch"}
_MOST_REQUESTS = 100  # of one page
_QUIET_S = 5.0  # how long a loaded page is given to fill itself
_MOST_MEMORY = 1 << 30  # bytes, of each process of a browser: of buffers Chromium counts none
_PAGE_OVER_TEXT = 4  # a page and its scripts may weigh so many times what a page alone may

# The resolver rule leaves the browser without names and addresses of its own; the others close what knows no proxy.
_SWITCHES = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--block-new-web-contents",
    "--js-flags=--max-old-space-size=256",
)
_NO_NEWS = "() => { for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'open']) delete window[name]; }"

_FAILURES: tuple[tuple[str, type[Exception]], ...] = (
    ("ERR_NAME_NOT_RESOLVED", CannotResolveHostError),
    ("ERR_TUNNEL_CONNECTION_FAILED", CannotResolveHostError),
    ("ERR_EMPTY_RESPONSE", CannotResolveHostError),
    ("ERR_CONNECTION_REFUSED", DownloadConnectionRefusedError),
    ("ERR_TIMED_OUT", DownloadTimeoutError),
)

_OF_CRAWLS: WeakKeyDictionary[Crawler, BrowserHandler] = WeakKeyDictionary()

logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # a page that fails is told of as a link's fate


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Scrapy's way to fetch, that has a browser load what is `RENDERED`."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._timeout_s = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._most_bytes = settings.getint("DOWNLOAD_MAXSIZE")
        self._tunnel = Tunnel(map(ip_network, settings.getlist("READOUT_ALLOW_NETWORKS")))
        self._asked = 0
        super().__init__(crawler)
        set_bounds(self)
        self.abort_request = self._is_unwanted
        self._context = {
            "user_agent": settings["USER_AGENT"],
            "extra_http_headers": {"Accept-Language": settings["DEFAULT_REQUEST_HEADERS"]["Accept-Language"]},
            "accept_downloads": False,
            "service_workers": "block",  # they would load what nobody sees
            "bypass_csp": False,
            "ignore_https_errors": False,
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserHandler:
        """Scrapy's way to make one; one for both schemes, or there would be two browsers."""
        handler = _OF_CRAWLS.get(crawler)
        if handler is None:
            handler = _OF_CRAWLS[crawler] = cls(crawler)
        return handler

    async def _launch(self) -> None:
        await self._tunnel.open()
        sandboxed = os.geteuid() != 0  # Chromium has none for root
        self.config.launch_options = {
            "executable_path": self._crawler.settings["READOUT_BROWSER"],
            "proxy": {"server": self._tunnel.url, "username": self._tunnel.user, "password": self._tunnel.password},
            "args": list(_SWITCHES),
            "chromium_sandbox": sandboxed,
            "timeout": self._timeout_s * 1000,
            # The process ends in order by itself; signals are its own business.
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        }
        if not sandboxed:
            self._crawler.spider.crawl.log.warning("browser_without_sandbox", why="Readout runs as root")
        others = _children()
        await super()._launch()
        for driver in _children() - others:  # what it begins, the browser among it, is limited as it is
            resource.prlimit(driver, resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))

    async def _maybe_launch_browser(self) -> None:
        try:
            await super()._maybe_launch_browser()
        except PlaywrightError as error:
            raise Unable(f"the browser could not be started: {_first_line(error)}") from error

    async def close(self) -> None:
        """Give the browser back, and close its way out; Scrapy says so once for each scheme."""
        if _OF_CRAWLS.pop(self._crawler, None) is None:
            return
        await super().close()
        await self._tunnel.close()

    async def download_request(self, request: Request) -> Response:
        """A page as its scripts made it, within the limits of any page; the exceptions are Scrapy's own."""
        if not request.meta.get(RENDERED):
            plain: Response = await super().download_request(request)
            return plain
        self._asked, self._tunnel.budget = 0, _PAGE_OVER_TEXT * self._most_bytes
        request.meta["playwright_context_kwargs"] = self._context
        request.meta["playwright_page_methods"] = [PageMethod(self._settled)]
        request.meta["playwright_page_init_callback"] = _without_news
        request.meta["playwright_page_event_handlers"] = {"dialog": _dismiss, "popup": _close}
        try:
            async with asyncio.timeout(2 * self._timeout_s + _QUIET_S):
                response: Response = await super().download_request(request)
        except (TimeoutError, PlaywrightTimeout) as error:
            raise DownloadTimeoutError(_first_line(error)) from error
        except PlaywrightError as error:
            raise _in_scrapys_words(error) from error
        except RuntimeError as error:  # what it was led to is no page, and is not kept
            raise DownloadCancelledError(_first_line(error)) from error
        finally:
            await self._close_pages()
        if not response.url.startswith(("http://", "https://")):  # the browser's own page, of what it could not load
            raise DownloadFailedError(response.url)
        if len(response.body) > self._most_bytes:
            raise DownloadCancelledError("larger than a page may be")
        return response

    async def _settled(self, page: Page) -> None:
        """Wait until the scripts have filled the page, and refuse one that they made too large to be carried."""
        with suppress(PlaywrightTimeout):
            await page.wait_for_load_state("networkidle", timeout=_QUIET_S * 1000)
        if await _length(page) > self._most_bytes:
            raise DownloadCancelledError("larger than a page may be")

    def _is_unwanted(self, request: PageRequest) -> bool:
        """Whether a request of a page is refused: what has no words in it, pages in pages, too many of them."""
        self._asked += 1
        if self._asked > _MOST_REQUESTS or request.resource_type not in _WANTED:
            return True
        return request.resource_type == "document" and request.frame.parent_frame is not None

    async def _close_pages(self) -> None:
        for wrapper in list(self.context_wrappers.values()):
            for page in wrapper.context.pages:
                with suppress(PlaywrightError):
                    await page.close()


def _children() -> set[int]:
    """The processes that this one has begun; none where the system does not say (proc(5))."""
    found: set[int] = set()
    for begun in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread that began them has ended: another has them now
            found.update(map(int, begun.read_text().split()))
    return found


async def _without_news(page: Page, _: Request) -> None:
    await page.add_init_script(f"({_NO_NEWS})()")


async def _dismiss(dialog: Any) -> None:
    await dialog.dismiss()


async def _close(page: Page) -> None:
    with suppress(PlaywrightError):
        await page.close()


async def _length(page: Page) -> int:
    """How many characters the page has, asked where its own scripts cannot answer for it."""
    session = await page.context.new_cdp_session(page)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    asked = {"expression": "document.documentElement.outerHTML.length", "contextId": world["executionContextId"]}
    answer = await session.send("Runtime.evaluate", asked)
    await session.detach()
    return int(answer["result"].get("value", 0))


def _in_scrapys_words(error: PlaywrightError) -> Exception:
    said = _first_line(error)
    return next((sort(said) for sign, sort in _FAILURES if sign in said), DownloadFailedError(said))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
