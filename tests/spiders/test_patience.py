"""When a crawl asks a host no more, for how long, and what that costs the links: as sites see it."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from readout.config import Config
from readout.demo.server import Answer, Asked, SiteServer
from readout.storage import schema
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
from readout.workers.event import CrawlEvent
from readout.workers.hosts import back_off_for
from tests.sites import configure, crawl, crawls, feed, outcomes, query, source, story
from tests.store import store_url

PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")
NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("refusals", "minutes"), [(0, 15), (1, 30), (2, 60), (5, 480), (6, 960), (7, 1440), (8, 1440), (10**9, 1440)]
)
def test_patience_grows_with_every_crawl_that_is_sent_away(refusals, minutes):
    assert back_off_for(refusals) == timedelta(minutes=minutes)


def answers_of(*statuses):
    made = {200: PAPER}
    return {f"/news/{number}": made.get(status) or Answer(status) for number, status in enumerate(statuses, start=1)}


def endless():
    yield b"User-agent: *\nDisallow: /news/1\n"
    for _ in range(64):
        yield b"#" * 1_000_000


STOPS = [
    # what the pages answer, how many are visited, and their fates
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
]
FORBIDS = Answer.of("User-agent: *\nDisallow: /news/1", "text/plain")
CLOSED = Answer.of("User-agent: *\nCrawl-delay: 0.4\nDisallow: /", "text/plain")
KEPT = [
    # what robots.txt answers, how old that is at the second crawl, and whether it is asked for again
    (FORBIDS, timedelta(hours=23), False),
    (FORBIDS, timedelta(hours=25), True),
    (FORBIDS, timedelta(hours=-1), True),
    (Answer(404), timedelta(hours=23), False),
    (Answer(404), timedelta(hours=25), True),
    (Answer(503), timedelta(minutes=10), False),
    (Answer(503), timedelta(minutes=20), True),
]
ANNEXES = {
    "closed-annex": {"/robots.txt": CLOSED, "/news/1": story(1)},
    "walled-annex": {"/robots.txt": CLOSED, "/news/1": story(1)},
}


def sites(at):
    """What each site answers, from its first crawl to its last; its feed names all its pages."""
    return {
        **{f"stops-{number}": [answers_of(*statuses)] for number, (statuses, *_) in enumerate(STOPS)},
        **{f"kept-{number}": [{"/robots.txt": each[0], **answers_of(200, 200)}] for number, each in enumerate(KEPT)},
        "longer": [*[answers_of(429, 200)] * 3, answers_of(200, 200)],
        "retry-after": [{"/news/1": Answer(503, {"Retry-After": "7200"}), "/news/2": PAPER}],
        "busy-place": [{"/rss": Answer(429)}],
        "other-port": [{"/news/1": Answer.redirect(at("closed-annex", "/news/1")), "/news/2": PAPER}],
        "endless": [
            {"/robots.txt": Answer(headers={"Content-Type": "text/plain"}, body=endless), **answers_of(200, 200)}
        ],
        "own-hosts": [{"/news/1": Answer.redirect(at("walled-annex", "/news/1"))}],
    }


def place_of(web, name, *contents, **fields):
    """A source whose feed names all the pages that the site answers."""
    pages = [sorted({path for path in content if path.startswith("/news")}) for content in contents]
    feeds = [{"/rss": feed(*(web.url(name, path) for path in paths))} for paths in pages]
    web.host(name, *({**news, **content} for news, content in zip(feeds, contents, strict=True)))
    return source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")}, **fields)


@dataclass(frozen=True, kw_only=True)
class Press:
    """What came of four crawls: their ends, requests and links, and how hosts were to be left alone after each."""

    config: Config
    web: SiteServer
    begun: list[datetime] = field(default_factory=list)
    ends: list[dict[str, CrawlEvent]] = field(default_factory=list)
    logs: list[list[Asked]] = field(default_factory=list)
    links: list[list[tuple[str, str, str | None, int]]] = field(default_factory=list)
    hosts: list[dict[str, tuple[datetime | None, str | None, int]]] = field(default_factory=list)
    again: list[tuple[str | None, int]] = field(default_factory=list)

    def host(self, name):
        return urlsplit(self.web.url(name)).hostname

    def note(self, crawl):
        before = len(self.web.log())
        self.begun.append(datetime.now(UTC))
        self.ends.append({str(end.source): end for end in crawl()})
        self.logs.append(self.web.log()[before:])
        self.links.append(query(self.config, "SELECT source_id, url, outcome, attempts FROM link ORDER BY id"))
        host = schema.host.c
        rows = query(self.config, select(host.name, host.wait_until, host.wait_reason, host.refusals))
        self.hosts.append({name: tuple(others) for name, *others in rows})

    def note_too_early(self, crawl, name):
        """Crawl a site that is to be left alone."""
        before = len(self.web.log(name))
        (end,) = crawl(name)
        self.again.append((end.error, len(self.web.log(name)) - before))

    def is_over(self, name):
        """Let the time pass that the host is left alone for."""
        with self._writing() as connection:
            patience = patience_of(connection, self.host(name))
            past = Patience(until=NOW - timedelta(minutes=1), reason=patience.reason, refusals=patience.refusals)
            set_patience(connection, self.host(name), past)

    def kept_for(self, name, age):
        """Make what is kept of a robots.txt as old as `age`."""
        with self._writing() as connection:
            kept = kept_robots(connection, self.web.url(name, ""))
            aged = KeptRobots(at=datetime.now(UTC) - age, status=kept.status, body=kept.body, reason=kept.reason)
            keep_robots(connection, self.web.url(name, ""), aged)

    def asked(self, name, crawl, *, robots=False):
        paths = [each.path for each in self.logs[crawl - 1] if each.site == name]
        return [path for path in paths if (path == "/robots.txt") is robots]

    def fates(self, name, crawl):
        return {f"/{url.split('/', 3)[3]}": fate for site, url, fate, _ in self.links[crawl - 1] if site == name}

    @contextmanager
    def _writing(self):
        database = open_database(self.config.database.url, create=False)
        with database.write() as connection:
            yield connection
        database.close()


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    names = sites(lambda name, path: f"http://{name}{path}")
    with SiteServer(*names, *ANNEXES) as web:
        for name, content in ANNEXES.items():
            web.host(name, content)
        rules = {"own-hosts": {"robots": "ignore"}}
        rows = [place_of(web, name, *contents, **rules.get(name, {})) for name, contents in sites(web.url).items()]
        press = Press(config=configure(tmp_path_factory.mktemp("press"), *rows), web=web)
        with crawls(press.config) as crawl:
            for number in (1, 2, 3, 4):
                web.set_phase(number)
                press.note(crawl)
                if number < 4:
                    press.note_too_early(crawl, "longer")
                    press.is_over("longer")
                for row, (_, age, _) in enumerate(KEPT if number == 1 else ()):
                    press.kept_for(f"kept-{row}", age)
        yield press


@pytest.mark.parametrize(("number", "statuses", "visited", "fates"), [(n, *each) for n, each in enumerate(STOPS)])
def test_when_a_crawl_stops_asking(press, number, statuses, visited, fates):
    name = f"stops-{number}"
    assert press.asked(name, 1) == ["/rss", *(f"/news/{page}" for page in range(1, visited + 1))]
    assert list(press.fates(name, 1).values()) == fates
    attempts = [tries for site, _, fate, tries in press.links[0] if site == name and fate is None]
    assert attempts == [0] * fates.count(None)


def test_a_host_is_left_alone_for_longer_each_time_until_it_answers_again(press):
    host = press.host("longer")
    for number, minutes, refusals in [(1, 15, 1), (2, 30, 2), (3, 60, 3)]:
        until, reason, counted = press.hosts[number - 1][host]
        assert timedelta(minutes=minutes) <= until - press.begun[number - 1] < timedelta(minutes=minutes + 5)
        assert (reason, counted) == ("it answered 429 Too Many Requests", refusals)
    assert press.again == [("its host asked to be left alone", 0)] * 3
    assert set(press.fates("longer", 4).values()) == {"unsupported"}
    assert press.hosts[3][host] == (None, None, 0)


def test_retry_after_says_for_how_long(press):
    until, reason, _ = press.hosts[0][press.host("retry-after")]
    assert timedelta(hours=2) <= until - press.begun[0] < timedelta(hours=2, minutes=5)
    assert reason == "it answered 503 Service Unavailable and asked for it"
    assert set(press.fates("retry-after", 1).values()) == {None}


def test_a_place_that_answers_429_is_not_asked_by_the_next_crawl(press):
    assert "429 Too Many Requests" in press.ends[0]["busy-place"].error
    assert press.ends[1]["busy-place"].error == "its host asked to be left alone"
    assert [press.asked("busy-place", crawl) for crawl in (1, 2)] == [["/rss"], []]


# --- robots.txt is kept -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "robots", "age", "again"), [(n, *each) for n, each in enumerate(KEPT)])
def test_a_robots_txt_is_used_for_a_day_and_a_lack_of_one_not_for_long(press, number, robots, age, again):
    name = f"kept-{number}"
    asked = [len(press.asked(name, crawl, robots=True)) for crawl in (1, 2)]
    assert asked == [1, 1 if again else 0]
    errors = [press.ends[crawl - 1][name].error for crawl in (1, 2)]
    assert [error is None for error in errors] == [robots.status != 503] * 2
    if robots.status != 503:
        assert press.asked(name, 2) == ["/rss"], "a look at what has nothing new costs one request for each feed"
        assert press.fates(name, 2)["/news/1"] == ("refused" if robots is FORBIDS else "unsupported")


def test_another_port_has_a_robots_txt_of_its_own(press):
    assert press.fates("other-port", 1) == {"/news/1": "refused", "/news/2": "unsupported"}
    kept = dict(query(press.config, "SELECT name, robots_status FROM host WHERE robots_at IS NOT NULL"))
    assert [kept.get(press.web.url(name, "")) for name in ("closed-annex", "other-port")] == [None, 404]


def test_no_more_of_a_robots_txt_is_fetched_than_is_read(press):
    assert press.fates("endless", 1) == {"/news/1": "refused", "/news/2": "unsupported"}
    ((size,),) = query(press.config, "SELECT max(length(robots)) FROM host")
    assert 500_000 < size <= 512_001


# --- what the operator decides ----------------------------------------------------------------------------------------


def test_whoever_runs_it_may_decide_not_to_obey_and_it_is_said(tmp_path, capfd):
    with SiteServer("courier") as web:
        row = place_of(web, "courier", {"/robots.txt": CLOSED, **answers_of(200, 200)}, robots="ignore")
        config = configure(tmp_path, row)
        crawl(config)
        assert set(outcomes(config).values()) == {"unsupported"}
        assert sum(request.path == "/robots.txt" for request in web.log()) == 1
        times = [request.at for request in web.log()]
        assert min((later - earlier).total_seconds() for earlier, later in pairwise(times)) > 0.2
        assert capfd.readouterr().err.count("robots_not_obeyed") == 1


def test_the_decision_is_for_its_own_hosts(press):
    assert press.fates("own-hosts", 1) == {"/news/1": "refused"}
    assert {request.path for request in press.web.log("walled-annex")} == {"/robots.txt"}


# --- the notes --------------------------------------------------------------------------------------------------------


def test_notes_on_hosts_and_their_robots_do_not_mix(tmp_path):
    database = open_database(store_url(tmp_path), create=True)
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
