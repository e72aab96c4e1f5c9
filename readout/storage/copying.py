"""One database copied into another, of either kind: in batches, gone on with after whatever broke it off, and compared
row by row when it is whole.

It must not lock: who moves a store holds both, who copies one that is in use reads one moment of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError

from readout.error import CopyDiffers, StorageError
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
from readout.storage.restored import is_backup
from readout.storage.schema import lease, metadata
from readout.storage.search import INDEXED_AT_ONCE, put_words, unindexed
from readout.storage.table_rows import Row

TABLES = tuple(table for table in metadata.sorted_tables if table is not lease)
"""What is copied, each table behind those that it points at: who holds a lease here holds none in the copy."""

_origin = Table("copying", MetaData(), Column("origin", Text, nullable=False))
"""In a copy that is not whole yet: of what it is one."""

_TOLD_ROWS = 50_000
_TOLD_ARTICLES = 10_000
_RETURN = "`readout db restore` brings it back, into an empty database on a server too"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a table came to in both databases: its rows, and their digest (`readout.storage.table_rows.digest`)."""

    table: str
    rows: int
    digest: str


def copy(origin: str, target: str, *, tell: Tell = lambda _: None) -> tuple[Copied, ...]:
    """Copy the database at the URL `origin`, as it is at one moment, into the empty one at `target`; what each table
    came to. Where it was broken off, the same call goes on. Raises StorageError as `begin` and `go_on` do."""
    begin(origin, target)
    return go_on(origin, target, tell=tell)


def begin(origin: str, target: str, *, called: str | None = None) -> None:
    """Mark the empty database at `target` as a copy of `origin`, by the place of that or the name that it is `called`.
    Until it is whole it is of no use to anybody, and begun already it is left as it is.

    Raises StorageError, with what to do, where one of the two is not as it must be: not of the shape of now, a backup,
    not empty, or begun as a copy of another.
    """
    refuse_unfit(origin, target)
    with closing(Database(home_of(origin))) as former, former.read() as reading:
        if (revision := revision_of(reading, former.home)) is None:
            raise StorageError(f"{former.home} is empty: nothing to copy")
        refuse_other_shape(revision, former.home)
        if called is None and is_backup(reading):
            raise StorageError(f"{former.home} is a backup, whose alerts may have left since: {_RETURN}")
    _prepare(home_of(target), called or place_of(origin), target)


def go_on(
    origin: str, target: str, *, tell: Tell = lambda _: None, at_last: Callable[[Connection], None] = lambda _: None
) -> tuple[Copied, ...]:
    """Copy what `target` lacks of `origin`, compare them row by row, and let `target` be used: what each table came to.
    `at_last` does what makes the copy another than its origin.

    Raises CopyDiffers where they are not the same, and StorageError for what breaks it off: what is done stays.
    """
    with ExitStack() as house:
        former, copied = (house.enter_context(closing(Database(home_of(url)))) for url in (origin, target))
        reading = house.enter_context(former.read())
        for table in TABLES:
            _copy_table(reading, copied, table, tell)
        _index_words(copied, tell)
        found = _compare(reading, copied, tell)
        _finish(copied, at_last)
    return found


def copy_to_file(origin: str, file: Path, *, tell: Tell = lambda _: None) -> Mapping[str, int]:
    """Copy the database at `origin` into a new `file` of SQLite's, that only its owner may read and that needs nothing
    beside it; how many rows each table has."""
    file.touch(mode=0o600)
    found = copy(origin, f"sqlite:///{file}", tell=tell)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").close()
    return {each.table: each.rows for each in found}


# --- begun ------------------------------------------------------------------------------------------------------------


def refuse_unfit(origin: str, target: str) -> None:
    """Raise StorageError where there is nothing at `origin`, or it is `target`: to be known before either is locked."""
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


def _prepare(home: Home, origin: str, url: str) -> None:
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
        if done % _TOLD_ARTICLES == 0 or done == len(lacking):
            tell(f"index of words: {done} of {len(lacking)} articles")


# --- ended ------------------------------------------------------------------------------------------------------------


def _compare(reading: Connection, target: Database, tell: Tell) -> tuple[Copied, ...]:
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
    if faults:
        raise CopyDiffers(f"{target.home} is not what it was copied from: {', '.join(faults)}: {_anew(target.home)}")
    return tuple(found)


def _anew(home: Home) -> str:
    empty = f"remove {home.file}" if home.file else "empty it (as its owner, in psql: DROP OWNED BY CURRENT_USER)"
    return f"one of the two was written to since the copy was begun. See that nobody does, {empty} and copy again"


def _finish(target: Database, at_last: Callable[[Connection], None]) -> None:
    with target.write() as connection:
        table_rows.settle(connection, TABLES)
        at_last(connection)
        _origin.drop(connection)
        _mark(connection, head())
    target.checkpoint()
