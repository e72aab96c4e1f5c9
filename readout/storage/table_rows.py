"""The rows of one table on their way from one database to another: in the order of their key, and in a form that is the
same on both.

It must not know what a row means, nor begin a transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Float,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.types import UserDefinedType

Row = tuple[Any, ...]
"""A row's values, in the order of its table's columns."""

_FETCHED = 200
_MOST_ROWS = 2_000
_MOST_CHARACTERS = 4_000_000


class _AsWritten(UserDefinedType[str]):
    """JSON by its text: what stands in it is not read, and its null is another than SQL's."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSON"


# --- read -------------------------------------------------------------------------------------------------------------


def count(connection: Connection, table: Table) -> int:
    """How many rows it holds."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def is_empty(connection: Connection, table: Table) -> bool:
    """Whether it holds none."""
    return connection.execute(select(1).select_from(table).limit(1)).first() is None


def last_key(connection: Connection, table: Table) -> Row | None:
    """The highest key in it; None where there is no row."""
    key = table.primary_key.columns
    found = connection.execute(select(*key).order_by(*(column.desc() for column in key)).limit(1)).first()
    return None if found is None else tuple(found)


@contextmanager
def rows(connection: Connection, table: Table, *, behind: Row | None = None) -> Iterator[Iterator[Row]]:
    """Its rows by their key, those `behind` this one, while inside; few of them are in memory at a time."""
    key = table.primary_key.columns
    asked = select(*map(_read, table.columns)).order_by(*key)
    if behind is not None:
        asked = asked.where(tuple_(*key) > tuple_(*behind))
    with _streamed(connection, asked) as found:
        yield found


def _read(column: Column[Any]) -> ColumnElement[Any]:
    match column.type:
        case JSON():
            return cast(column, Text)
        case Float():
            return column + 0.0  # SQLite keeps no zero that is negative
    return column


@contextmanager
def _streamed(connection: Connection, asked: Select[Any]) -> Iterator[Iterator[Row]]:
    with connection.execute(asked.execution_options(yield_per=_FETCHED)) as found:
        yield map(tuple, found)


def batches(found: Iterable[Row]) -> Iterator[list[Row]]:
    """Some rows at a time, as many as one transaction takes, and memory."""
    batch: list[Row] = []
    characters = 0
    for row in found:
        batch.append(row)
        characters += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if len(batch) == _MOST_ROWS or characters > _MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def key_of(table: Table, row: Row) -> Row:
    """The key of a row."""
    return tuple(value for column, value in zip(table.columns, row, strict=True) if column.primary_key)


def without_nul(row: Row) -> Row:
    """The row as a server takes it, which knows no text with a NUL in it; the same where there is none."""
    if not any(isinstance(value, str) and "\0" in value for value in row):
        return row
    return tuple(value.replace("\0", "") if isinstance(value, str) else value for value in row)


# --- written ----------------------------------------------------------------------------------------------------------


def put(connection: Connection, table: Table, batch: Sequence[Row]) -> None:
    """Add rows, in the order of their key and behind those that are there. What points at a row of the same table that
    is still to come points at nothing until `point_ahead`."""
    own = _pointing_at_own(table)
    key = table.primary_key.columns.values()[0].name
    values = []
    for row in batch:
        named = dict(zip(table.columns.keys(), row, strict=True))
        values.append(named | {name: None for name in own if (named[name] or 0) > named[key]} if own else named)
    connection.execute(insert(table).values({each.name: _written(each) for each in table.columns}), values)


def _written(column: Column[Any]) -> ColumnElement[Any]:
    return bindparam(column.name, type_=_AsWritten() if isinstance(column.type, JSON) else column.type)


def _pointing_at_own(table: Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


@contextmanager
def pointing_ahead(connection: Connection, table: Table) -> Iterator[Iterator[Row]]:
    """Of the rows that point at one of the same table behind themselves, while inside: the key, and all by which they
    point at that table."""
    own = [table.c[name] for name in _pointing_at_own(table)]
    if not own:
        yield iter(())
        return
    (key,) = table.primary_key.columns
    ahead = or_(*(column > key for column in own))
    with _streamed(connection, select(key, *own).where(ahead).order_by(key)) as found:
        yield found


def point_ahead(connection: Connection, table: Table, batch: Sequence[Row]) -> None:
    """Let rows point at what `pointing_ahead` says, once all are there."""
    (key,) = table.primary_key.columns
    names = ["its_key", *_pointing_at_own(table)]
    pointing = update(table).where(key == bindparam("its_key")).values({name: bindparam(name) for name in names[1:]})
    connection.execute(pointing, [dict(zip(names, row, strict=True)) for row in batch])


def settle(connection: Connection, tables: Iterable[Table]) -> None:
    """Tell a server what it does not see of tables that were filled at once: that keys which count up go on behind the
    highest, and how values are spread."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        if (key := table.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            connection.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))
    connection.execute(text("ANALYZE"))


# --- compared ---------------------------------------------------------------------------------------------------------


def digest(found: Iterable[Row]) -> tuple[int, str]:
    """How many rows, and their SHA-256, as hex: of each row a line of JSON, moments in UTC by ISO 8601, bytes as hex,
    and JSON as a text."""
    number, sha256 = 0, hashlib.sha256()
    for row in found:
        number += 1
        sha256.update(_ENCODER.encode(row).encode("utf-8", "surrogatepass"))
        sha256.update(b"\n")
    return number, sha256.hexdigest()


def _plainly(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return value.hex()
    raise TypeError(f"no database of ours holds a {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_plainly)
