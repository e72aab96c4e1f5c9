"""The page of one report: the text that it was read from, with the words of every fact marked.

It must not show another text than the one that the evidence counts in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from readout.channels.mail.clean import safe_link
from readout.channels.mail.quote import facts_of
from readout.channels.mail.saying import line
from readout.model import Telling
from readout.storage import reports
from readout.storage.articles import StoredArticle, article_by_key
from readout.storage.reports import StoredReport
from readout.web.asking import stored_id
from readout.web.pages.facts import language_tag, said_value
from readout.web.pages.marks import LONGEST_TEXT, Paragraph, anchor_of, label_of, marked, spans_of
from readout.web.view import View, Viewed

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact that the report states; `anchor`: its words, where the text has them."""

    label: str
    said: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A meeting that the article tells of."""

    path: str
    called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A report as its page shows it. `original` is None for an address that nobody should follow."""

    title: Paragraph
    text: tuple[Paragraph, ...]
    is_cut: bool
    language: str | None
    facts: tuple[Mention, ...]
    outlet: str
    spoken: str
    times: tuple[str, ...]
    original: str | None
    address: str
    versions: str
    version: int
    latest: int
    is_official: bool
    gone: str | None
    shed: bool
    meeting: Beside | None
    others: tuple[Beside, ...]


@router.get("/reports/{number}")
def report(view: Viewed, number: str) -> HTMLResponse:
    """The report of that number."""
    with view.site.database.read() as connection:
        wanted = stored_id(number)
        stored = wanted and reports.report_by_id(connection, wanted)
        article = stored and article_by_key(connection, stored.article_key)
        if not (stored and article):
            raise HTTPException(404)
        shown = _shown(stored, article, _others(connection, stored, article, view), view)
    title = line(stored.title or "") or view.saying.words.label["no_title"]
    return view.page("report", title=title, here="meetings", shown=shown)


def published(telling: Telling, view: View) -> tuple[str, ...]:
    """When it came out: for the reader, and by its source's own clock where that says otherwise."""
    source = view.site.sources.get(telling.source) if telling.source else None
    here = view.saying.published(telling)
    there = view.in_zone(source.timezone).published(telling) if source else here
    return (here,) if there == here else (here, there)


def _shown(stored: StoredReport, article: StoredArticle, others: tuple[Beside, ...], view: View) -> Shown:
    telling, say = _telling(stored, article), view.saying
    text, title = stored.text[:LONGEST_TEXT], line(stored.title or "") or say.words.label["no_title"]
    titles = marked(stored.title or "", spans_of(stored.report, say, stored.title or "", "title"))
    return Shown(
        title=titles[0] if len(titles) == 1 else marked(title, [])[0],
        text=tuple(marked(text, spans_of(stored.report, say, text, "text"))),
        is_cut=len(stored.text) > len(text),
        language=language_tag(article.article.language),
        facts=tuple(_mentions(stored, view)),
        outlet=say.outlet(telling),
        spoken=say.language(article.article.language) if article.article.language else "",
        times=published(telling, view),
        original=safe_link(stored.url),
        address=line(stored.url),
        versions=view.url(f"/articles/{stored.article_key}/versions"),
        version=stored.version,
        latest=article.version,
        is_official=say.is_official(telling),
        gone=view.moment(article.gone_at) if article.gone_at else None,
        shed=article.shed_at is not None,
        meeting=_meeting(stored.meeting_id, view),
        others=others,
    )


def _mentions(stored: StoredReport, view: View) -> Iterator[Mention]:
    anchors = {
        span.anchor
        for whole, where in ((stored.text[:LONGEST_TEXT], "text"), (stored.title or "", "title"))
        for span in spans_of(stored.report, view.saying, whole, where)
    }
    said: dict[tuple[str, str], str | None] = {}
    for field in fields(stored.report):
        for fact in facts_of(stored.report, field.name):
            anchor = anchor_of(stored.report, field.name, fact)
            value = said_value(field.name, fact.value, stored.report, view.saying)
            # a day that is first and last is one to a reader
            said.setdefault((label_of(field.name, view.saying), value), anchor if anchor in anchors else None)
    return (Mention(label, value, anchor) for (label, value), anchor in said.items())


def _others(connection: Connection, stored: StoredReport, article: StoredArticle, view: View) -> tuple[Beside, ...]:
    """The other meetings that the page tells of."""
    beside = set(reports.meetings_beside(connection, article.id, stored.id)) - {stored.meeting_id}
    return tuple(each for each in (_meeting(number, view) for number in sorted(beside)) if each)


def _meeting(number: int | None, view: View) -> Beside | None:
    return Beside(view.url(f"/meetings/{number}"), f"M{number}") if number else None


def _telling(stored: StoredReport, article: StoredArticle) -> Telling:
    page = article.article
    return Telling(
        report_id=stored.id,
        article_id=article.id,
        article_key=stored.article_key,
        url=stored.url,
        title=stored.title,
        text=stored.text,
        published=stored.published,
        first_seen=article.first_seen,
        language=page.language,
        source=stored.source_id,
        report=stored.report,
        published_day=stored.published_day,
        published_day_only=stored.published_day_only,
    )
