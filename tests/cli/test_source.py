"""How a source stands, and what of it an operator should look at."""

import json
from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from readout.cli import app
from readout.cli.source import due_in_words
from readout.condition import Condition, Heard, Seen
from readout.model import OutcomeKind, SourceId
from readout.roll_call import Standing, call_roll
from readout.site_rules import Access
from readout.storage.database import open_database
from readout.storage.hosts import set_wait
from readout.storage.sources import claim, set_enabled, sync_sources
from tests.desk import APA, DAY, HOUR, Desk
from tests.reported import NOW
from tests.reported import source as a_source
from tests.sites import configure, source
from tests.store import store_section

WALLS = {OutcomeKind.WALL: 5}


@pytest.fixture
def desk(database):
    return Desk(database, "apa")


def stands(desk: Desk) -> Standing:
    with desk.database.read() as connection:
        return call_roll(connection, desk.sources, now=desk.now)[APA]


@pytest.mark.parametrize(
    ("crawl", "state", "why"),
    [
        ({}, "ok", "last crawled"),
        ({"heard": Heard.NOTHING, "error": "/rss: no answer"}, "down", "has not answered since"),
        ({"heard": Heard.ERROR, "error": "/rss: 503"}, "down", "/rss: 503"),
        ({"heard": Heard.REFUSED, "error": "/rss: 403"}, "refusing", "refuses to be asked since"),
        ({"heard": Heard.CHANGED, "error": "HTML where a feed was"}, "redesigned", "gives no links any more"),
        ({"heard": Heard.WALL, "error": "Just a moment"}, "wall", "puts a wall before its links"),
        ({"heard": Heard.WAIT, "error": "asked to wait"}, "waiting", "asks to wait since"),
        ({"heard": Heard.SOME, "amiss": Heard.REFUSED, "error": "/b: 403"}, "refusing", "answers only in part since"),
        ({"outcomes": WALLS}, "wall", "5 visits, all wall"),
        ({"missed": True}, "ok", "names nothing but new links"),
        ({"seen": Seen(waiting=300)}, "ok", "names more links than are visited since 2024-10-04"),
    ],
)
def test_a_source_stands_as_its_last_crawl_left_it(desk, crawl, state, why):
    desk.crawl(**crawl)
    found = stands(desk)
    assert found.state == state
    assert why in found.why


def test_a_source_that_was_never_crawled_is_under_way_or_off_says_so(desk):
    assert (stands(desk).state, stands(desk).why) == ("new", "never crawled")
    with desk.database.write() as connection:
        sync_sources(connection, desk.sources)
        claim(connection, desk.sources, [APA], owner="w", now=desk.now, lease=HOUR)
    assert stands(desk).state == "crawling"
    with desk.database.write() as connection:
        set_enabled(connection, APA, False)
    assert (stands(desk).state, stands(desk).why) == ("disabled", "by hand")
    assert stands(desk).next_due is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "nobody has seen it work yet"),
        ({"checked": True}, "as its file says"),
        ({"note": "Sleeps at night."}, "nobody has seen it work yet; Sleeps at night"),
        ({"caution": "Its terms forbid it.", "note": "Slow."}, "Its terms forbid it; Slow"),
        ({"via": (SourceId("uza"), SourceId("report-az"))}, "covered by uza, report-az"),
        ({"access": Access(renders=True)}, "needs a browser"),
    ],
)
def test_a_source_that_its_file_turns_off_says_why(desk, changes, why):
    desk.sources[APA] = a_source("apa", enabled=False, **changes)
    assert (stands(desk).state, stands(desk).why) == ("disabled", why)


def test_a_host_that_asked_for_a_pause_makes_its_source_wait_but_does_not_hide_what_is_wrong(desk):
    desk.crawl(heard=Heard.REFUSED, error="/rss: 403")
    assert stands(desk).state == "refusing"
    desk.crawl()
    host = "www." + min(desk.sources[APA].hosts)
    with desk.database.write() as connection:
        set_wait(connection, host, desk.now + 5 * HOUR, "it answered 429")
    found = stands(desk)
    assert (found.state, found.waiting_until) == ("waiting", desk.now + 5 * HOUR)
    assert "it answered 429" in found.why
    desk.now += 6 * HOUR
    assert (stands(desk).state, stands(desk).waiting_until) == ("ok", None)
    desk.crawl(heard=Heard.REFUSED, error="/rss: 403")
    with desk.database.write() as connection:
        set_wait(connection, host, desk.now + HOUR, "it answered 403")
    assert stands(desk).state == "refusing"


def test_a_source_that_is_not_obeyed_shows_it(desk):
    desk.sources[APA] = a_source("apa", access=Access(ignores_robots=True))
    assert stands(desk).why == "never crawled; robots.txt is not obeyed"


def test_news_are_dated_by_the_crawl_that_found_them(desk):
    assert stands(desk).last_news is None
    began = desk.now
    desk.crawl(new=3)
    desk.crawl()
    assert stands(desk).last_news == began


def test_what_is_seen_from_several_places_stands_as_the_best_of_them_sees_it(desk):
    desk.crawl(place="home")
    desk.crawl(place="cloud", heard=Heard.REFUSED, error="/rss: 403")
    found = stands(desk)
    assert found.state == "ok"
    assert found.places == {"home": Condition.OK, "cloud": Condition.REFUSING}
    assert found.why.endswith("; cloud: refusing")
    desk.crawl(place="home", heard=Heard.NOTHING, error="/rss: no answer")
    assert stands(desk).state == "refusing", "the better of two"
    assert "as seen from cloud" in stands(desk).why
    desk.now += 8 * DAY
    desk.crawl(place="home")
    assert stands(desk).places == {"home": Condition.OK}, "who reports no more is left out"


def test_what_was_found_before_stands_while_nothing_else_is_known(desk):
    began = desk.now
    desk.fail(APA, heard=Heard.ALL, outcomes=WALLS)
    desk.look()
    desk.fail(APA, heard=Heard.ALL, times=20)
    assert stands(desk).state == "wall"
    desk.fail(APA, heard=Heard.NOTHING, times=20)
    found = stands(desk)
    assert found.state == "down"
    desk.look()
    desk.fail(APA, heard=Heard.NOTHING, times=20)
    assert f"{desk.now:%Y-%m-%d}" > f"{began:%Y-%m-%d}"
    assert stands(desk).why[:40] == found.why[:40], "since when it is, not since the last few crawls"


@pytest.mark.parametrize(
    ("due", "waiting", "said"),
    [
        (None, None, "now"),
        (-HOUR, None, "now"),
        (timedelta(minutes=40), None, "in 40 min"),
        (3 * HOUR, None, "in 3 h"),
        (HOUR, 6 * HOUR, "in 6 h"),
        (4 * DAY, None, "in 4 d"),
    ],
)
def test_the_next_time_is_told_in_a_few_letters(due, waiting, said):
    row = {"enabled": True}
    row |= {
        name: None if value is None else (NOW + value).isoformat()
        for name, value in (("next_due", due), ("waiting_until", waiting))
    }
    assert due_in_words(row, NOW) == said
    assert due_in_words(row | {"enabled": False}, NOW) == ""


def test_one_dead_feed_of_two_is_a_concern(tmp_path):
    config = configure(tmp_path, source("courier", "http://c.example/", {"type": "feed", "url": "http://c.example/a"}))
    (tmp_path / "readout.toml").write_text(f'data_dir = "."\nsources = ["sources"]\n{store_section(tmp_path)}')
    with closing(open_database(config.database.url, create=True)) as database:
        desk = Desk(database, "courier")
        desk.crawl(heard=Heard.SOME, amiss=Heard.CHANGED, error="/a: 404 Not Found", new=2)
    told = CliRunner().invoke(app, ["--config", str(tmp_path / "readout.toml"), "health"])
    assert told.exit_code == 1
    said = " ".join(told.output.split())
    assert "source courier answers only in part since" in said
    assert "/a: 404 Not Found" in said
    listed = CliRunner().invoke(app, ["--config", str(tmp_path / "readout.toml"), "--json", "source", "list"])
    (row,) = json.loads(listed.output)
    assert (row["state"], row["robots"], row["places"]) == ("redesigned", "obeyed", {})
    assert row["last_news"].startswith("2024-10-04T12:00:00")


def test_lists_are_readable_at_a_hundred_columns(tmp_path):
    rows = [
        source(f"a-rather-long-id-{n}", f"http://c{n}.example/", {"type": "feed", "url": f"http://c{n}.example/a"})
        for n in (1, 2)
    ]
    configure(tmp_path, *rows)
    (tmp_path / "readout.toml").write_text(f'data_dir = "."\nsources = ["sources"]\n{store_section(tmp_path)}')
    for words in (("source", "list"), ("health",)):
        told = CliRunner().invoke(app, ["--config", str(tmp_path / "readout.toml"), *words], env={"COLUMNS": "100"})
        lines = [line for line in told.output.splitlines() if "a-rather-long-id-1" in line]
        assert len(lines) == 1
        assert "new" in lines[0]
        assert max(map(len, told.output.splitlines())) <= 100
