"""Meetings that lose their reports, to other meetings or to rules that see none: what a person ruled stays."""

from datetime import timedelta

import pytest

from readout import replay as replaying
from readout import ruling
from readout.error import ConfigError
from readout.expecting import expected
from readout.exports.attendance import attendance_rows
from readout.exports.rows import meeting_rows
from readout.meetings.agreement import agreement
from readout.model import Status
from readout.replay import replay
from readout.storage.meetings import list_meetings, load_meeting
from readout.storage.rulings import rulings_of
from tests.reported import DAY, NOW, reading, report
from tests.test_standing import ASTANA, LATER, groups, rule, standing, take

MINSK = {"city": "Minsk", "country": "BY"}
DAYS = timedelta(days=1)


def read_none(article):
    return reading(article.text, title=article.title, published=article.published)


def read_as(*told):
    return lambda article: reading(article.text, *told, title=article.title, published=article.published)


def run_again(database, read=read_none):
    return replay(database, read, now=lambda: LATER)


def city(database, meeting_id):
    with database.read() as connection:
        return load_meeting(connection, meeting_id).report.city.value


@pytest.fixture
def absorbed(database):
    """M1 and M2, which were one once the third report told so; a person had corrected M2."""
    take(database, "number", report(session=55), told=None)
    take(database, "days", report(days=DAY, **ASTANA))
    rule(database, ruling.correct, 2, "city", "Baku")
    take(database, "both", report(session=55, days=DAY), told=None)
    assert standing(database) == {1: {"number", "days", "both"}}
    return database


@pytest.fixture
def emptied(database):
    """M1, corrected, of which rules see nothing any more."""
    take(database, "a", report(days=DAY, **ASTANA))
    rule(database, ruling.correct, 1, "city", "Minsk")
    run_again(database)
    return database


# --- no reports -----------------------------------------------------------------------------------------------------


def test_a_correction_of_a_meeting_that_went_into_another_is_undone_there(absorbed):
    assert city(absorbed, 1) == "Baku"
    rule(absorbed, ruling.undo, None)
    assert city(absorbed, 1) == "Astana"


def test_a_meeting_without_reports_is_neither_corrected_nor_lost(emptied):
    with pytest.raises(ConfigError, match="no report tells of M1 any more"):
        rule(emptied, ruling.correct, 1, "city", "Baku")
    rule(emptied, ruling.undo, None)
    assert city(emptied, 1) == "Minsk"
    assert run_again(emptied).removed == [1]


def test_a_meeting_without_reports_is_listed_nowhere(database):
    take(database, "a", report(days=DAY, status=Status.PLANNED, people=("Ali Naghiyev",), **ASTANA))
    rule(database, ruling.correct, 1, "city", "Minsk")
    run_again(database)
    assert standing(database) == {}
    assert list(meeting_rows(database)) == list(attendance_rows(database)) == []
    with database.read() as connection:
        assert expected(connection, today=DAY) == []


def test_a_report_that_rules_see_again_finds_the_correction(emptied):
    run_again(emptied, read_as(report(days=DAY, **ASTANA)))
    assert standing(emptied) == {1: {"a"}}
    assert city(emptied, 1) == "Minsk"
    run_again(emptied)
    run_again(emptied, read_as(report(days=DAY, **ASTANA)))
    assert standing(emptied) == {1: {"a"}}


def test_what_a_person_corrected_does_not_keep_a_report_from_coming_back(database):
    take(database, "a", report(session=55, days=DAY))
    rule(database, ruling.correct, 1, "session_number", 56)
    run_again(database)
    run_again(database, read_as(report(session=55, days=DAY)))
    assert standing(database) == {1: {"a"}}


def test_a_report_of_something_else_leaves_the_correction_alone(emptied):
    run_again(emptied, read_as(report("cis-intel", days=DAY + 90 * DAYS, **ASTANA)))
    assert standing(emptied) == {2: {"a"}}
    assert city(emptied, 2) == "Astana"


def test_what_was_ruled_and_taken_back_keeps_no_empty_meeting(database):
    take(database, "a", report(days=DAY, **ASTANA))
    take(database, "b", report("cis-intel", days=DAY + 3 * DAYS, **MINSK))
    rule(database, ruling.merge, 1, 2)
    rule(database, ruling.undo, None)
    assert run_again(database).removed == [1, 2]
    with database.read() as connection:
        assert rulings_of(connection, [1, 2]) == []


def test_a_report_that_was_split_off_and_put_back_may_be_forgotten(database):
    take(database, "a", report(session=55, days=DAY))
    take(database, "b", report(session=55, days=DAY))
    rule(database, ruling.split, 1, "b")
    rule(database, ruling.undo, None)
    assert run_again(database).lost == [("a", 0), ("b", 0)]


def test_a_meeting_stays_with_those_it_took_in_where_a_person_ruled_about_one(absorbed):
    assert run_again(absorbed).removed == []
    assert standing(absorbed) == {}
    with absorbed.read() as connection:
        assert load_meeting(connection, 2).id == 1


def test_a_split_is_undone_where_the_meeting_went(database):
    take(database, "number", report(session=55), told=None)
    take(database, "days", report(days=DAY, **ASTANA))
    take(database, "more", report(days=DAY, **ASTANA))
    rule(database, ruling.split, 2, "more")
    take(database, "both", report(session=55, days=DAY), told=None)
    assert groups(database) == {frozenset({"number", "days", "both"}), frozenset({"more"})}
    rule(database, ruling.undo, None)
    assert standing(database) == {1: {"number", "days", "both", "more"}}


def test_a_neighbourhood_too_large_to_arrange_is_read_again(database, monkeypatch):
    take(database, "a", report(days=DAY))
    take(database, "b", report(days=DAY, **ASTANA))
    monkeypatch.setattr(replaying, "rearrange", lambda *_, **__: None)
    run_again(database, lambda article: (read_as(report(days=DAY)) if "a1 " in article.text else read_none)(article))
    assert standing(database) == {1: {"a"}}
    with database.read() as connection:
        assert load_meeting(connection, 1).report.city is None


# --- parts ----------------------------------------------------------------------------------------------------------

SUMMIT, JOINT = (
    report("csto-csc", days=(DAY, DAY + 2 * DAYS), **ASTANA),
    report("csto-joint", days=DAY + 2 * DAYS, **ASTANA),
)


def wholes(database):
    """Of each meeting the articles, and those of what it is part of."""
    with database.read() as connection:
        meetings = {each.id: each for each in list_meetings(connection)}
    keys = {number: each.tellings[0].article_key for number, each in meetings.items()}
    return {keys[number]: keys.get(each.part_of) for number, each in meetings.items()}


@pytest.mark.parametrize("order", [("summit", "joint"), ("joint", "summit")])
def test_a_session_on_the_last_day_of_a_summit_is_part_of_it_whichever_came_first(database, order):
    for key in order:
        take(database, key, {"summit": SUMMIT, "joint": JOINT}[key])
    assert wholes(database) == {"summit": None, "joint": "summit"}


@pytest.mark.parametrize(
    ("meeting", "fact", "value"),
    [(1, "city", "Minsk"), (2, "city", "Minsk"), (2, "body", {"id": "cis-sorb", "name": "x"}), (1, "body", None)],
)
def test_what_is_held_elsewhere_is_part_of_it_no_more(database, meeting, fact, value):
    take(database, "summit", SUMMIT)
    take(database, "joint", JOINT)
    rule(database, ruling.correct, meeting, fact, value)
    assert wholes(database) == {"summit": None, "joint": None}
    rule(database, ruling.undo, None)
    assert wholes(database) == {"summit": None, "joint": "summit"}


@pytest.mark.parametrize("pair", [(1, 2), (2, 1)])
def test_nothing_is_part_of_itself(database, pair):
    take(database, "summit", SUMMIT)
    take(database, "joint", JOINT)
    rule(database, ruling.merge, *pair)
    assert wholes(database) == {"summit": None}
    rule(database, ruling.undo, None)
    assert wholes(database) == {"summit": None, "joint": "summit"}


# --- put off --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "absences"), [(14, ["announced", "date passed, no report"]), (0, [])])
def test_a_meeting_put_off_is_expected_where_its_new_day_is_told(database, later, absences):
    take(database, "announced", report(days=DAY, status=Status.PLANNED, session=57, **ASTANA))
    new = DAY + later * DAYS
    take(database, "put off", report(days=new, status=Status.POSTPONED, session=57, **ASTANA), told=NOW + DAYS)
    with database.read() as connection:
        found = [each for day in (DAY, DAY + 60 * DAYS) for each in expected(connection, today=day)]
    assert [each.absence.value for each in found] == absences
    assert all(each.earliest == new for each in found)


# --- one page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(database):
    """M1, of which one page tells twice, as two meetings that a person joined, and another once."""
    take(database, "p", report(days=DAY, **ASTANA), report("cis-intel", days=DAY + 3 * DAYS, **MINSK))
    take(database, "q", report(days=DAY, **ASTANA))
    rule(database, ruling.merge, 1, 2)
    return database


def test_an_article_is_listed_and_counted_once(twice):
    (row,) = meeting_rows(twice)
    assert [each["id"] for each in row["reports"]] == ["p", "q"]
    with twice.read() as connection:
        support = next(each for each in agreement(load_meeting(connection, 1)) if each.fact == "city")
    assert [each.article_key for each in support.supports] == ["p", "q"]
    assert (support.omits, support.contradicts) == ((), ())


def test_of_two_reports_of_a_page_the_one_is_split_off_that_is_named(twice):
    with pytest.raises(ConfigError, match="M1 has 2 reports of the page 'p': say which, p#1 or p#2"):
        rule(twice, ruling.split, 1, "p")
    own = rule(twice, ruling.split, 1, "p#2")
    with twice.read() as connection:
        assert load_meeting(connection, own).report.body.value.id == "cis-intel"
