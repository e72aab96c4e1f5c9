"""Leases: who alone does a thing for a while, even after a crash and across machines.

It must not wait: a lease is had at once or not at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from readout.process import is_gone
from readout.storage.schema import lease
from readout.storage.upsert import upsert


def take_lease(connection: Connection, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
    """Whether `owner` now holds `name` until `now` + `ttl`: it was free, over, held by the same owner, or by a process
    that is certainly dead; an owner is called by its process, and by more behind ``#``."""
    until = now + ttl
    before = holder(connection, name)
    if before is not None and is_gone(before.partition("#")[0]):
        drop(connection, name, before)
    free = or_(lease.c.owner == owner, lease.c.until <= now)
    connection.execute(update(lease).where(lease.c.name == name, free).values(owner=owner, until=until))
    upsert(connection, lease, [{"name": name, "owner": owner, "until": until}], key=["name"])
    return holder(connection, name) == owner


def holder(connection: Connection, name: str) -> str | None:
    """Who took `name` last and did not give it back; its time may be over."""
    return connection.scalar(_HOLDER, {"name": name})


_HOLDER = select(lease.c.owner).where(lease.c.name == bindparam("name"))


def is_free(connection: Connection, name: str, now: datetime) -> bool:
    """Whether nobody holds `name` at `now`."""
    return connection.scalar(select(lease.c.name).where(lease.c.name == name, lease.c.until > now)) is None


def owners(connection: Connection, beginning: str, now: datetime) -> list[str]:
    """Who holds, at `now`, a lease whose name begins with `beginning`, in the order of the names."""
    begins = lease.c.name.startswith(beginning, autoescape=True)
    return list(connection.scalars(select(lease.c.owner).where(begins, lease.c.until > now).order_by(lease.c.name)))


def renew(connection: Connection, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
    """Whether `owner` still holds `name`, from now on until `now` + `ttl`; False when somebody else took it."""
    mine = (lease.c.name == name, lease.c.owner == owner)
    return connection.execute(update(lease).where(*mine).values(until=now + ttl)).rowcount == 1


def drop(connection: Connection, name: str, owner: str) -> None:
    """Give `name` back, if `owner` holds it."""
    connection.execute(delete(lease).where(lease.c.name == name, lease.c.owner == owner))


def sweep(connection: Connection, beginning: str, now: datetime) -> None:
    """Forget the leases whose name begins with `beginning` and whose time is over."""
    begins = lease.c.name.startswith(beginning, autoescape=True)
    connection.execute(delete(lease).where(begins, lease.c.until <= now))
