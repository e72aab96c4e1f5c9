"""`readout meetings`, `show` and `why`: what is known of a meeting, and of a URL.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.page import fact_rows
from readout.cli.session import LARGEST_NUMBER, Session, published, session_of, shown, stored_number
from readout.error import ConfigError
from readout.model import Meeting, Report, Telling
from readout.record import report_row

if TYPE_CHECKING:
    from readout.storage.meetings import Query
    from readout.trace import Trace, TracedArticle


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("meetings")(meetings)
    app.command("show")(show)
    app.command("why")(why)


def meetings(
    context: typer.Context,
    body: Annotated[list[str] | None, typer.Option(help="Id of a body; may be repeated.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Where it met, e.g. KZ.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Id of a source that told of it.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its first day or later.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day or earlier.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=LARGEST_NUMBER, help="How many.")] = None,
) -> None:
    """The meetings that were reported."""
    from readout.storage.meetings import Query

    query = Query(
        bodies=body or (),
        countries=[code.upper() for code in country or ()],
        sources=source or (),
        since=since and since.date(),
        until=until and until.date(),
        limit=limit,
    )
    session = session_of(context)
    if session.as_json:
        session.print_json(list(_rows(session, query)))
        return
    session.print_table(
        ("meeting", "what", "when", "where", "status", "reports"),
        _cells(session, query),
        empty="no meetings: nothing was crawled yet, or nothing fits",
    )


def _found(session: Session, query: Query) -> Iterator[Meeting]:
    from readout.storage.meetings import list_meetings

    with session.database() as database, database.read() as connection:
        yield from list_meetings(connection, query)


def _rows(session: Session, query: Query) -> Iterator[dict[str, Any]]:
    from readout.exports.rows import meeting_row

    return (meeting_row(meeting) for meeting in _found(session, query))


def _cells(session: Session, query: Query) -> Iterator[tuple[object, ...]]:
    for meeting in _found(session, query):
        report = meeting.report
        status = report.status.value + (", late" if meeting.late else "")
        yield f"M{meeting.id}", what(report), days(report), place(report), status, len(meeting.tellings)


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
    return " – ".join(dict.fromkeys(known))


def place(report: Report) -> str:
    """City and country, as far as known."""
    return " ".join(fact.value for fact in (report.city, report.country) if fact)


def show(context: typer.Context, number: Annotated[str, typer.Argument(metavar="MEETING")]) -> None:
    """One meeting: facts with the words they were read from, and its reports."""
    from readout.exports.rows import meeting_row

    session = session_of(context)
    meeting = _meeting(session, number)
    if session.as_json:
        session.print_json(meeting_row(meeting))
        return
    say = session.console.print
    say(shown(heading(meeting)), style="bold")
    if meeting.perhaps_same_as:
        say("perhaps the same as " + ", ".join(f"M{other}" for other in meeting.perhaps_same_as))
    say()
    session.print_table(("fact", "value", "read from"), fact_rows(report_row(meeting.report)), empty="no facts")
    say()
    session.print_table(("report", "by", "", "published", "title"), map(_telling_cells, meeting.tellings), empty="–")
    for telling in meeting.tellings:
        say(shown(telling.url), soft_wrap=True)


def _telling_cells(telling: Telling) -> tuple[object, ...]:
    copied = f"reprint of {telling.duplicate_of}" if telling.duplicate_of else telling.language
    return telling.article_key, telling.source or "imported", copied, published(telling), telling.title


def _meeting(session: Session, number: str) -> Meeting:
    from readout.storage.meetings import load_meeting

    wanted = stored_number(number, prefix="M")
    if wanted is not None:
        with session.database() as database, database.read() as connection:
            if meeting := load_meeting(connection, wanted):
                return meeting
    raise ConfigError([f"there is no meeting {number!r}; `readout meetings` names them"])


def why(context: typer.Context, url: Annotated[str, typer.Argument()]) -> None:
    """The whole trace of one URL: found, fetched, read, judged, told."""
    from readout.trace import why as trace_of

    session = session_of(context)
    with session.database() as database, database.read() as connection:
        trace = trace_of(connection, url)
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
    if traced.original:
        yield f"copies {traced.original.key}: {traced.original.article.url}"
    for report in traced.reports:
        yield f"tells of M{report.meeting_id}: {what(report.report)}, {days(report.report)} {place(report.report)}"
        for judgement in report.judgements:
            yield f"  {judgement.verdict} as M{judgement.meeting_id} ({judgement.by}): {'; '.join(judgement.reasons)}"
        for alert in report.alerts:
            yield f"  alert {alert.id} to {alert.recipient}: {alert.state} {alert.answer or ''}"
