"""The quality gate: the labelled set is read no worse than its floors say, and the gate itself can fail."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

import clusters
import gate

FLOORS = {
    "digest": "d",
    "floors": {"all": {"status": 90.0, "city": 80.0}, "en": {"status": 70.0}, "clusters": {"dev": 60.0}},
}


def table(status, city, en, dev=60.0):
    figures = {"all": {"status": status, "city": city}, "en": {"status": en}, "clusters": {"dev": dev}}
    return {name: figures.get(name, {}) for name in gate.GUARDED}


def test_the_labelled_set_is_read_no_worse_than_before(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gate.py"])
    assert gate.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("figures", "under"),
    [
        (table(90.0, 80.0, 70.0), []),
        (table(95.0, 79.9, 70.0), ["all city"]),
        (table(89.0, 80.0, 0.0), ["all status", "en status"]),
        (table(90.0, 80.0, 70.0, dev=59.9), ["clusters dev"]),
        ({}, ["all status", "all city", "en status", "clusters dev"]),
    ],
)
def test_a_figure_under_its_floor_is_told(figures, under):
    assert [fault.split(":")[0] for fault in gate.faults(figures, FLOORS, "d")] == under


def test_floors_of_another_set_hold_for_none():
    assert len(list(gate.faults(table(99.0, 99.0, 99.0), FLOORS, "another"))) == 1


def test_only_a_spoken_flag_lowers_a_floor():
    worse = table(80.0, 85.0, 60.0)
    assert gate.pin(worse, FLOORS, "d", may_fall=False)["floors"]["all"] == {"status": 90.0, "city": 85.0}
    assert gate.pin(worse, FLOORS, "d", may_fall=True)["floors"]["all"] == {"status": 80.0, "city": 85.0}


def test_meetings_taken_for_others_are_counted_against_a_ceiling():
    fine, bad = (
        clusters.Score(precision=90.0, recall=90.0, f1=90.0, false_merges=merges, missed_pairs=0, reports=9)
        for merges in (gate.MOST_FALSE_MERGES, gate.MOST_FALSE_MERGES + 1)
    )
    assert [fault.split(":")[0] for fault in gate.too_many_merges({"dev": fine, "meetings": bad})] == [
        "clusters meetings"
    ]


def groups(*together):
    return frozenset(map(frozenset, together))


@pytest.mark.parametrize(
    ("second", "away"),
    [
        (groups("abc", "de"), ""),
        (groups("ab", "cde"), "c"),
        (groups("ab", "c", "de"), "c"),
        (groups("abcde"), "de"),
    ],
)
def test_what_stands_elsewhere_is_told_by_the_fewest_moves(second, away):
    assert clusters.moved(groups("abc", "de"), second) == set(away)


def test_what_stands_apart_or_together_wrongly_is_listed():
    rows = gate.read_rows(gate.MEETINGS)[:9]
    told = clusters.read_all(rows)
    apart = [{"id": number, "reports": [{"id": row["id"]}]} for number, row in enumerate(rows)]
    together = [{"id": 0, "reports": [{"id": row["id"]} for row in rows]}]
    heads = [line for line in clusters.misses(rows, told, apart) if line.startswith("\n")]
    assert heads == [f"\n{rows[0]['meeting_ids'][0]}: 15 pairs apart", f"\n{rows[2]['meeting_ids'][0]}: 6 pairs apart"]
    assert "\nmeeting 0 is more than one" in list(clusters.misses(rows, told, together))


def test_no_two_labelled_rows_bear_one_id():
    ids = [row["id"] for path in (gate.ROWS, gate.INVENTED, gate.MEETINGS) for row in gate.read_rows(path)]
    assert len(ids) == len(set(ids))


def test_a_third_of_each_language_is_kept_unseen():
    rows = gate.read_rows()
    unseen = gate.kept_unseen(rows)
    for language in ("en", "ru", "kk"):
        ids = [row["id"] for row in rows if row["lang"] == language]
        assert sum(each in unseen for each in ids) == round(len(ids) / 3)


def test_every_span_of_evidence_stands_in_the_row_it_was_read_from():
    rows = {row["id"]: row for row in [*gate.read_rows(), *gate.read_rows(gate.INVENTED)]}
    awkward = {**rows["ch-en-01"], "id": "awkward"}
    awkward["text"] = "\u200b\r\n\n" + awkward["text"].replace(" ", "  ").replace(".", ".\u202e\xad\n\n")
    for answer in gate.read_out([*rows.values(), awkward]).values():
        row = awkward if answer["id"] == "awkward" else rows[answer["id"]]
        for report in filter(None, [answer["report"], *answer["also"]]):
            for spans in report["evidence"].values():
                for span in spans if isinstance(spans, list) else [spans]:
                    assert row[span["in"]][span["start"] : span["end"]] == span["text"], answer["id"]
