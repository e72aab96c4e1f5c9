"""Days on which a clock, a mail server or a name server fails: nothing is lost, doubled or held up by it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from readout.config import Alerts, Config, Mail
from readout.demo.server import Content, SiteServer
from readout.model import AlertKind, AlertState, Source, SourceId
from readout.notices import tell_operator
from readout.outbox import Delivered, deliver
from readout.rhythm import next_due
from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.home import home_of
from readout.storage.lock import data_lock
from readout.storage.sources import claim, due_sources, release, sync_sources
from tests.channels.smtp_faults import GOOD, HANG_UP, SILENCE, Answer, ScriptedServer
from tests.owed import clock, ledger, tell_all, watch_all
from tests.processes import ROOT, running
from tests.reported import NOW as MORNING
from tests.reported import source
from tests.sites import change, configure, crawls, feed, outcomes, story
from tests.sites import source as table
from tests.store import store_url
from tests.telling import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPERATOR = "operator@example.org"

# --- the clock ------------------------------------------------------------------------------------------------------


class Watched:
    """A source of a database that is crawled by a service whose clock may jump."""

    def __init__(self, database: Database, watched: Source) -> None:
        self.database, self.sources = database, {watched.id: watched}
        self.source = watched
        with database.write() as connection:
            connection.execute(schema.source.delete())
            sync_sources(connection, self.sources)

    def tick(self, now: datetime) -> bool:
        """Whether it was due, and then it was crawled."""
        with self.database.write(lasting=False) as connection:
            due = due_sources(connection, self.sources, now=now, limit=1)
            for key in claim(connection, self.sources, due, owner="w", now=now, lease=HOUR):
                release(connection, key, "w", now=now, next_due=next_due(self.source, now, 0), error=None)
        return bool(due)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(store_url(tmp_path_factory.mktemp("clock")), create=True)
    yield opened
    opened.close()


# In minutes: a service that ticks, one that slept or whose clock was put on by days, one whose clock was put back.
STEPS = st.integers(1, 90) | st.integers(600, 8_000) | st.integers(-600, -1)


@settings(deadline=None, max_examples=20, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@given(st.data(), st.sampled_from(["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe"]))
def test_an_entry_is_crawled_once_however_the_clock_jumps(store: Database, data: st.DataObject, zone: str) -> None:
    daily = Watched(store, source(schedule="30 2 * * *", timezone=zone))
    now = MORNING
    assert daily.tick(now)
    crawled_for, furthest = [now], now
    for _ in range(25):
        now = max(now + data.draw(STEPS) * MINUTE, furthest - 20 * HOUR)
        furthest = max(furthest, now)
        latest = last_entry(zone, now)
        if daily.tick(now):
            crawled_for.append(latest)
        assert crawled_for[-1] >= latest, "an entry is left out"
    assert len(crawled_for) == len(set(crawled_for)), "an entry came twice"


def last_entry(zone: str, now: datetime) -> datetime:
    """When half past two was last, in `zone`."""
    day = now.astimezone(ZoneInfo(zone)).date()
    entries = (
        datetime(each.year, each.month, each.day, 2, 30, tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)
        for each in (day, day - DAY)
    )
    return next(entry for entry in entries if entry <= now)


@pytest.mark.parametrize("how", [{"interval": 3 * HOUR}, {"schedule": "30 2 * * *"}])
def test_a_clock_that_was_days_ahead_holds_up_no_source(store: Database, how: dict[str, object]) -> None:
    watched = Watched(store, source(**how))
    assert watched.tick(MORNING + 40 * DAY)
    assert watched.tick(MORNING)
    assert not watched.tick(MORNING + MINUTE)
    assert watched.tick(MORNING + DAY)


def test_a_clock_that_was_days_ahead_holds_up_no_alert(database: Database) -> None:
    watch_all(database, "reader@example.org")
    ahead = NOW + 40 * DAY
    tell_all(database, meetings=5, now=ahead)
    with ScriptedServer({"dot": "451 later"}) as server:
        config = Config(mail=Mail(host="127.0.0.1", port=server.port, security="none"), alerts=Alerts(flood_per_hour=3))
        assert deliver(database, config, now=clock(ahead)).retried == 5
        server.be_well()
        assert deliver(database, config, now=clock(ahead + DAY)).accepted == 4  # three, and the rest as one
        tell_all(database, meetings=1, now=NOW)
        assert deliver(database, config, now=clock(NOW)).accepted == 1, "what left later than now holds nothing back"
        tell_all(database, meetings=2, now=ahead + DAY)
        assert deliver(database, config, now=clock(NOW + MINUTE)).accepted == 2
    assert {alert.state for alert in ledger(database)} == {AlertState.ACCEPTED}


# --- two at once ----------------------------------------------------------------------------------------------------


def test_a_second_service_on_the_same_database_is_refused_wherever_it_runs(tmp_path: Path) -> None:
    config = configure(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "readout.toml"
    file.write_text(f'sources = ["{tmp_path}/sources"]\n[database]\nurl = "{config.database.url}"\n')
    with (
        data_lock(config.data_dir, config.database.url),
        running(str(ROOT / "scheduler.py"), folder=elsewhere, READOUT_CONFIG=str(file)) as second,
    ):
        said = second.communicate(timeout=60)[1]
    assert f"{home_of(config.database.url)} is in use by another Readout" in said
    assert second.returncode == 3


# --- the mail server ------------------------------------------------------------------------------------------------

# What the server does, hour by hour, to everybody, or to each message until it is whole.
OUT_OF_SERVICE: tuple[dict[str, Answer], ...] = (
    {"banner": "421 too busy"},
    {"banner": HANG_UP},
    {"EHLO": HANG_UP},
    {"MAIL": "451 local trouble"},
    {"banner": SILENCE},
    {"MAIL": HANG_UP},
)
REFUSING: tuple[dict[str, Answer], ...] = (
    {"RCPT": "450 come back"},
    {"RCPT": HANG_UP},
    {"DATA": "451 later"},
    {"dot": "451 later"},
)
FLOOD = 10
STEP = 20 * MINUTE


@pytest.mark.parametrize(("day", "in_order"), [(OUT_OF_SERVICE, True), (REFUSING, False)], ids=["down", "refusing"])
def test_all_that_a_day_without_mail_owes_leaves_once_when_it_is_over(
    database: Database, day: tuple[dict[str, Answer], ...], in_order: bool
) -> None:
    readers = ("one@example.org", "two@example.org")
    watch_all(database, *readers)
    now = NOW

    def pass_time() -> Delivered:
        nonlocal now
        now += STEP
        tell_operator(database, OPERATOR, {}, now=now)
        return deliver(database, config, now=clock(now))

    with ScriptedServer({}) as server:
        mail = Mail(host="127.0.0.1", port=server.port, security="none", operator=OPERATOR, timeout=0.2)
        config = Config(mail=mail, alerts=Alerts(flood_per_hour=FLOOD))
        for hour in range(24):
            server.answers = {**GOOD, **day[hour % len(day)]}
            tell_all(database, now=now)
            for _ in range(3):
                assert pass_time().accepted == 0
        assert server.received == []

        server.be_well()
        sent = [Counter(arrived(server, pass_time)) for _ in range(8 * 3)]
    alerts = ledger(database)
    assert {alert.state for alert in alerts} == {AlertState.ACCEPTED}
    assert len({letter.message_id for letter in server.received}) == len(server.received)
    for reader in readers:
        # of what is too much for an hour one digest tells beside
        assert max(sum(each[reader] for each in sent[start : start + 3]) for start in range(len(sent))) <= FLOOD + 1
        owed = [alert for alert in alerts if alert.recipient == reader and alert.kind is AlertKind.FIRST]
        alone = [alert.message_id for alert in owed if alert.digest_id is None]
        told = [letter.message_id for letter in server.received if letter.recipient == reader]
        assert len(owed) == 24
        assert set(alone) <= set(told)
        assert not in_order or [each for each in told if each in alone] == alone
    notices = [alert.content["subject"] for alert in alerts if alert.kind is AlertKind.NOTICE]
    assert len(notices) == 2
    assert "refused" in notices[0]
    assert "alerts are accepted again" in notices[1].split("; ")


def arrived(server: ScriptedServer, act: Callable[[], object]) -> list[str]:
    """To whom letters came while `act` was done."""
    before = len(server.received)
    act()
    return [letter.recipient for letter in server.received[before:]]


# --- the name server ------------------------------------------------------------------------------------------------

# Names of tests, given out by the one function that every look-up of a process ends in, while the name server is up.
NAME_SERVER = """
import json, os, socket
from pathlib import Path

_folder = Path(__file__).parent
_system = socket.getaddrinfo

def getaddrinfo(host, *args, **named):
    names = json.loads((_folder / "names.json").read_text())
    name = host.decode() if isinstance(host, bytes) else host
    if name in names and names[name] is None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _system(names.get(name, host), *args, **named)

socket.getaddrinfo = getaddrinfo
"""
READ = "not_a_report"
FEEDS, PAGES = "feeds.courier.test", "www.courier.test"


class Names:
    """The name server of a crawl process that is started later."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file = folder / "names.json"
        (folder / "sitecustomize.py").write_text(NAME_SERVER)
        monkeypatch.setenv("PYTHONPATH", str(folder))
        self.answer(FEEDS, PAGES)

    def answer(self, *names: str) -> None:
        """From now on only these are known: the others cannot be looked up."""
        self._file.write_text(json.dumps({name: "127.0.0.2" if name in names else None for name in (FEEDS, PAGES)}))


def news_of(base: str, numbers: range) -> Content:
    """What a site serves that has these stories."""
    return {f"/news/{number}": story(number) for number in numbers} | {
        "/rss": feed(*(f"{base}/news/{number}" for number in numbers))
    }


def test_a_name_server_that_is_down_costs_a_delay_and_holds_up_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cold: None
) -> None:
    names = Names(tmp_path, monkeypatch)
    with SiteServer("courier", "herald") as web:
        assert urlsplit(web.url("courier")).hostname == "127.0.0.2"
        port, beside = urlsplit(web.url("courier")).port, web.url("herald", "")
        web.host("courier", *(news_of(f"http://{PAGES}:{port}", range(1, day + 1)) for day in range(1, 5)))
        web.host("herald", *(news_of(beside, range(11, day + 11)) for day in range(1, 5)))
        config = configure(
            tmp_path,
            table("courier", f"http://{PAGES}:{port}/", {"type": "feed", "url": f"http://{FEEDS}:{port}/rss"}),
            table("herald", beside, {"type": "feed", "url": f"{beside}/rss"}),
        )
        courier = []
        with crawls(config) as crawl_all:
            for day, known in enumerate([(FEEDS, PAGES), (), (FEEDS,), (FEEDS, PAGES)], start=1):
                web.set_phase(day)
                names.answer(*known)
                if day == 4:
                    let_time_pass(config, "link", "next_visit")
                ends = {end.source: end for end in crawl_all() if end.event == "finished"}
                courier.append(ends[SourceId("courier")])
                assert ends[SourceId("herald")].error is None
                assert outcomes(config)[f"/news/{day + 10}"] == READ, "who stands beside is read on every day"
        assert [end.answered for end in courier] == [True, False, True, True]
        assert "has no public address, or none at all" in (courier[1].error or "")
        assert courier[2].outcomes == {"failed": 2}, "tried, and to be tried again"
        assert set(outcomes(config).values()) == {READ}


def let_time_pass(config: Config, table: str, column: str) -> None:
    """Let all that waits in a table be due."""
    change(config, f"UPDATE {table} SET {column} = '2024-01-01 00:00:00.000000' WHERE {column} IS NOT NULL")


def test_a_source_that_always_fails_is_asked_ever_less_and_no_other_is(database: Database) -> None:
    """Three days of ticks, every ten minutes: one source gives no answer, one does."""
    sources = {each.id: each for each in (source("down", interval=HOUR), source("well", interval=HOUR))}
    crawled: dict[str, list[datetime]] = {"down": [], "well": []}
    now, failures = MORNING, 0
    with database.write() as connection:
        sync_sources(connection, sources)
    while now < MORNING + 3 * DAY:
        with database.write(lasting=False) as connection:
            due = due_sources(connection, sources, now=now, limit=8)
            for key in claim(connection, sources, due, owner="w", now=now, lease=HOUR):
                crawled[key].append(now)
                failures += key == "down"
                error = "no answer" if key == "down" else None
                due_next = next_due(sources[key], now, failures if error else 0)
                release(connection, key, "w", now=now, next_due=due_next, error=error)
        now += 10 * MINUTE
    assert crawled["well"] == [MORNING + number * HOUR for number in range(72)]
    assert [round((later - at) / HOUR) for at, later in pairwise(crawled["down"])] == [2, 4, 8, 16, 24]
