"""What is read for expectations: bodies one by one, what is announced, and nothing that was merged away."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import update

from readout.model import Status
from readout.storage import schema
from readout.storage.expected import announcements, first_urls, sittings_by_body
from readout.storage.meetings import open_meeting
from tests.reported import NOW, fact, report
from tests.telling import meeting, open_told, store, telling

DAY = date(2024, 10, 4)
YEAR = timedelta(days=365)


def opened(connection, told=None, **facts):
    return open_told(connection, told or report(**facts))


def merge(connection, one, other):
    rows = update(schema.meeting).where(schema.meeting.c.id == one)
    connection.execute(rows.values(merged_into=other))


def test_sittings_come_body_by_body_in_the_order_of_days(database):
    with database.write() as connection:
        late = opened(connection, body="sorb", session=55, days=DAY, city="Astana")
        opened(connection, body="intel", days=(DAY, DAY + timedelta(days=1)))
        early = opened(connection, body="sorb", session=53, days=DAY - YEAR)
        opened(connection, body=None, days=DAY)
        merge(connection, opened(connection, body="sorb", days=DAY), late)
        found = dict(sittings_by_body(connection))
        assert [each.meeting_id for each in found["sorb"]] == [early, late]
        assert (found["sorb"][1].number, found["sorb"][1].city) == (55, "Astana")
        assert (found["intel"][0].first_day, found["intel"][0].last_day) == (DAY, DAY + timedelta(days=1))
        assert set(found) == {"sorb", "intel"}
        assert set(dict(sittings_by_body(connection, ["intel"]))) == {"intel"}


def test_announcements_are_planned_and_have_a_day(database):
    with database.write() as connection:
        planned = {"status": Status.PLANNED}
        with_day = opened(connection, days=DAY, **planned)
        without_body = opened(connection, body=None, days=DAY + YEAR, **planned)
        no_year = opened(connection, replace(report(**planned), date_partial=fact("10-04")))
        no_start = opened(connection, replace(report(**planned), end_date=fact(DAY)))
        opened(connection, **planned)
        opened(connection, days=DAY)
        opened(connection, days=DAY, status=Status.POSTPONED)
        merge(connection, opened(connection, days=DAY, **planned), with_day)

        def ids(**asked):
            return {each.sitting.meeting_id for each in announcements(connection, **asked)}

        assert ids() == {with_day, without_body, no_year, no_start}
        assert ids(since=DAY) == {with_day, without_body, no_year, no_start}
        assert ids(since=DAY + timedelta(days=1)) == {without_body, no_year, no_start}
        assert ids(bodies=["cis-sorb"]) == {with_day, no_year, no_start}


def test_the_address_of_a_meeting_is_its_first_reports(database):
    with database.write() as connection:
        later = telling(1, url="https://x.example/later", first_seen=NOW + timedelta(hours=1))
        first = telling(2, url="https://x.example/first", first_seen=NOW)
        stored = store(connection, meeting(later, first))
        untold = open_meeting(connection, report(), late=False, now=NOW)
        assert first_urls(connection, [stored.id, untold, None]) == {stored.id: "https://x.example/first"}
