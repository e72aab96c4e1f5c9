"""One running Readout a data folder and a database: by locks of the operating system, and by a lease where they end.

It must not be held by what only reads, nor by what may run beside a crawl.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from readout.error import AlreadyRunning, ReadoutError, StorageError
from readout.process import has_restarted, is_gone, is_here, this_process
from readout.storage import leases, sqlite
from readout.storage.database import Database, head, is_there, revision_of
from readout.storage.hold import Held, hold_database, hold_folder
from readout.storage.home import home_of
from readout.storage.postgres import hold_server
from readout.storage.soundness import LIMIT_S, damage_of

LEASE_NAME = "instance"


@dataclass(frozen=True, slots=True)
class _Pace:
    """After `lease` an instance of another machine that was not heard of again is held to be dead; one that lives is
    heard of every `beat_s` seconds."""

    lease: timedelta
    beat_s: float


_OF_FILE = _Pace(timedelta(minutes=15), 300)
_OF_SERVER = _Pace(timedelta(minutes=1), 15)

log = structlog.get_logger(__name__)


@contextmanager
def data_lock(data_dir: Path, url: str | None = None) -> Iterator[None]:
    """Hold `data_dir`, and the database at `url` whoever else names it from wherever, alone while inside.

    Where the last holder died at work the database is looked at first, for at most `LIMIT_S` seconds. Raises
    AlreadyRunning, naming process, host and time, where another has one of the two, and StorageError for a database
    that is damaged, which stays as it is.
    """
    if url is None:
        with hold_folder(data_dir):
            yield
    else:
        with mending_lock(data_dir, url) as held, _said_in_database(url, held):
            yield


@contextmanager
def mending_lock(data_dir: Path, url: str, *, replaces: bool = False) -> Iterator[Held]:
    """As `data_lock`, for what changes the shape of the database, or `replaces` it whatever is wrong with it."""
    home = home_of(url)
    if home.file is None:
        with hold_folder(data_dir), hold_server(home):
            yield Held(left="", is_certain=False)  # of another machine nobody knows whether its process is dead
        return
    file = home.file
    if file.is_dir():
        raise StorageError(f"{file} is a folder: name a file for the database")
    if not replaces:
        sqlite.refuse_foreign_file(file)
        sqlite.refuse_second_name(file)
    with hold_folder(data_dir), hold_database(file) as held:
        if held.left and not replaces:
            _refuse_damaged(file, held)
        yield held


def _refuse_damaged(file: Path, held: Held) -> None:
    """Look at a database that somebody died over."""
    if sqlite.length_of(file) == 0:
        if not held.bytes_left:
            return
        said = f"{file} is {'empty' if file.exists() else 'gone'}, but was {held.bytes_left} bytes long before Readout "
        again = f"; to begin with an empty one, remove {sqlite.beside(file, '-lock')}"
        raise StorageError(f"{said}was stopped: restore the last backup (readout db restore FILE){again}")
    damage = damage_of(file, limit_s=LIMIT_S)
    if damage.said:
        raise StorageError(f"{file} is damaged, found after an unclean stop: {damage.said}")


# --- in the database --------------------------------------------------------------------------------------------------


@contextmanager
def _said_in_database(url: str, held: Held) -> Iterator[None]:
    """Where locks do not reach, as on some network file systems, a lease keeps a second one out."""
    now = datetime.now(UTC)
    owner = f"{this_process()}#{now:%Y-%m-%d %H:%M} UTC#{uuid4().hex}"
    pace = _OF_SERVER if home_of(url).file is None else _OF_FILE
    _take(url, owner, held, now, pace.lease)
    over = Event()
    beat = Thread(target=_keep_up, args=(url, owner, held, pace, over), name="instance", daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()
        _give_back(url, owner)


def _keep_up(url: str, owner: str, held: Held, pace: _Pace, over: Event) -> None:
    while not over.wait(pace.beat_s):
        try:
            _take(url, owner, held, datetime.now(UTC), pace.lease)
        except AlreadyRunning as error:
            log.error("instance_superseded", reason=str(error), advice="end one of the two")
        except (ReadoutError, SQLAlchemyError) as error:
            log.warning("instance_not_noted", reason=str(error))


def _take(url: str, owner: str, held: Held, now: datetime, lease: timedelta) -> None:
    """Take or renew the lease, where there is a database of this version; whoever opens it judges any other."""
    if not is_there(url):
        return
    database = Database(home_of(url))
    try:
        with database.write(lasting=False) as connection:
            if revision_of(connection, database.home) != head():
                return
            other = leases.holder(connection, LEASE_NAME)
            if other is not None and other != owner and _is_dead(other, held):
                leases.drop(connection, LEASE_NAME, other)
            if not leases.take_lease(connection, LEASE_NAME, owner, now, lease):
                raise AlreadyRunning(f"{database.home} is in use by {_in_words(other or '', lease)}")
    finally:
        database.close()


def _is_dead(owner: str, held: Held) -> bool:
    """Whether a holder is dead for certain: its process is gone, its machine began anew, or it would hold the lock."""
    process = owner.partition("#")[0]
    return is_gone(process) or has_restarted(process) or (held.is_certain and is_here(process))


def _in_words(owner: str, lease: timedelta) -> str:
    process, since, *_ = (*owner.split("#"), "", "")
    parts = process.split("/")
    where = f"process {parts[3]} on {parts[0]}" if len(parts) == 5 else process
    lapse = int(lease.total_seconds() // 60)
    return f"another Readout ({where} since {since}); where that is dead, wait {lapse} minutes"


def _give_back(url: str, owner: str) -> None:
    """Let the lease go. Where that fails, this process is soon known to be dead."""
    try:
        if not is_there(url):
            return
        database = Database(home_of(url))
        try:
            with database.write(lasting=False) as connection:
                if revision_of(connection, database.home) == head():
                    leases.drop(connection, LEASE_NAME, owner)
        finally:
            database.close()
    except (StorageError, SQLAlchemyError) as error:
        log.warning("instance_not_noted", reason=str(error))
