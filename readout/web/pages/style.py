"""The pages' style sheet, under a name that changes with it.

It must not serve anything else.
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from readout.web.page import sheet

router = APIRouter(include_in_schema=False)


@router.get("/style/{name}")
def style(name: str) -> Response:
    """The style sheet, to keep for ever."""
    known, content = sheet()
    if name != known:
        raise HTTPException(404)
    return Response(content, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})
