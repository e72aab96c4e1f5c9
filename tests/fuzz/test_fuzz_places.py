"""Feeds, sitemaps, listings, JSON, channels, robots.txt, mutated: links, or the one error that says what is wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from readout.discovery import Discovery, IdWalk, JsonApi, Listing, PageWatch, Sitemap, Telegram
from readout.error import SourceChanged
from readout.model import Link, Page
from readout.surveying.front import read_front
from spiders.discover.feed import feed_links
from spiders.discover.id_walk import Past, Walk, after, after_backward, backward, id_of, url_of, wanted
from spiders.discover.json_api import json_links
from spiders.discover.listing import listing_links
from spiders.discover.page_watch import page_link
from spiders.discover.paging import page_urls
from spiders.discover.sitemap import robots_sitemaps, sitemap
from spiders.discover.sitemap_index import chosen_children
from spiders.discover.telegram import telegram_page
from spiders.robots import rules_of
from spiders.walk.days import _position
from spiders.walk.pages import _spot
from spiders.walk.sitemaps import _is_extended
from tests.fuzz.chaos import TEXT, fuzzed, mutated, seed

AT = "https://agency.example/place"
ZONE = ZoneInfo("Asia/Baku")
NOW = datetime(2024, 10, 4, 12, tzinfo=UTC)
TYPES = st.sampled_from(
    [
        "",
        "text/html",
        "application/rss+xml; charset=utf-16",
        "application/json",
        "text/xml; charset=koi8-r",
        "x/\0;charset=",
    ]
)
API = JsonApi(
    url=AT, link="/news/{slug}/{id}", items="$.data.items|$.items", title="title", date="at", cursor="data.next"
)
PLACE = Listing(
    url=AT, item=".item", link="a", title="h3", date=".date,time", next=".next", locale="az", formats=("%d %B %Y",)
)


def check(links: Any) -> None:
    """Links as the rest of the house expects them: web addresses, one line of text, moments."""
    for link in links:
        assert isinstance(link, Link)
        parts = urlsplit(link.url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert not set(link.url) & set("\n\r\t \0")
        for text in (link.title, link.guid):
            assert text is None or (text and "\n" not in text and "\0" not in text and len(text) <= 500)
        assert all(moment is None or moment.tzinfo is not None for moment in (link.published, link.modified))


def found(read: Callable[[], Any]) -> Any:
    """What is read, or None where it is said that nothing can be."""
    try:
        return read()
    except SourceChanged:
        return None


@fuzzed(60)
@given(mutated(seed("rss.xml"), seed("atom.xml"), seed("feed.json"), seed("sitemap.xml"), seed("article.html")), TYPES)
def test_a_feed(body: bytes, kind: str) -> None:
    check(found(lambda: feed_links(body, url=AT, content_type=kind, zone=ZONE)) or ())


@fuzzed(80)
@given(
    mutated(seed("sitemap.xml"), seed("index.xml"), seed("robots.txt"), seed("rss.xml"), b"\x1f\x8b\x08" + b"\0" * 20)
)
def test_a_sitemap(body: bytes) -> None:
    contents = found(lambda: sitemap(body, AT, limit=100_000, zone=ZONE))
    if contents:
        check(contents.links)
        chosen_children(contents.children, Sitemap(url=AT, child=r"(?P<order>\d+)", order="order"))
    assert all(urlsplit(url).scheme in ("http", "https") for url in robots_sitemaps(body))


@fuzzed(60)
@given(
    mutated(seed("listing.html"), seed("article.html"), seed("telegram.html")),
    st.sampled_from([PLACE, Listing(url=AT)]),
)
def test_a_listing(body: bytes, place: Listing) -> None:
    page = found(lambda: listing_links(body.decode("utf-8", "replace"), AT, place, ZONE))
    check(page.links if page else ())


@fuzzed(60)
@given(mutated(seed("telegram.html"), seed("listing.html")))
def test_a_channel(body: bytes) -> None:
    page = found(lambda: telegram_page(body.decode("utf-8", "replace"), AT, Telegram(url=AT, handle="agency")))
    check(page.links if page else ())


@fuzzed(100)
@given(mutated(seed("api.json"), seed("feed.json"), b"[" * 3_000))
def test_json(body: bytes) -> None:
    page = found(lambda: json_links(body, AT, API, ZONE))
    check(page.links if page else ())


@fuzzed(40)
@given(mutated(seed("article.html"), seed("listing.html")), st.sampled_from([None, "article", ".item a"]))
def test_a_watched_page(body: bytes, part: str | None) -> None:
    read = found(lambda: page_link(body.decode("utf-8", "replace"), AT, PageWatch(url=AT, part=part), now=NOW))
    assert read is None or len(read[1]) == 64


@fuzzed(40)
@given(mutated(seed("listing.html"), seed("article.html")))
def test_a_front_page(body: bytes) -> None:
    page = Page(url=AT, final_url=AT, status=200, body=body, content_type="text/html", fetched_at=NOW)
    assert all(urlsplit(url).hostname for url in read_front(page).anchors)


@fuzzed(150)
@given(mutated(seed("robots.txt")), st.integers(100, 599), TEXT)
def test_robots(body: bytes, status: int, path: str) -> None:
    rules = rules_of(status, body)
    assert rules.crawl_delay >= 0
    try:
        rules.allows(f"https://agency.example/{path}")
    except ValueError:
        return


KEYS = ["newest", "holes", "at", "missing", "from", "number", "page", "url", "path", "since"]
DAYS = ["2024-10-04", "2024-02-30", "2024-10-04T12:00:00+00:00"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(DAYS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@fuzzed(200)
@given(JSON)
@example({"number": 0, "from": "yesterday"})
@example({"path": [], "since": "2024-02-30"})
@example({"path": [], "since": "2024-10-05"})
def test_a_cursor_that_is_broken_is_none(cursor: Any) -> None:
    place = IdWalk(url="https://agency.example/news/{id}")
    walk, past = Walk.from_cursor(cursor), Past.from_cursor(cursor)
    assert Walk.from_cursor(walk.to_cursor()) == walk
    assert Past.from_cursor(past.to_cursor()) == past
    assert len(wanted(walk, place, ())) <= 100 and len(backward(walk, place, past)) <= 100  # noqa: PT018
    asked = wanted(walk, place, ())
    after(walk, place, dict.fromkeys(asked, False))
    after_backward(past, backward(walk, place, past), {})
    assert all(id_of(url_of(number, place), place) == number for number in asked)
    position = _position(cursor)
    assert position is None or isinstance(position[0], date)
    _spot(cursor)
    if isinstance(cursor, dict):
        _is_extended(cursor, NOW)


@pytest.mark.parametrize("place", [PLACE, API, Listing(url="https://a.example/{y}/{mm}/{dd}?p={n}", pages=3)])
def test_pages_of_a_place_end(place: Discovery) -> None:
    assert len(list(page_urls(place, today=date(1, 1, 1)))) <= 3
