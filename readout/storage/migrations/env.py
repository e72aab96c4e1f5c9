"""Runs migrations on the connection and in the transaction it is handed. It must not open either."""

from __future__ import annotations

from alembic import context

from readout.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters few things in place
)
context.run_migrations()
