"""Sites that take their time."""

from __future__ import annotations

from itertools import repeat

from readout.demo.server import Answer
from tests.hostile.case import Case, Site, Url, feed, news, report
from tests.hostile.raw_site import Act, dripping, flooding, spoken

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_LATE = ("failed", "no whole answer came in time")
_ENDLESS = ("unsupported or failed", "")  # by its size or by its time, whichever is reached first
_SILENT = spoken(lambda: repeat(Act.WAIT))


def _page(name: str, note: str, answer: Answer, fate: tuple[str, str] = _LATE) -> Case:
    def build(url: Url) -> Site:
        return news(url, {f"/news/{name}": answer}, fates={f"/news/{name}": fate})

    return Case(name=name, note=note, build=build)


def _robots(url: Url) -> Site:
    """Without its robots.txt nothing of a site is asked for, and nobody is delayed."""
    pages = {"/news/good-1": report()}
    return Site(
        content=pages
        | {"/rss": feed([url("/news/good-1")]), "/robots.txt": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"#")},
        discover=[{"type": "feed", "url": url("/rss")}],
    )


CASES = (
    _page("says-nothing", "a server takes the connection and says nothing", _SILENT),
    _page("slow-head", "headers that come letter by letter", dripping(_OK + b"X-Slow: ", b"x")),
    _page("slow-body", "a body that comes letter by letter", dripping(_OK + b"Content-Length: 50000\r\n\r\n", b"x")),
    _page("slow-chunks", "chunks without end", dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")),
    _page("slow-interim", "interim answers without end", dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n")),
    _page(
        "endless-chunks",
        "a page without end",
        flooding(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"words! " * 9362 + b"xx\r\n"),
        _ENDLESS,
    ),
    _page("endless-body", "a body without end or length", flooding(_OK + b"\r\n", b"words " * 10_000), _ENDLESS),
    Case(name="slow-robots", note="a robots.txt without end", build=_robots),
)
