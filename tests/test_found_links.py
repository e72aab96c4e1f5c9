"""Links as they are kept with their place's memory: which are news, and which belong to the past."""

from datetime import timedelta

import pytest

from readout.discovery import Feed
from readout.found_links import Find, Onward, keep_find, keep_older
from readout.model import Outcome, OutcomeKind, SourceId
from readout.storage.backfills import begin_backfill
from readout.storage.links import due_links, link_by_id, record_visit
from tests.reported import NOW, link, source

HOUR = timedelta(hours=1)
FEED = "https://agency.example/rss"
INDEX = "https://agency.example/index.xml"
LIST = "https://agency.example/list"


@pytest.fixture
def agency():
    return source(discover=(Feed(url=FEED),))


@pytest.fixture
def connection(database):
    with database.write() as connection:
        yield connection


def find(*numbers, url=FEED, **others):
    return Find(url=url, links=[link(str(number)) for number in numbers], **others)


def search(connection, agency, *numbers, now):
    """What a search of the past finds on a page."""
    begin_backfill(connection, agency.id, LIST, since=NOW - 99 * HOUR, now=now)
    keep_older(connection, agency, find(*numbers, url=LIST), Onward(place=LIST), now=now)


def quiet(connection, agency):
    due = due_links(connection, SourceId(agency.id), now=NOW + 99 * HOUR, limit=99)
    return {each.url[-1] for each in due if each.quiet}


def test_what_a_search_came_upon_before_the_feed_is_news_once_the_feed_names_it(connection, agency):
    keep_find(connection, agency, find(1), now=NOW)
    search(connection, agency, 2, 3, now=NOW + HOUR)
    assert quiet(connection, agency) == {"2", "3"}
    keep_find(connection, agency, find(3, 1), now=NOW + 2 * HOUR)
    assert quiet(connection, agency) == {"2"}


def test_what_stood_at_a_place_when_it_was_first_read_by_a_search_stays_quiet(connection, agency):
    keep_find(connection, agency, find(1, 2), now=NOW, quiet=True)
    keep_find(connection, agency, find(3, 1, 2), now=NOW + HOUR)
    assert quiet(connection, agency) == {"1", "2"}


def visited(connection, agency, number):
    """The link of a page that a search came upon and that was read."""
    search(connection, agency, number, now=NOW + HOUR)
    (past,) = (each for each in due_links(connection, agency.id, now=NOW + HOUR, limit=9) if each.quiet)
    read = Outcome(kind=OutcomeKind.NOT_A_REPORT, reason="why")
    record_visit(connection, past, read, now=NOW + HOUR, next_visit=None, body_hash="0" * 64)
    return past


def test_what_was_visited_as_past_is_read_again_as_the_news_that_the_feed_calls_it(connection, agency):
    keep_find(connection, agency, find(1), now=NOW)
    past = visited(connection, agency, 2)
    keep_find(connection, agency, find(2, 1), now=NOW + 2 * HOUR)
    again = link_by_id(connection, past.id)
    assert (again.quiet, again.next_visit, again.body_hash) == (False, NOW + 2 * HOUR, None)


def test_what_was_visited_as_past_stays_past_where_no_place_calls_it_news(connection, agency):
    past = visited(connection, agency, 2)
    keep_find(connection, agency, find(2, 1), now=NOW + 2 * HOUR)
    keep_find(connection, agency, find(2, 1), now=NOW + 3 * HOUR)
    again = link_by_id(connection, past.id)
    assert (again.quiet, again.next_visit) == (True, None)


@pytest.mark.parametrize(("is_known", "hushed"), [(True, set()), (False, {"1"})])
def test_a_new_sitemap_of_a_known_index_is_news_though_the_past_is_searched(connection, agency, is_known, hushed):
    if is_known:
        keep_find(connection, agency, find(url=INDEX), now=NOW - HOUR)
    keep_find(connection, agency, find(1, url=f"{INDEX}?today", root=INDEX), now=NOW, quiet=True)
    assert quiet(connection, agency) == hushed


WINDOWS = [
    # what the place named before, hour by hour, what it names now, and whether some may have been missed
    ([(1, 2), (3, 1, 2)], (4, 5, 6, 7, 8, 1), True),
    ([(1, 2), (3, 1, 2)], (4, 5, 6, 7, 8, 3), False),
    ([(1, 2), (3, 1, 2)], (4, 5, 6, 7, 8), True),
    ([(1, 2), (3, 1, 2)], (4, 5, 6, 7, 1), False),
    ([(1, 2), (3, 1, 2)], (4, 5, 6, 7, 8, 1, 2, 9), True),
    ([(1, 2, 3, 4, 5, 6), (7,)], (8, 9, 0, 1, 2, 3, 4, 5), False),
    ([(1, 2)], (4, 5, 6, 7, 8, 1), False),
]


@pytest.mark.parametrize(("before", "window", "missed"), WINDOWS)
def test_a_window_that_names_nothing_of_what_came_last_has_lost_some(connection, agency, before, window, missed):
    for hour, numbers in enumerate(before):
        keep_find(connection, agency, find(*numbers, windowed=True), now=NOW + hour * HOUR)
    taken = keep_find(connection, agency, find(*window, windowed=True), now=NOW + 9 * HOUR)
    assert taken.missed is missed


def test_news_does_not_wait_behind_what_earlier_crawls_left(connection, agency):
    keep_find(connection, agency, find(1, 2), now=NOW)
    keep_find(connection, agency, find(4, 3), now=NOW + HOUR)
    due = due_links(connection, agency.id, now=NOW + HOUR, limit=3, fresh_from=NOW + HOUR)
    assert [each.url[-1] for each in due] == ["4", "3", "1"]
