"""When a crawl asks a host no more, for how long, and what that costs the links: as sites see it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from readout.demo.server import Answer, SiteServer
from readout.storage.database import open_database
from readout.storage.hosts import (
    KeptRobots,
    Patience,
    keep_robots,
    kept_robots,
    patience_of,
    set_patience,
    wait_reasons,
)
from readout.workers.hosts import back_off_for
from tests.sites import asked, configure, crawl, feed, outcomes, query, source, story

PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")
NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("refusals", "minutes"), [(0, 15), (1, 30), (2, 60), (5, 480), (6, 960), (7, 1440), (8, 1440), (10**9, 1440)]
)
def test_patience_grows_with_every_crawl_that_is_sent_away(refusals, minutes):
    assert back_off_for(refusals) == timedelta(minutes=minutes)


@pytest.fixture
def web():
    with SiteServer("courier") as web:
        yield web


def courier(web, folder, answers, **fields):
    """A configuration with one site whose feed names all that it answers."""
    web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in answers)), **answers})
    place = {"type": "feed", "url": web.url("courier", "/rss")}
    return configure(folder, source("courier", web.url("courier"), place, **fields))


def host_row(config):
    rows = query(config, "SELECT wait_until, wait_reason, refusals FROM host WHERE name NOT LIKE '%://%'")
    return (None, None, 0) if not rows else (rows[0][0] and datetime.fromisoformat(rows[0][0]), *rows[0][1:])


def is_over(config):
    """Let the time pass that the host is left alone for."""
    database = open_database(config.database.url, create=False)
    with database.write() as connection:
        patience = patience_of(connection, "127.0.0.2")
        past = Patience(until=NOW - timedelta(minutes=1), reason=patience.reason, refusals=patience.refusals)
        set_patience(connection, "127.0.0.2", past)
    database.close()


def answers_of(*statuses):
    made = {200: PAPER}
    return {f"/news/{number}": made.get(status) or Answer(status) for number, status in enumerate(statuses, start=1)}


@pytest.mark.parametrize(
    ("statuses", "visited", "fates"),
    [
        # Once is enough.
        ([200, 429, 200], 2, ["unsupported", None, None]),
        # A host that gave pages is busy: nothing is lost.
        ([200, 403, 403, 403, 200], 4, ["unsupported", None, None, None, None]),
        ([200, 503, 503, 403, 200], 4, ["unsupported", None, None, None, None]),
        # One that gave none is shut: that is told of each page.
        ([403, 403, 403, 200], 3, ["refused", "refused", "refused", None]),
        # What is refused beside what is not has a fate of its own.
        ([403, 403, 200, 403, 403], 5, ["refused", "refused", "unsupported", "refused", "refused"]),
        ([404, 403, 404, 403, 404, 403], 6, ["failed", "refused", "failed", "refused", "failed", "refused"]),
    ],
)
def test_when_a_crawl_stops_asking(web, tmp_path, statuses, visited, fates):
    config = courier(web, tmp_path, answers_of(*statuses))
    crawl(config)
    assert len(asked(web)) == 1 + visited
    assert list(outcomes(config).values()) == fates
    assert [attempts for (attempts,) in query(config, "SELECT attempts FROM link WHERE outcome IS NULL")] == [
        0
    ] * fates.count(None)


def test_a_host_is_left_alone_for_longer_each_time_until_it_answers_again(web, tmp_path):
    config = courier(web, tmp_path, answers_of(429, 200))
    for minutes, refusals in [(15, 1), (30, 2), (60, 3)]:
        begun = datetime.now(UTC)
        crawl(config)
        until, reason, counted = host_row(config)
        assert timedelta(minutes=minutes) <= until.replace(tzinfo=UTC) - begun < timedelta(minutes=minutes + 5)
        assert (reason, counted) == ("it answered 429 Too Many Requests", refusals)
        number = len(web.log())
        assert crawl(config).error == "its host asked to be left alone"
        assert len(web.log()) == number
        is_over(config)
    courier(web, tmp_path, answers_of(200, 200))
    crawl(config)
    assert set(outcomes(config).values()) == {"unsupported"}
    assert host_row(config) == (None, None, 0)


def test_retry_after_says_for_how_long(web, tmp_path):
    config = courier(web, tmp_path, {"/news/1": Answer(503, {"Retry-After": "7200"}), "/news/2": PAPER})
    crawl(config)
    until, reason, _ = host_row(config)
    assert timedelta(minutes=110) < until.replace(tzinfo=UTC) - datetime.now(UTC) <= timedelta(hours=2)
    assert reason == "it answered 503 Service Unavailable and asked for it"
    assert set(outcomes(config).values()) == {None}


def test_a_place_that_answers_429_is_not_asked_by_the_next_crawl(web, tmp_path):
    config = courier(web, tmp_path, {})
    web.host("courier", {"/rss": Answer(429)})
    assert "429 Too Many Requests" in crawl(config).error
    assert crawl(config).error == "its host asked to be left alone"
    assert asked(web) == [("/rss", 429)]


# --- robots.txt is kept -----------------------------------------------------------------------------------------------


def robots_asked(web):
    return sum(request.path == "/robots.txt" for request in web.log())


def kept_for(config, origin, age):
    """Make what is kept of a robots.txt as old as `age`."""
    database = open_database(config.database.url, create=False)
    with database.write() as connection:
        kept = kept_robots(connection, origin)
        aged = KeptRobots(at=datetime.now(UTC) - age, status=kept.status, body=kept.body, reason=kept.reason)
        keep_robots(connection, origin, aged)
    database.close()


FORBIDS = Answer.of("User-agent: *\nDisallow: /news/1", "text/plain")


@pytest.mark.parametrize(
    ("robots", "age", "again"),
    [
        (FORBIDS, timedelta(hours=23), False),
        (FORBIDS, timedelta(hours=25), True),
        (FORBIDS, timedelta(hours=-1), True),
        (Answer(404), timedelta(hours=23), False),
        (Answer(404), timedelta(hours=25), True),
        (Answer(503), timedelta(minutes=10), False),
        (Answer(503), timedelta(minutes=20), True),
    ],
)
def test_a_robots_txt_is_used_for_a_day_and_a_lack_of_one_not_for_long(web, tmp_path, robots, age, again):
    papers = answers_of(200, 200)
    config = courier(web, tmp_path, papers)
    links = feed(*(web.url("courier", path) for path in papers))
    web.host("courier", {"/robots.txt": robots, "/rss": links, **papers})
    first = crawl(config)
    kept_for(config, web.url("courier", ""), age)
    number = len(web.log())
    second = crawl(config)
    assert robots_asked(web) == (2 if again else 1)
    assert (second.error is None) == (first.error is None) == (robots.status != 503)
    if robots.status != 503:
        assert len(web.log()) - number == 1 + again  # a look at what has nothing new costs one request for each feed
        assert outcomes(config)["/news/1"] == ("refused" if robots is FORBIDS else "unsupported")


def test_another_port_has_a_robots_txt_of_its_own(tmp_path):
    with SiteServer("courier", "annex") as web:
        web.host("annex", {"/robots.txt": Answer.of("User-agent: *\nDisallow: /", "text/plain")})
        papers = {"/news/1": Answer.redirect(web.url("annex", "/news/1")), "/news/2": PAPER}
        config = courier(web, tmp_path, papers)
        crawl(config)
        assert outcomes(config) == {"/news/1": "refused", "/news/2": "unsupported"}
        kept = query(config, "SELECT name, robots_status FROM host WHERE robots_at IS NOT NULL ORDER BY name")
        assert kept == sorted([(web.url("annex", ""), 200), (web.url("courier", ""), 404)])


def test_no_more_of_a_robots_txt_is_fetched_than_is_read(web, tmp_path):
    def endless():
        yield b"User-agent: *\nDisallow: /news/1\n"
        for _ in range(64):
            yield b"#" * 1_000_000

    papers = answers_of(200, 200)
    config = courier(web, tmp_path, papers)
    links = feed(*(web.url("courier", path) for path in papers))
    web.host(
        "courier",
        {"/robots.txt": Answer(headers={"Content-Type": "text/plain"}, body=endless), "/rss": links, **papers},
    )
    crawl(config)
    assert outcomes(config) == {"/news/1": "refused", "/news/2": "unsupported"}
    ((size,),) = query(config, "SELECT length(robots) FROM host WHERE robots IS NOT NULL")
    assert size <= 512_001


# --- what the operator decides ----------------------------------------------------------------------------------------

CLOSED = Answer.of("User-agent: *\nCrawl-delay: 0.4\nDisallow: /", "text/plain")


def test_whoever_runs_it_may_decide_not_to_obey_and_it_is_said(web, tmp_path, capfd):
    papers = answers_of(200, 200)
    config = courier(web, tmp_path, papers, robots="ignore")
    links = feed(*(web.url("courier", path) for path in papers))
    web.host("courier", {"/robots.txt": CLOSED, "/rss": links, **papers})
    crawl(config)
    assert set(outcomes(config).values()) == {"unsupported"}
    assert robots_asked(web) == 1
    times = [request.at for request in web.log()]
    assert min((later - earlier).total_seconds() for earlier, later in pairwise(times)) > 0.2
    assert capfd.readouterr().err.count("robots_not_obeyed") == 1


def test_the_decision_is_for_its_own_hosts(tmp_path):
    with SiteServer("courier", "annex") as web:
        web.host("annex", {"/robots.txt": CLOSED, "/news/1": story(1)})
        config = courier(web, tmp_path, {"/news/1": Answer.redirect(web.url("annex", "/news/1"))}, robots="ignore")
        crawl(config)
        assert outcomes(config) == {"/news/1": "refused"}
        assert [request.path for request in web.log("annex")] == ["/robots.txt"]


# --- the notes --------------------------------------------------------------------------------------------------------


def test_notes_on_hosts_and_their_robots_do_not_mix(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'readout.db'}", create=True)
    with database.write() as connection:
        set_patience(connection, "A.example", Patience(until=NOW + timedelta(hours=1), reason="busy", refusals=2))
        keep_robots(connection, "http://a.example", KeptRobots(at=NOW, status=200, body=b"x"))
        keep_robots(connection, "https://a.example", KeptRobots(at=NOW, status=None, reason="silence"))
        assert patience_of(connection, "a.example") == Patience(
            until=NOW + timedelta(hours=1), reason="busy", refusals=2
        )
        assert kept_robots(connection, "http://a.example") == KeptRobots(at=NOW, status=200, body=b"x")
        assert kept_robots(connection, "https://a.example").reason == "silence"
        assert kept_robots(connection, "a.example") is None
        assert wait_reasons(connection, now=NOW) == {"a.example": "busy"}
    database.close()
