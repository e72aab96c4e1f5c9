"""`readout source`: the sites that are watched.

It must not write into source files: enabling and disabling live in the database.
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.session import Session, now, session_of
from readout.error import ConfigError
from readout.model import Source, SourceId

_BRIEF = 54  # characters

if TYPE_CHECKING:
    from collections.abc import Mapping


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("list")(list_sources)
    app.command("enable")(enable)
    app.command("disable")(disable)


def list_sources(context: typer.Context) -> None:
    """All sources, the enabled first: how each does and why, and when it is asked next (--json: more)."""
    session = session_of(context)
    rows = source_rows(session)
    if session.as_json:
        session.print_json(rows)
        return
    at = now()
    rows.sort(key=lambda row: not row["enabled"])
    cells = ((row["id"], row["country"], row["state"], due_in_words(row, at), _why(row)) for row in rows)
    session.print_table(("id", "where", "state", "next", "why"), cells, empty="no sources")


def source_rows(session: Session) -> list[dict[str, Any]]:
    """Every source of the catalogue with its state in words."""
    from readout.exports.source import source_row
    from readout.roll_call import call_roll

    with session.database() as database, database.read() as connection:
        roll = call_roll(connection, session.sources, now=now())
    return [source_row(source, roll[source.id]) for source in session.sources.values()]


def _why(row: Mapping[str, Any]) -> str:
    """Why it stands so; of a source that is off the first sentence, since its file says a whole paragraph."""
    why: str = row["why"]
    return why if row["enabled"] else textwrap.shorten(why.partition(". ")[0], _BRIEF, placeholder=" …")


def due_in_words(row: Mapping[str, Any], at: datetime) -> str:
    """When a source is asked next, seen from `at`, in a few letters: ``now``, ``in 40 min``, ``in 3 h``, ``in 2 d``."""
    moments = [datetime.fromisoformat(row[name]) for name in ("next_due", "waiting_until") if row[name]]
    if not row["enabled"]:
        return ""
    minutes = (max(moments) - at).total_seconds() / 60 if moments else 0
    if minutes <= 0:
        return "now"
    if minutes < 100:
        return f"in {minutes:.0f} min"
    return f"in {minutes / 60:.0f} h" if minutes < 48 * 60 else f"in {minutes / 1440:.0f} d"


def known(session: Session, key: str) -> Source:
    """The source that a person names; ConfigError where there is none."""
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
    source = known(session, key)
    with session.database(writes=True) as database, database.write() as connection:
        set_enabled(connection, source.id, value)
    typer.echo(f"{source.id} is {'enabled' if value else 'disabled'}")
