"""Opening, setting up, refusing: on real files."""

import fcntl
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from readout.error import StorageError
from readout.storage import database as module
from readout.storage import schema, sqlite
from readout.storage.database import head, open_database, upgrade
from readout.storage.home import home_of
from readout.storage.hosts import set_wait, wait_until
from readout.storage.soundness import Damage, damage_of
from tests.reported import NOW

pytestmark = pytest.mark.in_file


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def make(path: Path) -> Path:
    open_database(url_of(path), create=True).close()
    return path


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_reach_exactly_the_schema(database):
    with database.read() as connection:
        options = {
            "include_name": lambda name, kind, _parents: kind != "table" or not name.startswith("article_words"),
            "include_object": lambda _object, name, *_: name != "ix_article_language",  # of an expression
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata) == []
        assert "ix_article_language" in connection.scalars(text("SELECT name FROM sqlite_master")).all()


def test_the_index_of_words_keeps_no_text(database):
    """It is a table of FTS5's alone, which SQLAlchemy's tables cannot say."""
    with database.read() as connection:
        made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'article_words'"))
        kept = inspect(connection).get_table_names()
    assert "fts5 (title, text, content = '', tokenize = \"ascii tokenchars '='\")" in made
    assert "article_words_content" not in kept


def test_the_head_is_alembics_head():
    config = Config()
    config.set_main_option("script_location", "readout.storage:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("mmap_size", 0), ("wal_autocheckpoint", 0)],
)
def test_every_connection_is_safe(database, pragma, value):
    with database.read() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_reader_is_told_that_there_is_no_database(tmp_path):
    with pytest.raises(StorageError, match="first crawl or import makes it"):
        open_database(url_of(tmp_path / "none.db"), create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_set_up_by_a_writer_alone(tmp_path):
    path = tmp_path / "readout.db"
    path.touch()
    with pytest.raises(StorageError, match="first crawl or import"):
        open_database(url_of(path), create=False)
    make(path)
    open_database(url_of(path), create=False).close()


def test_folders_on_the_way_are_made(tmp_path):
    assert make(tmp_path / "a" / "b" / "readout.db").exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04 a spreadsheet", b"x", b"SQLite format 2\0 of long ago"])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.xlsx"
    path.write_bytes(content)
    for attempt in (lambda: open_database(url_of(path), create=True), lambda: upgrade(url_of(path))):
        with pytest.raises(StorageError, match="no SQLite database"):
            attempt()
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    sql(path, "CREATE TABLE song (title)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        open_database(url_of(path), create=True)
    assert path.read_bytes() == before


def test_another_programs_alembic_is_no_excuse(tmp_path):
    path = tmp_path / "other.db"
    sql(path, "CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('0001')")
    with pytest.raises(StorageError, match="another program"):
        open_database(url_of(path), create=True)


@pytest.mark.parametrize(("revision", "advice"), [("0000", "readout db upgrade"), ("9999", "newer Readout")])
def test_another_versions_database_is_refused(tmp_path, revision, advice):
    path = make(tmp_path / "readout.db")
    sql(path, f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(StorageError, match=advice):
        open_database(url_of(path), create=True)


def test_upgrade_refuses_a_newer_database(tmp_path):
    path = make(tmp_path / "readout.db")
    sql(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer Readout"):
        upgrade(url_of(path))


@pytest.mark.parametrize("is_file_there", [False, True])
def test_upgrade_of_a_fresh_installation_sets_up_an_empty_database(tmp_path, is_file_there):
    path = tmp_path / "var" / "readout.db"
    if is_file_there:
        path.parent.mkdir()
        path.touch()
    assert upgrade(url_of(path)) == (None, head())
    open_database(url_of(path), create=False).close()


def test_upgrade_of_a_current_database_changes_nothing(tmp_path):
    assert upgrade(url_of(make(tmp_path / "readout.db"))) == (head(), head())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/db", "'mysql'"),
        ("postgresql+asyncpg://host/db", "asyncpg"),
        ("readout.db", "no database URL"),
        ("", "no database URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////", "is a folder"),
    ],
)
def test_a_wrong_url_is_refused_in_words(url, said):
    with pytest.raises(StorageError, match=said):
        open_database(url, create=True)


def test_an_exception_rolls_the_transaction_back(database):
    def fail():
        with database.write() as connection:
            set_wait(connection, "agency.example", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert wait_until(connection, "agency.example") is None


def test_a_reader_sees_one_state_and_changes_nothing(database):
    with database.read() as reader:
        assert wait_until(reader, "agency.example") is None
        with database.write() as writer:
            set_wait(writer, "agency.example", NOW)
        assert wait_until(reader, "agency.example") is None
    with database.read() as reader:
        assert wait_until(reader, "agency.example") == NOW


def test_a_broken_migration_leaves_nothing_behind(tmp_path):
    path = tmp_path / "readout.db"
    raw = module.Database(home_of(url_of(path)))

    def fail():
        with raw.write() as connection:
            module._migrate(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with raw.read() as connection:
        assert inspect(connection).get_table_names() == []
    raw.close()


def test_two_processes_set_up_one_database(tmp_path):
    program = (
        "# warm\nimport sys; from readout.storage.database import open_database\n"
        "open_database(sys.argv[1], create=True)"
    )
    command = [sys.executable, "-c", program, url_of(tmp_path / "readout.db")]
    processes = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    open_database(url_of(tmp_path / "readout.db"), create=False).close()


def test_a_damaged_database_is_refused_with_advice(tmp_path):
    path = make(tmp_path / "readout.db")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StorageError, match="restore the last backup"):
        open_database(url_of(path), create=False)


def test_a_long_log_is_written_back(database, tmp_path):
    with database.write() as connection:
        for number in range(6):
            set_wait(connection, f"{number}{'x' * 1_000_000}", NOW)
    assert (tmp_path / "readout.db").stat().st_size > 6_000_000


def test_a_log_that_was_long_once_is_not_written_back_at_every_commit(database, tmp_path):
    with database.write() as connection:
        set_wait(connection, "x" * 6_000_000, NOW)
    for number in range(2):
        with database.write() as connection:
            set_wait(connection, f"host {number}", NOW)
    with (tmp_path / "readout.db-wal").open("rb") as log:
        assert log.seek(0, 2) < sqlite.LONG_LOG_BYTES


@pytest.mark.parametrize(("lasting", "waits_for_the_disk"), [(True, 2), (False, 1)])
def test_a_commit_waits_for_the_disk_unless_told_otherwise(database, lasting, waits_for_the_disk):
    with database.write(lasting=lasting) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == waits_for_the_disk


def test_only_one_process_writes_the_log_back(database, tmp_path):
    assert database.checkpoint() is True
    with (tmp_path / "readout.db-checkpoint").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert database.checkpoint() is False


def test_threads_write_one_after_the_other(database):
    def count_up(_):
        for _ in range(25):
            with database.write() as connection:
                number = int((wait_until(connection, "counter") or NOW).timestamp() - NOW.timestamp())
                set_wait(connection, "counter", NOW + timedelta(seconds=number + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, range(4)))
    with database.read() as connection:
        assert wait_until(connection, "counter") == NOW + timedelta(seconds=100)


def test_a_database_may_be_opened_twice_in_a_process_while_others_come_and_go(tmp_path):
    url = f"sqlite:///{tmp_path}/readout.db"
    write = (
        "# warm\nimport sys; from readout.storage.database import open_database; from readout.storage import schema\n"
        "database = open_database(sys.argv[1], create=True)\n"
        "for number in range(100):\n"
        "    with database.write() as connection:\n"
        "        name = f'{sys.argv[2]} {number:0500}'\n"
        "        connection.execute(schema.secret.insert().values(name=name, value=b'x' * 900))\n"
        "database.close()"
    )
    count = select(func.count()).select_from(schema.secret)
    database = open_database(url, create=True)
    counts = []
    for number in range(3):
        open_database(url, create=True).close()
        subprocess.run([sys.executable, "-c", write, url, str(number)], check=True)
        with database.read() as connection:
            counts.append(connection.scalar(count))
    assert counts == [100, 200, 300]
    assert damage_of(database.home.file, limit_s=60) == Damage(said=None)
    database.close()
