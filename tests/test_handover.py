"""What is owed while meetings go into one another and come apart: nobody hears twice, nothing is lost."""

from datetime import timedelta

import pytest

from readout import ruling
from readout.intake import Intake
from readout.model import Alert, AlertKind, AlertState
from readout.storage import alerts, sending
from readout.storage.database import Database
from readout.storage.watches import add_watch, remove_watch
from readout.watches.query import parse
from readout.watching import Change
from tests.reported import DAY, NOW, reading, report
from tests.telling import begin_all
from tests.test_standing import ASTANA, LATER, PEOPLE, YEAR, rule, standing, take

MINSK = {"city": "Minsk", "country": "BY"}
DAYS = timedelta(days=1)
READER = "x@y.example"
OWED, SUPPRESSED, ACCEPTED = AlertState.OWED, AlertState.SUPPRESSED, AlertState.ACCEPTED
WITHDRAWN = AlertState.WITHDRAWN


def listen(database: Database, name: str = "w", *, to: str = READER, updates=False, at=NOW - DAYS, query="") -> None:
    with database.write() as connection:
        add_watch(connection, name=name, query=parse(query), recipients=[to], channel="email", updates=updates, now=at)


def take_two(database: Database) -> None:
    """Two meetings that nobody would take for one."""
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    take(database, "b", report("cis-intel", days=DAY + 3 * DAYS, **MINSK), alert=True)
    assert standing(database) == {1: {"a"}, 2: {"b"}}


def send(database: Database, fate: AlertState = ACCEPTED, *, at=NOW) -> None:
    """Let all that is due leave, and end so."""
    with database.write() as connection:
        for alert in begin_all(connection, at):
            if fate is ACCEPTED:
                sending.mark_accepted(connection, alert.id, now=at, code=250, text="OK")
            if fate in (AlertState.DOUBTFUL, AlertState.FAILED):
                sending.mark_doubtful(connection, alert.id, text="the line broke", next_try=at + DAYS)
            if fate is AlertState.FAILED:
                sending.mark_failed(connection, alert.id, code=550, text="no such reader")


def ledger(database: Database, *, to: str = READER) -> list[tuple[int | None, AlertState]]:
    """The meeting and state of each alert to a reader, the first first."""
    return [(each.meeting_id, each.state) for each in told(database) if each.recipient == to]


def told(database: Database) -> list[Alert]:
    with database.read() as connection:
        return list(reversed(alerts.list_alerts(connection)))


# --- a merge --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", [AlertState.SENDING, ACCEPTED, AlertState.DOUBTFUL, AlertState.FAILED])
def test_who_may_have_heard_of_one_hears_nothing_of_the_one_it_goes_into(database, fate):
    listen(database)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    send(database, fate)
    take(database, "b", report("cis-intel", days=DAY + 3 * DAYS, **MINSK), alert=True)
    rule(database, ruling.merge, 2, 1)
    assert ledger(database) == [(1, fate), (2, WITHDRAWN)]
    assert told(database)[1].answer == f"meeting 1 is meeting 2, of which {READER} is told by alert 1"


def test_nor_where_rules_find_that_they_are_one(database):
    listen(database)
    take(database, "number", report(session=55), told=None, alert=True)
    send(database)
    take(database, "days", report(days=DAY, **ASTANA), alert=True)
    take(database, "more", report(days=DAY, **ASTANA), alert=True)
    take(database, "both", report(session=55, days=DAY), told=None, alert=True)
    assert list(standing(database)) == [2]
    assert ledger(database) == [(1, ACCEPTED), (2, WITHDRAWN)]


def test_nor_of_one_that_took_in_what_they_heard_of(database):
    listen(database)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    send(database)
    take(database, "b", report("cis-intel", days=DAY + 3 * DAYS, **MINSK), alert=False)
    take(database, "c", report("csto-csc", days=DAY + 90 * DAYS, **MINSK), alert=True)
    rule(database, ruling.merge, 2, 1)
    rule(database, ruling.merge, 3, 2)
    assert ledger(database) == [(1, ACCEPTED), (3, WITHDRAWN)]
    rule(database, ruling.undo, None)
    assert ledger(database) == [(1, ACCEPTED), (3, OWED)]


def test_a_mail_that_was_refused_for_good_keeps_no_other_back(database):
    listen(database)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    with database.write() as connection:
        (alert,) = begin_all(connection, NOW)
        sending.mark_failed(connection, alert.id, code=550, text="no such reader")
    take(database, "b", report("cis-intel", days=DAY + 3 * DAYS, **MINSK), alert=True)
    rule(database, ruling.merge, 2, 1)
    assert ledger(database) == [(1, AlertState.FAILED), (2, OWED)]


@pytest.mark.parametrize(("asked", "before"), [("", [(1, OWED), (2, OWED)]), ("country:BY", [(2, OWED)])])
@pytest.mark.parametrize("pair", [(1, 2), (2, 1)])
def test_a_merge_taken_back_gives_back_what_was_owed(database, asked, before, pair):
    listen(database, query=asked)
    take_two(database)
    rule(database, ruling.merge, *pair)
    assert len([state for _, state in ledger(database) if state is OWED]) == 1
    rule(database, ruling.undo, None)
    assert ledger(database) == before


def test_what_left_while_two_were_one_is_not_sent_again(database):
    listen(database, query="country:BY")
    take_two(database)
    rule(database, ruling.merge, 1, 2)
    send(database)
    rule(database, ruling.undo, None)
    take(database, "c", report("cis-intel", days=DAY + 3 * DAYS, **MINSK), alert=True)
    assert ledger(database) == [(2, ACCEPTED)]


def test_a_watch_removed_while_two_were_one_is_given_nothing_back(database):
    listen(database)
    take_two(database)
    rule(database, ruling.merge, 1, 2)
    with database.write() as connection:
        remove_watch(connection, "w", NOW)
    rule(database, ruling.undo, None)
    assert ledger(database) == [(1, WITHDRAWN), (2, WITHDRAWN)]


# --- updates --------------------------------------------------------------------------------------------------------


def updates(database: Database) -> list[Alert]:
    return [each for each in told(database) if each.kind is AlertKind.UPDATE]


def test_a_correction_taken_back_is_not_told(database):
    listen(database, updates=True)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    send(database)
    rule(database, ruling.correct, 1, "city", "Minsk")
    assert [each.state for each in updates(database)] == [OWED]
    rule(database, ruling.undo, None)
    assert [each.state for each in updates(database)] == [WITHDRAWN]


def test_what_is_taken_back_owes_nothing_new(database):
    listen(database, updates=True)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    send(database)
    rule(database, ruling.correct, 1, "city", "Minsk")
    send(database, at=LATER)
    rule(database, ruling.undo, None)
    assert [each.state for each in updates(database)] == [ACCEPTED]


def test_what_a_merge_changed_is_not_told_once_it_is_taken_back(database):
    listen(database, updates=True, query="country:BY")
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    take(database, "b", report("cis-sorb", session=56, days=DAY + 90 * DAYS, **MINSK), alert=True)
    send(database)
    rule(database, ruling.merge, 2, 1)
    assert [each.state for each in updates(database)] == [OWED]
    rule(database, ruling.undo, None)
    assert [each.state for each in updates(database)] == [WITHDRAWN]


def test_nor_to_who_was_told_of_the_meeting_that_went_away_and_came_back(database):
    listen(database, updates=True, query="country:BY")
    take(database, "b", report("cis-sorb", session=56, days=DAY + 90 * DAYS, **MINSK), alert=True)
    take(database, "a", report(days=DAY, **ASTANA), alert=True)
    send(database)
    rule(database, ruling.merge, 2, 1)
    rule(database, ruling.correct, 2, "city", "Moscow")
    assert [each.state for each in updates(database)] == [OWED]
    rule(database, ruling.undo, None)
    rule(database, ruling.undo, None)
    assert [each.state for each in updates(database)] == [WITHDRAWN]


def test_an_update_goes_where_its_meeting_goes(database):
    listen(database, updates=True)
    take_two(database)
    send(database)
    rule(database, ruling.correct, 1, "start_date", "2024-10-03")
    rule(database, ruling.merge, 2, 1)
    (update,) = updates(database)
    assert (update.meeting_id, update.state) == (2, OWED)
    assert Change(fact="days", before="2024-10-04", after="2024-10-03 to 2024-10-04") in update.changes
    rule(database, ruling.undo, None)
    (update,) = updates(database)
    assert (update.meeting_id, update.state) == (1, OWED)


def test_beside_an_update_that_was_sent_it_is_the_next(database):
    listen(database, updates=True)
    take_two(database)
    send(database)
    rule(database, ruling.correct, 2, "city", "Moscow")
    send(database, at=NOW + DAYS)
    rule(database, ruling.correct, 1, "city", "Baku")
    rule(database, ruling.merge, 2, 1)
    assert [(each.meeting_id, each.revision, each.state) for each in updates(database)] == [
        (2, 1, ACCEPTED),
        (2, 2, OWED),
    ]


def test_of_two_updates_of_one_meeting_one_is_told(database):
    listen(database, updates=True)
    take_two(database)
    send(database)
    rule(database, ruling.correct, 2, "city", "Moscow")
    rule(database, ruling.correct, 1, "city", "Baku")
    rule(database, ruling.merge, 2, 1)
    assert [(each.meeting_id, each.state) for each in updates(database)] == [(2, OWED), (1, WITHDRAWN)]


# --- a split --------------------------------------------------------------------------------------------------------


def take_three(database: Database) -> None:
    """A meeting and, told after it, another that an undated report may be of as well: that leaves the first."""
    take(database, "first", report(days=DAY, people=PEOPLE, **ASTANA), alert=True)
    take(database, "undated", report(people=PEOPLE, **ASTANA), told=None, alert=True)
    take(database, "second", report(days=DAY + YEAR, people=PEOPLE, **ASTANA), told=NOW + YEAR, alert=True)
    assert standing(database) == {1: {"first"}, 2: {"second"}, 3: {"undated"}}


def take_pair(database: Database) -> None:
    for key in ("a", "b"):
        take(database, key, report(session=55, days=DAY, **ASTANA), alert=True)


def test_what_is_owed_for_one_report_follows_it(database):
    listen(database, query="b1")
    take_pair(database)
    own = rule(database, ruling.split, 1, "b")
    assert ledger(database) == [(own, OWED)]
    take(database, "c", report(session=55, days=DAY, **ASTANA), alert=True)
    assert ledger(database) == [(own, OWED)]
    rule(database, ruling.undo, None)
    assert ledger(database) == [(1, OWED)]


def test_what_is_asked_of_neither_is_owed_once_it_is_told_again(database):
    listen(database, query="b1,c1 country:KZ")
    take(database, "a", report(session=55, days=DAY, **ASTANA), alert=True)
    take(database, "b", report(session=55, days=DAY), alert=True)
    rule(database, ruling.split, 1, "b")
    assert ledger(database) == [(1, WITHDRAWN)]
    take(database, "c", report(session=55, days=DAY), alert=True)
    assert ledger(database) == [(1, OWED)]


def test_also_where_rules_part_them(database):
    listen(database, query="undated1")
    take_three(database)
    assert ledger(database) == [(3, OWED)]


def test_an_alert_names_the_watches_that_still_ask_for_its_meeting(database):
    listen(database, "one", query="a1")
    listen(database, "two", query="b1")
    take_pair(database)
    rule(database, ruling.split, 1, "b")
    alert = next(each for each in told(database) if each.state is OWED)
    assert (alert.meeting_id, alert.watch_names, alert.matched) == (1, ("one",), {"words": "a1"})


def test_what_followed_a_report_has_a_name_of_its_own_in_the_mailbox(database):
    listen(database, query="b1,c1")
    take_pair(database)
    rule(database, ruling.split, 1, "b")
    take(database, "c", report(session=55, days=DAY, **ASTANA), alert=True)
    names = [each.message_id for each in told(database)]
    assert [meeting for meeting, _ in ledger(database)] == [2, 1]
    assert len(set(names)) == 2


def test_who_is_told_of_the_old_meeting_is_recorded_and_why(database):
    listen(database)
    take_pair(database)
    rule(database, ruling.split, 1, "b")
    assert ledger(database) == [(1, OWED), (2, SUPPRESSED)]
    reason = f"split from meeting 1, of which {READER} is told by alert 1 of the watch “w”"
    assert told(database)[1].answer == reason


def test_who_asked_before_the_report_came_hears_of_its_meeting(database):
    take(database, "a", report(session=55, days=DAY, **ASTANA), alert=True)
    listen(database, at=NOW + timedelta(minutes=1))
    read = reading("other words of the same " * 9, report(session=55, days=DAY, **ASTANA), published=NOW)
    Intake(database, max_age=None).take_row("b", "https://x.example/b", None, read, now=LATER, alert=True)
    assert ledger(database) == []
    rule(database, ruling.split, 1, "b")
    assert ledger(database) == [(2, OWED)]


def test_who_asked_after_it_came_does_not(database):
    take_pair(database)
    listen(database, at=NOW + timedelta(minutes=1))
    rule(database, ruling.split, 1, "b")
    assert ledger(database) == []


def test_what_was_imported_for_nobody_to_hear_is_told_to_nobody_once_it_stands_alone(database):
    listen(database, query="b1")
    take(database, "a", report(session=55, days=DAY, **ASTANA), alert=True)
    take(database, "b", report(session=55, days=DAY, **ASTANA), alert=False)
    rule(database, ruling.split, 1, "b")
    assert OWED not in [state for _, state in ledger(database)]


def test_who_was_withheld_from_hears_once_a_person_says_they_are_two(database):
    listen(database)
    take_three(database)
    assert ledger(database) == [(1, OWED), (3, SUPPRESSED), (2, OWED)]
    rule(database, ruling.differ, 1, 3)
    assert ledger(database) == [(1, OWED), (3, OWED), (2, OWED)]


def test_but_not_whom_a_mail_of_both_has_left_for(database):
    listen(database)
    take(database, "first", report(days=DAY, people=PEOPLE, **ASTANA), alert=True)
    take(database, "undated", report(people=PEOPLE, **ASTANA), told=None, alert=True)
    send(database)
    with database.write() as connection:
        sending.mark_accepted(connection, 1, now=NOW - timedelta(minutes=1), code=250, text="OK")
    take(database, "second", report(days=DAY + YEAR, people=PEOPLE, **ASTANA), told=NOW + YEAR, alert=True)
    rule(database, ruling.differ, 1, 3)
    assert (3, SUPPRESSED) in ledger(database)


def test_what_a_merge_withheld_is_owed_again_once_its_report_is_split_off(database):
    listen(database)
    take_two(database)
    rule(database, ruling.merge, 1, 2)
    own = rule(database, ruling.split, 1, "b")
    assert ledger(database) == [(1, OWED), (own, OWED)]
    rule(database, ruling.undo, None)
    assert [meeting for meeting, state in ledger(database) if state is OWED] == [1]
    rule(database, ruling.undo, None)
    assert ledger(database) == [(1, OWED), (2, OWED)]


def test_unless_the_mail_that_told_both_has_left(database):
    listen(database)
    take_two(database)
    rule(database, ruling.merge, 1, 2)
    send(database)
    rule(database, ruling.split, 1, "b")
    assert OWED not in [state for _, state in ledger(database)]
