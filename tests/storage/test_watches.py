"""Watches as kept: who is taken out, what is changed in place, and who hears of what from when on."""

from datetime import time, timedelta

import pytest

from readout.gathering import gather
from readout.model import AlertState
from readout.owing import owe
from readout.storage import alerts, sending, watches
from readout.watches.query import parse
from readout.watching import AT_ONCE, Delivery, Digest, Every, Quiet
from tests.telling import NOW, meeting, store

BEFORE = NOW - timedelta(days=1)
LATER = NOW + timedelta(days=1)
A, B = "a@example.org", "b@example.org"


def add(database, *to, name="chiefs", **settings):
    with database.write() as connection:
        return watches.add_watch(connection, name=name, recipients=to or (A,), channel="email", now=BEFORE, **settings)


def change(database, found, *, now=NOW, **changes):
    settings = {
        "query": found.query,
        "recipients": found.recipients,
        "channel": found.channel,
        "updates": found.updates,
        "delivery": found.delivery,
    }
    with database.write() as connection:
        watches.change_watch(connection, found, now=now, **settings | changes)
        return watches.get_watch(connection, found.id)


def take_out(database, watch_id, recipient):
    with database.write() as connection:
        return watches.remove_recipient(connection, watch_id, recipient, LATER)


def tell(database, *, now=NOW, stored=None):
    """Store a meeting, or take the one that is, and owe what its first report makes due."""
    with database.write() as connection:
        told = stored or store(connection, meeting())
        owe(connection, told, told.tellings[0], now=now)
        return told


def states(database):
    with database.read() as connection:
        return {alert.recipient: alert.state for alert in reversed(alerts.list_alerts(connection))}


def live(database, **asked):
    with database.read() as connection:
        return [(watch.name, watch.recipients) for watch in watches.list_watches(connection, **asked)]


# --- who is taken out ---------------------------------------------------------------------------------------------


def test_a_recipient_taken_out_hears_no_more_and_the_others_do(database):
    made = add(database, A, B)
    tell(database)
    assert take_out(database, made.id, "A@Example.org")
    assert states(database) == {A: AlertState.WITHDRAWN, B: AlertState.OWED}
    assert live(database) == [("chiefs", (B,))]
    assert not take_out(database, made.id, A)


def test_a_watch_with_nobody_left_is_removed(database):
    made = add(database, A)
    tell(database)
    assert take_out(database, made.id, A)
    assert live(database) == []
    assert states(database) == {A: AlertState.WITHDRAWN}
    assert not take_out(database, made.id, A)
    with database.read() as connection:
        assert watches.get_watch(connection, made.id).recipients == (A,)


def test_what_another_watch_owes_too_is_still_owed(database):
    made = add(database, A)
    add(database, A, name="others")
    tell(database)
    assert take_out(database, made.id, A)
    with database.write() as connection:
        gather(connection, {}, NOW)
        named = {alert.state: alert.watch_names for alert in alerts.list_alerts(connection)}
    assert named[AlertState.OWED] == ("others",)


@pytest.mark.parametrize(("watch_id", "recipient"), [(99, A), (1, "nobody@example.org"), (1, "")])
def test_who_is_not_there_cannot_be_taken_out(database, watch_id, recipient):
    add(database, A)
    assert not take_out(database, watch_id, recipient)
    assert live(database) == [("chiefs", (A,))]


# --- changed in place ---------------------------------------------------------------------------------------------


def test_a_changed_watch_is_the_same_watch(database):
    made = add(database, A)
    weekly = Delivery(
        digest=Digest(every=Every.WEEKLY, at=time(7, 30), on=4, heartbeat=True),
        quiet=Quiet(time(22), time(7)),
        timezone="Asia/Baku",
        language="az",
    )
    changed = change(database, made, query=parse("body:cis-sorb"), updates=True, delivery=weekly)
    assert (changed.id, changed.created_at, changed.name) == (made.id, made.created_at, made.name)
    assert (changed.query, changed.updates, changed.delivery) == (parse("body:cis-sorb"), True, weekly)


def test_nobody_hears_again_because_a_watch_was_changed(database):
    made = add(database, A)
    told = tell(database)
    change(database, made, query=parse("body:cis-sorb"), recipients=("A@example.org",))
    tell(database, stored=told)
    with database.read() as connection:
        heard = [alert for alert in alerts.list_alerts(connection) if not alert.state.is_withheld]
    assert [alert.recipient for alert in heard] == [A]


def test_a_new_recipient_hears_only_of_what_is_first_stored_from_then_on(database):
    made = add(database, A)
    told = tell(database)
    change(database, made, recipients=(A, B), now=NOW + timedelta(hours=1))
    tell(database, stored=told)
    assert states(database) == {A: AlertState.OWED}
    assert live(database, made_by=NOW) == [("chiefs", (A,))]
    assert live(database, made_by=LATER) == live(database) == [("chiefs", (A, B))]


def test_since_when_a_recipient_hears_is_kept_through_further_changes(database):
    made = change(database, add(database, A), recipients=(A, B), now=NOW)
    made = change(database, made, recipients=("B@example.org", A), now=LATER)
    assert live(database, made_by=NOW) == [("chiefs", ("B@example.org", A))]
    made = change(database, made, recipients=(A,), now=LATER)
    change(database, made, recipients=(A, B), now=LATER)
    assert live(database, made_by=NOW) == [("chiefs", (A,))]


def test_a_watch_all_of_whose_recipients_are_new_tells_nobody_of_before(database):
    change(database, add(database, A), recipients=(B,), now=LATER)
    assert live(database, made_by=NOW) == []


def test_what_is_owed_to_a_recipient_that_went_is_not_sent(database):
    made = add(database, A, B)
    tell(database)
    change(database, made, recipients=(B,))
    assert states(database) == {A: AlertState.WITHDRAWN, B: AlertState.OWED}


def test_on_another_channel_everybody_is_new(database):
    made = add(database, A)
    tell(database)
    change(database, made, channel="webhook", now=LATER)
    assert states(database) == {A: AlertState.WITHDRAWN}
    assert live(database, made_by=NOW) == []


def test_what_waited_for_a_digest_that_is_no_more_is_due(database):
    made = add(database, A, delivery=Delivery(digest=Digest(every=Every.DAILY)))
    tell(database)
    with database.read() as connection:
        assert not sending.is_any_due(connection, LATER)
    change(database, made, delivery=AT_ONCE)
    with database.write() as connection:
        gather(connection, {}, NOW)
        assert sending.is_any_due(connection, LATER)


@pytest.mark.parametrize(
    "delivery",
    [
        AT_ONCE,
        Delivery(digest=Digest(every=Every.DAILY, at=time(0, 5))),
        Delivery(digest=Digest(every=Every.WEEKLY, on=6, heartbeat=True), timezone="America/St_Johns"),
        Delivery(quiet=Quiet(time(0), time(23, 59)), language="ru"),
    ],
)
def test_how_it_is_told_is_kept(database, delivery):
    assert add(database, delivery=delivery).delivery == delivery
    with database.read() as connection:
        assert watches.watch_named(connection, "chiefs").delivery == delivery
