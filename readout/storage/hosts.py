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


def waits(connection: Connection, *, now: datetime) -> dict[str, datetime]:
    """The hosts that asked to wait beyond `now`, each with until when."""
    rows = connection.execute(select(schema.host.c.name, schema.host.c.wait_until))
    return {name: until for name, until in rows if until is not None and until > now}


def waiting_hosts(connection: Connection, *, now: datetime) -> frozenset[str]:
    """The hosts that asked to wait beyond `now`, without ``www.``, which names the same machine."""
    return frozenset(name.removeprefix("www.") for name in waits(connection, now=now))
