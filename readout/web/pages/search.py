"""The page that searches: meetings by what they are called, articles by their words, each hit marked.

It must not decide what a question means: `readout.watches.wanted` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.catalog import load_body_names
from readout.channels.mail.clean import safe_link
from readout.storage.meetings import meetings_by_id
from readout.storage.search import (
    Found,
    Sheet,
    Told,
    articles_with,
    meetings_of_bodies,
    meetings_titled,
    meetings_told,
)
from readout.watches.stem import words_of
from readout.watches.wanted import LONGEST_QUESTION, Finder, Pieces, Question, marked, matcher, question, snippet
from readout.web.mark import place_in, place_text
from readout.web.pages.meetings import Row, row_of
from readout.web.view import View, Viewed
from readout.web.words import languages

A_PAGE = 20
_WIDTH = 260
_MOST_MEETINGS = 10
_MOST_OF_A_BODY = 4
_MOST_BODIES = 5

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article in a list: its title and a piece of its text with the hits set apart, who, when, what meetings."""

    link: str | None
    title: Pieces
    snippet: Pieces
    about: tuple[str, ...]
    meetings: tuple[tuple[str, str], ...]


@router.get("/search")
def search(view: Viewed, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "", after: str = "") -> HTMLResponse:
    """The meetings and articles that hold what `q` asks for, a page of articles behind `after`."""
    asked = question(q)
    behind = place_in(after)
    with view.site.database.read() as connection:
        sheet = articles_with(connection, asked, after=behind, most=A_PAGE)
        items = _items(connection, sheet, asked, view)
        rows = () if behind else _meetings(connection, asked, view)
    return view.page(
        "search",
        title=view.words("search.title"),
        q=q,
        longest=LONGEST_QUESTION,
        asked=asked,
        items=items,
        rows=rows,
        later=view.url("/search", q=q, after=place_text(sheet.found[-1].place)) if sheet.more else None,
    )


def _items(connection: Connection, sheet: Sheet, asked: Question, view: View) -> list[Item]:
    told = meetings_told(connection, [found.place.article_id for found in sheet.found])
    finder = Finder.of(asked)
    return [_item(found, told.get(found.place.article_id, ()), finder, view) for found in sheet.found]


def _item(found: Found, told: Sequence[Told], finder: Finder, view: View) -> Item:
    say = view.saying
    title = found.title or ""
    day = found.place.day
    about = (
        say.publisher(found.source_id, found.url),
        say.words.day(day) if day else "",
        say.language(found.language) if found.language else "",
    )
    return Item(
        link=safe_link(found.url),
        title=marked(title, list(finder.hits(title, found.language))) or ((view.words("search.untitled"), False),),
        snippet=snippet(found.text, finder, found.language, width=_WIDTH),
        about=tuple(part for part in about if part),
        meetings=tuple((view.url(f"/meetings/{each.meeting_id}"), _called(each, view)) for each in told),
    )


def _called(told: Told, view: View) -> str:
    """ "Council of …: 55th session, held – 4 Oct 2024"."""
    say = view.saying
    body = told.report.body
    named = (say.body(body.value) if body else None, say.subheading(told.report), say.days(told.report))
    return " · ".join(part for part in named if part)


# --- meetings by what they are called -------------------------------------------------------------------------------


def _meetings(connection: Connection, asked: Question, view: View) -> tuple[Row, ...]:
    """The newest of the meetings whose body has such a name, or of which an article with such a title tells."""
    if asked.is_empty:
        return ()
    by_title = meetings_titled(connection, asked, most=_MOST_MEETINGS)
    by_body = meetings_of_bodies(connection, _bodies(asked), most=_MOST_OF_A_BODY)
    chosen = list(dict.fromkeys((*by_body, *by_title)))[:_MOST_MEETINGS]
    known = meetings_by_id(connection, chosen)
    return tuple(row_of(known[number], view) for number in chosen if number in known)


def _bodies(asked: Question) -> list[str]:
    """The bodies one of whose names holds what is asked."""
    holds = matcher(asked)
    return list(dict.fromkeys(body for body, words in _named() if holds(words)))[:_MOST_BODIES]


@cache
def _named() -> tuple[tuple[str, str], ...]:
    """Every name of every body in every language that we speak, as an index keeps words."""
    called = ((language, load_body_names(language)) for language in languages())
    return tuple((body, words_of(name, language)) for language, names in called for body, name in names.items())
