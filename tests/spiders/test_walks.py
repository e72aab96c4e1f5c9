"""How places are asked: what a crawl costs when nothing is new, and when something is; every kind, three crawls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from readout.config import Config
from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer
from readout.workers.event import CrawlEvent
from tests.sites import RSS, change, configure, crawls, feed, query, source, story

JSON = "application/json"
XML = "application/xml"


@cache
def newest_days():
    """Today and the days before, from when the first crawl begins: the tests may be collected before midnight."""
    today = datetime.now(UTC).date()
    return [today - timedelta(days=back) for back in range(6)]


FEED = {"type": "feed", "url": "/rss"}
MISSING = {ANYTHING_ELSE: Answer(404)}
LONG = "The council will sit in Astana on the day that was agreed upon. " * 8


def stories(*numbers):
    return {f"/news/{number}": story(number) for number in numbers}


def listing(*numbers):
    return Answer.of("".join(f"<a href=/news/{number}>Story</a>" for number in numbers))


def news(at, *numbers):
    return feed(*(at(f"/news/{number}") for number in numbers))


def renamed(answer):
    """The same bytes under an ETag of its own each time."""
    names = iter(range(99))
    return lambda _: Answer(headers={**answer.headers, "ETag": f'"{next(names)}"'}, body=answer.body)


def unnamed(answer):
    return Answer(headers=answer.headers, body=answer.body, validators=False)


def stale(answer):
    """A server that says 304 to everybody who was there before."""

    def respond(request):
        if "if-none-match" in request.headers:
            return Answer(304, validators=False)
        return Answer(headers={"Content-Type": RSS, "ETag": '"always"'}, body=answer.body)

    return respond


def by_number(*pages):
    """Pages of a listing that are counted, each with its stories; beyond them there are none."""
    counted = {f"/list?page={number}": listing(*held) for number, held in enumerate(pages, start=1)}
    return counted | {"/list": Answer(404)} | stories(*(number for held in pages for number in held))


def items(*numbers, cursor="null"):
    held = ",".join(f'{{"id": {number}, "title": "Story {number}"}}' for number in numbers)
    return Answer.of(f'{{"items": [{held}], "next": {cursor}}}', JSON)


def json_place(at, url, **fields):
    return {"type": "json", "url": url, "link": at("/news/{id}"), "fields": {"items": "$.items"} | fields, "pages": 5}


API = {
    "/api?page=1": items(4, 3),
    "/api?page=2": items(2),
    "/api?page=3": items(),
    "/more?after=": items(14, cursor='"a b"'),
    "/more?after=a%20b": items(13, cursor='"c"'),
    "/more?after=c": items(12),
}


def ids(ahead=3):
    return {"type": "id_walk", "url": "/news/{id}", "ahead": ahead, "floor": 1}


def notice(text, counter):
    return {
        "/notice": Answer.of(f"<html><body><main><h1>Notice</h1><p>{text}</p></main><i>{counter}</i></body></html>")
    }


def index(at, day):
    dated = (("old", "2025-01-01"), ("new", day))
    rows = (f"<sitemap><loc>{at(f'/map-{name}.xml')}</loc><lastmod>{when}</lastmod></sitemap>" for name, when in dated)
    return Answer.of(f"<sitemapindex>{''.join(rows)}</sitemapindex>", XML)


def urls(at, *numbers):
    rows = (f"<url><loc>{at(f'/news/{number}')}</loc></url>" for number in numbers)
    return Answer.of(f"<urlset>{''.join(rows)}</urlset>", XML)


SOFT = Answer.of("<html><head><title>Page not found</title></head><body><h1>404</h1></body></html>")
MAPS = {"type": "sitemap", "url": "/index.xml"}
COUNTED = {"type": "listing", "url": "/list?page={n}"}


def sites(at) -> dict[str, tuple[Sequence[dict[str, Any]], Sequence[Any]]]:
    """The places of each site, and what it holds in the crawls; the last content stays."""
    maps = {"/index.xml": index(at, "2025-02-01"), "/map-old.xml": urls(at, 1), "/map-new.xml": urls(at, 2)}
    days = {f"/{day:%Y/%m/%d}": listing(number) for number, day in enumerate(newest_days(), start=1) if number != 2}
    return {
        "nothing-new": (
            [FEED, {"type": "listing", "url": "/list"}],
            [{"/rss": news(at, 1), "/list": listing(1)} | stories(1)],
        ),
        "two-new": ([FEED], [{"/rss": news(at, 1, 2)} | stories(1, 2), {"/rss": news(at, 1, 2, 3, 4)} | stories(3, 4)]),
        "renamed": (
            [FEED],
            [
                *[{"/rss": renamed(news(at, 1))} | stories(1)] * 2,
                {"/rss": unnamed(news(at, 1))},
            ],
        ),
        "stale": ([FEED], [{"/rss": stale(news(at, 1))} | stories(1), {"/rss": stale(news(at, 1, 2))} | stories(2)]),
        "counted": ([COUNTED | {"pages": 3}], [by_number((6, 5), (4, 3), (2, 1)), by_number((7, 6), (5, 4), (3, 2))]),
        "few-pages": ([COUNTED | {"pages": 9}], [by_number((3,), (2,))]),
        "json": (
            [json_place(at, "/api?page={n}"), json_place(at, "/more?after={cursor}", cursor="$.next")],
            [API | stories(2, 3, 4, 12, 13, 14)],
        ),
        "ids": (
            [{"type": "listing", "url": "/list"}, ids()],
            [
                {"/list": listing(10)} | stories(10, 11, 13) | MISSING,
                {"/list": listing(10)} | stories(*range(10, 14)) | MISSING,
            ],
        ),
        "soft": (
            [ids()],
            [{"/": Answer.of("<h1>Home</h1>"), "/news/2": Answer.redirect("/")} | stories(1) | {ANYTHING_ELSE: SOFT}],
        ),
        "trouble": ([ids()], [stories(1, 2) | {"/news/3": Answer(500)}, stories(1, 2, 3) | MISSING]),
        "watched": (
            [{"type": "page", "url": "/notice", "part": "main"}],
            [notice(LONG, 1), notice(LONG, 2), notice(f"{LONG} Not so.", 3)],
        ),
        "quiet-news": ([{"type": "news_sitemap", "url": "/news.xml"}], [{"/news.xml": Answer.of("<urlset/>", XML)}]),
        "maps": (
            [MAPS],
            [
                maps | stories(1, 2),
                maps
                | {"/index.xml": index(at, newest_days()[0].isoformat()), "/map-new.xml": urls(at, 2, 3)}
                | stories(3),
            ],
        ),
        "days": ([{"type": "listing", "url": "/{y}/{mm}/{dd}"}], [days | stories(*range(1, 7))]),
    }


@dataclass(frozen=True)
class Press:
    """What came of the crawls, and what was remembered of each site's places after each."""

    config: Config
    ends: Sequence[dict[str, CrawlEvent]]
    logs: Sequence[list[tuple[str, str, int]]]
    remembered: Sequence[dict[str, tuple[Any, ...]]]

    def asked(self, site, crawl):
        return [(path, status) for name, path, status in self.logs[crawl - 1] if name == site]

    def numbers(self, site):
        rows = query(self.config, "SELECT url FROM link WHERE source_id = ?", site)
        return sorted(int(url.rpartition("/")[2]) for (url,) in rows)


def _between(config, web, crawl):
    """Time passes: the stale site was asked in full so long ago, and the one by days was asked four days ago."""
    hours = {2: 19, 3: 28}.get(crawl, 0)
    moment = (datetime.now(UTC) - timedelta(hours=hours)).replace(tzinfo=None).isoformat(sep=" ")
    four_days_ago = web.url("days", f"/{newest_days()[4]:%Y/%m/%d}")
    change(config, "UPDATE discovery SET full_at = ? WHERE source_id = 'stale'", moment)
    # A link that is not known by that address any more is new, if its feed is read at all.
    for table, column in (("link", "key"), ("article", "url")):
        change(config, f"UPDATE {table} SET {column} = 'http://elsewhere/' WHERE source_id = 'renamed'")
    if crawl == 2:
        change(config, "DELETE FROM discovery WHERE source_id = 'days' AND url LIKE '%/____/__/__'")
        row = ("days", four_days_ago, "2026-01-01")
        change(config, "INSERT INTO discovery (source_id, url, checked_at) VALUES (?, ?, ?)", *row)


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    names = list(sites(str))
    with SiteServer(*names) as web:
        sources = []
        for name in names:

            def at(path, name=name):
                return web.url(name, path)

            places, contents = sites(at)[name]
            web.host(name, *contents)
            absolute = [place | {"url": at(place["url"])} for place in places]
            sources.append(source(name, at("/"), *absolute, timezone="UTC"))
        config = configure(tmp_path_factory.mktemp("walks"), *sources)
        ends, logs, remembered = [], [], []
        with crawls(config) as crawl:
            for number in (1, 2, 3):
                web.set_phase(number)
                if number > 1:
                    _between(config, web, number)
                before = len(web.log())
                ends.append({str(end.source): end for end in crawl()})
                log = [each for each in web.log()[before:] if each.path != "/robots.txt"]
                logs.append([(each.site, each.path, int(each.status)) for each in log])
                rows = query(config, "SELECT source_id, etag, body_hash, full_at FROM discovery ORDER BY url")
                remembered.append({row[0]: row[1:] for row in rows})
        yield Press(config, ends, logs, remembered)


def test_nothing_new_is_one_304_a_place_and_not_a_byte_read(press):
    assert press.asked("nothing-new", 2) == press.asked("nothing-new", 3) == [("/rss", 304), ("/list", 304)]


def test_k_new_articles_cost_the_feed_and_k(press):
    assert press.asked("two-new", 2) == [("/rss", 200), ("/news/3", 200), ("/news/4", 200)]


def test_the_same_bytes_are_not_read_again_whatever_the_server_calls_them(press):
    first, second, third = (remembered["renamed"] for remembered in press.remembered)
    assert [first[0], second[0], third[0]] == ['"0"', '"1"', None]
    assert first[1] == second[1] == third[1]
    assert first[2] < second[2] < third[2], "each time it answered with all its bytes"
    for crawl in (2, 3):
        end = press.ends[crawl - 1]["renamed"]
        assert press.asked("renamed", crawl) == [("/rss", 200)]
        assert (end.new, end.answered, end.error) == (0, True, None)


def test_a_server_that_says_304_for_ever_is_believed_for_a_day(press):
    assert press.asked("stale", 2) == [("/rss", 304)]
    assert press.asked("stale", 3) == [("/rss", 200), ("/news/2", 200)]


def test_pages_after_the_first_are_read_only_while_most_of_a_page_is_new(press):
    assert press.asked("counted", 2) == [("/list?page=1", 200), ("/news/7", 200)]
    assert press.numbers("counted") == list(range(1, 8))


def test_pages_end_where_there_are_no_more(press):
    end = press.ends[0]["few-pages"]
    assert (end.new, end.error) == (2, None)


def test_json_by_number_and_by_cursor(press):
    assert press.ends[0]["json"].error is None
    assert press.numbers("json") == [2, 3, 4, 12, 13, 14]


def test_an_article_found_by_its_number_is_downloaded_once_and_a_missing_one_leaves_no_trace(press):
    first = [path for path, _ in press.asked("ids", 1)]
    assert sorted(set(first)) == sorted(first)
    assert press.asked("ids", 2) == [
        ("/list", 304),
        ("/news/14", 404),
        ("/news/15", 404),
        ("/news/16", 404),
        ("/news/12", 200),
    ]
    assert press.numbers("ids") == [10, 11, 12, 13]
    fates = query(press.config, "SELECT DISTINCT outcome FROM link WHERE source_id = 'ids'")
    assert fates == [("not_a_report",)]


def test_a_page_that_says_there_is_none_is_none_whatever_its_status(press):
    assert press.ends[0]["soft"].error is None
    assert press.numbers("soft") == [1]


def test_numbers_are_not_counted_as_missing_while_the_server_is_in_trouble(press):
    assert "500" in press.ends[0]["trouble"].error
    assert press.ends[0]["trouble"].new == 2
    assert press.numbers("trouble") == [1, 2, 3]


def test_a_watched_page_is_read_anew_when_its_text_changes_and_downloaded_once(press):
    assert [press.asked("watched", crawl) for crawl in (1, 2, 3)] == [[("/notice", 200)]] * 3
    assert [sum(ends["watched"].outcomes.values()) for ends in press.ends] == [1, 0, 1]
    assert query(press.config, "SELECT version FROM article WHERE source_id = 'watched'") == [(2,)]


def test_an_empty_sitemap_of_news_is_a_quiet_day(press):
    assert {(ends["quiet-news"].error, ends["quiet-news"].answered) for ends in press.ends} == {(None, True)}
    assert [press.asked("quiet-news", crawl) for crawl in (1, 2)] == [[("/news.xml", 200)], [("/news.xml", 304)]]


def test_a_sitemap_that_its_index_calls_old_is_not_asked_for(press):
    assert press.asked("maps", 2) == [("/index.xml", 200), ("/map-new.xml", 200), ("/news/3", 200)]


def test_days_are_walked_back_to_the_last_one_that_was_asked(press):
    """A first crawl looks at two days, a later one at those since the last, and at that one again."""
    paths = [[path for path, _ in press.asked("days", crawl) if not path.startswith("/news")] for crawl in (1, 2)]
    assert paths == [[f"/{day:%Y/%m/%d}" for day in some] for some in (newest_days()[:2], newest_days()[:5])]
    assert press.numbers("days") == [1, 3, 4, 5]
