"""Answers as their servers mean them: unpacked within limits, and whole.

It must not look into a page further than to its end.
"""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from readout.packing import CODINGS, Oversized, Unpackable, unpacked

from .ending import lacks_its_end
from .fate import Spoilt, TooLarge

_CAME_SHORT = "readout_came_short"  # in a request's meta: how long the answer without an end was
_ALIKE = 200  # two lengths that differ by less than one in so many are of the same page


class Answers:
    """Scrapy's downloader middleware, in place of its own for compressed answers.

    That one gives out what it has of an answer that was cut off, works in the event loop, and leaves what is no gzip to
    end the crawl. Raises TooLarge and Spoilt.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Answers:
        """Scrapy's way to make one."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br, zstd")

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer unpacked; where its end is missing, the request once more."""
        response = await self._unpacked(request, response)
        is_cut = response.status == 200 and "download_stopped" not in response.flags and lacks_its_end(response.body)
        if not is_cut:
            return response
        length, before = len(response.body), request.meta.get(_CAME_SHORT)
        if before is None:
            return request.replace(meta=request.meta | {_CAME_SHORT: length}, dont_filter=True)
        if abs(length - before) * _ALIKE <= length:
            return response  # there is no more of it: an end may be left out
        raise Spoilt("the answer was cut off: its end is missing")

    async def _unpacked(self, request: Request, response: Response) -> Response:
        headers = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        codings = [coding for name in headers.split(",") if (coding := name.strip().lower())]
        if not codings or not response.body:
            return response
        limit = request.meta.get("download_maxsize", self._most_bytes)
        try:
            body = await asyncio.to_thread(unpacked, response.body, codings, limit)
        except Oversized as error:
            raise TooLarge(str(error)) from None
        except Unpackable as error:
            raise Spoilt(f"the answer is broken: {error}") from None
        headers_left = response.headers.copy()
        if codings[-1] in CODINGS:
            del headers_left["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers_left, url=response.url, body=body)
        return response.replace(cls=kind, headers=headers_left, body=body)
