"""What hosts asked for that must outlive a restart: how long to wait. It must not decide how polite is polite."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from readout.storage import schema
from readout.storage.upsert import upsert


def wait_until(connection: Connection, host: str) -> datetime | None:
    """Until when `host` asked not to be asked (Retry-After, RFC 9110 §10.2.3); None: it never did."""
    return connection.scalar(select(schema.host.c.wait_until).where(schema.host.c.name == host.lower()))


def set_wait(connection: Connection, host: str, until: datetime | None) -> None:
    """Note that `host` asked to wait until `until`; None: no longer."""
    upsert(connection, schema.host, [{"name": host.lower(), "wait_until": until}], key=["name"], update=["wait_until"])


def waiting_hosts(connection: Connection, *, now: datetime) -> frozenset[str]:
    """The hosts that asked to wait beyond `now`, without ``www.``, which names the same machine."""
    names = connection.scalars(select(schema.host.c.name).where(schema.host.c.wait_until > now))
    return frozenset(name.removeprefix("www.") for name in names)
