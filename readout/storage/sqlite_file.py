"""A database in a file of SQLite's, as `readout.storage.home` wants one. It must not know a table."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL

from readout.error import StorageError
from readout.storage import sqlite
from readout.storage.home import Home


class SqliteFile(Home):
    """A file, its log beside it."""

    file: Path

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise StorageError("a database needs a file: write sqlite:///path/to/readout.db")
        self.url = url
        self.file = sqlite.file_of(url)
        self._identity: tuple[int, int] | None = None

    def __str__(self) -> str:
        return str(self.file)

    def engine(self) -> Engine:
        """As `readout.storage.sqlite` opens it."""
        return sqlite.engine(self.url)

    def told_plainly(self) -> AbstractContextManager[None]:
        """By SQLite's own name of the fault, with advice."""
        return sqlite.told_plainly(self.file)

    def is_there(self) -> bool:
        """Whether the file holds a byte."""
        return sqlite.length_of(self.file) > 0

    def refuse_foreign(self) -> None:
        """A file of another kind, or a folder."""
        sqlite.refuse_foreign_file(self.file)

    def make_room(self) -> None:
        """Its folder."""
        self.file.parent.mkdir(parents=True, exist_ok=True)

    def settle(self, engine: Engine) -> None:
        """The file remembers that it has a log: not before we know that it is ours."""
        _pragma(engine, "journal_mode = WAL")

    def refuse_gutted(self, connection: Connection) -> None:
        """A database of one page was never set up; a longer one that shows no table has lost them, and must not be."""
        if (pages := connection.scalar(text("PRAGMA page_count")) or 0) > 1:
            said = f"holds {pages} pages, but no table: it is damaged or another program's: {sqlite.RESTORE}"
            raise StorageError(f"{self} {said}")

    def follow(self, engine: Engine) -> None:
        """Go on in the file that has our name now: a backup may have been restored. What is written into one that has
        none any more is lost, and with a log beside it SQLite does not look."""
        identity = sqlite.identity_of(self.file)
        if self._identity not in (None, identity):
            engine.dispose()
            if identity is None:
                raise StorageError(f"{self.file}: {sqlite.MOVED}")
        self._identity = identity

    def tend(self, engine: Engine) -> None:
        """Write a long log back."""
        if sqlite.log_is_long(self.file):
            with suppress(StorageError):  # what was written is kept in the log, and the next writer tries again
                self.checkpoint(engine)

    def checkpoint(self, engine: Engine) -> bool:
        """Write the log back into the file.

        Never two at once, and none by SQLite itself while we run: that is where SQLite up to 3.51 could lose pages
        (sqlite.org/wal.html, "the WAL-reset bug").
        """
        with sqlite.only_checkpointer(self.file) as mine, self.told_plainly():
            if mine:
                _pragma(engine, "wal_checkpoint(PASSIVE)")
            return mine

    def copy_to(self, engine: Engine, file: Path) -> None:
        """By SQLite itself."""
        with self.told_plainly(), closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))

    def free_bytes(self) -> int:
        """On the disk of its folder."""
        try:
            return shutil.disk_usage(self.file.parent).free
        except OSError as error:
            raise StorageError(f"{self.file.parent} cannot be looked at: {error.strerror}") from error


def _pragma(engine: Engine, words: str) -> None:
    """Run what SQLite does outside of transactions alone."""
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA {words}")
