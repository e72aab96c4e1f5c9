"""The quality gate: the labelled set is read no worse than its floors say, and the gate itself can fail."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

import gate

FLOORS = {"digest": "d", "floors": {"all": {"status": 90.0, "city": 80.0}, "en": {"status": 70.0}}}


def table(status, city, en):
    return {"all": {"status": status, "city": city}, "en": {"status": en}, "ru": {}, "other": {}, "invented": {}}


def test_the_labelled_set_is_read_no_worse_than_before(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gate.py"])
    assert gate.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("figures", "under"),
    [
        (table(90.0, 80.0, 70.0), []),
        (table(95.0, 79.9, 70.0), ["all city"]),
        (table(89.0, 80.0, 0.0), ["all status", "en status"]),
        ({}, ["all status", "all city", "en status"]),
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
