"""Many workers on one database: nothing is lost, nobody is at a site twice, one alert for one meeting, whoever dies."""

import asyncio
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from readout.catalog import load_sources
from readout.config import Config, load_config
from readout.error import AlreadyRunning, ConfigError, OutdatedDatabase, StorageError
from readout.model import SourceId
from readout.storage import leases, presence
from readout.storage.database import Database, open_database
from readout.storage.home import Turn, home_of
from readout.storage.lock import data_lock, shared_lock
from readout.storage.sources import claim, set_enabled, state_of
from readout.workers import queue
from readout.workers.chair import LEASE_NAME, Chair
from readout.workers.claims import Claims
from readout.workers.clock import utc_now
from readout.workers.cluster import ClusterWorker
from tests import postgres
from tests.clustered import PATIENCE_S, ROOT, cluster

pytestmark = pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
LONG = timedelta(hours=1)


@pytest.fixture(scope="module")
def server():
    with postgres.server() as server:
        yield server


@pytest.fixture
def url(server, request):
    name = f"d{abs(hash(request.node.name))}"
    server.make(name)
    open_database(server.url(name), create=True).close()
    return server.url(name)


@pytest.fixture
def database(url):
    with closing(open_database(url, create=False)) as database:
        yield database


@pytest.fixture
def sources(tmp_path):
    """a, b and c, of which b and c live at one host."""
    for name, host in (("a", "a.example"), ("b", "bc.example"), ("c", "bc.example")):
        (tmp_path / f"{name}.toml").write_text(
            f'[[source]]\nid = "{name}"\nname = "{name}"\nkind = "newspaper"\ncountry = "AZ"\nlanguages = ["en"]\n'
            f'timezone = "UTC"\nhome = "https://{host}/"\narticle = "x"\n'
            f'discover = [{{type = "feed", url = "https://{host}/{name}"}}]\n'
        )
    return load_sources((tmp_path,))


# --- the whole ------------------------------------------------------------------------------------------------------


def test_nothing_is_lost_and_nothing_done_twice_whoever_dies(tmp_path):
    with cluster(tmp_path, 12, seats=2, latency_s=0.2, pages_a_round=2) as house:
        schedulers = [house.scheduler("scheduler0"), house.scheduler("scheduler1")]
        workers = [house.worker(f"worker{number}") for number in range(2)]
        house.web.publish()
        house.until(lambda: bool(house.ask("SELECT 1 FROM source WHERE lease_owner IS NOT NULL")))
        (victim,) = [worker for worker in workers if f"/{worker.pid}/" in held_by(house)][:1]
        house.kill(victim)
        workers.remove(victim)
        workers.append(house.worker("worker2"))
        house.until(lambda: house.stored() >= house.web.urls())

        house.web.publish()
        house.make_due()
        house.until(lambda: len(house.stored()) > len(house.web.urls()) // 2)
        house.server.stop("immediate")
        house.server.start()
        house.kill(schedulers.pop(0))
        house.until(lambda: house.stored() >= house.web.urls())
        house.until(lambda: len(house.mail.received) >= house.web.meetings)
        house.until(lambda: not house.ask("SELECT 1 FROM source WHERE lease_owner IS NOT NULL"))
        assert house.faults() == []
        for process in (*workers, *schedulers):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(PATIENCE_S) for process in (*workers, *schedulers)] == [0, 0, 0], house.said()
        assert house.ask("SELECT name FROM lease WHERE name IN ('scheduler', 'sender')") == []


def held_by(house) -> str:
    return " ".join(owner for (owner,) in house.ask("SELECT lease_owner FROM source WHERE lease_owner IS NOT NULL"))


# --- the queue ------------------------------------------------------------------------------------------------------


def test_what_is_due_is_queued_once_and_never_two_of_one_host(database, sources):
    queue.prepare_queue(database, sources)
    assert queue.queue_due(database, sources, utc_now()) == ["a", "b"]
    assert queue.queue_due(database, sources, utc_now()) == []
    with database.read() as connection:
        assert queue.queue_lengths(connection) == {"todo": 2, "doing": 0}


def test_what_a_worker_does_not_know_of_is_queued_still(database, sources):
    queue.prepare_queue(database, sources)
    known = {key: source for key, source in sources.items() if key != "a"}
    queue.prepare_queue(database)
    Claims(database, known, alone=False, longest=LONG)
    assert queue.queue_due(database, sources, utc_now()) == ["a", "b"]


def test_what_is_crawled_by_others_or_off_is_not_queued(database, sources):
    queue.prepare_queue(database, sources)
    with database.write() as connection:
        claim(connection, sources, [SourceId("c")], owner="crawl by hand", now=utc_now(), lease=LONG)
        set_enabled(connection, SourceId("a"), False)
    assert queue.queue_due(database, sources, utc_now()) == []


@pytest.mark.parametrize(
    ("heard", "queued"), [("now()", []), ("now() - interval '1 minute'", ["a", "b"]), (None, ["a", "b"])]
)
def test_what_a_dead_worker_had_begun_is_queued_again(database, sources, heard, queued):
    queue.prepare_queue(database, sources)
    queue.queue_due(database, sources, utc_now())
    with database.write() as connection:
        connection.execute(text("SET LOCAL search_path = readout_queue"))
        worker = "NULL"
        if heard:
            connection.execute(text(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({heard})"))
            worker = "(SELECT id FROM procrastinate_workers)"
        connection.execute(text(f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {worker}"))
    assert queue.queue_due(database, sources, utc_now()) == queued


def test_no_more_wait_than_workers_take_soon(database, sources, monkeypatch):
    monkeypatch.setattr(queue, "_MOST_WAITING", 1)
    queue.prepare_queue(database, sources)
    assert queue.queue_due(database, sources, utc_now()) == ["a"]
    assert queue.queue_due(database, sources, utc_now()) == []


def test_a_queue_of_another_version_is_refused_until_it_is_cleared(database, sources):
    queue.prepare_queue(database, sources)
    with database.write() as connection:
        connection.execute(text("COMMENT ON SCHEMA readout_queue IS 'procrastinate of old'"))
    with pytest.raises(OutdatedDatabase, match="readout db upgrade"):
        queue.prepare_queue(database, sources)
    with database.write() as connection:
        queue.clear_queue(connection)
    queue.prepare_queue(database, sources)
    assert queue.queue_due(database, sources, utc_now()) == ["a", "b"]


def test_an_upgrade_goes_beside_others_where_there_is_nothing_to_do(url, database, sources, tmp_path):
    def upgraded() -> int:
        told = os.environ | {"READOUT_DATABASE__URL": url, "READOUT_DATA_DIR": str(tmp_path / "var")}
        command = [sys.executable, "-m", "readout", "db", "upgrade"]
        return subprocess.run(command, env=told, cwd=ROOT, capture_output=True, check=False).returncode

    queue.prepare_queue(database, sources)
    with shared_lock(url):
        assert upgraded() == 0
        with database.write() as connection:
            connection.execute(text("COMMENT ON SCHEMA readout_queue IS 'procrastinate of old'"))
        assert upgraded() == 3
    assert upgraded() == 0
    queue.prepare_queue(database, sources)


def test_the_queue_lies_beside_the_tables_wherever_these_are(server, sources):
    server.make("elsewhere")
    url = f"{server.url('elsewhere')}&options=-csearch_path%3Dmine"
    with closing(Database(home_of(url))) as database, database.write() as connection:
        connection.execute(text("CREATE SCHEMA mine"))
    with closing(open_database(url, create=True)) as database:
        queue.prepare_queue(database, sources)
        assert queue.queue_due(database, sources, utc_now()) == ["a", "b"]
        crawled = asyncio.run(crawled_by_a_worker(database.home.url))
    assert crawled == ["a", "b"]


async def crawled_by_a_worker(url):
    crawled = []

    async def crawl(source_id):
        crawled.append(source_id)

    app = queue.worker_app(url, crawl)
    async with app.open_async():
        await app.run_worker_async(queues=[queue.NAME], wait=False)
    return crawled


def test_a_worker_that_is_cut_off_from_the_queue_notices(server):
    """As everything else does that asks the server."""
    at_several = make_url("postgresql+psycopg://readout@/readout?host=a:1&host=b:2&sslmode=require")
    how = queue.worker_app(at_several, None).connector._pool_args["kwargs"]
    assert how["tcp_user_timeout"] == 25_000
    assert (how["host"], how["port"], how["sslmode"]) == ("a,b", "1,2", "require")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_cannot_ask_the_queue_any_more_gives_up(database, sources, monkeypatch):
    async def broken(_self, _told):
        raise RuntimeError

    monkeypatch.setattr(ClusterWorker, "_serve", broken)
    with ClusterWorker(Config().model_copy(update={"workers": "cluster"}), sources, database) as worker:
        worker._thread.join(PATIENCE_S)
        assert worker.has_given_up


def test_without_the_extra_it_is_said_what_to_install(database, sources, monkeypatch):
    monkeypatch.setattr(queue, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'readout\[cluster\]'"):
        queue.prepare_queue(database, sources)


# --- claims ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def claims(database, sources):
    return Claims(database, sources, alone=False, longest=LONG)


def test_a_claim_is_kept_up_until_it_is_freed(database, claims, monkeypatch):
    now = utc_now()
    assert claims.take([SourceId("a")], now, 1) == ["a"]
    monkeypatch.setattr("readout.workers.claims._RENEWED_AFTER_S", 0)
    assert claims.keep(now + timedelta(seconds=20))
    with database.read() as connection:
        assert state_of(connection, SourceId("a")).lease_until == now + timedelta(seconds=50)


def test_a_claim_that_lapsed_is_lost_and_another_may_have_it(database, sources, claims, monkeypatch):
    now = utc_now()
    claims.take([SourceId("a")], now, 1)
    monkeypatch.setattr("readout.workers.claims._RENEWED_AFTER_S", 0)
    with database.write() as connection:
        later = now + timedelta(seconds=31)
        assert claim(connection, sources, [SourceId("a")], owner="another", now=later, lease=LONG) == ["a"]
    assert not claims.keep(later)


def test_while_the_server_is_away_claims_hold_as_long_as_they_were_taken_for(database, claims, monkeypatch):
    claims.take([SourceId("a")], utc_now(), 1)
    monkeypatch.setattr("readout.workers.claims._RENEWED_AFTER_S", 0)
    with database.write() as connection:
        connection.execute(text("ALTER TABLE source RENAME TO gone"))
    assert claims.keep(utc_now())
    claims._held[SourceId("a")] -= 30
    assert not claims.keep(utc_now())


def test_a_claim_that_waited_lasts_no_longer_for_one_that_did_not(database, claims, monkeypatch):
    clock = SimpleNamespace(seconds=0, monotonic=lambda: clock.seconds)

    def slowly(_connection, _sources, wanted, **_):
        if wanted == ["a"]:
            clock.seconds += 10
            claims.take([SourceId("b")], utc_now(), 1)
        return wanted

    monkeypatch.setattr("readout.workers.claims.time", clock)
    monkeypatch.setattr("readout.workers.claims.source_table.claim", slowly)
    monkeypatch.setattr(database, "write", lambda **_: nullcontext())
    claims.take([SourceId("a")], utc_now(), 1)
    assert claims.lasts_s == 20


def test_others_leave_what_is_claimed_when_they_begin(database, sources, claims):
    claims.take([SourceId("a")], utc_now(), 1)
    Claims(database, sources, alone=False, longest=LONG)
    with database.read() as connection:
        assert state_of(connection, SourceId("a")).lease_owner


def test_a_source_that_is_not_known_is_never_due_and_said_to_be_so_once(claims):
    with capture_logs() as events:
        assert not any(claims.is_due(SourceId("elsewhere"), utc_now()) for _ in range(3))
    assert [event["event"] for event in events] == ["source_unknown"]


# --- who is at work -------------------------------------------------------------------------------------------------


def test_one_scheduler_of_several_is_at_work_until_it_leaves(database):
    with Chair(database, now=utc_now) as other:
        with Chair(database, now=utc_now) as first:
            assert first.is_ours()
            assert first.is_ours()
            assert not other.is_ours()
        assert other.is_ours()


def test_a_scheduler_that_is_heard_of_no_more_loses_its_place(database):
    with database.write() as connection:
        leases.take_lease(connection, LEASE_NAME, "elsewhere", utc_now() - timedelta(minutes=1), timedelta(seconds=30))
    with Chair(database, now=utc_now) as chair:
        assert chair.is_ours()


def test_a_scheduler_ends_in_order_though_the_server_is_away(database):
    with Chair(database, now=utc_now) as chair:
        assert chair.is_ours()
        with database.write() as connection:
            connection.execute(text("ALTER TABLE lease RENAME TO gone"))


def test_beside_many_none_is_alone_and_beside_one_alone_there_are_not_many(url, tmp_path):
    refused = pytest.raises(AlreadyRunning, match=r"2 others are at work.*end them first")
    with shared_lock(url), shared_lock(url), refused, data_lock(tmp_path, url):
        pass
    with data_lock(tmp_path, url), pytest.raises(AlreadyRunning, match="in use by another Readout"), shared_lock(url):
        pass
    with data_lock(tmp_path, url):
        pass


@pytest.mark.parametrize(("off", "said"), [(-6, "6 seconds ahead of"), (7, "7 seconds behind")])
def test_whose_clock_is_wrong_is_not_let_in(url, monkeypatch, off, said):
    monkeypatch.setattr(presence.func, "clock_timestamp", lambda: text(f"now() + interval '{off} seconds'"))
    with pytest.raises(StorageError, match=said), shared_lock(url):
        pass


def test_waiting_for_others_is_no_wrong_clock(url, database, monkeypatch):
    monkeypatch.setattr(presence, "_MOST_OFF_S", 0.5)
    with ThreadPoolExecutor() as pool:
        with database.write(turn=Turn.CLAIMS) as connection:
            entering = pool.submit(enter, url)
            waiting = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            while connection.scalar(waiting) is None and not entering.done():
                pass
            connection.execute(text("SELECT pg_sleep(1)"))
        entering.result(PATIENCE_S)


def enter(url):
    with shared_lock(url):
        pass


def test_whoever_is_at_work_says_so_while_others_store(url, database, monkeypatch):
    monkeypatch.setattr("readout.storage.postgres.BUSY_TIMEOUT_S", 1)
    with database.write():
        enter(url)


def test_whose_clock_goes_wrong_at_work_says_so_and_is_still_known(url, database, monkeypatch):
    monkeypatch.setattr(presence, "_OF_SERVER", replace(presence._OF_SERVER, beat_s=0.01))
    said = SimpleQueue()
    monkeypatch.setattr(presence.log, "error", lambda *said_now, **why: said.put((*said_now, why["reason"])))
    with shared_lock(url):
        monkeypatch.setattr(presence.func, "clock_timestamp", lambda: text("now() - interval '6 seconds'"))
        event, reason = said.get(timeout=PATIENCE_S)
        assert (event, reason[:56]) == ("clock_wrong", "this machine's clock is 6 seconds ahead of the server's:")
        with database.write() as connection:
            connection.execute(text("DELETE FROM lease"))
        said.get(timeout=PATIENCE_S)
        said.get(timeout=PATIENCE_S)
        with database.read() as connection:
            assert len(presence.members(connection, utc_now())) == 1


def test_a_cluster_wants_a_server(tmp_path):
    path = tmp_path / "readout.toml"
    path.write_text('workers = "cluster"\n')
    with pytest.raises(ConfigError, match=r"database\.url: a cluster shares a database on a server"):
        load_config(path)


@pytest.mark.usefixtures("cold")
def test_crawls_end_with_their_claims_though_their_worker_is_stuck(tmp_path):
    """Stopped by SIGSTOP, it can neither renew nor end them."""
    with cluster(tmp_path, 1, seats=1, latency_s=5, pages_a_round=9) as house:
        house.web.publish()
        house.scheduler()
        worker = house.worker("worker0")
        house.until(lambda: any(asked.path == "/rss" for asked in house.web.server.log()))
        (crawler,) = children(worker.pid)
        worker.send_signal(signal.SIGSTOP)
        house.until(lambda: not Path(f"/proc/{crawler}").exists() or "Z" in Path(f"/proc/{crawler}/stat").read_text())
        worker.send_signal(signal.SIGCONT)


def children(pid: int) -> list[int]:
    return [int(child) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()]
