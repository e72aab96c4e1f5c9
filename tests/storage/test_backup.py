"""A copy while others write, and its return: nothing of it is lost, and nobody hears of a thing twice."""

import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from readout.cli import main
from readout.error import OutdatedDatabase, StorageError
from readout.model import AlertState
from readout.storage import schema
from readout.storage.alerts import list_alerts
from readout.storage.backup import back_up, restore
from readout.storage.database import Database, head, open_database
from readout.storage.lock import data_lock, mending_lock
from readout.storage.sending import retry
from readout.storage.soundness import Damage, damage_of, examine
from tests.reported import NOW

pytestmark = pytest.mark.in_file

ROOT = Path(__file__).parents[2]


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/readout.db"


def write(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute(schema.secret.insert().values(name=name, value=b"x"))


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM secret ORDER BY name")]


def owe(database: Database, state: AlertState, **columns) -> None:
    fields = {"recipient": "r@example.org", "channel": "email", "kind": "first", "matched": {}, "watch_names": ["w"]}
    own = {"state": state.value, "message_id": f"<{state}@x>", "created_at": NOW}
    with database.write() as connection:
        connection.execute(schema.alert.insert().values(fields | own | columns))


# --- copies -----------------------------------------------------------------------------------------------------------


def test_a_backup_is_one_whole_file_that_only_its_owner_may_read(database, tmp_path):
    write(database, "kept")
    found = back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)
    write(database, "too late")
    assert found.rows["secret"] == 1
    (tmp_path / "away").mkdir()
    shutil.copy(tmp_path / "backup.db", tmp_path / "away")  # without what may lie beside it
    assert names(tmp_path / "away" / "backup.db") == ["kept"]
    assert stat.S_IMODE((tmp_path / "backup.db").stat().st_mode) == 0o600
    assert not [each for each in tmp_path.iterdir() if each.name.startswith((".readout", "backup.db-"))]


def test_a_backup_is_one_moment_of_a_database_that_is_written_to_all_the_time(database, tmp_path):
    over, written = Event(), []

    def go_on() -> None:
        while not over.is_set():
            with database.write() as connection:
                for half in ("a", "b"):
                    row = {"name": f"{half} {len(written):06}", "value": b"x" * 2000}
                    connection.execute(schema.secret.insert().values(row))
            written.append(len(written))

    writer = Thread(target=go_on)
    writer.start()
    try:
        for number in range(3):
            before = len(written)
            found = back_up(url_of(tmp_path), tmp_path / f"{number}.db", now=NOW)
            halves = names(tmp_path / f"{number}.db")
            assert len(halves) == found.rows["secret"] >= 2 * before
            assert len([name for name in halves if name[0] == "a"]) * 2 == len(halves)
    finally:
        over.set()
        writer.join()


def test_a_backup_is_written_over_nothing(database, tmp_path):
    for target in (tmp_path / "notes.txt", tmp_path / "readout.db"):
        target.touch()
        before = target.read_bytes()
        with pytest.raises(StorageError, match="is there already"):
            back_up(url_of(tmp_path), target, now=NOW)
        assert target.read_bytes() == before
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="is there already"):
        back_up(url_of(tmp_path), tmp_path / "link.db", now=NOW)


@pytest.mark.parametrize("target", ["nowhere/backup.db", "readout.db/backup.db"])
def test_a_backup_that_cannot_be_placed_is_refused(database, tmp_path, target):
    with pytest.raises(StorageError, match="is it there, and may it be written to"):
        back_up(url_of(tmp_path), tmp_path / target, now=NOW)


def test_there_is_no_backup_of_nothing(tmp_path):
    with pytest.raises(StorageError, match="there is no database"):
        back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(database, tmp_path):
    for number in range(300):
        write(database, f"{number:0500}")
    database.checkpoint()
    database.close()
    with (tmp_path / "readout.db").open("r+b") as stream:
        stream.seek((tmp_path / "readout.db").stat().st_size // 4096 * 4096 - 12 * 4096)
        stream.write(b"\xff" * 8 * 4096)
    with pytest.raises(StorageError, match=r"damaged|not backed up"):
        back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)
    assert not (tmp_path / "backup.db").exists()


BACK_UP = """# warm
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from readout.error import StorageError
from readout.storage import backup
if sys.argv[3] == "killed":
    import os, signal
    backup.place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    backup.back_up(sys.argv[1], Path(sys.argv[2]), now=datetime.now(UTC))
except StorageError as error:
    print(error)
"""


def back_up_elsewhere(tmp_path: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BACK_UP, url_of(tmp_path), str(tmp_path / "backup.db"), how]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_backup_that_is_cut_short_is_not_there(database, tmp_path):
    write(database, "kept")
    full = back_up_elsewhere(tmp_path, "full")
    assert "the disk is full or fails" in full.stdout, full.stderr
    assert not (tmp_path / "backup.db").exists()
    assert not list(tmp_path.glob(".readout*"))
    assert back_up_elsewhere(tmp_path, "killed").returncode == -signal.SIGKILL
    assert not (tmp_path / "backup.db").exists()
    assert len(list(tmp_path.glob(".readout*"))) == 1
    back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)
    assert not list(tmp_path.glob(".readout*")), "what the dead one left is swept away"


# --- returns ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def backup(database, tmp_path) -> Path:
    """A backup of a database that went on since."""
    write(database, "kept")
    for state in AlertState:
        when = {"next_try": NOW} if state is AlertState.OWED else {"sent_at": NOW}
        owe(database, state, **when)
    back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)
    write(database, "newer")
    return tmp_path / "backup.db"


def test_what_is_there_is_kept_aside_with_its_log(database, backup, tmp_path):
    done = restore(url_of(tmp_path), backup, now=NOW + timedelta(days=1))
    assert names(tmp_path / "readout.db") == ["kept"]
    assert done.kept == tmp_path / "readout.db.20241005T120000Z"
    assert names(done.kept) == ["kept", "newer"]
    assert (done.taken, examine(tmp_path / "readout.db").faults) == (NOW, ())
    restore(url_of(tmp_path), backup, now=NOW + timedelta(days=1))
    assert (tmp_path / "readout.db.20241005T120000Z.1").exists(), "none is written over"


@pytest.mark.parametrize("damage", ["noise", "gone", "empty", "log alone"])
def test_a_backup_returns_whatever_is_left(database, backup, tmp_path, damage):
    database.close()
    file = tmp_path / "readout.db"
    if damage == "noise":
        file.write_bytes(b"\xa5" * 50_000)
    elif damage == "empty":
        file.write_bytes(b"")
    else:
        file.unlink()
    if damage == "log alone":
        (tmp_path / "readout.db-wal").write_bytes(b"\xa5" * 5_000)
    with mending_lock(tmp_path, url_of(tmp_path), replaces=True):
        done = restore(url_of(tmp_path), backup, now=NOW)
    assert names(file) == ["kept"]
    assert (done.kept is None) == (damage == "gone")
    with data_lock(tmp_path, url_of(tmp_path)), closing(open_database(url_of(tmp_path), create=False)) as again:
        assert damage_of(again.home.file, limit_s=60) == Damage(said=None)


def test_nothing_changes_where_the_backup_is_no_good(database, backup, tmp_path):
    newer = tmp_path / "newer.db"
    shutil.copy(backup, newer)
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    noise = tmp_path / "noise.db"
    noise.write_bytes(backup.read_bytes()[:8192] + b"\xa5" * 300_000)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE song (title)")
    before = names(tmp_path / "readout.db")
    for bad, said in (
        (newer, "newer Readout"),
        (noise, "was not restored"),
        (other, "holds no tables of Readout's"),
        (tmp_path / "none.db", "there is no database"),
        (tmp_path, "is a folder"),
        (tmp_path / "readout.db", "the database itself"),
    ):
        with pytest.raises(StorageError, match=said):
            restore(url_of(tmp_path), bad, now=NOW)
        assert names(tmp_path / "readout.db") == before
    assert issubclass(OutdatedDatabase, StorageError)
    assert not [each for each in tmp_path.iterdir() if "202410" in each.name or each.name.startswith(".readout")]


def test_an_older_backup_comes_to_the_shape_of_now(database, tmp_path):
    from tests.storage.test_migrations import first_shape

    first_shape(f"sqlite:///{tmp_path}/old.db")
    done = restore(url_of(tmp_path), tmp_path / "old.db", now=NOW)
    assert (done.found.revision, done.taken) == (head(), None)
    assert done.found.rows["meeting"] == 1


def test_a_power_cut_between_two_names_is_noticed(database, backup, tmp_path, monkeypatch):
    """Then there is no database, and an empty one in its place would send everything again."""
    database.close()

    def cut(*_: object) -> None:
        raise StorageError("the power was cut")

    monkeypatch.setattr(
        Path, "rename", lambda file, to, was=Path.rename: cut() if ".readout" in str(file) else was(file, to)
    )
    with (
        pytest.raises(StorageError, match="power was cut"),
        mending_lock(tmp_path, url_of(tmp_path), replaces=True),
    ):
        restore(url_of(tmp_path), backup, now=NOW)
    monkeypatch.undo()
    with (
        pytest.raises(StorageError, match=r"readout\.db is gone, but was \d+ bytes long"),
        data_lock(tmp_path, url_of(tmp_path)),
    ):
        pass
    with mending_lock(tmp_path, url_of(tmp_path), replaces=True):
        restore(url_of(tmp_path), backup, now=NOW)
    with data_lock(tmp_path, url_of(tmp_path)):
        assert names(tmp_path / "readout.db") == ["kept"]


def states(folder: Path) -> dict[str, str]:
    with closing(open_database(url_of(folder), create=False)) as database, database.read() as connection:
        return {alert.message_id: alert.state.value for alert in list_alerts(connection)}


def test_what_a_backup_owes_waits_for_a_person(backup, tmp_path):
    done = restore(url_of(tmp_path), backup, now=NOW)
    assert done.doubtful == 3
    in_doubt = ("owed", "sending", "doubtful")
    assert states(tmp_path) == {
        f"<{state}@x>": "doubtful" if state in in_doubt else state.value for state in AlertState
    }
    with closing(open_database(url_of(tmp_path), create=False)) as database, database.write() as connection:
        assert connection.execute(select(schema.lease)).all() == []
        assert all(alert.next_try is None for alert in list_alerts(connection))
        assert retry(connection, None, NOW) == 4, "and those that had failed"


def test_what_a_backup_owes_leaves_where_that_is_wanted(backup, tmp_path):
    assert restore(url_of(tmp_path), backup, now=NOW, resends=True).doubtful == 0
    assert states(tmp_path)["<owed@x>"] == "owed"


def test_the_commands(database, tmp_path, monkeypatch, capsys):
    write(database, "kept")
    (tmp_path / "readout.toml").write_text('data_dir = "."\nsources = []\n')
    monkeypatch.chdir(tmp_path)

    def readout(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["readout", *words])
        code = main()
        told = capsys.readouterr()
        return code, told.out + told.err

    assert readout("db", "backup", "copy.db")[0] == 0
    assert readout("db", "backup", "copy.db") == (
        1,
        "readout: copy.db is there already: a backup is written over nothing, name another file\n",
    )
    code, said = readout("db", "verify", "copy.db")
    assert (code, said.splitlines()[0]) == (0, f"copy.db: sound, revision {head()}")
    assert "SQLite 3." in said
    assert re.search(r"\b\d+ sources, .*\b\d+ watches$", said, re.MULTILINE)
    assert '"ok": true' in readout("--json", "db", "verify")[1]
    database.close()
    (tmp_path / "readout.db").write_bytes(b"SQLite format 3\0" + b"\xa5" * 9000)
    assert readout("db", "verify")[0] == 1
    code, said = readout("db", "restore", "copy.db")
    assert code == 0
    assert "copy.db is the database now, as it was at 20" in said
    assert "the former one is kept as" in said
    assert names(tmp_path / "readout.db") == ["kept"]
    told = json.loads(readout("--json", "db", "restore", "copy.db")[1])
    assert (told["file"], told["doubtful"], told["rows"]["secret"]) == ("copy.db", 0, 1)
    assert (tmp_path / told["kept"]).is_file()
    assert datetime.fromisoformat(told["taken"]).tzinfo
    assert json.loads(readout("--json", "db", "upgrade")[1]) == {"before": head(), "after": head()}
    for left in tmp_path.glob("readout.db*"):
        left.unlink()
    assert json.loads(readout("--json", "db", "restore", "copy.db")[1])["kept"] is None
    (tmp_path / "readout.db").unlink()
    assert json.loads(readout("--json", "db", "upgrade")[1]) == {"before": None, "after": head()}
    with data_lock(tmp_path, url_of(tmp_path)):
        assert readout("db", "restore", "copy.db")[0] == 3
        assert readout("db", "upgrade")[0] == 3
        assert readout("db", "backup", "beside.db")[0] == 0
        assert readout("db", "verify")[0] == 0


def test_whatever_lies_in_the_folder_keeps_no_backup_from_being_made(database, tmp_path):
    """Others may write to it: a pipe that nobody fills, a link to nowhere, a file."""
    os.mkfifo(tmp_path / ".readout-copy-pipe")
    (tmp_path / ".readout-copy-link").symlink_to("nowhere")
    (tmp_path / ".readout-copy-file").touch()
    back_up(url_of(tmp_path), tmp_path / "backup.db", now=NOW)
    assert (tmp_path / "backup.db").exists()


def test_a_name_that_is_too_long_is_said(database, tmp_path):
    long = tmp_path / ("n" * 300)
    with pytest.raises(StorageError, match="too long"):
        back_up(url_of(tmp_path), long, now=NOW)
    with pytest.raises(StorageError, match="too long"):
        restore(url_of(tmp_path), long, now=NOW)
    with pytest.raises(StorageError, match="too long"):
        examine(long)


@pytest.mark.parametrize("revision", ["0001", "0001x"])
def test_what_cannot_be_brought_to_the_shape_of_now_is_refused(database, tmp_path, revision):
    write(database, "kept")
    with closing(sqlite3.connect(tmp_path / "half.db")) as half:
        half.execute("CREATE TABLE article (id)")
        half.execute("CREATE TABLE alembic_version (version_num)")
        half.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        half.commit()
    with pytest.raises(StorageError, match="cannot be brought to the shape of now"):
        restore(url_of(tmp_path), tmp_path / "half.db", now=NOW)
    assert names(tmp_path / "readout.db") == ["kept"]


TAMPERED = {
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON alert BEGIN DELETE FROM alert; END", "it has triggers.*'t'"),
    "a view for a table": ("ALTER TABLE alert RENAME TO other; CREATE VIEW alert AS SELECT 1", "to the shape of now"),
}


@pytest.mark.parametrize(("change", "said"), TAMPERED.values(), ids=TAMPERED)
def test_what_others_built_into_a_backup_is_refused(database, backup, tmp_path, change, said):
    """It would go on changing what is stored, alerts among it, whatever Readout writes."""
    with closing(sqlite3.connect(backup)) as tampered:
        tampered.executescript(change)
    with pytest.raises(StorageError, match=f"was not restored: .*{said}"):
        restore(url_of(tmp_path), backup, now=NOW)
    assert examine(backup).breaches
    assert not examine(tmp_path / "readout.db").breaches
