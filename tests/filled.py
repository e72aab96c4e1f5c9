"""A store with rows in every table that there is, as the schema says: texts in many scripts, nulls, and references in
every direction. What stands in it means nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    null,
    update,
)

from readout.storage.schema import Utc, metadata

ROWS = 12
"""In each table."""
MOMENT = datetime(2024, 10, 4, 12, tzinfo=UTC)
_TEXTS = (
    "Şura iclası – Əli Nağıyev",
    "Совет глав «ЦАРРИКЦ» ё",
    "اجتماع مجلس الوزراء",
    "국가안보회의 国务院 会議",
    "საბჭოს სხდომა Հանդիպում",
    "e\u0301 is not \u00e9, \U0001f91d \U00020000",
    "' \" \\ %s %(x)s :x ; -- $1 {}",
    " line\r\n\tand tab ",
    "Zebra",
    "zebra",
    "",
)
_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31))
_LONG = (2**63 - 1, -(2**63), 2**53 + 1)
_FLOATS = (0.1, -0.0, 1e300, 5e-324, 1 / 3)
_DOCUMENTS: tuple[Any, ...] = ({"ключ": ["值", 1, 2.5, None, True]}, [], {}, "57", {"\u0000": "\ud83d"}, None)


def fill(connection: Connection) -> None:
    """Put the rows in, into tables that are empty."""
    for table in metadata.sorted_tables:
        own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        rows = [{column.name: _value(table, column, number) for column in table.columns} for number in _numbers()]
        for row in rows:  # one at a time: what is SQL's null in one is none in another
            connection.execute(insert(table).values(row | dict.fromkeys(own, null())))
        for number, row in zip(_numbers(), rows, strict=True):
            if own and number % 5:
                pointing = {name: _other(number) for name in own}
                connection.execute(update(table).where(table.c.id == row["id"]).values(pointing))


def _numbers() -> range:
    return range(1, ROWS + 1)


def _other(number: int) -> int:
    """The row ahead, the one behind, or itself."""
    return min(max(number + number % 3 - 1, 1), ROWS)


def _value(table: Table, column: Column[Any], number: int) -> Any:
    if column.nullable and number % 5 == 0:
        return null()
    if column.foreign_keys or column is table.autoincrement_column:
        return number
    match column.type:
        case JSON():
            return _DOCUMENTS[number % len(_DOCUMENTS)]
        case Utc():
            return MOMENT + timedelta(days=number * 97, microseconds=number)
        case Date():
            return date(2024, 2, 29) + timedelta(days=number)
        case Boolean():
            return number % 2 == 0
        case Float():
            return _FLOATS[number % len(_FLOATS)]
        case LargeBinary():
            return bytes(range(256)) * (number % 3)
        case BigInteger():
            return _LONG[number % 3] - number * (1 if number % 3 == 0 else -1 if number % 3 == 1 else 0)
        case Integer():
            return number if column.primary_key else _NUMBERS[number % len(_NUMBERS)]
    return f"{_TEXTS[number % len(_TEXTS)]}{number}"
