"""How well reports are put together into meetings, and whether the order they come in matters.

    python bench/clusters.py [--gold FILE] [--shuffles 20] [--seed 1] [--misses]

Every row of a labelled set is read once and imported into an empty store, in the order given and in shuffled ones; what
`readout export meetings` would write is scored by B-cubed (tests/gold/score.py). Then all rows are imported once more,
which must change nothing. `--misses` lists every meeting that is not in one piece, and every one that is two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median

from gold import ROWS, Row, read_rows, scorer
from sqlalchemy import func, select

from readout.catalog import load_knowledge, load_sources
from readout.exports.rows import meeting_rows, report_rows
from readout.finding import Reading, Rejected
from readout.intake import Intake
from readout.model import Report, SourceId
from readout.reading.read import RowInput, read_row
from readout.storage import schema
from readout.storage.database import Database, open_database

SOURCES = Path(__file__).parents[1] / "sources"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_COUNTED = (schema.article, schema.article_version, schema.report, schema.judgement, schema.meeting)
_MOVES_SHOWN = 12

Partition = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row as it is imported: what was read from it, and the catalogue's source that owns its URL."""

    id: str
    url: str
    source: SourceId | None
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """B-cubed in per cent over `reports` reports; pairs that stand together wrongly, and apart wrongly."""

    precision: float
    recall: float
    f1: float
    false_merges: int
    missed_pairs: int
    reports: int

    def __str__(self) -> str:
        figures = f"P {self.precision:.1f}  R {self.recall:.1f}  F1 {self.f1:.1f}"
        pairs = f"false merges {self.false_merges}  missed pairs {self.missed_pairs}"
        return f"{figures}  {pairs}  over {self.reports} reports"


def read_all(rows: Iterable[Row]) -> list[Told]:
    """Every row, read as `readout import` reads it, without its labels."""
    knowledge, sources = load_knowledge(), load_sources([SOURCES]).values()
    told = []
    for row in rows:
        given = RowInput(**{key: row[key] for key in ("id", "url", "title", "published", "text")})
        reading = read_row(given, knowledge, now=NOW)
        assert not isinstance(reading, Rejected), row["id"]
        owner = next((source.id for source in sources if source.owns(row["url"])), None)
        told.append(Told(id=row["id"], url=row["url"], source=owner, reading=reading))
    return told


@contextmanager
def empty_store() -> Iterator[Database]:
    """A store in a folder that is gone afterwards; in memory where the machine has such a folder."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        closing(open_database(f"sqlite:///{folder}/readout.db", create=True)) as database,
    ):
        yield database


def take_in(database: Database, told: Iterable[Told], *, now: datetime = NOW) -> None:
    """Import the rows in this order, a second apart."""
    intake = Intake(database, max_age=None)
    for number, row in enumerate(told):
        moment = now + timedelta(seconds=number)
        intake.take_row(row.id, row.url, row.source, row.reading, now=moment, alert=False)


def measure(gold: Sequence[Row], told: Sequence[Told]) -> tuple[Score, list[Row]]:
    """The score of the rows imported in this order, and the meetings they make."""
    with empty_store() as database:
        take_in(database, told)
        meetings = list(meeting_rows(database))
    return score(gold, meetings), meetings


def score(gold: Sequence[Row], meetings: Sequence[Row]) -> Score:
    """How well exported `meetings` are those of the labels."""
    precision, recall, f1, merges, missed, reports = scorer.bcubed(gold, meetings)
    return Score(
        precision=round(100 * precision, 1),
        recall=round(100 * recall, 1),
        f1=round(100 * f1, 1),
        false_merges=merges,
        missed_pairs=missed,
        reports=reports,
    )


# --- the order ------------------------------------------------------------------------------------------------------


def partition(meetings: Iterable[Row]) -> Partition:
    """The ids of the rows that stand together."""
    return frozenset(frozenset(report["id"] for report in meeting["reports"]) for meeting in meetings)


def moved(first: Partition, second: Partition) -> set[str]:
    """The ids that go elsewhere between two partitions: each group is held against the one most like it."""
    pairs = ((len(one & two), sorted(one), sorted(two), one, two) for one in first for two in second if one & two)
    left, right, away = set(first), set(second), set[str]()
    for *_, one, two in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if one in left and two in right:
            left.discard(one)
            right.discard(two)
            away |= one ^ two
    return away.union(*left, *right)


def shuffled(gold: Sequence[Row], told: Sequence[Told], first: Partition, *, times: int, seed: int) -> Iterator[str]:
    """What `times` other orders make of the rows."""
    dice = Random(seed)
    scores, moves, same = [], Counter[str](), 0
    for _ in range(times):
        reached, meetings = measure(gold, dice.sample(told, len(told)))
        scores.append(reached)
        away = moved(first, partition(meetings))
        same += not away
        moves.update(away)
    f1 = [reached.f1 for reached in scores]
    yield (
        f"{times} shuffles: F1 {min(f1):.1f} / {median(f1):.1f} / {max(f1):.1f} (least, median, most), "
        f"at most {max(each.false_merges for each in scores)} false merges, {same} of {times} as in the order given"
    )
    for key, often in moves.most_common(_MOVES_SHOWN):
        yield f"  {key} stands elsewhere {often} times"
    if len(moves) > _MOVES_SHOWN:
        yield f"  and {len(moves) - _MOVES_SHOWN} more"


# --- once more ------------------------------------------------------------------------------------------------------


def imported_twice(told: Sequence[Told]) -> str:
    """Whether importing everything a second time changes anything, in words."""
    with empty_store() as database:
        take_in(database, told)
        before = _state(database)
        take_in(database, told, now=NOW + timedelta(days=1))
        after = _state(database)
    changed = [f"{name}: {before[name]}, then {after[name]}" for name in before if before[name] != after[name]]
    return f"imported again: {'; '.join(changed) or 'nothing changed'}"


def _state(database: Database) -> dict[str, object]:
    """How many rows the tables hold, and digests of what is exported."""
    with database.read() as connection:
        counts = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in _COUNTED}
    exported = {"meetings exported": meeting_rows, "reports exported": report_rows}
    return counts | {name: _digest(rows(database)) for name, rows in exported.items()}


def _digest(rows: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()[:12]


# --- what went wrong ------------------------------------------------------------------------------------------------


def misses(gold: Sequence[Row], told: Sequence[Told], meetings: Sequence[Row]) -> Iterator[str]:
    """Every labelled meeting that is not in one piece, then every stored one that is more than one."""
    rows = {row["id"]: row for row in gold if _counts(row)}
    readings = {each.id: each.reading for each in told}
    under: Mapping[str, set[int]] = defaultdict(set)
    for meeting in meetings:
        for report in meeting["reports"]:
            under[report["id"]].add(meeting["id"])
    by_meeting: dict[str, list[str]] = defaultdict(list)
    for key, row in rows.items():
        for name in row["meeting_ids"]:
            by_meeting[name].append(key)
    for name, keys in by_meeting.items():
        apart = sum(not under[one] & under[two] for one, two in combinations(keys, 2))
        if apart:
            yield f"\n{name}: {apart} pairs apart"
            yield from (_row_line(rows[key], readings[key], under[key]) for key in keys)
    for meeting in meetings:
        keys = sorted({report["id"] for report in meeting["reports"]} & rows.keys())
        if any(not set(rows[one]["meeting_ids"]) & set(rows[two]["meeting_ids"]) for one, two in combinations(keys, 2)):
            yield f"\nmeeting {meeting['id']} is more than one"
            yield from (_row_line(rows[key], readings[key], under[key]) for key in keys)


def _counts(row: Row) -> bool:
    """Whether the scorer looks at the row."""
    return bool(row["meeting_ids"]) and row.get("cluster_scorable", True) and row["label"] != "not_meeting"


def _row_line(row: Row, reading: Reading, under: Iterable[int]) -> str:
    """A row, where it stands, and the facts that identity sees of each of its reports."""
    facts = [_facts(report) for report in reading.recognition.reports] or ["not recognised"]
    where = ",".join(map(str, sorted(under))) or "–"
    head = f"  {row['id']} [{where}] {'+'.join(row['meeting_ids'])} told {row['published'] or '?'}: "
    return head + "\n      also ".join(facts)


def _facts(report: Report) -> str:
    body, days = report.body and report.body.value, (report.start_date, report.end_date)
    said = {
        "": f"{report.kind.value} {report.status.value}",
        "body": body and (body.id or f"“{body.name}”"),
        "no": report.session_number and report.session_number.value,
        "days": "/".join(str(day.value) if day else "?" for day in days) if any(days) else None,
        "partial": report.date_partial and report.date_partial.value,
        "in": ", ".join(place.value for place in (report.city, report.country) if place),
        "by": report.received_by and report.received_by.value,
        "states": " ".join(state.value for state in report.countries),
        "who": ", ".join(person.value.name_latin or person.value.name for person in report.participants),
    }
    return "; ".join(f"{name} {value}".strip() for name, value in said.items() if value)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gold", type=Path, default=ROWS)
    options.add_argument("--shuffles", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--misses", action="store_true", help="list what stands apart or together wrongly")
    chosen = options.parse_args()
    gold = read_rows(chosen.gold)
    told = read_all(gold)
    reached, meetings = measure(gold, told)
    print(f"{chosen.gold.name}, {len(gold)} rows, {len(meetings)} meetings: {reached}")
    if chosen.misses:
        print(*misses(gold, told, meetings), sep="\n")
    if chosen.shuffles:
        print(*shuffled(gold, told, partition(meetings), times=chosen.shuffles, seed=chosen.seed), sep="\n")
    print(imported_twice(told))


if __name__ == "__main__":
    main()
