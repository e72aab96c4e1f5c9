"""Insert or update in one statement, on each database in its own words. It must not know a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
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
    if not rows:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    if update:
        new = {name: insert.excluded[name] for name in update}
        statement = insert.on_conflict_do_update(index_elements=list(key), set_=new)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=list(key))
    connection.execute(statement, [dict(row) for row in rows])
