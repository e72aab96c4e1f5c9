"""`readout watch`: who wants to hear of what.

It must not send anything: what a watch would have sent is only shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer

from readout.cli.query import faults_of_ids, some
from readout.cli.session import Session, now, session_of
from readout.error import ConfigError
from readout.model import Filters, Watch


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("add")(add)
    app.command("list")(list_watches)
    app.command("test")(rehearse)
    app.command("remove")(remove)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What you will call it.")],
    to: Annotated[list[str], typer.Option(help="Who hears of it; may be repeated.")],
    body: Annotated[list[str] | None, typer.Option(help="Id of a body, e.g. cis-sorb.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Venue or state taking part, e.g. AZ.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Topic or subject, e.g. terrorism or climate.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Somebody taking part, in any script.")] = None,
    words: Annotated[list[str] | None, typer.Option(help="Word or phrase in title or text.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Language of the report, e.g. ru.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Id of a source.")] = None,
    channel: Annotated[str, typer.Option(help="How it leaves.")] = "email",
    updates: Annotated[bool, typer.Option("--updates", help="Tell also what changes after the first alert.")] = False,
) -> None:
    """Make a watch. A repeated filter means either; different filters must all match; none means every meeting."""
    from readout.storage.watches import add_watch

    session = session_of(context)
    filters = Filters(
        bodies=tuple(body or ()),
        countries=tuple(code.upper() for code in country or ()),
        topics=tuple(topic or ()),
        persons=tuple(person or ()),
        words=tuple(words or ()),
        languages=tuple(language or ()),
        sources=tuple(source or ()),
    )
    _refuse_faults(session, name, filters, tuple(to), channel)
    with session.database(writes=True) as database, database.write() as connection:
        add_watch(connection, name=name, filters=filters, recipients=to, channel=channel, updates=updates, now=now())
    also = "; with updates" if updates else ""
    typer.echo(f"watching as “{name}” for {', '.join(to)}: {in_words(filters)}{also}")


def _refuse_faults(session: Session, name: str, filters: Filters, to: tuple[str, ...], channel: str) -> None:
    """A filter that can never match is a mistake: all of them are told at once."""
    session.check_sources()
    ids = {
        "body": filters.bodies,
        "topic": filters.topics,
        "source": filters.sources,
        "country": filters.countries,
    }
    faults = [*faults_of_ids(session, ids), *_faults_of_words(filters), *_faults_of_recipients(channel, to)]
    if not name.strip() or not name.isprintable():
        faults.append(f"{name!r} is no name: it must be one line of printable characters")
    if faults:
        raise ConfigError(faults)


# The shape of a language tag (BCP 47): a language of two or three letters, then script, region, variant …
_LANGUAGE = re.compile("[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)


def _faults_of_words(filters: Filters) -> Iterator[str]:
    for code in filters.languages:
        if not _LANGUAGE.fullmatch(code):
            yield f"--language {code}: a code of two or three letters belongs here, e.g. ru or zh-Hant"
    for option, given in (("person", filters.persons), ("words", filters.words)):
        for value in given:
            if not any(letter.isalnum() for letter in value):
                yield f"--{option} {value!r}: a word belongs here"


def _faults_of_recipients(channel: str, to: tuple[str, ...]) -> Iterator[str]:
    from readout.channels import CHANNELS

    if channel not in CHANNELS:
        yield f"--channel {channel}: not known; known are {some(list(CHANNELS))}"
        return
    for one in to:
        if wrong := CHANNELS[channel].refuse_recipient(one):
            yield f"--to {one}: {wrong}"


def in_words(filters: Filters) -> str:
    """Filters as people say them."""
    parts = [f"{name}: {' or '.join(values)}" for name, values in asdict(filters).items() if values]
    return "; ".join(parts) or "every meeting"


def list_watches(context: typer.Context) -> None:
    """All watches."""
    from readout.storage.watches import list_watches as stored

    session = session_of(context)
    with session.database() as database, database.read() as connection:
        watches = stored(connection)
    if session.as_json:
        session.print_json([watch_row(watch) for watch in watches])
        return
    rows = (
        (
            watch.name,
            ", ".join(watch.recipients),
            watch.channel,
            in_words(watch.filters),
            "yes" if watch.updates else "no",
            watch.created_at,
        )
        for watch in watches
    )
    columns = ("name", "to", "by", "hears of", "updates", "since")
    session.print_table(columns, rows, empty="no watches yet: readout watch add NAME --to ADDRESS")


def watch_row(watch: Watch) -> dict[str, Any]:
    """A watch for machines."""
    return asdict(watch)


def rehearse(context: typer.Context, name: Annotated[str, typer.Argument()]) -> None:
    """Replay the stored meetings: of which would this watch have told?"""
    from readout.cli.meeting import heading
    from readout.outbox import rehearse as replayed
    from readout.storage.watches import watch_named

    session = session_of(context)
    with session.database() as database:
        with database.read() as connection:
            watch = watch_named(connection, name)
        if watch is None:
            raise ConfigError([f"there is no watch “{name}”; `readout watch list` names them"])
        found = replayed(database, watch)
    if session.as_json:
        session.print_json([{"meeting": meeting.id, "matched": dict(matched)} for meeting, matched in found])
        return
    rows = (
        (
            f"M{meeting.id}",
            heading(meeting),
            "; ".join(f"{key}: {value}" for key, value in matched.items()) or "everything",
        )
        for meeting, matched in found
    )
    session.print_table(("meeting", "", "because"), rows, empty="none of the stored meetings")


def remove(context: typer.Context, name: Annotated[str, typer.Argument()]) -> None:
    """Stop a watch; what it already owes is withheld, what it sent stays in the ledger."""
    from readout.storage.watches import remove_watch

    session = session_of(context)
    with session.database(writes=True) as database, database.write() as connection:
        if not remove_watch(connection, name, now=now()):
            raise ConfigError([f"there is no watch “{name}”; `readout watch list` names them"])
    typer.echo(f"“{name}” is stopped")
