"""A copy of the database while others write, and its return: whole or not at all, and nothing is written over.

It must not decide what is sent after a return: `readout.storage.restored` marks it, and a person decides.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from readout.error import StorageError
from readout.placing import place, sync, workshop
from readout.storage import sqlite
from readout.storage.copying import begin, copy_to_file, go_on
from readout.storage.database import Database, Tell, bring_up, head, refuse_newer, revision_of
from readout.storage.home import home_of
from readout.storage.restored import copied_at, note_copy, note_return
from readout.storage.soundness import Soundness, examine, examine_home, rows_of, triggers_in
from readout.storage.sqlite_file import SqliteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a return came to: where the former database is `kept` (None: there was none), when the copy was `taken`
    (None: nobody knows), and how many alerts are in doubt because they may have left since."""

    kept: Path | None
    taken: datetime | None
    doubtful: int
    found: Soundness


def back_up(url: str, target: Path, *, now: datetime, tell: Tell = lambda _: None) -> Soundness:
    """Copy the database at `url`, as it is at one moment, to `target`, which only its owner may read; what was found
    when the copy was read whole.

    Others may go on writing. `target`, a file of SQLite's also where the database is on a server, is there when it is
    complete and sound, and not before; `tell` hears how far a server's is. Raises StorageError, and leaves nothing
    behind, where it is there already, where something is wrong with the database, or there is no room.
    """
    home = home_of(url)
    _refuse_taken(target)
    if home.file:
        _refuse_missing(home.file)
    with _workshop(target.parent) as folder, sqlite.told_plainly(target):
        copy = folder / target.name
        rows = _copy(home.file, copy) if home.file else copy_to_file(url, copy, tell=tell)
        _note_copy(copy, now)
        found = _sound(copy, f"{home} was not backed up, for the copy is not sound")
        if _told_apart(found.rows) != _told_apart(rows):
            raise StorageError(f"{home} was not backed up: the copy holds {found.rows} rows, not {rows}")
        try:
            place(copy, target)
        except FileExistsError:  # it came there meanwhile
            _refuse_taken(target)
    return found


def restore(url: str, backup: Path, *, now: datetime, resends: bool = False, tell: Tell = lambda _: None) -> Returned:
    """Let a copy of `backup` take the place of the database at `url`, which is kept beside it under a name with the
    date; an older one is brought to the shape of this version. On a server the database must be empty, and `tell` hears
    how far the copy is; what is broken off there the same call goes on with.

    What the copy owes may have left since it was made: it is in doubt and waits for a person, and so do alerts of what
    came out before `now`, unless it `resends`. The caller holds the data. Raises StorageError, and changes nothing,
    where the backup is damaged, newer than this version, or there is no room.
    """
    home = home_of(url)
    if home.file is None:
        return _restore_on_server(url, backup, now, resends=resends, tell=tell)
    file = home.file.resolve()
    if sqlite.identity_of(file) is not None and sqlite.identity_of(file) == sqlite.identity_of(backup):
        raise StorageError(f"{backup} is the database itself: name a backup of it")
    refuse_newer(_sound(backup, f"{backup} was not restored").revision, backup)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _workshop(file.parent) as folder, sqlite.told_plainly(file):
        copy = _brought_up(backup, folder / file.name)
        with closing(_opened(copy)) as database, _of_our_shape(backup), database.write() as connection:
            taken = copied_at(connection)
            doubtful = note_return(connection, now, resends=resends)
        found = _sound(copy, f"{backup} was not restored")
        sync(copy)
        kept = _put_aside(file, now)
        copy.rename(file)
        sync(file.parent)
    return Returned(kept=kept, taken=taken, doubtful=doubtful, found=found)


def _restore_on_server(url: str, backup: Path, now: datetime, *, resends: bool, tell: Tell) -> Returned:
    """The server keeps no former database aside: what the copy comes into must be empty."""
    refuse_newer(_sound(backup, f"{backup} was not restored").revision, backup)
    told: list[tuple[datetime | None, int]] = []

    def note(connection: Connection) -> None:
        told.append((copied_at(connection), note_return(connection, now, resends=resends)))

    with _workshop(backup.absolute().parent) as folder, sqlite.told_plainly(backup):
        copy = f"sqlite:///{_brought_up(backup, folder / backup.name)}"
        begin(copy, url, called=f"the backup {backup.resolve()}")
        go_on(copy, url, tell=tell, at_last=note)
    ((taken, doubtful),) = told
    return Returned(kept=None, taken=taken, doubtful=doubtful, found=examine_home(home_of(url)))


def _brought_up(backup: Path, copy: Path) -> Path:
    """The `copy`, of the shape of this version, and nothing in it that acts by itself."""
    _copy(backup, copy)
    _refuse_triggers(copy, backup)
    with closing(_opened(copy)) as database, _of_our_shape(backup):
        bring_up(database)
    return copy


def _told_apart(rows: Mapping[str, int]) -> dict[str, int]:
    """Without what a copy has of its own, or may lack."""
    return {**rows, "backup": 0, "lease": 0}


def _refuse_missing(file: Path) -> None:
    """Refuse what is no database of ours before anything is made for it."""
    sqlite.refuse_foreign_file(file)
    if sqlite.length_of(file) == 0:
        raise StorageError(f"there is no database at {file}")


def _sound(file: Path, otherwise: str) -> Soundness:
    found = examine(file)
    if found.faults:
        raise StorageError(f"{otherwise}: {'; '.join(found.faults)}")
    return found


@contextmanager
def _of_our_shape(backup: Path) -> Iterator[None]:
    """What a copy of another shape leads to is raised as StorageError."""
    from alembic.util import CommandError  # slow to import

    try:
        yield
    except (DatabaseError, CommandError) as error:  # tables that its revision must have are missing, or nobody knows it
        cause = getattr(error, "orig", None) or error
        raise StorageError(f"{backup} was not restored: it cannot be brought to the shape of now: {cause}") from error


def _refuse_triggers(copy: Path, backup: Path) -> None:
    """Refuse what would go on changing rows by itself: alerts may be among them."""
    with closing(sqlite.only_reading(copy)) as connection:
        if triggers := triggers_in(connection):
            raise StorageError(f"{backup} was not restored: it has triggers, and Readout makes none: {triggers[0]!r}")


def _opened(file: Path) -> Database:
    return Database(SqliteFile(URL.create("sqlite", database=str(file))))


# --- copying ----------------------------------------------------------------------------------------------------------


def _copy(file: Path, copy: Path) -> Mapping[str, int]:
    """Copy page by page what `file` and its log hold at one moment; how many rows of each table that is."""
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StorageError(f"{copy.name} cannot be written: {error.strerror}") from error
    with closing(sqlite.only_reading(file)) as source, closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.execute("BEGIN")
        rows = rows_of(source)  # this begins to read: all that follows sees the same moment
        source.backup(target)
        # A copy is one file: it must not need a log, which whoever carries it away would leave behind.
        target.execute("PRAGMA journal_mode = DELETE").close()
    return rows


def _note_copy(copy: Path, now: datetime) -> None:
    with closing(_opened(copy)) as database, database.write() as connection:
        if revision_of(connection, database.home) == head():
            note_copy(connection, now)


# --- files ------------------------------------------------------------------------------------------------------------


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Where a copy is made. Raises StorageError where there is no room for one."""
    with ExitStack() as house:
        try:
            made = house.enter_context(workshop(folder))
        except OSError as error:
            said = f"{folder} cannot hold a copy: {error.strerror}: is it there, and may it be written to?"
            raise StorageError(said) from error
        yield made


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):  # unlike Path.exists, it raises at no name however long
        raise StorageError(f"{target} is there already: a backup is written over nothing, name another file")


def _put_aside(file: Path, now: datetime) -> Path | None:
    """Give the former database, with its log, another name. Until the new one has this name there is none, and the lock
    that is held says so to whoever comes after a power cut."""
    log, memory = sqlite.beside(file, "-wal"), sqlite.beside(file, "-shm")
    memory.unlink(missing_ok=True)
    if not file.exists() and not log.exists():
        return None
    name = f"{file.name}.{now:%Y%m%dT%H%M%SZ}"
    names = (file.with_name(name if not number else f"{name}.{number}") for number in range(1000))
    kept = next(each for each in names if not each.exists() and not sqlite.beside(each, "-wal").exists())
    if file.exists():
        file.rename(kept)
    if log.exists():
        log.rename(sqlite.beside(kept, "-wal"))
    return kept
