"""What is known of hosts that must outlive a restart: how long to wait, and what their robots.txt said.

It must not decide how polite is polite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from readout.storage import schema
from readout.storage.upsert import upsert

_host = schema.host.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a host wants to be left alone. `until` None: it does not; `refusals`: crawls in a row that it sent away."""

    until: datetime | None = None
    reason: str = ""
    refusals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRobots:
    """What /robots.txt of an origin was answered with. `status` None: not at all, for `reason`."""

    at: datetime
    status: int | None
    body: bytes = b""
    reason: str = ""


# --- waiting --------------------------------------------------------------------------------------------------------


def wait_until(connection: Connection, host: str) -> datetime | None:
    """Until when `host` is to be left alone, be it in the past; None: it never was."""
    return patience_of(connection, host).until


def set_wait(connection: Connection, host: str, until: datetime | None, reason: str = "") -> None:
    """Note that `host` is to be left alone until `until`, and why, in words; None: no longer."""
    _write(connection, host, wait_until=until, wait_reason=reason or None)


def patience_of(connection: Connection, host: str) -> Patience:
    """What is known of `host`."""
    row = connection.execute(
        select(_host.wait_until, _host.wait_reason, _host.refusals).where(_host.name == host.lower())
    ).one_or_none()
    if row is None:
        return Patience()
    return Patience(until=row.wait_until, reason=row.wait_reason or "", refusals=row.refusals)


def set_patience(connection: Connection, host: str, patience: Patience) -> None:
    """Keep what is known of `host`."""
    waits = {"wait_until": patience.until, "wait_reason": patience.reason or None}
    _write(connection, host, **waits, refusals=patience.refusals)


def waits(connection: Connection, *, now: datetime) -> dict[str, datetime]:
    """The hosts to be left alone beyond `now`, each with until when."""
    return {row.name: row.wait_until for row in _waiting(connection, now)}


def wait_reasons(connection: Connection, *, now: datetime) -> dict[str, str]:
    """The hosts to be left alone beyond `now`, each with why, in words; empty where that was not kept."""
    return {row.name: row.wait_reason or "" for row in _waiting(connection, now)}


def waiting_hosts(connection: Connection, *, now: datetime) -> frozenset[str]:
    """The hosts to be left alone beyond `now`, without ``www.``, which names the same machine."""
    return frozenset(name.removeprefix("www.") for name in waits(connection, now=now))


def _waiting(connection: Connection, now: datetime) -> list[Any]:
    waiting = select(_host.name, _host.wait_until, _host.wait_reason).where(_host.wait_until > now)
    return list(connection.execute(waiting))


# --- robots.txt -----------------------------------------------------------------------------------------------------
# Its rows are called by origin, ``https://a.example:8443``: another scheme or port has a robots.txt of its own
# (RFC 9309 §2.3), while a wish to be left alone is the machine's. No host has such a name.


def kept_robots(connection: Connection, origin: str) -> KeptRobots | None:
    """What /robots.txt of `origin` was last answered with; None: it was never asked for."""
    columns = (_host.robots, _host.robots_status, _host.robots_at, _host.wait_reason)
    row = connection.execute(select(*columns).where(_host.name == origin.lower())).one_or_none()
    if row is None or row.robots_at is None:
        return None
    return KeptRobots(at=row.robots_at, status=row.robots_status, body=row.robots or b"", reason=row.wait_reason or "")


def keep_robots(connection: Connection, origin: str, robots: KeptRobots) -> None:
    """Keep what /robots.txt of `origin` was answered with, in place of what was kept before."""
    said = {"robots": robots.body or None, "robots_status": robots.status, "robots_at": robots.at}
    _write(connection, origin, **said, wait_reason=robots.reason or None)


def _write(connection: Connection, name: str, **values: Any) -> None:
    row: Mapping[str, Any] = {"name": name.lower(), **values}
    upsert(connection, schema.host, [row], key=["name"], update=list(values))
