"""Sites without an end: places that name too much, pages that lead on for ever, addresses that change at each look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from readout.demo.server import ANYTHING_ELSE, Answer, Asked, Content
from tests.hostile.case import Case, Site, Url, feed, news, report
from tests.sites import RSS, story

_MANY = 100_000
_XML = "application/xml"


def _good(*names: str) -> dict[str, Answer]:
    return {f"/news/{name}": report() for name in names}


def _listed(url: Url, place: Mapping[str, Any], pages: Mapping[str, Answer], **others: Any) -> Site:
    discover = [{**place, "url": url(place["url"])}]
    return Site(content={**pages, **others}, discover=discover, good=list(pages))


def _anchors(*paths: str) -> str:
    return "".join(f"<p><a href={path}>News</a>" for path in paths)


def _endless_listing(url: Url) -> Site:
    pages = _good("good-1", "good-2")
    page = _anchors(*pages, *(f"/tag/{number}" for number in range(_MANY)))
    return _listed(url, {"type": "listing", "url": "/list"}, pages, **{"/list": Answer.of(page)})


def _endless_feed(url: Url) -> Site:
    site = news(url, {})
    rss = feed([url(path) for path in site.good]).body
    assert isinstance(rss, bytes)
    items = "".join(f"<item><link>{url(f'/tag/{number}')}</link></item>" for number in range(_MANY))
    return Site(
        content={**site.content, "/rss": Answer.of(rss.replace(b"</channel>", f"{items}</channel>".encode()), RSS)},
        discover=site.discover,
        good=site.good,
    )


def _locations(urls: Iterator[str], lastmod: str = "") -> str:
    return "".join(f"<url><loc>{url}</loc>{lastmod}</url>" for url in urls)


def _endless_sitemap(url: Url) -> Site:
    """What is dated last comes last of all."""
    pages = _good("good-1", "good-2")
    old = _locations((url(f"/news/old-{number}") for number in range(510)), "<lastmod>2019-05-05</lastmod>")
    new = _locations((url(path) for path in pages), "<lastmod>2026-01-05</lastmod>")
    others = _locations(url(f"/tag/{number}") for number in range(20_000))
    body = Answer.of(f"<urlset>{old}{others}{new}</urlset>", _XML)
    return _listed(url, {"type": "sitemap", "url": "/all.xml"}, pages, **{"/all.xml": body})


def _sitemap_circle(url: Url) -> Site:
    """Two indexes that name each other, themselves, and ten thousand sitemaps that name them again."""
    pages = _good("good-1", "good-2")
    names = ("a.xml", "b.xml", *(f"part-{number}.xml" for number in range(10_000)))
    children = "".join(f"<sitemap><loc>{url(f'/{name}')}</loc></sitemap>" for name in names)
    news_map = f"<sitemap><loc>{url('/news.xml')}</loc><lastmod>2026-11-22</lastmod></sitemap>"
    index = Answer.of(f"<sitemapindex>{news_map}{children}</sitemapindex>", _XML)
    last = Answer.of(f"<urlset>{_locations(url(path) for path in pages)}</urlset>", _XML)
    parts = {"/a.xml": index, "/b.xml": index, "/news.xml": last, ANYTHING_ELSE: index}
    return _listed(url, {"type": "sitemap", "url": "/a.xml"}, pages, **parts)


def _calendar(url: Url) -> Site:
    """Every page leads to a further one, each at a deeper path, with links that nobody has seen before."""
    pages, numbers = _good("good-1", "good-2"), count()

    def page(asked: Asked) -> Answer:
        if not asked.path.startswith("/calendar"):
            return Answer(404)
        first = pages if asked.path == "/calendar/" else ()
        invented = [f"/news/invented-{next(numbers)}" for _ in range(5)]
        return Answer.of(_anchors(*first, *invented) + "<a class=next href=again/>Earlier</a>")

    place = {"type": "listing", "url": "/calendar/", "next": ".next", "pages": 6}
    return _listed(url, place, pages, **{ANYTHING_ELSE: page})


def _circle(url: Url) -> Site:
    pages = _good("good-1", "good-2")
    first = Answer.of(_anchors("/news/good-1") + "<a class=next href=/second>Earlier</a>")
    second = Answer.of(_anchors("/news/good-2") + "<a class=next href=/first>Earlier</a>")
    place = {"type": "listing", "url": "/first", "next": ".next", "pages": 50}
    return _listed(url, place, pages, **{"/first": first, "/second": second})


def _sessions(url: Url) -> Site:
    """The same pages at other addresses, and under other names, at each look."""
    pages, sessions = _good("one", "two"), count()

    def listed(_: Asked) -> Answer:
        session = next(sessions)
        return feed([url(f"/session-{session}{path}") for path in pages])

    def page(asked: Asked) -> Answer:
        return pages.get("/news/" + urlsplit(asked.path).path.rpartition("/")[2], Answer(404))

    content: Content = {"/rss": listed, ANYTHING_ELSE: page}
    return Site(content=content, discover=[{"type": "feed", "url": url("/rss")}], alerts=len(pages))


def _every_number(url: Url) -> Site:
    """A page for every number, beside a feed."""
    site = news(url, {ANYTHING_ELSE: story("of any number")})
    walk = {"type": "id_walk", "url": url("/news/{id}"), "floor": 1}
    return Site(content=site.content, discover=[*site.discover, walk], good=site.good, links=len(site.good))


CASES = (
    Case(name="endless-listing", note="a listing of 100,000 links: the first are looked at", build=_endless_listing),
    Case(name="endless-feed", note="a feed of 100,000 items: the first are looked at", build=_endless_feed),
    Case(
        name="endless-sitemap",
        note="a sitemap of more than a crawl can visit: what is dated last goes first",
        build=_endless_sitemap,
    ),
    Case(name="sitemap-circle", note="indexes that name each other: twenty are read", build=_sitemap_circle),
    Case(name="calendar", note="pages that lead on for ever: so many are read as the source says", build=_calendar),
    Case(name="circle", note="pages that lead back to the first: each is read once", build=_circle),
    Case(name="sessions", note="addresses that change at each look: nobody hears twice", build=_sessions),
    Case(name="every-number", note="a page for every number: none is taken for an article", build=_every_number),
)
