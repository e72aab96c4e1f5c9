"""The page of an article's versions: since when it read so, and what was changed, word by word.

It must not weigh an edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import HTMLResponse

from readout.articles.clean import harmless
from readout.articles.edition import Edition
from readout.articles.word_diff import Passage, compare
from readout.channels.mail.clean import safe_link
from readout.channels.mail.saying import line
from readout.storage.articles import StoredArticle, article_by_key, editions_between
from readout.storage.reports import retellings
from readout.web.pages.facts import language_tag
from readout.web.pages.marks import LONGEST_TEXT
from readout.web.view import View, Viewed

_A_PAGE = 50

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version: its number, since when the page read so, and where what it changed is shown."""

    number: int
    since: str
    path: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A version beside the one before. `title` and `text` hold what differs; `is_lost`: a text was let go, and nobody
    can say."""

    number: int
    title: tuple[Passage, ...]
    text: tuple[Passage, ...]
    whole: tuple[str, ...]
    is_lost: bool


Version = Annotated[int, Query(ge=0, le=10**9)]


@router.get("/articles/{key:path}/versions")
def versions(view: Viewed, key: str, version: Version = 0) -> HTMLResponse:
    """The versions of the article of that key up to `version`, and what that one changed; the standing one, if 0."""
    with view.site.database.read() as connection:
        article = article_by_key(connection, key)
        number = article and min(version or article.version, article.version)
        if not (article and number):
            raise HTTPException(404)
        editions = editions_between(connection, article, number - _A_PAGE, number)
        told = [each.report_id for each in retellings(connection, article.id)]
    if not editions:
        raise HTTPException(404)
    return view.page(
        "versions",
        title=line(article.article.title or "") or view.saying.words.label["no_title"],
        here="meetings",
        entries=_entries(editions, article, number, view),
        compared=_compared(editions),
        language=view.words.code,
        spoken=language_tag(article.article.language),
        original=safe_link(article.article.url),
        address=line(article.article.url),
        latest=view.url(f"/articles/{key}/versions") if number < article.version else None,
        earlier=view.url(f"/articles/{key}/versions", version=number - _A_PAGE) if number > _A_PAGE else None,
        reports=[(report_id, view.url(f"/reports/{report_id}")) for report_id in told[:_A_PAGE]],
    )


def _entries(editions: Sequence[Edition], article: StoredArticle, shown: int, view: View) -> tuple[Entry, ...]:
    """The versions, the last first."""
    return tuple(
        Entry(
            each.number,
            view.moment(each.seen_at),
            view.url(f"/articles/{article.key}/versions", version=each.number),
            each.number == shown,
        )
        for each in reversed(editions[-_A_PAGE:])
    )


def _compared(editions: Sequence[Edition]) -> Compared:
    after, text = editions[-1], _shown(editions[-1].text)
    if len(editions) == 1:
        whole = tuple(part for part in text.split("\n") if part.strip())
        return Compared(number=after.number, title=(), text=(), whole=whole, is_lost=after.shed is not None)
    before = editions[-2]
    is_lost = before.shed is not None or after.shed is not None
    return Compared(
        number=after.number,
        title=tuple(compare(line(before.title or ""), line(after.title or ""))),
        text=() if is_lost else tuple(compare(_shown(before.text), text)),
        whole=(),
        is_lost=is_lost,
    )


def _shown(text: str) -> str:
    return harmless(text[:LONGEST_TEXT])
