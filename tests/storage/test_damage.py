"""A database that is damaged is refused with advice, and stays as it is, byte for byte."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from readout.cli import main
from readout.error import ReadoutError, StorageError
from readout.intake import Intake
from readout.storage import schema, sqlite
from readout.storage.database import open_database
from readout.storage.lock import data_lock, mending_lock
from readout.storage.soundness import Damage, damage_of, examine
from tests.reported import NOW, OTHER_TEXT, reading, report

pytestmark = pytest.mark.in_file

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A folder with a database that holds meetings, and much else."""
    folder = tmp_path_factory.mktemp("whole")
    with closing(open_database(url_of(folder), create=True)) as database:
        intake = Intake(database, max_age=None)
        for number in range(20):
            found = reading(f"{OTHER_TEXT} {number}", report(f"body{number}"), published=NOW)
            intake.take_row(f"k{number}", f"https://x.example/{number}", None, found, now=NOW, alert=False)
        with database.write() as connection:
            for number in range(500):
                connection.execute(schema.secret.insert().values(name=f"{number:0500}", value=b"x" * 500))
        database.checkpoint()
    return folder


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    """The same, after a Readout that worked on it was killed."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    hold = (
        "# warm\nimport sys; from pathlib import Path; from readout.storage.lock import data_lock\n"
        "with data_lock(Path(sys.argv[1]), sys.argv[2]):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(tmp_path), url_of(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(tmp_path / "readout.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/readout.db"


def root_of(file: Path, name: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()[0]


def overwrite(file: Path, at: int, content: bytes) -> None:
    with file.open("r+b") as stream:
        stream.seek(at)
        stream.write(content)


def truncate(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2 // PAGE * PAGE)


def cut_within_a_page(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2 + 7)


def zero_the_middle(file: Path) -> None:
    overwrite(file, file.stat().st_size // 2 // PAGE * PAGE, bytes(20 * PAGE))


def swap_indexes(file: Path) -> None:
    one, two = root_of(file, "ix_article_text_hash"), root_of(file, "ix_article_url")
    raw = file.read_bytes()
    pages = [raw[(number - 1) * PAGE : number * PAGE] for number in (one, two)]
    overwrite(file, (one - 1) * PAGE, pages[1])
    overwrite(file, (two - 1) * PAGE, pages[0])


def lose_a_row_of_an_index(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'url', 'key') WHERE name = 'ix_article_url'")


def forget_the_tables(file: Path) -> None:
    """The first page's list of tables, as if nothing had ever been set up."""
    overwrite(file, 103, bytes(2))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "half is missing": truncate,
    "cut within a page": cut_within_a_page,
    "the header is overwritten": lambda file: overwrite(file, 0, b"\xff" * 100),
    "the header's numbers are overwritten": lambda file: overwrite(file, 16, b"\xff" * 84),
    "the first page is zeroed": lambda file: overwrite(file, 0, bytes(PAGE)),
    "the list of tables is empty": forget_the_tables,
    "pages in the middle are zeroed": zero_the_middle,
    "all but the first page is noise": lambda file: overwrite(file, PAGE, b"\xa5" * (file.stat().st_size - PAGE)),
    "two indexes are swapped": swap_indexes,
    "an index has other rows": lose_a_row_of_an_index,
    "another kind of file": lambda file: file.write_bytes(b"PK\x03\x04 a spreadsheet"),
    "empty": lambda file: file.write_bytes(b""),
    "gone": lambda file: file.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_refused_with_advice_and_never_written_to(folder, damage):
    file = folder / "readout.db"
    damage(file)
    before = file.read_bytes() if file.exists() else None
    for _ in range(2):  # the second start knows no more than the first
        with pytest.raises(StorageError, match=r"restore"), data_lock(folder, url_of(folder)):
            pass
    with suppress(ReadoutError), mending_lock(folder, url_of(folder)):
        pytest.fail("it was to be upgraded")
    assert (file.read_bytes() if file.exists() else None) == before


def test_the_command_says_so_and_ends_with_1(folder, monkeypatch, capsys):
    zero_the_middle(folder / "readout.db")
    before = (folder / "readout.db").read_bytes()
    (folder / "readout.toml").write_text('data_dir = "."\nsources = []\n')
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["readout", "crawl"])
    assert main() == 1
    said = capsys.readouterr().err
    assert "readout.db is damaged, found after an unclean stop" in said
    assert "restore the last backup" in said
    monkeypatch.setattr(sys, "argv", ["readout", "db", "verify"])
    assert main() == 1
    assert "readout.db: damaged" in capsys.readouterr().out
    assert (folder / "readout.db").read_bytes() == before


def test_a_database_that_is_whole_is_looked_at_once(folder, monkeypatch):
    looks = []
    monkeypatch.setattr(
        "readout.storage.lock.damage_of", lambda file, **_: looks.append(file) or damage_of(file, limit_s=9)
    )
    for _ in range(2):
        with data_lock(folder, url_of(folder)):
            pass
    assert len(looks) == 1, "the first ended cleanly"


def test_what_met_a_fault_of_the_file_leaves_it_to_be_looked_at(folder, monkeypatch):
    with pytest.raises(StorageError, match="the file is damaged"), data_lock(folder, url_of(folder)):
        raise StorageError("the file is damaged")
    looks = []
    monkeypatch.setattr(
        "readout.storage.lock.damage_of", lambda file, **_: looks.append(file) or damage_of(file, limit_s=9)
    )
    with data_lock(folder, url_of(folder)):
        pass
    assert looks


def test_garbage_in_the_log_loses_what_was_in_it_alone(folder):
    """The log's own checksums end it where it is no longer whole."""
    file, log = folder / "readout.db", folder / "readout.db-wal"
    log.write_bytes(b"\xa5" * 50_000)
    with data_lock(folder, url_of(folder)), closing(open_database(url_of(folder), create=False)) as database:
        assert damage_of(database.home.file, limit_s=60) == Damage(said=None)
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM secret").scalar() == 500
    assert examine(file).faults == ()


def test_a_log_without_its_database_is_not_dropped(tmp_path):
    """SQLite would: it takes the log of an empty database for one that was left behind."""
    log = tmp_path / "readout.db-wal"
    log.write_bytes(b"all that is left")
    for prepare in (lambda: None, (tmp_path / "readout.db").touch):
        prepare()
        with pytest.raises(StorageError, match="gone or empty, though its log is there"):
            open_database(url_of(tmp_path), create=True)
        assert log.read_bytes() == b"all that is left"


def test_a_check_that_takes_too_long_is_left_to_verify(whole):
    found = damage_of(whole / "readout.db", limit_s=0)
    assert (found.said, found.is_finished) == (None, False)
    assert damage_of(whole / "readout.db", limit_s=60).is_finished


def test_a_database_that_was_removed_on_purpose_is_begun_anew_where_nobody_died(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    with data_lock(tmp_path, url_of(tmp_path)):
        pass
    (tmp_path / "readout.db").unlink()
    with data_lock(tmp_path, url_of(tmp_path)), closing(open_database(url_of(tmp_path), create=True)):
        pass


# --- readout db verify ------------------------------------------------------------------------------------------------

BREACHES = {
    "links that are pending and will never be visited": "INSERT INTO link (source_id, url, key, published_day_only,"
    " found_in, first_seen, visits, attempts, quiet) VALUES ('s', 'u', 'k', 0, 'f', '2024-10-04', 0, 0, 0)",
    "meetings that no report tells of and no ruling keeps": "DELETE FROM judgement",
    "reports that stand under no meeting": "DELETE FROM judgement",
    "articles that copy themselves": "UPDATE article SET duplicate_of = id",
    "rows of report point at a article that is not there": "DELETE FROM article WHERE id = 3",
    "it lacks the tables lease": "DROP TABLE lease",
    "links whose article was stored and is not there": "INSERT INTO link (source_id, url, key, published_day_only,"
    " found_in, first_seen, visits, attempts, quiet, outcome)"
    " VALUES ('s', 'u', 'k', 0, 'f', '2024-10-04', 1, 0, 0, 'stored')",
}


@pytest.mark.parametrize("said", BREACHES)
def test_verify_sees_what_cannot_be(whole, tmp_path, said):
    file = tmp_path / "readout.db"
    shutil.copy(whole / "readout.db", file)
    assert examine(file).is_sound
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(BREACHES[said])
    found = examine(file)
    assert any(said in breach for breach in found.breaches)
    assert not found.is_sound


def test_verify_counts_and_measures(whole):
    found = examine(whole / "readout.db")
    assert (found.rows["meeting"], found.rows["secret"]) == (20, 500)
    assert found.size == (whole / "readout.db").stat().st_size
    assert found.free > 0


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_versions_with_the_reset_bug_are_known(version, has_it):
    assert sqlite.has_reset_bug(version) is has_it
