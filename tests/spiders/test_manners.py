"""Politeness, as sites see it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from readout.demo.server import Answer, SiteServer
from readout.discovery import Validators
from readout.storage import schema
from readout.workers.once import crawl_once
from spiders.access import accept_language
from spiders.manners import conditional_headers, retry_after
from spiders.robots import MOST_BYTES
from tests.sites import configure, crawl, feed, outcomes, query, source

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
HALF = 0.5
"""Of a pause kept by the crawl this much at least is seen by the site, however busy the machine is."""

PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")


@pytest.mark.parametrize(
    ("languages", "header"),
    [
        (("az",), "az"),
        (("az", "en", "ru"), "az, en;q=0.9, ru;q=0.8"),
    ],
)
def test_the_first_language_is_wanted_most(languages, header):
    assert accept_language(languages) == header


def test_the_last_of_many_languages_is_wanted_too():
    assert accept_language(tuple("abcdefghijklm")).endswith("l;q=0.1, m;q=0.1")


def test_validators_go_back_as_they_came():
    assert conditional_headers(Validators()) == {}
    assert conditional_headers(Validators(etag='W/"a"', last_modified="Thu, 16 Oct 2025 10:00:00 GMT")) == {
        "If-None-Match": 'W/"a"',
        "If-Modified-Since": "Thu, 16 Oct 2025 10:00:00 GMT",
    }


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("Thu, 16 Oct 2025 13:00:00 GMT", timedelta(hours=1)),
        ("999999999999999999", timedelta(hours=24)),
        ("9" * 5_000, timedelta(hours=24)),
        ("Fri, 16 Oct 2026 12:00:00 GMT", timedelta(hours=24)),
        ("0", None),
        ("-5", None),
        ("Thu, 16 Oct 2025 11:00:00 GMT", None),
        ("Thu, 16 Oct 99999999999999999999 13:00:00 GMT", None),
        ("Thu, 16 Oct 2025 13:00:00 +99999999999999", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_how_long_to_wait(header, wait):
    assert retry_after(header, NOW) == (NOW + wait if wait else None)


def hang_up():
    raise ConnectionError
    yield b""


ROBOTS = {
    "trouble": Answer(503),
    "busy": Answer(429),
    "no-answer": Answer(body=hang_up),
    "no-file": Answer(404),
    "circle": Answer.redirect("/robots.txt"),
    "moved": Answer.redirect("/there.txt"),
    "slow": Answer.of("User-agent: *\nCrawl-delay: 0.6", "text/plain"),
    "all-closed": Answer.of("User-agent: readout\nDisallow: /", "text/plain"),
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """Sites alike but for their robots.txt, crawled once."""
    with SiteServer(*ROBOTS) as web:
        sources = []
        for name, robots in ROBOTS.items():
            papers = {f"/news/{number}": PAPER for number in range(1, 4)}
            there = Answer.of("User-agent: *\nDisallow: /news/", "text/plain")
            listed = feed(*(web.url(name, path) for path in papers))
            web.host(name, {"/robots.txt": robots, "/there.txt": there, "/rss": listed, **papers})
            sources.append(source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")}))
        config = configure(tmp_path_factory.mktemp("manners"), *sources)
        ends = {str(end.source): end for end in crawl_once(config)}
        yield web, ends


@pytest.mark.parametrize(
    ("site", "pages"),
    [
        ("trouble", 0),
        ("busy", 0),
        ("no-answer", 0),
        ("all-closed", 0),
        ("no-file", 4),
        ("circle", 4),
        ("moved", 1),
        ("slow", 4),
    ],
)
def test_robots_txt_is_obeyed_as_rfc_9309_says(sites, site, pages):
    web, ends = sites
    asked = [request.path for request in web.log(site) if not request.path.endswith(".txt")]
    assert len(asked) == pages
    assert (ends[site].error is None) == (pages > 0)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("trouble", "robots.txt answered 503, which means to stay away for now"),
        ("no-answer", "robots.txt could not be had, which means to stay away for now"),
        ("all-closed", "robots.txt does not allow it"),
    ],
)
def test_why_we_stayed_away_is_said(sites, site, said):
    assert said in sites[1][site].error


def test_crawl_delay_is_kept(sites):
    times = [request.at for request in sites[0].log("slow")]
    assert len(times) == 5
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert min(gaps) > HALF * 0.6


def test_robots_txt_is_asked_for_once_in_a_crawl(sites):
    assert [request.path for request in sites[0].log("no-file")].count("/robots.txt") == 1


@pytest.mark.parametrize("delay", ["0.4s", None])
def test_one_request_at_a_time_and_a_pause_between(tmp_path, delay):
    papers = {f"/news/{number}": PAPER for number in range(1, 5)}
    with SiteServer("courier") as web:
        web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in papers)), **papers})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        fields = {"delay": delay} if delay else {}
        crawl(
            configure(
                tmp_path, source("courier", web.url("courier"), place, **fields), per_host_delay=0.1 if delay else 0.4
            )
        )
        times = [request.at for request in web.log("courier")]
        assert len(times) == 6
        assert min((later - earlier).total_seconds() for earlier, later in pairwise(times)) > HALF * 0.4
        assert web.most_at_once("courier") == 1


def test_a_host_that_asks_to_wait_is_left_alone_beyond_this_process(tmp_path):
    papers = {f"/news/{number}": PAPER for number in range(1, 4)}
    papers["/news/2"] = Answer(429, {"Retry-After": "3600"})
    with SiteServer("courier") as web:
        web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in papers)), **papers})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        config = configure(tmp_path, source("courier", web.url("courier"), place))

        crawl(config)

        assert outcomes(config) == {"/news/1": "unsupported", "/news/2": None, "/news/3": None}
        ((until,),) = query(config, select(schema.host.c.wait_until).where(schema.host.c.wait_until.is_not(None)))
        assert until > datetime.now(UTC) + timedelta(minutes=50)
        before = len(web.log())
        end = crawl(config)
        assert end.error == "its host asked to be left alone"
        assert len(web.log()) == before


def test_a_site_that_leads_to_ever_more_hosts_fills_neither_memory_nor_database(tmp_path):
    """What is not visited for the robots.txt of others is left for another crawl."""
    names = [f"other{number}" for number in range(20)]
    robots = Answer.of("#" * MOST_BYTES, "text/plain")
    with SiteServer("courier", *names) as web:
        for name in names:
            web.host(name, {"/robots.txt": robots, "/news/1": PAPER})
        pages = {f"/news/{name}": Answer.redirect(web.url(name, "/news/1")) for name in names}
        web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in pages)), **pages})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        config = configure(tmp_path, source("courier", web.url("courier"), place))
        end = crawl(config)
        led = [name for name in names if web.log(name)]
    assert 8 <= len(led) < len(names)
    assert end.waiting == len(names) - len(led)
    assert {attempts for (attempts,) in query(config, "SELECT attempts FROM link WHERE outcome IS NULL")} == {0}
    assert query(config, "SELECT name FROM host WHERE robots_at IS NOT NULL") == [(web.url("courier").rstrip("/"),)]


def test_a_date_that_no_calendar_has_is_none(tmp_path):
    """Neither the place nor the page is lost for it, and a host that asks for time with it is left alone."""
    never = {"Last-Modified": "Thu, 16 Oct 99999999999999999999 13:00:00 GMT"}
    with SiteServer("courier") as web:
        listed = feed(*(web.url("courier", f"/news/{name}") for name in ("page", "busy")))
        busy = Answer(503, {"Retry-After": never["Last-Modified"]})
        pages = {"/rss": listed, "/news/page": PAPER}
        said = {path: replace(page, headers={**page.headers, **never}) for path, page in pages.items()}
        web.host("courier", {**said, "/news/busy": busy})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        config = configure(tmp_path, source("courier", web.url("courier"), place))
        end = crawl(config)
    assert (end.error, outcomes(config)) == (None, {"/news/page": "unsupported", "/news/busy": "failed"})
