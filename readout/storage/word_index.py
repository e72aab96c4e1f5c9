"""What the index of words is asked, on whichever database it lies, and what such an index does.

It must not know an article: an entry is a place in time and two lines of words, as `readout.watches.stem` makes them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import ColumnElement, Connection, Select


class Line(Enum):
    """One of the two lines of words that an entry has."""

    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Words:
    """That these words of ``a-z``, ``0-9`` and ``=`` follow one another in a line, the last perhaps only begun."""

    terms: tuple[str, ...]
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """That all of these hold, and the `unwanted` do not."""

    wanted: tuple[Wanted, ...]
    unwanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """That one of these holds."""

    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class In:
    """That this holds of those lines."""

    lines: tuple[Line, ...]
    wanted: Wanted


Wanted = Words | AllOf | AnyOf | In


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of an article, at its `place`."""

    place: int
    title: str
    text: str


class WordIndex(ABC):
    """The table `article_words`, of the shape that its database is quick with."""

    MANY = 30_000
    indexed: ColumnElement[int]
    """The place of an entry, where no words are asked for."""

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Make it, empty."""

    @abstractmethod
    def clear(self, connection: Connection) -> None:
        """Empty it."""

    @abstractmethod
    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Add entries whose places are free."""

    @abstractmethod
    def take(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Take entries out, as they were put in; one that is not there is passed over."""

    @abstractmethod
    def places(self, connection: Connection, wanted: Wanted) -> Select[tuple[int]] | None:
        """What tells the places of the entries that are what is wanted; None where more than `MANY` are: what they are
        looked up for is found sooner by going through all."""

    @abstractmethod
    def newest(self, connection: Connection, wanted: Wanted, *, before: int, most: int) -> list[int]:
        """The places of the last `most` entries before that place which are what is wanted, the last first."""


def index_of(connection: Connection) -> WordIndex:
    """The index of the database that is asked."""
    from readout.storage.fts5 import Fts5
    from readout.storage.tsvector import TsVector

    return Fts5() if connection.dialect.name == "sqlite" else TsVector()
