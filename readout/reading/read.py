"""One hop from a page, or a row of plain text, to article, reports and fingerprint.

It must not open anything or start processes: knowledge is handed in, and who wants a fence uses the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from readout.articles.body import LONGEST_TEXT
from readout.articles.clean import harmless
from readout.articles.extract import extract
from readout.articles.fingerprint import fingerprint
from readout.articles.language import detect_language
from readout.articles.template import template_of
from readout.articles.timestamp import read_moment
from readout.date_origin import DateOrigin
from readout.finding import Reading, Rejected
from readout.meetings.knowledge import Knowledge
from readout.meetings.recognise import recognise
from readout.model import Article, Link, Page
from readout.site_rules import PageRules

_NO_RULES = PageRules()
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInput:
    """A page handed over as a row: either its plain `text` or its `html`.

    `published` is a date or time as machines write it, ISO 8601 the surest; one less exact (``2024-10``) is none.
    Its day is the one it names in its own zone.
    """

    id: str
    url: str
    title: str | None = None
    published: str | None = None
    text: str | None = None
    html: str | None = None


def read_page(
    page: Page,
    *,
    link: Link,
    zone: str,
    knowledge: Knowledge,
    rules: PageRules = _NO_RULES,
    new_at: datetime | None = None,
) -> Reading | Rejected:
    """All that `page` tells; `zone` is the IANA name of the zone its source writes naive dates in, `rules` are how its
    source's pages are read. `new_at`: when the link was first seen, if it was found as something new."""
    article = extract(page, link=link, zone=ZoneInfo(zone), rules=rules, new_at=new_at)
    if isinstance(article, Rejected):
        return article
    return replace(read_article(article, knowledge, rules.credits), template=template_of(page.body))


def read_row(row: RowInput, knowledge: Knowledge, *, now: datetime = _END_OF_TIME) -> Reading | Rejected:
    """All that `row` tells. Text is taken as it stands, so that spans of evidence are spans of the row's title and
    text; `html` goes the way of a page fetched at `now`.

    Without `now` no date on the page is too late to be believed.
    """
    article = _article_of_text(row) if row.html is None else _article_of_html(row, row.html, now)
    return article if isinstance(article, Rejected) else read_article(_dated(article, row.published), knowledge)


def _article_of_html(row: RowInput, html: str, now: datetime) -> Article | Rejected:
    page = Page(
        url=row.url,
        final_url=row.url,
        status=200,
        body=html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=now,
    )
    return extract(page, link=Link(url=row.url, title=row.title), zone=UTC)


def read_article(article: Article, knowledge: Knowledge, own: Sequence[str] = ()) -> Reading:
    """All that an article tells; `own` are the words by which its source marks what it reports itself."""
    credit = knowledge.credits.of(article, own)
    return Reading(
        article=article,
        recognition=recognise(article, knowledge),
        fingerprint=fingerprint(article.title, article.text),
        credit=credit.source if credit else None,
    )


def _article_of_text(row: RowInput) -> Article:
    title = harmless(row.title or "").replace("\n", " ")
    text = harmless(row.text or "")[:LONGEST_TEXT]
    language = detect_language(f"{title}\n{text}")
    return Article(url=row.url, title=title if title.strip() else None, text=text, published=None, language=language)


def _dated(article: Article, stated: str | None) -> Article:
    """The article, published when its row states; a row that states nothing leaves it to the page."""
    moment = read_moment(stated, None)
    if moment is None:
        return article
    return replace(
        article,
        published=moment.at,
        published_day=moment.day,
        published_day_only=moment.day_only,
        published_from=DateOrigin.ROW,
    )
