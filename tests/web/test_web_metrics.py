"""What Prometheus is told: each number moves with what it counts."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from readout.config import Archive, Config
from readout.error import StorageError
from readout.storage import schema
from readout.storage.hosts import set_wait
from readout.storage.sources import claim, make_due, set_enabled
from readout.storage.troubles import add_trouble
from readout.trouble import Trouble
from tests.reported import source
from tests.store import is_on_server
from tests.telling import NOW, open_told, session
from tests.web.visiting import Guest, served

HOUR = timedelta(hours=1)
SOURCES = {key: source(key) for key in ("agency", "late", "busy", "asked", "off")}


def numbers(guest: Guest) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(guest.get("/metrics").html)
    return {(each.name, ",".join(each.labels.values())): each.value for family in families for each in family.samples}


@pytest.fixture
def guest(database, tmp_path):
    """At pages over one meeting, their archive in `tmp_path`."""
    with database.write() as connection:
        open_told(connection, session())
    with served(database, Config(archive=Archive(dir=tmp_path)), sources=SOURCES) as visitor:
        yield visitor


def insert_alert(connection, **values):
    row = {"recipient": "a@example.org", "channel": "email", "kind": "notice", "message_id": "m", "created_at": NOW}
    connection.execute(insert(schema.alert), row | {"watch_names": [], "matched": {}} | values)


def test_what_is_stored_is_counted(guest):
    found = numbers(guest)
    assert found["readout_meetings", ""] == found["readout_articles", ""] == found["readout_database_up", ""] == 1
    assert found["readout_alerts", "owed"] == found["readout_oldest_owed_alert_age_seconds", ""] == 0
    with guest.site.database.write() as connection:
        for state, since in (("owed", NOW - HOUR), ("owed", NOW), ("accepted", NOW - 2 * HOUR)):
            insert_alert(connection, state=state, created_at=since, next_try=NOW + HOUR)
        link = {"source_id": "agency", "found_in": "x", "first_seen": NOW}
        fates = [None, None, "stored"]
        rows = [link | {"url": f"u{at}", "key": f"u{at}", "outcome": fate} for at, fate in enumerate(fates)]
        connection.execute(insert(schema.link), rows)
    found = numbers(guest)
    assert (found["readout_alerts", "owed"], found["readout_alerts", "accepted"]) == (2, 1)
    assert found["readout_oldest_owed_alert_age_seconds", ""] == 3600
    assert found["readout_oldest_due_alert_age_seconds", ""] == 0  # the quiet hours of its reader
    with guest.site.database.write() as connection:
        insert_alert(connection, state="doubtful", next_try=NOW - timedelta(minutes=1))
        insert_alert(connection, state="accepted", next_try=NOW - HOUR)
    assert numbers(guest)["readout_oldest_due_alert_age_seconds", ""] == 60
    assert (found["readout_pending_links", ""], found["readout_links", "stored"]) == (2, 1)


def test_who_waits_for_a_crawl_is_counted_apart_from_who_may_not_have_one(guest):
    assert numbers(guest)["readout_due_sources", ""] == len(SOURCES)  # never crawled
    with guest.site.database.write() as connection:
        for key, since in {"agency": NOW + HOUR, "late": NOW - HOUR, "busy": NOW, "asked": NOW, "off": NOW}.items():
            make_due(connection, key, now=since)
        set_enabled(connection, "off", False)
        set_wait(connection, "asked.example", NOW + HOUR)
        assert claim(connection, SOURCES, ["busy"], owner="me", now=NOW, lease=HOUR) == ["busy"]
    found = numbers(guest)
    assert (found["readout_due_sources", ""], found["readout_oldest_due_source_age_seconds", ""]) == (1, 3600)
    assert found["readout_waiting_hosts", ""] == 1
    assert (found["readout_sources", "crawling"], found["readout_sources", "disabled"]) == (1, 1)


def test_each_source_tells_when_it_was_last_crawled(guest):
    with guest.site.database.write() as connection:
        crawled = {"id": "agency", "failures": 0, "last_started": NOW, "last_finished": NOW + timedelta(minutes=1)}
        connection.execute(insert(schema.source), crawled)
    found = numbers(guest)
    started = found["readout_source_crawl_started_timestamp_seconds", "agency"]
    assert started == NOW.timestamp() == found["readout_source_crawl_finished_timestamp_seconds", "agency"] - 60


def test_what_the_operator_should_look_at_is_counted_by_its_kind(guest):
    with guest.site.database.write() as connection:
        for key in ("links:late", "links:agency", "disk", "news:agency"):
            add_trouble(connection, Trouble(key=key, said="x", since=NOW))
        connection.execute(schema.trouble.update().values(gone_at=NOW).where(schema.trouble.c.key == "news:agency"))
    found = numbers(guest)
    kinds = {kind: found["readout_troubles", kind] for kind in ("links", "disk", "news", "damaged")}
    assert kinds == {"links": 2, "disk": 1, "news": 0, "damaged": 0}


def test_what_a_person_has_to_decide_is_counted(guest):
    with guest.site.database.write() as connection:
        other = open_told(connection, session())
        doubt = {"report_id": 1, "meeting_id": other, "verdict": "unsure", "score": 0.5, "reasons": []}
        connection.execute(insert(schema.judgement), doubt | {"made_by": "rule", "made_at": NOW})
        of_itself = doubt | {"meeting_id": 1, "made_by": "rule 2", "made_at": NOW}
        connection.execute(insert(schema.judgement), of_itself)
    assert numbers(guest)["readout_open_questions", ""] == 1


def test_sizes_and_room_are_told_where_they_can_be_seen(guest):
    found = numbers(guest)
    assert found["readout_database_bytes", ""] > 100_000
    assert found["readout_free_bytes", "archive"] > 0
    assert (("readout_free_bytes", "database") in found) is not is_on_server()


def test_without_a_database_that_is_what_is_told(guest, monkeypatch):
    @contextmanager
    def gone():
        raise StorageError("no connection")
        yield

    monkeypatch.setattr(guest.site.database, "read", gone)
    found = numbers(guest)
    assert found["readout_database_up", ""] == 0
    assert ("readout_free_bytes", "archive") in found
    assert ("readout_meetings", "") not in found


def test_a_database_of_another_shape_counts_as_none(guest):
    with guest.site.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE meeting RENAME TO elsewhere")
    assert numbers(guest)["readout_database_up", ""] == 0


def test_no_label_is_from_a_page(guest):
    with guest.site.database.write() as connection:
        link = {"source_id": 'x"}\nevil 1', "found_in": "x", "first_seen": NOW, "url": "u", "key": "u"}
        connection.execute(insert(schema.link), link)
        connection.execute(insert(schema.source), {"id": 'x"}\nevil 1', "failures": 0, "last_started": NOW})
    assert "evil" not in guest.get("/metrics").html
