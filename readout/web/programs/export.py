"""Everything that is stored as rows, sent as it is read.

It must not hold more than a few rows, nor one reading transaction for ever.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing, suppress
from threading import BoundedSemaphore
from typing import Annotated

import anyio
import structlog
from fastapi import APIRouter, HTTPException, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from readout.exports import Format, Kind, row_parts, rows_of
from readout.naming import vocabulary_of
from readout.storage.database import Database
from readout.watches.query import LONGEST_QUERY, parse
from readout.watching import EVERYTHING
from readout.watching import Query as Asked
from readout.web.door import IS_HEAD
from readout.web.refusal import refused
from readout.web.site import Served

# As long as one is read the log of the database cannot begin anew, and each holds a connection that pages lack.
_MOST_AT_ONCE = 3
_LONGEST_S = 3600
_A_PART = 16 * 1024
_MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
    Format.JSON: "application/json",
}
_slots = BoundedSemaphore(_MOST_AT_ONCE)

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


@router.get("/export/{kind}.{form}")
def export(site: Served, kind: str, form: str, q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "") -> Response:
    """The rows of a kind as `readout export` writes them; `q` chooses meetings."""
    if kind not in list(Kind) or form not in [str(each) for each in _MEDIA_TYPES]:
        raise HTTPException(404)
    query = parse(q, vocabulary_of(site.sources))
    if query != EVERYTHING and not Kind(kind).takes_query:
        return refused("/export/", 400, "query", said=(f"q chooses meetings and attendance; {kind} are all exported",))
    return Streamed(_parts(site.database, Kind(kind), Format(form), query), Format(form), f"{kind}.{form}")


def _parts(database: Database, kind: Kind, form: Format, query: Asked) -> Generator[bytes, None, None]:
    """The text in parts of some size: a row each would take longer to send than to read."""
    waiting, length = [], 0
    with closing(rows_of(database, kind, query)) as rows:
        for part in row_parts(rows, form):
            waiting.append(part)
            length += len(part)
            if length >= _A_PART:
                yield "".join(waiting).encode()
                waiting, length = [], 0
        yield "".join(waiting).encode()


class Streamed(StreamingResponse):
    """Sends what it is given as long as somebody takes it, in the order of asking, so many at once."""

    def __init__(self, parts: Generator[bytes, None, None], form: Format, name: str) -> None:
        headers = {"Content-Type": _MEDIA_TYPES[form], "Content-Disposition": f'attachment; filename="{name}"'}
        self._body = _sent(parts)
        super().__init__(self._body, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One answer, as ASGI has it."""
        if scope.get(IS_HEAD):
            return await _head(self)(scope, receive, send)
        if not _slots.acquire(blocking=False):
            busy = refused(scope["path"], 503, "later", headers={"Retry-After": "60"})
            return await busy(scope, receive, send)
        try:
            async with aclosing(self._body):
                with anyio.fail_after(_LONGEST_S):
                    await super().__call__(scope, receive, send)
        except TimeoutError:
            log.warning("export_cut_off", path=scope["path"], after_s=_LONGEST_S)
        finally:
            _slots.release()


def _head(answer: Response) -> Response:
    """The answer to who asks for its head alone: how long it is nobody knows before it is made."""
    head = Response(headers=dict(answer.headers))
    del head.headers["Content-Length"]
    return head


async def _sent(parts: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    try:
        while (part := await run_in_threadpool(next, parts, None)) is not None:
            yield part
    finally:
        with suppress(ValueError):  # the server ends while a part is being made
            parts.close()
