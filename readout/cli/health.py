"""`readout health`: what the operator should look at.

It must not mend anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.cli.source import source_rows

if TYPE_CHECKING:
    from readout.model import SourceId
    from readout.storage.database import Database


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("health")(health)


def health(context: typer.Context) -> None:
    """Sources, outbox, database; exit 1 if the operator should look."""
    from readout.notices import troubles_now

    session = session_of(context)
    session.check_sources()
    sources = source_rows(session)
    with session.database() as database:
        counts = {row["id"]: _outcomes(database, row["id"]) for row in sources}
        outbox = _outbox(database)
        concerns = troubles_now(database, session.sources, now=now())
    for row in sources:
        row["outcomes"] = counts[row["id"]]
    if session.as_json:
        session.print_json({"ok": not concerns, "concerns": concerns, "sources": sources, "outbox": outbox})
    else:
        _print(session, sources, outbox, concerns)
    raise typer.Exit(1 if concerns else 0)


def _outcomes(database: Database, source_id: SourceId) -> dict[str, int]:
    """How many links of a source ended how; those not yet visited are pending."""
    from readout.storage.links import outcome_counts

    with database.read() as connection:
        counts = outcome_counts(connection, source_id)
    return {str(outcome) if outcome else "pending": number for outcome, number in counts.items()}


def _outbox(database: Database) -> dict[str, int]:
    from readout.storage.alerts import count_alerts

    with database.read() as connection:
        return {str(state): number for state, number in count_alerts(connection).items()}


def _print(session: Session, sources: list[dict[str, Any]], outbox: dict[str, int], concerns: list[str]) -> None:
    rows = (
        (row["id"], row["state"], ", ".join(f"{number} {name}" for name, number in sorted(row["outcomes"].items())))
        for row in sources
    )
    session.print_table(("source", "state", "links"), rows, empty="no sources")
    owed = ", ".join(f"{number} {state}" for state, number in outbox.items()) or "nothing owed"
    session.console.print(f"\noutbox: {owed}")
    for concern in concerns or ["nothing to look at"]:
        session.console.print(f"- {shown(concern)}")
    operator = session.config.mail.operator
    told = f"mail.operator: {shown(operator)} is told of what lasts"
    session.console.print(told if operator else "mail.operator is not set: nobody is told of any of this")
    if session.config.crawl.contact is None:
        session.console.print("crawl.contact is not set: sites cannot tell you when your visits trouble them")
