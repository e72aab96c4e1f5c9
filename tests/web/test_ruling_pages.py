"""What a visitor rules: by the forms of a meeting's page and of the page of questions; refused, done, taken back."""

import re

import pytest

from readout import ruling
from readout.fact_value import fact_names, fact_value, typed_value
from readout.intake import Intake
from readout.record import report_row
from readout.storage.database import Database
from readout.storage.meetings import list_meetings, load_meeting
from readout.storage.questions import open_questions
from tests.reported import DAY, NOW, reading, report
from tests.telling import session
from tests.web.visiting import served

HOSTILE = "\x1b]0;owned\x07\u202e<script>x</script>"


@pytest.fixture
def guest(database):
    """At a store of two sessions that are perhaps one, of two reports and one."""
    for key, city in (("a", "Astana"), ("b", "Astana"), ("c", "Minsk")):
        take(database, key, city)
    with served(database) as visitor:
        yield visitor


def take(database: Database, key: str, city: str, **changes) -> None:
    words = " ".join(f"{key}{number}" for number in range(40))
    told = reading(words, report(days=DAY, city=city, **changes), published=NOW)
    Intake(database, max_age=None).take_row(key, f"https://x.example/{key}", None, told, now=NOW, alert=False)


def reports(database: Database) -> dict[int, list[str]]:
    """The reports under each meeting."""
    with database.read() as connection:
        return {each.id: [told.article_key for told in each.tellings] for each in list_meetings(connection)}


def report_ids(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {told.article_key: told.report_id for each in list_meetings(connection) for told in each.tellings}


def follow(guest, answer):
    assert answer.status == 303, answer.text
    return guest.get(answer.headers["Location"])


# --- done and taken back --------------------------------------------------------------------------------------------


def test_two_are_joined_and_parted_again(guest, database):
    page = follow(guest, guest.post("/meetings/1/merge", other="M2", reason="the same <b>day</b>"))
    assert "Done: M2 is M1 the same <b>day</b>" in page.text
    assert reports(database) == {1: ["a", "b", "c"]}
    undo = re.search(r'action="(/rulings/\d+/undo)"', page.html)[1]
    page = follow(guest, guest.post(undo, reason="it was not"))
    assert "Taken back: M2 is M1 it was not" in page.text
    assert reports(database) == {1: ["a", "b"], 2: ["c"]}
    assert "/undo" not in page.html


def test_a_report_is_split_off(guest, database):
    number = report_ids(database)["b"]
    page = follow(guest, guest.post("/meetings/M1/split", report=str(number), reason="another day"))
    assert "Done: A report of M1 is of M3" in page.text
    assert reports(database) == {1: ["a"], 2: ["c"], 3: ["b"]}


def test_a_report_is_split_off_though_another_bears_its_name(guest, database):
    """An imported row's id may be what a report of another page is called by."""
    take(database, "a#1", "Astana")
    follow(guest, guest.post("/meetings/1/split", report=str(report_ids(database)["a"]), reason="another day"))
    assert reports(database)[1] == ["b", "a#1"]


def test_two_are_kept_apart(guest, database):
    assert "Perhaps the same as M2" in guest.get("/meetings/1").text
    page = follow(guest, guest.post("/meetings/1/differ", other="2", reason="two towns"))
    assert "Done: M1 is not M2 two towns" in page.text
    assert "Perhaps the same as" not in page.text


CORRECTED = [
    ("city", "Almaty", "City : Almaty"),
    ("start_date", "2024-10-03", "When : 3 Oct 2024"),
    ("participants", "Ali Naghiyev (AZ), Əli Həsənov", "Taking part : Ali Naghiyev, Azerbaijan, Əli Həsənov"),
    ("body", "cis-intel", "Who meets : Conference of Heads"),
    ("status", "cancelled", "Status : cancelled"),
    ("received_by", "-", "Received by : nobody knows"),
]


def test_a_fact_is_corrected(guest):
    for fact, value, said in CORRECTED:
        page = follow(guest, guest.post("/meetings/1/correct", fact=fact, value=value, reason="the minutes"))
        assert f"Done: {said}" in page.text, fact
        assert "the minutes" in page.text


def test_the_form_begins_with_what_is_told(guest):
    page = guest.get("/meetings/1?correct=city").html
    assert '<option value="city" selected>' in page
    assert 'name="value" value="Astana"' in page
    assert guest.get("/meetings/1?correct=%3Cscript%3E").status == 200


def test_what_a_form_begins_with_can_be_sent_as_it_is():
    row = report_row(session())
    for name in fact_names():
        read = fact_value(name, typed_value(row[name]))
        if name == "participants":
            read, row[name] = ([each["name"] for each in people] for people in (read, row[name]))
        if name == "body":
            read, row[name] = read["id"], row[name]["id"]
        assert read == row[name], name


# --- refused --------------------------------------------------------------------------------------------------------


REFUSED = [
    ("/meetings/1/merge", {"other": "M1"}, "M1 and M1 are one meeting already"),
    ("/meetings/1/merge", {"other": "M7"}, "there is no meeting M7"),
    ("/meetings/1/merge", {"other": HOSTILE}, "is no meeting: write its number"),
    ("/meetings/1/merge", {}, "is no meeting: write its number"),
    ("/meetings/1/differ", {"other": "1"}, "take a report out of it with `split`"),
    ("/meetings/2/split", {"report": "3"}, "there is nothing to part"),
    ("/meetings/1/split", {"report": "3"}, "that report does not stand under M1"),
    ("/meetings/1/split", {"report": "x"}, "that report does not stand under M1"),
    ("/meetings/1/correct", {"fact": "x", "value": "1"}, "'x' is no fact of a meeting"),
    ("/meetings/1/correct", {"fact": "city", "value": ""}, "an empty value"),
    ("/meetings/1/correct", {"fact": "city", "value": "x" * 5000}, "longer than 4000 characters"),
    ("/meetings/1/correct", {"fact": "country", "value": HOSTILE}, "is no country"),
    ("/meetings/1/correct", {"fact": "end_date", "value": "2024-10-01"}, "correct the other day first"),
    ("/meetings/1/correct", {"fact": "kind", "value": "-"}, "every meeting has one"),
]


def test_what_cannot_be_is_said_on_the_page_and_changes_nothing(guest, database):
    before = reports(database)
    for path, fields, said in REFUSED:
        answer = guest.post(path, reason="because", **fields)
        assert answer.status == 400, (path, fields)
        assert said in answer.text
        assert 'value="because"' in answer.html or not fields or path == "/meetings/2/split", "what was typed"
        assert "<script" not in answer.html
        assert "\u202e" not in answer.html
    assert reports(database) == before
    with database.read() as connection:
        assert ruling.last_ruling(connection) is None


def test_every_ruling_needs_a_reason(guest, database):
    for path in ("/meetings/1/merge", "/meetings/1/differ", "/meetings/1/split", "/meetings/1/correct"):
        for reason in ("", " ", "\u202e", "\x07"):
            answer = guest.post(path, other="2", report="1", fact="city", value="Almaty", reason=reason)
            assert answer.status == 400, (path, reason)
            assert "A reason is missing" in answer.text
    follow(guest, guest.post("/meetings/1/merge", other="2", reason="one"))
    assert guest.post("/rulings/1/undo", reason="").status == 400
    assert reports(database) == {1: ["a", "b", "c"]}


def test_what_is_not_there_is_ruled_about_by_nobody(guest):
    for path in ("/meetings/7/merge", "/meetings/x/split", "/rulings/1/undo", "/rulings/x/undo"):
        assert guest.post(path, other="1", report="1", reason="x").status == 404, path


def test_a_ruling_that_another_builds_on_is_not_taken_back_first(guest):
    guest.post("/meetings/1/merge", other="2", reason="one")
    guest.post("/meetings/1/split", report="3", reason="two")
    answer = guest.post("/rulings/1/undo", reason="no")
    assert answer.status == 400
    assert "ruling 2 (split) builds on ruling 1: take it back first" in answer.text
    assert guest.post("/rulings/2/undo", reason="no").status == 303
    assert guest.post("/rulings/2/undo", reason="again").status == 400


def test_reasons_are_kept_on_one_line_of_bounded_length(guest, database):
    guest.post("/meetings/1/correct", fact="city", value="Almaty", reason=f"{HOSTILE}\n" + "x" * 3000)
    with database.read() as connection:
        kept = ruling.last_ruling(connection).reason
        told = load_meeting(connection, 1)
    assert kept.startswith("]0;owned<script>x</script> x")
    assert len(kept) == 1000
    assert told.report.city.evidence.text == kept


# --- questions ------------------------------------------------------------------------------------------------------


def test_questions_show_both_beside_each_other(guest):
    page = guest.get("/review")
    assert page.status == 200
    assert "M1 and M2" in page.text
    assert "differs Astana Minsk" in page.text
    assert "in Minsk, not Astana" in page.text or "in Astana, not Minsk" in page.text
    assert page.html.count('<th scope="col">') == 3


@pytest.mark.parametrize(("verb", "expected"), [("merge", {1: ["a", "b", "c"]}), ("differ", {1: ["a", "b"], 2: ["c"]})])
def test_a_question_is_answered_and_asked_no_more(guest, database, verb, expected):
    answer = guest.post(f"/meetings/1/{verb}", other="M2", reason="sure", back="review")
    assert answer.headers["Location"] == "/review?ruling=1"
    page = follow(guest, answer)
    assert "Done:" in page.text
    assert "There is nothing to review" in page.text
    assert reports(database) == expected
    assert follow(guest, guest.post("/rulings/1/undo", reason="unsure", back="review")).text.count("M1 and M2") == 1


def test_an_answer_without_a_reason_is_refused_on_the_same_page(guest):
    answer = guest.post("/meetings/1/merge", other="M2", back="review")
    assert answer.status == 400
    assert "A reason is missing" in answer.text
    assert "M1 and M2" in answer.text


def test_questions_are_asked_some_at_a_time(guest, database, monkeypatch):
    from readout.web.pages import review

    monkeypatch.setattr(review, "_A_PAGE", 1)
    take(database, "d", "Brest")
    with database.read() as connection:
        every = open_questions(connection, limit=99)
    assert len(every) > 1
    path, seen = "/review", []
    while path:
        page = guest.get(path)
        seen += re.findall(r"(M\d) and (M\d)", re.sub("<[^>]*>", "", page.html))
        later = re.search(r'rel="next" href="([^"]*)"', page.html)
        path = later and later[1]
    assert {frozenset(pair) for pair in seen} == {frozenset((f"M{q.meeting.id}", f"M{q.other.id}")) for q in every}


def test_a_question_between_many_reports_is_asked_once(guest, database):
    for number in range(5):
        take(database, f"e{number}", "Minsk")
    with database.read() as connection:
        pairs = [frozenset((q.meeting.id, q.other.id)) for q in open_questions(connection, limit=99)]
    assert len(pairs) == len(set(pairs)) == 1


def test_an_empty_store_has_nothing_to_review(database):
    with served(database) as guest:
        assert "There is nothing to review" in guest.get("/review").text
        assert guest.get("/review?ruling=5&before=3").status == 200
        assert guest.get("/review?before=x").status == 400
