"""`readout source add`: from an address to a source's file, which a person can read and correct.

It must not write over a file, or write one that cannot be read.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from readout.cli.session import Session, now, one_of, session_of, shown, shown_line
from readout.cli.source_check import print_steps
from readout.error import ConfigError, ReadoutError
from readout.model import SourceKind

if TYPE_CHECKING:
    from readout.surveying.draft import Draft, Given
    from readout.workers.survey import Survey
    from readout.workers.trial_step import Step

OWN = "my-sources"
GUESS = "A GUESS"
_QUESTIONS = {
    "--country": ("country", "Country (ISO 3166-1 alpha-2, or an organisation's short name)"),
    "--timezone": ("timezone", "Time zone (IANA, as in Asia/Baku)"),
    "--language": ("languages", "Language (as in az or uz-Cyrl)"),
}
_CLOSED = (
    "Its site does not want it. Readout keeps to that: look for another site that tells the same, such as an agency\n"
    "that quotes it, or ask its publisher."
)
_WAYS_ON = (
    "What may still work: the address of a feed or of a page with news in place of the front page; the site's channel\n"
    'on Telegram; a file of your own with render = "browser", for a page made by a script (docs/adding.md).'
)


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("add")(add)


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The site: its front page, its news or its feed.")],
    key: Annotated[str | None, typer.Option("--id", help="What the source is called.")] = None,
    name: Annotated[str | None, typer.Option(help="Who publishes.")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 alpha-2, or a short name.")] = None,
    kind: Annotated[SourceKind | None, typer.Option(help="What sort.", parser=one_of(SourceKind))] = None,
    language: Annotated[list[str] | None, typer.Option(help="In which languages.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name: what a date without a zone means.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the file, write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Look at a site, find its feeds, sitemaps and articles, and write its file."""
    from readout.surveying.draft import Given
    from readout.workers.survey import survey_site

    session = session_of(context)
    _refuse_known(session, url, key)
    given = Given(id=key, name=name, country=country, kind=kind, languages=tuple(language or ()), timezone=timezone)
    if not session.as_json:
        pause = session.config.crawl.per_host_delay
        session.console.print(f"Looking at {shown(url)}: at most 40 requests, {pause:g} s or more between two\n")
    found = survey_site(url, session.config, country=country, timezone=timezone)
    if found.survey.learnt is None:
        raise ReadoutError(_in_vain(found))
    may_ask = not yes and not session.as_json and sys.stdin.isatty()
    draft, steps = _drafted(session, found, given)
    if not session.as_json:
        _print_found(session, found, draft)
        print_steps(session.console, steps)
    draft = _complete(draft, may_ask=may_ask)
    _finish(session, draft, steps, dry_run=dry_run, may_ask=may_ask)


def _refuse_known(session: Session, url: str, key: str | None) -> None:
    """Before a site is asked: is it watched already, and may it be called so?"""
    from readout.surveying.survey import is_of_site

    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise ConfigError([f"{shown(url)} is no address of the web: write it with https:// in front"])
    if key is not None and key in session.sources:
        raise ConfigError([f"there is a source {key!r} already: choose another --id"])
    owner = next(
        (
            source
            for source in session.sources.values()
            if any(is_of_site(place, url) for place in (source.home, *(each.url for each in source.discover)))
            and (urlsplit(url).hostname or "").removeprefix("www.") in source.hosts
        ),
        None,
    )
    if owner is not None and key is None:
        said = f"the source {owner.id} ({owner.name}) watches this site already: `readout source check {owner.id}`"
        raise ReadoutError(f"{shown(said)}\nTo add another one of the same host, name it with --id")


def _in_vain(found: Survey) -> str:
    """Why there is nothing to write, with all that was tried."""
    survey = found.survey
    if survey.home:
        head = f"{survey.home}: no articles were found that share a shape"
        tried = [
            f"  {spot.kind} {spot.url}: {len(spot.links)} links, none of which looks like an article's"
            for spot in survey.spots
        ]
    else:
        head, tried = f"{survey.asked} cannot be read", []
    tried += [f"  {url}: {said}" for url, said in survey.misses.items()]
    is_closed = not survey.home and any("robots.txt" in said for said in survey.misses.values())
    return "\n".join([*map(shown_line, (head, *tried)), _CLOSED if is_closed else _WAYS_ON])


# --- what was found -------------------------------------------------------------------------------------------------


def _drafted(session: Session, found: Survey, given: Given) -> tuple[Draft, Sequence[Step]]:
    """The file that follows; it is called checked where three articles were read with title, date and text."""
    from readout.finding import Reading
    from readout.surveying.draft import checked_from, draft_of
    from readout.workers.trial_step import StepKind, is_well_read

    read = [seen.reading for seen in found.articles]
    draft = draft_of(found.survey, [each.article for each in read if isinstance(each, Reading)], given, now=now())
    if len(read) >= 3 and all(map(is_well_read, read)):
        draft = checked_from(draft, on=now().date(), place=shown(session.config.crawl.running_at))
    return draft, [step for step in found.steps if step.step is StepKind.ARTICLE]


def _print_found(session: Session, found: Survey, draft: Draft) -> None:
    """What the file will say, each value with how it is known."""
    say = session.console.print
    say("found", style="bold")
    for key, value, how in _found_rows(found, draft):
        _print_fact(session, key, value, how)


def _found_rows(found: Survey, draft: Draft) -> Iterator[tuple[str, str, str]]:
    yield "name", draft.name.value, draft.name.how
    yield "kind", draft.kind.value, draft.kind.how
    for key, known in (("country", draft.country), ("time zone", draft.timezone)):
        yield (key, known.value, known.how) if known else (key, "unknown", "")
    yield "languages", " ".join(draft.languages) or "unknown", draft.languages_from
    for word, spots in (("links", draft.choice.discover), ("its past", draft.choice.backfill)):
        for spot in spots:
            newest = f", the newest of {shown(spot.newest)} UTC" if spot.newest else ""
            yield word, f"{spot.kind} {spot.url}", f"{spot.how}: {len(spot.links)} links{newest}"
    yield "articles", draft.article.value, draft.article.how
    if found.survey.crawl_delay:
        yield "pace", f"{found.survey.crawl_delay:g} s", "between two requests, as robots.txt asks"


def _print_fact(session: Session, key: str, value: str, how: str) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    is_guess = how.startswith(GUESS)
    is_short = len(value) + len(how) < session.console.width - 20
    said = Text(f"{shown(value)}{'  ' if is_short else chr(10)}", overflow="fold")
    said.append(shown(how), style="yellow" if is_guess else "dim")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=10)
    grid.add_column(overflow="fold")
    grid.add_row(Text(key), said)
    session.console.print(Padding(grid, (0, 0, 0, 2), expand=False))


def _complete(draft: Draft, *, may_ask: bool) -> Draft:
    """The draft with what only a person knows. Raises ConfigError where nobody can be asked."""
    if draft.unknown and not may_ask:
        raise ConfigError([f"{option} is needed: {_QUESTIONS[option][1]}" for option in draft.unknown])
    from readout.surveying.draft import Known

    for option in draft.unknown:
        field, question = _QUESTIONS[option]
        answer = typer.prompt(question).strip()
        value: Any = (answer,) if field == "languages" else Known(value=answer, how="as given")
        draft = replace(draft, **{field: value})
    return draft


# --- the file -------------------------------------------------------------------------------------------------------


def _finish(session: Session, draft: Draft, steps: Sequence[Step], *, dry_run: bool, may_ask: bool) -> None:
    from readout.surveying.draft import source_text

    if draft.id in session.sources:
        raise ConfigError([f"there is a source {draft.id!r} already: choose another --id"])
    text, path = source_text(draft), own_folder(session) / f"{draft.id}.toml"
    if dry_run:
        check_text(text)
    elif may_ask and not typer.confirm(f"\nWrite {path}?", default=True):
        raise typer.Exit(1)
    else:
        write_new({path: text})
    if session.as_json:
        rows = [step.row() for step in steps]
        session.print_json({"id": draft.id, "path": None if dry_run else str(path), "file": text, "articles": rows})
        return
    if dry_run:
        session.console.print(f"\n{path} would say:\n", style="bold")
        typer.echo(text)
        return
    _print_next(session, draft, path)


def _print_next(session: Session, draft: Draft, path: Path) -> None:
    session.console.print(f"\nwritten: {path}", style="bold green", soft_wrap=True)
    if not draft.checked:
        session.console.print("→ not all of it was read as it should be: look at the file", style="yellow")
    if draft.kind.how.startswith(GUESS):
        session.console.print("→ `kind` is a guess: correct it, or add again with --kind", style="yellow")
    warn_unread(session, path.parent)
    session.console.print(f"next: readout source check {draft.id}")


def own_folder(session: Session) -> Path:
    """Where a person's own sources are: beside the configuration."""
    file = session.config.file
    return (file.parent if file else Path.cwd()) / OWN


def warn_unread(session: Session, folder: Path) -> None:
    """Say so where the configuration names other folders than the one that was written into."""
    from readout.config import load_config

    if folder not in load_config(session.config_path).sources:
        said = f'→ `sources` in {session.config.file} does not name this folder: add "{OWN}" to it'
        session.console.print(shown(said), style="yellow")


def check_text(text: str) -> None:
    """Raises ReadoutError where `text` is no source's file: a person's answer may be what no file can hold."""
    from readout.source_file import read_source_file

    with tempfile.TemporaryDirectory(prefix="readout-source-") as folder:
        path = Path(folder) / "source.toml"
        path.write_text(text, encoding="utf-8")
        _, faults = read_source_file(path)
    if faults:
        raise ConfigError([fault.removeprefix(f"{path}: ") for fault in faults])


def write_new(files: dict[Path, str]) -> None:
    """Write all files or none, none over another, each whole or not at all. Raises ConfigError, ReadoutError."""
    for text in files.values():
        check_text(text)
    written: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_one(path, text)
            written.append(path)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        if isinstance(error, FileExistsError):
            raise ReadoutError(f"{error.filename2 or error.filename} is there already: nothing was written") from None
        raise ReadoutError(f"{error.filename}: {error.strerror}: nothing was written") from None


def _write_one(path: Path, text: str) -> None:
    """A link to a whole file: it fails where a file is there, also one that came this moment."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        os.link(name, path)
    finally:
        Path(name).unlink()
