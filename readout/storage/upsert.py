"""Insert or update in one statement, on each database in its own words. It must not know a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Collection[str],
    update: Collection[str] = (),
) -> None:
    """Insert `rows`; where one with the same `key` columns stands, set its `update` columns, or leave it if none."""
    if rows:
        statement = _statement(connection.dialect.name, table, tuple(key), tuple(update))
        connection.execute(statement, [dict(row) for row in rows])


@cache  # to put it together costs more than to run it
def _statement(dialect: str, table: Table, key: tuple[str, ...], update: tuple[str, ...]) -> Insert:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    new = {name: insert.excluded[name] for name in update}
    statement: Insert = (
        insert.on_conflict_do_update(index_elements=list(key), set_=new)
        if update
        else insert.on_conflict_do_nothing(index_elements=list(key))
    )
    return statement
