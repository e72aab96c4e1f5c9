"""Gaps: a place that names nothing but new links has dropped some, which the same crawl goes and fetches."""

from dataclasses import dataclass

import pytest

from readout.config import Config
from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer
from readout.workers.event import CrawlEvent
from tests.sites import configure, crawls, feed, query, source

PAPER = Answer.of(b"\0\1\2\3", "image/png")
"""An article that costs no reader."""

FEED = {"type": "feed", "url": "/rss"}
PAGED_FEED = {"type": "feed", "url": "/rss?page={n}"}
LISTING = {"type": "listing", "url": "/list", "next": ".next"}
MAP = {"type": "sitemap", "url": "/map.xml"}
DEAD = {"type": "listing", "url": "/dead?page={n}"}


def window(at, *numbers):
    return feed(*(at(f"/news/{number}") for number in numbers))


def listing(*numbers, more=None):
    following = f'<a class=next href="{more}">older</a>' if more else ""
    return Answer.of("".join(f"<a href=/news/{number}>Story</a>" for number in numbers) + following)


def urls(at, *numbers):
    rows = "".join(f"<url><loc>{at(f'/news/{number}')}</loc></url>" for number in numbers)
    return Answer.of(f"<urlset>{rows}</urlset>", "application/xml")


def paged(at, newest, *, most=99):
    """A feed with five items on each page, down to number 1."""
    pages = {}
    for page, top in enumerate(range(newest, 0, -5), start=1):
        held = range(top, max(top - 5, 0), -1)
        pages[f"/rss?page={page}"] = window(at, *held) if page <= most else Answer(404)
    return pages | {"/rss": Answer(404)}


def linked(newest):
    """A listing of five on each page, linked to the next."""
    pages = {"/list": listing(*range(newest, newest - 5, -1), more=f"/list/{newest - 5}")}
    for top in range(newest - 5, 0, -5):
        pages[f"/list/{top}"] = listing(*range(top, max(top - 5, 0), -1), more=f"/list/{top - 5}")
    return pages


def on(at, places, *contents):
    """A site of the same places in every phase, with an answer for each article."""
    return places, tuple({ANYTHING_ELSE: PAPER, "/dead": Answer(404)} | content for content in contents)


def sites(at):
    """What each site is like before and after the time in which nobody looked."""
    return {
        "none": on(at, [FEED], {"/rss": window(at, *range(1, 6))}, {"/rss": window(at, *range(5, 10))}),
        "lost": on(at, [FEED], {"/rss": window(at, *range(1, 6))}, {"/rss": window(at, *range(11, 16))}),
        "small": on(at, [FEED], {"/rss": window(at, *range(1, 6))}, {"/rss": window(at, *range(11, 15))}),
        "paged-feed": on(at, [PAGED_FEED], paged(at, 5), paged(at, 17)),
        "cut-feed": on(at, [PAGED_FEED], paged(at, 5), paged(at, 30, most=3)),
        "linked": on(at, [LISTING], linked(7), linked(18)),
        "mapped": on(
            at,
            [FEED, {"backfill": [DEAD, MAP]}],
            {"/rss": window(at, *range(1, 6)), "/map.xml": urls(at, *range(1, 6))},
            {"/rss": window(at, *range(11, 16)), "/map.xml": urls(at, *range(1, 16))},
        ),
        "lagging": on(
            at,
            [FEED, {"backfill": [MAP]}],
            {"/rss": window(at, *range(1, 6)), "/map.xml": urls(at, *range(1, 6))},
            {"/rss": window(at, *range(11, 16)), "/map.xml": urls(at, *range(1, 6))},
        ),
        "long": on(at, [PAGED_FEED], paged(at, 5), paged(at, 130)),
    }


@dataclass(frozen=True)
class Press:
    """What came of three crawls, the last two of the same contents."""

    config: Config
    ends: tuple[dict[str, CrawlEvent], ...]
    logs: tuple[list[tuple[str, str]], ...]

    def asked(self, site, crawl):
        """The addresses asked for at a site in a crawl, but for the articles."""
        return [path for name, path in self.logs[crawl - 1] if name == site and not path.startswith("/news")]

    def numbers(self, site):
        rows = query(self.config, "SELECT url FROM link WHERE source_id = ?", site)
        return sorted(int(url.rpartition("/")[2]) for (url,) in rows)


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    names = sites(lambda _: "").keys()
    with SiteServer(*names) as web:
        sources = []
        for name in names:

            def at(path, name=name):
                return web.url(name, path)

            def absolute(place, at=at):
                return place | {"url": at(place["url"])}

            places, contents = sites(at)[name]
            web.host(name, *contents)
            past = [absolute(place) for each in places for place in each.get("backfill", ())]
            fields = {"backfill": past} if past else {}
            sources.append(source(name, at("/"), *(absolute(place) for place in places if "url" in place), **fields))
        config = configure(tmp_path_factory.mktemp("gaps"), *sources)
        ends, logs = [], []
        with crawls(config) as crawl:
            for phase in (1, 2, 2, 2):
                web.set_phase(phase)
                before = len(web.log())
                ends.append({str(end.source): end for end in crawl()})
                logs.append([(each.site, each.path) for each in web.log()[before:] if each.path != "/robots.txt"])
        yield Press(config, tuple(ends), tuple(logs))


GAPS = [
    # site, what became of it, the numbers that are known in the end, what was asked for
    ("none", None, range(1, 10), ["/rss"]),
    ("small", None, [*range(1, 6), *range(11, 15)], ["/rss"]),
    ("lost", "open", [*range(1, 6), *range(11, 16)], ["/rss"]),
    ("paged-feed", "closed", range(1, 18), ["/rss?page=1", "/rss?page=2", "/rss?page=3"]),
    ("cut-feed", "open", [*range(1, 6), *range(16, 31)], ["/rss?page=1", "/rss?page=2", "/rss?page=3", "/rss?page=4"]),
    ("linked", "closed", range(3, 19), ["/list", "/list/13", "/list/8"]),
    ("mapped", "closed", range(1, 16), ["/rss", "/dead?page=1", "/map.xml"]),
    ("lagging", "open", [*range(1, 6), *range(11, 16)], ["/rss", "/map.xml"]),
]


@pytest.mark.parametrize(("site", "gap", "numbers", "paths"), GAPS, ids=[row[0] for row in GAPS])
def test_what_was_missed_is_fetched_in_the_same_crawl_or_said(press, site, gap, numbers, paths):
    end = press.ends[1][site]
    assert (end.gap, end.error) == (gap, None)
    assert press.asked(site, 2) == paths
    assert press.numbers(site) == list(numbers)
    ((missed,),) = query(
        press.config, "SELECT missed FROM crawl WHERE source_id = ? ORDER BY id LIMIT 1 OFFSET 1", site
    )
    assert bool(missed) == (gap == "open")


@pytest.mark.parametrize("site", [row[0] for row in GAPS])
def test_a_gap_that_is_closed_or_given_up_is_not_searched_again(press, site):
    assert len(press.asked(site, 3)) == 1
    assert press.ends[2][site].gap is None


def test_a_long_gap_is_closed_over_several_crawls_though_nothing_new_is_there(press):
    assert [press.ends[crawl]["long"].gap for crawl in (1, 2, 3)] == ["open", "closed", None]
    assert len(press.asked("long", 2)) == 1 + 20
    assert press.asked("long", 3)[:2] == ["/rss?page=1", "/rss?page=22"]
    assert press.numbers("long") == list(range(1, 131))


def test_what_fills_a_gap_is_not_quiet(press):
    assert query(press.config, "SELECT count(*) FROM link WHERE quiet") == [(0,)]


def test_a_first_crawl_has_missed_nothing(press):
    assert {end.gap for end in press.ends[0].values()} == {None}
