"""Places that mislead: what one page, one day or one wrong word hides must not hide the rest of the news."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from readout.config import Config
from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer
from readout.workers.event import CrawlEvent
from readout.workers.once import crawl_once
from tests.sites import change, configure, feed, query, source, story

XML = "application/xml"
PAPER = Answer.of(b"\0\1\2\3", "image/png")
"""An article that costs no reader."""


@cache
def newest_days():
    """Today and the days before, from when the first crawl begins: the tests may be collected before midnight."""
    today = datetime.now(UTC).date()
    return [today - timedelta(days=back) for back in range(6)]


FEED = {"type": "feed", "url": "/rss"}
LISTING = {"type": "listing", "url": "/list", "next": ".next"}
BY_DAY = {"type": "listing", "url": "/d/{y}/{mm}/{dd}"}
MAPS = {"type": "sitemap", "url": "/index.xml"}
ARCHIVE = {"type": "sitemap", "url": "/map.xml"}
NUMBERS = {"type": "id_walk", "url": "/news/{id}", "ahead": 4, "floor": 1}


def listing(*numbers, more=None):
    following = f'<a class=next href="{more}">older</a>' if more else ""
    return Answer.of("".join(f"<a href=/news/{number}>Story</a>" for number in numbers) + following)


def linked(newest, *pinned):
    """A listing of eight on each page, linked to the next, with the same on top of all of them."""
    pages = {}
    for top in range(newest, 0, -8):
        held = range(top, max(top - 8, 0), -1)
        pages["/list" if top == newest else f"/list/{top}"] = listing(*pinned, *held, more=f"/list/{top - 8}")
    return pages


def window(at, *numbers):
    return {"/rss": feed(*(at(f"/news/{number}") for number in numbers))}


def by_day(*known, broken=None):
    """A page for each day; the number of its story says how many days ago it was."""
    pages = {f"/d/{newest_days()[number]:%Y/%m/%d}": listing(number) for number in known}
    return pages | ({f"/d/{newest_days()[broken]:%Y/%m/%d}": Answer(500)} if broken else {})


def numbered(*there):
    """A site that counts its articles, of which the third is broken for ever."""
    return {f"/news/{each}": story(each) for each in there} | {"/news/3": Answer(500), ANYTHING_ELSE: Answer(404)}


def mapped(at, *newest):
    """An index that was written once, over a sitemap that is kept up."""
    rows = (("old", "2020-01-01"), ("new", "2020-02-01"))
    named = (f"<sitemap><loc>{at(f'/{name}.xml')}</loc><lastmod>{day}</lastmod></sitemap>" for name, day in rows)
    return {
        "/index.xml": Answer.of(f"<sitemapindex>{''.join(named)}</sitemapindex>", XML),
        "/old.xml": urls(at, 1),
        "/new.xml": urls(at, *newest),
    }


def urls(at, *numbers, changed="2026-01-01"):
    named = (f"<url><loc>{at(f'/news/{number}')}</loc><lastmod>{changed}</lastmod></url>" for number in numbers)
    rows = "".join(named)
    return Answer.of(f"<urlset>{rows}</urlset>", XML)


def archive(at, top):
    """All that a site ever published, 1 to 100 of it long ago."""
    long_ago = urls(at, *range(1, 101), changed="2019-01-01")
    late = urls(at, *range(101, top + 1), changed=newest_days()[0].isoformat())
    rows = long_ago.body.removesuffix(b"</urlset>") + late.body.removeprefix(b"<urlset>")
    return {"/map.xml": Answer.of(rows, XML)}


def sites(at):
    """The places of each site, and what it is like in one crawl after the other."""
    return {
        "pinned": ([LISTING], linked(9, 999), linked(11, 999), linked(40, 999)),
        "two-ways": ([FEED, LISTING], *(window(at, *range(top, top - 6, -1)) | linked(top) for top in (9, 9, 40))),
        "numbers": ([NUMBERS], numbered(1, 2), numbered(1, 2, 4, 5, 6), numbered(1, 2, 4, 5, 6)),
        "index": ([MAPS], mapped(at, 2), mapped(at, 2, 3), mapped(at, 2, 3)),
        "days": ([BY_DAY], by_day(4), by_day(*range(6), broken=2), by_day(*range(6))),
        "archive": ([FEED], *(window(at, *range(top, top - 6, -1)) | archive(at, top) for top in (106, 106, 120))),
        "liar": ([FEED], *[window(at, 1) | {"/news/1": Answer(304, validators=False)}] * 3),
    }


@dataclass(frozen=True)
class Press:
    config: Config
    ends: tuple[dict[str, CrawlEvent], ...]
    logs: tuple[list[tuple[str, str, int]], ...]

    def asked(self, site, crawl):
        return [(path, status) for name, path, status in self.logs[crawl - 1] if name == site]

    def numbers(self, site):
        rows = query(self.config, "SELECT url FROM link WHERE source_id = ?", site)
        return sorted(int(url.rpartition("/")[2]) for (url,) in rows)


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    names = sites(str).keys()
    with SiteServer(*names) as web:
        sources = []
        for name in names:

            def at(path, name=name):
                return web.url(name, path)

            places, *contents = sites(at)[name]
            web.host(name, *({ANYTHING_ELSE: PAPER} | content for content in contents))
            places = [place | {"url": at(place["url"])} for place in places]
            past = {"backfill": [ARCHIVE | {"url": at("/map.xml")}]} if name == "archive" else {}
            sources.append(source(name, at("/"), *places, timezone="UTC", **past))
        config = configure(tmp_path_factory.mktemp("misled"), *sources)
        ends, logs = [], []
        for crawl in (1, 2, 3):
            web.set_phase(crawl)
            if crawl == 2:
                four_days_pass(config, web)
            before = len(web.log())
            ends.append({str(end.source): end for end in crawl_once(config)})
            log = [each for each in web.log()[before:] if each.path != "/robots.txt"]
            logs.append([(each.site, each.path, int(each.status)) for each in log])
        yield Press(config, tuple(ends), tuple(logs))


def four_days_pass(config, web):
    """What was known of the site by days as of today is known as of four days ago."""
    then = web.url("days", f"/d/{newest_days()[4]:%Y/%m/%d}")
    change(config, "DELETE FROM discovery WHERE source_id = 'days' AND url LIKE '%/____/__/__'")
    change(config, "INSERT INTO discovery (source_id, url, checked_at) VALUES ('days', ?, '2026-01-01')", then)


def test_what_is_pinned_on_top_of_all_pages_hides_no_gap_and_closes_none(press):
    assert [end["pinned"].gap for end in press.ends] == [None, None, "closed"]
    assert press.numbers("pinned") == [*range(1, 41), 999]


def test_a_gap_in_a_feed_is_closed_by_the_listing_beside_it(press):
    assert [end["two-ways"].gap for end in press.ends] == [None, None, "closed"]
    assert press.numbers("two-ways") == list(range(1, 41))


def test_what_a_sitemap_calls_older_than_a_gap_was_not_lost_in_it(press):
    assert [end["archive"].gap for end in press.ends] == [None, None, "closed"]
    assert press.numbers("archive") == list(range(101, 121))


def test_one_broken_number_does_not_stop_the_walk_and_stays_to_be_asked_for(press):
    assert press.numbers("numbers") == [1, 2, 4, 5, 6]
    assert [bool(end["numbers"].error) for end in press.ends] == [True, False, False]
    assert ("/news/3", 500) in press.asked("numbers", 3)


def test_an_index_that_was_written_once_is_not_believed(press):
    assert press.numbers("index") == [1, 2, 3]
    assert press.asked("index", 3) == [("/index.xml", 200), ("/new.xml", 304), ("/old.xml", 304)]


def test_a_day_that_could_not_be_had_is_asked_for_again(press):
    assert "500" in press.ends[1]["days"].error
    assert press.numbers("days") == [0, 1, 2, 3, 4]
    again = [path for path, _ in press.asked("days", 3) if path.startswith("/d/")]
    assert again == [f"/d/{newest_days()[number]:%Y/%m/%d}" for number in (0, 1, 2, 3)]


def test_a_page_never_read_cannot_be_unchanged(press):
    ((outcome, due),) = query(press.config, "SELECT outcome, next_visit FROM link WHERE source_id = 'liar'")
    assert outcome == "failed"
    assert due is not None
