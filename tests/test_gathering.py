"""Digests, quiet hours and the guard against floods, from the ledger to a real mail server."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from readout.config import Alerts, Config, Mail
from readout.demo.sink import MailSink
from readout.found_links import Find
from readout.intake import Intake
from readout.model import Alert, AlertKind, AlertState, Watch
from readout.outbox import deliver
from readout.owing import owe
from readout.storage import alerts, schema, sending, watches
from readout.storage.database import Database
from readout.watches.query import parse
from readout.watching import AT_ONCE, Delivery, Digest, Every, Quiet
from tests.reported import TEXT, link, page, reading, report, source
from tests.telling import NOW, fact, meeting, session, store, telling

READER = "reader@example.org"
BAKU = "Asia/Baku"
DAILY = Delivery(digest=Digest(every=Every.DAILY), timezone=BAKU)
A_DAY, AN_HOUR, A_MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
OWED, ACCEPTED, WITHDRAWN = AlertState.OWED, AlertState.ACCEPTED, AlertState.WITHDRAWN
EIGHT = datetime(NOW.year, NOW.month, NOW.day, 4, tzinfo=UTC) + A_DAY  # in Baku, on the day after


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


def watch(database: Database, name: str = "w", *, delivery: Delivery = DAILY, query: str = "", **more) -> Watch:
    with database.write() as connection:
        return watches.add_watch(
            connection,
            name=name,
            query=parse(query),
            recipients=[READER],
            channel="email",
            delivery=delivery,
            now=NOW - 2 * A_DAY,
            **more,
        )


def tell(database: Database, number: int = 1, *, at: datetime = NOW) -> int:
    """Store a meeting of its own and owe what it makes due; its number."""
    with database.write() as connection:
        told = meeting(telling(number), report=session(session_number=fact(number, "55th")))
        stored = store(connection, told)
        owe(connection, stored, stored.tellings[0], now=at)
    return stored.id


def ledger(database: Database) -> list[Alert]:
    with database.read() as connection:
        return list(reversed(alerts.list_alerts(connection)))


def send(database: Database, port: int, now: datetime, **settings):
    mail = Mail(host="127.0.0.1", port=port, sender="Readout <readout@example.org>", timeout=5)
    return deliver(database, Config(mail=mail, alerts=Alerts(**settings)), now=lambda: now)


# --- digests --------------------------------------------------------------------------------------------------------


def test_a_digest_tells_at_its_time_and_once_what_waited_for_it(database, sink):
    watch(database)
    tell(database, 1)
    tell(database, 2)
    assert send(database, sink.port, EIGHT - A_MINUTE).accepted == 0
    assert [each.next_try for each in ledger(database)] == [None, None]

    tell(database, 3, at=EIGHT + A_MINUTE)
    assert send(database, sink.port, EIGHT + AN_HOUR).accepted == 1
    assert send(database, sink.port, EIGHT + AN_HOUR).accepted == 0
    one, two, late, digest = ledger(database)
    assert digest.kind is AlertKind.DIGEST
    assert digest.period == (NOW.date() + A_DAY).isoformat()
    assert digest.content["count"] == 2
    assert [each.digest_id for each in (one, two, late)] == [digest.id, digest.id, None]
    assert [each.state for each in (one, two, late, digest)] == [ACCEPTED, ACCEPTED, OWED, ACCEPTED]
    assert one.sent_at == digest.sent_at
    assert len(sink.received) == 1

    assert send(database, sink.port, EIGHT + A_DAY).accepted == 1
    assert ledger(database)[2].state is ACCEPTED


def test_a_night_on_which_clocks_change_and_a_restart_send_one(database, sink):
    at_half_past_two = Digest(every=Every.DAILY, at=time(2, 30))
    night = datetime(2026, 10, 25, tzinfo=UTC)  # half past two comes at 0:30 and at 1:30
    watch(database, delivery=Delivery(digest=at_half_past_two, timezone="Europe/Berlin"))
    tell(database, at=night - AN_HOUR)
    for minutes in range(0, 150, 10):
        send(database, sink.port, night + minutes * A_MINUTE)
    assert len(sink.received) == 1


def test_an_empty_digest_is_sent_where_it_is_wanted_as_a_sign_of_life(database, sink):
    watch(database, "silent")
    watch(database, "beats", delivery=Delivery(digest=Digest(every=Every.DAILY, heartbeat=True), timezone=BAKU))
    assert send(database, sink.port, EIGHT).accepted == 1
    assert send(database, sink.port, EIGHT + AN_HOUR).accepted == 0
    assert send(database, sink.port, EIGHT + A_DAY).accepted == 1
    assert [each.content["count"] for each in ledger(database)] == [0, 0]


def test_what_was_taken_back_before_it_left_is_told_no_more(database, sink):
    watch(database)
    tell(database, 1)
    tell(database, 2)
    with database.write() as connection:
        alerts.take_back(connection, 1, "no meeting after all")
    assert send(database, sink.port, EIGHT).accepted == 1
    assert [each.state for each in ledger(database)] == [WITHDRAWN, ACCEPTED, ACCEPTED]


def test_a_digest_that_was_refused_comes_again_as_one_with_the_same_name(database, sink):
    watch(database)
    tell(database)
    refused = send(database, 9, EIGHT)
    assert (refused.accepted, refused.retried) == (0, 1)
    member, digest = ledger(database)
    assert (member.state, member.next_try, digest.state) == (OWED, None, OWED)
    assert digest.next_try is not None
    assert send(database, sink.port, digest.next_try).accepted == 1
    assert [each.state for each in ledger(database)] == [ACCEPTED, ACCEPTED]
    assert ledger(database)[1].message_id == digest.message_id


def test_a_digest_that_lost_all_it_had_to_tell_is_no_more(database, sink):
    watch(database)
    tell(database)
    send(database, 9, EIGHT)
    with database.write() as connection:
        alerts.take_back(connection, 1, "no meeting after all")
    assert send(database, sink.port, EIGHT + AN_HOUR).accepted == 0
    assert [each.state for each in ledger(database)] == [WITHDRAWN, WITHDRAWN]
    assert sink.received == []


def test_who_asks_to_hear_at_once_does_not_wait_for_another_watch_of_theirs(database, sink):
    watch(database, "weekly", delivery=Delivery(digest=Digest(every=Every.WEEKLY)))
    watch(database, "now", delivery=AT_ONCE)
    tell(database)
    told, waiting = sorted(ledger(database), key=lambda each: each.state is not OWED)
    assert (told.watch_names, told.next_try) == (("now", "weekly"), NOW)
    assert waiting.state is AlertState.SUPPRESSED


def test_a_watch_that_asks_later_is_told_sooner_all_the_same(database, sink):
    watch(database, "daily")
    watch(database, "now", delivery=AT_ONCE, query="language:ru")
    with database.write() as connection:
        told = meeting(telling(1), telling(2, language="ru"))
        stored = store(connection, told)
        owe(connection, stored, stored.tellings[0], now=NOW)
        owe(connection, stored, stored.tellings[1], now=NOW + A_MINUTE)
    daily, now = ledger(database)
    assert (daily.state, daily.answer) == (WITHDRAWN, f"{READER} is told sooner by alert {now.id}")
    assert (now.state, now.watch_names) == (OWED, ("now", "daily"))


def test_what_waits_for_a_digest_that_is_no_more_leaves(database, sink):
    made = watch(database)
    tell(database)
    with database.write() as connection:
        connection.execute(schema.watch.update().where(schema.watch.c.id == made.id).values(delivery={}))
    assert send(database, sink.port, NOW).accepted == 1


def test_retry_all_leaves_what_waits_for_its_digest(database):
    watch(database)
    tell(database)
    with database.write() as connection:
        assert sending.retry(connection, None, NOW) == 0
        assert sending.retry(connection, [1], NOW) == 1
    assert ledger(database)[0].next_try == NOW


# --- quiet hours ----------------------------------------------------------------------------------------------------


def test_nothing_leaves_in_quiet_hours(database, sink):
    watch(database, delivery=Delivery(quiet=Quiet(time(22), time(7)), timezone=BAKU))
    night = datetime.combine(date(2026, 11, 22), time(20), UTC)  # midnight in Baku
    tell(database, at=night)
    assert send(database, sink.port, night).accepted == 0
    morning = datetime.combine(date(2026, 11, 23), time(3), UTC)
    (waiting,) = ledger(database)
    assert (waiting.state, waiting.attempts, waiting.next_try) == (OWED, 0, morning)
    assert send(database, sink.port, morning).accepted == 1


# --- floods ---------------------------------------------------------------------------------------------------------


def test_what_is_too_much_for_an_hour_comes_as_one_mail(database, sink):
    watch(database, delivery=AT_ONCE)
    for number in range(1, 8):
        tell(database, number)
    assert send(database, sink.port, NOW, flood_per_hour=3).accepted == 4
    digest = ledger(database)[-1]
    assert (digest.kind, digest.content["reason"], digest.content["count"]) == (AlertKind.DIGEST, "flood", 4)
    assert all(each.state is ACCEPTED for each in ledger(database))
    assert len(sink.received) == 4

    tell(database, 8, at=NOW + A_MINUTE)
    assert send(database, sink.port, NOW + A_MINUTE, flood_per_hour=3).accepted == 0
    assert ledger(database)[-1].next_try == NOW + AN_HOUR
    assert send(database, sink.port, NOW + AN_HOUR, flood_per_hour=3).accepted == 1
    assert len(sink.received) == 5


def test_a_single_one_too_many_waits_until_it_is_not(database, sink):
    watch(database, delivery=AT_ONCE)
    for number in range(1, 4):
        tell(database, number)
    assert send(database, sink.port, NOW, flood_per_hour=2).accepted == 2
    assert ledger(database)[-1].next_try == NOW + AN_HOUR
    assert send(database, sink.port, NOW + AN_HOUR, flood_per_hour=2).accepted == 1
    assert {each.kind for each in ledger(database)} == {AlertKind.FIRST}


def test_a_flood_of_one_watch_holds_back_no_other(database, sink):
    watch(database, "one", delivery=AT_ONCE, query="session:1..5")
    watch(database, "two", delivery=AT_ONCE, query="session:6..9")
    for number in range(1, 8):
        tell(database, number)
    assert send(database, sink.port, NOW, flood_per_hour=2).accepted == 2 + 1 + 2


# --- what came late -------------------------------------------------------------------------------------------------


def test_what_was_found_late_is_told_in_digests_alone(database):
    watch(database, "daily")
    watch(database, "now", delivery=AT_ONCE)
    intake = Intake(database, max_age=14 * A_DAY)
    old = {"published": NOW - 30 * A_DAY}
    agency = source()
    for path, since in (("1", None), ("2", NOW - 60 * A_DAY)):
        intake.take_links(agency, Find(url="https://x.example/rss", links=[link(path, **old)]), now=NOW)
        (due,) = intake.due_links(agency.id, now=NOW, limit=9)
        read = reading(f"{TEXT} {path}", report(session=int(path)), **old)
        intake.take_page(agency, due, page(due.url), read, now=NOW, since=since)
    assert [(each.watch_names, each.state, each.next_try) for each in ledger(database)] == [(("daily",), OWED, None)]
