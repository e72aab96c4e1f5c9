"""Whether this process can answer and read its data, for whoever restarts it if not.

It must not tell anything else: anybody may ask.
"""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse

from readout.error import StorageError
from readout.web.site import Served

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz(site: Served) -> PlainTextResponse:
    """200, or 503."""
    try:
        with site.database.read() as connection:
            connection.execute(text("SELECT 1 FROM meeting LIMIT 1")).all()
    except (StorageError, SQLAlchemyError):
        return PlainTextResponse("unavailable\n", 503)
    return PlainTextResponse("ok\n")
