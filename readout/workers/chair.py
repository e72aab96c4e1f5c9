"""Which of several schedulers is at work, and does what one alone has to do. It must not do any of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from uuid import uuid4

from readout.process import this_process
from readout.storage import leases
from readout.storage.database import Database
from readout.storage.home import Turn
from readout.storage.kept_lease import kept_lease

LEASE_NAME = "scheduler"
_LEASE = timedelta(seconds=30)


class Chair(AbstractContextManager["Chair"]):
    """The place of the one at work among the schedulers on `database`: whoever has it keeps it until it ends, or is not
    heard of for half a minute."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._owner = f"{this_process()}#{uuid4().hex}"
        self._kept = ExitStack()
        self._is_kept = False

    def is_ours(self) -> bool:
        """Whether we have it; where nobody does, we take it."""
        with self._database.read() as connection:
            before = leases.holder(connection, LEASE_NAME)
            free = leases.is_free(connection, LEASE_NAME, self._now())
        if before == self._owner and not free:
            return True
        with self._database.write(lasting=False, turn=Turn.OWN) as connection:
            ours = leases.take_lease(connection, LEASE_NAME, self._owner, self._now(), _LEASE)
        if ours and not self._is_kept:
            self._is_kept = True
            self._kept.enter_context(kept_lease(self._database, LEASE_NAME, self._owner, _LEASE, now=self._now))
        return ours

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()
