"""What every command shares: the configuration, the database, and a way to print that no page can abuse.

It must not print anything by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import typer

from readout.articles.clean import clean_line
from readout.error import ConfigError
from readout.exports.jsonl import is_unicode, json_text
from readout.plainly import at

if TYPE_CHECKING:
    from rich.console import Console

    from readout.config import Config
    from readout.model import Source, SourceId
    from readout.storage.database import Database

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass
class Session:
    """One run of the command."""

    config_path: Path | None
    as_json: bool
    verbose: bool

    @cached_property
    def config(self) -> Config:
        """The configuration; ConfigError with all faults."""
        from readout.config import load_config

        return load_config(self.config_path)

    @cached_property
    def sources(self) -> Mapping[SourceId, Source]:
        """The catalogue; ConfigError with all faults, and with those of the configuration."""
        from readout.catalog import load_sources
        from readout.config import FaultyConfig

        try:
            folders = self.config.sources
        except FaultyConfig as faulty:
            raise ConfigError([*faulty.faults, *_faults_in(faulty.folders)]) from None
        return load_sources(folders)

    def check_sources(self) -> None:
        """Read configuration and catalogue before anything is begun; ConfigError with all faults of both."""
        assert self.sources is not None

    @cached_property
    def console(self) -> Console:
        """Where people read."""
        from rich.console import Console

        return Console(highlight=False, emoji=False, markup=False)

    @contextmanager
    def database(self, *, writes: bool = False) -> Iterator[Database]:
        """The database, closed afterwards. A command that writes sets up one that is not there yet; one that only
        reads is given an empty one in its place and leaves nothing behind."""
        from readout.storage.database import is_there, open_database

        url = self.config.database.url
        with ExitStack() as house:
            if not writes and not is_there(url):
                folder = house.enter_context(TemporaryDirectory(prefix="readout-"))
                url = f"sqlite:///{folder}/empty.db"
            yield house.enter_context(closing(open_database(url, create=True)))

    def print_json(self, value: object) -> None:
        """One JSON document, non-ASCII as it is."""
        print(json_text(value, indent=2, ascii_only=not is_unicode(sys.stdout)))

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """Rows for people; `empty` is said where there are none. Where no column has a name, there is no head."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
        for column in columns:
            # scripts without spaces have words of any length: nothing is cut off
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        if table.row_count:
            self.console.print(table)
        else:
            self.console.print(empty)


def _faults_in(folders: Sequence[Path]) -> list[str]:
    from readout.catalog import load_sources

    try:
        load_sources(folders)
    except ConfigError as error:
        return error.faults
    return []


def session_of(context: typer.Context) -> Session:
    """The session of a command's context."""
    session = context.obj
    assert isinstance(session, Session)
    return session


def shown(value: object) -> str:
    """A value as one safe line of terminal text: no control characters, whatever a page put into it."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return at(value)
    return clean_line(str(value))


def shown_line(text: str) -> str:
    """A line of a longer text as `shown`, as far from the edge as it stood."""
    return f"{' ' * (len(text) - len(text.lstrip(' ')))}{shown(text)}".rstrip()


def one_of(words: type[_Word]) -> Callable[[str], _Word]:
    """What reads one of `words`, and says which there are where it is none of them."""

    def read(text: str) -> _Word:
        if text not in list(words):
            raise ConfigError([f"{text!r} is not one of {', '.join(words)}"])
        return words(text)

    return read


def now() -> datetime:
    """The clock of the command line: the one place where it looks at the time."""
    return datetime.now(UTC)
