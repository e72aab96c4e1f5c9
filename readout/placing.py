"""Files that outlast a power cut, and stand in their place whole or not at all.

It must not write over anything.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

_WORKSHOP = ".readout-copy-"


def sync(path: Path) -> None:
    """Let what `path` holds, a file or the names in a folder, outlast a power cut (fsync(2))."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def place(made: Path, target: Path) -> None:
    """Let what is complete at `made` be there at `target`, on the same disk; `made` may stay as a second name of it.

    Raises FileExistsError, and changes nothing, where something stands at `target`, also if it came there just now.
    """
    sync(made)
    try:
        target.hardlink_to(made)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, as sticks are
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        made.replace(target)
    sync(target.parent)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder in `folder` for what is not complete yet, that nobody else may look into. It goes at the end, and what
    a process that died left there goes with the next one. Raises OSError where none can be made."""
    _sweep(folder)
    made, lock = _locked(folder)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path) -> tuple[Path, int]:
    """A new workshop and the lock that says that somebody works there."""
    while True:
        made = Path(mkdtemp(prefix=_WORKSHOP, dir=folder))
        with suppress(FileNotFoundError):  # another took it for left behind: it was not locked yet
            lock = os.open(made, os.O_RDONLY)
            with suppress(OSError):  # a disk without locks: there nothing is swept, either
                fcntl.flock(lock, fcntl.LOCK_EX)
            if made.exists():
                return made, lock
            os.close(lock)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_WORKSHOP}*"):
        try:  # others may write to the folder: a pipe or a link by such a name is in nobody's way
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue  # somebody works there
        finally:
            os.close(lock)
