"""The meetings beside a meeting."""

from datetime import date

import pytest
from sqlalchemy import update

from readout.storage import schema
from readout.storage.meetings import absorb, load_meeting
from readout.storage.related import parts_of, related_by_id, session_after, session_before
from tests.reported import report
from tests.telling import open_told


@pytest.fixture
def connection(database):
    with database.write() as opened:
        yield opened


def meet(connection, body="sorb", **facts):
    return open_told(connection, report(body, **facts))


def column(connection, meeting_id, **values):
    connection.execute(update(schema.meeting).where(schema.meeting.c.id == meeting_id).values(values))


def beside(connection, meeting_id):
    meeting = load_meeting(connection, meeting_id)
    found = session_before(connection, meeting), session_after(connection, meeting)
    return tuple(each and each.meeting_id for each in found)


def test_sessions_are_neighbours_by_number(connection):
    early, gap, mine, late, _ = (meet(connection, session=number) for number in (50, 53, 55, 56, 57))
    meet(connection, "intel", session=54)
    assert beside(connection, mine) == (gap, late)
    assert beside(connection, early) == (None, gap)


def test_where_no_number_is_known_days_tell(connection):
    first, mine, last = (meet(connection, days=date(2024, month, 1)) for month in (3, 6, 9))
    meet(connection)
    assert beside(connection, mine) == (first, last)
    assert beside(connection, first) == (None, mine)


def test_a_day_tells_nothing_against_a_number(connection):
    mine = meet(connection, session=55, days=date(2024, 6, 1))
    unnumbered = meet(connection, days=date(2024, 9, 1))
    meet(connection, session=54, days=date(2024, 8, 1))
    assert beside(connection, mine) == (unnumbered + 1, unnumbered)


def test_what_was_merged_is_no_neighbour(connection):
    mine, merged, after = (meet(connection, session=number) for number in (55, 56, 57))
    column(connection, merged, merged_into=mine)
    assert beside(connection, mine) == (None, after)
    assert related_by_id(connection, [merged]) == []


def test_without_a_known_body_there_are_no_neighbours(connection):
    for number in (1, 2):
        mine = meet(connection, None, name="Joint Commission", session=number)
    assert beside(connection, mine) == (None, None)


def test_parts_stand_by_their_days(connection):
    whole = meet(connection, "summit")
    parts = [meet(connection, days=day) for day in (None, date(2024, 6, 2), date(2024, 6, 1))]
    for part in parts:
        column(connection, part, part_of=whole)
    assert [each.meeting_id for each in parts_of(connection, whole)] == [parts[2], parts[1], parts[0]]


def test_parts_go_with_a_meeting_that_another_takes_in_and_none_is_part_of_itself(connection):
    whole, other = meet(connection), meet(connection)
    part, taking = meet(connection, "experts"), meet(connection, "experts")
    for each in (part, taking):
        column(connection, each, part_of=whole)
    column(connection, whole, part_of=other)
    absorb(connection, whole, taking)
    assert [load_meeting(connection, each).part_of for each in (part, taking)] == [taking, None]
    assert parts_of(connection, other) == []
