"""All that is known of one URL, from where its link was found to the alerts it led to: why it is where it is.

It must not decide or change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from readout.articles.edition import Revision, history
from readout.articles.urls import canonical_url
from readout.model import Alert, CanonicalUrl, Judgement, Report, Source, SourceId
from readout.site_rules import UrlRules
from readout.storage import alerts, articles, links, reports
from readout.storage.articles import StoredArticle
from readout.storage.links import StoredLink, Visit

_NO_RULES = UrlRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedReport:
    """One meeting that an article tells of: the meeting it stands under, who judged so and why, and who was told.

    `is_standing` False: a former version told of it, the standing one does not.
    """

    report_id: int
    report: Report
    is_standing: bool
    meeting_id: int | None
    judgements: tuple[Judgement, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedArticle:
    """What was read from the URL, its versions, what it was found to copy, and the meetings it tells of, the main one
    first."""

    stored: StoredArticle
    revisions: tuple[Revision, ...]
    original: StoredArticle | None
    reports: tuple[TracedReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The trace of a URL. `link` None: it was never found, only imported. More articles than one: several imported.

    `main`: the link of the article that this URL is another address of.
    """

    url: str
    link: StoredLink | None
    main: StoredLink | None
    visits: tuple[Visit, ...]
    articles: tuple[TracedArticle, ...]


def rules_for(sources: Mapping[SourceId, Source], url: str) -> UrlRules:
    """The rules of addresses of the source whose article `url` may be; none where it is no source's."""
    return next((source.url_rules for source in sources.values() if source.owns(url)), _NO_RULES)


def why(connection: Connection, url: str, rules: UrlRules = _NO_RULES) -> Trace | None:
    """The trace of `url`, however it is spelled; None when it was never seen. `rules` are those of its source."""
    link = links.link_by_url(connection, url, rules)
    main = links.link_by_id(connection, link.same_as) if link and link.same_as else None
    read_from = main or link
    read = [article for article in [read_from and articles.article_of_link(connection, read_from.id)] if article]
    known = {article.id: article for article in (*read, *_imported(connection, url))}
    if link is None and not known:
        return None
    return Trace(
        url=url,
        link=link,
        main=main,
        visits=tuple(links.visits(connection, link.id)) if link else (),
        articles=tuple(_article(connection, article) for article in known.values()),
    )


def _imported(connection: Connection, url: str) -> Iterable[StoredArticle]:
    """Articles that bear the URL as given or in its one spelling, whatever its scheme."""
    try:
        spelled = canonical_url(url)
    except ValueError:
        spelled = CanonicalUrl(url)
    spellings = dict.fromkeys((url, spelled, spelled.replace("https:", "http:", 1)))
    for spelling in spellings:
        yield from articles.articles_by_url(connection, spelling)


def _article(connection: Connection, stored: StoredArticle) -> TracedArticle:
    original = stored.duplicate_of and articles.article_by_id(connection, stored.duplicate_of)
    told = reports.reports_of(connection, stored.id)
    version_of = {each.report_id: each.version for each in reports.retellings(connection, stored.id)}
    return TracedArticle(
        stored=stored,
        revisions=tuple(history(articles.editions_of(connection, stored))),
        original=original or None,
        reports=tuple(
            _report(connection, report_id, report, is_standing=version_of[report_id] == stored.version)
            for report_id, report in told
        ),
    )


def _report(connection: Connection, report_id: int, report: Report, *, is_standing: bool) -> TracedReport:
    meeting_id = reports.meeting_of(connection, report_id)
    owed = alerts.list_alerts(connection, meeting_id=meeting_id) if meeting_id else []
    return TracedReport(
        report_id=report_id,
        report=report,
        is_standing=is_standing,
        meeting_id=meeting_id,
        judgements=tuple(reports.judgements_of(connection, report_id)),
        alerts=tuple(owed),
    )
