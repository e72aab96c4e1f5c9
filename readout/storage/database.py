"""The door to the database: opening, setting up and upgrading it, and the two kinds of transaction.

It must not know a table: the other modules of this folder do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from importlib import resources
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, inspect, text

from readout.error import OutdatedDatabase, StorageError
from readout.failpoint import Moment, Step, reach
from readout.storage.home import Home, Turn, home_of

Tell = Callable[[str], None]
"""Hears what is being done, in words."""

COPYING = "copying"
"""The revision of a database into which another is still being copied."""

_TURN_S = 30


class Database:
    """A database of Readout's shape. One per process; its connections may be used from any thread, one at a time."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._engine = home.engine()
        self._turn = Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first statement on, and changes nothing."""
        self.home.follow(self._engine)
        with self.home.told_plainly(), self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def write(
        self, *, lasting: bool = True, step: Step | None = None, turn: Turn = Turn.STORE, of: str | None = None
    ) -> Iterator[Connection]:
        """The one writing transaction at a time: what it reads stays true until it commits, which leaving it does. On a
        server that is so among those of the same `turn`, and among those `of` the same source.

        An exception rolls everything back. One that is not `lasting` survives the death of the process, but a power cut
        only once a lasting one follows. `step` is what a test calls it. Raises StorageError when another process writes
        for longer than 30 s.
        """
        options = {"writes": True, "lasting": lasting, "turn": turn, "of": of}
        with self._my_turn(turn), self.home.told_plainly():
            self.home.follow(self._engine)
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
                _reach(step, Moment.BEFORE, Moment.INSIDE)
            _reach(step, Moment.AFTER)
            self.home.tend(self._engine)

    def checkpoint(self) -> bool:
        """Bring what is in a log into its place; False when another process is at it."""
        return self.home.checkpoint(self._engine)

    def copy_to(self, file: Path) -> None:
        """Write what the database holds now into a new `file`, a database of SQLite's."""
        self.home.copy_to(self._engine, file)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _my_turn(self, turn: Turn) -> AbstractContextManager[None]:
        return self._one_thread() if self.home.file or turn is Turn.STORE else nullcontext()

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """Threads wait here and go on at once: SQLite's own waiting sleeps up to 0.1 s between two looks."""
        if not self._turn.acquire(timeout=_TURN_S):
            raise StorageError(f"{self.home}: another thread has been writing for more than {_TURN_S} s")
        try:
            yield
        finally:
            self._turn.release()


def open_database(url: str, *, create: bool) -> Database:
    """The database at `url`, in the shape this version writes; `create` sets up an empty one.

    Raises StorageError, and leaves the place untouched, when there is none, when it is no database of Readout's,
    and when another version of Readout wrote it.
    """
    home = home_of(url)
    home.refuse_foreign()
    if create:
        home.make_room()
    elif not home.is_there():
        raise StorageError(f"there is no database at {home} yet: the first crawl or import makes it")
    database = Database(home)
    with ExitStack() as undo:
        undo.callback(database.close)
        with home.told_plainly():
            _bring_to_shape(database, create=create)
        undo.pop_all()
    return database


def is_there(url: str) -> bool:
    """Whether there is a database at `url` at all. Raises StorageError on what is no database URL."""
    return home_of(url).is_there()


def upgrade(url: str, tell: Tell | None = None) -> tuple[str | None, str]:
    """Bring the database at `url` to the shape of this version, in one transaction: its revision before and after.

    What takes long is told to `tell` meanwhile. Where there is none yet an empty one is set up. Raises StorageError as
    `open_database` does, but for an older one.
    """
    if not is_there(url):
        open_database(url, create=True).close()
        return None, head()
    home = home_of(url)
    home.refuse_foreign()
    with closing(Database(home)) as database:
        return bring_up(database, tell), head()


def bring_up(database: Database, tell: Tell | None = None) -> str | None:
    """Bring `database`, whatever its revision, to the shape of this version; the revision it had."""
    with database.write() as connection:
        before = revision_of(connection, database.home)
        refuse_newer(before, database.home)
        if before != head():
            _migrate(connection, tell)
        return before


def head() -> str:
    """The revision this version of Readout writes: the number of its last migration."""
    versions = resources.files("readout.storage.migrations") / "versions"
    return max(entry.name[:4] for entry in versions.iterdir() if entry.name[:4].isdigit())


def _bring_to_shape(database: Database, *, create: bool) -> None:
    home = database.home
    with database.read() as connection:
        revision = revision_of(connection, home)
    refuse_other_shape(revision, home)
    if revision is None and not create:
        raise StorageError(f"{home} is empty: the first crawl or import sets it up")
    home.settle(database._engine)
    if revision is None:
        with database.write() as connection:
            if revision_of(connection, home) is None:  # no other process was faster
                _migrate(connection)


def revision_of(connection: Connection, home: Home) -> str | None:
    """The revision the database stands at, None for an empty one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        home.refuse_gutted(connection)
        return None
    revision = "alembic_version" in tables and connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not revision or "article" not in tables:
        raise StorageError(f"{home} holds the tables of another program: name another database")
    return str(revision)


def refuse_other_shape(revision: str | None, place: object) -> None:
    """Raise OutdatedDatabase where the database at `place` is of another version, StorageError where it is no whole
    one."""
    refuse_newer(revision, place)
    if revision is not None and revision < head():
        raise OutdatedDatabase(f"{place} was written by an older Readout: run `readout db upgrade`")


def refuse_newer(revision: str | None, place: object) -> None:
    """As `refuse_other_shape`, but for an older one."""
    if revision == COPYING:
        said = "holds a copy of another database that is not whole yet"
        raise StorageError(f"{place} {said}: the same `readout db copy FROM TO`, or `db restore FILE`, goes on with it")
    if revision is not None and revision > head():
        raise OutdatedDatabase(f"{place} was written by a newer Readout (revision {revision}): install that version")


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
