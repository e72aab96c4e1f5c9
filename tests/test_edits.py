"""Edited pages: each report goes with the meeting it tells of, wherever it stands on the page and whatever it said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from readout import judging, ruling
from readout.intake import Intake
from readout.model import AlertKind, AlertState
from readout.replay import replay
from readout.storage import alerts, sending
from readout.storage.changes import changes_of
from readout.storage.database import Database, open_database
from readout.storage.meetings import list_meetings
from readout.storage.questions import open_questions
from readout.storage.watches import add_watch
from tests.reported import DAY, NOW, reading, report
from tests.store import store_url

A_DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)
ASTANA = {"city": "Astana", "country": "KZ"}
MINSK = {"city": "Minsk", "country": "BY"}
COUNCIL = report(days=DAY, **ASTANA)
SERVICES = report("cis-intel", days=DAY + A_DAY, **MINSK)
SUMMIT = report("csto-csc", days=DAY - A_DAY, city="Baku", country="AZ")
LAST_YEAR = report(days=DAY - 400 * A_DAY, **ASTANA)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(store_url(tmp_path), create=True)
    with opened.write() as connection:
        add_watch(
            connection,
            name="w",
            recipients=["x@y.example"],
            channel="email",
            updates=True,
            now=NOW - A_DAY,
        )
    yield opened
    opened.close()


def take(database: Database, key: str, *reports, edit: int = 0) -> None:
    """Import an article, or an edit of it, in words that no other has."""
    words = " ".join(f"{key}{edit}{number}" for number in range(40))
    read = reading(words, *reports, published=NOW)
    now = LATER if edit else NOW
    Intake(database, max_age=None).take_row(key, f"https://x.example/{key}", None, read, now=now, alert=True)


def send(database: Database) -> None:
    with database.write() as connection:
        for alert in alerts.list_alerts(connection, states=[AlertState.OWED]):
            sending.mark_accepted(connection, alert.id, now=NOW, code=250, text="OK")


def owed(database: Database) -> list[tuple[int | None, AlertKind]]:
    with database.read() as connection:
        return [(each.meeting_id, each.kind) for each in alerts.list_alerts(connection, states=[AlertState.OWED])]


def standing(database: Database) -> dict[int, tuple[str, str]]:
    """Of each meeting, who tells of it and which body met."""
    with database.read() as connection:
        return {
            each.id: ("".join(told.article_key for told in each.tellings), each.report.body.value.id)
            for each in list_meetings(connection)
            if each.tellings
        }


def noted(database: Database, meeting_id: int) -> list[str]:
    with database.read() as connection:
        return [each.change.fact for each in changes_of(connection, meeting_id)]


# --- where it stands on the page ------------------------------------------------------------------------------------


def test_a_new_lead_is_a_new_meeting_and_the_others_stay_theirs(database):
    take(database, "p", COUNCIL, SERVICES)
    send(database)
    take(database, "p", SUMMIT, COUNCIL, SERVICES, edit=1)
    assert standing(database) == {1: ("p", "cis-sorb"), 2: ("p", "cis-intel"), 3: ("p", "csto-csc")}
    assert owed(database) == [(3, AlertKind.FIRST)]


def test_meetings_told_in_another_order_are_the_same_meetings(database):
    take(database, "o", SERVICES)
    take(database, "p", COUNCIL, SERVICES)
    send(database)
    take(database, "p", SERVICES, COUNCIL, edit=1)
    assert standing(database) == {1: ("op", "cis-intel"), 2: ("p", "cis-sorb")}
    assert (owed(database), noted(database, 1), noted(database, 2)) == ([], [], [])


def test_what_is_told_no_more_is_withdrawn_and_comes_back_as_what_it_was(database):
    take(database, "p", COUNCIL, SERVICES)
    send(database)
    take(database, "p", SERVICES, edit=1)
    assert (noted(database, 1), noted(database, 2)) == (["report"], [])
    take(database, "p", SERVICES, SUMMIT, COUNCIL, edit=2)
    assert standing(database) == {1: ("p", "cis-sorb"), 2: ("p", "cis-intel"), 3: ("p", "csto-csc")}
    assert (noted(database, 1), owed(database)) == (["report", "report"], [(3, AlertKind.FIRST)])


def test_rules_that_read_another_order_or_less_move_nothing(database):
    take(database, "p", COUNCIL, SERVICES, SUMMIT)
    done = replay(database, lambda article: reading(article.text, SUMMIT, COUNCIL, published=NOW), now=lambda: LATER)
    assert (done.moved, done.merged, done.added, done.lost, done.removed) == ([], {}, [], [("p", 1)], [2])
    assert standing(database) == {1: ("p", "cis-sorb"), 3: ("p", "csto-csc")}


# --- what it says ---------------------------------------------------------------------------------------------------


def test_a_corrected_date_joins_the_meeting_it_turns_out_to_be(database):
    take(database, "a", COUNCIL)
    take(database, "b", LAST_YEAR)
    send(database)
    take(database, "b", COUNCIL, edit=1)
    assert standing(database) == {1: ("ab", "cis-sorb")}
    assert owed(database) == []


def test_what_is_owed_of_the_meeting_that_it_was_is_owed_no_more(database):
    take(database, "a", COUNCIL)
    send(database)
    take(database, "b", LAST_YEAR)
    assert owed(database) == [(2, AlertKind.FIRST)]
    take(database, "b", COUNCIL, edit=1)
    assert owed(database) == []


def test_a_report_that_turns_to_another_body_leaves_its_meeting_and_nobody_is_told_twice(database):
    take(database, "a", COUNCIL)
    take(database, "b", COUNCIL)
    send(database)
    take(database, "b", SUMMIT, edit=1)
    assert standing(database) == {1: ("a", "cis-sorb"), 2: ("b", "csto-csc")}
    assert (owed(database), noted(database, 1)) == ([], [])


def test_a_report_that_leaves_for_a_known_meeting_is_told_there(database):
    take(database, "a", COUNCIL)
    take(database, "b", COUNCIL)
    take(database, "c", SUMMIT)
    send(database)
    take(database, "b", SUMMIT, edit=1)
    assert standing(database) == {1: ("a", "cis-sorb"), 2: ("bc", "csto-csc")}
    assert owed(database) == []


def test_a_lone_meeting_keeps_its_number_and_the_change_is_told(database):
    take(database, "a", COUNCIL)
    send(database)
    take(database, "a", SUMMIT, edit=1)
    assert standing(database) == {1: ("a", "csto-csc")}
    assert owed(database) == [(1, AlertKind.UPDATE)]


def test_what_a_person_placed_stays_whatever_it_says(database):
    take(database, "a", COUNCIL)
    take(database, "b", SERVICES)
    with database.write() as connection:
        ruling.merge(connection, 1, 2, "because", now=LATER)
    take(database, "b", SUMMIT, edit=1)
    assert {keys for keys, _ in standing(database).values()} == {"ab"}


def test_others_come_to_what_a_person_placed(database):
    take(database, "a", COUNCIL)
    take(database, "b", COUNCIL)
    with database.write() as connection:
        own = ruling.split(connection, 1, "b", "because", now=LATER)
    take(database, "c", SUMMIT)
    take(database, "b", SUMMIT, edit=1)
    assert standing(database) == {1: ("a", "cis-sorb"), own: ("bc", "csto-csc")}


def test_an_edit_may_answer_what_was_unsure(database):
    take(database, "a", COUNCIL)
    take(database, "b", report(days=DAY, **MINSK))
    with database.read() as connection:
        assert len(open_questions(connection, limit=9)) == 1
    take(database, "b", LAST_YEAR, edit=1)
    with database.read() as connection:
        assert open_questions(connection, limit=9) == []


def test_an_edit_of_other_words_is_not_looked_up(database, monkeypatch):
    take(database, "a", COUNCIL)
    take(database, "b", COUNCIL)
    monkeypatch.setattr(judging, "candidates", lambda *_, **__: pytest.fail("looked up"))
    take(database, "b", report(days=DAY, topics=("terrorism",), **ASTANA), edit=1)
    assert standing(database) == {1: ("ab", "cis-sorb")}
