"""Keys of our own, by name: made once, kept as long as the database.

It must not show one: whoever asks for a key signs with it, and nothing else.
"""

from __future__ import annotations

from secrets import token_bytes

from sqlalchemy import Connection, select

from readout.storage import schema
from readout.storage.upsert import upsert

STOP = "stop"
"""The key that signs the links by which readers stop alerts."""
WEB = "web"
"""The key that signs what visitors of the web page show to be let in."""
INSTALLATION = "installation"
"""No key: what the ids of meetings in feeds and calendars are made of, so that those of two stores differ."""

_LENGTH = 32


def secret(connection: Connection, name: str) -> bytes:
    """The key of that name, 32 random bytes, made where there is none yet: in a writing transaction."""
    kept = kept_secret(connection, name)
    if kept is None:
        upsert(connection, schema.secret, [{"name": name, "value": token_bytes(_LENGTH)}], key=["name"])
        kept = kept_secret(connection, name)
    return kept or b""


def kept_secret(connection: Connection, name: str) -> bytes | None:
    """The key of that name, if it was made already."""
    kept = connection.scalar(select(schema.secret.c.value).where(schema.secret.c.name == name))
    return None if kept is None else bytes(kept)
