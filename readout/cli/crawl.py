"""`readout run`, `readout worker` and `readout crawl`: the whole service, a worker of many, and one pass.

It must not know how a page is fetched: workers do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from signal import SIGINT
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.alert import deliver_now
from readout.cli.session import Session, now, session_of, shown
from readout.error import ConfigError
from readout.model import SourceId

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from readout.storage.database import Database
    from readout.workers.event import CrawlEvent


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("run")(run)
    app.command("worker")(worker)
    app.command("crawl")(crawl)


def run(context: typer.Context) -> None:
    """Everything: crawls when sources are due, sends alerts, until it is told to end; in a cluster all but crawls."""
    from readout.workers.project import scheduler_module

    _serve(session_of(context), lambda: scheduler_module().run)


def worker(context: typer.Context) -> None:
    """Crawl what a cluster's queue hands out, until told to end; wants `workers = "cluster"`."""
    from readout.workers.project import scheduler_module

    session = session_of(context)
    if session.config.workers != "cluster":
        raise ConfigError(['workers = "local": `readout run` crawls by itself; workers beside it are of a "cluster"'])
    _serve(session, lambda: scheduler_module().work)


def _serve(session: Session, service: Callable[[], Callable[..., int]]) -> None:
    """Be a service over configuration and catalogue until told to end."""
    from readout.ending import told_to_end
    from readout.logs import configure_logs
    from readout.workers.seat import seat

    with told_to_end() as ending:
        session.check_sources()
        configure_logs("DEBUG" if session.verbose else "INFO")
        with seat(session.config):
            raise typer.Exit(service()(session.config, session.sources, stop=ending.told))


def crawl(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(help="Ids of sources; none: all enabled.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Only those whose time has come (for cron).")] = False,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Search the past to that day.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be crawled, fetch nothing.")] = False,
) -> None:
    """One pass over sources, then the alerts it owes; waits for the end."""
    from readout.ending import told_to_end
    from readout.workers.seat import seat

    session = session_of(context)
    session.check_sources()
    wanted = _wanted(session, sources)
    if dry_run:
        _print_plan(session, wanted, due=due)
        return
    with told_to_end() as ending, seat(session.config):
        stop = ending.told
        events = _crawl(session, wanted, due=due, since=since and since.replace(tzinfo=UTC), is_over=stop.is_set)
        told = stop.is_set() or _deliver_and_retain(session, stop)
    if stop.is_set():
        typer.echo("readout: stopped as told; what is left is done by the next crawl", err=True)
        raise typer.Exit(128 + SIGINT if ending.by == SIGINT else 0)
    raise typer.Exit(0 if told and not any(event.error for event in events) else 1)


def _deliver_and_retain(session: Session, stop: Event) -> bool:
    """Whether all alerts that were due were accepted."""
    with session.database(writes=True) as database:
        told = deliver_now(session, database, is_over=stop.is_set)
        if not stop.is_set():
            _retain(session, database, stop)
        return told


def _retain(session: Session, database: Database, stop: Event) -> None:
    """What the service does once a day, for those who have cron in its place."""
    from readout.retention import retain_when_due

    let_go = retain_when_due(database, session.config.retention, now=now(), stop=stop)
    if let_go and (let_go.texts or let_go.visits or let_go.crawls):
        typer.echo(let_go.in_words(), err=True)


def _wanted(session: Session, named: list[str] | None) -> list[SourceId] | None:
    """The sources named; None: all that are enabled."""
    unknown = [key for key in named or () if key not in session.sources]
    if unknown:
        raise ConfigError([f"there is no source {key!r}; `readout source list` names them" for key in unknown])
    return [SourceId(key) for key in named] if named else None


def _print_plan(session: Session, wanted: Sequence[SourceId] | None, *, due: bool) -> None:
    from readout.workers.once import chosen_sources

    with session.database() as database:
        chosen = chosen_sources(database, session.sources, wanted, due=due, now=now())
    rows = ((key, place.kind, place.url) for key in chosen for place in session.sources[key].discover)
    session.print_table(("source", "asks", "at"), rows, empty="nothing is due")


def _crawl(
    session: Session,
    wanted: Sequence[SourceId] | None,
    *,
    due: bool,
    since: datetime | None,
    is_over: Callable[[], bool],
) -> list[CrawlEvent]:
    from readout.workers.once import crawl_once

    level = "INFO" if session.verbose else "ERROR"
    with _progress(as_json=session.as_json) as on_event:
        events = crawl_once(
            session.config, wanted, due=due, since=since, on_event=on_event, is_over=is_over, log_level=level
        )
    for event in events:
        if event.error:
            typer.echo(f"readout: source {event.source}: {shown(event.error)}", err=True)
        if event.waiting:
            typer.echo(f"readout: source {event.source}: {event.waiting} links wait for another crawl", err=True)
    sources = dict.fromkeys(event.source for event in events)
    new = sum(event.new for event in events)
    typer.echo(f"{len(sources)} sources crawled, {new} new links, {_counts(events)}", err=True)
    if since is not None:
        _print_searched(session, list(sources))
    return events


def _print_searched(session: Session, sources: Sequence[SourceId]) -> None:
    """How far each source's past is searched by now."""
    from readout.storage.backfills import backfills

    with session.database() as database, database.read() as connection:
        searches = [(source, search) for source in sources for search in backfills(connection, source)]
    for source, search in searches:
        begin = f"{source}: {shown(search.url)} searched back to {search.since:%Y-%m-%d}"
        end = f"done on {search.finished_at:%Y-%m-%d}" if search.finished_at else "not done: the same command goes on"
        typer.echo(f"{begin}: {search.found} links found, {end}", err=True)


def _counts(events: Sequence[CrawlEvent]) -> str:
    """What became of the links, most frequent first."""
    totals: dict[str, int] = {}
    for event in events:
        for outcome, number in event.outcomes.items():
            totals[outcome] = totals.get(outcome, 0) + number
    ordered = sorted(totals.items(), key=lambda item: -item[1])
    return ", ".join(f"{number} {outcome}" for outcome, number in ordered) or "nothing to fetch"


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Callable[[CrawlEvent], None]]:
    """A bar on a terminal: links settled of links due, over all crawls so far; or each event as a line of JSON."""
    if as_json:
        yield lambda event: print(event.line(), flush=True)
        return
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    crawls: dict[SourceId, list[CrawlEvent]] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("crawling", total=None)

        def on_event(event: CrawlEvent) -> None:
            of_source = crawls.setdefault(event.source, [])
            if not of_source or event.event == "started":
                of_source.append(event)
            of_source[-1] = event
            latest = [crawl for of_source in crawls.values() for crawl in of_source]
            progress.update(
                task,
                description=_standing(crawls, latest),
                completed=sum(_settled(crawl) for crawl in latest),
                total=sum(_settled(crawl) if crawl.event == "finished" else crawl.expected for crawl in latest) or None,
            )

        yield on_event


def _standing(crawls: Mapping[SourceId, object], latest: Sequence[CrawlEvent]) -> str:
    """How a pass stands, and how far into the past it has come."""
    at_work = sum(crawl.event != "finished" for crawl in latest)
    said = f"{len(crawls)} sources, {at_work} under way"
    if pages := sum(crawl.pages for crawl in latest):
        oldest = min((crawl.oldest for crawl in latest if crawl.oldest), default=None)
        said += f", {pages} older pages, {sum(crawl.found for crawl in latest)} links"
        said += f" back to {oldest}" if oldest else ""
    return said


def _settled(crawl: CrawlEvent) -> int:
    return sum(crawl.outcomes.values())
