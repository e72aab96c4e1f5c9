"""What the demonstration prints, for somebody who sees Readout for the first time.

It must not decide whether the run went well: `verdict.py` does.
"""

from __future__ import annotations

import shlex
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from readout.articles.clean import clean_line
from readout.demo.server import Asked
from readout.demo.sink import Received
from readout.demo.verdict import Findings, Row
from readout.demo.web import Web

_WIDTH = 98
_MAIL_LINES = 14
_WHY_LINES = 2
_NAMES = 3
_OUTCOMES = ("stored", "duplicate", "not_a_report", "refused")  # the order of columns; others follow


def program() -> Console:
    """Where the demonstration prints: a terminal of ordinary width, or a file."""
    console = Console(highlight=False, emoji=False, markup=False)
    console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    return console


def show_web(out: Console, web: Web, bases: Mapping[str, str]) -> None:
    """The sites, and who wants to hear of what."""
    stories = sum(len(site.stories) for site in web.sites)
    _head(out, f"A miniature web of {len(web.sites)} invented sites and {stories} articles, served on this machine")
    table = _table("site", "", "languages", "found through", "at")
    for site in web.sites:
        ways = ", ".join(place.template or "paged listing" for place in site.places)
        _row(table, site.id, site.kind.replace("_", " "), " ".join(site.languages), ways, bases[site.id])
    out.print(table)
    _head(out, "Who wants to hear of what")
    for wish in web.watches:
        _line(out, f"  readout watch add {shlex.join(wish.arguments())}")


def show_poll(out: Console, number: int, asked: Sequence[Asked], mails: Sequence[Received], seconds: float) -> None:
    """One crawl, as the sites and the mail server saw it."""
    status = Counter(request.status for request in asked)
    _line(
        out,
        f"  poll {number}: {status[200]} pages fetched, {status[304]} answered “not modified”, "
        f"{len(mails)} mails, {seconds:.0f} s",
    )


def show_meetings(out: Console, findings: Findings, names: Mapping[str, str]) -> None:
    """Every meeting with its facts and who reported it; `names` are the bodies'."""
    _head(out, f"Meetings found, in reports in {', '.join(sorted(findings.languages))}")
    for row in sorted(findings.meetings, key=lambda row: str(row["start_date"])):
        sites = {key.partition("/")[0] for key in findings.stories(row)}
        _line(out, f"  M{row['id']}  {_what(row, names)}", style="bold")
        told = f"{_count(row['reports'], 'report')} on {_count(sites, 'site')}{_reprints(row)}"
        _line(out, f"      {_when_and_where(row)} · {row['status']} · {told}")
        for line in _who(row):
            _line(out, f"      {line}")


def _what(row: Row, names: Mapping[str, str]) -> str:
    body = row["body"]
    return names.get(body["id"], body["name"]) if body else str(row["kind"])


def _when_and_where(row: Row) -> str:
    day = date.fromisoformat(row["start_date"]) if row["start_date"] else None
    when = f"{day.day} {day:%B %Y}" if day else "day unknown"
    session = f"session {row['session_number']} · " if row["session_number"] else ""
    return f"{session}{row['city'] or 'place unknown'}, {when}"


def _count(things: Collection[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _reprints(row: Row) -> str:
    count = sum(report["duplicate_of"] is not None for report in row["reports"])
    return f", {count} a reprint" if count else ""


def _who(row: Row) -> Iterable[str]:
    people = [person["name_latin"] for person in row["participants"]]
    more = f" and {len(people) - _NAMES} more" if len(people) > _NAMES else ""
    topics = ", ".join(topic.replace("_", " ") for topic in (*row["topics"], *row["subjects"]))
    if people:
        yield f"took part: {', '.join(people[:_NAMES])}{more}"
    if row["received_by"]:
        yield f"received by: {row['received_by']}"
    if topics:
        yield f"topics: {topics}"


def show_mails(out: Console, mails: Sequence[Received]) -> None:
    """What arrived: recipient, subject and first quotation of each mail, and how the longest one begins."""
    _head(out, "Mails that arrived")
    for mail in mails:
        _line(out, f"  {', '.join(mail.recipients)}: {mail.subject}")
        _line(out, f"      {textwrap.shorten(_first_quotation(mail), _WIDTH - 8, placeholder='…')}")
    if mails:
        longest = max(mails, key=lambda mail: len(mail.text))
        _line(out, f"  The one to {', '.join(longest.recipients)} about {longest.subject} begins:", style="bold")
        for line in longest.text.splitlines()[:_MAIL_LINES]:
            _line(out, f"    | {line}")


def _first_quotation(mail: Received) -> str:
    """The sentence in which the first report tells of the meeting."""
    _, quote, rest = mail.text.partition("“")
    return quote + rest.partition("\n\n")[0]


def show_outcomes(out: Console, sources: Iterable[Row], asked: Sequence[Asked]) -> None:
    """Where every link of every site ended."""
    _head(out, "Where every link ended")
    rows = list(sources)
    seen = {name for row in rows for name in row["outcomes"]}
    columns = [*(name for name in _OUTCOMES if name in seen), *sorted(seen - set(_OUTCOMES))]
    table = _table("site", *(name.replace("_", " ") for name in columns), "requests")
    requests = Counter(request.site for request in asked)
    for row in rows:
        _row(table, row["id"], *(row["outcomes"].get(name, "·") for name in columns), requests[row["id"]])
    out.print(table)


def show_reasons(out: Console, reasons: Mapping[str, str]) -> None:
    """Why some pages are no reports: what `readout why` says of each."""
    _head(out, "Why these pages are no reports")
    for url, text in reasons.items():
        _line(out, f"  readout why {url}", style="bold")
        for line in text.splitlines()[1 : 1 + _WHY_LINES]:
            _line(out, f"      {line}")


def show_verdict(out: Console, faults: Sequence[str]) -> None:
    """Whether all went as it should."""
    out.print()
    if not faults:
        _line(
            out,
            "All meetings were found, each mail arrived once, and nothing else was taken for a meeting.",
            "bold green",
        )
        return
    _line(out, "Not as it should be:", style="bold red")
    for fault in faults:
        _line(out, f"  - {fault}")


def _head(out: Console, text: str) -> None:
    out.print()
    _line(out, text, style="bold cyan")


def _line(out: Console, text: str, style: str = "") -> None:
    """One line, or as many as it takes, that no page can turn into anything else."""
    indent = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(
        clean_line(text), out.width, initial_indent=indent, subsequent_indent=indent + "    ", break_on_hyphens=False
    )
    out.print(Text("\n".join(lines) or indent, style=style), no_wrap=True)


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=True, header_style="dim", padding=(0, 1))


def _row(table: Table, *cells: object) -> None:
    table.add_row(*(Text(clean_line(str(cell))) for cell in cells))
