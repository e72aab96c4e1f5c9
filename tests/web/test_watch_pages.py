"""The pages of watches: made, looked at, tried, changed and stopped as on the command line."""

import pytest

from readout.config import Config
from readout.storage import watches
from readout.watching import Every
from tests.owed import ledger, tell_all, watch_all
from tests.telling import NOW, meeting, session, store, telling
from tests.web.test_web_access import HASHES, READERS, signed_in
from tests.web.visiting import served

SECRET = "https://hooks.example/services/T0/very-secret-key"
FORM = {
    "name": "chiefs",
    "query": "country:KZ -status:planned",
    "to": "reader@example.org\r\nother@example.org",
    "channel": "email",
    "digest": "",
    "at": "08:00",
    "on": "monday",
    "quiet": "",
    "tz": "Asia/Baku",
    "language": "ru",
}


@pytest.fixture
def guest(database):
    with served(database) as visitor:
        yield visitor


def stored(database):
    with database.read() as connection:
        return watches.list_watches(connection)


def test_an_empty_store_has_no_watch_and_offers_to_make_one(guest):
    answer = guest.get("/watches")
    assert "There is no watch yet." in answer.text
    assert 'href="/watches/new"' in answer.html
    assert guest.get("/watches/new?q=country:KZ").html.count('value="country:KZ"') == 1


def test_a_watch_is_made_as_the_form_says(database, guest):
    answer = guest.post("/watches", **FORM)
    assert answer.headers["Location"] == "/watches/1?done=made"
    (made,) = stored(database)
    assert made.recipients == ("reader@example.org", "other@example.org")
    assert made.delivery.digest is None
    assert (made.delivery.language, made.delivery.timezone) == ("ru", "Asia/Baku")
    text = guest.get("/watches/1?done=made").text
    assert "It watches from now on." in text
    assert "country: Kazakhstan; not status: planned" in text
    assert "country:KZ -status:planned" in text
    assert "reader@example.org" in guest.get("/watches").text


def test_a_digest_has_its_hour_its_day_and_its_quiet(database, guest):
    weekly = {"digest": "weekly", "on": "friday", "quiet": "22:00-07:00", "heartbeat": "yes", "updates": "yes"}
    assert guest.post("/watches", **FORM | weekly).status == 303
    (made,) = stored(database)
    assert made.delivery.digest.every is Every.WEEKLY
    assert made.delivery.digest.on == 4
    assert made.updates
    said = "weekly, Friday, at 08:00, also when there is nothing, not 22:00-07:00, Asia/Baku, Russian, with updates"
    assert said in guest.get("/watches").text
    daily = FORM | {"name": "other", "digest": "daily", "on": "friday"}
    assert guest.post("/watches", **daily).status == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "is no name"),
        ("name", "a\x07b", "is no name"),
        ("query", "country:KZ boddy:x", "^"),
        ("query", "body:nobody", "nobody"),
        ("to", "", "a list of those who hear of it"),
        ("to", "nobody", "is no mail address"),
        ("channel", "pigeon", "known are"),
        ("digest", "hourly", "must be one of daily, weekly"),
        ("quiet", "late", "hours of the day"),
        ("tz", "Asia/Bakuu", "Asia/Baku"),
        ("language", "xx", "not written in it"),
    ],
)
def test_what_is_wrong_is_said_under_its_field_and_nothing_is_lost(database, guest, field, value, said):
    answer = guest.post("/watches", **FORM | {field: value})
    assert answer.status == 400
    place = answer.html.partition(f'id="{field}-fault"')[2].partition("</div>")[0]
    assert said in place
    assert f'aria-describedby="{field}-fault"' in answer.html
    assert 'value="Asia/Baku" selected' in answer.html or field == "tz"
    assert stored(database) == []


def test_a_name_that_is_taken(database, guest):
    guest.post("/watches", **FORM)
    answer = guest.post("/watches", **FORM)
    assert answer.status == 400
    assert "There is a watch of this name already." in answer.text
    assert len(stored(database)) == 1


def test_a_trial_says_of_which_meetings_it_would_tell_and_sends_nothing(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database)
    with database.write() as connection:
        store(connection, meeting(telling(9), late=True))
    before = ledger(database)
    text = guest.get("/watches/1/test").text
    assert text.count("Because: every meeting") == 2
    assert text.count("was stored without telling anybody") == 1
    assert ledger(database) == before


def test_a_query_is_tried_before_there_is_a_watch(database, guest):
    with database.write() as connection:
        store(connection, meeting())
    assert "Because: country: Kazakhstan" in guest.get("/watches/test?q=country:KZ").text
    assert "None of the stored meetings." in guest.get("/watches/test?q=country:JP").text
    wrong = guest.get("/watches/test?q=boddy:x")
    assert wrong.status == 400
    assert "boddy" in wrong.text


def test_a_trial_is_turned_page_by_page(database, guest):
    with database.write() as connection:
        for number in range(55):
            store(connection, meeting(telling(number, report=session())))
    first = guest.get("/watches/test")
    assert first.text.count("Because") == 50
    later = first.html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert guest.get(later).text.count("Because") == 5


def test_somebody_more_is_told_and_somebody_no_more(database, guest):
    watch_all(database, "reader@example.org")
    assert guest.post("/watches/1/add", to="not an address").status == 400
    assert guest.post("/watches/1/add", to="other@example.org").status == 303
    assert stored(database)[0].recipients == ("reader@example.org", "other@example.org")
    key = guest.get("/watches/1").html.partition('name="who" value="')[2].partition('"')[0]
    assert guest.post("/watches/1/drop", who="0" * 32).status == 404
    assert guest.post("/watches/1/drop", who=key).status == 303
    assert stored(database)[0].recipients == ("other@example.org",)
    assert 'name="who"' not in guest.get("/watches/1").html


def test_a_watch_is_stopped_once_somebody_said_so_twice(database, guest):
    watch_all(database, "reader@example.org")
    tell_all(database)
    assert "Stop the watch chiefs ?" in guest.get("/watches/1/stop").text
    assert len(stored(database)) == 1
    answer = guest.post("/watches/1/stop")
    assert "The watch is stopped." in guest.get(answer.headers["Location"]).text
    assert stored(database) == []
    assert [alert.state for alert in ledger(database)] == ["withdrawn"]
    for path in ("/watches/1", "/watches/1/test", "/watches/1/stop"):
        assert guest.get(path).status == 404


def test_the_key_of_a_webhook_is_shown_nowhere(database, guest):
    with database.write() as connection:
        recipients = [SECRET, "https://other.example/key/2"]
        watches.add_watch(connection, name="hook", recipients=recipients, channel="webhook", now=NOW)
    tell_all(database)
    for path in ("/watches", "/watches/1", "/watches/1/stop", "/outbox", "/outbox/1", "/outbox/2"):
        html = guest.get(path).html
        assert "very-secret-key" not in html, path
        assert "key/2" not in html, path
    assert "https://hooks.example/…" in guest.get("/watches/1").text


def test_names_are_text_alone(database, guest):
    with database.write() as connection:
        name = "<script>owned()</script>\u202e"
        watches.add_watch(connection, name=name, recipients=["a@example.org"], channel="email", now=NOW)
    for path in ("/watches", "/watches/1", "/watches/1/stop", "/watches/1/test"):
        html = guest.get(path).html
        assert "owned()" in html
        assert "<script" not in html
        assert "\u202e" not in html


@pytest.mark.parametrize("path", ["/watches/99", "/watches/99/test", "/watches/99/stop"])
def test_there_is_no_such_watch(guest, path):
    assert guest.get(path).status == 404
    assert guest.post("/watches/99/stop").status == 404
    assert guest.post("/watches/99/add", to="a@example.org").status == 404


def test_who_may_only_read_can_look_and_try(database):
    watch_all(database, "reader@example.org")
    with served(database, Config(web=HASHES)) as reader:
        signed_in(reader, READERS)
        html = reader.get("/watches/1").html
        assert "/watches/1/stop" not in html
        assert "/watches/1/add" not in html
        assert "<textarea" not in reader.get("/watches/new").html
        assert reader.get("/watches/1/test").status == 200
        assert reader.post("/watches/1/stop").status == 403
    assert len(stored(database)) == 1
