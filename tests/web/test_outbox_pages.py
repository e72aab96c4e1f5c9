"""The outbox as pages: the ledger, one alert, another try, a test message."""

from contextlib import closing
from socket import create_server

import pytest

from readout.config import Config
from readout.demo.sink import MailSink
from readout.model import AlertState
from readout.storage import sending
from tests.owed import ledger, tell_all, watch_all
from tests.telling import NOW
from tests.web.test_web_access import HASHES, READERS, signed_in
from tests.web.visiting import served


@pytest.fixture
def guest(database):
    with served(database) as visitor:
        yield visitor


def fail(database, number: int) -> None:
    with database.write() as connection:
        sending.mark_failed(connection, number, code=550, text="no such user <script>owned()</script>\u202e")


def test_an_empty_outbox_says_so(guest):
    assert "Nothing is or was owed." in guest.get("/outbox").text


def test_the_ledger_is_counted_chosen_from_and_turned(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database, meetings=60)
    fail(database, 3)
    page = guest.get("/outbox")
    assert "owed 59" in page.text
    assert "failed 1" in page.text
    assert page.html.count('href="/meetings/') == 50
    assert page.html.index('href="/outbox/60"') < page.html.index('href="/outbox/11"')
    later = page.html.partition('rel="next" href="')[2].partition('"')[0]
    assert later == "/outbox?before=11"
    assert guest.get(later).html.count('href="/meetings/') == 10
    failed = guest.get("/outbox?state=failed")
    assert failed.html.count('href="/meetings/') == 1
    assert "550 no such user" in failed.text


def test_an_alert_tells_its_whole_story(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database)
    text = guest.get("/outbox/1").text
    for said in ("reader@example.org", "chiefs", "every meeting", "next try 4 Oct 2024", "it has not left", "Astana"):
        assert said in text, said


def test_what_was_answered_is_text_alone(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database)
    fail(database, 1)
    for path in ("/outbox", "/outbox/1", "/watches/1"):
        html = guest.get(path).html
        assert "owned()" in html
        assert "<script" not in html
        assert "\u202e" not in html


def test_what_failed_is_tried_again(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database, meetings=2)
    fail(database, 1)
    answer = guest.post("/outbox/1/retry")
    assert answer.headers["Location"] == "/outbox/1?done=retry"
    assert ledger(database)[0].state is AlertState.OWED
    assert ledger(database)[0].next_try == NOW
    assert "It is due now" in guest.get("/outbox/1?done=retry").text


def test_all_that_waits_is_tried_again(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database, meetings=3)
    for number in (1, 2):
        fail(database, number)
    answer = guest.post("/outbox/retry")
    assert "Due now: 3 ." in guest.get(answer.headers["Location"]).text
    assert {alert.state for alert in ledger(database)} == {AlertState.OWED}


def test_what_was_accepted_is_not_sent_again(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database)
    with database.write() as connection:
        sending.mark_accepted(connection, 1, now=NOW, code=250, text="OK")
    assert "/outbox/1/retry" not in guest.get("/outbox/1").html
    assert guest.post("/outbox/1/retry").headers["Location"] == "/outbox/1"
    assert ledger(database)[0].state is AlertState.ACCEPTED


@pytest.mark.parametrize(("path", "status"), [("/outbox/99", 404), ("/outbox/0", 404), ("/outbox/x", 404)])
def test_there_is_no_such_alert(guest, path, status):
    assert guest.get(path).status in (status, 400)
    assert guest.post("/outbox/99/retry").status == 404


def test_a_test_message_arrives(database):
    with MailSink() as sink:
        mail = {"host": sink.host, "port": sink.port, "security": "none"}
        with served(database, Config(mail=mail)) as guest:
            answer = guest.post("/outbox/test", address="reader@example.org", channel="email")
            assert answer.status == 200
            assert "A test message for reader@example.org was accepted: 250" in answer.text
        assert len(sink.received) == 1
    assert ledger(database) == []


@pytest.mark.parametrize(
    ("address", "channel", "said"),
    [
        ("reader@example.org", "email", "Connection refused"),
        ("nobody", "email", "is no mail address"),
        ("", "email", "An address belongs here."),
        ("reader@example.org", "pigeon", "An address belongs here."),
        ("http://127.0.0.1/key", "webhook", "127.0.0.1"),
    ],
)
def test_a_test_message_that_does_not_leave_says_why(database, address, channel, said):
    with closing(create_server(("127.0.0.1", 0))) as unheard:
        port = unheard.getsockname()[1]
    with served(database, Config(mail={"host": "127.0.0.1", "port": port})) as guest:
        answer = guest.post("/outbox/test", address=address, channel=channel)
        assert answer.status == 400
        assert said in answer.text


def test_who_may_only_read_is_shown_no_text_by_which_alerts_are_stopped(database):
    watch_all(database, "reader@example.org")
    tell_all(database)
    config = Config(web=HASHES, alerts={"public_url": "https://x.example"})
    with served(database, config) as guest:
        signed_in(guest)
        assert "/stop/" in guest.get("/outbox/1").text
    with served(database, config) as reader:
        signed_in(reader, READERS)
        assert "/stop/" not in reader.get("/outbox/1").text
        assert "<form method" not in reader.get("/outbox").html.partition("<main")[2].partition("</main")[0]
        assert reader.post("/outbox/retry").status == 403
