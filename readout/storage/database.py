"""The door to the database: opening, setting up and upgrading it, and the two kinds of transaction.

It must not know a table: the other modules of this folder do.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from readout.error import OutdatedDatabase, StorageError

_BUSY_TIMEOUT_S = 30
_SQLITE_HEADER = b"SQLite format 3\0"
# A log longer than this is written back after a commit; SQLite's own limit is 1,000 pages of 4 KiB.
_LONG_LOG_BYTES = 4 * 1024 * 1024


class Database:
    """A database of Readout's shape. One per process; its connections may be used from any thread, one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = _file_of(engine.url)
        self._turn = Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first statement on, and changes nothing."""
        with _told_plainly(self._file), self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Connection]:
        """The one writing transaction at a time: what it reads stays true until it commits, which leaving it does.

        An exception rolls everything back. One that is not `lasting` survives the death of the process, but a power cut
        only once a lasting one follows. Raises StorageError when another process writes for longer than 30 s.
        """
        options = {"writes": True, "lasting": lasting}
        with self._my_turn(), _told_plainly(self._file):
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
            if _log_is_long(self._file):
                self.checkpoint()

    def checkpoint(self) -> bool:
        """Write the log back into the database file; False when another process is at it.

        Never two at once, and none by SQLite itself while we run: that is where SQLite up to 3.51 could lose pages
        (sqlite.org/wal.html, "the WAL-reset bug").
        """
        with _only_checkpointer(self._file) as mine, _told_plainly(self._file):
            if mine:
                self._pragma("wal_checkpoint(PASSIVE)")
            return mine

    def copy_to(self, file: Path) -> None:
        """Write what the database holds now into a new `file`, a database of its own; others may go on meanwhile."""
        with _told_plainly(self._file), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))

    def damage(self) -> str | None:
        """What is wrong with the file; None: nothing. Reads all of it (sqlite.org/pragma.html#pragma_quick_check)."""
        try:
            with self.read() as connection:
                said = connection.scalar(text("PRAGMA quick_check(1)"))
        except StorageError as error:
            return str(error)
        return None if said == "ok" else f"{self._file}: {said}; put it aside and restore the last backup"

    def free_bytes(self) -> int:
        """How much room its disk has left for us."""
        return shutil.disk_usage(self._file.parent).free

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Threads wait here and go on at once: SQLite's own waiting sleeps up to 0.1 s between two looks."""
        if not self._turn.acquire(timeout=_BUSY_TIMEOUT_S):
            raise StorageError(f"{self._file}: another thread has been writing for more than {_BUSY_TIMEOUT_S} s")
        try:
            yield
        finally:
            self._turn.release()

    def _pragma(self, words: str) -> None:
        """Run what SQLite does outside of transactions alone."""
        with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA {words}")


def open_database(url: str, *, create: bool) -> Database:
    """The database at `url` (``sqlite:///path``), in the shape this version writes; `create` sets up an empty one.

    Raises StorageError, and leaves the file untouched, when there is none, when it is no database of Readout's,
    and when another version of Readout wrote it.
    """
    parsed = _parsed(url)
    file = _file_of(parsed)
    _refuse_foreign_file(file)
    if create:
        file.parent.mkdir(parents=True, exist_ok=True)
    elif not is_there(url):
        raise StorageError(f"there is no database at {file} yet: the first crawl or import makes it")
    database = Database(_engine(parsed))
    with ExitStack() as undo:
        undo.callback(database.close)
        with _told_plainly(file):
            _bring_to_shape(database, create=create)
        undo.pop_all()
    return database


def is_there(url: str) -> bool:
    """Whether there is a database at `url` at all. Raises StorageError on what is no database URL."""
    file = _file_of(_parsed(url))
    try:
        return file.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StorageError(f"{file} cannot be looked at: {error.strerror}") from error


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the database at `url` to the shape of this version, in one transaction: its revision before and after.

    Where there is none yet an empty one is set up. Raises StorageError as `open_database` does, but for an older one.
    """
    if not is_there(url):
        open_database(url, create=True).close()
        return None, head()
    parsed = _parsed(url)
    file = _file_of(parsed)
    _refuse_foreign_file(file)
    database = Database(_engine(parsed))
    try:
        with database.write() as connection:
            before = _revision(connection)
            _refuse_newer(before, file)
            if before != head():
                _migrate(connection)
            return before, head()
    finally:
        database.close()


def head() -> str:
    """The revision this version of Readout writes: the number of its last migration."""
    versions = resources.files("readout.storage.migrations") / "versions"
    return max(entry.name[:4] for entry in versions.iterdir() if entry.name[:4].isdigit())


def _bring_to_shape(database: Database, *, create: bool) -> None:
    with database.read() as connection:
        revision = _revision(connection)
    file = _file_of(database._engine.url)
    _refuse_newer(revision, file)
    if revision is not None and revision < head():
        raise OutdatedDatabase(f"{file} was written by an older Readout: run `readout db upgrade`")
    if revision is None and not create:
        raise StorageError(f"{file} is empty: the first crawl or import sets it up")
    # The file remembers it: not before we know that the file is ours.
    database._pragma("journal_mode = WAL")
    if revision is None:
        with database.write() as connection:
            if _revision(connection) is None:  # no other process was faster
                _migrate(connection)


def _revision(connection: Connection) -> str | None:
    """The revision the database stands at, None for an empty one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    revision = "alembic_version" in tables and connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not revision or "article" not in tables:
        raise StorageError(f"{connection.engine.url.database} holds the tables of another program: name another file")
    return str(revision)


def _refuse_newer(revision: str | None, file: Path) -> None:
    if revision is not None and revision > head():
        raise OutdatedDatabase(f"{file} was written by a newer Readout (revision {revision}): install that version")


def _migrate(connection: Connection) -> None:
    from alembic import command  # slow to import, and needed once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "readout.storage:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


# --- SQLite ---------------------------------------------------------------------------------------------------------


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"{url!r} is no database URL: write sqlite:///path/to/readout.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise StorageError(f"database URL with scheme {parsed.drivername!r}: this version keeps its data in sqlite:///")
    if not parsed.database or parsed.database == ":memory:":
        raise StorageError("a database needs a file: write sqlite:///path/to/readout.db")
    return parsed


def _file_of(url: URL) -> Path:
    return Path(url.database or "")


# Whoever closes a file drops all locks that his process has on it, SQLite's too, and the next writer may then damage it
# (sqlite.org/howtocorrupt.html, 2.2): none is looked into again once SQLite may have it open.
_LOOKED_INTO: set[Path] = set()


def _refuse_foreign_file(file: Path) -> None:
    """A file of another kind is refused before SQLite may touch it."""
    if file.is_dir():
        raise StorageError(f"{file} is a folder: name a file for the database")
    if file.is_file() and file.absolute() not in _LOOKED_INTO:
        with file.open("rb") as stream:
            start = stream.read(len(_SQLITE_HEADER))
        if start and start != _SQLITE_HEADER:
            raise StorageError(f"{file} is no SQLite database: name another file, or restore a backup of it")
    _LOOKED_INTO.add(file.absolute())


def _engine(url: URL) -> Engine:
    # isolation_level=None: the driver must not begin transactions of its own, the event below does
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S, "isolation_level": None})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


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


def _log_is_long(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return log.exists() and log.stat().st_size > _LONG_LOG_BYTES


@contextmanager
def _only_checkpointer(file: Path) -> Iterator[bool]:
    with file.with_name(f"{file.name}-checkpoint").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


# What SQLite says, and what the reader of the message should do.
_ADVICE = {
    "database is locked": "another process has been writing for more than 30 s: try again when it is done",
    "malformed": "the file is damaged: put it aside and restore the last backup",
    "not a database": "the file is damaged or of another kind: put it aside and restore the last backup",
    "disk is full": "the disk is full: make room, nothing was half written",
    "disk I/O error": "the disk failed: look at the machine's log",
    "readonly database": "the file cannot be written: check its owner and permissions",
    "unable to open database": "the file cannot be opened: check its folder and permissions",
}


@contextmanager
def _told_plainly(file: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        for sign, advice in _ADVICE.items():
            if sign in str(getattr(error, "orig", error)):
                raise StorageError(f"{file}: {advice}") from error
        raise
