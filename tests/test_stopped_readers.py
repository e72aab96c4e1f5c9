"""Who stopped a watch hears no more by it, whatever was owed, under way or in doubt then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from readout.config import Alerts, Config, Mail
from readout.demo.sink import MailSink
from readout.model import AlertState
from readout.outbox import deliver
from readout.storage import sending, watches
from readout.storage.database import Database
from readout.storage.meetings import facts_of
from readout.update import note_changes
from tests.telling import NOW, begin_all
from tests.test_gathering import AT_ONCE, READER, ledger, tell, watch

LATER = NOW + timedelta(days=1)


@pytest.fixture
def sink():
    with MailSink() as server:
        yield server


def stop(database: Database, watch_id: int) -> None:
    with database.write() as connection:
        assert watches.remove_recipient(connection, watch_id, READER.upper(), NOW)


def send(database: Database, port: int):
    mail = Mail(host="127.0.0.1", port=port, sender="readout@example.org", timeout=5)
    return deliver(database, Config(mail=mail, alerts=Alerts(public_url="https://r.example")), now=lambda: LATER)


@pytest.mark.parametrize(("fate", "state"), [("refused", AlertState.WITHDRAWN), ("in doubt", AlertState.DOUBTFUL)])
def test_what_was_under_way_is_not_sent_again(database, sink, fate, state):
    made = watch(database, delivery=AT_ONCE)
    tell(database)
    with database.write() as connection:
        (sent,) = begin_all(connection, NOW)
    stop(database, made.id)
    with database.write() as connection:
        mark = sending.mark_doubtful if fate == "in doubt" else sending.mark_retry
        mark(connection, sent.id, next_try=NOW, code=None, text="try later")
    assert send(database, sink.port).in_words() == "nothing was due"
    (alert,) = ledger(database)
    assert (alert.state, alert.next_try, alert.answer) == (state, None, "nobody asks for it any more")


def test_what_changes_is_not_told(database):
    made = watch(database, delivery=AT_ONCE, updates=True)
    meeting_id = tell(database)
    with database.write() as connection:
        for sent in begin_all(connection, NOW):
            sending.mark_accepted(connection, sent.id, now=NOW, code=250, text="OK")
    stop(database, made.id)
    with database.write() as connection:
        before = facts_of(connection, meeting_id)
        elsewhere = replace(before, city=replace(before.city, value="Minsk"))
        note_changes(connection, meeting_id, before, elsewhere, article_id=None, now=NOW)
    assert len(ledger(database)) == 1


def test_an_alert_of_two_watches_leaves_for_the_other_and_stops_that(database, sink):
    one = watch(database, "one", delivery=AT_ONCE)
    two = watch(database, "two", delivery=AT_ONCE)
    tell(database)
    stop(database, one.id)
    assert send(database, sink.port).accepted == 1
    link = sink.received[0].message["List-Unsubscribe"]
    assert f"1.{two.id}." in link
    assert "one" not in sink.received[0].text.partition("asked for by")[2]
