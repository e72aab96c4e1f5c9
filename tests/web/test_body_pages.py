"""Bodies, people and the month: what a body does over the years, who came, and what took place on which day."""

import re
from dataclasses import replace
from datetime import date

import pytest

from readout.meetings.person import person_key
from readout.meetings.spelling import latin
from readout.model import Participant, SourceId, Status
from readout.naming import vocabulary_of
from readout.storage.attendees import put_attendees
from readout.storage.people import meetings_of_name
from readout.storage.watches import add_watch
from readout.watches.query import parse
from readout.web.pages import bodies, people
from tests.reported import source
from tests.telling import NOW, fact, meeting, session, store, telling
from tests.web.visiting import served

FIRST = date(2020, 10, 4)


def text_of(html):
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def read(value):
    """A fact that stands somewhere in the text."""
    return fact(value, "55th")


def somebody(name, **said):
    return read(Participant(name=name, name_latin=latin(name), key=person_key(name), **said))


@pytest.fixture
def guest(database):
    with served(database, sources={SourceId("agency"): source()}) as visitor:
        yield visitor


def keep(database, *reports, number=1):
    """A meeting that these reports tell of; its number."""
    tellings = [telling(number * 10 + each, report=report) for each, report in enumerate(reports)]
    with database.write() as connection:
        stored = store(connection, meeting(*tellings, report=reports[0]))
        put_attendees(connection, stored.id, stored.report, FIRST)
        return stored.id


@pytest.fixture
def series(database):
    """A session each October, the third of which nobody reported."""
    return {
        number: keep(
            database,
            session(session_number=read(number), start_date=read(FIRST.replace(year=2019 + number)), end_date=None),
            number=number,
        )
        for number in (1, 2, 4, 5, 6)
    }


def test_a_list_of_bodies_says_how_often_each_met(series, guest):
    page = guest.get("/bodies")
    assert page.status == 200
    row = re.search(r"<tr><th scope=\"row\"><a href=\"/bodies/cis-sorb\">.*?</tr>", page.html, re.DOTALL)[0]
    assert '<td class="number">5</td>' in row
    assert "4 Oct 2025" in row
    assert "session" in row
    assert "every 366 days or so" in text_of(row)
    assert "/bodies/cis-sorb" not in guest.get("/bodies?q=nothing+like+it").html
    assert "/bodies/cis-sorb" in guest.get("/bodies?q=cis-s").html


def test_a_list_of_bodies_tells_what_is_announced_from_what_is_only_due(database, guest):
    for number, year in enumerate(range(2020, 2024), 1):
        keep(
            database,
            session(session_number=None, start_date=read(FIRST.replace(year=year)), end_date=None),
            number=number,
        )
    assert "28 Aug – 8 Nov 2024 due by its rhythm, not announced" in text_of(guest.get("/bodies").html)
    planned = session(
        session_number=None, start_date=read(date(2024, 11, 20)), end_date=None, status=read(Status.PLANNED)
    )
    keep(database, planned, number=9)
    listed = text_of(guest.get("/bodies").html)
    assert "20 Nov 2024 announced" in listed
    assert "4 Oct 2023" in listed
    assert "due by its rhythm" not in listed
    page = guest.get("/bodies/cis-sorb").text
    assert "The next is due" not in page


def test_a_body_that_a_watch_asks_for_is_listed_before_it_met(database, guest):
    with database.write() as connection:
        asked = parse("body:csto-drug", vocabulary_of({}))
        add_watch(connection, name="w", query=asked, recipients=["a@example.org"], channel="email", now=NOW)
    listed = guest.get("/bodies").html
    row = re.search(r'<tr><th scope="row"><a href="/bodies/csto-drug">.*?</tr>', listed, re.DOTALL)
    assert "watched" in row[0]
    assert '<td class="number">0</td>' in row[0]
    assert "No meeting of it was read of yet." in guest.get("/bodies/csto-drug").html


def test_a_body_shows_its_years_its_gaps_and_its_sessions(series, guest):
    page = guest.get("/bodies/cis-sorb").html
    assert page.count('class="met"') == 5
    assert "From 2020 to 2025: 5 sessions. In 1 of these years none was reported." in re.sub("<[^>]*>", "", page)
    assert "<td>3</td>" in page
    assert "number not seen" in page
    for number in series.values():
        assert f'href="/meetings/M{number}"' in page or f'href="/meetings/{number}"' in page


def test_of_a_body_that_meets_all_the_time_the_last_meetings_are_looked_through(series, guest, monkeypatch):
    monkeypatch.setattr(bodies, "_MOST_SITTINGS", 3)
    page = guest.get("/bodies/cis-sorb")
    assert "Only its last 3 meetings were looked through." in page.text
    assert "Meetings ( 5 )" in page.text
    assert page.html.count('class="met"') == 3
    assert "4 Oct 2021" not in page.text, "the first of five"


def test_nobody_is_said_to_have_been_absent(database, guest):
    came = session(participants=(somebody("Ali Naghiyev", country="AZ"),), countries=(read("AZ"), read("KZ")))
    keep(database, came)
    page = guest.get("/bodies/cis-sorb").html
    matrix = page[page.index('class="matrix"') : page.index("</table>", page.index('class="matrix"'))]
    assert "Ali Naghiyev" in matrix
    assert "✓" in matrix, "a state of whose envoy nobody tells the name"
    assert "absent" not in matrix


@pytest.mark.parametrize("path", ["/bodies/none", "/people/%00", "/bodies/..%2f"])
def test_there_is_no_such_body_nor_somebody(guest, path):
    assert guest.get(path).status == 404


def test_a_person_is_shown_by_all_spellings_and_offices(database, guest):
    russian = session(participants=(somebody("Александр Бортников", role="директор ФСБ", country="RU"),))
    english = session(participants=(somebody("Alexander Bortnikov", role="FSB director", country="RU"),))
    number = keep(database, russian, english)
    listed = guest.get("/people").html
    (path,) = set(re.findall(r'href="(/people/[a-z-]*bortnikov[a-z-]*)"', listed))
    page = guest.get(path).html
    for said in ("Александр Бортников", "Alexander Bortnikov", "директор ФСБ", "FSB director", f"/meetings/{number}"):
        assert said in page


def test_a_name_that_no_meeting_is_found_by_is_looked_for(guest):
    answered = guest.get("/people/nobody-at-all")
    assert answered.status == 303
    assert "Nobody of that name" in guest.get(answered.headers["Location"]).html


def test_whom_a_ruling_alone_names_has_a_page(database, guest):
    number = keep(database, session())
    guest.post(f"/meetings/{number}/correct", fact="participants", value="Ermek Testov", reason="misspelt")
    answered = guest.get("/people/ermek-testov")
    assert answered.status == 200
    assert f"/meetings/{number}" in answered.html


def test_meetings_of_others_do_not_take_somebodys_place(database, guest, monkeypatch):
    monkeypatch.setattr(people, "_MOST_SHOWN", 2)
    for number in range(1, 6):  # the words of the name are those of two, but for the second meeting
        names = ["Ali Naghiyev"] if number == 2 else ["Ali Bortnikov", "Ramil Naghiyev"]
        keep(database, session(participants=tuple(map(somebody, names))), number=number)
    page = guest.get("/people/ali-naghiyev")
    assert set(re.findall(r'href="/meetings/(\d+)"', page.html)) == {"2"}
    assert "newest meetings" not in page.text
    page = guest.get("/people/ali-bortnikov")
    assert page.html.count('class="meeting"') == 2
    assert "The 2 newest meetings." in page.text


def test_a_very_long_name_is_looked_for_as_far_as_it_is_taken(guest):
    answered = guest.get("/people/" + "%EF%B7%BA" * 60)  # a sign of many letters
    assert answered.status == 303
    assert guest.get(answered.headers["Location"]).status == 200


def test_somebody_was_seen_last_where_it_took_place(database, guest):
    keep(database, session(participants=(somebody("Ali Naghiyev"),)))
    planned = session(participants=(somebody("Ali Naghiyev"),), start_date=read(date(2025, 3, 1)), end_date=None)
    keep(database, replace(planned, status=read(Status.PLANNED)), number=2)
    for path in ("/people", "/people?q=Naghiyev"):
        row = re.search(r"Naghiyev</bdi></a></th>(.*?)</tr>", guest.get(path).html)[1]
        assert text_of(row) == "– 2 4 Oct 2024"


def test_people_are_looked_for_in_all_meetings_whatever_the_script(database, guest):
    keep(database, session(participants=(somebody("Əli Nağıyev", country="AZ"),)))
    assert (
        "Nağıyev" in guest.get("/people?q=Ali+Naghiyev").html or "Nagiyev" in guest.get("/people?q=Ali+Naghiyev").html
    )
    assert "Nobody of that name" in guest.get("/people?q=Sergey+Lavrov").html


def test_each_word_of_a_name_must_be_somebodys(database):
    number = keep(database, session(participants=(somebody("Ali Naghiyev"),)))
    with database.read() as connection:
        assert meetings_of_name(connection, "Nağıyev Əli", most=9) == [number]
        assert meetings_of_name(connection, "Ali Bortnikov", most=9) == []
        assert meetings_of_name(connection, "", most=9) == []


def test_a_month_shows_each_meeting_on_its_days(database, guest):
    keep(database, session(start_date=read(date(2024, 10, 3)), end_date=read(date(2024, 10, 5))))
    page = guest.get("/calendar?month=2024-10").html
    assert page.count('href="/meetings/') == 3
    assert guest.get("/calendar?month=2024-11").html.count('href="/meetings/') == 0
    assert guest.get("/calendar?month=2024-10&country=KZ").html.count('href="/meetings/') == 3
    assert guest.get("/calendar?month=2024-10&country=TR").html.count('href="/meetings/') == 0


def test_what_is_announced_or_off_is_told_apart_in_a_month(database, guest):
    for number, status in enumerate((Status.PLANNED, Status.CANCELLED), 1):
        keep(
            database,
            session(status=read(status), start_date=read(date(2024, 12, number)), end_date=None),
            number=number,
        )
    page = guest.get("/calendar?month=2024-12").html
    assert page.count('<li class="to-come">') == 1
    assert page.count('<li class="off">') == 1


def test_what_is_due_by_a_rhythm_stands_below_its_months(database, guest):
    for number, year in enumerate(range(2020, 2024), 1):
        keep(
            database,
            session(session_number=None, start_date=read(FIRST.replace(year=year)), end_date=None),
            number=number,
        )
    due = "28 Aug – 8 Nov 2024 · due by its rhythm, not announced"
    for month in ("", "?month=2024-11", "?month=2024-11&body=cis-sorb"):
        assert due in guest.get("/calendar" + month).text
    for other in ("?month=2024-12", "?month=2024-09", "?body=csto-csc", "?q=-body:cis-sorb", "?country=KZ", "?q=x:y"):
        assert "due by its rhythm" not in guest.get("/calendar" + other).text


@pytest.mark.parametrize("month", ["", "2024-13", "0001-01", "9999-12", "x" * 300, "2024-10'"])
def test_a_month_that_is_none_is_the_one_it_is(guest, month):
    page = guest.get("/calendar?month=" + month.replace("'", "%27"))
    assert page.status == 200
    assert f"<h1>October {NOW.year}</h1>" in page.html.replace("<bdi>", "").replace("</bdi>", "")


@pytest.mark.parametrize("month", ["1900-01", "2100-12"])
def test_the_calendar_ends_somewhere(guest, month):
    page = guest.get(f"/calendar?month={month}")
    assert page.status == 200
    assert page.html.count('rel="prev"') + page.html.count('rel="next"') == 1


def test_a_day_of_many_meetings_leads_to_all_of_them(database, guest):
    for number in range(1, 9):
        keep(
            database,
            session(session_number=read(number), start_date=read(date(2024, 10, 3)), end_date=None),
            number=number,
        )
    page = guest.get("/calendar?month=2024-10").html
    assert page.count('href="/meetings/') == 6
    assert "2 more" in re.sub("<[^>]*>", "", page)
    path = re.search(r'href="(/\?q=day[^"]*)"', page)[1]
    assert guest.get(path.replace("&amp;", "&")).html.count('class="meeting"') == 8
