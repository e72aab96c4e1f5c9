"""The files that keep raw pages: appended to, never changed, each record whole or not there.

It must not decide which page is worth keeping, nor take any part of a page into a file's name.
"""

from __future__ import annotations

import fcntl
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO
from uuid import uuid4

import structlog

from readout.archive.limits import LARGEST_DEPOSIT
from readout.archive.record import info_record, page_records
from readout.model import Page
from readout.placing import sync

log = structlog.get_logger("readout.archive")

MOST_BYTES = 256 * 1024 * 1024
"""Of a file; the next record begins another."""

_OPEN = ".open"
_NAME = re.compile(r"readout-\d{8}-[0-9a-f]{8}-\d{4,}\.warc\.gz")
_PIECE = 64 * 1024
_ABOUT = "bodies are kept with Content-Encoding and Transfer-Encoding taken off; WARC-Payload-Digest is of that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Where a page's records lie: a file of the archive, and from which byte how many."""

    file: str
    offset: int
    size: int


class Archive:
    """The archive in `folder`, which the first page makes. A file is named by its day and a process alone writes it.

    While it is written it ends in ``.open``; what a process that died has left so is cut after its last whole record
    and closed when the next one begins to write.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._token = token_hex(4)
        self._number = 0
        self._turn = Lock()
        self._file: BinaryIO | None = None
        self._name = ""
        self._day: date | None = None
        self._is_healed = False

    def add(self, page: Page, *, now: datetime) -> Deposit:
        """Keep a page: when this returns, its records are on the disk. Raises OSError, and leaves none of it then."""
        records = page_records(page)
        with self._turn:
            if not self._is_healed:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                heal(self._folder)
                self._is_healed = True
            file = self._file_for(len(records), now)
            return Deposit(file=self._name, offset=self._append(file, records), size=len(records))

    def records(self, deposit: Deposit) -> bytes | None:
        """What lies there, or None where the file is missing or too short."""
        if not _NAME.fullmatch(deposit.file) or not 0 < deposit.size <= LARGEST_DEPOSIT or deposit.offset < 0:
            return None
        for name in (deposit.file, deposit.file + _OPEN, deposit.file):  # it may be closed while we look
            with suppress(FileNotFoundError, NotADirectoryError), (self._folder / name).open("rb") as file:
                file.seek(deposit.offset)
                found = file.read(deposit.size)
                return found if len(found) == deposit.size else None
        return None

    def close(self) -> None:
        """Close the file that is being written, if any."""
        with self._turn:
            self._close()

    def _file_for(self, size: int, now: datetime) -> BinaryIO:
        """The file to write to: of this day, with room for `size` bytes."""
        if self._file is not None and (self._day != _day(now) or self._file.tell() + size > self._most_bytes):
            self._close()
        return self._file or self._begin(now)

    def _begin(self, now: datetime) -> BinaryIO:
        self._number += 1
        self._day = _day(now)
        self._name = f"readout-{self._day:%Y%m%d}-{self._token}-{self._number:04}.warc.gz"
        path = self._folder / (self._name + _OPEN)
        with _alone(self._folder):  # nobody must heal it before it is locked
            self._file = open(path, "xb", buffering=0, opener=_private)  # noqa: SIM115  open until it is full
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        info = info_record({"description": _ABOUT}, filename=self._name, made_at=now, id_=uuid4())
        self._append(self._file, info)
        sync(self._folder)
        return self._file

    def _append(self, file: BinaryIO, records: bytes) -> int:
        """Write `records` at the end, for good; where they begin."""
        start = file.tell()
        try:
            rest = memoryview(records)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            self._undo(file, start)
            raise
        return start

    def _undo(self, file: BinaryIO, start: int) -> None:
        """Take back what was begun, and this file with it: the next page begins another."""
        self._file = None
        with suppress(OSError), file:
            file.truncate(start)
            file.seek(start)
            _shut(file, self._folder / self._name, whole=start)

    def _close(self) -> None:
        if self._file is not None:
            with self._file as file:
                self._file = None
                _shut(file, self._folder / self._name, whole=file.tell())


def heal(folder: Path) -> None:
    """Cut every file that a dead process has left open after its last whole record, and close it."""
    with _alone(folder):
        for path in sorted(folder.glob(f"readout-*{_OPEN}")):
            if _NAME.fullmatch(path.name.removesuffix(_OPEN)):
                with suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _heal(file, path.with_name(path.name.removesuffix(_OPEN)))


def _heal(file: BinaryIO, path: Path) -> None:
    whole = _whole_until(file)
    size = file.seek(0, os.SEEK_END)
    if whole < size:
        log.warning("archive_healed", file=path.name, cut=size - whole)
        file.truncate(whole)
    _shut(file, path, whole=whole)


def _shut(file: BinaryIO, path: Path, *, whole: int) -> None:
    """Give the file its lasting name; one without a record is taken away."""
    os.fsync(file.fileno())
    opened = path.with_name(path.name + _OPEN)
    if whole:
        opened.rename(path)
    else:
        opened.unlink()
    sync(path.parent)


def _whole_until(file: BinaryIO) -> int:
    """Where the last whole gzip member ends."""
    whole = 0
    file.seek(0)
    with suppress(zlib.error):
        for end in _member_ends(file):
            whole = end
    return whole


def _member_ends(file: BinaryIO) -> Iterator[int]:
    """Where each member ends, as long as they are whole. Raises zlib.error at what is none."""
    unpack, data = zlib.decompressobj(wbits=31), file.read(_PIECE)
    while data or not unpack.eof:
        made = unpack.decompress(data, _PIECE)
        if unpack.eof:
            data = unpack.unused_data
            yield file.tell() - len(data)
            unpack = zlib.decompressobj(wbits=31)
        else:
            data = unpack.unconsumed_tail
        if not data and len(made) < _PIECE and not (data := file.read(_PIECE)):
            return


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits until no other process begins or heals a file in `folder`."""
    with open(folder / ".lock", "wb", opener=_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
