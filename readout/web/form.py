"""What a form sends: read within bounds, and only from a page of ours.

It must not know what is asked for: each page does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request
from starlette.requests import ClientDisconnect

from readout.web.site import Served
from readout.web.visitor import Visiting

_LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 200
_PATIENCE_S = 10
MARK = "mark"
"""The field that proves where a form came from."""


async def read_body(request: Request, most: int) -> bytes:
    """The request's body, if it has at most `most` bytes and comes soon. Raises HTTPException."""
    body = b""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return body


async def _form(request: Request, site: Served, visitor: Visiting) -> Mapping[str, str]:
    fields = parsed_form(await read_body(request, _LARGEST_FORM))
    if not site.keys.is_mark(fields.pop(MARK, ""), visitor):
        raise HTTPException(403, "stale")
    return fields


def parsed_form(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it (``application/x-www-form-urlencoded``), of a field sent twice the last.

    Raises HTTPException for what is no such form.
    """
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return {name: values[-1] for name, values in fields.items()}


Form = Annotated[Mapping[str, str], Depends(_form)]
"""The fields of a form of ours, as a page's argument."""
