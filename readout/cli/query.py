"""The QUERY that commands about meetings share: its words, its options, and what is known of the values it may have.

It must not look for meetings: it says which ones to ask the store for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from readout.cli.session import Session, session_of
from readout.error import ConfigError
from readout.numbering import LARGEST_NUMBER
from readout.watches.query import QUOTES, parse, typed
from readout.watches.vocabulary import meant
from readout.watching import Filter, Query

TAKES_QUERY: dict[str, Any] = {"ignore_unknown_options": True}
"""The context settings of a command with a QUERY: ``-status:planned`` is a term of it and no option."""

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]", help='E.g. body:cis-sorb session:50..55 -status:planned "free words".'),
]
Bodies = Annotated[list[str] | None, typer.Option("--body", help="Id of a body; may be repeated.")]
Countries = Annotated[list[str] | None, typer.Option("--country", help="Where it met or who took part, e.g. KZ.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Id of a source that told of it.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day, or later.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its first day, or earlier.")]
Limit = Annotated[int | None, typer.Option(min=1, max=LARGEST_NUMBER, help="How many.")]


def query_of(
    context: typer.Context,
    words: Sequence[str] | None,
    *,
    bodies: Sequence[str] | None,
    countries: Sequence[str] | None,
    sources: Sequence[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> Query:
    """What the arguments and options of a command that lists meetings ask for. Raises ConfigError with all faults."""
    options = {
        Filter.BODY: bodies or (),
        Filter.COUNTRY: countries or (),
        Filter.SOURCE: sources or (),
        Filter.DAY: _days(since, until),
    }
    return query_from(session_of(context), text_of(context, words), options)


def query_from(session: Session, text: str, options: Mapping[Filter, Sequence[str]]) -> Query:
    """What `text` asks for in the query language and the `options` of a command, which are further terms of it.

    Raises QueryError, a ConfigError, with all faults of both, unknown ids among them.
    """
    from readout.naming import vocabulary_of

    terms = (typed(wanted, values) for wanted, values in options.items() if values)
    return parse(" ".join(part for part in (text, *terms) if part), vocabulary_of(session.sources))


def text_of(context: typer.Context, words: Sequence[str] | None) -> str:
    """The query that stands in the arguments of a command. One of them is the text of a query; of several, each is a
    term, and the shell took the quotes from one that holds blanks. Raises ConfigError for what looks like an option."""
    given = words or ()
    faults = [f"{word}: no such option{meant(word, _options(context))}" for word in given if word.startswith("--")]
    if faults:
        raise ConfigError(faults)
    return given[0] if len(given) == 1 else " ".join(map(_quoted, given))


def _days(since: datetime | None, until: datetime | None) -> Sequence[str]:
    first, last = (day.date().isoformat() if day else "" for day in (since, until))
    return [f"{first}..{last}"] if first or last else ()


def _options(context: typer.Context) -> list[str]:
    return [name for parameter in context.command.params for name in parameter.opts if name.startswith("--")]


def _quoted(term: str) -> str:
    """A term as it stood in the shell's quotes: ``person:Ali Nagiyev`` and ``free words``, but no two terms in one."""
    if len(term.split()) < 2 or any(mark in term for mark in QUOTES):
        return term
    head, colon, value = term.rpartition(":")
    return term if " " in head else f'{head}{colon}"{value}"'
