"""The operating system's locks on a data folder and on a database: one process at a time, and who it was.

It must not outlive its process, nor look into what it locks.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from readout.error import AlreadyRunning, StorageError
from readout.storage.sqlite import beside, length_of

_WITHOUT_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)  # some network file systems
_LONGEST = 500
_OF_BYTES = re.compile(r", of (\d{1,18}) bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lock that is held. `left`: what the last holder wrote into it, where it did not come to its end; else empty.

    Not `is_certain` where the file system knows no locks: then others may hold it too.
    """

    left: str
    is_certain: bool

    @property
    def bytes_left(self) -> int:
        """How long the database was when that holder began; 0 where that is unknown."""
        found = _OF_BYTES.search(self.left)
        return int(found[1]) if found else 0


@contextmanager
def hold_folder(data_dir: Path) -> Iterator[None]:
    """Hold `data_dir` alone while inside. Raises AlreadyRunning, naming process, host and time, when another one does.

    The operating system lets go when the process ends, however it ends, so a lock is never stale.
    """
    with _locked(data_dir / "readout.lock", data_dir):
        yield


@contextmanager
def hold_database(file: Path) -> Iterator[Held]:
    """Hold the database `file` alone while inside, in whatever data folder one is; as `hold_folder`.

    Until the end its lock says who works on it: what a dead process left there stays until one ends well.
    """

    def note(left: str) -> str:
        size = _OF_BYTES.search(left) if length_of(file) == 0 else None
        return f", of {size[1] if size else length_of(file)} bytes"

    with _locked(beside(file, "-lock"), file, note) as held:
        yield held


@contextmanager
def _locked(path: Path, what: Path, note: Callable[[str], str] = lambda _: "") -> Iterator[Held]:
    with _opened(path) as stream:
        is_certain = _lock(stream, path, what)
        left = path.read_text(encoding="utf-8", errors="replace")[:_LONGEST].strip()
        _write(stream.fileno(), f"{_this_holder()}{note(left)}\n", path)
        is_clean = True
        try:
            yield Held(left=left, is_certain=is_certain)
        except StorageError:
            is_clean = False  # what is written in the lock stays: whoever comes next looks whether the file is sound
            raise
        finally:
            if is_clean:
                os.ftruncate(stream.fileno(), 0)


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        reason = f"{path.parent} cannot hold data: {error.strerror}; name another data_dir, or see to its permissions"
        raise StorageError(reason) from error


def _lock(stream: TextIO, path: Path, what: Path) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = path.read_text(encoding="utf-8", errors="replace")[:_LONGEST].strip().partition(",")[0]
        raise AlreadyRunning(f"{what} is in use by another Readout{f' ({holder})' if holder else ''}") from None
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise StorageError(f"{path} cannot be locked: {error.strerror}") from error
        return False
    return True


def _write(fileno: int, text: str, path: Path) -> None:
    try:
        os.ftruncate(fileno, 0)
        os.write(fileno, text.encode("utf-8", "replace"))
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}: make room, nothing was changed") from error


def _this_holder() -> str:
    now = datetime.now(UTC)
    return f"process {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M} UTC"
