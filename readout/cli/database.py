"""`readout db`: the database itself.

It must not touch what is stored.
"""

from __future__ import annotations

import typer

from readout.cli.session import session_of


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.callback()(_group)
    app.command("upgrade")(upgrade)


def _group() -> None:
    """The database."""


def upgrade(context: typer.Context) -> None:
    """Bring the database to the shape this version works with."""
    from readout.storage.database import upgrade as bring_up
    from readout.storage.lock import data_lock

    session = session_of(context)
    with data_lock(session.config.data_dir):
        before, after = bring_up(session.config.database.url)
    if before == after:
        typer.echo(f"the database is at {after}")
        return
    # What is stored was read by the rules of then, and is found by what only they wrote down.
    advice = "; now run `readout replay`, which reads what is stored by the rules of now" if before else ""
    typer.echo(f"upgraded from {before or 'empty'} to {after}{advice}")
