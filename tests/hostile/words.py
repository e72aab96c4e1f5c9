"""Sites whose bytes, headers, dates and addresses are not what they should be."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape

from readout.demo.server import Answer
from tests.hostile.case import Case, Site, Url, feed, news, report
from tests.payloads import PAYLOADS
from tests.sites import RSS

_RUSSIAN = (
    "Заседание Совета руководителей органов безопасности прошло в Астане. Участники обсудили борьбу с терроризмом, "
    "незаконным оборотом наркотиков и киберпреступностью, сообщили в пресс-службе комитета. "
)
_DATES = (
    *("0001-01-01", "9999-12-31T23:59:59+14:00", "9999-12-31T23:59:59-23:59", "2099-01-01T00:00:00Z", "0000-00-00"),
    *("-1", "2023-02-29T12:00:00Z", "10000-01-01T00:00:00Z", "99999999999999999999", "1e400", "٢٠٢٤-١٠-٠٤", "now"),
    *("0001-01-01T00:00:00+14:00", "2024-10-04T25:61:61Z", "2024-W99-9", "\x00\x1b[31m", "Thu, 00 Jan 0000 99:99:99"),
)


def _page(body: bytes, kind: str = "text/html") -> Answer:
    return Answer.of(body, kind)


def _html(text: str, *, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html lang=ru><head>{head}<title>Заседание</title></head><body><article>"
        f"<h1>Заседание Совета</h1><p>{text}</p><p>{text}</p></article></body></html>"
    )


def _encodings(url: Url) -> Site:
    """Each ends as an article or as nothing readable; none as a failure of ours."""
    text = _html(_RUSSIAN * 3)
    said = {
        "utf-16-without-mark": _page(text.encode("utf-16-le")),
        "cp1251-called-utf-8": _page(text.encode("cp1251"), "text/html; charset=utf-8"),
        "encoded-twice": _page(text.encode().decode("latin-1").encode(), "text/html; charset=utf-8"),
        "mixed": _page(text.encode() + text.encode("cp1251"), "text/html; charset=utf-8"),
        "no-such-encoding": _page(text.encode("cp1251"), "text/html; charset=../../etc/passwd"),
        "not-of-text": _page(text.encode(), "text/html; charset=zlib_codec"),
        "utf-7": _page(b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-" * 50, "text/html; charset=utf-7"),
        "two-marks": _page(codecs.BOM_UTF16_BE + codecs.BOM_UTF8 + text.encode("utf-16-be")),
        "surrogates": _page(text.encode("utf-8", "surrogatepass") + b"\xed\xa0\x80\xed\xbf\xbf"),
        "bytes": _page(bytes(range(256)) * 40),
    }
    return news(url, {f"/news/{name}": answer for name, answer in said.items()})


def _dates(url: Url) -> Site:
    """No date makes a page or a feed fail, and none that cannot be is believed."""
    pages = {f"/news/date-{number}": _dated(date) for number, date in enumerate(_DATES)}
    good = {f"/news/good-{number}": report() for number in (1, 2)}
    items = "".join(
        f"<item><title>x</title><link>{url(path)}</link><pubDate>{escape(_xml(date))}</pubDate></item>"
        for path, date in zip([*pages, *good], (*_DATES, "", ""), strict=True)
    )
    rss = Answer.of(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', RSS)
    return Site(content=pages | good | {"/rss": rss}, discover=[{"type": "feed", "url": url("/rss")}], good=list(good))


def _xml(text: str) -> str:
    return "".join(sign for sign in text if sign >= " ")


def _dated(date: str) -> Answer:
    meta = f'<meta property="article:published_time" content="{date}"><time datetime="{date}">{date}</time>'
    linked = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{escape(date)}"}}</script>'
    )
    return _page(_html(_RUSSIAN + date, head=meta + linked).encode(), "text/html; charset=utf-8")


def _headers(url: Url) -> Site:
    """What stands in headers is kept by nobody as it came, and sent back to nobody."""
    odd = {
        "Content-Type": "text/html; charset=utf-8; x=\x1b[31m\x00\x85",
        "ETag": '"\x00\x1b]0;owned\x07\x9b31m"',
        "Last-Modified": "Thu, 31 Feb 99999 \x1b[2J",
        "Retry-After": "-99999999999999999999",
        "Content-Language": "=?UTF-8?Q?=0A?=",
        "Link": '<javascript:alert(1)>; rel="canonical"',
    }
    body = _html(_RUSSIAN * 3).encode()
    long = odd | {"ETag": '"' + "x" * 8000 + '"'}
    return news(url, {"/news/odd": Answer(200, odd, body, False), "/news/long": Answer(200, long, body, False)})


def _addresses(url: Url) -> Site:
    """No address leads to a file, a script or another protocol, and none that cannot be one breaks the list."""
    odd = (
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "http://[::1",
            "http://",
        ),
        *("../../../../etc/passwd", "//", "http://a:b@/", "http://x:99999/", "http://\x00/", "http://%00/", "\u202e"),
        *(url("/news/%00%0d%0aBcc:x"), url("/news/..%2f..%2fetc"), url("/news/" + "x" * 3000), "mailto:x@y", "#", ""),
    )
    good = {f"/news/good-{number}": report() for number in (1, 2)}
    items = "".join(f"<item><title>x</title><link>{escape(_xml(each))}</link></item>" for each in odd)
    rss = feed([url(path) for path in good])
    assert isinstance(rss.body, bytes)
    content = good | {"/rss": Answer.of(rss.body.replace(b"<item>", items.encode() + b"<item>", 1), RSS)}
    return Site(content=content, discover=[{"type": "feed", "url": url("/rss")}], good=list(good))


def _titles(url: Url) -> Site:
    """A feed that says the worst in every title and every name, in bytes that no XML has."""
    good = {f"/news/good-{number}": report() for number in (1, 2)}
    said = [*PAYLOADS.values(), "a" + "\u0301\u0316" * 100_000]
    items = "".join(
        f"<item><title>{escape(text)}</title><guid>{escape(text)}</guid><link>{url(f'/news/{number}')}</link></item>"
        for number, text in enumerate(said)
    )
    links = "".join(f"<item><title>x</title><link>{url(path)}</link></item>" for path in good)
    rss = f'<rss version="2.0"><channel><title>x</title>{links}{items}</channel></rss>'
    return Site(
        content=good | {"/rss": Answer.of(rss.encode("utf-8", "surrogatepass"), RSS)},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(good),
    )


def _clock(url: Url) -> Site:
    """A server whose clock is wrong by ages."""
    odd = {"Date": "Mon, 01 Jan 0001 00:00:00 GMT", "Expires": "-1", "Age": "99999999999999999999"}
    later = (datetime.now(UTC) + timedelta(days=36_500)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    body = _html(_RUSSIAN * 3).encode()
    pages = {"/news/past": odd, "/news/future": {"Date": later, "Last-Modified": later}}
    return news(url, {path: Answer(200, {"Content-Type": "text/html"} | said, body) for path, said in pages.items()})


_SITES: tuple[tuple[str, str, Callable[[Url], Site]], ...] = (
    ("encodings", "bytes in another encoding than they are called, or in two, or in none", _encodings),
    ("dates", "days that never were, and years beyond what a calendar has", _dates),
    ("headers", "headers with escapes, NULs and thousands of characters", _headers),
    ("addresses", "links that are no addresses of the web", _addresses),
    ("titles", "titles of a feed with controls, heaps of marks and markup", _titles),
    ("clock", "a server whose clock is wrong by ages", _clock),
)
CASES = tuple(Case(name=f"words-{name}", note=note, build=build) for name, note, build in _SITES)
