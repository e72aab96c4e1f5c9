import hashlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from readout.channels.email import EmailChannel
from readout.config import Alerts, Config, Mail
from readout.demo.sink import MailSink, Received
from readout.error import DatabaseAway, StorageError
from readout.gathering import gather
from readout.model import Alert, AlertState, Meeting, Watch
from readout.outbox import LEASE_NAME, LEASE_TIME, Delivered, deliver, preview, rehearse, wait_before
from readout.owing import owe
from readout.process import is_gone, this_process
from readout.storage import alerts, leases, schema, sending, watches
from readout.storage.database import Database
from readout.storage.meetings import load_meeting
from readout.watches.query import parse
from tests.channels.hooks import HookServer
from tests.store import store_url
from tests.telling import NOW, TEXT, begin_all, fact, meeting, session, store, telling

BEFORE = NOW - timedelta(days=1)
READER = "reader@example.org"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


def after(sent: int):
    """Over once so many alerts were sent."""
    return iter([False] * sent + [True] * 9).__next__


def config(port: int) -> Config:
    return Config(mail=Mail(host="127.0.0.1", port=port, sender="Readout <readout@example.org>", timeout=5))


def watch(database: Database, name: str = "chiefs", *to: str, query: str = "", now: datetime = BEFORE) -> Watch:
    with database.write() as connection:
        return watches.add_watch(
            connection, name=name, query=parse(query), recipients=to or (READER,), channel="email", now=now
        )


def tell(database: Database, told: Meeting | None = None, *, now: datetime = NOW) -> Meeting:
    """Store a meeting and owe what its first report makes due."""
    with database.write() as connection:
        stored = store(connection, told or meeting())
        owe(connection, stored, stored.tellings[0], now=now)
    return stored


def ledger(database: Database) -> list[Alert]:
    with database.read() as connection:
        return list(reversed(alerts.list_alerts(connection)))


def clock(*, at: datetime = NOW) -> Callable[[], datetime]:
    return lambda: at


# --- owing --------------------------------------------------------------------------------------------------------


def test_a_watch_that_matches_owes_each_recipient_one_alert(database: Database) -> None:
    watch(database, "chiefs", "a@example.org", "b@example.org", query="body:cis-sorb")
    watch(database, "energy", query="topic:energy")
    tell(database)
    owed = ledger(database)
    assert [(alert.recipient, alert.state, alert.watch_names) for alert in owed] == [
        ("a@example.org", AlertState.OWED, ("chiefs",)),
        ("b@example.org", AlertState.OWED, ("chiefs",)),
    ]
    assert owed[0].matched == {"body": "Council of Heads of Security Agencies and Special Services"}
    assert owed[0].message_id != owed[1].message_id


def test_owing_again_owes_nothing_more(database: Database) -> None:
    watch(database)
    stored = tell(database)
    with database.write() as connection:
        assert owe(connection, stored, stored.tellings[0], now=NOW) == 0
    assert len(ledger(database)) == 1


def test_a_later_report_may_match_what_the_first_did_not(database: Database) -> None:
    watch(database, query="turan")
    stored = tell(database)
    assert ledger(database) == []
    with database.write() as connection:
        assert owe(connection, stored, telling(text=TEXT + " Turan"), now=NOW) == 1


def test_a_watch_hears_of_meetings_first_stored_after_it_was_made(database: Database) -> None:
    watch(database, "too late", now=NOW + timedelta(seconds=1))
    watch(database, "in time", now=NOW)
    tell(database)
    assert [alert.watch_names for alert in ledger(database)] == [("in time",)]


def test_two_watches_of_one_reader_send_one_alert_that_names_both(database: Database) -> None:
    watch(database, "chiefs", query="body:cis-sorb")
    watch(database, "terror", READER.upper(), query="topic:terrorism")
    tell(database)
    first, second = ledger(database)
    assert (first.state, first.watch_names) == (AlertState.OWED, ("chiefs", "terror"))
    assert set(first.matched) == {"body", "topic"}
    assert (second.state, second.next_try) == (AlertState.SUPPRESSED, None)
    assert second.answer == f"{READER} is told by alert {first.id} of the watch “chiefs”"


def test_a_second_watch_that_matches_after_the_alert_left_is_suppressed(database: Database, sink: MailSink) -> None:
    watch(database, "chiefs", query="body:cis-sorb")
    watch(database, "turan", query="turan")
    stored = tell(database)
    deliver(database, config(sink.port), now=clock())
    with database.write() as connection:
        assert owe(connection, stored, telling(text=TEXT + " Turan"), now=NOW) == 0
    first, second = ledger(database)
    assert (first.state, first.watch_names) == (AlertState.ACCEPTED, ("chiefs",))
    assert second.state is AlertState.SUPPRESSED


def test_who_was_told_of_a_meeting_is_not_told_of_what_is_perhaps_the_same(database: Database) -> None:
    watch(database, "chiefs", "told@example.org", query="body:cis-sorb")
    watch(database, "all", "new@example.org", "told@example.org", query="turan")
    first = tell(database)
    with database.write() as connection:
        other = store(connection, meeting())
        unsure = {"report_id": other.tellings[0].report_id, "meeting_id": first.id, "verdict": "unsure", "score": 0.5}
        connection.execute(schema.judgement.insert().values(**unsure, reasons=[], made_by="rule", made_at=NOW))
        doubted = load_meeting(connection, other.id)
        assert doubted is not None
        assert doubted.perhaps_same_as == (first.id,)
        owe(connection, doubted, telling(text=TEXT + " Turan"), now=NOW)
    found = {(alert.meeting_id, alert.recipient, alert.watch_names[0]): alert.state for alert in ledger(database)}
    assert found == {
        (first.id, "told@example.org", "chiefs"): AlertState.OWED,
        (other.id, "told@example.org", "chiefs"): AlertState.SUPPRESSED,
        (other.id, "new@example.org", "all"): AlertState.OWED,
        (other.id, "told@example.org", "all"): AlertState.SUPPRESSED,
    }


def test_a_removed_watch_is_silent_at_once(database: Database) -> None:
    watch(database, "gone")
    tell(database)
    with database.write() as connection:
        assert watches.remove_watch(connection, "gone", now=NOW)
        assert not watches.remove_watch(connection, "gone", now=NOW)
        assert watches.watch_named(connection, "gone") is None
    tell(database)
    (withdrawn,) = ledger(database)
    assert withdrawn.state is AlertState.WITHDRAWN
    assert withdrawn.answer == "the watch “gone” was removed before it left"


def test_removing_one_of_two_watches_leaves_the_alert_to_the_other(database: Database) -> None:
    watch(database, "one")
    watch(database, "two")
    tell(database)
    with database.write() as connection:
        watches.remove_watch(connection, "one", now=NOW)
        gather(connection, {}, NOW)
    first, second = ledger(database)
    assert (first.state, second.state, second.watch_names) == (AlertState.WITHDRAWN, AlertState.OWED, ("two",))


def test_a_name_belongs_to_one_live_watch(database: Database) -> None:
    made = watch(database, "chiefs", "a@example.org", "a@example.org", query="x")
    assert made.recipients == ("a@example.org",)
    assert made.query == parse("x")
    with pytest.raises(StorageError, match="chiefs"):
        watch(database, "chiefs")
    with database.write() as connection:
        watches.remove_watch(connection, "chiefs", now=NOW)
    assert watch(database, "chiefs").id != made.id


# --- delivering ---------------------------------------------------------------------------------------------------


def test_an_alert_is_sent_once_and_the_answer_kept(database: Database, sink: MailSink) -> None:
    watch(database)
    tell(database)
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=1)
    assert deliver(database, config(sink.port), now=clock(at=NOW + timedelta(days=1))) == Delivered()
    (received,) = sink.received
    (alert,) = ledger(database)
    assert received.recipients == (READER,)
    assert received.sender == "readout@example.org"
    assert received.message["Message-ID"] == alert.message_id
    assert alert.message_id.endswith("@example.org>")
    assert (alert.state, alert.answer_code, alert.answer, alert.sent_at) == (AlertState.ACCEPTED, 250, "2.0.0 OK", NOW)


@pytest.mark.in_file
def test_a_round_with_nothing_to_do_writes_nothing(database: Database, tmp_path: Path) -> None:
    watch(database)
    tell(database)
    log = tmp_path / "readout.db-wal"
    before = log.read_bytes()
    assert deliver(database, config(9), now=clock(at=NOW - timedelta(seconds=1))) == Delivered()
    assert log.read_bytes() == before


def test_nothing_is_sent_before_its_time_nor_beyond_the_limit(database: Database, sink: MailSink) -> None:
    watch(database, "chiefs", "a@example.org", "b@example.org", "c@example.org")
    tell(database)
    assert deliver(database, config(sink.port), now=clock(at=NOW - timedelta(seconds=1))) == Delivered()
    assert deliver(database, config(sink.port), now=clock(), is_over=after(2)) == Delivered(accepted=2)
    assert deliver(database, config(sink.port), now=clock(), is_over=after(0)) == Delivered()
    assert [received.recipients[0][0] for received in sink.received] == ["a", "b"]


def test_a_temporary_refusal_is_tried_again_later(database: Database, sink: MailSink) -> None:
    answers = iter(["451 4.7.1 greylisted", "250 2.1.5 OK"])
    sink.on_recipient = lambda _: next(answers)
    watch(database)
    tell(database)
    assert deliver(database, config(sink.port), now=clock()) == Delivered(retried=1)
    (alert,) = ledger(database)
    assert (alert.state, alert.answer_code, alert.answer) == (AlertState.OWED, 451, "4.7.1 greylisted")
    assert alert.next_try is not None
    assert deliver(database, config(sink.port), now=clock(at=alert.next_try - timedelta(seconds=1))) == Delivered()
    assert deliver(database, config(sink.port), now=clock(at=alert.next_try)) == Delivered(accepted=1)


def test_a_permanent_refusal_is_kept_and_sent_again_only_on_request(database: Database, sink: MailSink) -> None:
    answers = iter(["550 5.1.1 no such user", "250 2.1.5 OK"])
    sink.on_recipient = lambda _: next(answers)
    watch(database)
    tell(database)
    assert deliver(database, config(sink.port), now=clock()) == Delivered(failed=1)
    assert deliver(database, config(sink.port), now=clock(at=NOW + timedelta(days=30))) == Delivered()
    (alert,) = ledger(database)
    assert (alert.state, alert.answer_code, alert.answer) == (AlertState.FAILED, 550, "5.1.1 no such user")
    with database.write() as connection:
        assert sending.retry(connection, [alert.id], NOW) == 1
        assert sending.retry(connection, [alert.id + 1], NOW) == 0
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=1)
    with database.write() as connection:
        assert sending.retry(connection, None, NOW) == 0


def test_one_refused_reader_does_not_stop_the_others(database: Database, sink: MailSink) -> None:
    sink.on_recipient = lambda address: "550 no" if address.startswith("b") else "250 OK"
    watch(database, "chiefs", "a@example.org", "b@example.org", "c@example.org")
    tell(database)
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=2, failed=1)


def test_a_lost_answer_is_doubtful_and_sent_again_three_times_under_one_message_id(
    database: Database, sink: MailSink
) -> None:
    sink.on_message = lambda _: None
    watch(database)
    tell(database)
    at, rounds = NOW, []
    for _ in range(6):
        rounds.append(deliver(database, config(sink.port), now=clock(at=at)).doubtful)
        at += timedelta(days=1)
    assert rounds == [1, 1, 1, 1, 0, 0]
    assert len({received.message["Message-ID"] for received in sink.received}) == 1
    (alert,) = ledger(database)
    assert (alert.state, alert.doubts, alert.next_try) == (AlertState.DOUBTFUL, 4, None)
    sink.on_message = lambda _: "250 2.0.0 OK"
    with database.write() as connection:
        assert sending.retry(connection, None, at) == 1
    assert deliver(database, config(sink.port), now=clock(at=at)) == Delivered(accepted=1)


def test_what_was_in_doubt_stays_so_when_it_is_then_refused_for_now(database: Database, sink: MailSink) -> None:
    answers: Iterator[str | None] = iter([None, "451 later"])
    sink.on_message = lambda _: next(answers)
    watch(database)
    tell(database)
    deliver(database, config(sink.port), now=clock())
    assert deliver(database, config(sink.port), now=clock(at=NOW + timedelta(days=1))) == Delivered(retried=1)
    assert ledger(database)[0].state is AlertState.DOUBTFUL


def test_a_server_that_is_away_is_asked_once_a_round_and_loses_nothing(database: Database, sink: MailSink) -> None:
    watch(database, "chiefs", "a@example.org", "b@example.org")
    tell(database)
    with MailSink() as gone:
        port = gone.port
    assert deliver(database, config(port), now=clock()) == Delivered(retried=1)
    assert [alert.attempts for alert in ledger(database)] == [1, 0]
    assert deliver(database, config(sink.port), now=clock(at=NOW + timedelta(minutes=2))) == Delivered(accepted=2)


def test_a_message_that_cannot_be_made_is_set_aside(database: Database, sink: MailSink) -> None:
    watch(database, "chiefs", "not an address", READER)
    watch(database, "other", "c@example.org")
    tell(database)
    with database.write() as connection:
        connection.execute(schema.meeting.update().values(facts={"no": "facts"}))
    tell(database)
    delivered = deliver(database, config(sink.port), now=clock())
    assert delivered == Delivered(accepted=2, failed=4)
    reasons = {alert.answer for alert in ledger(database) if alert.state is AlertState.FAILED}
    assert any("could not be made: KeyError" in str(reason) for reason in reasons)
    assert any("not an address" in str(reason) for reason in reasons)


def test_a_host_that_is_out_of_order_is_left_alone_for_the_round_and_holds_up_no_other(database: Database) -> None:
    with socket.socket() as deaf, HookServer() as hooks:
        deaf.bind(("127.0.0.1", 0))  # it never listens
        dead, alive = f"http://127.0.0.1:{deaf.getsockname()[1]}", f"http://127.0.0.1:{hooks.port}"
        with database.write() as connection:
            to = [f"{dead}/1", f"{dead}/2", f"{dead}/3", f"{alive}/4"]
            watches.add_watch(connection, name="hooks", recipients=to, channel="webhook", now=BEFORE)
        tell(database)
        allowed = Config(alerts=Alerts(allow_networks=("127.0.0.0/8",)))
        assert deliver(database, allowed, now=clock()) == Delivered(accepted=1, retried=1)
        assert [each.path for each in hooks.posted] == ["/4"]
        assert [(each.attempts, each.state) for each in ledger(database)] == [
            (1, AlertState.OWED),
            (0, AlertState.OWED),
            (0, AlertState.OWED),
            (1, AlertState.ACCEPTED),
        ]
        assert deliver(database, allowed, now=clock(at=NOW + timedelta(minutes=1))).retried == 1


def test_what_this_machine_lacks_is_no_fault_of_the_message(database: Database, sink: MailSink, monkeypatch) -> None:
    watch(database)
    tell(database)
    for lacking in (OSError(24, "Too many open files"), MemoryError()):
        with monkeypatch.context() as patch:
            patch.setattr(EmailChannel, "send", raising(lacking))
            at = NOW + len(ledger(database)[0].answer or "") * timedelta(hours=1)
            assert deliver(database, config(sink.port), now=clock(at=at)) == Delivered(retried=1)
    waiting = ledger(database)[0]
    assert (waiting.state, waiting.answer) == (AlertState.OWED, "this machine: MemoryError:")
    assert deliver(database, config(sink.port), now=clock(at=waiting.next_try)) == Delivered(accepted=1)


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_an_alert_for_a_channel_that_is_gone_fails_and_says_so(database: Database, sink: MailSink) -> None:
    watch(database)
    tell(database)
    with database.write() as connection:
        for table in (schema.watch, schema.alert):
            connection.execute(table.update().values(channel="pigeon"))
    assert deliver(database, config(sink.port), now=clock()) == Delivered(failed=1)
    assert ledger(database)[0].answer == "this Readout has no channel “pigeon”"


# --- one sender at a time, and crashes ----------------------------------------------------------------------------


def test_a_second_sender_tries_nothing(database: Database, sink: MailSink) -> None:
    watch(database)
    tell(database)
    inner: list[Delivered] = []

    def while_sending(_: Received) -> str:
        inner.append(deliver(database, config(sink.port), now=clock()))
        return "250 2.0.0 OK"

    sink.on_message = while_sending
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=1)
    assert inner == [Delivered(busy=True)]


def test_a_sender_that_lost_its_lease_stops(database: Database, sink: MailSink) -> None:
    watch(database, "chiefs", "a@example.org", "b@example.org")
    tell(database)

    def steal(_: Received) -> str:
        with database.write() as connection:
            assert leases.take_lease(connection, LEASE_NAME, "another", NOW + 2 * LEASE_TIME, LEASE_TIME)
        return "250 2.0.0 OK"

    sink.on_message = steal
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=1)
    assert [alert.state for alert in ledger(database)] == [AlertState.ACCEPTED, AlertState.OWED]
    with database.read() as connection:
        assert leases.holder(connection, LEASE_NAME) == "another"


def test_what_another_sender_sent_meanwhile_is_not_sent_again(database: Database, sink: MailSink) -> None:
    """The first was stuck for longer than its lease, and was refused for now in the end."""
    watch(database)
    tell(database)
    (owed,) = ledger(database)

    def overtake(_: Received) -> str:
        with database.write() as connection:
            assert leases.take_lease(connection, LEASE_NAME, "another", NOW + 2 * LEASE_TIME, LEASE_TIME)
            sending.doubt_unfinished(connection, NOW)
            sending.mark_accepted(connection, owed.id, now=NOW, code=250, text="OK")
        return "451 4.3.0 later"

    sink.on_message = overtake
    deliver(database, config(sink.port), now=clock())
    assert [alert.state for alert in ledger(database)] == [AlertState.ACCEPTED]


def test_what_left_is_noted_though_the_server_is_started_anew(database: Database, sink: MailSink, monkeypatch) -> None:
    watch(database, "chiefs", "a@example.org", "b@example.org")
    tell(database)
    tries, mark_accepted = count(), sending.mark_accepted

    def note(*values: Any, **named: Any) -> None:
        if next(tries) < 2:
            raise DatabaseAway("started anew")
        mark_accepted(*values, **named)

    monkeypatch.setattr("readout.outbox.sending.mark_accepted", note)
    monkeypatch.setattr("readout.outbox._NOTED_WITHIN_S", (0, 0))
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=2)
    assert len(sink.received) == 2
    assert {alert.state for alert in ledger(database)} == {AlertState.ACCEPTED}


def test_what_a_sender_elsewhere_left_under_way_waits_for_its_lease_to_end(database: Database, sink: MailSink) -> None:
    watch(database)
    tell(database)
    with database.write() as connection:
        assert leases.take_lease(connection, LEASE_NAME, "elsewhere", NOW, LEASE_TIME)
        begin_all(connection, NOW)
    assert deliver(database, config(sink.port), now=clock()) == Delivered(busy=True)
    assert deliver(database, config(sink.port), now=clock(at=NOW + LEASE_TIME)) == Delivered(accepted=1)
    (alert,) = ledger(database)
    assert (alert.state, alert.attempts, alert.doubts) == (AlertState.ACCEPTED, 2, 1)


_KILLED_WHILE_SENDING = """# warm
import os, sys
from datetime import datetime
from readout.outbox import deliver
from readout.storage.database import open_database
from tests.test_outbox import config
at = datetime.fromisoformat(sys.argv[3])
deliver(open_database(sys.argv[1], create=False), config(int(sys.argv[2])), now=lambda: at)
"""


@pytest.mark.parametrize("survivors", [0, 1, 2])
def test_after_a_kill_the_next_sender_goes_on_at_once(
    tmp_path: Path, database: Database, sink: MailSink, survivors: int
) -> None:
    """The sink kills the sender (signal 9) between a final dot and its answer: nothing is lost, one comes twice."""
    watch(database, "chiefs", "a@example.org", "b@example.org", "c@example.org")
    tell(database)
    arrived = count()
    sender: list[subprocess.Popen[bytes]] = []

    def kill(_: Received) -> str:
        if next(arrived) == survivors:
            sender[0].kill()
            sender[0].wait()
        return "250 2.0.0 OK"

    sink.on_message = kill
    script = [sys.executable, "-c", _KILLED_WHILE_SENDING, store_url(tmp_path), str(sink.port)]
    root = Path(__file__).parents[1]
    sender.append(subprocess.Popen([*script, NOW.isoformat()], cwd=root))
    assert sender[0].wait() == -9
    assert [alert.state for alert in ledger(database)].count(AlertState.SENDING) == 1
    assert deliver(database, config(sink.port), now=clock()) == Delivered(accepted=3 - survivors)
    copies = [received.message["Message-ID"] for received in sink.received]
    assert len(copies) == 4
    assert set(copies) == {alert.message_id for alert in ledger(database)}
    assert {alert.state for alert in ledger(database)} == {AlertState.ACCEPTED}
    assert sorted(alert.doubts for alert in ledger(database)) == [0, 0, 1]


def test_a_lease_is_held_by_one_and_ends(database: Database) -> None:
    with database.write() as connection:
        minute = timedelta(minutes=1)
        assert leases.take_lease(connection, "x", "a", NOW, minute)
        assert leases.take_lease(connection, "x", "a", NOW, minute)
        assert not leases.take_lease(connection, "x", "b", NOW, minute)
        assert not leases.renew(connection, "x", "b", NOW, minute)
        assert leases.renew(connection, "x", "a", NOW, 2 * minute)
        assert not leases.take_lease(connection, "x", "b", NOW + minute, minute)
        assert leases.take_lease(connection, "x", "b", NOW + 2 * minute, minute)
        leases.drop(connection, "x", "a")
        assert leases.holder(connection, "x") == "b"
        leases.drop(connection, "x", "b")
        assert leases.holder(connection, "x") is None


def test_a_process_is_gone_only_when_that_is_certain() -> None:
    name = subprocess.run(
        [sys.executable, "-c", "from readout.process import this_process; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout.strip()
    assert is_gone(name)
    assert not is_gone(this_process())
    host, *rest = name.split("/")
    assert not is_gone("/".join((f"not-{host}", *rest)))
    for nonsense in ("", "elsewhere", "a/b/c/d/e"):
        assert not is_gone(nonsense)


# --- waiting, trying out ------------------------------------------------------------------------------------------


def test_waits_grow_from_a_minute_to_hours_and_are_scattered() -> None:
    waits = [wait_before(attempt, "key") for attempt in range(1, 40)]
    assert timedelta(minutes=1) <= waits[0] < timedelta(minutes=1, seconds=13)
    assert all(2 * one * 0.8 <= other for one, other in pairwise(waits[:9]))
    assert all(timedelta(hours=4.8) <= wait <= timedelta(hours=6) for wait in waits[10:])
    keys = [hashlib.sha256(bytes([n])).hexdigest() for n in range(100)]
    assert len({wait_before(1, key) for key in keys}) > 50


def test_a_rehearsal_names_stored_meetings_and_sends_nothing(database: Database) -> None:
    tell(database)
    energetic = session(topics=(fact("energy", "crimes"),))
    second = tell(database, meeting(telling(report=energetic)))
    made = watch(database, query="topic:energy")
    (found,) = rehearse(database, made.query)
    assert (found.meeting.id, found.matched, found.is_untold) == (second.id, {"topic": "energy"}, False)
    assert ledger(database) == []


def test_a_preview_is_what_will_be_sent(database: Database, sink: MailSink) -> None:
    watch(database)
    tell(database)
    shown = preview(database, config(sink.port), ledger(database)[0], now=NOW)
    assert shown is not None
    deliver(database, config(sink.port), now=clock())
    assert shown.subject == sink.received[0].subject
    assert shown.text.splitlines() == sink.received[0].text.splitlines()


def test_the_ledger_counts(database: Database, sink: MailSink) -> None:
    watch(database, "one", "a@example.org", "b@example.org")
    watch(database, "two", "b@example.org")
    tell(database)
    deliver(database, config(sink.port), now=clock(), is_over=after(1))
    with database.read() as connection:
        assert alerts.count_alerts(connection) == {
            AlertState.ACCEPTED: 1,
            AlertState.OWED: 1,
            AlertState.SUPPRESSED: 1,
        }
        (owed,) = alerts.list_alerts(connection, states=[AlertState.OWED])
        assert alerts.get_alert(connection, owed.id) == owed
        assert alerts.get_alert(connection, 99) is None
    assert Delivered(accepted=2, failed=1).in_words() == "2 accepted, 1 failed"
    assert Delivered().in_words() == "nothing was due"
    assert "another sender" in Delivered(busy=True).in_words()
