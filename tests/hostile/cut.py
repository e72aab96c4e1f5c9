"""Sites whose answers break off, and servers that speak no HTTP."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from itertools import cycle

import brotli

from readout.demo.server import Answer, Route
from tests.hostile.case import Case, Site, Url, feed, news, report
from tests.hostile.raw_site import Act, flooding, raw
from tests.sites import RSS

_OK = b"HTTP/1.1 200 OK\r\n"
_HTML = _OK + b"Content-Type: text/html; charset=utf-8\r\n"
_BROKE = "the connection broke in the middle of the answer"
_NO_HTTP = "what it answered is not HTTP"
_BREAKS_OFF = "it breaks off before its end"

Pages = dict[str, tuple[Route, str]]
"""Each page by its name, and why its link fails."""


def _failing(url: Url, pages: Pages) -> Site:
    content = {f"/news/{name}": route for name, (route, _) in pages.items()}
    return news(url, content, fates={f"/news/{name}": ("failed", reason) for name, (_, reason) in pages.items()})


def _body() -> bytes:
    body = report().body
    assert isinstance(body, bytes)
    return body


def _framed(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = (*headers, f"Content-Length: {len(body) if length is None else length}")
    return _HTML + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def _packed(coding: str, pack: Callable[[bytes], bytes]) -> Answer:
    """A page whose packing breaks off while its frame is whole, as when a cache keeps what it had."""
    packed = pack(_body())
    return raw(_framed(packed[: len(packed) * 2 // 3], f"Content-Encoding: {coding}"))


def _cut_pages(url: Url) -> Site:
    body = _body()
    half = len(body) // 2
    chunked = _HTML + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body)
    cuts = cycle((half, half + 100))
    no_checksum = gzip.compress(body)[:-8] + bytes(8)
    pages: Pages = {
        "longer": (raw(_framed(body[:half], length=len(body))), _BROKE),
        "shorter": (raw(_framed(body, length=half)), _BROKE),
        "in-a-chunk": (raw(chunked + body[:half]), _BROKE),
        "last-chunk": (raw(chunked + body + b"\r\n"), _BROKE),
        "no-length": (lambda _: raw(_HTML + b"\r\n" + body[: next(cuts)]), "its end is missing"),
        "reset": (raw(_framed(body[:half], length=len(body)), Act.WAIT, Act.RESET), _BROKE),
        "gzip": (_packed("gzip", gzip.compress), _BREAKS_OFF),
        "deflate": (_packed("deflate", zlib.compress), _BREAKS_OFF),
        "brotli": (_packed("br", brotli.compress), _BREAKS_OFF),
        "no-gzip": (raw(_framed(body, "Content-Encoding: gzip")), "it is not the gzip that it says it is"),
        "checksum": (raw(_framed(no_checksum, "Content-Encoding: gzip")), "it is not the gzip that it says it is"),
        "part": (Answer(206, {"Content-Type": "text/html"}, body), "206 Partial Content"),
        "none": (Answer(204), "204 No Content"),
        "reset-content": (Answer(205), "205 Reset Content"),
    }
    return _failing(url, pages)


def _no_http(url: Url) -> Site:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    pages: Pages = {
        "garbage": (raw(bytes(range(256)) * 20 + b"\r\n\r\n"), _NO_HTTP),
        "oldest": (raw(_body() + b"\n"), _NO_HTTP),
        "numbers": (raw(b"HTTP/1.1 " + b"9" * 30 + b" Many\r\n\r\n" + _body()), _NO_HTTP),
        "minus": (raw(b"HTTP/1.1 -200 OK\r\n\r\n" + _body()), _NO_HTTP),
        "lengths": (raw(_OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n" + _body()), "the connection failed"),
        "coding": (raw(_HTML + b"Transfer-Encoding: shrunk\r\n\r\n" + _body()), "the connection failed"),
        "nothing": (raw(), ""),
        "interim": (flooding(b"", hints * 100), "the headers of its answer are larger than they may be"),
    }
    return _failing(url, pages)


def _odd_but_whole(url: Url) -> Site:
    """What servers do that mean no harm: their pages are read."""
    no_end = _body().removesuffix(b"</body></html>")
    odd = {
        "/news/bare": raw(_OK + b"\r\n" + _body()),
        "/news/hints": raw(b"HTTP/1.1 103 Early Hints\r\n\r\n", _framed(_body())),
        "/news/http-1-0": raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + _body()),
        "/news/no-end": raw(_HTML + b"\r\n" + no_end),
        "/news/bad-header": raw(_framed(_body(), "this is no header", "X-Odd: \x01", "Content-Encoding: utf-8")),
        "/news/padded": raw(_framed(gzip.compress(_body()) + bytes(99), "Content-Encoding: gzip")),
        "/news/surplus": raw(_framed(_body()) + b"\r\n\r\n"),
    }
    site = news(url, odd)
    return Site(content=site.content, discover=site.discover, good=[*site.good, *odd])


def _cut_feed(url: Url) -> Site:
    """The feed breaks off at the first crawl, with validators that would hide what is missing from the second."""
    pages = {f"/news/good-{number}": report() for number in (1, 2, 3)}
    whole = feed([url(path) for path in pages]).body
    assert isinstance(whole, bytes)
    head = _OK + f'Content-Type: {RSS}\r\nETag: "1"\r\n\r\n'.encode()
    cuts = cycle((whole.rindex(b"<item>"), whole.rindex(b"<item>") - 10))
    return Site(
        content=pages | {"/rss": lambda _: raw(head + whole[: next(cuts)])},
        later=pages | {"/rss": Answer(200, {"Content-Type": RSS, "ETag": '"1"'}, whole)},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(pages),
    )


def _bad_robots(url: Url) -> Site:
    """A robots.txt with a status that no number of a database holds: the host is left alone, the crawl ends well."""
    answer = raw(b"HTTP/1.1 " + b"9" * 30 + b" Many\r\n\r\n")
    return Site(
        content={"/robots.txt": answer, "/rss": feed([url("/news/1")]), "/news/1": report()},
        discover=[{"type": "feed", "url": url("/rss")}],
    )


CASES = (
    Case(name="cut-pages", note="what was cut off is not taken for a page, and asked for again", build=_cut_pages),
    Case(name="no-http", note="what is no HTTP fails for a reason that is said", build=_no_http),
    Case(name="odd-but-whole", note="what is odd and whole is read", build=_odd_but_whole),
    Case(name="cut-feed", note="of a feed that was cut off no link is lost", build=_cut_feed),
    Case(name="bad-robots", note="a robots.txt of nonsense ends no crawl", build=_bad_robots),
)
