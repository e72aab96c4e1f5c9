"""What is remembered of places, of gaps and of searches of the past."""

from datetime import timedelta

import pytest

from readout.discovery import Validators
from readout.model import Outcome, OutcomeKind, SourceId
from readout.storage import backfills, places
from readout.storage.links import add_links, due_links, known_since, link_by_id, newest_urls, record_visit
from readout.storage.places import Asked, Gap
from tests.reported import NOW, link

AGENCY = SourceId("agency")
FEED = "https://agency.example/rss"
HOUR = timedelta(hours=1)
ETAG = Validators(etag='"1"')


@pytest.fixture
def connection(database):
    with database.write() as connection:
        yield connection


def test_a_place_is_remembered_as_it_was_asked_last(connection):
    assert places.asked(connection, AGENCY, FEED) == Asked()
    assert not places.is_known(connection, AGENCY, FEED)
    for asked in (
        Asked(validators=ETAG, body_hash="5e", full_at=NOW),
        Asked(validators=Validators(), full_at=NOW + HOUR),
    ):
        places.set_asked(connection, AGENCY, FEED, asked, now=NOW)
        assert places.asked(connection, AGENCY, FEED) == asked
    assert places.is_known(connection, AGENCY, FEED)


def test_a_cursor_stays_until_another_comes(connection):
    places.set_asked(connection, AGENCY, FEED, Asked(cursor={"newest": 7}), now=NOW)
    places.set_asked(connection, AGENCY, FEED, Asked(validators=ETAG), now=NOW)
    assert places.asked(connection, AGENCY, FEED) == Asked(validators=ETAG, cursor={"newest": 7})


def test_a_gap_is_kept_until_it_is_closed(connection):
    places.set_asked(connection, AGENCY, FEED, Asked(validators=ETAG), now=NOW)
    assert places.gaps(connection, AGENCY) == []
    for gap in (
        Gap(url=FEED, since=NOW),
        Gap(url=FEED, since=NOW, place="https://x.example/", cursor={"page": 2}, pages=1),
    ):
        places.set_gap(connection, AGENCY, gap)
        assert places.gaps(connection, AGENCY) == [gap]
    assert places.gaps(connection, SourceId("other")) == []
    places.end_gap(connection, AGENCY, FEED)
    assert places.gaps(connection, AGENCY) == []
    assert places.asked(connection, AGENCY, FEED) == Asked(validators=ETAG)


def test_when_links_were_first_seen_and_which_came_last(connection):
    add_links(connection, AGENCY, FEED, [link("1"), link("2")], now=NOW)
    add_links(connection, AGENCY, FEED, [link("3")], now=NOW + HOUR)
    assert sorted(known_since(connection, [link("1"), link("3"), link("4")])) == [NOW, NOW + HOUR]
    assert [url[-1] for url in newest_urls(connection, AGENCY, limit=2)] == ["3", "2"]


def fate(kind):
    return Outcome(kind=kind, reason="why")


def begin(connection, since=NOW - 9 * HOUR):
    return backfills.begin_backfill(connection, AGENCY, FEED, since=since, now=NOW)


def test_a_search_of_the_past_goes_on_where_it_was_left(connection):
    assert backfills.searched_since(connection, AGENCY) is None
    assert begin(connection).cursor is None
    backfills.advance_backfill(connection, AGENCY, FEED, cursor={"page": 3}, found=5, finished_at=None)
    backfills.advance_backfill(connection, AGENCY, FEED, cursor={"page": 4}, found=2, finished_at=NOW)
    again = begin(connection, since=NOW - HOUR)
    assert (again.cursor, again.found, again.finished_at, again.since) == ({"page": 4}, 7, NOW, NOW - 9 * HOUR)
    assert backfills.searched_since(connection, AGENCY) == NOW - 9 * HOUR


def test_an_earlier_day_extends_a_search_and_opens_what_was_too_old(connection):
    begin(connection)
    add_links(connection, AGENCY, FEED, [link("1"), link("2")], quiet=True, now=NOW)
    for due in due_links(connection, AGENCY, now=NOW, limit=9):
        kind = OutcomeKind.BEFORE_RANGE if due.url.endswith("1") else OutcomeKind.NOT_A_REPORT
        record_visit(connection, due, fate(kind), now=NOW, next_visit=None, validators=ETAG, body_hash="5e")
    backfills.advance_backfill(connection, AGENCY, FEED, cursor={"page": 4}, found=2, finished_at=NOW)
    extended = begin(connection, since=NOW - 99 * HOUR)
    assert (extended.since, extended.cursor, extended.finished_at) == (NOW - 99 * HOUR, {"page": 4}, None)
    (reopened,) = due_links(connection, AGENCY, now=NOW, limit=9)
    assert (reopened.url[-1], reopened.outcome, reopened.body_hash) == ("1", None, None)
    assert reopened.validators == Validators()
    assert link_by_id(connection, 2).outcome.kind is OutcomeKind.NOT_A_REPORT


def test_a_search_ends_when_all_it_found_last_was_too_old(connection):
    search = begin(connection)
    add_links(connection, AGENCY, FEED, [link(str(number)) for number in range(4)], quiet=True, now=NOW)
    assert backfills.quiet_waiting(connection, AGENCY, now=NOW) == 4
    for number, due in enumerate(due_links(connection, AGENCY, now=NOW, limit=9)):
        assert not backfills.is_beyond_range(connection, AGENCY, search, last=3)
        kind = OutcomeKind.BEFORE_RANGE if number else OutcomeKind.NOT_A_REPORT
        record_visit(connection, due, fate(kind), now=NOW, next_visit=None)
    assert backfills.is_beyond_range(connection, AGENCY, search, last=3)
    assert not backfills.is_beyond_range(connection, AGENCY, search, last=4)
    assert backfills.quiet_waiting(connection, AGENCY, now=NOW) == 0
