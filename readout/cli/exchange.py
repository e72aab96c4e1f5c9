"""`readout import` and `readout export`: rows in and rows out.

It must not print what a spreadsheet would run: exports guard themselves.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import Session, now, session_of
from readout.error import ReadoutError
from readout.finding import Rejected

if TYPE_CHECKING:
    from readout.intake import Intake
    from readout.meetings.knowledge import Knowledge


class Kind(StrEnum):
    """What can be exported."""

    MEETINGS = "meetings"
    REPORTS = "reports"
    ARTICLES = "articles"


class Format(StrEnum):
    """How it can be exported."""

    JSONL = "jsonl"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_rows)
    app.command("export")(export)


def import_rows(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="JSON Lines: id, url, title, published, text or html.")],
    alert: Annotated[bool, typer.Option("--alert", help="Tell the watches, however old a report is.")] = False,
) -> None:
    """Take rows into the store. Importing them again unchanged changes nothing; nobody is told unless --alert."""
    from readout.cli.alert import deliver_now
    from readout.services import open_services
    from readout.storage.lock import data_lock

    session = session_of(context)
    counts: Counter[str] = Counter()
    with data_lock(session.config.data_dir):
        services = open_services(session.config, pool=False)
        try:
            for path, number, line in _lines(files):
                fate = _import_line(session, services.intake, line, alert=alert)
                counts[fate.split(":")[0]] += 1
                if fate.startswith("failed"):
                    typer.echo(f"{path}:{number}: {fate.removeprefix('failed: ')}", err=True)
            if alert:
                deliver_now(session, services.database)
        finally:
            services.close()
    typer.echo(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no rows", err=True)
    raise typer.Exit(1 if counts["failed"] else 0)


def _lines(files: list[Path]) -> Iterator[tuple[Path, int, bytes]]:
    for path in files:
        try:
            with path.open("rb") as file:
                yield from ((path, number, line) for number, line in enumerate(file, 1) if line.strip())
        except OSError as error:
            raise ReadoutError(f"{path}: {error.strerror}") from None


def _import_line(session: Session, intake: Intake, line: bytes, *, alert: bool) -> str:
    """Take one row in; its outcome, or "failed: why"."""
    from readout.reading.read import read_row
    from readout.reading.row import RowError, parse_row

    try:
        row = parse_row(line)
    except RowError as error:
        return f"failed: {error}"
    reading = read_row(row, _knowledge(), now=now())
    if isinstance(reading, Rejected):
        return f"failed: {reading.reason}"
    owner = next((source.id for source in session.sources.values() if source.owns(row.url)), None)
    return str(intake.take_row(row.id, row.url, owner, reading, now=now(), alert=alert).kind)


def _knowledge() -> Knowledge:
    from readout.catalog import load_knowledge

    return load_knowledge()


def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    form: Annotated[Format, typer.Option("--format", help="How.")] = Format.JSONL,
) -> None:
    """Write meetings, reports or articles to standard output."""
    from readout.exports.csv import write_csv
    from readout.exports.jsonl import write_jsonl
    from readout.exports.rows import article_rows, meeting_rows, report_rows

    rows = {Kind.MEETINGS: meeting_rows, Kind.REPORTS: report_rows, Kind.ARTICLES: article_rows}[kind]
    write = {Format.JSONL: write_jsonl, Format.CSV: write_csv}[form]
    session = session_of(context)
    with session.database() as database:
        write(rows(database), sys.stdout)
