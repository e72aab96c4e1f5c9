"""`readout db copy` says what it does, and how to go on, and never a password."""

import json
import shutil
import signal
import sys
from contextlib import closing

import pytest

from readout.cli import main
from readout.error import CopyDiffers
from readout.storage import copying
from readout.storage.copying import TABLES
from readout.storage.database import open_database
from readout.storage.lock import data_lock
from tests import filled


@pytest.fixture
def folder(empty_store, tmp_path, monkeypatch):
    """A store with rows in every table, and who runs commands beside it."""
    (tmp_path / "var").mkdir()
    shutil.copyfile(empty_store, tmp_path / "var" / "readout.db")
    url = f"sqlite:///{tmp_path}/var/readout.db"
    with closing(open_database(url, create=False)) as database, database.write() as connection:
        filled.fill(connection)
    (tmp_path / "readout.toml").write_text('data_dir = "var"\nsources = []\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def readout(folder, monkeypatch, capsys):
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["readout", *words])
        code = main()
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_file_is_named_by_its_path_and_what_was_copied_is_counted(readout, folder):
    code, out, err = readout("db", "copy", "var/readout.db", "made.db")
    assert code == 0
    assert (
        f"{filled.ROWS * len(TABLES)} rows, the same in both: {folder}/made.db is what {folder}/var/readout.db" in out
    )
    assert [line.split()[:2] for line in out.splitlines()[1 : len(TABLES) + 1]] == [
        [table.name, str(filled.ROWS)] for table in TABLES
    ]
    assert f"link: {filled.ROWS} of {filled.ROWS} rows" in err.splitlines()
    assert readout("db", "verify", "made.db")[2] == ""


def test_machines_are_told_all_of_each_digest(readout, folder):
    one, two = (json.loads(readout("--json", "db", "copy", "var/readout.db", name)[1]) for name in ("a.db", "b.db"))
    assert one["tables"] == two["tables"]
    assert one["tables"].keys() == {table.name for table in TABLES}
    assert {len(each["sha256"]) for each in one["tables"].values()} == {64}
    assert (one["from"], one["to"]) == (f"{folder}/var/readout.db", f"{folder}/a.db")


@pytest.mark.parametrize("held", ["var/readout.db", "made.db", "elsewhere.db"])
def test_nobody_works_on_either_meanwhile(readout, folder, held):
    data_dir = folder / ("var" if held == "elsewhere.db" else "other")
    with data_lock(data_dir, f"sqlite:///{folder}/{held}"):
        code, _, err = readout("db", "copy", "var/readout.db", "made.db")
    assert (code, "is in use by another Readout" in err) == (3, True)


def test_what_is_broken_off_says_how_it_goes_on(readout, monkeypatch):
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(copying, "_index_words", interrupted)
    code, _, err = readout("db", "copy", "var/readout.db", "made.db")
    assert code != 0
    assert "what is done stays, and the same command goes on with it" in err
    monkeypatch.undo()


def test_what_differs_is_not_gone_on_with(readout, monkeypatch):
    def differs(*_: object) -> None:
        raise CopyDiffers("link differs")

    monkeypatch.setattr(copying, "_compare", differs)
    code, _, err = readout("db", "copy", "var/readout.db", "made.db")
    assert (code, err.splitlines()[-1]) == (1, "readout: link differs")
    assert "goes on" not in err


def test_what_is_refused_is_not_begun(readout, folder):
    code, _, err = readout("db", "copy", "nowhere.db", "made.db")
    assert (code, err) == (1, "readout: there is no database at nowhere.db: nothing to copy\n")
    assert not list(folder.glob("made.db*"))
    assert not list(folder.glob("nowhere.db*"))


def test_no_password_is_said(readout):
    pytest.importorskip("psycopg")
    there = "postgresql://me:canary@127.0.0.1:1/readout"
    for words in ((there, "made.db"), ("var/readout.db", there)):
        code, out, err = readout("db", "copy", *words)
        assert (code, "no connection" in err, "canary" in out + err) == (1, True, False)
