"""The lock on a data folder: one running Readout a folder. It must not outlive the process that took it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from readout.error import AlreadyRunning, StorageError


@contextmanager
def data_lock(data_dir: Path) -> Iterator[None]:
    """Hold `data_dir` alone while inside. Raises AlreadyRunning, naming its process id, when another one does.

    The operating system lets go when the process ends, however it ends, so a lock is never stale.
    """
    path = data_dir / "readout.lock"
    with _opened(path) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"{data_dir} is in use by {_holder(path)}") from None
        _write_holder(stream.fileno())
        yield


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="ascii")
    except OSError as error:
        reason = f"{path.parent} cannot hold data: {error.strerror}; name another data_dir, or see to its permissions"
        raise StorageError(reason) from error


def _holder(path: Path) -> str:
    pid = path.read_text(encoding="ascii", errors="replace").strip()
    return f"another Readout (process {pid})" if pid.isdigit() else "another Readout"


def _write_holder(fileno: int) -> None:
    os.ftruncate(fileno, 0)
    os.write(fileno, f"{os.getpid()}\n".encode("ascii"))
