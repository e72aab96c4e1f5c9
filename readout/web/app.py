"""The web page put together: its pages, its answer where there is none, and who stands before them.

It must not have a path that nobody wrote a page for: no docs, no redirects, no files.
"""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp

from readout import __version__
from readout.error import QueryError, StorageError
from readout.web.api import ledger as api_ledger
from readout.web.api import meetings as api_meetings
from readout.web.api import openapi
from readout.web.api import registry as api_registry
from readout.web.api import search as api_search
from readout.web.door import Door, hosts_of
from readout.web.gate import Gate
from readout.web.pages import (
    access,
    bodies,
    calendar,
    evidence,
    login,
    meeting,
    meetings,
    outbox,
    people,
    report,
    review,
    ruling,
    search,
    source,
    sources,
    stop,
    style,
    versions,
    watch_form,
    watches,
    why,
)
from readout.web.pages.login import Attempts
from readout.web.programs import export, feed, health, metrics
from readout.web.refusal import refused
from readout.web.site import Site

_ROOMS = (
    *(stop, style, login, meetings, access),
    *(meeting, evidence, report, versions, ruling, review),
    *(calendar, bodies, people, search),
    *(sources, source, why, watch_form, watches, outbox),
    *(feed, export, metrics, health, openapi),
    *(api_meetings, api_registry, api_ledger, api_search),
)
"""The modules of pages: what each serves is its `router`."""

_OF_STATUS = {404: "nothing", 503: "later"}
"""What else is said where there is no page, by the status."""

log = structlog.get_logger(__name__)


def web_app(site: Site) -> ASGIApp:
    """Every page over `site`, for the hosts that its configuration names."""
    return Door(Gate(pages(site), site), hosts_of(site.config))


def pages(site: Site) -> FastAPI:
    """Every page, with nobody before it."""
    app = FastAPI(
        title="Readout", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.site = site
    app.state.attempts = Attempts()
    for room in _ROOMS:
        app.include_router(room.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(QueryError, _not_asked)
    app.add_exception_handler(StorageError, _not_now)
    app.add_exception_handler(Exception, _broken)
    return app


def routes() -> Iterator[APIRoute]:
    """Every page and everything that may be sent, as the rooms have them."""
    for room in _ROOMS:
        yield from (route for route in room.router.routes if isinstance(route, APIRoute))


def _refused(request: Request, error: Exception) -> Response:
    """`detail` names a sentence where we gave one; where the framework did, it only repeats the status."""
    assert isinstance(error, HTTPException)
    sentence = "stale" if error.detail == "stale" else _OF_STATUS.get(error.status_code)
    response = refused(request.url.path, error.status_code, sentence, headers=error.headers)
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: Request) -> set[str]:
    """How what is at the request's path may be asked."""
    there = (route for route in routes() if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in there for method in route.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods


def _misread(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    said = (f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors())
    return refused(request.url.path, 400, "query", said=tuple(said))


def _not_asked(request: Request, error: Exception) -> Response:
    return refused(request.url.path, 400, "query", said=tuple(str(error).split("\n")))


def _not_now(request: Request, error: Exception) -> Response:
    log.error("page_failed", reason=str(error))
    return refused(request.url.path, 503, "later")


def _broken(request: Request, _error: Exception) -> Response:
    return refused(request.url.path, 500, "later")
