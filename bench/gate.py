"""How exactly meetings are read and put together: the labelled sets scored, and no figure under its floor.

    python bench/gate.py [--pin] [--lower]

The sets are tests/gold/dev.jsonl, invented.jsonl and meetings.jsonl, the figures are those of tests/gold/score.py;
docs/quality.md says what they mean. Floors stand in tests/gold/floors.json beside the digest of the sets they were
measured on. `--pin` raises them to today's figures; `--lower` lets them fall, which wants a reason in the commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from clusters import Score, measure, read_all
from gold import INVENTED, MEETINGS, ROWS, Row, digest, read_rows, scorer

FLOORS = Path(__file__).parents[1] / "tests" / "gold" / "floors.json"
# Put together from reports: pages found on real sites, and meetings made up to be mistaken for one another.
CLUSTERED = {"dev": ROWS, "meetings": MEETINGS}
FIELDS = (
    "recognition", "status", "body", "session_number", "start_date", "end_date", "city", "country", "participants",
    "participant_countries", "received_by", "topics",
)  # fmt: skip
GUARDED = ("all", "en", "ru", "other", "invented", "clusters")
# Pairs of reports: somebody is not told of a meeting that was taken for another.
MOST_FALSE_MERGES = 3
# A figure of one rounding less is the same figure.
SLACK = 0.05

Figures = dict[str, dict[str, float]]


def kept_unseen(rows: Sequence[Row]) -> set[str]:
    """The ids of a third of each language's rows, by the digest of their ids: not looked at while rules are written."""
    by_language: dict[str, list[str]] = {}
    for row in rows:
        by_language.setdefault(row["lang"], []).append(row["id"])
    ordered = (sorted(ids, key=lambda each: hashlib.sha256(each.encode()).hexdigest()) for ids in by_language.values())
    return {each for ids in ordered if len(ids) > 1 for each in ids[: round(len(ids) / 3)]}


def read_out(rows: Sequence[Row]) -> dict[str, Row]:
    """What `readout read --jsonl` makes of the rows without their labels, by id."""
    wanted = ("id", "url", "title", "published", "text")
    given = "".join(json.dumps({key: row[key] for key in wanted}) + "\n" for row in rows)
    command = [str(Path(sys.executable).with_name("readout")), "read", "--jsonl", "-"]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True)
    answers = (json.loads(line) for line in done.stdout.splitlines())
    return {answer["id"]: answer for answer in answers}


def groups(rows: Sequence[Row], invented: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The set whole, the part kept unseen and the rest, each language; and the invented set."""
    unseen = kept_unseen(rows)
    yield "all", list(rows)
    yield "seen", [row for row in rows if row["id"] not in unseen]
    yield "unseen", [row for row in rows if row["id"] in unseen]
    yield "other", [row for row in rows if row["lang"] not in ("en", "ru")]
    for language, _ in Counter(row["lang"] for row in rows).most_common():
        yield language, [row for row in rows if row["lang"] == language]
    yield "invented", list(invented)


def figures(parts: Mapping[str, Sequence[Row]], out: Mapping[str, Row]) -> Figures:
    """F1 in per cent of each field, by group; a field of which a group says nothing is left out."""
    table: Figures = {}
    for name, part in parts.items():
        tallies, _ = scorer.score(part, out)
        said = {field: tallies[field] for field in FIELDS if field in tallies}
        table[name] = {field: round(100 * t.prf[2], 1) for field, t in said.items() if t.tp + t.fp + t.fn}
    return table


def false_alarms(rows: Sequence[Row], out: Mapping[str, Row]) -> tuple[int, int]:
    """How many pages without a meeting were taken for a report, of how many."""
    others = [row for row in rows if row["label"] == "not_meeting"]
    return sum(out[row["id"]]["verdict"] == "report" for row in others), len(others)


def shown(table: Figures, counts: Mapping[str, int]) -> Iterator[str]:
    """The table: a line a group, a column a field."""
    yield f"{'F1':10}{'rows':>5}  " + " ".join(f"{field.replace('participant_', '')[:9]:>9}" for field in FIELDS)
    for name, line in table.items():
        cells = (f"{line[field]:9.1f}" if field in line else f"{'–':>9}" for field in FIELDS)
        yield f"{name:10}{counts[name]:5}  " + " ".join(cells)


def faults(table: Figures, pinned: Row, measured_on: str) -> Iterator[str]:
    """Every figure under its floor, or that the floors belong to another set."""
    if pinned["digest"] != measured_on:
        yield "the floors were measured on another set: look at the change, then pin them anew with --pin --lower"
        return
    for name, floors in pinned["floors"].items():
        for field, floor in floors.items():
            figure = table.get(name, {}).get(field, 0.0)
            if figure < floor - SLACK:
                yield f"{name} {field}: {figure} is under its floor of {floor}"


def clusters() -> dict[str, Score]:
    """How well each set's reports are put together into meetings, imported in the order they stand in."""
    scores = {}
    for name, path in CLUSTERED.items():
        rows = read_rows(path)
        scores[name], _ = measure(rows, read_all(rows))
    return scores


def too_many_merges(scores: Mapping[str, Score]) -> Iterator[str]:
    """Every set of whose meetings too many are two."""
    for name, reached in scores.items():
        if reached.false_merges > MOST_FALSE_MERGES:
            yield f"clusters {name}: {reached.false_merges} false merges, {MOST_FALSE_MERGES} at most are allowed"


def pin(table: Figures, pinned: Row, measured_on: str, *, may_fall: bool) -> Row:
    """The floors that today's figures set; without `may_fall` none is lower than it was."""
    floors = {name: dict(table[name]) for name in GUARDED}
    if not may_fall:
        for name, before in pinned["floors"].items():
            floors[name] = before | {f: max(figure, before.get(f, 0.0)) for f, figure in floors[name].items()}
    return {"digest": measured_on, "floors": floors}


def main() -> int:
    """Print the table; 1 when a figure is under its floor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pin", action="store_true", help="raise the floors to today's figures")
    options.add_argument("--lower", action="store_true", help="let floors fall")
    chosen = options.parse_args()
    rows, invented = read_rows(), read_rows(INVENTED)
    out = read_out([*rows, *invented])
    parts = dict(groups(rows, invented))
    table = figures(parts, out)
    print(*shown(table, {name: len(part) for name, part in parts.items()}), sep="\n")
    print("false alarms: {} of {} rows that tell of no meeting".format(*false_alarms([*rows, *invented], out)))
    scores = clusters()
    print(*(f"clusters, {name}: {reached}" for name, reached in scores.items()), sep="\n")
    table["clusters"] = {name: reached.f1 for name, reached in scores.items()}
    today = digest()
    pinned = json.loads(FLOORS.read_text()) if FLOORS.exists() else {"digest": today, "floors": {}}
    if chosen.pin or chosen.lower:
        pinned = pin(table, pinned, today, may_fall=chosen.lower)
        FLOORS.write_text(json.dumps(pinned, indent=1) + "\n")
    wrong = [*faults(table, pinned, today), *too_many_merges(scores)]
    print(*(wrong or ["every figure stands on or above its floor"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
