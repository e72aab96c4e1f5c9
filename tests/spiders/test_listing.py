"""Listings to links."""

import time
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readout.discovery import Listing
from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.listing import listing_links

BAKU = ZoneInfo("Asia/Baku")
URL = "https://council.example/en/news/"
TEN = datetime(2025, 10, 16, 6, tzinfo=UTC)

CARDS = """<html><body>
<nav><a href="/about">About</a></nav>
<ul>
<li><a href="/news/1"><img src="1.jpg"></a><h3><a href="/news/1">One</a></h3>
<span class="date">16.10.2025 10:00</span></li>
<li><a href="2.html" title="Two"></a><time class="date" datetime="2025-10-16T10:00+04:00">Thursday</time></li>
<li><a href="/news/3"><b>Three</b> men</a><span class="date">17:35</span></li>
</ul>
<a class="next" href="?page=2">More</a>
</body></html>"""


def read(html, **selectors):
    return listing_links(html, URL, Listing(url=URL, **selectors), BAKU)


@pytest.mark.parametrize("selectors", [{"item": "li"}, {"item": "li", "link": "a"}, {"link": "li a"}, {"link": "li"}])
def test_cards(selectors):
    listing = read(CARDS, date=".date", next=".next", **selectors)
    assert listing.links == (
        Link(url="https://council.example/news/1", title="One", published=TEN),
        Link(url="https://council.example/en/news/2.html", title="Two", published=TEN),
        Link(url="https://council.example/news/3", title="Three men"),
    )
    assert listing.next_url == "https://council.example/en/news/?page=2"


def test_without_selectors_every_link_counts():
    assert [link.url for link in read(CARDS).links][:2] == [
        "https://council.example/about",
        "https://council.example/news/1",
    ]
    assert read(CARDS).next_url is None


def test_of_a_card_that_is_one_link_its_heading_is_the_title():
    card = "<a href=/news/1><span>25.06.2026</span><h3>The talks</h3><p>Long</p></a>"
    assert [link.title for link in read(card).links] == ["The talks"]


def test_a_title_may_stand_elsewhere():
    html = "<div class=card><h2>The talks</h2><p>Long <a href=/news/1>read on</a></p></div>"
    assert read(html, item=".card", title="h2").links == (
        Link(url="https://council.example/news/1", title="The talks"),
    )


@pytest.mark.parametrize(
    ("date", "rules", "expected", "day_only"),
    [
        ("25 Июня 2026 17:24", {"formats": ("%d %B %Y %H:%M",), "locale": "ru"}, "2026-06-25T13:24", False),
        ("12 марта 2024 года", {"locale": "ru"}, "2024-03-11T20:00", True),
        ("12 марта 2024 года", {}, "2024-03-11T20:00", True),
        ("Март 27, 2021 09:09", {}, "2021-03-27T05:09", False),
        ("16 Oktyabr 2025, 10:00", {"locale": "az"}, "2025-10-16T06:00", False),
        ("30 September 2026", {}, "2026-09-29T20:00", True),
        ("10/16/2025 10:00", {"formats": ("%m/%d/%Y %H:%M",)}, "2025-10-16T06:00", False),
        ("05/10/2025", {"formats": ("%d/%m/%Y",)}, "2025-10-04T20:00", True),
        ("05/10/2025", {}, None, False),
        ("16-10-2025", {}, "2025-10-15T20:00", True),
        ("December 11", {}, None, False),
        ("17:35", {}, None, False),
        ("16–17 October 2025", {}, None, False),
        ("31 February 2025", {}, None, False),
        ("\x00\u202e", {}, None, False),
        ("9" * 100_000, {}, None, False),
    ],
)
def test_dates_in_words_are_read_as_the_source_writes_them(date, rules, expected, day_only):
    (link,) = read(f"<li><a href=/1>One</a><i>{date}</i></li>", item="li", date="i", **rules).links
    assert (link.published and link.published.strftime("%Y-%m-%dT%H:%M")) == expected
    assert link.published_day_only is day_only


def test_a_date_beside_several_links_belongs_to_none():
    html = "<div><p><a href=/1>One</a></p><p><a href=/2>Two</a></p><span class=date>16.10.2025</span></div>"
    assert [link.published for link in read(html, date=".date").links] == [None, None]


def test_a_day_alone_stays_one_though_a_picture_links_there_too():
    html = "<li><a href=/1><img></a><a href=/1>One</a><i>16.10.2025</i></li>"
    (link,) = read(html, item="li", date="i").links
    assert link.published == datetime(2025, 10, 15, 20, tzinfo=UTC)
    assert link.published_day_only


def test_the_base_of_the_page_counts():
    html = '<head><base href="https://elsewhere.example/x/"></head><body><a href="1">One</a></body>'
    assert [link.url for link in read(html).links] == ["https://elsewhere.example/x/1"]


def test_what_is_no_address_of_the_web_is_left_out():
    html = """<a href="javascript:go()">a</a><a href="mailto:x@y.example">b</a><a href="http://[">c</a><a>d</a>
    <a href="data:text/html,x">f</a><a href="">g</a><a href="https://a.example/%s">h</a><a href="http://a.example:x/">i</a>
    <a href="/ne&#10;ws/1\x00">e</a>""" % ("x" * 3000)
    assert [link.url for link in read(html).links] == ["https://council.example/news/1"]


def test_titles_are_harmless():
    assert read("<a href=/1>A\u202e\n B</a>").links[0].title == "A B"


def test_a_page_cannot_bring_links_without_end():
    html = "<div>" * 200 + "".join(f"<p><a href=/{number}>x</a><i>16.10.2025</i></p>" for number in range(20_000))
    assert len(read(html, item="p").links) == 2000
    assert len(read(html, date="i").links) == 2000


@pytest.mark.parametrize("rules", [{}, {"item": "p"}])
def test_what_is_not_looked_at_takes_no_memory_beside_the_page(rules):
    """In Python, where each element that a selector hands over would take ten times what it is long."""
    html = "".join(f"<p><a href=/tag/{number}>News</a>" for number in range(40_000))
    tracemalloc.start()
    try:
        assert len(read(html, **rules).links) == 2000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * len(html)


@pytest.mark.parametrize(
    "rules", [{}, {"item": "p"}, {"link": "a", "date": "i"}, {"item": "div"}, {"item": "div", "link": "p"}]
)
@pytest.mark.parametrize(
    "html",
    [
        "<p><a href=/1>x</a><i>16.10.2025</i>" * 20_000,
        "<p><a href=/1>x</a>" + "<div>" * 20_000,
        "<p><a href=/1>x</a>" + "<div><p><a href=/2>" * 5_000,
        "<div><p>" + "<a href=/1>x</a>" * 20_000,
        "<p><a href=/1>" + "x" * 5_000_000,
    ],
    ids=["many", "deep", "links in links", "one address", "long"],
)
def test_a_page_made_to_be_slow_is_not(html, rules):
    begun = time.process_time()
    with suppress(SourceChanged):
        assert len(read(html, **rules).links) <= 2
    assert time.process_time() - begun < 10


def test_a_title_has_an_end():
    assert len(read("<a href=/1>" + "x" * 100_000 + "</a>").links[0].title) == 500


@pytest.mark.parametrize("html", ["", "<p>Nothing</p>", "<a>no address</a>", "\x00", "<a href='#'"])
def test_a_listing_without_links_is_said(html):
    with pytest.raises(SourceChanged, match="holds nothing"):
        read(html, link=".card a")


@pytest.mark.parametrize("base", ["//[", "http://[::1", "https://[x]/", "http://a\u2100b/"])
def test_a_base_that_is_no_address_counts_for_nothing(base):
    html = f'<head><base href="{base}"></head><body><a href="1">One</a></body>'
    assert [link.url for link in read(html).links] == ["https://council.example/en/news/1"]
