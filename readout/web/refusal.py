"""An answer where there is no page: a page to people, a line to programs, JSON where JSON is asked for.

It must not tell more than the sentence it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse, PlainTextResponse, Response

from readout.web.page import refusal
from readout.web.words import ENGLISH, words_in

OF_PROGRAMS = ("/api/", "/feed/", "/export/", "/calendar.ics", "/metrics", "/openapi.json")
"""How the paths begin that programs ask, and may show a key for."""
_OF_JSON = ("/api/", "/openapi.json")


def refused(
    path: str,
    status: int,
    sentence: str | None = None,
    *,
    said: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What is answered at `path` in place of what was asked: that sentence of `fault`, and what else is `said`."""
    answer = _answer(path, status, sentence, said)
    answer.headers.update(headers or {})
    return answer


def _answer(path: str, status: int, sentence: str | None, said: tuple[str, ...]) -> Response:
    if not path.startswith(OF_PROGRAMS):
        return refusal(status, sentence, said=said)
    told = str(words_in(ENGLISH)(f"fault.{sentence}")) if sentence else HTTPStatus(status).phrase
    detail = "\n".join((told, *said))
    if path.startswith(_OF_JSON):
        return JSONResponse({"detail": detail}, status)
    return PlainTextResponse(f"{detail}\n", status)
