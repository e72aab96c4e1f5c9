"""A page as HTML: templates, and the style sheets beside them.

It must not look anything up, and nothing it is given becomes markup.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from importlib import resources

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from readout.web.words import ENGLISH, languages, words_in

_TEMPLATES = resources.files(__package__) / "templates"


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page of that template."""
    html = _templates().get_template(f"{template}.html.j2").render(values)
    return HTMLResponse(html, status)


def plain_page(template: str, *, language: str = ENGLISH, status: int = 200, **values: object) -> HTMLResponse:
    """The page of that template, which needs nothing else of ours: its style sheet is inside."""
    return page(template, status=status, language=language, t=words_in(language), style=_style("plain"), **values)


def refusal(status: int, sentence: str | None, *, said: tuple[str, ...] = ()) -> HTMLResponse:
    """A page for a reader of whom we know nothing: that sentence of `fault` in every language that we speak."""
    lines = [(language, words_in(language)(f"fault.{sentence}")) for language in languages()] if sentence else []
    phrase = HTTPStatus(status).phrase
    return plain_page("fault", status=status, title=f"{status} {phrase}", lines=lines, said=said)


@cache
def sheet() -> tuple[str, bytes]:
    """The name of the pages' style sheet, another for other content, and its bytes."""
    style = _style("site").encode()
    return f"{hashlib.sha256(style).hexdigest()[:16]}.css", style


@cache
def style_hash() -> str:
    """What a Content-Security-Policy calls the style sheet of plain pages by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_style("plain").encode()).digest()).decode()


@cache
def _style(name: str) -> Markup:
    return Markup((_TEMPLATES / f"{name}.css").read_text("utf-8"))  # noqa: S704  (our own)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("readout.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
