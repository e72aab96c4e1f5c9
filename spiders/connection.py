"""Scrapy's way to fetch, with a limit on what a server says before its page, and an eye for pages cut short.

It must not judge a page: what is wrong with an answer as such ends the request.
"""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web.http import _IdentityTransferDecoder

MOST_HEAD_BYTES = 256 * 1024
"""Status line and headers, those of interim answers (1xx) too; a browser takes no more either."""

_GRACE_S = 5.0


class HeadTooLarge(Exception):
    """The server says more before its page than anybody needs to."""


class BoundedHandler(HTTP11DownloadHandler):
    """Fetches http and https; Scrapy 2.19 bounds a line of the headers, but not how many there are."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        set_bounds(self)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's. Its own limit of time cancels what it waits for, which then must not fail; this one waits for
        nothing. Raises DownloadTimeoutError."""
        limit_s = request.meta["download_timeout"] + _GRACE_S
        try:
            async with asyncio.timeout(limit_s):
                return await super().download_request(request)
        except TimeoutError:
            raise DownloadTimeoutError(f"{request.url} took longer than {limit_s} seconds") from None


def set_bounds(handler: HTTP11DownloadHandler) -> None:
    """Have `handler` speak to servers within bounds."""
    handler._pool._factory = _Factory


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: ARG002, N802  Twisted's names
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _Protocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _Parser  # as Scrapy does; see there why it is safe
        return answer


class _Parser(_LenientHTTPClientParser):
    MAX_LENGTH = MOST_HEAD_BYTES
    _left = MOST_HEAD_BYTES

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._left -= len(line) + 1
        if self._left < 0:
            raise HeadTooLarge(f"more than {MOST_HEAD_BYTES} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802
        raise HeadTooLarge(f"a line of more than {MOST_HEAD_BYTES} bytes")

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not 100 <= self.response.code <= 999:
            raise ParseError("no status of HTTP", status[:100])  # type: ignore[no-untyped-call]

    def _finished(self, rest: bytes) -> None:
        """More bytes than were announced: the length counts something else, and the page was cut off where it ends."""
        decoder = self.bodyDecoder
        if isinstance(decoder, _IdentityTransferDecoder) and rest.strip():
            decoder.contentLength = 1  # as if the connection had broken: something is missing
        super()._finished(rest)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802
        """Twisted hands over a bare exception where an answer is finished; Scrapy asks a Failure."""
        super().connectionLost(reason if isinstance(reason, Failure) else Failure(reason))  # type: ignore[no-untyped-call]
