"""Watches as a TOML file, which can be kept, edited and taken in again.

It must not take in a part of a file: what is wrong with it is told all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from sqlalchemy import Connection

from readout.error import ConfigError
from readout.exports.toml import toml_table
from readout.fault import faults_of, key_path, no_such
from readout.model import Watch
from readout.storage.watches import add_watch, change_watch, list_watches
from readout.toml_file import parse_toml
from readout.watch_row import EMAIL, WatchRow, settings_of, texts_of, watch_row
from readout.watching import AT_ONCE, Query

_HEAD = """\
# Watches of Readout, for `readout watch import`: those with a new name are made, those with a known one changed.
# What a table does not say is as by default: every meeting, by e-mail, at once.
"""
_DEFAULTS = {
    "query": "",
    "channel": EMAIL,
    "digest": None,
    "at": None,
    "on": None,
    "heartbeat": False,
    "tz": AT_ONCE.timezone,
    "quiet": None,
    "language": AT_ONCE.language,
    "updates": False,
}


class Fate(StrEnum):
    """What taking in a row did."""

    NEW = "new"
    CHANGED = "changed"
    KEPT = "as they were"


def _tables(value: object) -> object:
    if not isinstance(value, list):
        raise ValueError("each watch is a table of its own: write [[watch]] above it")
    return value


class _WatchFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    watch: Annotated[tuple[WatchRow, ...], BeforeValidator(_tables)] = ()


def watches_text(watches: Sequence[Watch]) -> str:
    """The file that holds `watches`, in their order."""
    return "\n".join([_HEAD, *(toml_table("watch", _table_of(watch)) for watch in watches)])


def _table_of(watch: Watch) -> dict[str, Any]:
    row = watch_row(watch)
    said = {key: row[key] for key in WatchRow.model_fields}
    return {key: value for key, value in said.items() if key not in _DEFAULTS or value != _DEFAULTS[key]}


def read_watches(file: bytes, where: str, read: Callable[[str], Query]) -> list[WatchRow]:
    """The watches of a file that is called `where`; `read` makes queries of texts and raises QueryError.

    Raises ConfigError with all that is wrong, each fault with its place in the file.
    """
    try:
        rows = _WatchFile.model_validate(parse_toml(file), context=read).watch
    except ValidationError as error:
        faults = list(_faults(error))
    except ValueError as error:
        faults = [str(error)]
    else:
        faults = list(_repeated(rows))
        if not faults:
            return list(rows)
    raise ConfigError([f"{where}: {fault}" for fault in faults])


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in faults_of(error):
        place = key_path(fault["loc"])
        if len(fault["loc"]) == 1 and fault["type"] == "extra_forbidden":
            yield f"{place}: {no_such(place, list(_WatchFile.model_fields))}"
        else:
            yield from (f"{place}: {text}" for text in texts_of(fault))


def _repeated(rows: Sequence[WatchRow]) -> Iterator[str]:
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        if first.setdefault(row.name, number) != number:
            yield f"watch[{number}].name: “{row.name}” is watch[{first[row.name]}] already"


def take_in(connection: Connection, rows: Sequence[WatchRow], now: datetime) -> Counter[Fate]:
    """Make the watches of `rows`, or change those that are there so that they are as the rows say; how many fared how.

    What stands in no row stays as it is.
    """
    known = {watch.name: watch for watch in list_watches(connection)}
    return Counter(_take_in(connection, row, known.get(row.name), now) for row in rows)


def _take_in(connection: Connection, row: WatchRow, found: Watch | None, now: datetime) -> Fate:
    settings = row.settings()
    if found is None:
        add_watch(connection, name=row.name, now=now, **settings)
        return Fate.NEW
    if settings == settings_of(found):
        return Fate.KEPT
    change_watch(connection, found, now=now, **settings)
    return Fate.CHANGED
