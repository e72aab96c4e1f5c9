"""`readout db`: the database itself, its copies, and whether it is whole.

It must not touch what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.error import CopyDiffers

if TYPE_CHECKING:
    from readout.storage.backup import Returned
    from readout.storage.soundness import Soundness

_MIB = 1 << 20
_TABLES = {one: f"{one}s" for one in ("source", "link", "article", "report", "meeting", "alert")} | {"watch": "watches"}
"""Those that people know, and what many of their rows are called."""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.callback()(_group)
    app.command("upgrade")(upgrade)
    app.command("reindex")(reindex)
    app.command("verify")(verify)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("copy")(copy)


def _group() -> None:
    """The database."""


def upgrade(context: typer.Context) -> None:
    """Bring the database to the shape this version works with."""
    from readout.storage.database import head
    from readout.storage.database import upgrade as bring_up
    from readout.storage.lock import mending_lock

    session = session_of(context)
    url = session.config.database.url
    before: str | None = head()
    after = head()
    if not _is_up(url):
        with mending_lock(session.config.data_dir, url):
            before, after = bring_up(url, _tell)
            _let_queue_go(url)
    if session.as_json:
        session.print_json({"before": before, "after": after})
        return
    if before == after:
        typer.echo(f"the database is at {after}")
        return
    # What is stored was read by the rules of then, and is found by what only they wrote down.
    advice = "; now run `readout replay`, which reads what is stored by the rules of now" if before else ""
    typer.echo(f"upgraded from {before or 'empty'} to {after}{advice}")


def _is_up(url: str) -> bool:
    """Whether there is nothing to do on a server: then those at work need not be ended."""
    from readout.storage.database import Database, head, is_there, revision_of
    from readout.storage.home import home_of
    from readout.workers.queue import is_queue_ours

    if home_of(url).file is not None or not is_there(url):
        return False
    with closing(Database(home_of(url))) as database, database.read() as connection:
        return revision_of(connection, database.home) == head() and is_queue_ours(connection)


def _let_queue_go(url: str) -> None:
    """A cluster's queue is made anew by whoever needs it, in the shape that its own version wants."""
    from readout.storage.database import open_database
    from readout.storage.home import home_of
    from readout.workers.queue import clear_queue

    if home_of(url).file is None:
        with closing(open_database(url, create=False)) as database, database.write() as connection:
            clear_queue(connection)


def _tell(said: str) -> None:
    """What is being done, beside what is printed."""
    typer.echo(said, err=True)


def reindex(context: typer.Context) -> None:
    """Make the index of words, by which articles are searched, anew from what is stored."""
    from readout.storage.lock import mending_lock
    from readout.storage.search import index_all

    session = session_of(context)
    with mending_lock(session.config.data_dir, session.config.database.url), session.database() as database:
        with database.write() as connection:
            count = index_all(
                connection, lambda done, of: _tell(f"{done} of {of} articles") if done % 10_000 == 0 else None
            )
        database.checkpoint()
    if session.as_json:
        session.print_json({"articles": count})
        return
    typer.echo(f"{count} articles are in the index of words")


def verify(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="A backup; none: the database.")] = None,
) -> None:
    """Read the database, or a backup, from end to end; exit 1 if anything is wrong with it."""
    from readout.storage.home import home_of
    from readout.storage.soundness import examine, examine_home
    from readout.storage.sqlite import about_version

    session = session_of(context)
    found = examine(file) if file else examine_home(home_of(session.config.database.url))
    if session.as_json:
        row = asdict(found)
        sqlite = about_version() if found.is_file else None
        session.print_json({"file": row.pop("place"), **row, "ok": found.is_sound, "sqlite": sqlite})
    else:
        _print_found(session, found)
    raise typer.Exit(0 if found.is_sound else 1)


def _print_found(session: Session, found: Soundness) -> None:
    from readout.storage import sqlite

    for line in (
        f"{found.place}: {_verdict(found)}, revision {found.revision or 'unknown'}",
        *(f"- {said}" for said in (*found.faults, *found.breaches)),
        *([sqlite.RESTORE] if found.faults else ()),
        _contents(found),
        _sizes(found),
        *([sqlite.about_version()] if found.is_file else ()),
    ):
        session.console.print(shown(line), soft_wrap=True)


def _verdict(found: Soundness) -> str:
    if found.faults:
        return "damaged"
    return "sound" if found.is_sound else "whole, but holds what cannot be (please report it)"


def _contents(found: Soundness) -> str:
    """ "12 sources, 3400 links, …"."""
    told = (f"{found.rows[name]} {many}" for name, many in _TABLES.items() if name in found.rows)
    return ", ".join(told) or "its rows are not known"


def _sizes(found: Soundness) -> str:
    if found.log is None or found.unused is None or found.free is None:
        return _size(found.size)
    log, free = f"{_size(found.log)} in its log", f"{_size(found.free)} free on its disk"
    return f"{_size(found.size)}, {_size(found.unused)} of it unused; {log}; {free}"


def _size(count: int) -> str:
    return f"{count / _MIB:.1f} MiB"


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to; nothing may be there.")],
) -> None:
    """Copy the database as it is now into FILE, while others go on writing, and read the copy whole."""
    from readout.storage.backup import back_up

    session = session_of(context)
    found = back_up(session.config.database.url, file, now=now(), tell=_tell)
    if session.as_json:
        session.print_json({"file": str(file), "bytes": found.size, "rows": dict(found.rows)})
    else:
        session.console.print(shown(f"{file}: {_size(found.size)}, read whole: {_contents(found)}"), soft_wrap=True)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup, or any whole copy of a database.")],
    resend: Annotated[
        bool, typer.Option("--resend", help="Send what it owes, also what may have left since it was made.")
    ] = False,
) -> None:
    """Let a backup take the place of the database, which is kept beside it; on a server, of an empty one."""
    from readout.storage.backup import restore as give_back
    from readout.storage.lock import mending_lock

    session = session_of(context)
    url = session.config.database.url
    with mending_lock(session.config.data_dir, url, replaces=True):
        done = give_back(url, file, now=now(), resends=resend, tell=_tell)
    if session.as_json:
        _print_returned(session, file, done)
        return
    taken = f"as it was at {shown(done.taken)} UTC" if done.taken else "as it was when it was copied"
    lines = [
        f"{file} is the database now, {taken}: {_contents(done.found)}",
        f"the former one is kept as {done.kept}" if done.kept else "there was no database before",
        _about_alerts(done.doubtful, resend=resend),
    ]
    for line in lines:
        session.console.print(shown(line), soft_wrap=True)


def _print_returned(session: Session, file: Path, done: Returned) -> None:
    row: dict[str, object] = {"file": str(file), "kept": str(done.kept) if done.kept else None}
    row |= {"taken": done.taken.isoformat() if done.taken else None, "doubtful": done.doubtful}
    session.print_json(row | {"bytes": done.found.size, "rows": dict(done.found.rows)})


def _about_alerts(doubtful: int, *, resend: bool) -> str:
    if resend:
        return "alerts that left since then are sent again"
    owed = f"{doubtful} alerts that it owes may have left since, and so may those of what came out before now"
    return f"{owed}: they wait for you (readout alerts list --state doubtful; readout alerts retry ID, or all)"


def copy(
    context: typer.Context,
    origin: Annotated[str, typer.Argument(metavar="FROM", help="The URL of a database, or a file.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; nothing may be in it.")],
) -> None:
    """Copy a database into an empty one, from a file to a server or back, and compare them. The same command goes on
    with a copy that was broken off. The archive of pages is in no database: it stays where it is."""
    from readout.storage.copying import begin, go_on, place_of, refuse_unfit
    from readout.storage.lock import copying_lock

    session = session_of(context)
    former, made = _url(origin), _url(target)
    refuse_unfit(former, made)
    with copying_lock(session.config.data_dir, former, made):
        begin(former, made)
        with _told_how_to_go_on():
            done = go_on(former, made, tell=_tell)
    if session.as_json:
        tables = {each.table: {"rows": each.rows, "sha256": each.digest} for each in done}
        session.print_json({"from": place_of(former), "to": place_of(made), "tables": tables})
        return
    rows = [(each.table, each.rows, each.digest[:16]) for each in done if each.rows]
    session.print_table(("table", "rows", "SHA-256, its beginning"), rows, empty="there was no row to copy")
    said = f"{sum(each.rows for each in done)} rows, the same in both: {place_of(made)} is what {place_of(former)} was"
    session.console.print(shown(f"{said}; name it in database.url"), soft_wrap=True)


@contextmanager
def _told_how_to_go_on() -> Iterator[None]:
    with ExitStack() as end:
        end.callback(_tell, "the copy is not whole: what is done stays, and the same command goes on with it")
        try:
            yield
        except CopyDiffers:
            end.pop_all()
            raise
        end.pop_all()


def _url(place: str) -> str:
    """Of a database, as it was typed."""
    from sqlalchemy.engine import URL

    return place if "://" in place else str(URL.create("sqlite", database=place))
