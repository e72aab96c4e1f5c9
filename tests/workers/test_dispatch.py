"""What follows from a crawl's end for the time after."""

from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from readout.catalog import load_sources
from readout.demo.server import Answer, SiteServer
from readout.model import SourceId
from readout.pace import Rhythm, from_row, to_row
from readout.storage import schema
from readout.storage.database import open_database
from readout.storage.sources import keep_rhythm, state_of, sync_sources
from readout.workers.clock import utc_now
from readout.workers.dispatch import Dispatch
from readout.workers.event import CrawlEvent
from tests.sites import RSS, configure, crawl, query, source, story

COURIER = SourceId("courier")
END = CrawlEvent(event="finished", source=COURIER, reason="finished", answered=True)
DOWN = replace(END, answered=False, error="no answer")
HOUR = timedelta(hours=1)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def house(tmp_path, heard):
    """Makes a dispatch over one source, in a database of its own."""
    made = []

    def make(crawl=None, workers="local", **fields):
        place = {"type": "feed", "url": "http://courier.example/rss"}
        config = configure(tmp_path, source("courier", "http://courier.example/", place, **fields), **(crawl or {}))
        config = config.model_copy(update={"workers": workers})
        database = open_database(config.database.url, create=True)
        dispatch = Dispatch(config, load_sources(config.sources), database, notify=heard.append)
        made.extend((dispatch, database))
        return dispatch, database

    yield make
    for each in made:
        each.close()


def test_who_waits_for_a_crawl_hears_its_end_even_when_that_cannot_be_noted(house, heard, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    dispatch, _ = house()
    monkeypatch.setattr("readout.workers.dispatch._next", broken)
    with pytest.raises(ZeroDivisionError):
        dispatch._hear(END)
    assert heard == [END]


def busy_now():
    """The rhythm of a source whose articles all come in this hour and the next, whatever hour it is in its zone."""
    now = utc_now()
    local = now.astimezone(UTC) + 4 * HOUR  # in Baku
    hours = tuple(90.0 if (hour - local.hour) % 24 <= 1 else 0.0 for hour in range(24))
    days = tuple(180.0 / 7 for _ in range(7))
    watched = {"hours_watched": (60.0,) * 24, "days_watched": (24 * 60 / 7,) * 7}
    return to_row(Rhythm(at=now, hours_came=hours, days_came=days, **watched))


@pytest.mark.parametrize(
    ("crawl", "fields", "event", "expected"),
    [
        ({"adaptive": False}, {}, END, 3),
        ({"min_interval": 3_600}, {}, END, 1),  # as long as it is busy for certain, whatever the minute
        ({}, {}, DOWN, 6),
        ({"max_interval": 60, "min_interval": 86_400}, {}, END, 3),
        ({}, {"interval": "30m"}, END, 1 / 6),
    ],
)
def test_a_source_is_due_by_its_rhythm_within_bounds(house, crawl, fields, event, expected):
    dispatch, database = house(crawl, **fields)
    dispatch._claims.take([COURIER], utc_now(), 1)
    with database.write() as connection:
        keep_rhythm(connection, COURIER, busy_now())
    dispatch._hear(event)
    with database.read() as connection:
        state = state_of(connection, COURIER)
    assert state.next_due - state.last_finished == pytest.approx(expected * HOUR, abs=timedelta(seconds=1))


def test_in_its_busy_hours_a_source_is_due_sooner(house):
    dispatch, database = house()
    dispatch._claims.take([COURIER], utc_now(), 1)
    with database.write() as connection:
        keep_rhythm(connection, COURIER, busy_now())
    dispatch._hear(END)
    with database.read() as connection:
        state = state_of(connection, COURIER)
    assert HOUR * 0.7 < state.next_due - state.last_finished < HOUR * 2.2


def test_a_schedule_is_kept_to_whatever_the_rhythm(house):
    dispatch, database = house(schedule="30 * * * *")
    dispatch._claims.take([COURIER], utc_now(), 1)
    with database.write() as connection:
        keep_rhythm(connection, COURIER, busy_now())
    dispatch._hear(END)
    with database.read() as connection:
        assert state_of(connection, COURIER).next_due.minute == 30


def test_a_source_without_a_rhythm_is_due_after_its_interval(house):
    dispatch, database = house()
    for kept in (None, {"at": "rubbish"}):
        dispatch._claims.take([COURIER], utc_now(), 1)
        if kept:
            with database.write() as connection:
                keep_rhythm(connection, COURIER, kept)
        dispatch._hear(END)
        with database.read() as connection:
            state = state_of(connection, COURIER)
        assert state.next_due - state.last_finished == 3 * HOUR


def test_a_crawl_learns_when_articles_come(tmp_path):
    at = utc_now() - HOUR
    item = f"<item><link>{{}}</link><pubDate>{format_datetime(at)}</pubDate></item>"
    with SiteServer("courier") as web:
        rss = f'<rss version="2.0"><channel>{item.format(web.url("courier", "/news/1"))}</channel></rss>'
        web.host("courier", {"/rss": Answer.of(rss, RSS), "/news/1": story(1)})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        config = configure(tmp_path, source("courier", web.url("courier"), place))
        crawl(config)
        ((kept,),) = query(config, select(schema.source.c.rhythm))
    rhythm = from_row(kept)
    local = at.astimezone(ZoneInfo("Asia/Baku"))
    assert rhythm.hours_came[local.hour] == pytest.approx(1, abs=0.01)
    assert sum(rhythm.hours_came) == pytest.approx(1, abs=0.01)
    assert 0.9 < sum(rhythm.days_watched) < 1.1


class SlowWorker:
    """It takes 20 seconds to begin its crawl process."""

    def __init__(self, clock):
        self.clock, self.did = clock, []

    def free_seats(self):
        self.clock.append(self.clock[-1] + timedelta(seconds=20))
        return 1

    def crawl(self, source_id, since):
        self.did.append(source_id)

    def keep_on_leash(self, seconds):
        self.did.append(seconds)

    def check(self):
        pass

    close = check


def test_a_claim_beside_others_lasts_from_when_it_is_taken_and_its_crawl_no_longer(house, monkeypatch):
    clock = [utc_now()]
    monkeypatch.setattr("readout.workers.dispatch.utc_now", lambda: clock[-1])
    dispatch, database = house(workers="cluster")
    dispatch._worker = worker = SlowWorker(clock)
    with database.write() as connection:
        sync_sources(connection, dispatch._sources)
    assert dispatch.hand_over_if_due(COURIER, clock[0])
    with database.read() as connection:
        assert state_of(connection, COURIER).lease_until == clock[0] + timedelta(seconds=50)
    assert worker.did[-2] == COURIER
    assert 0 < worker.did[-1] <= 30


def test_while_none_is_due_no_crawl_process_is_begun(house, monkeypatch):
    begun = []
    monkeypatch.setattr("readout.workers.local._CrawlProcess", lambda *_, **__: begun.append(1))
    dispatch, _ = house()
    dispatch._claims.take([COURIER], utc_now(), 1)
    dispatch._hear(END)
    assert dispatch.hand_over_due(utc_now()) == []
    assert dispatch.hand_over_due(utc_now() - timedelta(minutes=5)) == []
    assert begun == []
