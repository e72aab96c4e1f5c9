"""What all of the JSON interface has in common: where it stands, how it answers, and how a page of a list ends.

It must not know what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Security
from fastapi.security import APIKeyQuery, HTTPBearer
from starlette.responses import Response

from readout.exports.jsonl import json_text
from readout.storage.meetings import LARGEST_ID
from readout.watches.query import LONGEST_QUERY
from readout.web.api.shape import Fault

A_PAGE = 50
"""The most that one answer lists."""
# The gate lets in; here it is only said how.
_KEYS = (
    HTTPBearer(auto_error=False, description="The key that the page Access shows."),
    APIKeyQuery(name="key", auto_error=False, description="The same, for programs that can send no header."),
)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Query(max_length=LONGEST_QUERY, description="What is asked for, in the query language.")]
Limit = Annotated[int, Query(ge=1, le=A_PAGE, description="How many at most.")]


def api_router(subject: str) -> APIRouter:
    """Where what is asked about a subject is served."""
    faults: dict[int | str, dict[str, Any]] = {
        "4XX": {"model": Fault, "description": "What was asked cannot be, and why."},
        "5XX": {"model": Fault, "description": "Not now."},
    }
    keys = [Security(key) for key in _KEYS]
    return APIRouter(prefix="/api", tags=[subject], responses=faults, dependencies=keys)


def answer(row: Mapping[str, Any]) -> Response:
    """A row as JSON. It is as its model says already, so that none is asked again whenever it leaves."""
    return Response(json_text(_plain(row)).encode(), media_type="application/json")


def _plain(value: Any) -> Any:
    """`value` with moments and days as ISO 8601 has them."""
    match value:
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case date():
            return value.isoformat()
        case _:
            return value
