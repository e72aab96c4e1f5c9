"""Sites that answer with too much."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator

import brotli
from backports import zstd

from readout.demo.server import Answer, Content, Route
from tests.hostile.case import Case, Site, Url, feed, news, report
from tests.hostile.raw_site import raw, spoken
from tests.sites import RSS

_MIB = 1024 * 1024
_TOO_LARGE = ("unsupported", "larger than a page may be")
_UNPACKED = ("unsupported", "larger than a page may be, once unpacked")
_HEADERS = ("failed", "the headers of its answer are larger than they may be")
_ENDLESS = ("failed", "it redirects without end")
_NO_WEB = ("failed", "but with no address of the web")


def _coded(body: bytes, coding: str, kind: str = "text/html") -> Answer:
    return Answer(headers={"Content-Type": kind, "Content-Encoding": coding}, body=body)


def _large_page(url: Url) -> Site:
    content = {"/news/large": Answer.of(b"<p>" + b"words and " * (11 * _MIB // 10))}
    return news(url, content, fates={"/news/large": ("unsupported", "")})


def _bombs(url: Url) -> Site:
    """A thousand times as large as they come, whatever they are packed with."""
    page = b"<p>" + b"words " * (2 * _MIB)
    deflate = zlib.compressobj(wbits=-15)
    bombs = {
        "gzip": _coded(gzip.compress(page), "gzip"),
        "x-gzip": _coded(gzip.compress(page), "X-GZip"),
        "deflate": _coded(zlib.compress(page), "deflate"),
        "bare-deflate": _coded(deflate.compress(page) + deflate.flush(), "deflate"),
        "brotli": _coded(brotli.compress(page, quality=5), "br"),
        "zstd": _coded(zstd.compress(page), "zstd"),
        "twice": _coded(gzip.compress(gzip.compress(page)), "gzip, gzip"),
        "mixed": _coded(brotli.compress(gzip.compress(page)), "gzip, br"),
    }
    parts = gzip.compress(b"") * (6 * _MIB // 20)
    others = {
        "parts": (_coded(parts, "gzip"), ("failed", "it is packed in more than 1000 parts")),
        "layers": (_coded(_layers(50), ", ".join(["gzip"] * 50)), ("failed", "it is packed more than 3 times")),
    }
    pages = {name: (bomb, _UNPACKED) for name, bomb in bombs.items()} | others
    return _ending(url, pages)


def _layers(depth: int) -> bytes:
    body = b"<p>words"
    for _ in range(depth):
        body = gzip.compress(body)
    return body


def _ending(url: Url, pages: dict[str, tuple[Route, tuple[str, str]]]) -> Site:
    content = {f"/news/{name}": route for name, (route, _) in pages.items()}
    return news(url, content, fates={f"/news/{name}": fate for name, (_, fate) in pages.items()})


def _floods(url: Url) -> Site:
    """Headers without measure; what many cookies are is no harm."""
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

    def endless() -> Iterator[bytes]:
        yield ok
        while True:
            yield b"X-Flood: flood\r\n" * 1000

    pages: dict[str, tuple[Route, tuple[str, str]]] = {
        "many-headers": (raw(ok + b"X-Flood: flood\r\n" * 100_000 + b"\r\n<p>words"), _HEADERS),
        "endless-headers": (spoken(endless), _HEADERS),
        "long-header": (raw(ok + b"X-Long: " + b"x" * _MIB + b"\r\n\r\n<p>words"), _HEADERS),
        "folded-header": (raw(ok + b"X-Long: x\r\n" + b" x\r\n" * _MIB + b"\r\n<p>words"), _HEADERS),
        "long-status": (raw(b"HTTP/1.1 200 " + b"O" * _MIB + b"\r\n\r\n<p>words"), _HEADERS),
    }
    site = _ending(url, pages)
    cookies = b"".join(b"Set-Cookie: c%d=%d; Path=/\r\n" % (number, number) for number in range(5000))
    page = report().body
    assert isinstance(page, bytes)
    served = dict(site.content) | {"/news/cookies": raw(ok + cookies + b"\r\n" + page)}
    paths = [path for path in served if path.startswith("/news/")]
    served["/rss"] = feed([url(path) for path in paths])
    return Site(content=served, discover=site.discover, good=[*site.good, "/news/cookies"], fates=site.fates)


def _redirects(url: Url) -> Site:
    def growing(asked: object) -> Answer:
        path = str(getattr(asked, "path", ""))
        return Answer.redirect(url(f"{path}{'&' if '?' in path else '?'}again=1"))

    pages: dict[str, tuple[Route, tuple[str, str]]] = {
        "circle": (Answer.redirect(url("/news/circle")), _ENDLESS),
        "ping": (Answer.redirect(url("/pong")), _ENDLESS),
        "growing": (growing, _ENDLESS),
        "chain": (Answer.redirect(url("/chain-1")), _ENDLESS),
        "long": (Answer.redirect(url("/" + "x" * 5000)), ("failed", "404")),
        "longest": (Answer.redirect(url("/" + "x" * 300_000)), ("failed", "")),
        "script": (Answer.redirect("javascript:alert(1)"), ("failed", "no address of the web")),
        "nowhere": (Answer.redirect("http://"), ("failed", "")),
        "brackets": (Answer.redirect("http://[::1/"), ("failed", "")),
        "port": (Answer.redirect("http://127.0.0.1:99999/"), ("failed", "")),
        "label": (Answer.redirect(f"http://{'x' * 70}.example/"), ("failed", "")),
        **{
            scheme: (Answer.redirect(f"{scheme}:{rest}"), _NO_WEB)
            for scheme, rest in (
                ("file", "///etc/passwd"),
                ("data", "text/html,<p>words"),
                ("ftp", "//127.0.0.1/"),
                ("s3", "//bucket/key"),
                ("gopher", "//127.0.0.1:25/_HELO"),
            )
        },
    }
    hops: Content = {f"/chain-{hop}": Answer.redirect(url(f"/chain-{hop + 1}")) for hop in range(1, 6)}
    hops = dict(hops) | {"/chain-6": report(), "/pong": Answer.redirect(url("/news/ping"))}
    site = _ending(url, pages)
    long = url("/news/" + "x" * 5000)
    listed = feed([*(url(path) for path in site.content if path.startswith("/news/")), long])
    served = dict(site.content) | dict(hops) | {"/rss": listed}
    return Site(content=served, discover=site.discover, good=site.good, fates=site.fates)


def _places(url: Url) -> Site:
    """Places where links are found that are larger than they may be, beside one that is not, and endless robots.txt."""
    address = b"<url><loc>" + url("/news/good-1").encode() + b"</loc></url>"
    bomb = gzip.compress(b"<urlset>" + address * (21 * _MIB // len(address)))
    rss = b'<rss version="2.0"><channel>' + b"<item><title>words</title></item>" * (_MIB * 25 // 33)
    noise = gzip.compress(os.urandom(_MIB), compresslevel=0) * 22
    rules = b"User-agent: *\nDisallow: /private\n" + b"# padding\n" * (8 * _MIB // 10) + b"Disallow: /\n"
    site = news(url, {})
    content = dict(site.content) | {
        "/robots.txt": Answer.of(rules, "text/plain"),
        "/bomb.xml.gz": Answer.of(bomb, "application/x-gzip"),
        "/noise.xml.gz": Answer.of(noise, "application/x-gzip"),
        "/large.rss": Answer.of(rss, RSS),
        "/packed.rss": _coded(gzip.compress(rss), "gzip", RSS),
    }
    places = [{"type": "sitemap", "url": url(path)} for path in ("/bomb.xml.gz", "/noise.xml.gz")]
    places += [{"type": "feed", "url": url(path)} for path in ("/large.rss", "/packed.rss")]
    return Site(content=content, discover=[*places, *site.discover], good=site.good)


CASES = (
    Case(name="large-page", note="a page over the limit of decoded bytes is not read", build=_large_page),
    Case(name="bombs", note="what is packed is unpacked as far as a page may be large", build=_bombs),
    Case(name="floods", note="headers are read as far as a browser would", build=_floods),
    Case(name="redirects", note="redirects end after five, and lead nowhere but into the web", build=_redirects),
    Case(name="large-places", note="a feed or sitemap over its limit hides no other", build=_places),
)
