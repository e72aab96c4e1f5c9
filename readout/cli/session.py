"""What every command shares: the configuration, the database, and a way to print that no page can abuse.

It must not print anything by itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typer

from readout.articles.clean import clean_line

if TYPE_CHECKING:
    from rich.console import Console

    from readout.config import Config
    from readout.model import Source, SourceId
    from readout.storage.database import Database


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
        """The catalogue; ConfigError with all faults."""
        from readout.catalog import load_sources

        return load_sources(self.config.sources or ())

    def check_sources(self) -> None:
        """Read the catalogue before anything is begun; ConfigError with all faults."""
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
        print(json.dumps(value, ensure_ascii=False, indent=2, default=str))

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """Rows for people; `empty` is said where there are none."""
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        if table.row_count:
            self.console.print(table)
        else:
            self.console.print(empty)


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
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return clean_line(str(value))


def json_line(row: Mapping[str, Any]) -> None:
    """One row of JSON Lines on stdout."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def now() -> datetime:
    """The clock of the command line: the one place where it looks at the time."""
    return datetime.now(UTC)
