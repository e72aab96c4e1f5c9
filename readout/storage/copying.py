"""One database copied into another, of either kind: in batches, gone on with after whatever broke it off, and compared
row by row when it is whole.

It must not lock: who moves a store holds both, who copies one that is in use reads one moment of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError

from readout.error import StorageError
from readout.storage import table_rows
from readout.storage.database import (
    COPYING,
    Database,
    Tell,
    head,
    open_database,
    refuse_other_shape,
    revision_of,
)
from readout.storage.home import Home, Turn, home_of
from readout.storage.schema import lease, metadata
from readout.storage.search import INDEXED_AT_ONCE, put_words, unindexed
from readout.storage.table_rows import Row

TABLES = tuple(table for table in metadata.sorted_tables if table is not lease)
"""What is copied, each table behind those that it points at: who holds a lease here holds none in the copy."""

_origin = Table("copying", MetaData(), Column("origin", Text, nullable=False))
"""In a copy that is not whole yet: of what it is one."""

_TOLD_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a table came to in both databases: its rows, and their digest (`readout.storage.table_rows.digest`)."""

    table: str
    rows: int
    digest: str


def copy(
    origin: str,
    target: str,
    *,
    tell: Tell = lambda _: None,
    called: str | None = None,
    at_last: Callable[[Connection], None] = lambda _: None,
) -> tuple[Copied, ...]:
    """Copy the database at the URL `origin`, as it is at one moment, into the empty one at `target`; what each table
    came to, compared row by row.

    Until then `target` is of no use to anybody. Where it is broken off, the same call goes on with it, and refuses any
    other origin, by the name it is `called`. `at_last` does what makes the copy another than its origin. Raises
    StorageError, with what to do, where one of the two is not as it must be, and where they differ in the end.
    """
    refuse_same(origin, target)
    with closing(Database(home_of(origin))) as former, former.read() as reading:
        refuse_other_shape(revision_of(reading, former.home), former.home)
        _prepare(target, called or place_of(origin))
        with closing(Database(home_of(target))) as copied:
            with _gone_on_with(tell):
                for table in TABLES:
                    _copy_table(reading, copied, table, tell)
                _index_words(copied, tell)
                found, faults = _compare(reading, copied, tell)
            if faults:
                said = f"{copied.home} is not what {former.home} is: {', '.join(faults)}"
                raise StorageError(f"{said}: {_anew(copied.home)}")
            _finish(copied, at_last)
    return found


def refuse_same(origin: str, target: str) -> None:
    """Raise StorageError where there is nothing at `origin`, or it is `target`."""
    home = home_of(origin)
    home.refuse_foreign()
    if not home.is_there():
        raise StorageError(f"there is no database at {home}: nothing to copy")
    if place_of(origin) == place_of(target):
        raise StorageError(f"{home} cannot be copied into itself: name another database")


def place_of(url: str) -> str:
    """Where a database is, by whatever name, and without a password."""
    home = home_of(url)
    return str(home.file.resolve()) if home.file else str(home)


# --- begun ------------------------------------------------------------------------------------------------------------


def _prepare(url: str, origin: str) -> None:
    """Mark the database as a copy of `origin` that is not whole."""
    home = home_of(url)
    home.refuse_foreign()
    if begun := _begun_at(home):
        if begun != origin:
            said = f"{home} holds the beginning of a copy of {begun}, not of {origin}"
            raise StorageError(f"{said}: go on with that, or name an empty database")
        return
    with closing(open_database(url, create=True)) as database, database.write() as connection:
        if filled := [table.name for table in TABLES if not table_rows.is_empty(connection, table)]:
            raise StorageError(f"{home} is in use already ({', '.join(filled)}): name an empty database")
        _origin.create(connection)
        connection.execute(insert(_origin).values(origin=origin))
        _mark(connection, COPYING)


def _begun_at(home: Home) -> str | None:
    """Of what it is a copy that is not whole; None: of nothing."""
    if not home.is_there():
        return None
    with closing(Database(home)) as database, database.read() as connection:
        if revision_of(connection, home) != COPYING:
            return None
        return connection.scalar(select(_origin.c.origin))


def _mark(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


# --- gone on with -----------------------------------------------------------------------------------------------------


@contextmanager
def _gone_on_with(tell: Tell) -> Iterator[None]:
    try:
        yield
    except BaseException:
        tell("the copy is not whole: what is done stays, and the same command goes on with it")
        raise


def _copy_table(reading: Connection, target: Database, table: Table, tell: Tell) -> None:
    """Copy what the target lacks of a table: it has the beginning, for rows come by their key."""
    with target.read() as connection:
        done, last = table_rows.count(connection, table), table_rows.last_key(connection, table)
    of = table_rows.count(reading, table)
    with table_rows.rows(reading, table, behind=last) as found:
        for batch in table_rows.batches(_told_of_nul(table, found, tell) if target.home.file is None else found):
            _put(target, table, batch)
            done += len(batch)
            if done // _TOLD_ROWS > (done - len(batch)) // _TOLD_ROWS or done == of:
                tell(f"{table.name}: {done} of {of} rows")
    with table_rows.pointing_ahead(reading, table) as found:
        for batch in table_rows.batches(found):
            with target.write(lasting=False, turn=Turn.OWN) as connection:
                table_rows.point_ahead(connection, table, batch)


def _told_of_nul(table: Table, found: Iterator[Row], tell: Tell) -> Iterator[Row]:
    for row in found:
        clean = table_rows.without_nul(row)
        if clean is not row:
            tell(f"{_called(table, row)}: a server stores no NUL in a text, it is left out")
        yield clean


def _put(target: Database, table: Table, batch: Sequence[Row]) -> None:
    """Store some rows, all or none, in a transaction that outlives the process; a power cut may take the last of them,
    and never one before another. Raises StorageError that names a row which the target refuses."""
    try:
        with target.write(lasting=False, turn=Turn.OWN) as connection:
            table_rows.put(connection, table, batch)
    except (DataError, IntegrityError) as error:
        if len(batch) == 1:
            said = str(error.orig).partition("\n")[0]
            raise StorageError(f"{_called(table, batch[0])}: {target.home} refuses it: {said}") from error
        for row in batch:
            _put(target, table, [row])


def _called(table: Table, row: Row) -> str:
    return f"{table.name} {' '.join(map(str, table_rows.key_of(table, row)))}"


def _index_words(target: Database, tell: Tell) -> None:
    """The index of words is of the shape that its database is quick with: made anew, from the articles."""
    with target.read() as connection:
        lacking = unindexed(connection)
    for start in range(0, len(lacking), INDEXED_AT_ONCE):
        with target.write(lasting=False, turn=Turn.OWN) as connection:
            put_words(connection, lacking[start : start + INDEXED_AT_ONCE])
        done = min(start + INDEXED_AT_ONCE, len(lacking))
        if done % _TOLD_ROWS == 0 or done == len(lacking):
            tell(f"index of words: {done} of {len(lacking)} articles")


# --- ended ------------------------------------------------------------------------------------------------------------


def _compare(reading: Connection, target: Database, tell: Tell) -> tuple[tuple[Copied, ...], list[str]]:
    """What each table came to, and what differs."""
    found, faults = [], []
    with target.read() as connection:
        for table in TABLES:
            with table_rows.rows(reading, table) as rows:
                was = table_rows.digest(map(table_rows.without_nul, rows) if target.home.file is None else rows)
            with table_rows.rows(connection, table) as rows:
                now = table_rows.digest(rows)
            if was != now:
                faults.append(f"{table.name} ({now[0]} rows of {was[0]})" if was[0] != now[0] else table.name)
            elif was[0]:
                tell(f"{table.name}: {was[0]} rows compared")
            found.append(Copied(table=table.name, rows=now[0], digest=now[1]))
    return tuple(found), faults


def _anew(home: Home) -> str:
    empty = f"remove {home.file}" if home.file else "empty it (as its owner, in psql: DROP OWNED BY CURRENT_USER)"
    return f"one of them was written to since the copy was begun. See that nobody does, {empty} and copy again"


def _finish(target: Database, at_last: Callable[[Connection], None]) -> None:
    with target.write() as connection:
        table_rows.settle(connection, TABLES)
        at_last(connection)
        _origin.drop(connection)
        _mark(connection, head())
    target.checkpoint()
