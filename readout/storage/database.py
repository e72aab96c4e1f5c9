"""The door to the database: opening, setting up and upgrading it, and the two kinds of transaction.

It must not know a table: the other modules of this folder do.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import resources
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, inspect, text

from readout.error import OutdatedDatabase, StorageError
from readout.failpoint import Moment, Step, reach
from readout.storage import sqlite

Tell = Callable[[str], None]
"""Hears what is being done, in words."""


class Database:
    """A database of Readout's shape. One per process; its connections may be used from any thread, one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = sqlite.file_of(engine.url)
        self._turn = Lock()
        self._identity: tuple[int, int] | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first statement on, and changes nothing."""
        self._follow()
        with sqlite.told_plainly(self._file), self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def write(self, *, lasting: bool = True, step: Step | None = None) -> Iterator[Connection]:
        """The one writing transaction at a time: what it reads stays true until it commits, which leaving it does.

        An exception rolls everything back. One that is not `lasting` survives the death of the process, but a power cut
        only once a lasting one follows. `step` is what a test calls it. Raises StorageError when another process writes
        for longer than 30 s.
        """
        options = {"writes": True, "lasting": lasting}
        with self._my_turn(), sqlite.told_plainly(self._file):
            self._follow()
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
                _reach(step, Moment.BEFORE, Moment.INSIDE)
            _reach(step, Moment.AFTER)
            if sqlite.log_is_long(self._file):
                with suppress(StorageError):  # what was written is kept in the log, and the next writer tries again
                    self.checkpoint()

    def checkpoint(self) -> bool:
        """Write the log back into the database file; False when another process is at it.

        Never two at once, and none by SQLite itself while we run: that is where SQLite up to 3.51 could lose pages
        (sqlite.org/wal.html, "the WAL-reset bug").
        """
        with sqlite.only_checkpointer(self._file) as mine, sqlite.told_plainly(self._file):
            if mine:
                self._pragma("wal_checkpoint(PASSIVE)")
            return mine

    def copy_to(self, file: Path) -> None:
        """Write what the database holds now into a new `file`, a database of its own; others may go on meanwhile."""
        with sqlite.told_plainly(self._file), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self._file

    def free_bytes(self) -> int:
        """How much room its disk has left for us. Raises StorageError where its folder is gone."""
        try:
            return shutil.disk_usage(self._file.parent).free
        except OSError as error:
            raise StorageError(f"{self._file.parent} cannot be looked at: {error.strerror}") from error

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _follow(self) -> None:
        """Go on in the file that has our name now: a backup may have been restored. What is written into one that has
        none any more is lost, and with a log beside it SQLite does not look. Raises StorageError where there is none.
        """
        identity = sqlite.identity_of(self._file)
        if self._identity not in (None, identity):
            self._engine.dispose()
            if identity is None:
                raise StorageError(f"{self._file}: {sqlite.MOVED}")
        self._identity = identity

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Threads wait here and go on at once: SQLite's own waiting sleeps up to 0.1 s between two looks."""
        if not self._turn.acquire(timeout=sqlite.BUSY_TIMEOUT_S):
            raise StorageError(f"{self._file}: another thread has been writing for more than {sqlite.BUSY_TIMEOUT_S} s")
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
    parsed = sqlite.parsed(url)
    file = sqlite.file_of(parsed)
    sqlite.refuse_foreign_file(file)
    if create:
        file.parent.mkdir(parents=True, exist_ok=True)
    elif not is_there(url):
        raise StorageError(f"there is no database at {file} yet: the first crawl or import makes it")
    database = Database(sqlite.engine(parsed))
    with ExitStack() as undo:
        undo.callback(database.close)
        with sqlite.told_plainly(file):
            _bring_to_shape(database, create=create)
        undo.pop_all()
    return database


def is_there(url: str) -> bool:
    """Whether there is a database at `url` at all. Raises StorageError on what is no database URL."""
    return sqlite.length_of(sqlite.file_of(sqlite.parsed(url))) > 0


def upgrade(url: str, tell: Tell | None = None) -> tuple[str | None, str]:
    """Bring the database at `url` to the shape of this version, in one transaction: its revision before and after.

    What takes long is told to `tell` meanwhile. Where there is none yet an empty one is set up. Raises StorageError as
    `open_database` does, but for an older one.
    """
    if not is_there(url):
        open_database(url, create=True).close()
        return None, head()
    parsed = sqlite.parsed(url)
    file = sqlite.file_of(parsed)
    sqlite.refuse_foreign_file(file)
    with closing(Database(sqlite.engine(parsed))) as database:
        return bring_up(database, tell), head()


def bring_up(database: Database, tell: Tell | None = None) -> str | None:
    """Bring `database`, whatever its revision, to the shape of this version; the revision it had."""
    with database.write() as connection:
        before = revision_of(connection)
        _refuse_newer(before, sqlite.file_of(connection.engine.url))
        if before != head():
            _migrate(connection, tell)
        return before


def head() -> str:
    """The revision this version of Readout writes: the number of its last migration."""
    versions = resources.files("readout.storage.migrations") / "versions"
    return max(entry.name[:4] for entry in versions.iterdir() if entry.name[:4].isdigit())


def _bring_to_shape(database: Database, *, create: bool) -> None:
    with database.read() as connection:
        revision = revision_of(connection)
    file = sqlite.file_of(database._engine.url)
    _refuse_newer(revision, file)
    if revision is not None and revision < head():
        raise OutdatedDatabase(f"{file} was written by an older Readout: run `readout db upgrade`")
    if revision is None and not create:
        raise StorageError(f"{file} is empty: the first crawl or import sets it up")
    # The file remembers it: not before we know that the file is ours.
    database._pragma("journal_mode = WAL")
    if revision is None:
        with database.write() as connection:
            if revision_of(connection) is None:  # no other process was faster
                _migrate(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision the database stands at, None for an empty one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        _refuse_gutted(connection)
        return None
    revision = "alembic_version" in tables and connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not revision or "article" not in tables:
        raise StorageError(f"{connection.engine.url.database} holds the tables of another program: name another file")
    return str(revision)


def _refuse_gutted(connection: Connection) -> None:
    """A database of one page was never set up; a longer one that shows no table has lost them, and must not be."""
    if (pages := connection.scalar(text("PRAGMA page_count")) or 0) > 1:
        said = f"holds {pages} pages, but no table: it is damaged or another program's: {sqlite.RESTORE}"
        raise StorageError(f"{connection.engine.url.database} {said}")


def _refuse_newer(revision: str | None, file: Path) -> None:
    if revision is not None and revision > head():
        raise OutdatedDatabase(f"{file} was written by a newer Readout (revision {revision}): install that version")


def _migrate(connection: Connection, tell: Tell | None = None) -> None:
    from alembic import command  # slow to import, and needed once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "readout.storage:migrations")
    config.attributes["connection"] = connection
    config.attributes["tell"] = tell
    command.upgrade(config, "head")


def _reach(step: Step | None, *moments: Moment) -> None:
    if step is not None:
        for moment in moments:
            reach(step, moment)
