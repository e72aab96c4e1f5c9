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
    for row in sources:
        row["outcomes"] = counts.get(row["id"], {})
    if session.as_json:
        row = {"ok": not concerns, "concerns": concerns, "sources": sources, "outbox": outbox}
        session.print_json(row | {"sqlite": about_version()})
    else:
        _print(session, sources, outbox, concerns, about_version())
    raise typer.Exit(1 if concerns else 0)


def _outbox(database: Database) -> dict[str, int]:
    from readout.storage.alerts import count_alerts

    with database.read() as connection:
        return {str(state): number for state, number in count_alerts(connection).items()}


def _print(
    session: Session, sources: list[dict[str, Any]], outbox: dict[str, int], concerns: list[str], sqlite: str
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
