"""Sites without an end: a crawl keeps what it found, and a search of the past comes to its own end."""

import json
from datetime import UTC, datetime
from itertools import count, repeat

import pytest

from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer
from readout.model import SourceId
from readout.workers.once import crawl_once
from tests.hostile.raw_site import Act, HostileServer, spoken
from tests.sites import asked, configure, crawl, feed, outcomes, query, source, story

PAPER = Answer.of(b"\0\1\2\3", "image/png")
LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)


@pytest.fixture
def web():
    with SiteServer("endless") as web:
        yield web


def endless(web, place, content, folder, **limits):
    """The configuration that crawls the site of this content at `place`."""
    web.host("endless", content)
    absolute = {key: web.url("endless", place[key]) for key in ("url", "link") if key in place}
    return configure(folder, source("endless", web.url("endless"), place | absolute), **limits)


def listing(*numbers, more):
    return Answer.of("".join(f"<a href=/news/{number}>Story</a>" for number in numbers) + f"<a class=next href={more}>")


def test_numbers_that_answer_are_kept_as_far_as_the_limit_lets_ask(web, tmp_path):
    place = {"type": "id_walk", "url": "/news/{id}", "floor": 1, "ahead": 50}
    config = endless(
        web, place, {f"/news/{number}": story(number) for number in range(1, 100)}, tmp_path, max_requests=15
    )
    for newest in (14, 29):  # the first request is for robots.txt
        assert crawl(config).requests == 15
        assert query(config, "SELECT count(*) FROM link") == [(newest,)]


LONG = [f"/news/{number}" for number in range(2_001)]
LONG_PLACES = (
    ({"type": "feed", "url": "/list"}, feed(*LONG)),
    ({"type": "listing", "url": "/list"}, Answer.of("".join(f"<a href={path}>Story</a>" for path in LONG))),
    (
        {"type": "json", "url": "/list", "link": "{path}", "fields": {"items": "$"}},
        Answer.of(json.dumps([{"path": path} for path in LONG]), "application/json"),
    ),
)


@pytest.mark.parametrize(("place", "answer"), LONG_PLACES, ids=[place["type"] for place, _ in LONG_PLACES])
def test_what_is_past_the_last_link_that_is_read_is_said(web, tmp_path, place, answer):
    config = endless(web, place, {"/list": answer}, tmp_path, max_requests=2)
    end = crawl(config)
    assert (end.new, end.answered) == (2000, True)
    assert "2000 links or more, of which no more are read" in (end.error or "")
    assert query(config, "SELECT heard, amiss FROM crawl") == [("some", "changed")]


def test_a_site_with_a_page_for_every_number_gives_no_links(web, tmp_path):
    place = {"type": "id_walk", "url": "/news/{id}", "floor": 1}
    config = endless(web, place, {ANYTHING_ELSE: story("of any number")}, tmp_path)
    for _ in range(2):
        assert "it has one for every number" in (crawl(config).error or "")
        assert len(asked(web)) < 50
        assert query(config, "SELECT count(*) FROM link") == [(0,)]


def test_a_search_ends_where_a_page_leads_back_to_one_before(web, tmp_path):
    pages = {"/list": listing(*range(20, 10, -1), more="/more"), "/more": listing(*range(10, 0, -1), more="/list")}
    place = {"type": "listing", "url": "/list", "next": ".next"}
    config = endless(web, place, {ANYTHING_ELSE: PAPER} | pages, tmp_path)
    (end,) = crawl_once(config, [SourceId("endless")], since=LONG_AGO)
    assert (end.more, end.error, end.pages) == (False, None, 2)
    assert [path for path, _ in asked(web) if path in pages] == ["/list", "/list", "/more"]


def test_a_search_of_a_site_that_names_others_each_time_has_an_end(web, tmp_path):
    numbers = count(1)

    def api(_):
        items = [{"id": next(numbers)} for _ in range(10)]
        return Answer.of(json.dumps({"items": items}), "application/json")

    place = {"type": "json", "url": "/api?page={n}", "link": "/news/{id}", "fields": {"items": "$.items"}}
    content = {ANYTHING_ELSE: PAPER, "/api": api, "/api?page=3": Answer(404)}
    config = endless(web, place, content, tmp_path, max_requests=11)
    ends = crawl_once(config, [SourceId("endless")], since=LONG_AGO)
    assert len(ends) < 6
    assert ends[-1].more, "what the search found waits while there is news"


def test_pages_that_never_come_take_no_time_from_those_behind_them(tmp_path):
    never = {f"/news/never-{number}": spoken(lambda: repeat(Act.WAIT)) for number in range(8)}
    content = {**never, "/news/good": story("that comes")}
    with HostileServer("endless") as web:
        content["/rss"] = feed(*(web.url("endless", path) for path in content))
        config = endless(web, {"type": "feed", "url": "/rss"}, content, tmp_path, timeout=2, max_minutes=0.5)
        crawl(config)
    assert outcomes(config) == dict.fromkeys(never, "failed") | {"/news/good": "not_a_report"}
