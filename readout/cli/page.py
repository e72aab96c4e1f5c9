"""`readout read`: what Readout makes of one page, or of rows.

It must not store anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.marked import marked_article
from readout.cli.session import Session, now, session_of, shown
from readout.error import ReadoutError
from readout.exports.jsonl import write_line
from readout.finding import Reading, Recognition, Rejected
from readout.model import Page
from readout.plainly import published
from readout.record import report_row

if TYPE_CHECKING:
    from readout.reading.desk import Desk


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("read")(read)


def read(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="A file, a URL, or - for standard input.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Rows in, rows out, in order.")] = False,
    url: Annotated[str | None, typer.Option(help="The address the file came from.")] = None,
) -> None:
    """What Readout makes of a page: article, verdict, facts with evidence."""
    session = session_of(context)
    if jsonl:
        raise typer.Exit(1 if _read_rows(session, target) else 0)
    result = _read_target(session, target, url)
    if session.as_json:
        session.print_json(_row(url or target, result))
    else:
        _print_reading(session, result)
    if isinstance(result, Rejected):
        raise typer.Exit(1)


# --- rows ---------------------------------------------------------------------------------------------------------


def _read_rows(session: Session, target: str) -> int:
    """Read every line of `target`; the number of lines that could not be read."""
    from readout.cli.lines import numbered_lines
    from readout.reading.desk import Desk

    failures = 0
    with closing(Desk(session.config.read)) as desk:
        for _, line in numbered_lines(target):
            row = _read_line(line, desk)
            failures += "error" in row
            write_line(row, sys.stdout)
    return failures


def _read_line(line: bytes, desk: Desk) -> dict[str, Any]:
    from readout.reading.row import RowError, parse_row

    try:
        row = parse_row(line)
    except RowError as error:
        return {"id": error.key, "error": str(error)}
    return _row(row.id, desk.row(row, now=now()))


def _row(key: str, result: Reading | Rejected) -> dict[str, Any]:
    """The output row of `readout read`."""
    if isinstance(result, Rejected):
        return {"id": key, "error": f"{result.outcome}: {result.reason}"}
    found = result.recognition
    reports = [report_row(report) for report in found.reports]
    return {
        "id": key,
        "verdict": "report" if found.is_report else "not_report",
        "score": round(found.score, 4),
        "language": result.article.language,
        "report": reports[0] if reports else None,
        "also": reports[1:],
    }


# --- one page -----------------------------------------------------------------------------------------------------


def _read_target(session: Session, target: str, url: str | None) -> Reading | Rejected:
    from readout.reading.desk import Desk

    if target.startswith(("http://", "https://")):
        from readout.workers.trial import try_page

        return try_page(target, session.config)
    with closing(Desk(session.config.read)) as desk:
        return desk.page(_page(target, url))


def _page(target: str, url: str | None) -> Page:
    try:
        body = sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
    except OSError as error:
        raise ReadoutError(f"{target}: {error.strerror}") from None
    address = url or "https://unknown.invalid/"
    kind = "text/plain" if target.endswith(".txt") else "text/html"
    return Page(url=address, final_url=address, status=200, body=body, content_type=kind, fetched_at=now())


def _print_reading(session: Session, result: Reading | Rejected) -> None:
    say = session.console.print
    if isinstance(result, Rejected):
        say(f"{result.outcome}: {shown(result.reason)}")
        return
    article, found = result.article, result.recognition
    if not found.reports:
        say(shown(article.title), style="bold")
    day = f"{published(article)} ({article.published_from})" if article.published else "no date found"
    say(f"{shown(article.language)} · published {day} · {len(article.text)} characters\n")
    say(f"{'A meeting report' if found.is_report else 'Not a meeting report'} (score {found.score:.2f})", style="bold")
    for line in marked_article(article, found.reports) if found.reports else ():
        say(line)
    for report in found.reports:
        say()
        session.print_table(("fact", "value", "read from"), fact_rows(report_row(report)), empty="no facts")
    say()
    session.print_table(("signal", "weight", "read from"), _signal_rows(found), empty="nothing spoke for or against it")


def _signal_rows(found: Recognition) -> Iterator[tuple[str, str, str | None]]:
    """What spoke for and against the page being a report."""
    for signal in found.signals:
        yield signal.name, f"{signal.weight:+.2f}", signal.evidence.text if signal.evidence else None


def fact_rows(row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The stated facts of a report row: name, value, and the words it was read from."""
    for name, value in row.items():
        if name == "evidence" or value in (None, []):
            continue
        spans = row["evidence"].get(name)
        for one, span in zip(value, spans, strict=True) if isinstance(value, list) else [(value, spans)]:
            yield name.replace("_", " "), fact_text(one), _words(span) if span else ""


def _words(span: dict[str, Any]) -> str:
    """The words a value was read from, or why a person set it."""
    return f"set by a person: {span['text']}" if span["in"] == "ruling" else str(span["text"])


def fact_text(value: Any) -> str:
    """A fact's value for people: a body or person by name, with role and country where known."""
    if not isinstance(value, dict):
        return str(value)
    extras = ", ".join(str(value[key]) for key in ("role", "country", "id") if value.get(key))
    return f"{value['name']} ({extras})" if extras else str(value["name"])
