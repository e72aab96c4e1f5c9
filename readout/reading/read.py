"""One hop from a page, or a row of plain text, to article, reports and fingerprint.

It must not open anything or start processes: knowledge is handed in, and who wants a fence uses the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from readout.articles.clean import clean_line, clean_text
from readout.articles.extract import LONGEST_TEXT, extract
from readout.articles.fingerprint import fingerprint
from readout.articles.language import detect_language
from readout.finding import Reading, Rejected
from readout.meetings.knowledge import Knowledge
from readout.meetings.recognise import recognise
from readout.model import Article, DateOrigin, Link, Page

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInput:
    """A page handed over as a row: either its plain `text` or its `html`.

    `published` is an ISO date or time; anything less exact (``2024-10``) is no date.
    """

    id: str
    url: str
    title: str | None = None
    published: str | None = None
    text: str | None = None
    html: str | None = None


def read_page(page: Page, *, link: Link, zone: str, knowledge: Knowledge) -> Reading | Rejected:
    """All that `page` tells; `zone` is the IANA name of the zone its source writes naive dates in."""
    article = extract(page, link=link, zone=ZoneInfo(zone))
    return article if isinstance(article, Rejected) else _reading(article, knowledge)


def read_row(row: RowInput, knowledge: Knowledge, *, now: datetime = _END_OF_TIME) -> Reading | Rejected:
    """All that `row` tells. Text is taken as it stands; `html` goes the way of a page fetched at `now`.

    Without `now` no date on the page is too late to be believed.
    """
    if row.html is None:
        return _reading(_article_of_text(row), knowledge)
    link = Link(url=row.url, title=row.title, published=_moment(row.published))
    page = Page(
        url=row.url,
        final_url=row.url,
        status=200,
        body=row.html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=now,
    )
    return read_page(page, link=link, zone="UTC", knowledge=knowledge)


def _reading(article: Article, knowledge: Knowledge) -> Reading:
    return Reading(
        article=article,
        recognition=recognise(article, knowledge),
        fingerprint=fingerprint(article.title, article.text),
    )


def _article_of_text(row: RowInput) -> Article:
    title = clean_line(row.title or "") or None
    text = clean_text(row.text or "")[:LONGEST_TEXT]
    published = _moment(row.published)
    return Article(
        url=row.url,
        title=title,
        text=text,
        published=published,
        published_day_only=bool(published and published.time() == time.min),
        published_from=DateOrigin.ROW if published else None,
        language=detect_language(f"{title or ''}\n{text}"),
    )


def _moment(stated: str | None) -> datetime | None:
    """A row's date in UTC: a naive one is taken as UTC, an inexact one is none."""
    try:
        moment = datetime.fromisoformat(stated or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
