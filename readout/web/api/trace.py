"""The trace of a URL as a row.

It must not look anything up.
"""

from __future__ import annotations

from readout.record import Row, published_text
from readout.trace import Trace, TracedArticle, TracedReport


def trace_row(trace: Trace) -> Row:
    """All that is known of it, by the ids of what else can be asked for."""
    return {"url": trace.url, "link": _link_row(trace), "articles": [_article_row(each) for each in trace.articles]}


def _link_row(trace: Trace) -> Row | None:
    link = trace.link
    if link is None:
        return None
    return {
        "url": link.url,
        "source": link.source_id,
        "found_in": link.found_in,
        "first_seen": link.first_seen,
        "outcome": link.outcome and link.outcome.kind,
        "reason": link.outcome and link.outcome.reason,
        "next_visit": link.next_visit,
        "same_as": trace.main and trace.main.url,
        "visits": [
            {"at": visit.at, "outcome": visit.outcome.kind, "reason": visit.outcome.reason} for visit in trace.visits
        ],
    }


def _article_row(traced: TracedArticle) -> Row:
    stored = traced.stored
    return {
        "id": stored.key,
        "title": stored.article.title,
        "language": stored.article.language,
        "published": published_text(stored.article),
        "outcome": stored.outcome,
        "score": stored.score,
        "version": stored.version,
        "duplicate_of": traced.original and traced.original.key,
        "gone_at": stored.gone_at,
        "reports": [_report_row(each) for each in traced.reports],
    }


def _report_row(traced: TracedReport) -> Row:
    return {
        "meeting": traced.meeting_id,
        "is_standing": traced.is_standing,
        "kind": traced.report.kind.value,
        "status": traced.report.status.value,
        "alerts": [alert.id for alert in traced.alerts],
    }
