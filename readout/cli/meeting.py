"""`readout meetings` and `why`: which meetings are known, and what is known of a URL.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer

from readout.cli.query import TAKES_QUERY, Bodies, Countries, Limit, Since, Sources, Until, Words, query_of
from readout.cli.session import Session, session_of, shown
from readout.error import ConfigError
from readout.model import Meeting
from readout.plainly import days, place, what
from readout.watching import Query


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


def why(context: typer.Context, url: Annotated[str, typer.Argument()]) -> None:
    """The whole trace of one URL: found, fetched, read, judged, told."""
    from readout.trace import rules_for
    from readout.trace import why as trace_of
    from readout.trace_lines import trace_lines

    session = session_of(context)
    rules = rules_for(session.sources, url)
    with session.database() as database, database.read() as connection:
        trace = trace_of(connection, url, rules)
    if trace is None:
        raise ConfigError([f"{url} was never seen: no source lists it, or it is none of their articles"])
    if session.as_json:
        session.print_json(asdict(trace))
        return
    for line in trace_lines(trace):
        session.console.print(shown(line) if line else "", soft_wrap=True)
