"""What it costs to find the meeting that a new report is about, among many.

    python bench/identity_lookup.py [--meetings 100000] [--newcomers 600] [--store FOLDER] [--profile FILE]

Builds a store of invented meetings (bench/store.py), kept in `--store` for the next time, and brings in newcomers:
reports of stored meetings and of new ones, with and without days, with and without a body. Finding candidates and
deciding among them are timed, and the whole of placing a report, to stored facts and alerts owed; each is rolled back,
so that all meet the same store. Times are CPU time of this process; the commit to disk is not in them.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles

from sqlalchemy import Connection, func, insert, select
from store import Event, Telling, article_row, fill, invent_events, invent_telling, invent_world

from readout.judging import Told, place_reports
from readout.meetings.comparison import Account
from readout.meetings.identity import identify
from readout.storage import schema
from readout.storage.candidates import candidates
from readout.storage.database import Database, open_database

SEED = 7
# Most reports are of the last week's meetings; the others come late, as imports and back-fills do.
RECENT = 300
SHARE_RECENT = 0.75
WARM_UP = 30
PROFILED_LINES = 45

Profile = cProfile.Profile | None


def look_up(connection: Connection, newcomer: Telling) -> tuple[list[int], float, float]:
    """The meetings found, and milliseconds till then and till the decision: only here is it known how."""
    account = Account(report=newcomer.report, told_at=(newcomer.told_at,) if newcomer.told_at else ())
    began = time.process_time()
    found = candidates(connection, account, likeness={})
    found_at = time.process_time()
    identify(account, found)
    decided_at = time.process_time()
    return [each.meeting_id for each in found], 1_000 * (found_at - began), 1_000 * (decided_at - began)


def place(connection: Connection, newcomer: Telling) -> tuple[float, int]:
    """Place a report as the intake does, and take it back: milliseconds, and the meeting it went to."""
    back = connection.begin_nested()
    row = article_row("newcomer", newcomer)
    article_id = connection.execute(insert(schema.article).returning(schema.article.c.id), row).scalar_one()
    told = Told(article_id=article_id, version=1, told_at=newcomer.told_at, near=(), late=False)
    began = time.process_time()
    (meeting_id,) = place_reports(connection, told, [newcomer.report], now=newcomer.seen_at + timedelta(hours=1))
    elapsed = time.process_time() - began
    back.rollback()
    return 1_000 * elapsed, meeting_id


def newcomers(
    dice: Random, stored: Sequence[Event], fresh: Sequence[Event], count: int
) -> Iterator[tuple[int, Telling]]:
    """`count` reports: two of three of a stored meeting, by its id, the others of meetings nobody told of (0)."""
    for _ in range(count):
        recent = dice.random() < SHARE_RECENT
        if dice.random() < 2 / 3:
            meeting_id = dice.randrange(max(1, len(stored) - RECENT) if recent else 1, len(stored) + 1)
            yield meeting_id, invent_telling(dice, stored[meeting_id - 1])
        else:
            event = dice.choice(fresh[-len(fresh) // 10 :] if recent else fresh)
            yield 0, invent_telling(dice, replace(event, session=event.session and event.session + 500))


def opened_store(folder: Path, events: Sequence[Event], dice: Random) -> Database:
    """The store in `folder`, built if there is none yet."""
    database = open_database(f"sqlite:///{folder / f'meetings-{len(events)}.db'}", create=True)
    with database.read() as connection:
        known = connection.scalar(select(func.count()).select_from(schema.meeting))
    if known != len(events):
        began = time.process_time()
        reports = fill(database, events, dice)
        print(f"{len(events)} meetings with {reports} reports stored in {time.process_time() - began:.0f} s")
    return database


def spread(name: str, values: Sequence[float], unit: str) -> str:
    """A line: median, 95 %, 99 %, worst."""
    cuts = quantiles(values, n=100, method="inclusive")
    figures = (cuts[49], cuts[94], cuts[98], max(values))
    return f"{name:34}" + "".join(f"{figure:10.2f}" for figure in figures) + f"  {unit}"


@dataclass(slots=True)
class Measured:
    """What was seen of all newcomers: the time of each step, what it found, and how often that was right."""

    found: list[int] = field(default_factory=list)
    found_ms: list[float] = field(default_factory=list)
    decided_ms: list[float] = field(default_factory=list)
    whole_ms: list[float] = field(default_factory=list)
    known: int = 0
    among: int = 0
    joined: int = 0
    astray: int = 0

    def add(self, connection: Connection, expected: int, newcomer: Telling, *, stored: int, profile: Profile) -> None:
        """Bring in one newcomer of the meeting `expected`, 0 for a new one; `stored` meetings are known."""
        ids, found_ms, decided_ms = look_up(connection, newcomer)
        self.found_ms.append(found_ms)
        self.decided_ms.append(decided_ms)
        with profile or nullcontext():
            elapsed, meeting_id = place(connection, newcomer)
        self.whole_ms.append(elapsed)
        self.found.append(len(ids))
        self.known += expected > 0
        self.among += expected in ids
        self.joined += meeting_id == expected
        self.astray += meeting_id != expected and meeting_id <= stored

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"{len(self.found)} newcomers, {self.known} of stored meetings:"
        yield f"{self.among} find theirs among the candidates, {self.joined} are put there, {self.astray} under others"
        yield f"{'':34}{'median':>10}{'95 %':>10}{'99 %':>10}{'worst':>10}"
        yield spread("candidates found", self.found, "")
        yield spread("finding them", self.found_ms, "ms")
        yield spread("finding and deciding", self.decided_ms, "ms")
        yield spread("whole: find, decide, store, owe", self.whole_ms, "ms")


def measure(
    database: Database, told: Sequence[tuple[int, Telling]], *, stored: int, profile: Profile = None
) -> Measured:
    """Bring in all newcomers; the first warm the caches."""
    measured = Measured()
    with database.write() as connection:
        for _, newcomer in told[:WARM_UP]:
            place(connection, newcomer)
        for expected, newcomer in told[WARM_UP:]:
            measured.add(connection, expected, newcomer, stored=stored, profile=profile)
    return measured


def main() -> None:
    """Build, measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--meetings", type=int, default=100_000)
    options.add_argument("--newcomers", type=int, default=600)
    options.add_argument("--store", type=Path, help="an existing folder that keeps the store")
    options.add_argument("--profile", type=Path, metavar="FILE", help="where the time goes; slows all figures")
    chosen = options.parse_args()
    dice = Random(SEED)
    world = invent_world(dice)
    stored, fresh = (invent_events(dice, world, count) for count in (chosen.meetings, max(200, chosen.meetings // 10)))
    told = list(newcomers(Random(SEED), stored, fresh, chosen.newcomers + WARM_UP))
    profile = cProfile.Profile() if chosen.profile else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.store or Path(temporary)
        with closing(opened_store(folder, stored, dice)) as database:
            print(*measure(database, told, stored=len(stored), profile=profile).lines(), sep="\n")
    if profile:
        with chosen.profile.open("w") as stream:
            for order in ("cumulative", "tottime"):
                pstats.Stats(profile, stream=stream).strip_dirs().sort_stats(order).print_stats(PROFILED_LINES)


if __name__ == "__main__":
    main()
