"""`readout source check`: whether a source works, step by step, so that a person sees it in ten seconds.

It must not store anything, or write into source files: it says what to write there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.cli.source import known
from readout.exports.toml import toml_value

if TYPE_CHECKING:
    from rich.console import Console

    from readout.model import Source
    from readout.workers.trial_step import Step

_HEADINGS = {"robots": "robots.txt", "place": "where links are found", "article": "articles"}


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("check")(check)


def check(context: typer.Context, key: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Ask the site now: robots.txt, where links are found, articles, what Readout makes of them. Stores nothing."""
    from readout.workers.trial import try_source

    session = session_of(context)
    source = known(session, key)
    if not session.as_json:
        session.console.print(_head(source), style="bold")
    steps = try_source(source, session.config)
    if session.as_json:
        session.print_json([step.row() for step in steps])
    else:
        print_steps(session.console, steps)
        _print_end(session, steps[-1])
    raise typer.Exit(0 if steps[-1].ok else 1)


def _head(source: Source) -> str:
    return shown(" · ".join((source.id, source.name, source.home, *source.access.remarks)))


def print_steps(console: Console, steps: Sequence[Step]) -> None:
    """Every step but the summary: under a heading for each sort, what failed in red with what to do."""
    for heading, rows in _sections(steps):
        console.print(f"\n{heading}", style="bold")
        for step in rows:
            _print_step(console, step)


def _sections(steps: Sequence[Step]) -> Iterator[tuple[str, list[Step]]]:
    for kind, heading in _HEADINGS.items():
        if rows := [step for step in steps if step.step == kind]:
            yield heading, rows


def _print_step(console: Console, step: Step) -> None:
    """A line with the mark, the time and what was tried; under it what came of it, and what to do."""
    from rich.padding import Padding
    from rich.text import Text

    mark = ("  ok    ", "green") if step.ok else ("  FAILED", "bold red")
    title = step.fields.get("title")
    kind = f"{step.fields['kind']}  " if step.step == "place" and "kind" in step.fields else ""
    console.print(Text.assemble(mark, f" {step.seconds:5.1f} s  ", kind, shown(title or step.name)))
    address = [step.fields.get("final_url") or step.name] if title else []
    for line in (*address, step.said):
        console.print(Padding(Text(shown(line), overflow="fold"), (0, 0, 0, 18), expand=False))
    if begins := step.fields.get("begins"):
        console.print(Padding(Text(f"“{shown(begins)}…”", style="dim"), (0, 0, 0, 18), expand=False))
    if step.remedy:
        console.print(Padding(Text(f"→ {shown(step.remedy)}", style="yellow"), (0, 0, 0, 18), expand=False))


def _print_end(session: Session, summary: Step) -> None:
    say = session.console.print
    say(f"\n{shown(summary.said)} ({summary.seconds:.1f} s)", style="bold green" if summary.ok else "bold red")
    for hint in summary.fields["hints"]:
        say(f"→ {shown(hint)}", style="yellow")
    say("For its file, if you saw that this is right:")
    say(f"  {checked_line(session, summary.fields['result'])}", soft_wrap=True)


def checked_line(session: Session, result: str) -> str:
    """What the source's file may say of this look."""
    place = toml_value(shown(session.config.crawl.running_at))
    return f"checked = {{ on = {now().date()}, from = {place}, result = {toml_value(result)} }}"
