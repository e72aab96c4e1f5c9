"""Whether anything is lost when whoever crawls, sends or imports is killed at any moment, for as long as you like.

    python bench/soak.py [--crawl-kills 200] [--kills 200] [--digest-kills 40] [--imports 5] [--cold] [--postgres]
                         [--seed 1]

`readout crawl` is killed as in tests/crawl_kills.py: the command, its crawl process, a reader, some of them or all, or
whoever reaches a failpoint; it must come to what crawls come to that nobody disturbs. With --cold each is a program of
its own instead of a fork of one that has loaded all, which takes much longer. With --postgres stores lie on a server of
the soak's own.
Senders are killed (signal 9) inside sending as in tests/kills.py, of alerts sent at once and of digests. Then
`readout import --alert` is killed twice at random moments, and begun again until it ends: its meetings and alerts must
be those of one that nobody disturbed. Exit code 1 when something was lost, came twice without reason, or contradicts
the ledger.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Any

from gold import read_rows

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from readout.exports.rows import meeting_rows  # noqa: E402  the loop that is soaked is the tests'
from readout.failpoint import NAMES  # noqa: E402
from readout.model import Alert  # noqa: E402
from readout.storage.database import Database, open_database  # noqa: E402
from readout.watching import AT_ONCE, Delivery  # noqa: E402
from tests.channels.smtp_faults import ScriptedServer  # noqa: E402
from tests.crawl_kills import kill_crawls  # noqa: E402
from tests.kills import DAILY, READERS, Tally, contradictions, kill_senders  # noqa: E402
from tests.owed import ledger, watch_all  # noqa: E402
from tests.postgres import server  # noqa: E402
from tests.store import prepare_server, store_section, store_url  # noqa: E402

ROWS = 40
_TITLES = ("killed while", "kills", "under way", "in the window", "copies too many", "lost", "alerts", "seconds")
Outcome = tuple[dict[frozenset[str], dict[str, Any]], Counter[tuple[object, ...]]]
"""Meetings by the rows that tell of them, and how many alerts are alike in all that does not tell when."""
_FIELDS = ("id", "url", "title", "published", "text")


def soak_sending(name: str, delivery: Delivery, kills: int, seed: int) -> bool:
    """Kill senders and print what came of it; whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        tally = kill_senders(store_url(folder), Random(seed), kills=kills, delivery=delivery)
        return tell(name, tally, time.monotonic() - began)


def tell(name: str, tally: Tally, seconds: float) -> bool:
    """One row of the table, and under it what is wrong; whether nothing is."""
    lost = tally.lost
    figures = (
        tally.kills,
        tally.begun,
        tally.in_window,
        tally.duplicates,
        len(lost),
        len(tally.ledger),
        round(seconds),
    )
    show(name, *figures)
    for fault in tally.faults:
        print(f"    {fault}")
    return not lost and not tally.faults and tally.duplicates <= tally.in_window <= tally.kills


def show(name: str, *figures: object) -> None:
    """A row, in columns."""
    print(f"{name:<22}", *(f"{figure:>15}" for figure in figures), flush=True)


# --- crawling ---------------------------------------------------------------------------------------------------------


def soak_crawling(kills: int, seed: int, *, cold: bool) -> bool:
    """Kill crawls and print what came of it; whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        tally = kill_crawls(Path(folder), Random(seed), kills=kills, cold=cold)
    show("killed while", "kills", "crawls", "copies too many", "lost", "alerts", "seconds")
    seconds = round(time.monotonic() - began)
    show("crawling", tally.kills, tally.attempts, tally.again, tally.lost, tally.alerts, seconds)
    for who, number in sorted(tally.met.items()):
        show(f"  {who}", number)
    for name in sorted(NAMES - tally.reached):
        tally.faults.append(f"no crawl came to {name}")
    for fault in tally.faults:
        print(f"    {fault}")
    return not tally.faults


# --- importing --------------------------------------------------------------------------------------------------------


def soak_importing(imports: int, seed: int) -> bool:
    """Kill so many imports, each twice, and compare them with one that was left alone; whether all is well."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, ScriptedServer({}) as server:
        undisturbed = Import(Path(folder) / "undisturbed", server.port)
        took = undisturbed.run()
        with closing(undisturbed.store()) as store:
            meant = outcome(store)
        moments = [(dice.uniform(0.2, 0.6) * took, dice.uniform(0.2, 0.6) * took) for _ in range(imports)]
        places = [Path(folder) / f"disturbed{number}" for number in range(imports)]
        well = [_soak_import(place, server, kills, meant) for place, kills in zip(places, moments, strict=True)]
        return all(well)


def _soak_import(folder: Path, server: ScriptedServer, moments: Sequence[float], meant: Outcome) -> bool:
    """One import, killed at each of these moments if it lasts so long; whether it came to what was meant."""
    began = time.monotonic()
    server.received.clear()
    disturbed = Import(folder, server.port)
    tally = Tally(kills=sum(disturbed.killed_after(moment) for moment in moments))
    disturbed.run()
    tally.copies.update(letter.message_id for letter in server.received)
    with closing(disturbed.store()) as store:
        tally.ledger = ledger(store)
        tally.begun = tally.in_window = sum(alert.doubts for alert in tally.ledger)  # what was being sent
        tally.faults += contradictions(store, tally)
        tally.faults += differences(meant, outcome(store))
    return tell("importing", tally, time.monotonic() - began)


class Import:
    """`readout import --alert` of some labelled rows, into a store of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir()
        self._url = store_url(folder)
        rows = folder / "rows.jsonl"
        rows.write_text("".join(json.dumps({key: row[key] for key in _FIELDS}) + "\n" for row in read_rows()[:ROWS]))
        config = folder / "readout.toml"
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nfrom = "readout@example.org"\n'
        config.write_text(f'data_dir = "{folder}"\n{mail}[alerts]\nflood_per_hour = 1000000\n{store_section(folder)}')
        self._command = [sys.executable, "-m", "readout", "--config", str(config), "import", "--alert", str(rows)]
        with closing(open_database(self._url, create=True)) as database:
            watch_all(database, *READERS)

    def store(self) -> Database:
        """What it filled."""
        return open_database(self._url, create=False)

    def run(self) -> float:
        """Let it come to its end; how many seconds that took."""
        began = time.monotonic()
        subprocess.run(self._command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        return time.monotonic() - began

    def killed_after(self, seconds: float) -> bool:
        """Whether there was still somebody to kill then."""
        process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        return False


def outcome(database: Database) -> Outcome:
    """Meetings by the rows that tell of them, and what is owed of these to whom; not when, nor by which number."""
    told: dict[str, frozenset[str]] = {}
    meetings = {}
    for row in meeting_rows(database):
        keys = frozenset(report["id"] for report in row["reports"])
        told[str(row["id"])] = keys
        meetings[keys] = {name: value for name, value in row.items() if name not in ("id", "first_seen", "reports")}
    return meetings, Counter(_in_short(alert, told) for alert in ledger(database))


def _in_short(alert: Alert, told: dict[str, frozenset[str]]) -> tuple[object, ...]:
    about = next((keys for name, keys in told.items() if name.lstrip("m") == str(alert.meeting_id)), None)
    return about, alert.recipient, alert.kind, alert.revision, alert.state, alert.watch_names


def differences(left_alone: Outcome, disturbed: Outcome) -> list[str]:
    """What an import that was killed left otherwise than it should."""
    ones, others = left_alone[0], disturbed[0]
    meetings = [keys for keys in ones.keys() | others.keys() if ones.get(keys) != others.get(keys)]
    alerts = (left_alone[1] - disturbed[1]) + (disturbed[1] - left_alone[1])
    return [*(f"the meeting of {sorted(keys)} differs" for keys in meetings), *(f"differs: {each}" for each in alerts)]


def soak(options: argparse.Namespace) -> bool:
    """Each in turn; whether all is well."""
    well = [soak_crawling(options.crawl_kills, options.seed, cold=options.cold)]
    show(*_TITLES)
    well += [
        soak_sending("sending at once", AT_ONCE, options.kills, options.seed),
        soak_sending("sending digests", DAILY, options.digest_kills, options.seed),
        soak_importing(options.imports, options.seed),
    ]
    return all(well)


def main() -> int:
    """Soak; print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crawl-kills", type=int, default=200)
    parser.add_argument("--cold", action="store_true", help="begin each crawl as a person does")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--digest-kills", type=int, default=40)
    parser.add_argument("--imports", type=int, default=5)
    parser.add_argument("--postgres", action="store_true", help="keep stores on a server instead of in files")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ExitStack() as house:
        if options.postgres:
            prepare_server(house.enter_context(server()).url("{}"))
        return 0 if soak(options) else 1


if __name__ == "__main__":
    sys.exit(main())
