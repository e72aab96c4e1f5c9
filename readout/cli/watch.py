"""`readout watch`: who wants to hear of what.

It must not send anything: what a watch would have sent is only shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.lines import STANDARD_INPUT
from readout.cli.query import TAKES_QUERY, Bodies, Words, query_from, text_of
from readout.cli.session import Session, now, session_of, shown
from readout.error import ConfigError
from readout.recipient import shown_recipient
from readout.toml_file import beginning
from readout.watching import Every, Filter, Query

if TYPE_CHECKING:
    from pydantic import ValidationError

    from readout.model import Watch
    from readout.outbox import Rehearsed
    from readout.storage.database import Database
    from readout.watch_row import WatchRow

_Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")]
_Countries = Annotated[list[str] | None, typer.Option("--country", help="Where it meets or who takes part, e.g. AZ.")]
_Topics = Annotated[list[str] | None, typer.Option("--topic", help="Topic or subject, e.g. terrorism or climate.")]
_People = Annotated[list[str] | None, typer.Option("--person", help="Somebody taking part, in any script.")]
_Phrases = Annotated[list[str] | None, typer.Option("--words", help="Word or phrase in title or text.")]
_Languages = Annotated[list[str] | None, typer.Option("--language", help="Language of the report, e.g. ru.")]
_Sources = Annotated[list[str] | None, typer.Option("--source", help="Id of a source.")]
_Digest = Annotated[str | None, typer.Option(help=f"All in one message: {' or '.join(Every)}.")]
_At = Annotated[str | None, typer.Option(help="When a digest leaves; 08:00 if nothing is said.")]
_On = Annotated[str | None, typer.Option(help="On which day a weekly one does; monday if nothing is said.")]
_Heartbeat = Annotated[bool, typer.Option("--heartbeat", help="A digest also when there is nothing to tell.")]
_AtOnce = Annotated[bool, typer.Option("--at-once", help="One message for each meeting: so it is without a digest.")]
_Zone = Annotated[str | None, typer.Option(help="Whose clock --at and --quiet mean, e.g. Asia/Baku; else UTC.")]
_Quiet = Annotated[str | None, typer.Option(help="Hours in which nothing is sent, e.g. 22:00-07:00.")]
_AlertLanguage = Annotated[str | None, typer.Option(help="In which language alerts are written; else en.")]
_Updates = Annotated[bool, typer.Option("--updates/--no-updates", help="Tell also what changes after the first alert.")]
_File = Annotated[str, typer.Argument(metavar="FILE", help="A TOML file; - is standard input.")]
_OutFile = Annotated[str, typer.Argument(metavar="[FILE]", help="A file that is not there yet; else standard output.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("add", context_settings=TAKES_QUERY)(add)
    app.command("list")(list_watches)
    app.command("test")(rehearse)
    app.command("remove")(remove)
    app.command("import")(import_watches)
    app.command("export")(export_watches)


# --- making one ---------------------------------------------------------------------------------------------------


def add(
    context: typer.Context,
    name: _Name,
    to: Annotated[list[str], typer.Option(help="Who hears of it; may be repeated.")],
    words: Words = None,
    body: Bodies = None,
    country: _Countries = None,
    topic: _Topics = None,
    person: _People = None,
    phrases: _Phrases = None,
    language: _Languages = None,
    source: _Sources = None,
    channel: Annotated[str | None, typer.Option(help="How it leaves; else email.")] = None,
    at_once: _AtOnce = False,
    digest: _Digest = None,
    at: _At = None,
    on: _On = None,
    heartbeat: _Heartbeat = False,
    tz: _Zone = None,
    quiet: _Quiet = None,
    alert_language: _AlertLanguage = None,
    updates: _Updates = False,
) -> None:
    """Make a watch. All terms of its QUERY must match, and so must the filters, which are further terms; one that is
    repeated means either. None means every meeting."""
    session = session_of(context)
    session.check_sources()
    filters = {
        Filter.BODY: body,
        Filter.COUNTRY: country,
        Filter.TOPIC: topic,
        Filter.PERSON: person,
        Filter.WORDS: phrases,
        Filter.LANGUAGE: language,
        Filter.SOURCE: source,
    }
    row: dict[str, Any] = {"heartbeat": heartbeat, "updates": updates, "language": alert_language}
    row |= {"name": name, "to": to, "channel": channel, "digest": digest, "at": at, "on": on, "tz": tz, "quiet": quiet}
    faults: list[str] = []
    try:
        row["query"] = query_from(
            session, text_of(context, words), {key: given or () for key, given in filters.items()}
        )
    except ConfigError as error:
        faults += error.faults
    if at_once and digest is not None:
        faults.append("--at-once: a digest is asked for too: leave one of them out")
    _make(session, row, faults)


def _make(session: Session, row: dict[str, Any], faults: list[str]) -> None:
    """Make the watch of a row that options gave, unless there are `faults` already; ConfigError with all of them."""
    from readout.storage.watches import add_watch

    checked = _checked({key: value for key, value in row.items() if value is not None}, faults)
    if unready := [f"--to {fault}" for fault in _unready(session, checked)]:
        raise ConfigError(unready)
    with session.database(writes=True) as database, database.write() as connection:
        made = add_watch(connection, name=checked.name, now=now(), **checked.settings())
    typer.echo(shown(f"watching as “{made.name}” for {_listed(made.recipients)}: {_in_words(made)}"))


def _checked(row: dict[str, Any], faults: list[str]) -> WatchRow:
    from pydantic import ValidationError

    from readout.watch_row import WatchRow

    try:
        checked = WatchRow.model_validate(row)
    except ValidationError as error:
        raise ConfigError([*faults, *_faults(error, row)]) from None
    if faults:
        raise ConfigError(faults)
    return checked


def _unready(session: Session, row: WatchRow) -> Iterator[str]:
    """Who could not be told as we are configured: it is said now, not when there is news."""
    from readout.channels import unready

    for recipient, why in unready(session.config, row.channel, row.to).items():
        yield f"{shown(shown_recipient(recipient))}: {why}"


def _listed(recipients: Iterable[str]) -> str:
    return ", ".join(map(shown_recipient, recipients))


def _faults(error: ValidationError, row: Mapping[str, Any]) -> Iterator[str]:
    from readout.fault import faults_of
    from readout.watch_row import texts_of

    for fault in faults_of(error):
        key, *place = fault["loc"]
        yield from (f"{_as_typed(str(key), row, place)}: {text}" for text in texts_of(fault))


def _as_typed(key: str, row: Mapping[str, Any], place: list[Any]) -> str:
    """The option that gave a value, as it was typed."""
    if key == "name":
        return "NAME"
    option = "--alert-language" if key == "language" else f"--{key}"
    value = row[key][place[0]] if place else row[key]
    return option if isinstance(value, bool) else f"{option} {shown(value)}"


def _in_words(watch: Watch) -> str:
    from readout.watch_row import query_in_words, told_in_words

    return f"{query_in_words(watch.query)}; {told_in_words(watch)}"


# --- looking ------------------------------------------------------------------------------------------------------


def list_watches(context: typer.Context) -> None:
    """All watches."""
    from readout.storage.watches import list_watches as stored
    from readout.watch_row import query_in_words, told_in_words, watch_row

    session = session_of(context)
    with session.database() as database, database.read() as connection:
        watches = stored(connection)
    if session.as_json:
        session.print_json([watch_row(watch) for watch in watches])
        return
    rows = (
        (
            watch.name,
            query_in_words(watch.query),
            _listed(watch.recipients),
            watch.channel,
            told_in_words(watch),
            watch.created_at,
        )
        for watch in watches
    )
    columns = ("name", "hears of", "to", "by", "when", "since")
    session.print_table(columns, rows, empty="no watches yet: readout watch add NAME --to ADDRESS")


def rehearse(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="What it is called.")] = None,
    query: Annotated[str | None, typer.Option(help="A query to try before there is a watch for it.")] = None,
) -> None:
    """Replay the stored meetings, the newest first: of which would this watch, or one with this query, tell if they
    were news today, because of what, and how?"""
    from readout.outbox import rehearse as replayed

    session = session_of(context)
    if (name is None) == (query is None):
        raise ConfigError(["readout watch test takes the NAME of a watch or a --query, and not both"])
    tried = None if query is None else query_from(session, query, {})
    with session.database() as database:
        asked, how = (tried, _AT_ONCE) if tried is not None else _asked_by(database, str(name))
        found = replayed(database, asked)
    _show(session, found, how)


_AT_ONCE = "at once"
_UNTOLD = "was stored without telling anybody"


def _asked_by(database: Database, name: str) -> tuple[Query, str]:
    """What a watch asks for, and how it tells."""
    from readout.storage.watches import watch_named

    with database.read() as connection:
        watch = watch_named(connection, name)
    if watch is None:
        raise _no_watch(name)
    digest = watch.delivery.digest
    return watch.query, f"in the {digest.every} digest" if digest else _AT_ONCE


def _show(session: Session, found: Sequence[Rehearsed], how: str) -> None:
    from readout.plainly import heading

    if session.as_json:
        rows = [
            {"meeting": each.meeting.id, "matched": dict(each.matched), "told": how, "note": _note(each)}
            for each in found
        ]
        session.print_json(rows)
        return
    told = (
        (f"M{each.meeting.id}", heading(each.meeting), because(each.matched), how, _note(each) or "") for each in found
    )
    session.print_table(("meeting", "", "because", "told", ""), told, empty="none of the stored meetings")


def _note(found: Rehearsed) -> str | None:
    return _UNTOLD if found.is_untold else None


def because(matched: Mapping[str, str]) -> str:
    """Why a watch spoke up, by filter."""
    return "; ".join(f"{key}: {value}" for key, value in matched.items()) or "everything"


# --- taking one away ----------------------------------------------------------------------------------------------


def remove(
    context: typer.Context,
    name: _Name,
    to: Annotated[str | None, typer.Option(help="Stop it for this recipient alone.")] = None,
) -> None:
    """Stop a watch, or only for one of its recipients; what it already owes is withheld, what it sent stays in the
    ledger."""
    from readout.storage.watches import remove_recipient, remove_watch, watch_named

    session = session_of(context)
    with session.database(writes=True) as database, database.write() as connection:
        found = watch_named(connection, name)
        if found is None:
            raise _no_watch(name)
        if to is None:
            remove_watch(connection, name, now=now())
        elif not remove_recipient(connection, found.id, to, now()):
            raise ConfigError([f"“{name}” does not tell {to}; it tells {_listed(found.recipients)}"])
        is_left = watch_named(connection, name) is not None
    typer.echo(shown(f"“{name}” is stopped{f' for {to}' if is_left else ''}"))


def _no_watch(name: str) -> ConfigError:
    return ConfigError([f"there is no watch “{name}”; `readout watch list` names them"])


# --- as a file ----------------------------------------------------------------------------------------------------


def import_watches(context: typer.Context, file: _File) -> None:
    """Make the watches of a file, and change those that it names otherwise than they are: all of them or, where
    anything is wrong with it, none."""
    from readout.cli.watch_file import Fate, read_watches, take_in
    from readout.storage.watches import list_watches as stored
    from readout.watches.query import parse, written

    session = session_of(context)
    session.check_sources()
    data = _read(file)
    with session.database() as database, database.read() as connection:
        asked_already = {written(watch.query) for watch in stored(connection)}

    def read(text: str) -> Query:
        return parse(text) if text in asked_already else query_from(session, text, {})

    where = "standard input" if file == STANDARD_INPUT else shown(file)
    rows = read_watches(data, where, read)
    if unready := [f"{where}: “{row.name}”: {fault}" for row in rows for fault in _unready(session, row)]:
        raise ConfigError(unready)
    with session.database(writes=True) as database, database.write() as connection:
        fates = take_in(connection, rows, now())
    typer.echo(", ".join(f"{fates[fate]} {fate}" for fate in Fate))


def _read(file: str) -> bytes:
    try:
        with ExitStack() as house:
            return beginning(sys.stdin.buffer if file == STANDARD_INPUT else house.enter_context(Path(file).open("rb")))
    except OSError as error:
        raise ConfigError([f"{shown(file)}: cannot be read: {error.strerror}"]) from None


def export_watches(context: typer.Context, file: _OutFile = STANDARD_INPUT) -> None:
    """Write all watches, the oldest first, as a TOML file that `readout watch import` takes in."""
    from readout.cli.watch_file import watches_text
    from readout.storage.watches import list_watches as stored

    session = session_of(context)
    with session.database() as database, database.read() as connection:
        text = watches_text(stored(connection))
    if file == STANDARD_INPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        _write(Path(file), text)


def _for_us_alone(path: str, flags: int) -> int:
    """Who hears of what, and by which URL, is nobody else's business."""
    return os.open(path, flags, mode=0o600)


def _write(path: Path, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8", newline="\n", opener=_for_us_alone) as out:
            out.write(text)
    except FileExistsError:
        raise ConfigError([f"{shown(path)}: is there already; remove it first, or choose another name"]) from None
    except OSError as error:
        raise ConfigError([f"{shown(path)}: cannot be written: {error.strerror}"]) from None
