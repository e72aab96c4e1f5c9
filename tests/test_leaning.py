"""Who is told by one alert is told by another when that one is withdrawn: nothing hangs on what never leaves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from readout import ruling
from readout.demo.sink import MailSink
from readout.model import AlertKind, AlertState, Judgement, Verdict
from readout.owing import owe
from readout.storage import alerts, sending, watches
from readout.storage.database import Database
from readout.storage.meetings import facts_of, load_meeting
from readout.storage.reports import judge
from readout.update import note_changes
from readout.watching import AT_ONCE, Delivery, Digest, Every
from tests.telling import NOW, begin_all, fact, meeting, session, store, telling
from tests.test_gathering import DAILY, EIGHT, READER, ledger, send, tell, watch

WEEKLY = Delivery(digest=Digest(every=Every.WEEKLY))
HEARTBEAT = Delivery(digest=Digest(every=Every.DAILY, heartbeat=True), timezone="Asia/Baku")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED, OWED, WITHDRAWN = AlertState.ACCEPTED, AlertState.OWED, AlertState.WITHDRAWN


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


def weeks(database: Database, port: int) -> None:
    """Let all leave that ever will."""
    for half_days in range(32):
        send(database, port, NOW + half_days * DAY / 2)


def remove(database: Database, name: str) -> None:
    with database.write() as connection:
        assert watches.remove_watch(connection, name, NOW + HOUR)


def told(database: Database) -> list[tuple[str, ...]]:
    """The watches of each meeting's alert that left."""
    return [each.watch_names for each in ledger(database) if each.state is ACCEPTED and each.kind is AlertKind.FIRST]


# --- digests that do not come -----------------------------------------------------------------------------------------


def test_what_waited_for_the_digest_of_a_removed_watch_comes_in_that_of_another(database, sink):
    watch(database, "daily")
    watch(database, "weekly", delivery=WEEKLY)
    tell(database)
    remove(database, "daily")
    weeks(database, sink.port)
    assert (told(database), len(sink.received)) == ([("weekly",)], 1)


def test_what_waits_for_a_reader_who_is_spelled_otherwise_now_is_in_the_digest(database, sink):
    made = watch(database)
    tell(database)
    with database.write() as connection:
        again = {"recipients": [READER.title()], "channel": "email", "query": made.query, "updates": False}
        watches.change_watch(connection, made, now=NOW, delivery=DAILY, **again)
    assert send(database, sink.port, EIGHT).accepted == 1
    assert told(database) == [("w",)]


def test_a_digest_that_is_withdrawn_lets_go_what_another_watch_asks_for(database, sink):
    watch(database, "daily")
    watch(database, "weekly", delivery=WEEKLY)
    tell(database)
    send(database, 9, EIGHT)
    remove(database, "daily")
    weeks(database, sink.port)
    assert told(database) == [("weekly",)]


def test_what_was_found_late_does_not_come_at_once_when_its_watch_has_no_digest_any_more(database, sink):
    made = watch(database)
    with database.write() as connection:
        stored = store(connection, meeting(late=True))
        owe(connection, stored, stored.tellings[0], now=NOW)
        same = {"recipients": [READER], "channel": "email", "query": made.query, "updates": False}
        watches.change_watch(connection, made, now=NOW, delivery=AT_ONCE, **same)
    weeks(database, sink.port)
    assert ([each.state for each in ledger(database)], sink.received) == ([WITHDRAWN], [])


def test_a_sign_of_life_comes_though_something_was_owed_just_after_its_time(database, sink):
    watch(database, delivery=HEARTBEAT)
    tell(database, at=EIGHT + timedelta(seconds=2))
    assert send(database, sink.port, EIGHT + timedelta(seconds=5)).accepted == 1
    assert [each.content.get("count") for each in ledger(database) if each.kind is AlertKind.DIGEST] == [0]


def test_very_many_come_in_several_digests_and_each_is_told(database, sink):
    watch(database)
    for number in range(1, 204):
        tell(database, number)
    assert send(database, sink.port, EIGHT).accepted == 2
    assert [each.content["count"] for each in ledger(database) if each.kind is AlertKind.DIGEST] == [200, 3]
    assert send(database, sink.port, EIGHT + HOUR).accepted == 0


# --- alerts that others lean on ---------------------------------------------------------------------------------------


def test_who_is_told_of_what_is_perhaps_the_same_is_told_when_that_is_withdrawn(database, sink):
    watch(database, "one", query="session:1")
    watch(database, "two", delivery=AT_ONCE, query="session:2")
    first = tell(database, 1)
    with database.write() as connection:
        second = store(connection, meeting(telling(2, report=session(session_number=fact(2, "55th")))))
        unsure = {"verdict": Verdict.UNSURE, "score": 0.0, "reasons": ()}
        judge(connection, Judgement(report_id=second.tellings[0].report_id, meeting_id=first, **unsure), now=NOW)
        doubtful = load_meeting(connection, second.id)
        owe(connection, doubtful, doubtful.tellings[0], now=NOW)
    assert [each.state for each in ledger(database)] == [OWED, AlertState.SUPPRESSED]
    remove(database, "one")
    weeks(database, sink.port)
    assert told(database) == [("two",)]


def test_who_leaned_on_an_alert_under_way_is_told_when_that_is_refused_and_stopped(database, sink):
    watch(database, "one", delivery=AT_ONCE)
    watch(database, "two", delivery=AT_ONCE, query="language:ru")
    with database.write() as connection:
        stored = store(connection, meeting(telling(1), telling(2, language="ru")))
        owe(connection, stored, stored.tellings[0], now=NOW)
        (sent,) = begin_all(connection, NOW)
        owe(connection, stored, stored.tellings[1], now=NOW)
        sending.mark_retry(connection, sent.id, next_try=NOW + HOUR, code=451, text="later")
    remove(database, "one")
    weeks(database, sink.port)
    assert told(database) == [("two",)]


def test_of_two_meetings_that_are_one_the_sooner_alert_is_kept(database, sink):
    watch(database, "weekly", delivery=WEEKLY, query="session:1")
    watch(database, "now", delivery=AT_ONCE, query="session:2")
    with database.write() as connection:
        one, two = (
            store(connection, meeting(telling(number, report=numbered), report=numbered))
            for number in (1, 2)
            for numbered in [session(session_number=fact(number, "55th"))]
        )
        for each in (one, two):
            owe(connection, each, each.tellings[0], now=NOW)
        ruling.merge(connection, one.id, two.id, "the same", now=NOW)
    assert send(database, sink.port, NOW).accepted == 1
    assert told(database) == [("now",)]
    weeks(database, sink.port)
    assert len(sink.received) == 1


def test_an_update_that_comes_before_its_first_alert_is_told_by_that(database, sink):
    watch(database, delivery=AT_ONCE, updates=True)
    meeting_id = tell(database)
    with database.write() as connection:
        (first,) = begin_all(connection, NOW)
        before = facts_of(connection, meeting_id)
        elsewhere = session(city=fact("Minsk", "Astana"))
        note_changes(connection, meeting_id, before, elsewhere, article_id=None, now=NOW)
        sending.mark_retry(connection, first.id, next_try=NOW + HOUR, code=451, text="later")
    weeks(database, sink.port)
    assert [(each.kind, each.state) for each in ledger(database)] == [
        (AlertKind.FIRST, ACCEPTED),
        (AlertKind.UPDATE, WITHDRAWN),
    ]


def test_what_is_withheld_is_not_owed_where_its_watch_asks_no_more(database, sink):
    one = watch(database, "one", delivery=AT_ONCE)
    watch(database, "two", delivery=AT_ONCE)
    tell(database)
    with database.write() as connection:
        for name in ("two", "one"):
            watches.remove_watch(connection, name, NOW)
    weeks(database, sink.port)
    assert (told(database), sink.received, one.name) == ([], [], "one")
    with database.read() as connection:
        assert alerts.to_look_at(connection) == []
