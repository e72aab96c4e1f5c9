"""The web page put together: its pages, its answer where there is none, and the door around them.

It must not have a path that nobody wrote a page for: no docs, no redirects, no files.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from readout.config import Config
from readout.error import StorageError
from readout.web import stop
from readout.web.door import Door, hosts_of
from readout.web.page import all_words, page
from readout.web.site import Site

log = structlog.get_logger(__name__)


def web_app(site: Site, config: Config) -> ASGIApp:
    """Every page over `site`, for the hosts that `config` names."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.site = site
    app.include_router(stop.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(StorageError, _not_now)
    app.add_exception_handler(Exception, _broken)
    return Door(app, hosts_of(config))


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _fault(HTTPStatus(error.status_code), "nothing" if error.status_code == HTTPStatus.NOT_FOUND else None)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD, POST"
    return response


def _not_now(_request: Request, error: Exception) -> Response:
    log.error("page_failed", reason=str(error))
    return _fault(HTTPStatus.SERVICE_UNAVAILABLE, "later")


def _broken(_request: Request, _error: Exception) -> Response:
    return _fault(HTTPStatus.INTERNAL_SERVER_ERROR, "later")


def _fault(status: HTTPStatus, sentence: str | None) -> Response:
    """A page for a reader of whom we know nothing: in every language that we speak."""
    lines = [(language, getattr(words, sentence)) for language, words in all_words().items()] if sentence else []
    return page("fault", status=status, title=f"{status.value} {status.phrase}", lines=lines)
