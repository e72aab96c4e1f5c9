"""`readout evidence`: all that proves one meeting, in one file that anybody can check.

It must not write over a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readout.cli.session import now, session_of, shown
from readout.error import ConfigError
from readout.numbering import stored_number


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("evidence")(evidence)


def evidence(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="MEETING")],
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Where to write it; nothing must stand there.")],
) -> None:
    """One meeting's pages, texts, facts with their words, judgement and hashes, and a program that checks them."""
    from readout.archive.shelf import Archive
    from readout.exports.evidence.pack import gather
    from readout.exports.evidence.zipped import write_pack

    session = session_of(context)
    wanted = stored_number(number, prefix="M")
    with session.database() as database, database.read() as connection:
        found = None if wanted is None else gather(connection, wanted)
    if found is None:
        raise ConfigError([f"there is no meeting {number!r}; `readout meetings` names them"])
    packed = write_pack(found, Archive(session.config.archive_dir), file, now=now())
    if session.as_json:
        row = {"file": str(file), "sha256": packed.sha256, "pages": packed.pages, "missing": list(packed.missing)}
        session.print_json(row)
        return
    typer.echo(f"{packed.sha256}  {shown(file)}")
    typer.echo(f"{packed.pages} pages; {len(packed.missing)} are missing", err=True)
    for line in packed.missing:
        typer.echo(shown(f"missing: {line}"), err=True)
