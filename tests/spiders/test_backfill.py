"""Searches of the past: far enough, politely, resumed where they were left, and heard of by nobody."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readout.config import Config
from readout.demo.server import ANYTHING_ELSE, Answer, Asked, SiteServer
from readout.model import SourceId
from readout.workers.event import CrawlEvent
from readout.workers.once import crawl_once
from tests.sites import LOOPBACK, asked, configure, outcomes, query, source, story
from tests.store import store_section

PAPER = Answer.of(b"\0\1\2\3", "image/png")
"""An article that costs no reader."""
LAST = date(2026, 6, 1)
JSON = {
    "type": "json",
    "url": "/api?page={n}",
    "link": "/news/{id}",
    "fields": {"items": "$.items", "date": "date"},
}


def page(number, *, last=100):
    """Ten articles a page, one for each day, 100 on the last of May 2026."""
    top = last - 10 * (number - 1)
    ids = range(top, max(top - 10, 0), -1)
    items = [{"id": each, "date": (LAST - timedelta(days=101 - each)).isoformat()} for each in ids]
    return Answer.of(json.dumps({"items": items}), "application/json")


def archive():
    pages = {f"/api?page={number}": page(number) for number in range(1, 12)}
    return {"/list": Answer.of("<a href=/news/100>Story</a>"), ANYTHING_ELSE: PAPER} | pages


def sitemaps(at):
    months = [f"2026-{month:02}" for month in range(1, 7)]
    index = "".join(f"<sitemap><loc>{at(f'/map-{month}.xml')}</loc></sitemap>" for month in months)
    return {"/index.xml": Answer.of(f"<sitemapindex>{index}</sitemapindex>", "application/xml")} | {
        f"/map-{month}.xml": Answer.of(
            f"<urlset><url><loc>{at(f'/news/{number}')}</loc></url></urlset>", "application/xml"
        )
        for number, month in enumerate(months, start=1)
    }


def numbered(*there):
    return {"/list": Answer.of("<a href=/news/100>Story</a>")} | {f"/news/{number}": story(number) for number in there}


NEWER = archive() | {"/list": Answer.of("<a href=/news/101>New</a>")}
MAPS = {"type": "sitemap", "url": "/index.xml"}
NUMBERS = {"type": "id_walk", "url": "/news/{id}", "floor": 1, "stop_after_missing": 5}
SITES = {
    "far": (JSON, lambda at: (archive(),)),
    "long": (JSON, lambda at: (archive(),)),
    "beside": (JSON, lambda at: (archive(), NEWER)),
    "left": (JSON, lambda at: (archive() | {"/news/90": story("old"), "/news/95": story("new")},)),
    "maps": (MAPS, lambda at: (archive() | sitemaps(at),)),
    "ids": (NUMBERS, lambda at: (numbered(100, 99, 96, 95, 80),)),
}


def with_a_past(web, name, *contents, place):
    """The source of a site that lists its newest article, and has `place` to be searched."""

    def at(path):
        return web.url(name, path)

    web.host(name, *contents)
    absolute = {key: at(place[key]) for key in ("url", "link") if key in place}
    return source(name, at("/"), {"type": "listing", "url": at("/list")}, backfill=[place | absolute])


def numbers(config, name, which=""):
    rows = query(config, f"SELECT url FROM link WHERE source_id = ? {which}", name)
    return sorted(int(url.rpartition("/")[2]) for (url,) in rows)


class Interrupted(Exception):
    """Somebody ended the command."""


def give_up(event):
    if event.event == "finished":
        raise Interrupted


@dataclass(kw_only=True)
class Archives:
    """What came of one round after the other over all sites: the requests, how crawls ended, which links were known."""

    config: Config
    web: SiteServer
    logs: dict[str, list[Asked]] = field(default_factory=dict)
    ends: dict[str, list[CrawlEvent]] = field(default_factory=dict)
    known: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    fates: dict[str, dict[str, dict[int, str | None]]] = field(default_factory=dict)

    def go(self, round_, *names, since=None, **others):
        """Crawl, with `since` search; a round that is interrupted has no ends."""
        before, wanted, at_midnight = len(self.web.log()), [SourceId(name) for name in names], since and midnight(since)
        crawl = others.pop("crawl", {})
        config = self.config.model_copy(update={"crawl": self.config.crawl.model_copy(update=crawl)})
        self.ends[round_] = []
        with suppress(Interrupted):
            self.ends[round_] = crawl_once(config, wanted, since=at_midnight, **others)
        self.logs[round_] = self.web.log()[before:]
        self.known[round_] = {name: numbers(self.config, name) for name in names}
        self.fates[round_] = {name: fates(self.config, name) for name in names}

    def asked(self, name, *rounds):
        wanted = [each for round_ in rounds for each in self.logs[round_]]
        return [(each.path, int(each.status)) for each in wanted if each.site == name and each.path != "/robots.txt"]

    def pages_asked(self, name, *rounds):
        return [path for path, _ in self.asked(name, *rounds) if path.startswith("/api")]

    def ends_of(self, name, round_):
        return [end for end in self.ends[round_] if end.source == name]


def midnight(day):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def fates(config, name):
    rows = query(config, "SELECT url, outcome FROM link WHERE source_id = ?", name)
    return {int(url.rpartition("/")[2]): outcome for url, outcome in rows}


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    with SiteServer(*SITES) as web:
        sources = [
            with_a_past(web, name, *contents(lambda path, name=name: web.url(name, path)), place=place)
            for name, (place, contents) in SITES.items()
        ]
        past = Archives(config=configure(tmp_path_factory.mktemp("past"), *sources), web=web)
        past.go("interrupted", "left", since="2026-05-25", crawl={"max_requests": 4}, on_event=give_up)
        past.go("in small steps", "long", since="2026-05-01", crawl={"max_requests": 20})
        past.go("normal", "left", "beside")
        web.set_phase(2)
        past.go("first", "far", "beside", "maps", "ids", since="2026-05-01")
        past.go("again", "far", since="2026-05-01")
        past.go("further", "far", "maps", since="2026-03-15")
        yield past


def test_the_past_is_searched_to_the_day_that_was_asked_for_and_further_back_later(past):
    (end,) = past.ends_of("far", "first")
    # 70 is of 1 May; page 4 begins with it, and page 5 is the first of which all are older
    assert past.pages_asked("far", "first") == [f"/api?page={number}" for number in range(1, 6)]
    assert (end.error, end.more, end.pages, end.found, end.oldest) == (None, False, 5, 49, "2026-04-11")
    assert past.known["first"]["far"] == list(range(51, 101))
    assert numbers(past.config, "far", "AND NOT quiet") == [], "the list was not known either"
    (again,) = past.ends_of("far", "again")
    assert (past.asked("far", "again"), again.more, again.error) == ([("/list", 304)], False, None)
    (further,) = past.ends_of("far", "further")
    assert past.pages_asked("far", "further") == [f"/api?page={number}" for number in range(6, 10)]
    assert (further.more, further.found) == (False, 40)


def test_a_search_takes_as_many_crawls_as_it_needs_and_each_heeds_its_limit(past):
    ends = past.ends_of("long", "in small steps")
    assert len(ends) > 2
    assert [end.more for end in ends] == [True] * (len(ends) - 1) + [False]
    assert all(end.requests <= 20 and end.error is None for end in ends)
    assert past.pages_asked("long", "in small steps") == [f"/api?page={number}" for number in range(1, 6)]
    assert sum(end.found for end in ends) == 49
    assert None not in past.fates["in small steps"]["long"].values()
    visited = [path for path, _ in past.asked("long", "in small steps") if path.startswith("/news")]
    assert len(visited) == 50, "each article once"


def test_what_a_normal_crawl_finds_beside_a_search_is_news(past):
    assert past.known["normal"]["beside"] == [100]
    assert numbers(past.config, "beside", "AND NOT quiet") == [100, 101]


def test_what_an_interrupted_search_left_pending_stays_quiet_and_in_range(past):
    """Whoever searched gave up after the first page; a normal crawl visits what that named."""
    assert past.pages_asked("left", "interrupted", "normal") == ["/api?page=1"]
    assert past.fates["interrupted"]["left"][95] is None
    assert set(numbers(past.config, "left", "AND quiet")) == set(range(91, 101))
    assert past.fates["normal"]["left"] == dict.fromkeys(range(91, 101), "unsupported") | {95: "not_a_report"}


def test_only_those_sitemaps_are_read_that_may_name_something_in_range(past):
    maps = [path for path, _ in past.asked("maps", "first") if path.endswith(".xml")]
    # on 1 May it is still April in places west of the server: a day of grace
    assert maps == ["/index.xml", "/map-2026-06.xml", "/map-2026-05.xml", "/map-2026-04.xml"]
    (end,) = past.ends_of("maps", "first")
    assert (end.found, end.more, past.known["first"]["maps"]) == (3, False, [4, 5, 6, 100])
    assert past.known["further"]["maps"] == [3, 4, 5, 6, 100]


def test_numbers_are_walked_down_to_the_floor_or_a_row_of_missing_ones(past):
    (end,) = past.ends_of("ids", "first")
    assert past.known["first"]["ids"] == [95, 96, 99, 100]
    assert (end.more, end.error) == (False, None)
    walked = [path for path, _ in past.asked("ids", "first") if path.startswith("/news")]
    assert sorted(set(walked)) == sorted(walked), "none is asked for twice"


# --- a search that needs processes of its own -------------------------------------------------------------------------


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def readout(folder, *words):
    command = [sys.executable, "-m", "readout", *words]
    return subprocess.Popen(
        command,
        env=os.environ | {"READOUT_CONFIG": str(folder / "readout.toml")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the crawl process in /proc")
def test_a_search_that_is_killed_goes_on_where_it_was(tmp_path, cold):
    """The crawl process dies while the fourth page is on its way: three are stored, and none is asked for again."""
    with SiteServer("courier") as web:
        config = configure(tmp_path, with_a_past(web, "courier", archive(), place=JSON))
        (tmp_path / "readout.toml").write_text(
            f'data_dir = "{tmp_path}"\nsources = ["sources"]\n'
            f"[crawl]\nper_host_delay = 0\nallow_networks = {LOOPBACK}\n{store_section(tmp_path)}"
        )
        running = []

        def deadly(_):
            for child in children_of(running[0].pid):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return page(4)

        web.host("courier", archive() | {"/api?page=4": deadly})
        running.append(readout(tmp_path, "crawl", "courier", "--since", "2026-01-01"))
        _, said = running[0].communicate()
        assert running[0].returncode == 1
        assert "not done: the same command goes on" in said
        assert numbers(config, "courier", "AND outcome IS NULL") == list(range(71, 101))

        web.host("courier", archive())
        before = len(asked(web))
        again = readout(tmp_path, "--json", "crawl", "courier", "--since", "2026-01-01")
        events, said = again.communicate()
        assert again.returncode == 0, said
        assert [path for path, _ in asked(web)[before:] if path.startswith("/api")] == [
            f"/api?page={number}" for number in range(4, 12)
        ]
        assert json.loads(events.splitlines()[-1])["more"] is False
        assert "searched back to 2026-01-01: 99 links found, done on" in said
        assert numbers(config, "courier") == list(range(1, 101))
        assert None not in outcomes(config).values()
