"""What the page that searches finds, as JSON.

It must not show anything, nor decide what a question means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from readout.storage.search import Found, Told, articles_with, meetings_told
from readout.watches.wanted import LONGEST_QUESTION, Finder, marked, question, snippet
from readout.web.api.router import api_router
from readout.web.mark import place_in, place_text
from readout.web.site import Served

MOST = 100
_WIDTH = 260

router: APIRouter = api_router("search")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a title or text, and whether they are what was searched for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle:
    """An article that holds what was searched for. `id` is its id in exports, `meetings` the numbers of those that it
    tells of, `day` when it was told; null: nobody knows."""

    id: str
    url: str
    title: str | None
    source: str | None
    language: str | None
    published: datetime | None
    day: date | None
    meetings: Sequence[int]
    title_pieces: Sequence[Piece]
    snippet: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticles:
    """A page of articles, the newest first; `next` is the `after` of the page behind, null where there is none."""

    articles: Sequence[FoundArticle]
    next: str | None


@router.get("/search")
def search_articles(
    site: Served,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION, description='words, "these words", begin*, -word')],
    after: Annotated[str, Query(max_length=50, description="the `next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> FoundArticles:
    """Articles that hold all the words, in whatever form, the newest first."""
    asked = question(q)
    with site.database.read() as connection:
        sheet = articles_with(connection, asked, after=place_in(after), most=limit)
        told = meetings_told(connection, [found.place.article_id for found in sheet.found])
    finder = Finder.of(asked)
    articles = [_article(found, told.get(found.place.article_id, ()), finder) for found in sheet.found]
    return FoundArticles(articles=articles, next=place_text(sheet.found[-1].place) if sheet.more else None)


def _article(found: Found, told: Sequence[Told], finder: Finder) -> FoundArticle:
    title = found.title or ""
    return FoundArticle(
        id=found.key,
        url=found.url,
        title=found.title,
        source=found.source_id,
        language=found.language,
        published=found.published,
        day=found.place.day,
        meetings=[each.meeting_id for each in told],
        title_pieces=[Piece(*piece) for piece in marked(title, list(finder.hits(title, found.language)))],
        snippet=[Piece(*piece) for piece in snippet(found.text, finder, found.language, width=_WIDTH)],
    )
