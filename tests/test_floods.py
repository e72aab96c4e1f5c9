"""A source that tells of thousands of meetings: its own alerts are held back as one, and nobody else's wait."""

from datetime import timedelta

import pytest

from readout.config import Alerts, Config, Mail
from readout.demo.sink import MailSink
from readout.model import AlertKind, AlertState, SourceId
from readout.notices import tell_operator
from readout.outbox import deliver
from readout.owing import owe
from readout.storage import alerts, watches
from readout.watching import AT_ONCE
from tests.telling import NOW, fact, meeting, session, store, telling

LIMIT = 5
AN_HOUR = timedelta(hours=1)
FLOODS, AGENCY = SourceId("floods"), SourceId("agency")


@pytest.fixture
def sink():
    with MailSink() as server:
        yield server


@pytest.fixture
def watch(database):
    with database.write() as connection:
        return watches.add_watch(
            connection,
            name="w",
            recipients=["reader@example.org"],
            channel="email",
            delivery=AT_ONCE,
            now=NOW - AN_HOUR,
        )


def tell(database, *numbers, of, at=NOW):
    """A meeting for each of `numbers`, told of by the sources `of` alone."""
    for number in numbers:
        tellings = [
            telling(number * 10 + which, source=source, url=f"https://{source}.example/news/{number}")
            for which, source in enumerate(of)
        ]
        with database.write() as connection:
            stored = store(connection, meeting(*tellings, report=session(session_number=fact(number, "55th"))))
            owe(connection, stored, stored.tellings[0], now=at)


def send(database, sink, at=NOW):
    mail = Mail(host="127.0.0.1", port=sink.port, sender="Readout <readout@example.org>", timeout=5)
    deliver(database, Config(mail=mail, alerts=Alerts(flood_per_hour=LIMIT)), now=lambda: at)
    return [each.text for each in sink.received]


def digests(database):
    with database.read() as connection:
        return [each for each in alerts.list_alerts(connection) if each.kind is AlertKind.DIGEST]


def waiting(database):
    with database.read() as connection:
        return [each for each in alerts.list_alerts(connection) if each.state is AlertState.OWED]


def mails_of(mails, source):
    return [mail for mail in mails if f"https://{source}.example/" in mail]


def test_a_flood_comes_as_one_and_the_alerts_of_others_leave_in_the_same_round(database, watch, sink):
    tell(database, *range(1, 301), of=[FLOODS])
    tell(database, *range(301, 304), of=[AGENCY])
    mails = send(database, sink)
    assert len(mails_of(mails, AGENCY)) == 3
    assert all(FLOODS not in mail for mail in mails_of(mails, AGENCY))
    assert len(mails) == 3 + LIMIT + 1
    (digest,) = digests(database)
    assert (digest.content["source"], digest.content["count"]) == (FLOODS, 300 - LIMIT)
    assert waiting(database) == []


def test_what_floods_on_waits_for_its_hour_and_nobody_else_does(database, watch, sink):
    tell(database, *range(1, 31), of=[FLOODS])
    send(database, sink)
    before = len(sink.received)
    later = NOW + timedelta(minutes=5)
    tell(database, *range(31, 61), of=[FLOODS], at=later)
    tell(database, 61, 62, of=[AGENCY], at=later)
    assert len(mails_of(send(database, sink, later)[before:], AGENCY)) == len(sink.received) - before == 2
    assert {each.next_try for each in waiting(database)} == {NOW + AN_HOUR}


def test_what_others_tell_of_as_well_is_no_flood(database, watch, sink):
    tell(database, *range(1, 31), of=[FLOODS])
    tell(database, 31, of=[FLOODS, AGENCY])
    mails = send(database, sink)
    assert len(mails_of(mails, AGENCY)) == 1
    assert len(mails) == LIMIT + 2


def test_what_is_too_much_of_all_together_comes_as_one(database, watch, sink):
    for number in range(1, 10):
        tell(database, number, of=[SourceId(f"paper-{number}")])
    assert len(send(database, sink)) == LIMIT + 1
    (digest,) = digests(database)
    assert "source" not in digest.content


def test_the_operator_is_told_of_a_flood_once_and_once_that_it_is_over(database, watch, sink):
    tell(database, *range(1, 31), of=[FLOODS])
    send(database, sink)
    for at in (NOW, NOW + AN_HOUR, NOW + 30 * AN_HOUR, NOW + 32 * AN_HOUR):
        tell_operator(database, "operator@example.org", {}, now=at)
    with database.read() as connection:
        notices = [each for each in alerts.list_alerts(connection) if each.kind is AlertKind.NOTICE]
    told = [str(each.content) for each in reversed(notices)]
    assert len(told) == 2
    assert "source floods told of so many meetings" in told[0]
    assert "no source has flooded readers for a day" in told[1]
