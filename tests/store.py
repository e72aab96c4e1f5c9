"""Where a test's store lies: in a file, or, by ``pytest --postgres``, in a database on a server of the tests' own."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path

SERVER = "READOUT_TESTS_POSTGRES"
"""The URL of that server with `{}` for a database; unset: stores are files."""
_EMPTY = "readout_empty"
_made: list[str] = []


def is_on_server() -> bool:
    """Whether stores are databases on a server."""
    return SERVER in os.environ


def store_url(folder: Path | str, name: str = "readout.db") -> str:
    """The URL of the store of that name which belongs to `folder`; on a server the empty database is made."""
    file = Path(folder) / name
    if not is_on_server():
        return f"sqlite:///{file}"
    database = f"t_{hashlib.sha256(str(file).encode()).hexdigest()[:20]}"
    if not _ask("SELECT 1 FROM pg_database WHERE datname = %s", database):
        _ask(f"CREATE DATABASE {database} TEMPLATE {_EMPTY} STRATEGY FILE_COPY")
        _made.append(database)
    return os.environ[SERVER].format(database)


def store_section(folder: Path | str, name: str = "readout.db") -> str:
    """What a configuration file says of where that store is."""
    return f'[database]\nurl = "{store_url(folder, name)}"\n'


def no_such_table() -> str:
    """What is said of a table that is not there."""
    return "UndefinedTable" if is_on_server() else "no such table"


def drop_stores() -> None:
    """Let go what this process has made on the server so far."""
    while _made:
        _ask(f"DROP DATABASE IF EXISTS {_made.pop()} WITH (FORCE)")


def prepare_server(url: str) -> None:
    """Name the server, and make what each store begins as: the shape of now, nobody has written into it."""
    from readout.storage.database import open_database

    os.environ[SERVER] = url
    _ask(f"CREATE DATABASE {_EMPTY} TEMPLATE template0")
    open_database(url.format(_EMPTY), create=True).close()


def _ask(statement: str, *values: str) -> object:
    import psycopg

    url = os.environ[SERVER].format("postgres").replace("+psycopg", "")
    with closing(psycopg.connect(url, autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None
