"""`readout source`: the sites that are watched.

It must not write into source files: enabling and disabling live in the database.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.error import ConfigError
from readout.model import Source, SourceId

if TYPE_CHECKING:
    from datetime import datetime

    from readout.storage.sources import SourceState


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("list")(list_sources)
    app.command("check")(check)
    app.command("enable")(enable)
    app.command("disable")(disable)


def list_sources(context: typer.Context) -> None:
    """All sources: who publishes, and how each is doing."""
    session = session_of(context)
    rows = source_rows(session)
    if session.as_json:
        session.print_json(rows)
        return
    cells = (
        (row["id"], row["name"], row["country"], " ".join(row["languages"]), row["state"], row["why"]) for row in rows
    )
    session.print_table(("id", "name", "where", "languages", "state", "why"), cells, empty="no sources")


def source_rows(session: Session) -> list[dict[str, Any]]:
    """Every source of the catalogue with its state in words."""
    from readout.storage.sources import is_enabled, states

    with session.database() as database, database.read() as connection:
        known = states(connection)
    rows = []
    for source in session.sources.values():
        state = known.get(source.id)
        word, why = state_in_words(source, state, now())
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "kind": source.kind,
                "country": source.country,
                "languages": list(source.languages),
                "enabled": is_enabled(source, state),
                "checked": source.checked,
                "state": word,
                "why": why,
            }
        )
    return rows


def state_in_words(source: Source, state: SourceState | None, at: datetime) -> tuple[str, str]:
    """How a source stands: disabled, new, crawling, failing, partly failing or ok; and why that is said."""
    from readout.storage.sources import is_enabled

    if not is_enabled(source, state):
        by_hand = state is not None and state.enabled is not None
        return "disabled", "by hand" if by_hand else source.caution or source.note or "as its file says"
    if state is None or state.last_started is None:
        return "new", "never crawled"
    if state.lease_until is not None and state.lease_until > at:
        return "crawling", f"since {shown(state.last_started)}"
    if state.failures:
        return "failing", f"{state.last_error} ({state.failures} in a row; next try {shown(state.next_due)})"
    if state.last_error:
        return "partly failing", f"{state.last_error} (last crawled {shown(state.last_finished)})"
    return "ok", f"last crawled {shown(state.last_finished)}"


def _known(session: Session, key: str) -> Source:
    source = session.sources.get(SourceId(key))
    if source is None:
        raise ConfigError([f"there is no source {key!r}; `readout source list` names them"])
    return source


def enable(context: typer.Context, key: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Crawl this source, whatever its file says."""
    _set_enabled(context, key, True)


def disable(context: typer.Context, key: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Leave this source alone, whatever its file says."""
    _set_enabled(context, key, False)


def _set_enabled(context: typer.Context, key: str, value: bool) -> None:
    from readout.storage.sources import set_enabled

    session = session_of(context)
    source = _known(session, key)
    with session.database(writes=True) as database, database.write() as connection:
        set_enabled(connection, source.id, value)
    typer.echo(f"{source.id} is {'enabled' if value else 'disabled'}")


def check(context: typer.Context, key: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Ask the site now: robots.txt, where links are found, articles, what Readout makes of them. Stores nothing."""
    from readout.workers.trial import try_source

    session = session_of(context)
    steps = try_source(_known(session, key), session.config)
    if session.as_json:
        session.print_json([asdict(step) for step in steps])
    else:
        rows = ((step.step, "ok" if step.ok else "FAILED", f"{step.seconds:.1f} s", step.said) for step in steps)
        session.print_table(("asked", "", "", ""), rows, empty="nothing answered")
    raise typer.Exit(0 if steps and all(step.ok for step in steps) else 1)
