"""What ten thousand sources cost while nothing happens: the scheduler's look for due ones, starting, waiting.

    python bench/tick.py [--sources 10000] [--crawls 40] [--seconds 60] [--list]

Makes a catalogue of `--sources` files and a database where each was crawled `--crawls` times and is due in a day; a
third are off by their files. Measured by the clock, and by the CPU, since a busy machine's clock measures its other
work too: one look of the scheduler with none due, with 200 due (up to eight of which are claimed and given back), and
with 200 due whose host asked to wait. Then `readout run` over the same data for `--seconds`: until it says that it has
started, the CPU it and its children use from ten seconds later on, and their memory (PSS, so that shared pages count
once). `--list` also times `readout source list`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert, update

from readout.catalog import load_sources
from readout.model import Source, SourceId
from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.hosts import set_wait
from readout.storage.sources import break_leases, claim, due_sources, sync_sources

ROUNDS = 20
DUE = 200
SEATS = 8
SETTLING_S = 10
HZ = os.sysconf("SC_CLK_TCK")
FILE = """[[source]]
id = "s{0:05}"
name = "Site {0}"
kind = "news_agency"
country = "AZ"
languages = ["az", "en"]
timezone = "Asia/Baku"
home = "https://www.s{0}.example/"
article = '/news/{0}/[\\w-]+$'
interval = "3h"
enabled = {1}
discover = [{{type = "feed", url = "https://www.s{0}.example/rss.xml"}}]
"""

Catalogue = dict[SourceId, Source]


def fill(folder: Path, sources: int) -> None:
    """The catalogue and a configuration that names it."""
    (folder / "sources").mkdir()
    for number in range(sources):
        text = FILE.format(number, "false" if number % 3 == 0 else "true")
        (folder / "sources" / f"s{number:05}.toml").write_text(text, encoding="utf-8")
    (folder / "readout.toml").write_text('data_dir = "."\nsources = ["sources"]\n', encoding="utf-8")


def remember(database: Database, sources: Catalogue, crawls: int, now: datetime) -> None:
    """The sources as they stand after so many crawls, and their crawls."""
    with database.write() as connection:
        sync_sources(connection, sources)
        on = schema.source.c.by_file.is_(True)
        later = {"next_due": now + timedelta(days=1), "last_started": now, "last_finished": now}
        connection.execute(update(schema.source).where(on).values(later))
    enabled = [source.id for source in sources.values() if source.enabled]
    for back in range(crawls, 0, -1):
        at = now - back * timedelta(hours=3)
        rows = [
            {"source_id": key, "started_at": at, "finished_at": at, "heard": "all", "new_links": 1, "requests": 2}
            for key in enabled
        ]
        with database.write(lasting=False) as connection:
            connection.execute(insert(schema.crawl), rows)
    database.checkpoint()


# --- one look ---------------------------------------------------------------------------------------------------------


def look(database: Database, sources: Catalogue, now: datetime) -> None:
    """What the scheduler does each time: see who is due, and claim them if anybody is."""
    with database.read() as connection:
        due = due_sources(connection, sources, now=now, limit=SEATS)
    if due:
        with database.write() as connection:
            claim(connection, sources, due, owner="bench", now=now, lease=timedelta(hours=1), limit=SEATS)


def timed(work: Callable[[], None], after: Callable[[], None] = lambda: None) -> tuple[float, float]:
    """The median of some rounds, in milliseconds: by the clock, and of the CPU."""
    took = []
    for _ in range(ROUNDS):
        began, cpu = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - began, time.process_time() - cpu))
        after()
    clock, used = zip(*took, strict=True)
    return median(clock) * 1000, median(used) * 1000


def measure_looks(database: Database, sources: Catalogue, now: datetime) -> None:
    """Print what a look takes."""

    def give_back() -> None:
        with database.write() as connection:
            break_leases(connection)

    show("a look, none due", *timed(lambda: look(database, sources, now)))
    chosen = [source for source in sources.values() if source.enabled][:DUE]
    with due_now(database, chosen, now):
        show(f"a look, {DUE} due, {SEATS} claimed", *timed(lambda: look(database, sources, now), give_back))
        with database.write() as connection:
            for source in chosen:
                set_wait(connection, min(source.hosts), now + timedelta(hours=1))
        show(f"a look, {DUE} due whose hosts wait", *timed(lambda: look(database, sources, now)))


@contextmanager
def due_now(database: Database, chosen: list[Source], now: datetime) -> Iterator[None]:
    """These are due inside, and not after."""
    of_them = update(schema.source).where(schema.source.c.id.in_([source.id for source in chosen]))
    with database.write() as connection:
        connection.execute(of_them.values(next_due=now - timedelta(minutes=1)))
    yield
    with database.write() as connection:
        connection.execute(of_them.values(next_due=now + timedelta(days=1)))


def show(what: str, clock_ms: float, cpu_ms: float) -> None:
    """A row."""
    print(f"{what:<40} {clock_ms:>8.1f} ms, {cpu_ms:.1f} of the CPU", flush=True)


# --- the service ------------------------------------------------------------------------------------------------------


def measure_service(folder: Path, seconds: float) -> None:
    """Print how long `readout run` takes to start, and what it uses while nothing is due."""
    command = [sys.executable, "-m", "readout", "--config", str(folder / "readout.toml"), "run"]
    began = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "service_started" in line:
                break
        print(f"{'`readout run` started':<40} {time.monotonic() - began:>8.1f} s, {cpu_s(process.pid):.1f} of the CPU")
        time.sleep(SETTLING_S)
        before, at = cpu_s(process.pid), time.monotonic()
        time.sleep(seconds)
        used, passed = cpu_s(process.pid) - before, time.monotonic() - at
        family = processes(process.pid)
        print(f"{'its CPU while nothing is due':<40} {used / passed:>8.2%} of a core over {passed:.0f} s")
        print(f"{'its memory':<40} {sum(map(pss_mib, family)):>8.0f} MiB PSS in {len(family)} processes")
    finally:
        process.terminate()
        process.wait(60)


def measure_list(folder: Path) -> None:
    """Print how long `readout source list` takes."""
    command = [sys.executable, "-m", "readout", "--config", str(folder / "readout.toml"), "--json", "source", "list"]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"{'`readout source list`':<40} {time.monotonic() - began:>8.1f} s")


def processes(root: int) -> list[int]:
    """A process and all that came of it."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}
    family = [root]
    for member in family:
        family += (pid for pid, parent in parents.items() if parent == member)
    return family


def cpu_s(root: int) -> float:
    """What it has used so far, its children, and those that have ended."""
    return sum(sum(map(int, _stat(pid)[11:15])) / HZ for pid in processes(root) if Path(f"/proc/{pid}").exists())


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def pss_mib(pid: int) -> float:
    """Its memory, with its part of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """Measure; print a row for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--crawls", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder, now = Path(name), datetime.now(UTC)
        fill(folder, options.sources)
        began, cpu = time.monotonic(), time.process_time()
        sources = dict(load_sources([folder / "sources"]))
        took, used = time.monotonic() - began, time.process_time() - cpu
        print(f"{'reading the catalogue':<40} {took:>8.1f} s, {used:.1f} of the CPU")
        with closing(open_database(f"sqlite:///{folder}/readout.db", create=True)) as database:
            remember(database, sources, options.crawls, now)
            show("letting the database know it again", *timed(lambda: _sync(database, sources)))
            measure_looks(database, sources, now)
        measure_service(folder, options.seconds)
        if options.list:
            measure_list(folder)


def _sync(database: Database, sources: Catalogue) -> None:
    with database.write() as connection:
        sync_sources(connection, sources)


if __name__ == "__main__":
    main()
