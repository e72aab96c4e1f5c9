"""`readout import` and `readout export`: rows in and rows out.

It must not print what a spreadsheet would run: exports guard themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.articles.web_address import web_address
from readout.cli.alert import deliver_now
from readout.cli.query import TAKES_QUERY, Bodies, Countries, Limit, Since, Sources, Until, Words, query_of
from readout.cli.session import Session, now, one_of, session_of, shown
from readout.error import ConfigError, ReadoutError
from readout.exports import Format, Kind, write_meetings, write_rows
from readout.finding import Rejected
from readout.model import Page, Source
from readout.watching import EVERYTHING

if TYPE_CHECKING:
    from readout.exports.entry import Publisher
    from readout.intake import Intake
    from readout.reading.desk import Desk
    from readout.storage.database import Database

_Fates = Iterator[tuple[int, str]]
"""Of each row or record its number and its outcome, or "failed: why"."""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_rows)
    app.command("export", context_settings=TAKES_QUERY)(export)


def import_rows(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines: id, url, title, published, text or html; or .warc, .warc.gz.")
    ],
    alert: Annotated[bool, typer.Option("--alert", help="Tell the watches, however old a report is.")] = False,
) -> None:
    """Take rows, or the pages of WARC files, into the store: again unchanged they change nothing.

    Nobody is told unless --alert.
    """
    from readout.reading.desk import Desk
    from readout.services import open_services
    from readout.workers.seat import seat

    session = session_of(context)
    session.check_sources()
    with (
        seat(session.config),
        closing(open_services(session.config, pool=False)) as services,
        closing(Desk(session.config.read)) as desk,
    ):
        counts = _import_files(session, services.intake, desk, files, alert=alert)
        told = deliver_now(session, services.database) if alert else True
    typer.echo(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no rows", err=True)
    raise typer.Exit(0 if told and not counts["failed"] else 1)


def _import_files(session: Session, intake: Intake, desk: Desk, files: list[Path], *, alert: bool) -> Counter[str]:
    """Take every row in; how many ended how. What could not be read is said."""
    counts: Counter[str] = Counter()
    for path in files:
        fates = _import_warc if path.name.lower().endswith((".warc", ".warc.gz")) else _import_lines
        for number, fate in fates(session, intake, desk, path, alert=alert):
            counts[fate.split(":")[0]] += 1
            if fate.startswith("failed"):
                typer.echo(shown(f"{path}:{number}: {fate.removeprefix('failed: ')}"), err=True)
    return counts


def _import_lines(session: Session, intake: Intake, desk: Desk, path: Path, *, alert: bool) -> _Fates:
    from readout.cli.lines import numbered_lines

    for number, line in numbered_lines(str(path)):
        yield number, _import_line(session, intake, desk, line, alert=alert)


def _import_warc(session: Session, intake: Intake, desk: Desk, path: Path, *, alert: bool) -> _Fates:
    """Take every page of a WARC file in, as it was on its day; records without a page count as skipped."""
    from readout.archive.capture import captures

    try:
        for capture in captures(path, largest_page=int(session.config.crawl.max_page_mib * 2**20)):
            if capture.page is None:
                yield capture.number, f"failed: {capture.fault}" if capture.fault else "skipped"
            else:
                yield capture.number, _import_page(session, intake, desk, capture.page, alert=alert)
    except OSError as error:
        raise ReadoutError(f"{path}: {error.strerror}") from None


def _import_page(session: Session, intake: Intake, desk: Desk, page: Page, *, alert: bool) -> str:
    owner = _owner(session, page.url)
    reading = desk.page(page, zone=owner.timezone, rules=owner.page_rules) if owner else desk.page(page)
    if isinstance(reading, Rejected):  # a front page, a wall: others' archives are full of what is no article
        return str(reading.outcome)
    return str(intake.take_capture(owner, page, reading, now=now(), alert=alert).kind)


def _owner(session: Session, url: str) -> Source | None:
    return next((source for source in session.sources.values() if source.owns(url)), None)


def _import_line(session: Session, intake: Intake, desk: Desk, line: bytes, *, alert: bool) -> str:
    """Take one row in; its outcome, or "failed: why"."""
    from readout.reading.row import RowError, parse_row

    try:
        row = parse_row(line)
        row = replace(row, url=web_address(row.url)) if row.url else row
    except RowError as error:
        return f"failed: {error}"
    except ValueError as error:
        return f"failed: url: {error}"
    reading = desk.row(row, now=now())
    if isinstance(reading, Rejected):
        return f"failed: {reading.reason}"
    owner = _owner(session, row.url)
    return str(intake.take_row(row.id, row.url, owner.id if owner else None, reading, now=now(), alert=alert).kind)


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
    if not form.is_of_rows and kind is not Kind.MEETINGS:
        raise ConfigError(
            [f"export {kind} --format {form}: calendars and feeds list meetings; choose jsonl, csv, json"]
        )
    with session.database() as database:
        if form.is_of_rows:
            write_rows(database, kind, form, query=query, limit=limit)
        else:
            write_meetings(database, form, _publisher(session, database), query=query, limit=limit, now=now())


def _publisher(session: Session, database: Database) -> Publisher:
    """We, in English; links lead to our pages where readers reach them."""
    from readout.channels.mail.saying import Saying
    from readout.channels.mail.words import words_in
    from readout.exports.entry import Publisher, store_name
    from readout.naming import names_of

    saying = Saying(words_in("en"), names_of(session.sources).said_in("en"))
    return Publisher(store=store_name(database), saying=saying, root=session.config.alerts.public_url)
