"""Attendance: who represented which state at which meeting, each person once, whoever wrote the name and how."""

import csv
import io
import json
from dataclasses import replace

import pytest

from readout.exports import Format, Kind, write_rows
from readout.exports.attendance import attendance_rows
from readout.model import Participant, Status
from readout.storage.database import open_database
from readout.watches.query import parse
from tests.reported import DAY, NOW, fact, report
from tests.store import store_url
from tests.telling import meeting, store, telling


@pytest.fixture
def database(tmp_path):
    opened = open_database(store_url(tmp_path), create=True)
    yield opened
    opened.close()


def told(*people, countries=(), **facts):
    facts = {"session": 55, "days": DAY, "city": "Astana", "country": "KZ"} | facts
    return replace(report(**facts), participants=tuple(map(fact, people)), countries=tuple(map(fact, countries)))


def person(name, **said):
    return Participant(name=name, name_latin=said.pop("name_latin", name), **said)


def keep(database, *reports, facts=None, **changes):
    """A meeting with these reports, in the order in which they were seen; its facts are the first's."""
    tellings = [
        telling(at, url=f"https://x.example/{at}", first_seen=NOW.replace(minute=at), report=each, **changes)
        for at, each in enumerate(reports, 1)
    ]
    with database.write() as connection:
        return store(connection, meeting(*tellings, report=facts or reports[0]))


def rows(database, query=""):
    return list(attendance_rows(database, parse(query)))


def test_a_row_says_who_came_for_whom_to_what(database):
    official = person("Ali Naghiyev", role="head of the State Security Service", country="AZ", key="nkv-l")
    stored = keep(database, told(official))
    assert rows(database) == [
        {
            "meeting": stored.id,
            "kind": "session",
            "body": {"id": "cis-sorb", "name": "CIS Council of Heads of Security Agencies and Special Services"},
            "session_number": 55,
            "start_date": "2024-10-04",
            "end_date": "2024-10-04",
            "city": "Astana",
            "country": "KZ",
            "status": "held",
            "state": "AZ",
            "person": "Ali Naghiyev",
            "name_latin": "Ali Naghiyev",
            "key": "nkv-l",
            "other_spellings": [],
            "role": "head of the State Security Service",
            "as": "participant",
            "reports": 1,
            "official": False,
            "first_report": "https://x.example/1",
        }
    ]


def test_what_nobody_tells_is_null(database):
    keep(database, told(person("Ali Naghiyev"), session=None, days=None, city=None, country=None, body=None))
    (row,) = rows(database)
    unknown = {name for name, value in row.items() if value is None}
    assert unknown == {"body", "session_number", "start_date", "end_date", "city", "country", "state", "role"}
    assert row["key"] == "nkv-l"


def test_a_person_is_one_in_every_script(database):
    azerbaijani = told(person("Əli Nağıyev", name_latin="Ali Naghiyev", role="DTX rəisi"))
    russian = told(person("Али Нагиев", country="AZ"))
    english = told(person("Ali Naghiyev"), person("Alexander Bortnikov"))
    keep(database, azerbaijani, russian, english)
    (row,) = rows(database)
    assert (row["person"], row["name_latin"], row["reports"]) == ("Əli Nağıyev", "Ali Naghiyev", 3)
    assert sorted(row["other_spellings"]) == ["Ali Naghiyev", "Али Нагиев"]
    # what the best telling leaves out, the next one says
    assert (row["role"], row["state"]) == ("DTX rəisi", "AZ")


def test_two_of_one_surname_stay_two(database):
    keep(database, told(person("Ilham Aliyev", country="AZ"), person("Natig Aliyev", country="AZ")))
    assert [row["person"] for row in rows(database)] == ["Ilham Aliyev", "Natig Aliyev"]


def test_a_state_without_a_named_person_has_a_row_of_its_own(database):
    keep(database, told(person("Ali Naghiyev", country="AZ"), countries=("AZ", "BY")), told(countries=("BY",)))
    assert [(row["state"], row["person"], row["reports"]) for row in rows(database)] == [
        ("AZ", "Ali Naghiyev", 1),
        ("BY", None, 2),
    ]


def test_an_organisation_stands_where_a_state_does(database):
    keep(database, told(person("Sergei Lebedev", country="CIS")))
    assert [row["state"] for row in rows(database)] == ["CIS"]


def test_the_host_who_receives_the_participants_is_no_delegate(database):
    received = told(countries=("KZ",), received_by="Касым-Жомарт Токаев")
    other = told(person("Kassym-Jomart Tokayev", country="KZ", role="President"), received_by="Kassym-Jomart Tokayev")
    keep(database, received, other, facts=received)
    assert [(row["state"], row["person"], row["role"], row["as"], row["reports"]) for row in rows(database)] == [
        ("KZ", None, None, "participant", 1),
        ("KZ", "Касым-Жомарт Токаев", "President", "received the participants", 2),
    ]
    assert rows(database)[1]["name_latin"] == "Kasym-Zhomart Tokaev"
    assert rows(database)[1]["other_spellings"] == ["Kassym-Jomart Tokayev"]


def test_support_counts_reports_and_knows_official_ones_and_the_first(database):
    stored = keep(
        database, told(), told(person("Ali Naghiyev")), told(person("Ali Naghiyev")), facts=told(person("Ali Naghiyev"))
    )
    (row,) = rows(database)
    assert (row["reports"], row["official"], row["first_report"]) == (2, False, "https://x.example/2")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE article SET official = TRUE WHERE url = 'https://x.example/3'")
    (row,) = rows(database)
    assert (row["meeting"], row["official"], row["first_report"]) == (stored.id, True, "https://x.example/2")


def test_cancelled_meetings_are_left_out_and_planned_ones_say_so(database):
    for status in Status:
        keep(database, told(person("Ali Naghiyev"), status=status))
    assert [row["status"] for row in rows(database)] == ["planned", "ongoing", "held", "postponed"]


def test_a_query_chooses_the_meetings(database):
    keep(database, told(person("Ali Naghiyev")))
    keep(database, told(person("Ali Naghiyev"), body="cis-intel"))
    assert [row["body"]["id"] for row in rows(database, "body:cis-intel")] == ["cis-intel"]


def test_no_name_becomes_a_formula(database):
    keep(database, told(person("=HYPERLINK(1)", role="+1", country="@x"), person("-2", key="-k")))
    stream = io.StringIO(newline="")
    assert write_rows(database, Kind.ATTENDANCE, Format.CSV, stream) == 2
    one, two = csv.DictReader(io.StringIO(stream.getvalue(), newline=""))
    assert (one["person"], one["role"], one["state"]) == ("'=HYPERLINK(1)", "'+1", "'@x")
    assert (two["person"], two["key"], two["body_id"]) == ("'-2", "'-k", "cis-sorb")


@pytest.mark.parametrize("number", [0, 1, 3])
def test_json_is_one_array(database, number):
    for _ in range(number):
        keep(database, told(person("Əli Nağıyev")))
    stream = io.StringIO()
    assert write_rows(database, Kind.ATTENDANCE, Format.JSON, stream) == number
    assert json.loads(stream.getvalue()) == rows(database)
