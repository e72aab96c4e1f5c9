"""A page as HTML: templates, our words in the reader's language, one style sheet inside.

It must not look anything up, and nothing it is given becomes markup.
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from readout.articles.clean import clean_line

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; in braces is what `fill` puts in."""

    title: str
    ask: str
    button: str
    stopped: str
    already: str
    others: str
    nothing: str
    later: str


def words_in(language: str) -> tuple[str, Words]:
    """The words in that language, else in English, and the language they are in."""
    known = all_words()
    spoken = language if language in known else ENGLISH
    return spoken, known[spoken]


@cache
def all_words() -> Mapping[str, Words]:
    """The words of `words.toml` by language."""
    table = tomllib.loads((resources.files(__package__) / "words.toml").read_text("utf-8"))
    return {language: Words(**words) for language, words in table.items()}


def fill(sentence: str, **names: str) -> Markup:
    """`sentence` with `names` in it, each kept apart from its surroundings whichever way it is written."""
    return Markup(sentence).format(  # noqa: S704  (our own words; `format` escapes what is put in)
        **{key: Markup("<bdi>{}</bdi>").format(clean_line(name)) for key, name in names.items()}
    )


def page(template: str, *, language: str = ENGLISH, status: int = 200, **values: object) -> HTMLResponse:
    """The page of that template."""
    html = _templates().get_template(f"{template}.html.j2").render(values | {"language": language, "style": _style()})
    return HTMLResponse(html, status)


@cache
def style_hash() -> str:
    """What a Content-Security-Policy calls our style sheet by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


@cache
def _style() -> Markup:
    return Markup((resources.files(__package__) / "templates" / "page.css").read_text("utf-8"))  # noqa: S704  (our own)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("readout.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
