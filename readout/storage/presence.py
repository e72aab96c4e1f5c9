"""Who is at work on a database, said in it by leases: one alone, or many beside one another.

It must not lock: where the operating system's locks reach, they say the same sooner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from uuid import uuid4

import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from readout.error import AlreadyRunning, ReadoutError, StorageError
from readout.process import has_restarted, is_gone, is_here, this_process
from readout.storage import leases
from readout.storage.database import Database, head, is_there, revision_of
from readout.storage.hold import Held
from readout.storage.home import Turn, home_of

LEASE_NAME = "instance"
"""Of whoever is alone."""
AMONG_OTHERS = "member:"
"""What the lease of each begins with that is not."""


@dataclass(frozen=True, slots=True)
class _Pace:
    """After `lease` an instance of another machine that was not heard of again is held to be dead; one that lives is
    heard of every `beat_s` seconds."""

    lease: timedelta
    beat_s: float


_OF_FILE = _Pace(timedelta(minutes=15), 300)
_OF_SERVER = _Pace(timedelta(minutes=1), 15)

_MOST_OFF_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Presence:
    """The lease `name` that `owner` keeps up in the database at `url`. `held`: the lock that whoever is alone has."""

    url: str
    name: str
    owner: str
    pace: _Pace
    held: Held | None

    def keep_up(self, over: Event) -> None:
        """Renew it until `over`."""
        while not over.wait(self.pace.beat_s):
            try:
                self.take(enters=False)
            except AlreadyRunning as error:
                log.error("instance_superseded", reason=str(error), advice="end one of the two")
            except (ReadoutError, SQLAlchemyError) as error:
                log.warning("instance_not_noted", reason=str(error))

    def take(self, *, enters: bool = True) -> None:
        """Take or renew it, where there is a database of this version; whoever opens it judges any other. Who `enters`
        does not with a wrong clock; who is at work, and is so whatever its clock says, says what is wrong."""
        with _writing(self.url) as connection:
            if connection is None:
                return
            now = datetime.now(UTC)  # only here: others may have been waited for
            if self.held is None:
                if wrong := _wrong_clock(connection, now):
                    if enters:
                        raise StorageError(f"{home_of(self.url)}: {wrong}")
                    log.error("clock_wrong", reason=wrong)
                _refuse_other(connection, self, now)
                leases.sweep(connection, AMONG_OTHERS, now)
            else:
                _free_dead(connection, self, self.held)
                _refuse_members(connection, now)
            if not leases.take_lease(connection, self.name, self.owner, now, self.pace.lease):
                raise AlreadyRunning(_in_use(self, leases.holder(connection, self.name)))

    def give_back(self) -> None:
        """Let it go. Where that fails, this process is soon known to be dead."""
        try:
            with _writing(self.url) as connection:
                if connection is not None:
                    leases.drop(connection, self.name, self.owner)
        except (StorageError, SQLAlchemyError) as error:
            log.warning("instance_not_noted", reason=str(error))


@contextmanager
def present_alone(url: str, held: Held) -> Iterator[None]:
    """Be known as the one that is at work on the database at `url`, by a lock that is `held`, while inside. Raises
    AlreadyRunning where another is."""
    owner = _owner()
    pace = _OF_SERVER if home_of(url).file is None else _OF_FILE
    with _kept_up(_Presence(url, LEASE_NAME, owner, pace, held)):
        yield


@contextmanager
def present_among_others(url: str) -> Iterator[None]:
    """Be known as one of those that are at work on the database at `url`, on a server, while inside. Raises
    AlreadyRunning where somebody is alone at it, StorageError where the clocks of both machines differ."""
    owner = _owner()
    with _kept_up(_Presence(url, f"{AMONG_OTHERS}{owner}", owner, _OF_SERVER, None)):
        yield


def refuse_present(url: str) -> None:
    """Raise AlreadyRunning where others are at work on the database at `url`, whatever its version."""
    if not is_there(url):
        return
    with closing(Database(home_of(url))) as database, database.read() as connection:
        if revision_of(connection, database.home) is not None:
            _refuse_members(connection, datetime.now(UTC))


def members(connection: Connection, now: datetime) -> list[str]:
    """The processes at work beside one another at `now`, by the names that `readout.process` gives them."""
    return [owner.partition("#")[0] for owner in leases.owners(connection, AMONG_OTHERS, now)]


@contextmanager
def _kept_up(presence: _Presence) -> Iterator[None]:
    presence.take()
    over = Event()
    beat = Thread(target=presence.keep_up, args=(over,), name="instance", daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()
        presence.give_back()


@contextmanager
def _writing(url: str) -> Iterator[Connection | None]:
    """A writing transaction; None where there is no database of this version."""
    if not is_there(url):
        yield None
        return
    with closing(Database(home_of(url))) as database, database.write(lasting=False, turn=Turn.CLAIMS) as connection:
        yield connection if revision_of(connection, database.home) == head() else None


def _owner() -> str:
    return f"{this_process()}#{datetime.now(UTC):%Y-%m-%d %H:%M} UTC#{uuid4().hex}"


def _free_dead(connection: Connection, presence: _Presence, held: Held) -> None:
    other = leases.holder(connection, presence.name)
    if other is not None and other != presence.owner and _is_dead(other, held):
        leases.drop(connection, presence.name, other)


def _is_dead(owner: str, held: Held) -> bool:
    """Whether a holder is dead for certain: its process is gone, its machine began anew, or it would hold the lock."""
    process = owner.partition("#")[0]
    return is_gone(process) or has_restarted(process) or (held.is_certain and is_here(process))


def _wrong_clock(connection: Connection, now: datetime) -> str | None:
    """What is claimed until a moment is another's too soon, or too late, where clocks differ."""
    off_s = (now - connection.execute(select(func.clock_timestamp())).scalar_one()).total_seconds()
    if abs(off_s) <= _MOST_OFF_S:
        return None
    said = f"this machine's clock is {abs(off_s):.0f} seconds {'ahead of' if off_s > 0 else 'behind'} the server's"
    return f"{said}: keep both by NTP, machines that share work go by them"


def _refuse_other(connection: Connection, presence: _Presence, now: datetime) -> None:
    other = leases.holder(connection, LEASE_NAME)
    if other and not is_gone(other.partition("#")[0]) and not leases.is_free(connection, LEASE_NAME, now):
        raise AlreadyRunning(_in_use(presence, other))


def _refuse_members(connection: Connection, now: datetime) -> None:
    living = [owner for owner in leases.owners(connection, AMONG_OTHERS, now) if not is_gone(owner.partition("#")[0])]
    if living:
        said = f"{len(living)} {'others are' if len(living) > 1 else 'other is'} at work on the database: "
        raise AlreadyRunning(said + "; ".join(map(_whom, living)) + ": end them first (schedulers, workers)")


def _in_use(presence: _Presence, owner: str | None) -> str:
    minutes = int(presence.pace.lease.total_seconds() // 60)
    wait = f"where that is dead, wait {minutes} minute{'s' if minutes > 1 else ''}"
    return f"{home_of(presence.url)} is in use by another Readout ({_whom(owner or '')}); {wait}"


def _whom(owner: str) -> str:
    process, since, *_ = (*owner.split("#"), "", "")
    parts = process.split("/")
    return f"process {parts[3]} on {parts[0]} since {since}" if len(parts) == 5 else process
