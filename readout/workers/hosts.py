"""What a crawl knows of the hosts it asks, beyond its own end: who is to be left alone, and what each robots.txt said.

It must not ask a host, and must not block the loop: whatever touches the database runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from readout.storage import hosts
from readout.storage.database import Database
from readout.storage.home import Turn
from readout.storage.hosts import KeptRobots, Patience

LONGEST_WAIT = timedelta(hours=24)
"""No host is left alone for longer, whatever it asks for."""
LONGEST_DELAY = timedelta(minutes=1)
"""No host is given a longer pause between two requests of a crawl, whatever it asks for."""
_FIRST_WAIT = timedelta(minutes=15)
_DOUBLINGS = 7  # 32 hours: the cap is reached before


def back_off_for(refusals: int) -> timedelta:
    """How long to leave a host alone that sent crawls away without a word on how long, `refusals` times before."""
    doubled: timedelta = _FIRST_WAIT * 2 ** min(max(refusals, 0), _DOUBLINGS)
    return min(doubled, LONGEST_WAIT)


class HostBook:
    """The notes on hosts in a database, as one crawl reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def patience_of(self, host: str) -> Patience:
        """What is known of `host`."""
        return await asyncio.to_thread(self._read_patience, host)

    async def wait(self, host: str, until: datetime, reason: str) -> Patience:
        """Leave `host` alone until `until`, as it asked."""
        return await asyncio.to_thread(self._write_wait, host, reason, lambda _: until)

    async def back_off(self, host: str, reason: str, now: datetime) -> Patience:
        """Leave `host` alone for as long as our own patience says: the longer, the more crawls it has sent away."""
        return await asyncio.to_thread(self._write_wait, host, reason, lambda before: now + back_off_for(before))

    async def forgive(self, host: str) -> None:
        """Note that `host` answers again."""
        await asyncio.to_thread(self._write_patience, host, Patience())

    async def robots_of(self, origin: str) -> KeptRobots | None:
        """What /robots.txt of `origin` was last answered with, however long ago."""
        return await asyncio.to_thread(self._read_robots, origin)

    async def keep_robots(self, origin: str, robots: KeptRobots) -> None:
        """Keep what /robots.txt of `origin` was answered with."""
        await asyncio.to_thread(self._write_robots, origin, robots)

    def _read_patience(self, host: str) -> Patience:
        with self._database.read() as connection:
            return hosts.patience_of(connection, host)

    def _write_wait(self, host: str, reason: str, until: Callable[[int], datetime]) -> Patience:
        with self._database.write() as connection:
            before = hosts.patience_of(connection, host).refusals
            patience = Patience(until=until(before), reason=reason, refusals=before + 1)
            hosts.set_patience(connection, host, patience)
        return patience

    def _write_patience(self, host: str, patience: Patience) -> None:
        with self._database.write() as connection:
            hosts.set_patience(connection, host, patience)

    def _read_robots(self, origin: str) -> KeptRobots | None:
        with self._database.read() as connection:
            return hosts.kept_robots(connection, origin)

    def _write_robots(self, origin: str, robots: KeptRobots) -> None:
        with self._database.write(turn=Turn.OWN) as connection:
            hosts.keep_robots(connection, origin, robots)
