"""`readout health`: what the operator should look at.

It must not mend anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.cli.source import due_in_words, source_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from readout.storage.database import Database

_NOTHING_TO_SAY = ("ok", "new", "crawling")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("health")(health)


def health(context: typer.Context) -> None:
    """Sources, outbox, database; exit 1 if the operator should look."""
    from readout.notices import troubles_now
    from readout.storage.histories import outcomes
    from readout.storage.sqlite import about_version

    session = session_of(context)
    session.check_sources()
    sources = source_rows(session)
    with session.database() as database:
        with database.read() as connection:
            counts = outcomes(connection)
        outbox = _outbox(database)
        concerns = troubles_now(database, session.sources, now=now())
        at_work = _at_work(session, database)
        sqlite = about_version() if database.home.file else None
    for row in sources:
        row["outcomes"] = counts.get(row["id"], {})
    if session.as_json:
        row = {"ok": not concerns, "concerns": concerns, "sources": sources, "outbox": outbox, "cluster": at_work}
        session.print_json(row | {"sqlite": sqlite})
    else:
        _print(session, sources, outbox, concerns, sqlite)
        _print_at_work(session, at_work)
    raise typer.Exit(1 if concerns else 0)


def _outbox(database: Database) -> dict[str, int]:
    from readout.storage.alerts import count_alerts

    with database.read() as connection:
        return {str(state): number for state, number in count_alerts(connection).items()}


def _at_work(session: Session, database: Database) -> dict[str, Any] | None:
    """Who shares the database, and how long its queue is; None where there is no cluster."""
    from readout.storage.presence import members
    from readout.workers.queue import queue_lengths

    if session.config.workers != "cluster" or database.home.file is not None:
        return None
    with database.read() as connection:
        processes = [name.split("/") for name in members(connection, now())]
        lengths = queue_lengths(connection)
    return {"processes": [f"{parts[0]}:{parts[3]}" for parts in processes if len(parts) == 5], "queue": lengths}


def _print_at_work(session: Session, at_work: Mapping[str, Any] | None) -> None:
    if at_work is not None:
        processes, queue = at_work["processes"], at_work["queue"]
        names = f": {', '.join(processes)}" if processes else ": nobody crawls until readout run and readout worker do"
        waits = f"; {queue['todo']} sources wait for a worker, {queue['doing']} are crawled" if queue else ""
        session.console.print(shown(f"cluster: {len(processes)} processes at work{names}{waits}"))


def _print(
    session: Session, sources: list[dict[str, Any]], outbox: dict[str, int], concerns: list[str], sqlite: str | None
) -> None:
    at = now()
    watched = [row for row in sources if row["enabled"]]
    rows = ((row["id"], row["state"], due_in_words(row, at), _funnel(row["outcomes"]), _why(row)) for row in watched)
    session.print_table(("source", "state", "next", "links", "why"), rows, empty="no source is enabled")
    if off := len(sources) - len(watched):
        session.console.print(f"{off} more are disabled: readout source list says why")
    owed = ", ".join(f"{number} {state}" for state, number in outbox.items()) or "nothing owed"
    session.console.print(f"\noutbox: {owed}")
    for concern in concerns or ["nothing to look at"]:
        session.console.print(f"- {shown(concern)}")
    if sqlite:
        session.console.print(sqlite)
    operator = session.config.mail.operator
    told = f"mail.operator: {shown(operator)} is told of what lasts"
    session.console.print(told if operator else "mail.operator is not set: nobody is told of any of this")
    if session.config.crawl.contact is None:
        session.console.print("crawl.contact is not set: sites cannot tell you when your visits trouble them")


def _why(row: Mapping[str, Any]) -> str:
    """Why a source stands as it does, where that is not as it should be."""
    return "" if row["state"] in _NOTHING_TO_SAY and row["robots"] == "obeyed" else row["why"]


def _funnel(outcomes: Mapping[str, int]) -> str:
    """What became of a source's links, the most frequent first."""
    ordered = sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number} {name}" for name, number in ordered)
