"""`readout replay`: the rules run again over what is stored.

It must not tell anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import now, session_of, shown

if TYPE_CHECKING:
    from readout.finding import Reading
    from readout.model import Article, Source
    from readout.replay import Replayed
    from readout.storage.database import Database
    from readout.storage.reports import Place

_MOST_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("replay")(replay)


def replay(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Read every stored article again after the rules have changed: what is added, lost, merged. Nobody is alerted."""
    from readout.storage.lock import data_lock

    session = session_of(context)
    with data_lock(session.config.data_dir, session.config.database.url), session.database() as database:
        sources = tuple(session.sources.values())
        done = _rehearsed(database, sources) if dry_run else _replayed(database, sources)
    if session.as_json:
        session.print_json(asdict(done) | {"dry_run": dry_run})
        return
    for line in _lines(done, dry_run=dry_run):
        session.console.print(shown(line), soft_wrap=True)


def _rehearsed(database: Database, sources: Sequence[Source]) -> Replayed:
    """What replaying would do, done to a copy."""
    from readout.storage.database import open_database

    with TemporaryDirectory(prefix="readout-") as folder:
        copy = Path(folder) / "copy.db"
        database.copy_to(copy)
        with closing(open_database(f"sqlite:///{copy}", create=False)) as rehearsal:
            return _replayed(rehearsal, sources)


def _replayed(database: Database, sources: Sequence[Source]) -> Replayed:
    from readout.catalog import load_knowledge
    from readout.reading.read import read_article
    from readout.replay import replay as run_again

    knowledge = load_knowledge()
    marking = [source for source in sources if source.page_rules.credits]

    def read(article: Article) -> Reading:
        owner = next((source for source in marking if source.owns(article.url)), None)
        return read_article(article, knowledge, owner.page_rules.credits if owner else ())

    with _progress() as note:
        return run_again(database, read, now=now, note=note)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _lines(done: Replayed, *, dry_run: bool) -> Iterator[str]:
    lines = [
        *(f"added: {_name(place)}" for place in done.added),
        *(f"lost: {_name(place)}" for place in done.lost),
        *(f"moved: {_name(place)} from M{former} to M{into}" for place, former, into in done.moved),
        *(f"merged: M{former} into M{into}" for former, into in sorted(done.merged.items())),
        *(f"told of no more: M{number}" for number in done.removed),
    ]
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield f"and {len(lines) - _MOST_SHOWN} more; --json lists all"
    would = "would be " if dry_run else ""
    yield (
        f"{done.articles} articles read again; {would}added {len(done.added)}, lost {len(done.lost)}, "
        f"moved {len(done.moved)} reports; {would}merged {len(done.merged)}, removed {len(done.removed)} meetings"
    )
    if done.shed:
        yield f"{done.shed} articles left out: their texts were let go ([retention] article_days)"


def _name(place: Place) -> str:
    key, position = place
    return f"{key}, report {position + 1} of the page" if position else key
