"""A database copied into another of either kind is the same there, row by row, whatever broke the copy off before."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update

from readout.error import DatabaseAway, OutdatedDatabase, StorageError
from readout.storage import copying, schema, table_rows
from readout.storage.backup import back_up, restore
from readout.storage.copying import TABLES, copy
from readout.storage.database import Database, open_database
from readout.storage.home import home_of
from readout.storage.lock import data_lock
from readout.storage.schema import metadata
from readout.storage.search import unindexed
from tests import filled, postgres
from tests.processes import running

on_servers = pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
LATER = filled.MOMENT + timedelta(days=1)
KINDS = ("file", pytest.param("server", marks=on_servers))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server


@pytest.fixture
def place(tmp_path, request):
    """The URL of a database of a kind that is not there yet, or empty."""
    numbers = count()

    def make(kind: str) -> str:
        name = f"t{abs(hash(request.node.nodeid))}_{next(numbers)}"
        if kind == "file":
            return f"sqlite:///{tmp_path}/{name}.db"
        server = request.getfixturevalue("server")
        server.make(name)
        return server.url(name)

    return make


@pytest.fixture
def origin(place):
    """What makes a store with rows in every table."""

    def make(kind: str) -> str:
        url = place(kind)
        with closing(open_database(url, create=True)) as database, database.write() as connection:
            filled.fill(connection)
        return url

    return make


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(table_rows, "_MOST_ROWS", 5)


def contents(url: str) -> dict[str, list]:
    """All rows by table, as whoever works with them reads them; of nulls also which kind they are."""
    with closing(open_database(url, create=False)) as database, database.read() as connection:
        found = {}
        for table in TABLES:
            nulls = [column.is_(None) for column in table.columns]
            asked = select(*table.columns, *nulls).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(asked)]
        return found


def change(url: str, statement: str) -> None:
    """As somebody else would: whatever the revision is."""
    with closing(Database(home_of(url))) as database, database.write() as connection:
        connection.execute(text(statement))


# --- the same there ---------------------------------------------------------------------------------------------------


def test_a_filled_store_has_rows_in_every_table(origin):
    """Else nothing would be known of what is copied of a table that comes anew."""
    found = contents(origin("file"))
    assert found.keys() == metadata.tables.keys() - {"lease"}
    assert {len(rows) for rows in found.values()} == {filled.ROWS}
    for table in TABLES:
        for number, column in enumerate(table.columns):
            values = [row[number] for row in found[table.name]]
            assert any(value is not None for value in values), column
            assert not column.nullable or None in values, column


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_all_that_is_stored_is_the_same_there(origin, place, kind, target):
    former, made = origin(kind), place(target)
    found = copy(former, made)
    assert contents(made) == contents(former)
    assert {each.table: each.rows for each in found} == {table.name: filled.ROWS for table in TABLES}


@on_servers
def test_what_went_to_a_server_and_back_has_the_digests_it_had(origin, place):
    former, server, back = origin("file"), place("server"), place("file")
    assert copy(former, server) == copy(server, back) == copy(back, place("file"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_worked_with_at_once(origin, place, kind):
    made = place(kind)
    copy(origin("file"), made)
    with closing(open_database(made, create=False)) as database, database.write() as connection:
        assert unindexed(connection) == []
        row = {"source_id": "s", "url": "u", "key": "k", "found_in": "f", "first_seen": filled.MOMENT}
        assert connection.scalar(insert(schema.link).values(row).returning(schema.link.c.id)) == filled.ROWS + 1
        assert connection.scalar(select(schema.lease.c.name)) is None


def test_a_backup_is_not_copied_but_restored(origin, place, tmp_path):
    back_up(origin("file"), tmp_path / "backup.db", now=filled.MOMENT)
    before = (tmp_path / "backup.db").read_bytes()
    with pytest.raises(StorageError, match="is a backup, whose alerts may have left since: `readout db restore`"):
        copy(f"sqlite:///{tmp_path}/backup.db", place("file"))
    assert (tmp_path / "backup.db").read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_meanwhile_is_of_another_moment(origin, place, kind):
    former, made = origin(kind), place("file")
    before = contents(former)
    with closing(open_database(former, create=False)) as writer:

        def write(said: str) -> None:
            if said.startswith(("crawl: 12", "link: 12", "index of words")):
                with writer.write() as connection:
                    connection.execute(update(schema.link).values(title=said))
                    connection.execute(insert(schema.secret).values(name=said, value=b""))

        copy(former, made, tell=write)
    assert contents(made) == before != contents(former)


# --- broken off -------------------------------------------------------------------------------------------------------


class Broken(Exception):
    """What breaks a copy off."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_that_is_broken_off_again_and_again_goes_on_until_it_is_whole(origin, place, kind):
    former, made = origin("file"), place(kind)
    for module, name, time in (
        (table_rows, "put", 1),
        (table_rows, "put", 2),
        (table_rows, "point_ahead", 1),
        (table_rows, "put", 9),
        (table_rows, "point_ahead", 3),
        (copying, "put_words", 1),
        (table_rows, "digest", 8),
        (table_rows, "settle", 1),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, breaks_off(getattr(module, name), time))
            with pytest.raises(Broken):
                copy(former, made)
        with pytest.raises(StorageError, match=r"not whole yet: the same `readout db copy FROM TO`, .* goes on"):
            open_database(made, create=True)
    copy(former, made)
    assert contents(made) == contents(former)


def breaks_off(work, time: int):
    """Work that is not done for the time that is counted."""
    times = count(1)

    def broken(*arguments):
        if next(times) == time:
            raise Broken
        return work(*arguments)

    return broken


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_whose_process_is_killed_goes_on(origin, place, kind, tmp_path):
    former, made = origin("file"), place(kind)
    command = ("-m", "readout", "db", "copy", former, made)
    with running(*command, folder=tmp_path, READOUT_DATA_DIR=str(tmp_path / "var")) as process:
        assert any(line.startswith("meeting: ") for line in process.stderr)
        process.kill()
        process.wait()
    with pytest.raises(StorageError, match="not whole yet"):
        open_database(made, create=True)
    with data_lock(tmp_path / "var", made) if kind == "file" else nullcontext():
        pass  # it is sound
    copy(former, made)
    assert contents(made) == contents(former)


@on_servers
def test_a_copy_whose_server_goes_away_goes_on_when_it_is_back(origin, place, server):
    former, made = origin("file"), place("server")

    def stop(said: str) -> None:
        if said.startswith("meeting: "):
            server.stop("immediate")

    try:
        with pytest.raises(DatabaseAway):
            copy(former, made, tell=stop)
    finally:
        server.start()
    copy(former, made)
    assert contents(made) == contents(former)


def test_a_copy_for_which_there_is_no_room_goes_on_when_there_is(origin, place):
    former, made = origin("file"), place("file")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up(said: str) -> None:
        if said.startswith("meeting: "):
            log = Path(f"{made.removeprefix('sqlite:///')}-wal")
            resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 1, hard))

    try:
        with pytest.raises(StorageError, match="the disk is full"):
            copy(former, made, tell=fill_up)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    copy(former, made)
    assert contents(made) == contents(former)


# --- backups of a server ----------------------------------------------------------------------------------------------


@on_servers
def test_a_server_is_backed_up_into_a_file_and_restored_from_it(origin, place, tmp_path):
    file, server = tmp_path / "backup.db", place("server")
    change(former := origin("server"), "UPDATE alert SET state = 'owed', doubts = 0 WHERE id < 4")
    found = back_up(former, file, now=filled.MOMENT)
    assert (found.faults, found.rows["link"], file.stat().st_mode & 0o777) == ((), filled.ROWS, 0o600)
    assert list(tmp_path.glob("*backup*")) == [file]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_rows, "put", breaks_off(table_rows.put, 20))
        with pytest.raises(Broken):
            restore(server, file, now=LATER)
    with pytest.raises(StorageError, match="holds the beginning of a copy of the backup /"):
        copy(former, server)
    done = restore(server, file, now=LATER)
    assert (done.kept, done.taken, done.doubtful) == (None, filled.MOMENT, 3)
    was, now = contents(former), contents(server)
    assert {name for name in was if was[name] != now[name]} == {"alert", "backup"}
    with closing(open_database(server, create=False)) as database, database.read() as connection:
        states = connection.execute(select(schema.alert.c.state, func.count()).group_by(schema.alert.c.state)).all()
    assert ("doubtful", 3) in states
    with pytest.raises(StorageError, match="is in use already"):
        restore(server, file, now=LATER)


@on_servers
def test_a_server_is_written_into_a_file_of_its_own(origin, tmp_path):
    former = origin("server")
    with closing(open_database(former, create=False)) as database:
        database.copy_to(tmp_path / "copy.db")
    assert contents(f"sqlite:///{tmp_path}/copy.db") == contents(former)


# --- refused ----------------------------------------------------------------------------------------------------------


def test_a_copy_goes_on_with_what_it_was_begun_of_alone(origin, place):
    former, made = origin("file"), place("file")
    with pytest.raises(Broken):
        copy(former, made, tell=breaks_off(lambda _: None, 2))
    with pytest.raises(
        StorageError, match=r"holds the beginning of a copy of /.*, not of /.*: go on with that, or name"
    ):
        copy(origin("file"), made)
    copy(former, made)
    with pytest.raises(StorageError, match="is in use already"):
        copy(former, made)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_copied_over_what_somebody_uses(origin, place, kind):
    used = place(kind)
    with closing(open_database(used, create=True)) as database, database.write() as connection:
        connection.execute(insert(schema.secret).values(name="a", value=b""))
    with pytest.raises(StorageError, match=r"is in use already \(secret\): name an empty database"):
        copy(origin("file"), used)
    with closing(open_database(used, create=False)) as database, database.read() as connection:
        assert connection.scalar(select(schema.secret.c.name)) == "a"


@pytest.mark.parametrize("kind", KINDS)
def test_another_programs_database_is_not_touched(origin, place, kind):
    other = place(kind)
    if kind == "file":
        with closing(sqlite3.connect(other.removeprefix("sqlite:///"))) as connection:
            connection.execute("CREATE TABLE mine (a)")
    else:
        change(other, "CREATE TABLE mine (a INTEGER)")
    for one, two in ((origin("file"), other), (other, place("file"))):
        with pytest.raises(StorageError, match="holds the tables of another program"):
            copy(one, two)


def test_what_is_not_there_is_not_copied(origin, place, tmp_path):
    with pytest.raises(StorageError, match=r"there is no database at .*: nothing to copy"):
        copy(place("file"), place("file"))
    assert list(tmp_path.iterdir()) == []
    with closing(sqlite3.connect(tmp_path / "empty.db")) as connection:
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(StorageError, match="is empty: nothing to copy"):
        copy(f"sqlite:///{tmp_path}/empty.db", place("file"))
    former = origin("file")
    with pytest.raises(StorageError, match="cannot be copied into itself"):
        copy(former, former.replace(str(tmp_path), f"{tmp_path}/../{tmp_path.name}"))


def test_a_copy_is_made_of_the_shape_of_now(origin, place):
    former = origin("file")
    change(former, "UPDATE alembic_version SET version_num = '0007'")
    with pytest.raises(OutdatedDatabase, match="readout db upgrade"):
        copy(former, place("file"))
    change(former, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OutdatedDatabase, match="newer Readout"):
        copy(former, place("file"))


# --- compared ---------------------------------------------------------------------------------------------------------

HARM = {
    "link": "UPDATE link SET title = title || '.' WHERE id = 2",
    "secret (10 rows of 12)": "DELETE FROM secret WHERE name IN (SELECT name FROM secret ORDER BY name LIMIT 2)",
    "meeting": "UPDATE meeting SET late = NOT late WHERE id = 7",
    "host": "UPDATE host SET wait_until = NULL WHERE robots_status = 1",
    "watch": "UPDATE watch SET joined = '{}' WHERE id = 1",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_the_same_is_named_and_the_copy_is_not_whole(origin, place, kind):
    former, made = origin("file"), place(kind)
    with pytest.raises(Broken):
        copy(former, made, tell=breaks_off(lambda _: None, len(TABLES)))
    for statement in HARM.values():
        change(made, statement)
    with pytest.raises(StorageError, match="one of the two was written to since the copy was begun") as refused:
        copy(former, made)
    said = str(refused.value).partition(" copied from: ")[2].partition(": one of")[0]
    assert sorted(said.split(", ")) == sorted(HARM)
    with pytest.raises(StorageError, match="not whole yet"):
        open_database(made, create=True)


# --- what a server cannot store ---------------------------------------------------------------------------------------


@on_servers
def test_nul_is_left_out_and_that_is_said(origin, place):
    former, made, told = origin("file"), place("server"), []
    change(former, "UPDATE link SET title = 'a' || char(0) || 'b' WHERE id = 3")
    copy(former, made, tell=told.append)
    assert "link 3: a server stores no NUL in a text, it is left out" in told
    with closing(open_database(made, create=False)) as database, database.read() as connection:
        assert connection.scalar(select(schema.link.c.title).where(schema.link.c.id == 3)) == "ab"


@on_servers
def test_a_row_that_a_server_refuses_is_named(origin, place):
    former, made = origin("file"), place("server")
    change(former, f"UPDATE link SET visits = {2**40} WHERE id = 8")
    with pytest.raises(StorageError, match=r"link 8: database .* refuses it: integer out of range"):
        copy(former, made)
    change(former, "UPDATE link SET visits = 1 WHERE id = 8")
    copy(former, made)
    assert contents(made) == contents(former)
