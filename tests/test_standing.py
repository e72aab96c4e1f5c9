"""Reports under their meetings, in the store: every order comes to the same, and a person's word holds."""

from datetime import timedelta
from itertools import permutations

import pytest

from readout import ruling
from readout.error import ConfigError
from readout.intake import Intake
from readout.model import AlertState, Status
from readout.replay import replay
from readout.storage.alerts import list_alerts
from readout.storage.database import Database, open_database
from readout.storage.meetings import list_meetings, load_meeting
from readout.storage.questions import open_questions
from readout.storage.watches import add_watch
from tests.reported import DAY, NOW, reading, report
from tests.store import store_url

ASTANA = {"city": "Astana", "country": "KZ"}
PEOPLE = ("Ali Naghiyev", "Ermek Sagimbayev")
LATER = NOW + timedelta(hours=1)


def take(database: Database, key: str, *reports, told=NOW, alert: bool = False) -> None:
    """Import one article, in words that no other article has."""
    words = " ".join(f"{key.replace(' ', '')}{number}" for number in range(40))
    read = reading(words, *reports, published=told)
    Intake(database, max_age=None).take_row(key, f"https://x.example/{key}", None, read, now=NOW, alert=alert)


def standing(database: Database) -> dict[int, set[str]]:
    """The articles under each meeting."""
    with database.read() as connection:
        return {each.id: {told.article_key for told in each.tellings} for each in list_meetings(connection)}


def groups(database: Database) -> set[frozenset[str]]:
    return {frozenset(keys) for keys in standing(database).values()}


def listen(database: Database) -> None:
    with database.write() as connection:
        add_watch(
            connection,
            name="w",
            recipients=["x@y.example"],
            channel="email",
            now=NOW - timedelta(days=1),
        )


def owed(database: Database) -> list[int | None]:
    """The meetings of which alerts are owed."""
    with database.read() as connection:
        return [each.meeting_id for each in list_alerts(connection) if each.state is AlertState.OWED]


def rule(database: Database, act, *arguments):
    with database.write() as connection:
        return act(connection, *arguments, "because", now=LATER)


# --- order ----------------------------------------------------------------------------------------------------------

YEAR = timedelta(days=400)
BRIDGED = {
    "number": (report(session=55), None),
    "days": (report(days=DAY, **ASTANA), NOW),
    "both": (report(session=55, days=DAY), None),
}
AMBIGUOUS = {
    "first": (report(days=DAY, people=PEOPLE, **ASTANA), NOW),
    "second": (report(days=DAY + YEAR, people=PEOPLE, **ASTANA), NOW + YEAR),
    "undated": (report(people=PEOPLE, **ASTANA), None),
}
PUT_OFF = {
    "announced": (report(days=DAY, status=Status.PLANNED, **ASTANA), NOW - timedelta(days=9)),
    "put off": (report(days=DAY + timedelta(days=14), status=Status.POSTPONED, **ASTANA), NOW - timedelta(days=2)),
    "held": (report(days=DAY + timedelta(days=14), **ASTANA), NOW + timedelta(days=14)),
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (BRIDGED, {frozenset(BRIDGED)}),
        (AMBIGUOUS, {frozenset({each}) for each in AMBIGUOUS}),
        (PUT_OFF, {frozenset(PUT_OFF)}),
    ],
    ids=["bridged", "ambiguous", "put off"],
)
def test_every_order_of_arrival_comes_to_the_same(tmp_path, told, expected):
    for number, order in enumerate(permutations(told)):
        database = open_database(store_url(tmp_path, f"{number}.db"), create=True)
        for key in order:
            take(database, key, told[key][0], told=told[key][1])
        assert groups(database) == expected, order
        database.close()


def test_a_meeting_that_another_took_in_is_known_as_that(database):
    take(database, "number", report(session=55), told=None)
    take(database, "days", report(days=DAY, **ASTANA))
    assert len(standing(database)) == 2
    take(database, "both", report(session=55, days=DAY), told=None)
    ((kept, keys),) = standing(database).items()
    assert keys == {"number", "days", "both"}
    with database.read() as connection:
        (other,) = {1, 2} - {kept}
        assert load_meeting(connection, other).id == kept


def test_what_is_owed_of_a_meeting_that_another_took_in_is_owed_once(database):
    listen(database)
    take(database, "number", report(session=55), told=None, alert=True)
    take(database, "days", report(days=DAY, **ASTANA), alert=True)
    assert len(owed(database)) == 2
    take(database, "both", report(session=55, days=DAY), told=None, alert=True)
    assert owed(database) == list(standing(database))


def test_a_put_off_meeting_is_on_its_new_day(database):
    for key, (told, at) in PUT_OFF.items():
        take(database, key, told, told=at)
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert meeting.report.start_date.value == DAY + timedelta(days=14)
    assert meeting.report.status.value is Status.HELD


def test_a_joint_session_is_part_of_the_summit(database):
    take(database, "summit", report("csto-csc", days=DAY, **ASTANA))
    take(database, "joint", report("csto-joint", days=DAY, **ASTANA))
    take(database, "elsewhere", report("csto-joint", days=DAY + timedelta(days=200), city="Moscow", country="RU"))
    with database.read() as connection:
        parts = {each.report.body.value.id: each.part_of for each in list_meetings(connection)}
        inside = [each.part_of for each in list_meetings(connection)]
    assert parts["csto-csc"] is None
    assert inside == [None, 1, None]


# --- rulings --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(database: Database) -> Database:
    """Two meetings that the rules keep apart, of two reports and one."""
    take(database, "a", report(session=55, days=DAY))
    take(database, "b", report(session=55, days=DAY))
    take(database, "c", report("cis-intel", session=20, days=DAY))
    assert standing(database) == {1: {"a", "b"}, 2: {"c"}}
    return database


def test_merged_meetings_are_one_and_stay_so(two):
    rule(two, ruling.merge, 1, 2)
    take(two, "d", report("cis-intel", session=20, days=DAY))
    replay(two, _as_before(two), now=lambda: LATER)
    assert {"a", "b", "c"} <= standing(two)[1]


def test_a_merge_is_undone(two):
    before = standing(two)
    rule(two, ruling.merge, 1, 2)
    rule(two, ruling.undo, None)
    assert standing(two) == before
    with two.read() as connection:
        assert load_meeting(connection, 2).report.body.value.id == "cis-intel"


def test_a_split_report_stands_alone_for_ever_and_nobody_hears(two):
    listen(two)
    own = rule(two, ruling.split, 1, "b")
    replay(two, _as_before(two), now=lambda: LATER)
    take(two, "d", report(session=55, days=DAY), alert=True)
    assert standing(two)[own] == {"b"}
    assert standing(two)[1] == {"a", "d"}
    assert owed(two) == [1]


def test_who_was_told_of_a_meeting_is_not_told_of_what_was_split_from_it(database):
    listen(database)
    take(database, "a", report(session=55, days=DAY), alert=True)
    take(database, "b", report(session=55, days=DAY), alert=True)
    own = rule(database, ruling.split, 1, "b")
    take(database, "e", report(session=55, days=DAY), alert=True)
    assert owed(database) == [1]
    assert standing(database)[own] == {"b"}


def test_a_split_is_undone(two):
    before = standing(two)
    own = rule(two, ruling.split, 1, "https://x.example/b")
    assert standing(two)[own] == {"b"}
    rule(two, ruling.undo, None)
    assert standing(two) == before


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("city", "Minsk", "Minsk"),
        ("session_number", 56, 56),
        ("session_number", None, None),
        ("status", "cancelled", "cancelled"),
    ],
)
def test_a_corrected_fact_stays_whatever_reports_say(two, fact, value, shown):
    rule(two, ruling.correct, 1, fact, value)
    take(two, "d", report(session=55, days=DAY, **ASTANA))
    with two.read() as connection:
        told = getattr(load_meeting(connection, 1).report, fact)
    assert (told and told.value) == shown
    if told:
        assert (told.evidence.where, told.evidence.text) == ("ruling", "because")


def test_a_correction_is_undone(two):
    rule(two, ruling.correct, 1, "session_number", 99)
    rule(two, ruling.undo, None)
    with two.read() as connection:
        assert load_meeting(connection, 1).report.session_number.value == 55


def test_days_that_run_backward_are_refused(two):
    with pytest.raises(ConfigError, match="would end on 2024-10-04, before 2024-12-01"):
        rule(two, ruling.correct, 1, "start_date", "2024-12-01")
    with two.read() as connection:
        assert load_meeting(connection, 1).report.start_date.value == DAY


def test_a_ruling_that_a_later_one_builds_on_is_not_undone(two):
    rule(two, ruling.merge, 1, 2)
    rule(two, ruling.split, 1, "a")
    with pytest.raises(ConfigError, match=r"ruling 2 .* builds on ruling 1"):
        rule(two, ruling.undo, 1)


@pytest.mark.parametrize(
    ("act", "arguments", "said"),
    [
        (ruling.merge, (1, 1), "one meeting already"),
        (ruling.merge, (1, 9), "no meeting M9"),
        (ruling.split, (2, "c"), "nothing to part"),
        (ruling.split, (1, "z"), "no report 'z'; it has a, b"),
        (ruling.undo, (None,), "nothing to take back"),
        (ruling.undo, (7,), "no ruling 7 stands"),
    ],
)
def test_what_cannot_be_ruled_is_refused_in_words(two, act, arguments, said):
    with pytest.raises(ConfigError, match=said):
        rule(two, act, *arguments)


@pytest.fixture
def perhaps(database: Database) -> Database:
    """Two meetings that may be one, and a reader who heard of the first alone."""
    listen(database)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    take(database, "b", report(days=DAY, city="Minsk", country="BY"), alert=True)
    assert owed(database) == [1]
    return database


def test_what_is_perhaps_the_same_is_asked(perhaps):
    with perhaps.read() as connection:
        (question,) = open_questions(connection, limit=9)
    assert (question.meeting.id, question.other.id) == (2, 1)
    assert "same days: 2024-10-04" in question.reasons


def test_who_heard_of_one_hears_of_the_other_once_they_are_two(perhaps):
    rule(perhaps, ruling.differ, 1, 2)
    assert sorted(owed(perhaps)) == [1, 2]
    with perhaps.read() as connection:
        assert open_questions(connection, limit=9) == []
    replay(perhaps, _as_before(perhaps), now=lambda: LATER)
    with perhaps.read() as connection:
        assert open_questions(connection, limit=9) == []


def test_who_heard_of_one_hears_no_more_once_they_are_one(perhaps):
    rule(perhaps, ruling.merge, 2, 1)
    assert owed(perhaps) == [2]


# --- replay ---------------------------------------------------------------------------------------------------------


def _as_before(database: Database):
    """Rules that read of each article what is stored."""
    with database.read() as connection:
        told = {each.url: each.report for meeting in list_meetings(connection) for each in meeting.tellings}

    def read(article):
        return reading(article.text, told[article.url], published=article.published)

    return read


def test_replaying_the_same_rules_changes_nothing(two):
    before = standing(two)
    done = replay(two, _as_before(two), now=lambda: LATER)
    assert (done.added, done.lost, done.moved, done.merged, done.removed) == ([], [], [], {}, [])
    assert standing(two) == before


def test_rules_that_see_more_and_less(two):
    def read(article):
        if article.url.endswith("/c"):
            return reading(article.text)
        return reading(article.text, report(session=55, days=DAY), report("csto-csc", days=DAY), published=NOW)

    done = replay(two, read, now=lambda: LATER)
    assert done.added == [("a", 1), ("b", 1)]
    assert done.lost == [("c", 0)]
    assert done.removed == [2]
    assert groups(two) == {frozenset({"a", "b"})}
    assert len(standing(two)) == 2


def test_rules_that_see_one_where_there_were_two(two):
    done = replay(two, lambda article: reading(article.text, report(session=55, days=DAY)), now=lambda: LATER)
    assert done.merged == {2: 1}
    assert done.moved == []
    assert standing(two) == {1: {"a", "b", "c"}}


def test_nobody_hears_of_a_replay(two):
    listen(two)
    replay(two, lambda article: reading(article.text, report("csto-csc", days=DAY)), now=lambda: LATER)
    assert owed(two) == []


def test_a_replay_can_be_rehearsed_on_a_copy(two, tmp_path):
    two.copy_to(tmp_path / "copy.db")
    copy = open_database(f"sqlite:///{tmp_path}/copy.db", create=False)
    replay(copy, lambda article: reading(article.text), now=lambda: LATER)
    assert standing(copy) == {}
    assert standing(two) == {1: {"a", "b"}, 2: {"c"}}
    copy.close()


def test_the_next_report_of_what_a_person_put_under_a_meeting_comes_under_it(two):
    listen(two)
    rule(two, ruling.merge, 1, 2)
    take(two, "d", report("cis-intel", session=20, days=DAY), alert=True)
    take(two, "e", report(session=55, days=DAY), alert=True)
    assert standing(two) == {1: {"a", "b", "c", "d", "e"}}
    assert owed(two) == [1]


def test_what_was_asked_is_asked_again_once_the_answer_is_taken_back(perhaps):
    rule(perhaps, ruling.differ, 1, 2)
    rule(perhaps, ruling.undo, None)
    with perhaps.read() as connection:
        (question,) = open_questions(connection, limit=9)
        assert load_meeting(connection, 1).perhaps_same_as == (2,)
    assert (question.meeting.id, question.other.id) == (2, 1)


def test_what_was_perhaps_another_is_told_once_it_cannot_be_that(database):
    listen(database)
    take(database, "a", report(session=55, days=DAY, **ASTANA), alert=True)
    take(database, "b", report(days=DAY, city="Minsk", country="BY"), alert=True)
    assert owed(database) == [1]
    take(database, "c", report(session=56, days=DAY, city="Minsk", country="BY"), alert=True)
    with database.read() as connection:
        assert load_meeting(connection, 2).perhaps_same_as == ()
    assert sorted(owed(database)) == [1, 2]
