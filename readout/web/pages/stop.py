"""The page by which a reader stops alerts, at one click of a mail program (RFC 8058) or of a button.

It must not change anything when it is merely looked at: scanners of mail follow every link.
"""

from __future__ import annotations

import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.model import Watch
from readout.recipient import shown_recipient
from readout.stop import Stop, read_token
from readout.storage.watches import get_watch, list_watches, remove_recipient
from readout.web.form import read_body
from readout.web.page import plain_page
from readout.web.site import Served, Site
from readout.web.words import words_in

LARGEST_BODY = 1024
# The one thing that is asked for, as a form encodes it, and as one of several parts.
_ONE_CLICK = re.compile(
    rb"(?:^|&)List-Unsubscribe=One-Click(?:&|\s*$)"
    rb'|;\s*name="?List-Unsubscribe"?\s*\r?\n(?:[^\r\n]+\r?\n)*\r?\nOne-Click\s*\r?\n--',
    re.IGNORECASE,
)

router = APIRouter()
log = structlog.get_logger(__name__)


async def _body(request: Request) -> bytes:
    return await read_body(request, LARGEST_BODY)


@router.get("/stop/{token}", include_in_schema=False)
def ask(token: str, site: Served) -> HTMLResponse:
    """Whether the alerts are to be stopped."""
    stop = _proven(token, site)
    with site.database.read() as connection:
        watch, reader = _asked_for(connection, stop, site.stop_key)
    return _answer(watch, reader, "ask")


@router.post("/stop/{token}", include_in_schema=False)
def stop(token: str, site: Served, body: Annotated[bytes, Depends(_body)]) -> HTMLResponse:
    """The alerts are stopped, and what is owed of them is owed no more; the same again changes nothing."""
    wish = _proven(token, site)
    if not _ONE_CLICK.search(body):
        raise HTTPException(400)
    with site.database.write() as connection:
        watch, reader = _asked_for(connection, wish, site.stop_key)
        if reader is not None:
            remove_recipient(connection, watch.id, reader, site.now())
            log.info("reader_stopped", watch=watch.id)
    return _answer(watch, reader, "stopped")


def _proven(token: str, site: Site) -> Stop:
    stop = read_token(token, site.stop_key)
    if stop is None:
        raise HTTPException(404)
    return stop


def _asked_for(connection: Connection, stop: Stop, key: bytes) -> tuple[Watch, str | None]:
    """The watch that is to be stopped, and for whom: nobody, where it does not tell them any more."""
    live = next((watch for watch in list_watches(connection) if watch.id == stop.watch_id), None)
    if live is not None:
        return live, next((reader for reader in live.recipients if stop.is_of(reader, key)), None)
    watch = get_watch(connection, stop.watch_id)
    if watch is None:
        raise HTTPException(404)
    return watch, None


def _answer(watch: Watch, reader: str | None, saying: str) -> HTMLResponse:
    words = words_in(watch.delivery.language)
    said = words(f"stop.{'already' if reader is None else saying}", watch=watch.name, reader=masked(reader or ""))
    return plain_page("stop", language=words.code, said=said, asks=reader is not None and saying == "ask")


def masked(recipient: str) -> str:
    """A recipient as its owner knows it again, and others do not learn it: ``r***@example.org``."""
    name, at, domain = recipient.rpartition("@")
    return f"{name[:1]}***@{domain}" if at and "://" not in recipient else shown_recipient(recipient)
