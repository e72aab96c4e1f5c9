"""What the JSON interface offers, as OpenAPI has it.

It must not describe pages.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from readout.web.site import Served

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request, site: Served) -> JSONResponse:
    """The document."""
    document = request.app.openapi()
    return JSONResponse(document | {"servers": [{"url": site.root(request.headers) or "/"}]})
