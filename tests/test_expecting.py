"""What should have been reported, over a store: in order, recent things alone, and read through indexes."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from readout.expecting import RECENT, RECENT_NUMBERS, expected, rhythms
from readout.meetings.expected import Absence
from readout.model import Status
from readout.storage.bodies import bodies_met
from readout.storage.database import open_database
from tests.reported import report
from tests.store import store_url
from tests.telling import open_told

DAY = date(2024, 10, 4)
YEAR = timedelta(days=365)
TODAY = date(2024, 11, 1)


@pytest.fixture
def database(tmp_path):
    opened = open_database(store_url(tmp_path), create=True)
    yield opened
    opened.close()


def opened(connection, **facts):
    return open_told(connection, report(**facts))


def absences(connection, **asked):
    return [(each.absence, each.meeting_id or each.first_number) for each in expected(connection, today=TODAY, **asked)]


def test_all_is_told_in_the_order_of_its_sorts_and_days(database):
    with database.write() as connection:
        for at, number in enumerate((51, 52, 53, 55)):
            opened(connection, body="sorb", session=number, days=DAY - YEAR * (4 - at))
        later = opened(connection, body=None, days=TODAY + 2 * YEAR, status=Status.PLANNED)
        soon = opened(connection, body="intel", days=TODAY + timedelta(days=9), status=Status.PLANNED)
        overdue = opened(connection, body="intel", days=DAY, status=Status.PLANNED)
        everything = [
            (Absence.ANNOUNCED, soon),
            (Absence.ANNOUNCED, later),
            (Absence.OVERDUE, overdue),
            (Absence.UNANNOUNCED, 56),
            (Absence.GAP, 54),
        ]
        assert absences(connection) == everything
        assert absences(connection, until=TODAY + YEAR) == [each for each in everything if each[1] != later]
        assert absences(connection, bodies=["sorb"]) == everything[3:]


def test_what_is_missing_for_long_is_told_only_when_everything_is_asked_for(database):
    with database.write() as connection:
        days = (TODAY - RECENT_NUMBERS - YEAR, TODAY - RECENT_NUMBERS - timedelta(days=1), TODAY - YEAR)
        for number, day in zip((51, 53, 55), days, strict=True):
            opened(connection, body="sorb", session=number, days=day)
        old = opened(connection, body="intel", days=TODAY - RECENT - timedelta(days=1), status=Status.PLANNED)
        new = opened(connection, body="intel", days=TODAY - RECENT, status=Status.PLANNED)
        assert absences(connection) == [(Absence.OVERDUE, new), (Absence.GAP, 54)]
        assert absences(connection, everything=True) == [
            (Absence.OVERDUE, old),
            (Absence.OVERDUE, new),
            (Absence.GAP, 52),
            (Absence.GAP, 54),
        ]


@pytest.mark.in_file
def test_no_meeting_is_looked_at_but_through_an_index_that_tells_it_apart(database):
    asked = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        expected(connection, today=TODAY)
        expected(connection, today=TODAY, bodies=["sorb"])
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all())
            for words, values in list(asked)
        ]
    assert len(plans) == 8
    assert all(re.search("SEARCH meeting USING (COVERING )?INDEX", plan) for plan in plans)
    assert not any("merged_into" in plan for plan in plans)


def test_the_rhythm_of_a_body_is_seen_in_its_last_meetings(database):
    with database.write() as connection:
        for at in range(30):
            opened(connection, body="sorb", session=20 + at, days=DAY - timedelta(days=91 * (29 - at)))
            opened(connection, body="intel", session=20 + at, days=DAY - timedelta(days=91 * (29 - at)))
        following = TODAY + timedelta(days=50)
        opened(connection, body="sorb", days=following, status=Status.PLANNED)
        opened(connection, body="finance", days=TODAY, status=Status.CANCELLED)
        found = rhythms(connection, today=TODAY)
        whole = {each.body: each for each in expected(connection, today=TODAY) if each.absence is Absence.UNANNOUNCED}
    assert set(found) == {"sorb", "intel", "finance"}
    assert (found["sorb"].last, found["sorb"].following, found["sorb"].due) == (DAY, following, None)
    assert found["intel"].due == whole["intel"]
    assert found["intel"].cadence.interval == timedelta(days=91)
    assert (found["finance"].last, found["finance"].cadence, found["finance"].due) == (None, None, None)


def test_what_was_due_long_ago_is_no_more(database):
    with database.write() as connection:
        for at in range(6):
            opened(connection, body="sorb", days=TODAY - 3 * YEAR - timedelta(days=91 * at))
        found = rhythms(connection, today=TODAY)["sorb"]
    assert found.cadence is not None
    assert found.due is None


@pytest.mark.in_file
def test_bodies_are_counted_and_their_rhythms_found_without_looking_through_the_store(database):
    asked = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        rhythms(connection, today=TODAY)
        bodies_met(connection)
        plans = [str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", v).all()) for words, v in list(asked)]
    assert len(plans) == 4
    assert not any("SCAN meeting" in plan for plan in plans)
    assert not any("ix_meeting_merged_into (merged_into=?)" in plan for plan in plans)
