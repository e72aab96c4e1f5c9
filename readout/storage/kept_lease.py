"""A lease that is kept up for as long as something takes. It must not do what the lease is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from readout.error import StorageError
from readout.storage import leases
from readout.storage.database import Database
from readout.storage.home import Turn

_log = structlog.get_logger(__name__)


@contextmanager
def kept_lease(
    database: Database, name: str, owner: str, ttl: timedelta, *, now: Callable[[], datetime]
) -> Iterator[None]:
    """Renew the lease `name`, which `owner` holds, four times in every `ttl` while inside, and give it back then; where
    that fails, its time is soon over."""
    over = Event()

    def keep_up() -> None:
        while not over.wait(ttl.total_seconds() / 4):
            with _told_of("lease_not_renewed", name), database.write(lasting=False, turn=Turn.OWN) as connection:
                leases.renew(connection, name, owner, now(), ttl)

    beat = Thread(target=keep_up, name=f"lease-{name}", daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()
        with _told_of("lease_not_given_back", name), database.write(turn=Turn.OWN) as connection:
            leases.drop(connection, name, owner)


@contextmanager
def _told_of(event: str, name: str) -> Iterator[None]:
    try:
        yield
    except (StorageError, SQLAlchemyError) as error:
        _log.warning(event, name=name, reason=str(error))
