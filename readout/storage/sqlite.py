"""SQLite as we use it: which file, how it is opened and synced, who writes its log back, and what its errors mean.

It must not know a table of ours.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from readout.error import StorageError

BUSY_TIMEOUT_S = 30
_HEADER = b"SQLite format 3\0"
# A log longer than this is written back after a commit; SQLite's own limit is 1,000 pages of 4 KiB.
LONG_LOG_BYTES = 4 * 1024 * 1024


def file_of(url: URL) -> Path:
    """The database's file."""
    return Path(url.database or "")


def beside(file: Path, suffix: str) -> Path:
    """A file that belongs to the database `file`: SQLite's ``-wal``, our ``-checkpoint``. Links are followed, as SQLite
    does, so that one database has one of each by whatever name it is opened."""
    real = file.resolve()
    return real.with_name(f"{real.name}{suffix}")


def length_of(file: Path) -> int:
    """Bytes of a file, 0 where there is none. Raises StorageError where that cannot be seen."""
    try:
        return file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise StorageError(f"{file} cannot be looked at: {error.strerror}") from error


def identity_of(file: Path) -> tuple[int, int] | None:
    """What tells a file from another that is given its name; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


# Whoever closes a file drops all locks that his process has on it, SQLite's too, and the next writer may then damage it
# (sqlite.org/howtocorrupt.html, 2.2): none is looked into again once SQLite may have it open.
_LOOKED_INTO: set[Path] = set()


def refuse_foreign_file(file: Path) -> None:
    """A file of another kind is refused before SQLite may touch it, and an empty one whose log is not: SQLite would
    drop that."""
    length = length_of(file)  # first: it says what is wrong with a name, where is_dir raises
    if file.is_dir():
        raise StorageError(f"{file} is a folder: name a file for the database")
    if length == 0 and length_of(beside(file, "-wal")) > 0:
        raise StorageError(f"{file} is gone or empty, though its log is there: {RESTORE}")
    if file.is_file() and file.absolute() not in _LOOKED_INTO:
        with file.open("rb") as stream:
            start = stream.read(len(_HEADER))
        if start and start != _HEADER:
            raise StorageError(f"{file} is no SQLite database: name another file, or restore a backup of it")
    _LOOKED_INTO.add(file.absolute())


def refuse_second_name(file: Path) -> None:
    """A file with a second name in some folder (a hard link) is refused: by each name SQLite keeps another log, and
    neither its locks nor ours see whoever came by the other (sqlite.org/howtocorrupt.html, 2.5)."""
    try:
        names = file.stat().st_nlink
    except OSError:
        return
    if file.is_file() and names > 1:
        said = f"{file} has {names} names (hard links), and whoever opens it by another would damage it"
        raise StorageError(f"{said}: put a copy in its place (cp {file.name} new; mv new {file.name})")


# --- opening ----------------------------------------------------------------------------------------------------------


def engine(url: URL) -> Engine:
    """What opens connections to the database at `url`, each with the settings that keep it safe."""
    # isolation_level=None: the driver must not begin transactions of its own, the event below does
    # what is asked for or stored belongs in no log, and an error would repeat it
    made = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None})
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def only_reading(file: Path) -> sqlite3.Connection:
    """A connection that cannot change `file`, nor write its log back into it when it is closed."""
    uri = f"file:{quote(str(file.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S)
    connection.execute("PRAGMA mmap_size = 0").close()
    return connection


def _prepare(connection: Any, _record: Any) -> None:
    for pragma in (
        "foreign_keys = ON",
        "mmap_size = 0",
        "journal_size_limit = 1048576",  # else a log that was long once looks long for ever
        "wal_autocheckpoint = 0",
        "cache_size = -16384",  # KiB: each new report touches some twenty places of the index of likeness
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None, "it begins a transaction"
    options = connection.get_execution_options()
    if not options.get("writes", False):
        driver.execute("BEGIN")
        return
    # With a log, NORMAL never damages the file: what it may lose are the last commits (sqlite.org/pragma.html).
    driver.execute(f"PRAGMA synchronous = {'FULL' if options.get('lasting', True) else 'NORMAL'}")
    # A deferred transaction that reads and then writes fails at once when another wrote in between.
    driver.execute("BEGIN IMMEDIATE")


# --- the log ----------------------------------------------------------------------------------------------------------

_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""Where the WAL-reset bug is fixed: on these two branches, and from the last on (sqlite.org/wal.html#walresetbug)."""


def has_reset_bug(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this version of SQLite may damage a file when two write its log back at a time."""
    on_branch = any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED)
    return (3, 7, 0) <= version < _FIXED[-1] and not on_branch


def about_version() -> str:
    """The version of SQLite that is used, and what it means here, in a line."""
    said = f"SQLite {sqlite3.sqlite_version}"
    if not has_reset_bug():
        return said
    return (
        f"{said}: by its number it has the WAL-reset bug, which Readout avoids: only one writes the log back at a time"
    )


def log_is_long(file: Path) -> bool:
    """Whether it is time to write the log back."""
    log = beside(file, "-wal")
    return log.exists() and log.stat().st_size > LONG_LOG_BYTES


@contextmanager
def only_checkpointer(file: Path) -> Iterator[bool]:
    """Whether nobody else writes the log back while inside. Raises StorageError where its folder is gone."""
    turn = beside(file, "-checkpoint")
    try:
        stream = turn.open("w")
    except OSError as error:
        raise StorageError(f"{turn}: {error.strerror}: is the folder still there, and may it be written to?") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        except OSError:  # a file system without locks: nobody can know, and only a SQLite without the bug may go on
            yield not has_reset_bug()
        else:
            yield True


# --- errors -----------------------------------------------------------------------------------------------------------

MOVED = "the file was moved or removed while it was in use: put it back, or restore the last backup"
_IO_ADVICE = (
    "the file could not be read or written, nothing was half written: the disk is full or fails (look at the machine's "
    "log), a limit on the size of files was met, or the folder is gone"
)
RESTORE = "put it aside and restore the last backup (readout db restore FILE keeps it aside)"

# What SQLite calls it (sqlite.org/rescode.html), and what the reader of the message should do; the first that fits.
_ADVICE = (
    ("SQLITE_BUSY", f"another process has been writing for more than {BUSY_TIMEOUT_S} s: try again when it is done"),
    ("SQLITE_CORRUPT", f"the file is damaged: {RESTORE}"),
    ("SQLITE_NOTADB", f"the file is damaged or of another kind: {RESTORE}"),
    ("SQLITE_FULL", "the disk is full: make room, nothing was half written"),
    ("SQLITE_READONLY_DBMOVED", MOVED),
    ("SQLITE_READONLY", "the file cannot be written: check its owner and permissions, and those of its folder"),
    ("SQLITE_CANTOPEN", "the file cannot be opened: check its folder and permissions, and that the folder is there"),
    ("SQLITE_IOERR", _IO_ADVICE),
)


def advice_on(error: BaseException) -> str | None:
    """What a failure of SQLite's means and what to do about it; None: it is no fault of file or disk."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    name = getattr(cause, "sqlite_errorname", None) or ""
    return next((advice for sign, advice in _ADVICE if name.startswith(sign)), None)


@contextmanager
def told_plainly(file: Path) -> Iterator[None]:
    """What goes wrong with `file` inside is raised as StorageError, with advice."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if advice := advice_on(error):
            raise StorageError(f"{file}: {advice}") from error
        raise
