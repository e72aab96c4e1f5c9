"""What many workers on one PostgreSQL are worth: whether anything is lost when they die, and how much faster they are.

    python bench/cluster.py [--sites 120] [--rounds 5] [--sources 20000] [--seconds 60] [--only NAME …]

`deaths`: three workers crawl `--sites` sites `--rounds` times; in two rounds a worker that has crawls in hand is killed
by signal 9, in one PostgreSQL is stopped as by a crash and started again. Counted: articles that were not stored,
meetings (each is reported by two sites), alerts (one each), two workers at one site. Recovery: from the moment of a
death until all that was under way then has been crawled to its end.

`speed`: pages a second of one worker and of two, each with two seats, at sites that answer after 100 ms and tell of a
meeting on one page of six.

`schedule`: the CPU that the scheduler and PostgreSQL use, in shares of a core, while `--sources` sources are queued,
taken and given back every five minutes; the worker only takes jobs and says that they are done.

PostgreSQL is a server of the bench's own that waits for the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep

from sqlalchemy import update

sys.path.insert(0, str(Path(__file__).parents[1]))

from readout.model import SourceId
from readout.storage import schema
from readout.storage.database import open_database
from readout.storage.home import Turn, home_of
from readout.workers.clock import utc_now
from readout.workers.queue import HEARTBEAT_S, NAME, worker_app
from tests.clustered import Cluster, cluster

PATIENCE_S = 600.0
LATENCY_S = 0.1
INTERVAL = timedelta(minutes=5)
SETTLING_S = 15
HZ = os.sysconf("SC_CLK_TCK")


# --- deaths -----------------------------------------------------------------------------------------------------------


def deaths(sites: int, rounds: int) -> bool:
    """Whether all is well, whoever dies."""
    with TemporaryDirectory() as folder, cluster(Path(folder), sites, seats=4, durable=True) as house:
        house.scheduler("scheduler0")
        house.scheduler("scheduler1")
        workers = [house.worker(f"worker{number}") for number in range(3)]
        began, recoveries = monotonic(), []
        for number in range(rounds):
            house.web.publish()
            if number:
                house.make_due()
            if number in (1, 3):
                recoveries.append(("kill -9", _kill_one(house, workers)))
            if number == 2:
                recoveries.append(("PostgreSQL", _restart(house)))
            house.until(lambda: house.stored() >= house.web.urls(), patience_s=PATIENCE_S)
            house.until(lambda: _all_rest(house), patience_s=PATIENCE_S)
        house.until(lambda: len(house.mail.received) >= house.web.meetings, patience_s=PATIENCE_S)
        took = monotonic() - began
        ((crawls,),) = house.ask("SELECT count(*) FROM crawl WHERE reason = 'finished'")
        ((cut,),) = house.ask("SELECT count(*) FROM crawl WHERE reason IS DISTINCT FROM 'finished'")
        faults = house.faults()
        print(f"deaths: {crawls} crawls of {sites} sites ended in {took:.0f} s, {cut} were cut off; ", end="")
        print(f"{house.web.meetings} meetings reported twice each, {len(house.mail.received)} messages arrived")
        print("  recovery: " + ", ".join(f"{what} {seconds:.0f} s" for what, seconds in recoveries))
        print("  " + ("0 lost, 0 overlaps, one meeting and one alert for each" if not faults else "; ".join(faults)))
    return not faults and max(seconds for _, seconds in recoveries) <= 60


def _all_rest(house: Cluster) -> bool:
    return not house.ask("SELECT 1 FROM source WHERE lease_owner IS NOT NULL OR next_due <= now() LIMIT 1")


def _kill_one(house: Cluster, workers: list) -> float:
    """Kill a worker that crawls; how long until what it had in hand was crawled."""
    held: list[str] = []

    def somebody_crawls() -> bool:
        held[:] = [owner for (owner,) in house.ask("SELECT lease_owner FROM source WHERE lease_until > now()")]
        return any(f"/{worker.pid}/" in owner for worker in workers for owner in held)

    house.until(somebody_crawls)
    victim = next(worker for worker in workers if any(f"/{worker.pid}/" in owner for owner in held))
    house.kill(victim)
    workers.remove(victim)
    workers.append(house.worker(f"worker{len(house.processes)}"))
    theirs = [owner for owner in held if f"/{victim.pid}/" in owner]
    of_it = "SELECT id FROM source WHERE lease_owner = :owner"
    lost = {source for owner in theirs for (source,) in house.ask(of_it, owner=owner)}
    return _until_crawled(house, lost)


def _restart(house: Cluster) -> float:
    house.until(lambda: bool(house.ask("SELECT 1 FROM source WHERE lease_until > now()")))
    lost = {source for (source,) in house.ask("SELECT id FROM source WHERE lease_until > now()")}
    house.server.stop("immediate")
    house.server.start()
    return _until_crawled(house, lost)


def _until_crawled(house: Cluster, sources: set[str]) -> float:
    """How long until each has ended a crawl that began from now on."""
    now = utc_now()
    ended = "SELECT DISTINCT source_id FROM crawl WHERE reason = 'finished' AND started_at >= :now"

    def crawled() -> bool:
        return {source for (source,) in house.ask(ended, now=now)} >= sources

    return house.until(crawled, patience_s=PATIENCE_S)


# --- speed ------------------------------------------------------------------------------------------------------------


def speed(sites: int = 40, pages: int = 6) -> bool:
    """Whether two workers are worth two."""
    rates = {number: median(_pages_a_second(number, sites, pages) for _ in range(3)) for number in (1, 2)}
    print(f"speed: {sites} sites that answer after {LATENCY_S * 1000:.0f} ms, two seats a worker: ", end="")
    print(f"one {rates[1]:.1f} pages/s, two {rates[2]:.1f} pages/s: {rates[2] / rates[1]:.2f} times as many")
    return rates[2] / rates[1] >= 1.7


def _pages_a_second(workers: int, sites: int, pages: int) -> float:
    """From the first request to the last, robots.txt and feeds too."""
    with (
        TemporaryDirectory() as folder,
        cluster(Path(folder), sites, seats=2, latency_s=LATENCY_S, other_pages=pages - 1, durable=True) as house,
    ):
        house.web.publish()
        for number in range(workers):
            house.worker(f"worker{number}")
        house.until(lambda: len(house.ask("SELECT 1 FROM lease WHERE name LIKE 'member:%'")) == workers)
        house.scheduler()
        house.until(lambda: house.settled() >= house.web.urls(), patience_s=PATIENCE_S)
        asked = house.web.server.log()
        return len(asked) / (asked[-1].at - asked[0].at).total_seconds()


# --- schedule ---------------------------------------------------------------------------------------------------------


def schedule(sources: int, seconds: float) -> bool:
    """Whether queueing costs little."""
    with TemporaryDirectory() as folder, cluster(Path(folder), sources, durable=True, is_served=False) as house:
        began = monotonic()
        scheduler = house.scheduler()
        house.until(lambda: bool(house.ask("SELECT to_regclass('readout_queue.procrastinate_jobs')")[0][0]))
        house.spread_due(INTERVAL)
        stop = Event()
        taken: list[SourceId] = []
        worker = Thread(target=lambda: asyncio.run(_take(house, taken, stop)), daemon=True)
        worker.start()
        sleep(SETTLING_S)
        print(f"schedule: {sources} sources loaded and queued from {monotonic() - began:.0f} s on; ", end="")
        server = house.server.pid()
        before, taken_before, since = (_cpu(scheduler.pid), _cpu(server)), len(taken), monotonic()
        sleep(seconds)
        took = monotonic() - since
        of_scheduler, of_server = (
            after - was for after, was in zip((_cpu(scheduler.pid), _cpu(server)), before, strict=True)
        )
        stop.set()
        worker.join()
        rate = (len(taken) - taken_before) / took
        share = (of_scheduler + of_server) / took
        print(f"{rate:.0f} a second queued and taken ({sources / INTERVAL.total_seconds():.0f} are due)")
        print(
            f"  scheduler {of_scheduler / took:.1%} of a core, PostgreSQL {of_server / took:.1%}, together {share:.1%}"
        )
    return share <= 0.10


async def _take(house: Cluster, taken: list[SourceId], stop: Event) -> None:
    """A worker that has nothing to do but to say when each source is due again, many at a time."""
    done: list[SourceId] = []

    async def crawl(source_id: SourceId) -> None:
        taken.append(source_id)
        done.append(source_id)

    with closing(open_database(house.url, create=False)) as database:
        app = worker_app(home_of(house.url).url, crawl)
        async with app.open_async():
            work = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[NAME],
                    concurrency=8,
                    update_heartbeat_interval=HEARTBEAT_S,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            while not stop.is_set():
                await asyncio.sleep(0.5)
                ids, done[:] = list(done), []
                with database.write(turn=Turn.OWN) as connection:
                    later = update(schema.source).where(schema.source.c.id.in_(ids))
                    connection.execute(later.values(next_due=utc_now() + INTERVAL))
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _cpu(pid: int) -> float:
    """Seconds of the CPU that a process and its children have used, the dead ones too."""
    return sum(_own_cpu(each) for each in _family(pid))


def _own_cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / HZ


def _family(pid: int) -> Iterator[int]:
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            yield from _family(int(child))


# --- all of it --------------------------------------------------------------------------------------------------------


def main() -> int:
    """Measure; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sources", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", nargs="*", choices=["deaths", "speed", "schedule"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parts: dict[str, Callable[[], bool]] = {
        "deaths": lambda: deaths(options.sites, options.rounds),
        "speed": speed,
        "schedule": lambda: schedule(options.sources, options.seconds),
    }
    found = [part() for name, part in parts.items() if name in (options.only or parts)]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
