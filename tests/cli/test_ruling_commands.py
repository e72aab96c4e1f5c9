"""`review`, `merge`, `split`, `correct`, `undo` and `replay`, as a person runs them."""

import contextlib
import io
import json
import sys

import pytest

from readout.cli import main
from readout.error import ConfigError
from readout.fact_value import fact_names, fact_value
from readout.intake import Intake
from readout.storage.database import open_database
from readout.storage.lock import data_lock
from tests.reported import DAY, NOW, reading, report
from tests.store import store_section, store_url

HOSTILE = "\x1b]0;owned\x07\u202ereason"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Two sessions that are perhaps one, of two reports and one, in a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    (tmp_path / "readout.toml").write_text(f"sources = []\n{store_section(tmp_path, 'var/readout.db')}")
    database = open_database(store_url(tmp_path, "var/readout.db"), create=True)
    intake = Intake(database, max_age=None)
    for key, city in (("a", "Astana"), ("b", "Astana"), ("c", "Minsk")):
        words = " ".join(f"{key}{number}" for number in range(40))
        told = reading(words, report(days=DAY, city=city), published=NOW)
        intake.take_row(key, f"https://x.example/{key}", None, told, now=NOW, alert=False)
    database.close()
    return tmp_path


def run(*arguments, code=0):
    out, err = io.StringIO(newline=""), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "argv", ["readout", *arguments])
        assert main() == code, err.getvalue()
    return out.getvalue() + err.getvalue()


def reports():
    """The reports under each meeting."""
    return {row["id"]: [each["id"] for each in row["reports"]] for row in json.loads(run("--json", "meetings"))}


def test_what_is_asked_is_answered_and_taken_back(kept):
    said = run("review")
    assert "M2 · CIS Council of Heads of Security Agencies and Special Services, Minsk" in said
    assert "perhaps M1 ·" in said
    assert "in Astana, not Minsk" in said or "in Minsk, not Astana" in said
    assert run("merge", "M1", "M2", "--reason", HOSTILE) == "M2 is M1 now; `readout undo` takes it back\n"
    assert reports() == {1: ["a", "b", "c"]}
    assert run("review") == "nothing to review: of every report the rules are sure\n"
    shown = run("show", "M2")
    assert "M2 was merged into M1" in shown
    assert "ruling 1" in shown
    assert "\x1b" not in shown
    assert run("undo").startswith("taken back: ruling 1, merge of M1")
    assert reports() == {1: ["a", "b"], 2: ["c"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "meetings", "--format", "xml"), "readout: 'xml' is not one of jsonl, csv, json, ics, atom\n"),
        (("alerts", "list", "--state", "lost"), "readout: 'lost' is not one of owed, sending,"),
    ],
)
def test_where_a_word_is_none_of_a_list_the_list_is_said(kept, arguments, said):
    assert run(*arguments, code=2).startswith(said)


@pytest.mark.parametrize("number", ["99999999999999999999999", "-1", "x"])
def test_what_is_no_number_of_a_ruling_is_refused(kept, number):
    assert f"'{number}' is no ruling" in run("undo", "--", number, code=2)


def test_whose_city_is_corrected_is_told_which_country_stays(kept):
    run("correct", "M1", "country", "KZ")
    said = run("correct", "M1", "city", "Minsk")
    assert "its country stays KZ: if that is wrong, `readout correct M1 country XX`" in said
    assert "country" not in run("correct", "M2", "city", "Brest")


def test_two_are_two_and_asked_no_more(kept):
    assert run("review", "--different", "M1", "2") == "M1 and M2 are two; `readout undo` takes it back\n"
    assert "nothing to review" in run("review")
    (row,) = (row for row in json.loads(run("--json", "meetings")) if row["id"] == 1)
    assert row["perhaps_same_as"] == []


def test_a_report_is_split_off_by_id_or_url(kept):
    assert run("split", "M1", "b").startswith("b is of M3 now")
    assert reports() == {1: ["a"], 2: ["c"], 3: ["b"]}
    run("undo")
    assert json.loads(run("--json", "split", "M1", "https://x.example/b"))["split_from"] == 1


def test_a_fact_is_corrected(kept):
    run("correct", "M1", "participants", "Ali Naghiyev (AZ), Əli Həsənov", "--reason", "the minutes say so")
    row = json.loads(run("--json", "show", "M1"))
    assert [(each["name"], each["country"]) for each in row["participants"]] == [
        ("Ali Naghiyev", "AZ"),
        ("Əli Həsənov", None),
    ]
    assert row["rulings"][0]["reason"] == "the minutes say so"
    assert "participants set by hand: the minutes say so" in run("show", "M1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("merge", "M1", "M1"), "M1 and M1 are one meeting already"),
        (("merge", "M1", "x"), "'x' is no meeting: write its number, as M12"),
        (("merge", "M1", "M99999999999999999999"), "is no meeting"),
        (("merge", "M1", "M7"), "there is no meeting M7"),
        (("split", "M2", "c"), "M2 has no other report than c"),
        (("split", "M1", "c"), "M1 has no report 'c'; it has a, b"),
        (("correct", "M1", "colour", "red"), "'colour' is no fact of a meeting: there are kind, status"),
        (("correct", "M1", "country", "Kazakhstan"), "write its two letters"),
        (("correct", "M1", "start_date", "4 October"), "write it as 2024-10-04"),
        (("correct", "M1", "body", "sorb"), "near it: cis-sorb"),
        (("correct", "M1", "status", "-"), "every meeting has one; write one of planned"),
        (("correct", "M1", "session_number", "0"), "is no session number"),
        (("undo", "5"), "no ruling 5 stands"),
    ],
)
def test_what_cannot_be_ruled_is_refused_and_changes_nothing(kept, arguments, said):
    before = run("--json", "meetings")
    assert said in run(*arguments, code=2)
    assert run("--json", "meetings") == before


def test_ruling_on_an_empty_store_leaves_no_store_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "there is no meeting M1" in run("merge", "M1", "M2", code=2)
    assert not (tmp_path / "var").exists()


def test_a_replay_is_rehearsed_and_then_done(kept):
    said = run("replay", "--dry-run")
    assert "3 articles read again; would be added 0, lost 3" in said
    assert "would be merged 0, removed 2 meetings" in said
    assert reports() == {1: ["a", "b"], 2: ["c"]}
    done = json.loads(run("--json", "replay"))
    assert (done["articles"], done["lost"], done["removed"]) == (3, [["a", 0], ["b", 0], ["c", 0]], [1, 2])
    assert reports() == {}


def test_a_replay_waits_for_nobody(kept):
    with data_lock(kept / "var"):
        assert "in use" in run("replay", code=3)


@pytest.mark.parametrize("fact", fact_names())
@pytest.mark.parametrize("text", ["", " ", "\x00", "=1+1", "2024-02-30", "99999999999", "(", ",", "\ud800"])
def test_every_value_is_taken_or_refused_in_words(fact, text):
    with contextlib.suppress(ConfigError):
        fact_value(fact, text)
