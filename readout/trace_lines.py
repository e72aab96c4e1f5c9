"""The trace of a URL as people read it, line by line: on the terminal and on a page.

It must not look anything up, nor make a line safe to show: text of pages stands in it as it was stored.
"""

from __future__ import annotations

from collections.abc import Iterator

from readout.plainly import at, days, place, published, what
from readout.recipient import shown_recipient
from readout.trace import Trace, TracedArticle


def trace_lines(trace: Trace) -> Iterator[str]:
    """A trace as people read it."""
    yield trace.url
    if link := trace.link:
        yield f"found {at(link.first_seen)} in {link.found_in} (source {link.source_id})"
        for visit in trace.visits:
            yield f"visited {at(visit.at)}: {visit.outcome.kind}: {visit.outcome.reason}"
        fate = f"{link.outcome.kind}: {link.outcome.reason}" if link.outcome else "pending: not fetched yet"
        yield f"outcome: {fate}"
        if trace.main:
            yield f"another address of {trace.main.url}"
        if link.next_visit:
            yield f"next visit {at(link.next_visit)}"
    for article in trace.articles:
        yield from _article_lines(article)


def _article_lines(traced: TracedArticle) -> Iterator[str]:
    article = traced.stored.article
    yield ""
    yield f"article {traced.stored.key}: {article.title}"
    dated = f"published {published(article)} by {article.published_from}" if article.published else "no date"
    yield f"{article.language}, {dated}, score {traced.stored.score:.2f}"
    for name, weight in traced.stored.signals:
        yield f"  {weight:+.2f} {name}"
    if traced.stored.gone_at:
        yield f"its page is gone since {at(traced.stored.gone_at)}: what was read from it is kept"
    if traced.stored.shed_at:
        yield f"its text was let go on {traced.stored.shed_at:%Y-%m-%d}: the page tells of no meeting"
    for revision in traced.revisions if len(traced.revisions) > 1 else ():
        yield f"version {revision.number}, seen {at(revision.seen_at)}: {revision.in_words() or 'the first'}"
    if traced.original:
        yield f"copies {traced.original.key}: {traced.original.article.url}"
    for report in traced.reports:
        tells = "tells" if report.is_standing else "told, in a former version,"
        yield f"{tells} of M{report.meeting_id}: {what(report.report)}, {days(report.report)} {place(report.report)}"
        for judgement in report.judgements:
            yield f"  {judgement.verdict} as M{judgement.meeting_id} ({judgement.by}): {'; '.join(judgement.reasons)}"
        for alert in report.alerts:
            yield f"  alert {alert.id} to {shown_recipient(alert.recipient)}: {alert.state} {alert.answer or ''}"
