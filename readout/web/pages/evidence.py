"""The evidence pack of a meeting, for whoever wants to check it without us.

It must not fill the disk, nor keep the pages waiting: what is too large for a page is had by a command, and few packs
are made and fetched at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Annotated

import anyio
import structlog
from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from readout.archive.shelf import Archive
from readout.exports.evidence.pack import Evidence, gather
from readout.exports.evidence.zipped import write_pack
from readout.web.asking import stored_id
from readout.web.page import refusal
from readout.web.view import Viewed

LARGEST_PACK = 256 * 1024 * 1024

_MOST_AT_ONCE = 3
_LONGEST_S = 3600
_slots = BoundedSemaphore(_MOST_AT_ONCE)

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


def _desk() -> Iterator[Path]:
    """A folder that goes when the answer has left. Raises HTTPException where there is none free."""
    if not _slots.acquire(blocking=False):
        raise HTTPException(503, headers={"Retry-After": "60"})
    try:
        with TemporaryDirectory(prefix="readout-evidence-") as folder:
            yield Path(folder)
    finally:
        _slots.release()


class Fetched(FileResponse):
    """A file that nobody takes longer to fetch than an hour."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One answer, as ASGI has it."""
        with anyio.move_on_after(_LONGEST_S) as time:
            await super().__call__(scope, receive, send)
        if time.cancelled_caught:
            log.warning("evidence_cut_off", path=scope["path"], after_s=_LONGEST_S)


@router.get("/meetings/{number}/evidence.zip")
def evidence(view: Viewed, number: str, desk: Annotated[Path, Depends(_desk)]) -> Response:
    """The pack of the meeting of that number; of one that went into another, that other's."""
    wanted = stored_id(number, prefix="M")
    with view.site.database.read() as connection:
        found = wanted and gather(connection, wanted)
    if not found:
        raise HTTPException(404)
    meeting_id = found.dossier.meeting.id
    if _size(found) > LARGEST_PACK:
        return refusal(413, "large", said=(f"readout evidence M{meeting_id} FILE.zip",))
    file = desk / f"meeting-{meeting_id}.zip"
    write_pack(found, Archive(view.site.config.archive_dir), file, now=view.site.now())
    return Fetched(file, media_type="application/zip", filename=file.name)


def _size(found: Evidence) -> int:
    """How much it takes, about: the pages as they lie in the archive, and the texts."""
    deposits = (version.proof.deposit for version in found.versions if version.proof)
    return sum(each.size for each in deposits if each) + sum(len(version.edition.text) for version in found.versions)
