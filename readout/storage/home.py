"""Where a database lives, a file of SQLite's or a server of PostgreSQL's, and what each wants done around transactions.

It must not know a table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from enum import IntEnum
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from readout.error import StorageError

HOW_TO_WRITE = "sqlite:///path/to/readout.db or postgresql+psycopg://user@host/database"


class Turn(IntEnum):
    """Who writes waits for whoever else writes in the same turn, on whatever machine: what it reads stays true until it
    commits. In a file one turn is all there is."""

    STORE = 1
    """What was read, whom it is owed, and all that people say."""
    CLAIMS = 3
    """Who is at work, and who crawls what."""
    QUEUE = 4
    """What is to be crawled next."""
    OWN = 0
    """Rows that nobody else writes meanwhile, or of which one statement is enough: nobody is waited for but who writes
    of the same source, where that is said."""


class Home(ABC):
    """One database by its address. Its text is for people: never a password. Each method raises StorageError, with
    advice, on what is wrong with the place rather than with what is asked."""

    url: URL
    file: Path | None = None
    """The database's file, where it is one."""

    @abstractmethod
    def __str__(self) -> str:
        """What people call it."""

    @abstractmethod
    def engine(self) -> Engine:
        """What opens connections, each with the settings that keep data safe. A transaction begins as its options say:
        `writes`, in which `turn`, and `lasting` where the disk must have it before the commit returns."""

    @abstractmethod
    def told_plainly(self) -> AbstractContextManager[None]:
        """What goes wrong with the place inside is raised as StorageError."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether anything was ever put into it."""

    @abstractmethod
    def refuse_foreign(self) -> None:
        """Raise StorageError where the place is none for a database of ours, before it is touched."""

    @abstractmethod
    def make_room(self) -> None:
        """Make what must be there before it is first opened."""

    @abstractmethod
    def settle(self, engine: Engine) -> None:
        """Set what the database itself remembers, once it is known to be ours."""

    @abstractmethod
    def refuse_gutted(self, connection: Connection) -> None:
        """Raise StorageError where there is no table though there were some."""

    def follow(self, engine: Engine) -> None:  # noqa: B027  (most have nothing to do)
        """Before each transaction: go on where the database is now."""

    def tend(self, engine: Engine) -> None:  # noqa: B027
        """After each commit: what has to be done now and then."""

    def checkpoint(self, engine: Engine) -> bool:  # noqa: ARG002
        """Bring what is in a log into its place; False when another process is at it."""
        return True

    @abstractmethod
    def copy_to(self, engine: Engine, file: Path) -> None:
        """Write what the database holds now into a new `file`, a database of SQLite's; others may go on meanwhile."""

    def free_bytes(self) -> int | None:
        """How much room its disk has left for us; None: that is not ours to see."""
        return None


def home_of(url: str) -> Home:
    """The home at a database URL. Raises StorageError where it is none; a password in it is not repeated."""
    from readout.storage.postgres import Server  # a driver that most never need
    from readout.storage.sqlite_file import SqliteFile

    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"this is no database URL: write {HOW_TO_WRITE}") from error
    match parts.get_backend_name():
        case "sqlite":
            return SqliteFile(parts)
        case "postgresql":
            return Server(parts)
    raise StorageError(f"database URL with scheme {parts.drivername!r}: write {HOW_TO_WRITE}")
