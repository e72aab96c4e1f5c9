"""One running Readout a data folder and a database, or many that know of one another: by locks of the operating system,
and by what stands in the database where they end.

It must not be held by what only reads, nor by what may run beside a crawl.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readout.error import StorageError
from readout.storage import sqlite
from readout.storage.hold import Held, hold_database, hold_folder
from readout.storage.home import home_of
from readout.storage.postgres import hold_server
from readout.storage.presence import present_alone, present_among_others, refuse_present
from readout.storage.soundness import LIMIT_S, damage_of


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
        with mending_lock(data_dir, url) as held, present_alone(url, held):
            yield


@contextmanager
def shared_lock(url: str) -> Iterator[None]:
    """Work on the database at `url`, on a server, beside others that do so by the same lock, and beside none that holds
    it alone: AlreadyRunning, naming process, host and time. What each of them does alone it has a lease for.
    """
    with present_among_others(url):
        yield


@contextmanager
def mending_lock(data_dir: Path, url: str, *, replaces: bool = False) -> Iterator[Held]:
    """As `data_lock`, for what changes the shape of the database, or `replaces` it whatever is wrong with it."""
    with hold_folder(data_dir), _alone(url, replaces=replaces) as held:
        yield held


@contextmanager
def copying_lock(data_dir: Path, origin: str, target: str) -> Iterator[None]:
    """As `data_lock`, for what reads the database at `origin` and writes the one at `target`."""
    with hold_folder(data_dir), _alone(origin), _alone(target):
        yield


@contextmanager
def _alone(url: str, *, replaces: bool = False) -> Iterator[Held]:
    home = home_of(url)
    if home.file is None:
        with hold_server(home):
            refuse_present(url)
            yield Held(left="", is_certain=False)  # of another machine nobody knows whether its process is dead
        return
    file = home.file
    if file.is_dir():
        raise StorageError(f"{file} is a folder: name a file for the database")
    if not replaces:
        sqlite.refuse_foreign_file(file)
        sqlite.refuse_second_name(file)
    with hold_database(file) as held:
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
