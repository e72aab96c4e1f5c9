"""An evidence pack as a zip file: written beside its place and put there whole.

It must not write over anything.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import UUID

from readout.archive.capture import BrokenWarcError, Record, records
from readout.archive.record import info_record, page_hash
from readout.archive.shelf import Archive
from readout.error import ReadoutError
from readout.exports.evidence.pack import PAGES, Evidence, Placed, Version, documents, missing_lines, why_missing
from readout.placing import place, workshop

_SUMS = "SHA256SUMS"
_ANY_DAY = (1980, 1, 1, 0, 0, 0)  # the same meeting, the same bytes
_HEAD_END = b"\r\n\r\n"
_DAMAGED = "the archive holds other bytes than were read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was packed: the SHA-256 of the zip, how many pages are in it, and a line for each that is not."""

    sha256: str
    pages: int
    missing: tuple[str, ...]


def write_pack(evidence: Evidence, archive: Archive, path: Path, *, now: datetime) -> Packed:
    """Write `evidence` to `path`, which must not exist. Raises ReadoutError, and leaves nothing then."""
    if os.path.lexists(path):  # unlike Path.exists, it raises at no name however long
        raise ReadoutError(f"{path} exists: name another file")
    try:
        with _put_whole(path) as file, zipfile.ZipFile(file, "w") as pack:
            placed = _write_all(pack, evidence, archive, now)
        digest = _digest(path)
    except OSError as error:
        raise ReadoutError(f"{path}: {error.strerror or error}") from None
    kept = sum(each.offset is not None for each in placed.values())
    return Packed(sha256=digest, pages=kept, missing=tuple(missing_lines(evidence, placed)))


def _write_all(pack: zipfile.ZipFile, evidence: Evidence, archive: Archive, now: datetime) -> dict[int, Placed]:
    sums: dict[str, str] = {}
    with _entry(pack, PAGES, zipfile.ZIP_STORED) as file:
        digest = hashlib.sha256()
        placed = _write_pages(_both(file.write, digest.update), evidence, archive)
    sums[PAGES] = digest.hexdigest()
    for name, data in documents(evidence, placed, now=now):
        sums[name] = hashlib.sha256(data).hexdigest()
        _write(pack, name, data)
    _write(pack, _SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
    return placed


def _write_pages(write: Callable[[bytes], int], evidence: Evidence, archive: Archive) -> dict[int, Placed]:
    """The records of every page that the archive still holds as it was read, byte for byte, after one that says whose
    they are; where each begins, by the place of its version among all."""
    end = write(_info(evidence))
    placed: dict[int, Placed] = {}
    for at, version in enumerate(evidence.versions):
        found = _found(version, archive)
        if isinstance(found, str):
            placed[at] = Placed(missing=found)
        else:
            placed[at] = Placed(offset=end, size=len(found))
            end += write(found)
    return placed


def _found(version: Version, archive: Archive) -> bytes | str:
    """The records of a version's page, or why they are not to be had."""
    why = why_missing(version)
    if why is not None or version.proof is None or version.proof.deposit is None:
        return why or "nobody knows why"
    deposit = version.proof.deposit
    kept = archive.records(deposit)
    if kept is None:
        return f"the archive has no {deposit.file} any more, or it ends too early"
    try:
        first = next(records(BytesIO(kept)), None)
    except BrokenWarcError:
        return _DAMAGED
    return kept if first and page_hash(_body(first)) == version.proof.page_hash else _DAMAGED


def _body(record: Record) -> bytes:
    return record.block if record.kind == "resource" else record.block.partition(_HEAD_END)[2]


def _info(evidence: Evidence) -> bytes:
    """The same for the same pages."""
    meeting = evidence.dossier.meeting
    named = "".join(version.proof.page_hash for version in evidence.versions if version.proof)
    seed = hashlib.sha256(f"{meeting.id}:{named}".encode()).digest()
    last = max((version.edition.seen_at for version in evidence.versions), default=meeting.first_seen)
    fields = {"isPartOf": f"meeting-{meeting.id}"}
    return info_record(fields, filename=PAGES, made_at=last, id_=UUID(bytes=seed[:16], version=5))


# --- the zip file ---------------------------------------------------------------------------------------------------


@contextmanager
def _put_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that stands at `path` once it is whole, and where nothing stood. Only its owner may read it."""
    with workshop(path.parent) as folder, open(folder / path.name, "wb", opener=_private) as file:
        yield file
        file.flush()
        place(folder / path.name, path)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _write(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    with _entry(pack, name, zipfile.ZIP_DEFLATED) as file:
        file.write(data)


def _entry(pack: zipfile.ZipFile, name: str, packing: int) -> IO[bytes]:
    info = zipfile.ZipInfo(name, _ANY_DAY)
    info.compress_type = packing
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = 0o100644 << 16
    return pack.open(info, "w", force_zip64=packing == zipfile.ZIP_STORED)


def _both(write: Callable[[bytes], int], note: Callable[[bytes], None]) -> Callable[[bytes], int]:
    def both(data: bytes) -> int:
        note(data)
        write(data)
        return len(data)

    return both


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
