"""`readout expected`: what should have been reported and was not.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.query import Bodies, query_from
from readout.cli.session import Session, now, session_of, shown
from readout.meetings.expected import GRACE, Absence, Expectation, Reason
from readout.plainly import place, what
from readout.watching import Filter

if TYPE_CHECKING:
    from rich.console import Console

_HEADINGS = {
    Absence.ANNOUNCED: "announced",
    Absence.OVERDUE: f"announced, date passed, no report ({GRACE.days} days of grace)",
    Absence.UNANNOUNCED: "expected by rhythm, not announced",
    Absence.MISSED: f"expected by rhythm, window passed, no report ({GRACE.days} days of grace)",
    Absence.GAP: "session numbers not seen",
    Absence.UNFIT: "session numbers that do not fit",
}


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("expected")(expected)


def expected(
    context: typer.Context,
    body: Bodies = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="What begins later is left out.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what has been missing for long.")] = False,
) -> None:
    """Meetings announced, due by a body's rhythm, or missing among its session numbers."""
    from readout.expecting import expected as look_for
    from readout.exports.expectation import expectation_row
    from readout.storage.expected import first_urls

    session = session_of(context)
    bodies = query_from(session, "", {Filter.BODY: body or ()}).values(Filter.BODY)
    today, last = now().date(), until and until.date()
    with session.database() as database, database.read() as connection:
        found = look_for(connection, today=today, bodies=bodies, until=last, everything=everything)
        urls = first_urls(connection, (reason.meeting_id for each in found for reason in each.reasons))
    if session.as_json:
        session.print_json([expectation_row(each, urls, today) for each in found])
    elif found:
        _print(session, found, urls, today)
    else:
        session.console.print("nothing is missing: no meeting is announced, no body shows a rhythm or lacks a number")


def _print(session: Session, found: Iterable[Expectation], urls: Mapping[int, str], today: date) -> None:
    console = session.console
    for at, (absence, group) in enumerate(groupby(found, key=lambda each: each.absence)):
        console.print(*([""] if at else []), _HEADINGS[absence], sep="\n", style="bold")
        lines = (line for each in group for line in _lines(each, urls, today, console))
        console.print(*lines, sep="\n", soft_wrap=True)


def _lines(each: Expectation, urls: Mapping[int, str], today: date, console: Console) -> Iterator[str]:
    yield from _set_in(_subject(each), 2, console)
    yield from _set_in(_when(each, today), 4, console)
    for reason in each.reasons:
        yield from _set_in(_says(reason), 4, console)
        if url := urls.get(reason.meeting_id or 0):
            yield f"    {shown(url)}"  # on a line of its own, for terminals to recognise


def _set_in(line: str, by: int, console: Console) -> Iterator[str]:
    """All of `line` set in, also where it takes several lines."""
    from rich.text import Text

    for each in Text(shown(line)).wrap(console, max(console.width - by, 20)):
        yield " " * by + each.plain.rstrip()


def _subject(each: Expectation) -> str:
    """What should be reported: the announced meeting, or the body and its sessions."""
    if each.report:
        return ", ".join(part for part in (what(each.report), place(each.report)) if part)
    numbers = [str(number) for number in (each.first_number, each.last_number) if number is not None]
    sessions = f", session {' to '.join(dict.fromkeys(numbers))}" if numbers else ""
    return _name(each.body) + sessions


def _name(body: str | None) -> str:
    from readout.catalog import load_body_names

    return load_body_names().get(body or "", body or "–")


def _when(each: Expectation, today: date) -> str:
    if each.partial:
        return f"{each.partial}, no year said"
    if each.absence is Absence.GAP:
        return _between(each.earliest, each.latest)
    days = " to ".join(dict.fromkeys(str(day) for day in (each.earliest, each.latest) if day)) or "day unknown"
    overdue = each.days_overdue(today)
    if overdue is not None:
        return f"{days}, {overdue} days ago"
    is_just_over = each.absence is Absence.ANNOUNCED and each.latest is not None and each.latest < today
    return f"{days}, reports may still come" if is_just_over else days


def _between(earliest: date | None, latest: date | None) -> str:
    match earliest, latest:
        case None, None:
            return "day unknown"
        case None, _:
            return f"before {latest}"
        case _, None:
            return f"after {earliest}"
        case _:
            return f"between {earliest} and {latest}"


def _says(reason: Reason) -> str:
    return reason.says if reason.meeting_id is None else f"M{reason.meeting_id}: {reason.says}"
