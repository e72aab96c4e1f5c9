"""The spider as a worker runs it: a real process crawls real sites, all of them at once, and then once more."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from readout.config import Config
from readout.demo.server import Answer, Asked, Content, SiteServer
from readout.storage.lock import data_lock
from readout.workers.event import CrawlEvent
from tests.sites import RSS, asked, configure, crawl, crawls, feed, outcomes, query, source, story
from tests.store import store_section

ROOT = Path(__file__).parents[2]
At = Callable[[str], str]
TODAY = datetime.now(UTC).date()
PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")
"""An article that costs no reader: it has an outcome at once."""


@dataclass(frozen=True)
class Site:
    """A site as it is in the first crawl and in the second; `at` makes a path of it an address."""

    contents: Callable[[At], tuple[Content, ...]]
    places: tuple[dict[str, Any], ...] = ({"type": "feed", "url": "/rss"},)
    fields: Mapping[str, Any] = field(default_factory=dict)


def index(at, *children):
    rows = (f"<sitemap><loc>{at(path)}</loc>{dated}</sitemap>" for path, dated in children)
    return Answer.of(f"<sitemapindex>{''.join(rows)}</sitemapindex>", "application/xml")


def sitemap(at, path, day="16"):
    entry = f"<url><loc>{at(path)}</loc><lastmod>2025-10-{day}</lastmod></url>"
    return Answer.of(f"<urlset>{entry}</urlset>", "application/xml")


def broken_off():
    yield b"<p>The chairman said"
    raise ConnectionError


def everything(at):
    answers = {
        "/news/good": story("good"),
        "/news/gone": Answer(404),
        "/news/secret": Answer(403),
        "/news/broken": Answer(500),
        "/news/paper": PAPER,
        "/news/empty": Answer.of(b""),
        f"/news/{'long' * 500}": story("long"),
        f"/news/{'longer' * 400}": story("longer"),
        "/news/huge": Answer(headers={"Content-Type": "text/html"}, body=lambda: [b"x" * 1_000_000] * 3),
        "/news/bomb": Answer.of(b"<p>" + b"x" * 3_000_000),
        "/news/forbidden": story("forbidden"),
        "/news/circle": Answer.redirect("/news/circle"),
        "/news/inward": Answer.redirect("http://10.0.0.1/news/inward"),
        "/news/file": Answer.redirect("file:///etc/passwd"),
        "/news/cut": Answer(headers={"Content-Type": "text/html"}, body=broken_off),
        "/news/moved": Answer.redirect("/news/good"),
    }
    robots = Answer.of("User-agent: *\nDisallow: /news/forbidden", "text/plain")
    return ({"/robots.txt": robots, "/rss": feed(*map(at, answers)), **answers},)


def three_places(at):
    papers = {f"/news/{number}": PAPER for number in range(1, 4)}
    listing = Answer.of("<a href=/news/2>Two</a>")
    return ({"/rss": feed(at("/news/1")), "/list": listing, "/map.xml": sitemap(at, "/news/3"), **papers},)


def growing(at):
    papers = {f"/news/{number}": PAPER for number in range(1, 4)}
    known = ("/news/1", "/news/2")
    return {"/rss": feed(*map(at, known)), **papers}, {"/rss": feed(*map(at, (*known, "/news/3"))), **papers}


def paged(at):
    pages = {
        f"/list/{number}": Answer.of(f"<a href=/news/{number}>Story</a><a class=next href=/list/{number + 1}>More</a>")
        for number in range(1, 6)
    }
    return (pages | {f"/news/{number}": PAPER for number in range(1, 6)},)


def indexed(at, *, last=TODAY):
    days = [last - timedelta(days=4 - number) for number in range(1, 5)]
    children = [(f"/map-{number}.xml", f"<lastmod>{day}</lastmod>") for number, day in enumerate(days, start=1)]
    maps = {f"/map-{number}.xml": sitemap(at, f"/news/{number}") for number in range(1, 5)}
    return ({"/index.xml": index(at, *children), **maps, **{f"/news/{n}": PAPER for n in range(1, 5)}},)


def undated(at):
    maps = ({"/map.xml": sitemap(at, f"/news/{number}")} for number in (1, 2))
    return tuple({"/index.xml": index(at, ("/map.xml", "")), "/news/1": PAPER, "/news/2": PAPER, **m} for m in maps)


def edited(at):
    return tuple({"/map.xml": sitemap(at, "/news/1", day), "/news/1": story(1)} for day in ("16", "17"))


def said_by_robots(at):
    robots = Answer.of(f"Sitemap: {at('/map.xml')}", "text/plain")
    return ({"/robots.txt": robots, "/map.xml": sitemap(at, "/news/1"), "/news/1": PAPER},)


EMPTY = Answer.of("<urlset/>", "application/xml")


def nothing_to_say(at):
    return ({"/map.xml": EMPTY},)


def quiet_beside_a_feed(at):
    return ({"/map.xml": EMPTY, "/rss": feed(at("/news/1")), "/news/1": PAPER},)


def quiet_index(at):
    return ({"/map.xml": index(at, ("/child.xml", "<lastmod>2025-01-01</lastmod>")), "/child.xml": EMPTY},)


def one_place(answer):
    return lambda at: ({"/place": answer},)


def place(kind):
    return ({"type": kind, "url": "/place"},)


MAP = ({"type": "sitemap", "url": "/map.xml"},)
SITES = {
    "everything": Site(everything),
    "three-places": Site(
        three_places,
        ({"type": "feed", "url": "/rss"}, {"type": "listing", "url": "/list"}, {"type": "sitemap", "url": "/map.xml"}),
    ),
    "growing": Site(growing),
    "paged": Site(paged, ({"type": "listing", "url": "/list/1", "next": ".next", "pages": 3},)),
    "indexed": Site(indexed, ({"type": "sitemap", "url": "/index.xml", "pages": 2},)),
    "indexed-once": Site(
        lambda at: indexed(at, last=date(2025, 4, 1)), ({"type": "sitemap", "url": "/index.xml", "pages": 2},)
    ),
    "lone-map": Site(lambda at: ({"/map.xml": sitemap(at, "/news/1"), "/news/1": PAPER},), MAP),
    "undated": Site(undated, ({"type": "sitemap", "url": "/index.xml"},)),
    "edited": Site(edited, MAP),
    "by-robots": Site(said_by_robots, ({"type": "sitemap", "url": "/robots.txt"},)),
    "half-broken": Site(growing, ({"type": "feed", "url": "/dead"}, {"type": "feed", "url": "/rss"})),
    "welcome": Site(one_place(Answer.of("<html><body><h1>Welcome</h1></body></html>")), place("feed")),
    "silence": Site(one_place(Answer.of(b"", RSS)), place("feed")),
    "no-entries": Site(one_place(Answer.of('<rss version="2.0"><channel/></rss>', RSS)), place("feed")),
    "trouble": Site(one_place(Answer(503)), place("feed")),
    "gone": Site(one_place(Answer(410)), place("feed")),
    "no-map": Site(one_place(Answer.of("<html><body>Oops</body></html>")), place("sitemap")),
    "no-map-named": Site(
        lambda at: ({"/robots.txt": Answer.of("User-agent: *", "text/plain")},),
        ({"type": "sitemap", "url": "/robots.txt"},),
    ),
    "empty-map": Site(nothing_to_say, MAP),
    "empty-index": Site(quiet_index, MAP),
    "quiet-map": Site(quiet_beside_a_feed, ({"type": "sitemap", "url": "/map.xml"}, {"type": "feed", "url": "/rss"})),
    "nonsense": Site(one_place(Answer.redirect("http://[")), place("feed")),
    "no-list": Site(one_place(Answer.of("<p>Nothing here</p>")), place("listing")),
    "other-shape": Site(one_place(Answer.of("<a href=/about>About us</a>")), place("listing")),
    "other-host": Site(one_place(Answer.of("<a href=http://elsewhere.example/news/1>Story</a>")), place("listing")),
}


@dataclass(frozen=True)
class Press:
    """What came of both crawls."""

    config: Config
    ends: tuple[dict[str, CrawlEvent], ...]
    logs: tuple[list[Asked], ...]

    def asked(self, site: str, crawl: int) -> list[tuple[str, int]]:
        log = self.logs[crawl - 1]
        return [(a.path, int(a.status)) for a in log if a.site == site and a.path != "/robots.txt"]

    def fates(self, site: str) -> dict[str, tuple[str | None, str | None]]:
        rows = query(self.config, "SELECT url, outcome, reason FROM link WHERE source_id = ?", site)
        return {"/" + url.split("/", 3)[3]: (outcome, reason) for url, outcome, reason in rows}

    def outcomes(self, site: str) -> dict[str, str | None]:
        return {path: outcome for path, (outcome, _) in self.fates(site).items()}


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    with SiteServer(*SITES) as web:
        sources = []
        for name, site in SITES.items():

            def at(path, name=name):
                return web.url(name, path)

            web.host(name, *site.contents(at))
            places = [spot | {"url": at(spot["url"])} for spot in site.places]
            sources.append(source(name, at("/"), *places, **site.fields))
        config = configure(tmp_path_factory.mktemp("press"), *sources, max_page_mib=2)
        with crawls(config) as crawl:
            first = {str(end.source): end for end in crawl()}
            log = web.log()
            web.set_phase(2)
            second = {str(end.source): end for end in crawl()}
        yield Press(config, (first, second), (log, web.log()[len(log) :]))


def test_every_link_ends_in_an_outcome(press):
    assert press.outcomes("everything") == {
        "/news/good": "not_a_report",
        "/news/gone": "failed",
        "/news/secret": "refused",
        "/news/broken": "failed",
        "/news/paper": "unsupported",
        "/news/empty": "failed",
        f"/news/{'long' * 500}": "not_a_report",
        "/news/huge": "unsupported",
        "/news/bomb": "unsupported",
        "/news/forbidden": "refused",
        "/news/circle": "failed",
        "/news/inward": "failed",
        "/news/file": "failed",
        "/news/cut": "failed",
        "/news/moved": "duplicate",
    }
    end = press.ends[0]["everything"]
    assert (end.new, end.expected, end.reason, end.error) == (15, 15, "finished", None)
    assert sum(end.outcomes.values()) == 15


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/news/gone", "the server answered 404 Not Found"),
        ("/news/secret", "the server answered 403 Forbidden"),
        ("/news/paper", "application/msword is not read, only HTML and PDF"),
        ("/news/empty", "the server answered with an empty page"),
        ("/news/huge", "larger than a page may be"),
        ("/news/bomb", "larger than a page may be, once unpacked"),
        ("/news/forbidden", "robots.txt does not allow it"),
        ("/news/circle", "it redirects without end"),
        ("/news/inward", "no public address"),
        ("/news/file", "the server answered 301 Moved Permanently, but with no address of the web"),
        ("/news/cut", "the connection broke in the middle of the answer"),
    ],
)
def test_the_reason_is_one_that_a_reader_understands(press, path, reason):
    assert reason in press.fates("everything")[path][1]


def test_an_address_longer_than_any_is_no_link(press):
    """2,048 characters, as sitemaps.org has it."""
    assert all("longer" not in path for path, _ in press.asked("everything", 1))


def test_what_robots_txt_forbids_is_not_asked_for(press):
    assert "/news/forbidden" not in dict(press.asked("everything", 1))


def test_a_second_look_at_an_unchanged_site_is_one_304_for_each_place(press):
    assert press.asked("three-places", 2) == [("/rss", 304), ("/list", 304)], "beside a feed a sitemap waits for a day"
    assert press.asked("lone-map", 2) == [("/map.xml", 304)]
    for site in ("three-places", "lone-map"):
        end = press.ends[1][site]
        assert (end.new, end.outcomes, end.error, end.answered) == (0, {}, None, True)


def test_only_what_is_new_is_fetched(press):
    assert press.asked("growing", 2) == [("/rss", 200), ("/news/3", 200)]
    assert press.ends[1]["growing"].new == 1


def test_a_listing_is_followed_as_far_as_the_source_says(press):
    assert sorted(press.outcomes("paged")) == ["/news/1", "/news/2", "/news/3"]
    assert press.asked("paged", 2) == [("/list/1", 304)]


def test_an_index_of_sitemaps_leads_to_its_newest_children(press):
    assert sorted(press.outcomes("indexed")) == ["/news/3", "/news/4"]
    assert press.asked("indexed", 2) == [("/index.xml", 304)]


def test_an_index_that_names_no_change_for_long_is_not_believed(press):
    assert sorted(press.outcomes("indexed-once")) == ["/news/3", "/news/4"]
    assert press.asked("indexed-once", 2) == [("/index.xml", 200), ("/map-4.xml", 304), ("/map-3.xml", 304)]


def test_an_index_that_dates_no_child_is_asked_afresh(press):
    assert press.asked("undated", 2) == [("/index.xml", 200), ("/map.xml", 200), ("/news/2", 200)]


def test_robots_txt_may_name_the_sitemaps(press):
    assert press.outcomes("by-robots") == {"/news/1": "unsupported"}


def test_an_article_changed_by_its_own_word_is_asked_for_again_conditionally(press):
    assert press.asked("edited", 2) == [("/map.xml", 200), ("/news/1", 304)]
    assert press.ends[1]["edited"].outcomes == {"unchanged": 1}
    assert press.outcomes("edited") == {"/news/1": "not_a_report"}


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("welcome", "that is no feed"),
        ("silence", "is empty"),
        ("no-entries", "without entries"),
        ("trouble", "503 Service Unavailable"),
        ("gone", "410 Gone"),
        ("no-map", "where a sitemap was expected"),
        ("no-map-named", "/robots.txt names no sitemap"),
        ("empty-map", "/map.xml names no address"),
        ("empty-index", "/map.xml names no address"),
        ("nonsense", "it leads to what is no address of the web"),
        ("no-list", "holds nothing"),
        ("other-shape", "of the shape of an article"),
        ("other-host", "of the shape of an article"),
    ],
)
def test_a_place_that_says_nothing_is_an_error_each_time(press, site, said):
    for ends in press.ends:
        assert said in ends[site].error
        assert not ends[site].answered
    ((error, failures),) = query(press.config, "SELECT last_error, failures FROM source WHERE id = ?", site)
    assert said in error
    assert failures == 2


def test_an_empty_sitemap_beside_a_place_that_answers_is_a_quiet_day(press):
    for ends in press.ends:
        assert (ends["quiet-map"].error, ends["quiet-map"].answered) == (None, True)


def test_a_broken_place_does_not_hide_the_others(press):
    end = press.ends[0]["half-broken"]
    assert "404" in end.error
    assert end.answered
    assert len(press.outcomes("half-broken")) == 3
    ((error, failures),) = query(press.config, "SELECT last_error, failures FROM source WHERE id = 'half-broken'")
    assert "404" in error
    assert failures == 0


def test_each_crawl_is_on_record(press):
    rows = query(press.config, "SELECT requests, new_links, reason, finished_at FROM crawl WHERE source_id = 'growing'")
    assert [row[:3] for row in rows] == [(4, 2, "finished"), (2, 1, "finished")]  # robots.txt is kept
    assert all(row[3] for row in rows)


def test_the_headers_are_honest_and_of_the_sources_language(press):
    for request in press.logs[0]:
        assert request.headers["accept-language"] == "az, en;q=0.9"
        assert "Readout/" in request.headers["user-agent"]
        assert not {"cookie", "referer"} & request.headers.keys()


# --- sites that need a crawl of their own -----------------------------------------------------------------------------


@pytest.fixture
def web():
    with SiteServer("courier") as web:
        yield web


def courier(web, **fields):
    return source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")}, **fields)


def test_a_pending_link_is_visited_even_when_the_feed_says_nothing_new(web, tmp_path):
    papers = {f"/news/{number}": PAPER for number in range(1, 6)}
    web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in papers)), **papers})
    end = crawl(configure(tmp_path, courier(web), max_requests=4))  # robots.txt, the feed, and two articles
    assert (end.reason, end.error, end.waiting) == ("finished", None, 3)
    assert sorted(outcomes(configure(tmp_path)).values(), key=str) == [None] * 3 + ["unsupported"] * 2

    config = configure(tmp_path)
    assert crawl(config).waiting == 0
    assert set(outcomes(config).values()) == {"unsupported"}
    assert asked(web).count(("/rss", 304)) == 1


def by_scrapy(folder, key):
    """`scrapy crawl site`: its exit code, and what it says."""
    (folder / "readout.toml").write_text(
        'data_dir = "."\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = ["127.0.0.0/8"]\n'
        + store_section(folder)
    )
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "site", "-a", f"source={key}"],
        cwd=ROOT,
        env=os.environ | {"READOUT_CONFIG": str(folder / "readout.toml")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_scrapy_itself_crawls_a_source_but_never_beside_another(web, tmp_path):
    web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER})
    config = configure(tmp_path, courier(web))
    with data_lock(tmp_path):
        code, said = by_scrapy(tmp_path, "courier")
    assert code == 1
    assert f"readout: {tmp_path} is in use by another Readout" in said
    assert "Traceback" not in said
    assert web.log() == []

    assert by_scrapy(tmp_path, "courier")[0] == 0
    assert outcomes(config) == {"/news/1": "unsupported"}
