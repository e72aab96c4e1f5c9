"""`readout import` and `readout export`: rows in and rows out.

It must not print what a spreadsheet would run: exports guard themselves.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.alert import deliver_now
from readout.cli.query import TAKES_QUERY, Bodies, Countries, Limit, Since, Sources, Until, Words, query_of
from readout.cli.session import Session, now, one_of, session_of, shown
from readout.error import ConfigError
from readout.exports import Format, Kind, write_rows
from readout.finding import Rejected
from readout.watching import EVERYTHING

if TYPE_CHECKING:
    from readout.intake import Intake
    from readout.reading.desk import Desk


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_rows)
    app.command("export", context_settings=TAKES_QUERY)(export)


def import_rows(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="JSON Lines: id, url, title, published, text or html.")],
    alert: Annotated[bool, typer.Option("--alert", help="Tell the watches, however old a report is.")] = False,
) -> None:
    """Take rows into the store. Importing them again unchanged changes nothing; nobody is told unless --alert."""
    from readout.reading.desk import Desk
    from readout.services import open_services
    from readout.storage.lock import data_lock

    session = session_of(context)
    session.check_sources()
    with (
        data_lock(session.config.data_dir),
        closing(open_services(session.config, pool=False)) as services,
        closing(Desk(session.config.read)) as desk,
    ):
        counts = _import_files(session, services.intake, desk, files, alert=alert)
        told = deliver_now(session, services.database) if alert else True
    typer.echo(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no rows", err=True)
    raise typer.Exit(0 if told and not counts["failed"] else 1)


def _import_files(session: Session, intake: Intake, desk: Desk, files: list[Path], *, alert: bool) -> Counter[str]:
    """Take every row in; how many ended how. What could not be read is said."""
    from readout.cli.lines import numbered_lines

    counts: Counter[str] = Counter()
    for path in files:
        for number, line in numbered_lines(str(path)):
            fate = _import_line(session, intake, desk, line, alert=alert)
            counts[fate.split(":")[0]] += 1
            if fate.startswith("failed"):
                typer.echo(shown(f"{path}:{number}: {fate.removeprefix('failed: ')}"), err=True)
    return counts


def _import_line(session: Session, intake: Intake, desk: Desk, line: bytes, *, alert: bool) -> str:
    """Take one row in; its outcome, or "failed: why"."""
    from readout.reading.row import RowError, parse_row

    try:
        row = parse_row(line)
    except RowError as error:
        return f"failed: {error}"
    reading = desk.row(row, now=now())
    if isinstance(reading, Rejected):
        return f"failed: {reading.reason}"
    owner = next((source.id for source in session.sources.values() if source.owns(row.url)), None)
    return str(intake.take_row(row.id, row.url, owner, reading, now=now(), alert=alert).kind)


def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to write.", parser=one_of(Kind))],
    words: Words = None,
    form: Annotated[Format, typer.Option("--format", help="How.", parser=one_of(Format))] = Format.JSONL,
    body: Bodies = None,
    country: Countries = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
) -> None:
    """Write meetings, reports, articles or attendance to standard output; a QUERY and the options choose meetings."""
    session = session_of(context)
    query = query_of(context, words, bodies=body, countries=country, sources=source, since=since, until=until)
    if not kind.takes_query and (query != EVERYTHING or limit):
        raise ConfigError([f"export {kind} writes all of them: a QUERY chooses meetings and attendance"])
    with session.database() as database:
        write_rows(database, kind, form, query=query, limit=limit)
