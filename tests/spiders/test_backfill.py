"""Searches of the past: far enough, politely, resumed where they were left, and heard of by nobody."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer
from readout.model import SourceId
from readout.workers.once import crawl_once
from tests.sites import LOOPBACK, asked, configure, outcomes, query, source, story

PAPER = Answer.of(b"\0\1\2\3", "image/png")
"""An article that costs no reader."""
LAST = date(2026, 6, 1)
JSON = {
    "type": "json",
    "url": "/api?page={n}",
    "link": "/news/{id}",
    "fields": {"items": "$.items", "date": "date"},
}


def at_midnight(year, month=1, day=1):
    return datetime(year, month, day, tzinfo=UTC)


def page(number, *, last=100):
    """Ten articles a page, one for each day, 100 on the last of May 2026."""
    top = last - 10 * (number - 1)
    ids = range(top, max(top - 10, 0), -1)
    items = [{"id": each, "date": (LAST - timedelta(days=101 - each)).isoformat()} for each in ids]
    return Answer.of(json.dumps({"items": items}), "application/json")


def archive(at, **others):
    pages = {f"/api?page={number}": page(number) for number in range(1, 12)}
    return {"/list": Answer.of("<a href=/news/100>Story</a>"), ANYTHING_ELSE: PAPER} | pages | others


@pytest.fixture
def web():
    with SiteServer("courier") as web:
        yield web


@pytest.fixture
def config(web, tmp_path):
    return configured(web, tmp_path)


def configured(web, folder, *backfill, **crawl):
    def at(path):
        return web.url("courier", path)

    web.host("courier", archive(at))
    places = [place | {"url": at(place["url"])} for place in backfill or (JSON | {"link": at("/news/{id}")},)]
    listing = {"type": "listing", "url": at("/list")}
    return configure(folder, source("courier", at("/"), listing, backfill=places), **crawl)


def search(config, since):
    """Search the past; the crawls that it took."""
    return crawl_once(config, [SourceId("courier")], since=since)


def numbers(config, which=""):
    rows = query(config, f"SELECT url FROM link {which}")
    return sorted(int(url.rpartition("/")[2]) for (url,) in rows)


def pages_asked(web, before=0):
    return [path for path, _ in asked(web)[before:] if path.startswith("/api")]


def test_the_past_is_searched_to_the_day_that_was_asked_for_and_further_back_later(web, config):
    (end,) = search(config, at_midnight(2026, 5, 1))
    # 70 is of 1 May; page 4 begins with it, and page 5 is the first of which all are older
    assert pages_asked(web) == [f"/api?page={number}" for number in range(1, 6)]
    assert (end.error, end.more, end.pages, end.found, end.oldest) == (None, False, 5, 49, "2026-04-11")
    assert numbers(config) == list(range(51, 101))
    assert numbers(config, "WHERE quiet") == list(range(51, 101)), "the list was not known either"
    before = len(asked(web))
    (again,) = search(config, at_midnight(2026, 5, 1))
    assert (asked(web)[before:], again.more, again.error) == ([("/list", 304)], False, None)
    (further,) = search(config, at_midnight(2026, 4, 15))
    assert pages_asked(web, before) == ["/api?page=6"]
    assert (further.more, further.found) == (False, 10)


def test_a_search_takes_as_many_crawls_as_it_needs_and_each_heeds_its_limit(web, tmp_path):
    config = configured(web, tmp_path, max_requests=20)
    ends = search(config, at_midnight(2026, 5, 1))
    assert len(ends) > 2
    assert [end.more for end in ends] == [True] * (len(ends) - 1) + [False]
    assert all(end.requests <= 20 and end.error is None for end in ends)
    assert pages_asked(web) == [f"/api?page={number}" for number in range(1, 6)]
    assert sum(end.found for end in ends) == 49
    assert None not in outcomes(config).values()
    assert len([path for path, _ in asked(web) if path.startswith("/news")]) == 50, "each article once"


def test_what_a_normal_crawl_finds_beside_a_search_is_news(web, config):
    crawl_once(config)
    web.host("courier", archive(None) | {"/list": Answer.of("<a href=/news/101>New</a>")})
    search(config, at_midnight(2026, 5, 30))
    assert numbers(config, "WHERE NOT quiet") == [100, 101]


def test_what_an_interrupted_search_left_pending_stays_quiet_and_in_range(web, tmp_path):
    """The first crawl has no request left for the articles; a normal one visits them."""
    old, new = (story(name) for name in ("old", "new"))
    web_past = archive(None) | {"/news/90": old, "/news/95": new}
    config = configured(web, tmp_path, max_requests=3)
    web.host("courier", web_past)
    crawl_once(config, [SourceId("courier")], since=at_midnight(2026, 5, 25))
    config = config.model_copy(update={"crawl": config.crawl.model_copy(update={"max_requests": 500})})
    crawl_once(config)
    assert set(numbers(config, "WHERE quiet")) >= set(range(91, 101))
    assert outcomes(config)["/news/95"] == "not_a_report"
    assert outcomes(config).get("/news/90") in (None, "before_range")


SITEMAPS = {"type": "sitemap", "url": "/index.xml"}


def sitemaps(at):
    months = [f"2026-{month:02}" for month in range(1, 7)]
    index = "".join(f"<sitemap><loc>{at(f'/map-{month}.xml')}</loc></sitemap>" for month in months)
    return {"/index.xml": Answer.of(f"<sitemapindex>{index}</sitemapindex>", "application/xml")} | {
        f"/map-{month}.xml": Answer.of(
            f"<urlset><url><loc>{at(f'/news/{number}')}</loc></url></urlset>", "application/xml"
        )
        for number, month in enumerate(months, start=1)
    }


def test_only_those_sitemaps_are_read_that_may_name_something_in_range(web, tmp_path):
    config = configured(web, tmp_path, SITEMAPS)
    web.host("courier", archive(None) | sitemaps(lambda path: web.url("courier", path)))
    (end,) = search(config, at_midnight(2026, 4, 10))
    maps = [path for path, _ in asked(web) if path.endswith(".xml")]
    assert maps == ["/index.xml", "/map-2026-06.xml", "/map-2026-05.xml", "/map-2026-04.xml"]
    assert (end.found, end.more, numbers(config)) == (3, False, [4, 5, 6, 100])
    search(config, at_midnight(2026, 3, 10))
    assert numbers(config) == [3, 4, 5, 6, 100]


def test_numbers_are_walked_down_to_the_floor_or_a_row_of_missing_ones(web, tmp_path):
    place = {"type": "id_walk", "url": "/news/{id}", "floor": 1, "stop_after_missing": 5}
    config = configured(web, tmp_path, place)
    there = {f"/news/{number}": story(number) for number in (100, 99, 96, 95, 80)}
    web.host("courier", {"/list": Answer.of("<a href=/news/100>Story</a>")} | there)
    (end,) = search(config, at_midnight(2016))
    assert numbers(config) == [95, 96, 99, 100]
    assert (end.more, end.error) == (False, None)
    walked = [path for path, _ in asked(web) if path.startswith("/news")]
    assert sorted(set(walked)) == sorted(walked), "none is asked for twice"


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
def test_a_search_that_is_killed_goes_on_where_it_was(web, tmp_path):
    """The crawl process dies while the fourth page is on its way: three are stored, and none is asked for again."""
    config = configured(web, tmp_path)
    (tmp_path / "readout.toml").write_text(
        f'data_dir = "{tmp_path}"\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = {LOOPBACK}\n'
    )
    running = []

    def deadly(_):
        for child in children_of(running[0].pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return page(4)

    web.host("courier", archive(None) | {"/api?page=4": deadly})
    running.append(readout(tmp_path, "crawl", "courier", "--since", "2026-01-01"))
    _, said = running[0].communicate()
    assert running[0].returncode == 1
    assert "not done: the same command goes on" in said
    assert numbers(config, "WHERE outcome IS NULL") == list(range(71, 101))

    web.host("courier", archive(None))
    before = len(asked(web))
    again = readout(tmp_path, "--json", "crawl", "courier", "--since", "2026-01-01")
    events, said = again.communicate()
    assert again.returncode == 0, said
    assert pages_asked(web, before) == [f"/api?page={number}" for number in range(4, 12)]
    assert json.loads(events.splitlines()[-1])["more"] is False
    assert "searched back to 2026-01-01: 99 links found, done on" in said
    assert numbers(config) == list(range(1, 101))
    assert None not in outcomes(config).values()
