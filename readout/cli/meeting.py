"""`readout meetings` and `why`: which meetings are known, and what is known of a URL.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.query import TAKES_QUERY, Bodies, Countries, Limit, Since, Sources, Until, Words, query_of
from readout.cli.session import Session, published, session_of, shown
from readout.error import ConfigError
from readout.model import Meeting, Report
from readout.recipient import shown_recipient
from readout.site_rules import UrlRules
from readout.watching import Query

if TYPE_CHECKING:
    from readout.trace import Trace, TracedArticle


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("meetings", context_settings=TAKES_QUERY)(meetings)
    app.command("why")(why)


def meetings(
    context: typer.Context,
    words: Words = None,
    body: Bodies = None,
    country: Countries = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
) -> None:
    """The meetings that were reported, all or those that a QUERY and the options ask for."""
    session = session_of(context)
    query = query_of(context, words, bodies=body, countries=country, sources=source, since=since, until=until)
    if session.as_json:
        session.print_json(list(_rows(session, query, limit)))
        return
    session.print_table(
        ("meeting", "what", "when", "where", "status", "reports"),
        _cells(session, query, limit),
        empty="no meetings: nothing was crawled yet, or nothing fits",
    )


def _found(session: Session, query: Query, limit: int | None) -> Iterator[Meeting]:
    from readout.storage.meetings import list_meetings

    with session.database() as database, database.read() as connection:
        yield from list_meetings(connection, query, limit=limit)


def _rows(session: Session, query: Query, limit: int | None) -> Iterator[dict[str, Any]]:
    from readout.record import meeting_row

    return (meeting_row(meeting) for meeting in _found(session, query, limit))


def _cells(session: Session, query: Query, limit: int | None) -> Iterator[tuple[object, ...]]:
    for meeting in _found(session, query, limit):
        report = meeting.report
        status = report.status.value + (", late" if meeting.late else "")
        yield f"M{meeting.id}", what(report), days(report), place(report), status, _articles(meeting)


def _articles(meeting: Meeting) -> int:
    return len({telling.article_id for telling in meeting.tellings})


def heading(meeting: Meeting) -> str:
    """A meeting in one line: body, number, place, day."""
    report = meeting.report
    return ", ".join(part for part in (what(report), place(report), days(report)) if part)


def what(report: Report) -> str:
    """Body and session number; without a body, the kind of meeting and who took part."""
    from readout.catalog import load_body_names

    number = f", session {report.session_number.value}" if report.session_number else ""
    if report.body:
        body = report.body.value
        return load_body_names().get(body.id or "", body.name) + number
    who = ", ".join(person.value.name for person in report.participants[:2])
    kind = report.kind.value.replace("_", " ")
    return f"{kind}: {who}" if who else kind


def days(report: Report) -> str:
    """First to last day, as far as known."""
    known = [fact.value.isoformat() for fact in (report.start_date, report.end_date) if fact]
    if report.date_partial and not known:
        return f"{report.date_partial.value.replace('/', ' – ')} of an unknown year"
    return " – ".join(dict.fromkeys(known))


def place(report: Report) -> str:
    """City and country, as far as known."""
    return " ".join(fact.value for fact in (report.city, report.country) if fact)


def why(context: typer.Context, url: Annotated[str, typer.Argument()]) -> None:
    """The whole trace of one URL: found, fetched, read, judged, told."""
    from readout.trace import why as trace_of

    session = session_of(context)
    rules = next((source.url_rules for source in session.sources.values() if source.owns(url)), UrlRules())
    with session.database() as database, database.read() as connection:
        trace = trace_of(connection, url, rules)
    if trace is None:
        raise ConfigError([f"{url} was never seen: no source lists it, or it is none of their articles"])
    if session.as_json:
        session.print_json(asdict(trace))
        return
    for line in trace_lines(trace):
        session.console.print(shown(line) if line else "", soft_wrap=True)


def trace_lines(trace: Trace) -> Iterator[str]:
    """A trace as people read it."""
    yield trace.url
    if link := trace.link:
        yield f"found {shown(link.first_seen)} in {link.found_in} (source {link.source_id})"
        for visit in trace.visits:
            yield f"visited {shown(visit.at)}: {visit.outcome.kind}: {visit.outcome.reason}"
        fate = f"{link.outcome.kind}: {link.outcome.reason}" if link.outcome else "pending: not fetched yet"
        yield f"outcome: {fate}"
        if trace.main:
            yield f"another address of {trace.main.url}"
        if link.next_visit:
            yield f"next visit {shown(link.next_visit)}"
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
        yield f"its page is gone since {shown(traced.stored.gone_at)}: what was read from it is kept"
    if traced.stored.shed_at:
        yield f"its text was let go on {traced.stored.shed_at:%Y-%m-%d}: the page tells of no meeting"
    for revision in traced.revisions if len(traced.revisions) > 1 else ():
        yield f"version {revision.number}, seen {shown(revision.seen_at)}: {revision.in_words() or 'the first'}"
    if traced.original:
        yield f"copies {traced.original.key}: {traced.original.article.url}"
    for report in traced.reports:
        tells = "tells" if report.is_standing else "told, in a former version,"
        yield f"{tells} of M{report.meeting_id}: {what(report.report)}, {days(report.report)} {place(report.report)}"
        for judgement in report.judgements:
            yield f"  {judgement.verdict} as M{judgement.meeting_id} ({judgement.by}): {'; '.join(judgement.reasons)}"
        for alert in report.alerts:
            yield f"  alert {alert.id} to {shown_recipient(alert.recipient)}: {alert.state} {alert.answer or ''}"
