"""The page of one meeting: every fact with its sentence, who says so, its reports in order, and what is around it."""

import io
import json
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import islice
from threading import Event

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from readout.config import Config
from readout.model import BodyName, LanguageCode, MeetingKind, Participant, SourceId
from readout.storage import schema
from readout.storage.changes import add_changes
from readout.storage.database import Database
from readout.watching import Change
from readout.web.pages import evidence
from tests.reported import source
from tests.telling import NOW, TEXT, fact, meeting, open_told, person, session, store, telling
from tests.web.visiting import served

HOSTILE = "<script>alert(1)</script>\u202e\x07{{7*7}}\" onmouseover='x'"
OTHER_TEXT = TEXT.replace("Astana", "Minsk")


@pytest.fixture
def guest(database):
    with served(database, sources={SourceId("agency"): source()}) as visitor:
        yield visitor


def keep(database: Database, *tellings, **changes) -> int:
    """A meeting with these reports; its number."""
    with database.write() as connection:
        return store(connection, meeting(*tellings, **changes)).id


def told(number: int, minutes: int = 0, **changes):
    return telling(number, published=NOW + timedelta(minutes=minutes), **changes)


# --- facts ----------------------------------------------------------------------------------------------------------


def test_every_fact_stands_over_the_sentence_it_was_read_from(guest, database):
    page = guest.get(f"/meetings/{keep(database)}")
    assert page.status == 200
    assert page.html.count("<h1>") == 1
    for said in (
        "Astana",
        "Kazakhstan",
        "55",
        "held",
        "4 Oct 2024",
        "terrorism",
        "Azerbaijan",
        "Kassym-Jomart Tokayev",
    ):
        assert said in page.text
    assert "<mark>Astana</mark>" in page.html
    assert re.search(r'href="/reports/\d+#fact-city"', page.html)
    assert re.search(r'href="/reports/\d+#fact-participants-2"', page.html)
    assert re.search(r'href="/reports/\d+#fact-countries-1"', page.html)


def test_it_says_who_agrees_who_omits_and_who_says_otherwise(guest, database):
    other = session(city=fact("Minsk", "Minsk", OTHER_TEXT), received_by=None)
    number = keep(
        database,
        told(1),
        told(2, 5, url="https://second.example/2", source=None),
        told(3, 9, url="https://third.example/3", source=None, text=OTHER_TEXT, report=other),
    )
    text = guest.get(f"/meetings/{number}").text
    assert "2 of 3 reports say so, 1 say otherwise Say so: Agency , second.example" in text
    assert "Say otherwise: Minsk ( third.example )" in text
    assert "2 of 3 reports say so Say so: Agency , second.example Do not say: third.example" in text


def test_people_stand_in_a_table_with_their_spellings(guest, database):
    written = TEXT.replace("Alexander Bortnikov", "Aleksandr Bortnikov")
    report = session(participants=(person("Aleksandr Bortnikov", written), person("Ermek Sagimbayev", written)))
    number = keep(database, told(1), told(2, 5, text=written, report=report))
    page = guest.get(f"/meetings/{number}")
    assert '<th scope="col">Office</th>' in page.html
    assert "Also spelt: Aleksandr Bortnikov" in page.text
    assert "director of the Federal Security Service" in page.text
    assert "2 of 2 reports say so" in page.text


def test_a_fact_that_a_person_set_says_so_and_why(guest, database):
    number = keep(database)
    guest.post(f"/meetings/{number}/correct", fact="city", value="Almaty", reason="the <b>minutes</b> say so")
    page = guest.get(f"/meetings/{number}")
    assert "Set by hand: the <b>minutes</b> say so" in page.text.replace("&lt;", "<")
    assert "<b>minutes" not in page.html
    guest.post(f"/meetings/{number}/correct", fact="participants", value="-", reason="nobody came")
    assert "Taking part : nobody knows" in guest.get(f"/meetings/{number}").text


def test_days_whose_year_nobody_says_are_said_without_one(guest, database):
    report = session(start_date=None, end_date=None, date_partial=fact("10-04", "4 October"))
    other = session(start_date=None, end_date=None, date_partial=fact("10-05", "4 October"))
    page = guest.get(f"/meetings/{keep(database, told(1, report=report), told(2, 1, report=other))}")
    assert "4 Oct 1 of 2 reports say so, 1 say otherwise" in page.text
    assert "Say otherwise: 5 Oct" in page.text


def test_first_and_last_day_are_borne_out_each_by_itself(guest, database):
    from datetime import date

    report = session(end_date=fact(date(2024, 10, 5), "4 October"))
    text = guest.get(f"/meetings/{keep(database, told(1, report=report))}").text
    assert "4–5 Oct 2024 4 Oct 2024: 1 of 1 reports say so" in text
    assert "5 Oct 2024: 1 of 1 reports say so" in text


# --- reports --------------------------------------------------------------------------------------------------------


def test_reports_stand_in_their_order_with_what_is_known_of_each(guest, database):
    number = keep(
        database,
        told(2, 35, url="https://second.example/2", source=None, language=LanguageCode("kk"), title="Second"),
        told(1, title="First"),
        told(3, 60 * 24 * 3 + 60, title="Third", url="https://third.example/3", source=None),
    )
    with database.write() as connection:
        first, second, third = (each.id for each in connection.execute(schema.article.select().order_by("published")))
        connection.execute(update(schema.article).where(schema.article.c.id == third), {"duplicate_of": first})
        connection.execute(
            update(schema.article).where(schema.article.c.id == second),
            {"credit": "tass", "version": 2, "gone_at": NOW},
        )
    page = guest.get(f"/meetings/{number}")
    spread = page.text[page.text.index("How word spread") :]
    assert spread.index("First") < spread.index("Second") < spread.index("+35 min") < spread.index("Third")
    assert "3 reports · 3 sources · English, Kazakh · within 3 d 1 h" in spread
    assert "4 Oct 2024, 18:30 UTC (at its source: 4 Oct 2024, 23:30 UTC+5 )" in spread
    assert "copies Agency" in spread
    assert "cites tass" in spread
    assert "version 2" in spread
    assert "page gone since 4 Oct 2024" in spread
    assert 'rel="noreferrer"' in page.html
    assert "stands under M1" in spread


def test_a_meeting_of_many_reports_is_shown_some_at_a_time(guest, database):
    number = keep(database, *(told(each, each, title=f"Report no. {each:02}") for each in range(1, 61)))
    page = guest.get(f"/meetings/{number}")
    listed = page.html[
        page.html.index('class="list reports"') : page.html.index("</ol>", page.html.index("list reports"))
    ]
    assert len(re.findall(r"Report no\. \d\d", listed)) == 50
    assert f'href="/meetings/{number}?reports=50#reports"' in page.html
    rest = guest.get(f"/meetings/{number}?reports=50")
    assert "Report no. 60" in rest.text
    assert "Further reports" not in rest.text
    assert guest.get(f"/meetings/{number}?reports=100000").status == 200
    assert guest.get(f"/meetings/{number}?reports=-1").status == 400


# --- around it ------------------------------------------------------------------------------------------------------


def test_sessions_before_and_after_and_what_it_is_part_of_are_linked(guest, database):
    with database.write() as connection:
        before = open_told(connection, session(session_number=fact(54, "55th")))
        number = open_told(connection, session())
        after = open_told(connection, session(session_number=fact(56, "55th")))
        part = open_told(
            connection, session(body=None, session_number=None, kind=fact(MeetingKind.RECEPTION, "received"))
        )
        connection.execute(update(schema.meeting).where(schema.meeting.c.id == part), {"part_of": number})
    page = guest.get(f"/meetings/{number}")
    for label, other in (("Session before", before), ("Session after", after), ("Its parts", part)):
        assert f"{label} M{other}" in page.text
        assert f'href="/meetings/{other}"' in page.html
    assert f"Part of M{number}" in guest.get(f"/meetings/{part}").text


def test_changes_are_told_the_last_first(guest, database):
    number = keep(database)
    changes = [
        Change(fact="city", before="Almaty", after="Astana"),
        Change(fact="status", before="planned", after=None),
    ]
    with database.write() as connection:
        add_changes(connection, number, changes, article_id=None, now=NOW)
    text = guest.get(f"/meetings/{number}").text
    assert "Status planned → no longer told" in text
    assert text.index("no longer told") < text.index("Almaty → Astana")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_meeting_that_went_into_another_leads_there(guest, database, method):
    one, other = keep(database), keep(database)
    guest.post(f"/meetings/{one}/merge", other=f"M{other}", reason="one")
    for path in (f"/meetings/{other}", f"/meetings/M{other}"):
        answer = guest.ask(method, path)
        assert (answer.status, answer.headers["Location"]) == (303, f"/meetings/{one}")
    assert f"Merged into it: M{other}" in guest.get(f"/meetings/{one}").text


def test_12_and_m12_are_one_page_with_one_permanent_address(database):
    number = keep(database)
    with served(database, Config(alerts={"public_url": "http://localhost/readout"})) as guest:
        for path in (f"/meetings/{number}", f"/meetings/M{number}", f"/meetings/m{number}"):
            page = guest.get(path)
            assert page.status == 200
            assert f'<link rel="canonical" href="http://localhost/readout/meetings/{number}">' in page.html
        assert guest.ask("HEAD", path).headers["Content-Length"] == str(len(page.body))


def test_there_is_no_meeting_of_another_number(guest, database):
    keep(database)
    for number in ("0", "7", "M", "x", "-1", "1.0", "9" * 30, "%00", "M1%0a", "%c2%b2", "%20" + "1"):
        for path in (f"/meetings/{number}", f"/meetings/{number}/evidence.zip", f"/reports/{number}"):
            assert guest.get(path).status == 404, path


def test_nothing_that_a_page_says_becomes_markup(guest, database):
    report = session(
        body=fact(BodyName(id=None, name=HOSTILE), "Council"),
        city=fact(HOSTILE, "Astana"),
        country=fact("<b>", "Kazakhstan"),
        received_by=fact(HOSTILE, "Kassym-Jomart Tokayev"),
        participants=(
            fact(Participant(name=HOSTILE, name_latin=HOSTILE, role=HOSTILE, country="<i>", key=HOSTILE), "Bortnikov"),
        ),
        topics=(fact(HOSTILE, "terrorism"),),
    )
    number = keep(
        database, told(1, report=report, title=HOSTILE, url=f"javascript:{HOSTILE}", language=LanguageCode('en"x'))
    )
    guest.post(f"/meetings/{number}/correct", fact="city", value=HOSTILE, reason=HOSTILE)
    for language in ("en", "ru", "az"):
        guest.cookies["language"] = language
        page = guest.get(f"/meetings/{number}?correct=participants")
        assert page.status == 200
        assert "<script" not in page.html
        assert "javascript:" not in page.html
        assert "onmouseover='x" not in page.html
        assert "\u202e" not in page.html
        assert "\x07" not in page.html
        assert "49" not in page.text


def test_readers_see_no_forms(database):
    number = keep(database)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("look")
    with served(database, Config(web={"reader_password_hash": hashed})) as guest:
        guest.ask("POST", "/login", b"password=look")
        page = guest.get(f"/meetings/{number}")
        assert page.html.count("<form") == 2, "search, signing out"
        assert "by-hand" not in page.html
        assert guest.post(f"/meetings/{number}/merge", other="M2", reason="x").status == 403


def test_a_meeting_whose_reports_went_elsewhere_has_a_page(guest, database):
    number = keep(database)
    with database.write() as connection:
        connection.execute(schema.judgement.delete())
    assert guest.get(f"/meetings/{number}").status == 200


# --- its evidence pack ----------------------------------------------------------------------------------------------


def test_the_evidence_pack_is_the_one_that_the_command_writes(guest, database, tmp_path):
    number = keep(database)
    answer = guest.get(f"/meetings/M{number}/evidence.zip")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert f'filename="meeting-{number}.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as pack:
        assert json.loads(pack.read("meeting.json"))["id"] == number
        pack.extractall(tmp_path / "pack")
    subprocess.run([sys.executable, "verify.py"], cwd=tmp_path / "pack", check=True, stdout=subprocess.DEVNULL)
    assert guest.ask("HEAD", f"/meetings/{number}/evidence.zip").status == 200


def test_a_pack_too_large_for_a_page_is_left_to_the_command(guest, database, monkeypatch):
    number = keep(database)
    monkeypatch.setattr(evidence, "LARGEST_PACK", 100)
    answer = guest.get(f"/meetings/{number}/evidence.zip")
    assert answer.status == 413
    assert f"readout evidence M{number} FILE.zip" in answer.text


def test_no_pack_is_left_behind(database, monkeypatch, tmp_path):
    import tempfile

    folder = tmp_path / "packs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with served(database) as guest:
        assert guest.get(f"/meetings/{keep(database)}/evidence.zip").status == 200
    # what is done once an answer has left is done when the server has closed
    assert list(folder.iterdir()) == []


def test_packs_keep_nobody_waiting_who_looks_at_pages(guest, database, monkeypatch):
    number, may_go_on, write = keep(database), Event(), evidence.write_pack

    def slowly(*args, **named):
        return may_go_on.wait(60) and write(*args, **named)

    monkeypatch.setattr(evidence, "write_pack", slowly)
    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(guest.get, f"/meetings/{number}/evidence.zip") for _ in range(50)]
        early = [each.result() for each in islice(as_completed(asked), 47)]
        assert guest.get(f"/meetings/{number}").status == 200
        may_go_on.set()
    assert {(each.status, each.headers["Retry-After"]) for each in early} == {(503, "60")}
    assert "try again" in early[0].text
    assert sorted(each.result().status for each in asked)[:4] == [200, 200, 200, 503]
