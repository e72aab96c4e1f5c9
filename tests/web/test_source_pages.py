"""The pages of sources: how each stands and why, its history, its links; and what may be done about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from readout.condition import Heard, Seen
from readout.discovery import Feed
from readout.model import Outcome, OutcomeKind
from readout.storage.crawls import finish_crawl, start_crawl
from readout.storage.hosts import set_wait
from readout.storage.links import add_links, due_links, record_visit
from readout.storage.sources import claim, due_sources, release, state_of, sync_sources
from tests.reported import link, source
from tests.telling import NOW
from tests.web.test_web_access import HASHES, READERS, signed_in
from tests.web.visiting import served

HOSTILE = '<script>owned()</script>\u202e & "x"\''
SOURCES = {
    each.id: each
    for each in (
        source("agency", discover=(Feed(url="https://agency.example/rss"),), note="A note."),
        source("quiet", country="AZ", enabled=False, caution="asks for money"),
        replace(source("hostile", country="AZ", home="javascript:owned()"), name=HOSTILE),
    )
}


def crawl(database, key="agency", *, at=NOW, heard=Heard.ALL, articles=0, error=None):
    """One crawl that began then."""
    with database.write() as connection:
        sync_sources(connection, SOURCES)
        assert claim(connection, SOURCES, [key], owner="me", now=at, lease=timedelta(hours=1)) == [key]
        number = start_crawl(connection, key, now=at)
        done = at + timedelta(seconds=90)
        finish_crawl(
            connection,
            number,
            now=done,
            reason="finished",
            requests=7,
            new_links=3,
            outcomes={},
            heard=heard,
            error=error,
            seen=Seen(articles=articles),
        )
        release(connection, key, "me", now=done, next_due=at + timedelta(hours=3), error=error)


def find(database, count, *, outcome=None, name="agency", first=0):
    """That many links are found, and visited with that outcome."""
    with database.write() as connection:
        found = [link(f"n{number}", title=f"Title {number}") for number in range(first, first + count)]
        add_links(connection, name, "https://agency.example/rss", found, now=NOW)
        for each in due_links(connection, name, now=NOW, limit=1000) if outcome else ():
            if each.outcome is None:
                record_visit(connection, each, outcome, now=NOW, next_visit=None)


@pytest.fixture
def guest(database):
    with served(database, sources=SOURCES, now=NOW + timedelta(minutes=5)) as visitor:
        yield visitor


def test_an_empty_store_has_sources_that_were_never_crawled(guest):
    text = guest.get("/sources").text
    assert "new 2" in text
    assert "disabled 1" in text
    assert "never crawled" in text
    assert "It was never crawled." in guest.get("/sources/agency").text


def test_the_list_says_how_each_stands_and_is_chosen_from(database, guest):
    crawl(database)
    assert "well 1" in guest.get("/sources").text
    chosen = guest.get("/sources?state=disabled").text
    assert "asks for money" in chosen
    assert "Agency" not in chosen.partition("Country State")[2]
    assert "Agency" not in guest.get("/sources?country=AZ").text.partition("Country State")[2]
    assert "No source fits." in guest.get("/sources?state=nonsense").text


def test_a_source_shows_its_file_its_crawls_and_its_days(database, guest):
    crawl(database, at=NOW - timedelta(days=2), articles=4)
    crawl(database, at=NOW, heard=Heard.ERROR, error="503 Service Unavailable")
    answer = guest.get("/sources/agency")
    for said in (
        "https://agency.example/rss",
        "A note.",
        "every 3 h",
        "503 Service Unavailable",
        "0:01:30",
        "an error",
    ):
        assert said in answer.text, said
    assert "4 articles read, 1 crawls without an answer" in answer.text
    assert "<title>2 Oct 2024: 4 articles, 0 without an answer</title>" in answer.html
    assert answer.html.count('class="failed"') == 1
    assert answer.html.count('class="read"') == 1


def test_links_are_counted_by_outcome_and_turned_page_by_page(database, guest):
    find(database, 60, outcome=Outcome(kind=OutcomeKind.WALL, reason="a question of consent"))
    find(database, 5, first=100)
    page = guest.get("/sources/agency").text
    assert "behind a wall 60" in page
    assert "not fetched yet 5" in page
    assert page.index("Title 104") < page.index("Title 59")
    assert "Title 14 " not in page
    walls = guest.get("/sources/agency?outcome=wall")
    assert "Title 104" not in walls.text
    assert "a question of consent" in walls.text
    assert 'href="/why?url=https%3A%2F%2Fagency.example%2Fn59"' in walls.html
    assert 'href="https://agency.example/n59" rel="noreferrer"' in walls.html
    with database.read() as connection:
        oldest = connection.exec_driver_sql("select min(id) from link").scalar_one()
    last = guest.get(f"/sources/agency?outcome=wall&before={oldest + 10}").text
    assert "Title 9 " in last
    assert "Title 10 " not in last
    assert "Earlier" not in last


def test_a_source_whose_host_asked_for_a_pause_says_until_when_and_why(database, guest):
    crawl(database)
    with database.write() as connection:
        set_wait(connection, "agency.example", NOW + timedelta(hours=5), "Retry-After: 18000")
    text = guest.get("/sources/agency").text
    assert "Left alone until 4 Oct 2024, 23:30 UTC" in text
    assert "Retry-After: 18000" in text


def test_check_now_makes_it_due_for_whoever_crawls(database, guest):
    crawl(database)
    with database.read() as connection:
        assert due_sources(connection, SOURCES, now=guest.site.now(), limit=5) == ["hostile"]
    answer = guest.post("/sources/agency/check")
    assert answer.headers["Location"] == "/sources/agency?done=check"
    assert "It is due now" in guest.get(answer.headers["Location"]).text
    with database.read() as connection:
        assert "agency" in due_sources(connection, SOURCES, now=guest.site.now(), limit=5)


def test_check_now_of_one_that_nobody_ever_heard_of(database, guest):
    assert guest.post("/sources/agency/check").status == 303
    with database.read() as connection:
        assert state_of(connection, "agency").next_due == guest.site.now()


def test_a_source_is_left_alone_and_watched_again(database, guest):
    assert guest.post("/sources/agency/disable").status == 303
    text = guest.get("/sources/agency?done=disable").text
    assert "It is left alone from now on." in text
    assert "by hand" in text
    assert "Check now" not in text
    guest.post("/sources/agency/enable")
    with database.read() as connection:
        assert state_of(connection, "agency").enabled is True


@pytest.mark.parametrize("path", ["/sources/nobody", "/sources/..%2Fagency", "/sources/%00"])
def test_there_is_no_such_source(guest, path):
    assert guest.get(path).status == 404
    assert guest.post("/sources/nobody/check").status == 404


@pytest.mark.parametrize("query", ["before=0", "before=99999999999999999999", "before=x"])
def test_a_mark_of_no_page_of_ours_is_refused(guest, query):
    assert guest.get(f"/sources/agency?{query}").status == 400


def test_what_sources_say_is_text_alone(database, guest):
    with database.write() as connection:
        bad = [link("<script>owned()</script>", title=HOSTILE)]
        add_links(connection, "hostile", "x", bad, now=NOW)
    for path in ("/sources", "/sources/hostile"):
        html = guest.get(path).html
        assert "<script" not in html
        assert "\u202e" not in html
        assert 'href="javascript:' not in html
        assert "owned()" in html


def test_who_may_only_read_is_shown_no_buttons(database):
    from readout.config import Config

    with served(database, Config(web=HASHES), sources=SOURCES) as reader:
        signed_in(reader, READERS)
        html = reader.get("/sources/agency").html
        assert "/sources/agency/check" not in html
        assert reader.post("/sources/agency/disable").status == 403
