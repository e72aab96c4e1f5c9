"""All hostile sites in one catalogue, crawled by the real command with its default limits: what it costs, what is lost.

    python bench/hostile.py [--delay SECONDS]

The sites are those of tests/hostile. `--delay` is the pause between two requests to one host (default 0; an
installation has 1, and takes that much longer). Prints the peak memory of all processes together (PSS: shared pages
once, sampled ten times a second), seconds, the reports that stand beside attacks and were stored, and the alerts owed.
Exit code 1 when a report is missing, or above 512 MiB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from readout.config import Config  # noqa: E402  the sites are the tests'
from readout.storage import watches  # noqa: E402
from readout.storage.database import open_database  # noqa: E402
from readout.workers.clock import utc_now  # noqa: E402
from tests.hostile.raw_site import HostileServer  # noqa: E402
from tests.hostile.web import CASES, READER  # noqa: E402
from tests.sites import configure, query, source  # noqa: E402

MOST_MIB = 512
_EVERY_S = 0.1


class Scales:
    """Weighs a process and all that came from it, until `done`."""

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0
        self.parts: list[tuple[float, str]] = []
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)
        self._thread.start()

    def done(self) -> None:
        self._done.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._done.wait(_EVERY_S):
            parts = [(pss_mib(pid), name_of(pid)) for pid in family(self._pid)]
            if sum(mib for mib, _ in parts) > self.peak_mib:
                self.peak_mib, self.parts = sum(mib for mib, _ in parts), sorted(parts, reverse=True)


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(after_name[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def pss_mib(pid: int) -> float:
    """Its share of memory; 0 once it has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def name_of(pid: int) -> str:
    """The end of its command line."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "?"
    return b" ".join(words)[-70:].decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the crawls cost and brought. `peaks`: of all processes together and what each had then, MiB, of each crawl;
    `good`: what stands beside attacks; `missing`: of it what was not stored as a report."""

    peaks: tuple[Scales, ...]
    seconds: float
    good: frozenset[str]
    missing: frozenset[str]
    alerts: int
    meetings: int

    @property
    def worst(self) -> Scales:
        """The crawl that took most memory."""
        return max(self.peaks, key=lambda scales: scales.peak_mib)


def measure(folder: Path, server: HostileServer, delay: float) -> Measured:
    """Crawl all sites twice by the command: a feed that flaps between two versions shows one at a time."""
    sites = {case.name: case.build(lambda path, name=case.name: server.url(name, path)) for case in CASES}
    for name, site in sites.items():
        server.host(name, site.content)
    rows = (source(name, server.url(name), *map(dict, site.discover), **site.fields) for name, site in sites.items())
    made = configure(folder, *rows)
    _write_config(folder, made, delay)
    with closing(open_database(made.database.url, create=True)) as database, database.write() as connection:
        watches.add_watch(connection, name="all", recipients=[READER], channel="email", now=utc_now())
    began = time.monotonic()
    peaks = tuple(_crawl(folder) for _ in range(2))
    seconds = time.monotonic() - began
    good = frozenset(server.url(name, path) for name, site in sites.items() if site.later is None for path in site.good)
    joined = "link l JOIN article a ON a.link_id = l.id JOIN report r ON r.article_id = a.id"
    stored = {url for (url,) in query(made, f"SELECT l.url FROM {joined}")}
    ((alerts, meetings),) = query(made, "SELECT (SELECT count(*) FROM alert), (SELECT count(*) FROM meeting)")
    return Measured(peaks=peaks, seconds=seconds, good=good, missing=good - stored, alerts=alerts, meetings=meetings)


def _write_config(folder: Path, made: Config, delay: float) -> None:
    networks = ", ".join(f'"{network}"' for network in made.crawl.allow_networks)
    (folder / "readout.toml").write_text(
        f'data_dir = "{folder}"\nsources = ["{folder}/sources"]\n[database]\nurl = "{made.database.url}"\n'
        f"[crawl]\nper_host_delay = {delay}\nallow_networks = [{networks}]\n"
    )


def _crawl(folder: Path) -> Scales:
    """The command once; what it said goes to the file `log`."""
    command = [sys.executable, "-m", "readout", "--config", str(folder / "readout.toml"), "crawl"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        scales = Scales(process.pid)
        process.wait()
    scales.done()
    return scales


def main() -> int:
    """Crawl; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, HostileServer(*(case.name for case in CASES)) as server:
        found = measure(Path(folder), server, options.delay)
        print(f"hostile sites       {len(CASES)}, crawled twice")
        print(f"seconds             {found.seconds:.0f}")
        print(f"peak PSS            {found.worst.peak_mib:.0f} MiB (at most {MOST_MIB})")
        for mib, name in found.worst.parts:
            print(f"    {mib:6.0f} MiB      {name}")
        print(f"reports stored      {len(found.good) - len(found.missing)} of {len(found.good)}")
        print(f"alerts owed         {found.alerts} about {found.meetings} meetings")
        for url in sorted(found.missing):
            print(f"    missing: {url}")
        if found.missing:
            print((Path(folder) / "log").read_text(errors="replace")[-2000:])
    return 1 if found.missing or found.worst.peak_mib > MOST_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
