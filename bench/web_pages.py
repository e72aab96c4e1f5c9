"""How long each page takes over a large store, asked of the page itself over HTTP, and how much memory it holds.

    python bench/web_store.py FOLDER --meetings 100000
    python bench/web_pages.py FOLDER

prints a table and says which is over its mark: 150 ms at the median (searches: 50), 250 MB.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from sqlalchemy import text

from readout.storage.database import open_database
from readout.storage.meetings import load_meeting

ROUNDS = 15
PAGE_MS, SEARCH_MS, MEMORY_MB = 150, 50, 250
_START_S = 60


QUERIES = (
    "body:{body} | country:KZ | status:planned | language:az | city:Astana | day:2023 | session:40..60"
    ' | topic:terrorism | source_kind:agency | "border security" | person:"{person}" | body:{body} country:KZ'
)
PATHS = """
    / /?after=2012-05-01.999999 /calendar?month=2024-10 /calendar?month=2024-10&country=KZ /bodies /bodies/{body}
    /people /people?q={name} /people/{name} /meetings/50000 /meetings/{large} /reports/100000
    /articles/{article}/versions /review /sources /sources/{source} /watches /outbox /why /settings /access
    /api/meetings /api/bodies /api/sources /api/expected /api/watches /api/alerts /api/meetings/50000
    /feed/meetings.atom /feed/meetings.rss /feed/meetings.json /feed/meetings.atom?q=body:{body} /calendar.ics
    /export/meetings.csv /metrics /healthz
"""
SEARCHES = (
    'council | security council astana | совет безопасности | "heads of security" | a b c d e f g h i j'
    " | council of heads security agencies special services states"
)
_FIRST_BYTES = {"/export/meetings.csv": 16_384}
"""Of what is sent as it is read so much is waited for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, and how long its answer may take at the median."""

    name: str
    path: str
    mark_ms: int = PAGE_MS


def pages(known: dict[str, str]) -> Iterator[Asked]:
    """Every page, with what people ask it of what is `known` to be there."""
    yield from (Asked(path, path) for path in PATHS.format(**known).split())
    for query in QUERIES.format(**known).split(" | "):
        yield Asked(query, f"/?q={quote(query)}")
    for words in SEARCHES.split(" | "):
        yield Asked(f"search {words}", f"/search?q={quote(words)}", SEARCH_MS)


def main() -> None:
    """Serve the store, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    asked = parser.parse_args()
    known = _known(asked.folder)
    slow = 0
    with served(asked.folder) as (port, pid):
        print(f"{'page':<46}{'median ms':>10}{'worst ms':>10}{'KB':>8}")
        for page in pages(known):
            if asked.only not in page.name:
                continue
            status, size, times = measure(port, page)
            is_slow = median(times) > page.mark_ms or status not in (200, 303)
            slow += is_slow
            note = f"  status {status}" if status != 200 else "  over its mark" if is_slow else ""
            print(f"{page.name[:45]:<46}{median(times):>10.1f}{max(times):>10.1f}{size / 1000:>8.0f}{note}", flush=True)
        held = memory_mb(pid)
    print(f"{slow} pages over their mark ({PAGE_MS} ms, searches {SEARCH_MS}); memory {held:.0f} MB (mark {MEMORY_MB})")


def measure(port: int, page: Asked) -> tuple[int, int, list[float]]:
    """What is answered, how long that is, and the milliseconds of each asking after the first."""
    times = []
    for _ in range(ROUNDS + 1):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        began = time.perf_counter()
        connection.request("GET", page.path, headers={"Host": f"127.0.0.1:{port}", "Accept-Language": "en"})
        answer = connection.getresponse()
        body = answer.read(_FIRST_BYTES.get(page.path))
        times.append((time.perf_counter() - began) * 1000)
        connection.close()
    return answer.status, len(body), times[1:]


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """`readout web` over the store: its port and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"READOUT_WEB__PORT": str(port)}
    command = [sys.executable, "-m", "readout", "--config", str(folder / "readout.toml"), "web"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("readout web did not start")


def memory_mb(pid: int) -> float:
    """The most that a process has held so far, in megabytes of RAM."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _known(folder: Path) -> dict[str, str]:
    """Of what the store has: its largest meeting, its commonest body, somebody, an article, a source."""
    with (
        closing(open_database(f"sqlite:///{folder}/var/readout.db", create=False)) as database,
        database.read() as read,
    ):
        large = read.scalar(text("SELECT meeting_id FROM judgement GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"))
        bodies = "SELECT body_id FROM meeting WHERE body_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        body, source = read.scalar(text(bodies)), read.scalar(text("SELECT source_id FROM article LIMIT 1"))
        article = read.scalar(text("SELECT key FROM article WHERE id = 1000"))
        meetings = filter(None, (load_meeting(read, number) for number in range(50_000, 0, -1)))
        person = next(fact.value.name_latin for meeting in meetings for fact in meeting.report.participants)
    found = {"large": large, "body": body, "person": person, "article": article, "source": source}
    return {"name": person.lower().replace(" ", "-")} | {key: str(value) for key, value in found.items()}


if __name__ == "__main__":
    main()
