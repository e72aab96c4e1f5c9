"""`readout source import` and `export`: the feeds of a feed reader as sources, and those of sources for a feed reader.

It must not take in a part of a file, or write over a source.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from readout.cli.session import Session, now, one_of, session_of, shown
from readout.cli.source_add import GUESS, own_folder, warn_unread, write_new
from readout.error import ConfigError, ReadoutError
from readout.model import SourceKind

if TYPE_CHECKING:
    from readout.exports.opml import FeedOutline
    from readout.model import Source
    from readout.surveying.draft import FeedDraft, Given, Known

_STANDARD = "-"
_UNKNOWN_COUNTRY = "ZZ"  # ISO 3166-1 leaves it to users


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_feeds)
    app.command("export")(export_feeds)


# --- in -------------------------------------------------------------------------------------------------------------


def import_feeds(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="OPML; - is standard input.")],
    country: Annotated[str | None, typer.Option(help="Where an address does not tell.")] = None,
    kind: Annotated[SourceKind | None, typer.Option(help="What sort.", parser=one_of(SourceKind))] = None,
    language: Annotated[str | None, typer.Option(help="Where the file does not tell.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Where the country does not tell.")] = None,
) -> None:
    """Make a source of every feed in an OPML file; those that are watched already are left out. All or nothing."""
    from readout.exports.opml import read_opml
    from readout.surveying.draft import Given, feed_source_text

    session = session_of(context)
    feeds = read_opml(_data(file), "standard input" if file == _STANDARD else file)
    given = Given(country=country, kind=kind, languages=(language,) if language else (), timezone=timezone)
    watched = {place.url.rstrip("/"): source.id for source in session.sources.values() for place in source.discover}
    for feed in feeds:
        if owner := watched.get(feed.url.rstrip("/")):
            typer.echo(shown(f"left out: {feed.url} is watched already, by {owner}"), err=True)
    new = [feed for feed in feeds if feed.url.rstrip("/") not in watched]
    drafts = list(_drafts(new, {*map(str, session.sources)}, given))
    folder = own_folder(session)
    write_new({folder / f"{draft.id}.toml": feed_source_text(draft) for draft in drafts})
    _say_taken(session, folder, drafts)


def _data(file: str) -> bytes:
    from readout.exports.opml import LARGEST

    if file.startswith(("http://", "https://")):
        raise ConfigError([f"{shown(file)}: download it first, then import the file"])
    try:
        if file == _STANDARD:
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise ReadoutError(f"{file}: {error.strerror}") from None


def _drafts(feeds: Sequence[FeedOutline], taken: set[str], given: Given) -> Iterator[FeedDraft]:
    from readout.surveying.draft import FeedDraft, id_of

    for feed in feeds:
        home = feed.home or "{0.scheme}://{0.netloc}/".format(urlsplit(feed.url))
        key = _free(id_of(urlsplit(home).hostname or ""), taken)
        taken.add(key)
        facts = _facts(feed, urlsplit(home).hostname or "", given)
        note = f"From OPML on {now().date()}: only its feed is known."
        yield FeedDraft(id=key, name=feed.name, url=feed.url, home=home, facts=facts, note=note)


def _free(key: str, taken: Collection[str]) -> str:
    """`key`, or the first of key-2, key-3 … that nothing is called."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key[:55]}-{number}"
    return free


def _facts(feed: FeedOutline, host: str, given: Given) -> Mapping[str, Known]:
    """What must stand in a source's file, each marked as a guess where nothing tells."""
    from readout.surveying.draft import Known
    from readout.surveying.whereabouts import country_of, zone_of

    code = given.country or country_of(host)
    zone = given.timezone or zone_of(code, None, now=now())[0]
    spoken = given.languages[0] if given.languages else _language(feed)
    kind = f"{GUESS}: {' | '.join(SourceKind)}"
    return {
        "kind": Known(value=given.kind or SourceKind.NEWSPAPER, how="" if given.kind else kind),
        "country": Known(value=code or _UNKNOWN_COUNTRY, how="" if code else "NOT KNOWN: ISO 3166-1 alpha-2"),
        "languages": Known(value=spoken or "en", how="" if spoken else f"{GUESS}: as in az, or uz-Cyrl"),
        "timezone": Known(value=zone or "UTC", how="" if zone else f"{GUESS}: IANA, as in Asia/Baku"),
    }


def _language(feed: FeedOutline) -> str | None:
    from readout.articles.language import LANGUAGES

    code = (feed.language or "").partition("-")[0].lower()
    return code if code in LANGUAGES else None


def _say_taken(session: Session, folder: Path, drafts: Sequence[FeedDraft]) -> None:
    if session.as_json:
        session.print_json([{"id": draft.id, "feed": draft.url} for draft in drafts])
        return
    rows = [(draft.id, draft.name, draft.url) for draft in drafts]
    session.print_table(("id", "name", "feed"), rows, empty="nothing new")
    if not drafts:
        return
    guesses = sum(any(known.how for known in draft.facts.values()) for draft in drafts)
    session.console.print(f"\nwritten: {len(drafts)} files in {folder}", style="bold green", soft_wrap=True)
    if guesses:
        said = f"→ {guesses} of them hold guesses, marked so: correct them, or import with --country, --language …"
        session.console.print(said, style="yellow")
    warn_unread(session, folder)
    session.console.print(f"next: readout source check {drafts[0].id}")


# --- out ------------------------------------------------------------------------------------------------------------


def export_feeds(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to; - is standard output.")] = _STANDARD,
    everything: Annotated[bool, typer.Option("--all", help="Those that are not enabled, too.")] = False,
) -> None:
    """Write the feeds of the enabled sources as OPML, by country."""
    from readout.exports.opml import opml_text

    session = session_of(context)
    text = opml_text("Sources of Readout", _by_country(_chosen(session, everything=everything)), now=now())
    if file == _STANDARD:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReadoutError(f"{file}: {error.strerror}") from None


def _chosen(session: Session, *, everything: bool) -> list[Source]:
    from readout.storage.sources import is_enabled, states

    with session.database() as database, database.read() as connection:
        known = states(connection)
    sources = session.sources.values()
    return [source for source in sources if everything or is_enabled(source, known.get(source.id))]


def _by_country(sources: Sequence[Source]) -> dict[str, list[FeedOutline]]:
    """The feeds by the name of their country, in order of it; pages of a feed that are counted are its first."""
    from readout.catalog import load_country_names
    from readout.discovery import Feed
    from readout.exports.opml import FeedOutline

    names = load_country_names()
    groups: defaultdict[str, list[FeedOutline]] = defaultdict(list)
    for source in sources:
        language = source.languages[0] if source.languages else None
        for place in source.discover:
            if isinstance(place, Feed):
                url = place.url.replace("{n}", str(place.first))
                outline = FeedOutline(url=url, name=source.name, home=source.home, language=language)
                groups[names.get(source.country, source.country)].append(outline)
    return {name: groups[name] for name in sorted(groups)}
