"""The QUERY that commands about meetings share: its options, and what is wrong with one.

It must not look anything up: it says which meetings to ask the store for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import LARGEST_NUMBER, Session
from readout.error import ConfigError

if TYPE_CHECKING:
    from readout.storage.meetings import Query

Bodies = Annotated[list[str] | None, typer.Option("--body", help="Id of a body; may be repeated.")]
Countries = Annotated[list[str] | None, typer.Option("--country", help="Where it met, e.g. KZ.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Id of a source that told of it.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its first day or later.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day or earlier.")]
Limit = Annotated[int | None, typer.Option(min=1, max=LARGEST_NUMBER, help="How many.")]

# How alike a known id or name must be to be named beside an unknown one, how far behind the likest, and how many are.
_NEAR = 70
_BEHIND = 10
_MOST_NEAR = 3
_MOST_KNOWN = 60


def query_of(
    session: Session,
    *,
    bodies: list[str] | None,
    countries: list[str] | None,
    sources: list[str] | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
) -> Query:
    """What the options ask for. Raises ConfigError with every id that nothing has."""
    from readout.storage.meetings import Query

    codes = tuple(code.upper() for code in countries or ())
    refuse_unknown(session, {"body": bodies or (), "country": codes, "source": sources or ()})
    return Query(
        bodies=tuple(bodies or ()),
        countries=codes,
        sources=tuple(sources or ()),
        since=since and since.date(),
        until=until and until.date(),
        limit=limit,
    )


def refuse_unknown(session: Session, given: Mapping[str, Sequence[str]]) -> None:
    """Raises ConfigError with the `faults_of_ids`."""
    if faults := list(faults_of_ids(session, given)):
        raise ConfigError(faults)


def faults_of_ids(session: Session, given: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What is wrong with the ids `given` for the options ``body``, ``country``, ``source`` and ``topic``: each that is
    not known, with those near it."""
    for option, values in given.items():
        known = _known(session, option) if values else {}
        for value in (value for value in values if value not in known):
            yield f"--{option} {value}: not known; {_advice(value, known)}"


def some(names: Sequence[str]) -> str:
    """The names in order, as many as a person may want to read."""
    ordered = sorted(names)
    return ", ".join(ordered) if len(ordered) <= _MOST_KNOWN else f"{', '.join(ordered[:_MOST_KNOWN])} …"


def _known(session: Session, option: str) -> Mapping[str, str]:
    """What each id that an option takes is called."""
    from readout.catalog import load_body_names, load_country_names
    from readout.meetings.shape import SUBJECTS, TOPICS

    match option:
        case "body":
            return load_body_names()
        case "country":
            return load_country_names()
        case "source":
            return {str(source.id): source.name for source in session.sources.values()}
        case _:
            return {topic: topic.replace("_", " ") for topic in (*TOPICS, *SUBJECTS)}


def _advice(value: str, known: Mapping[str, str]) -> str:
    likeness = {key: _likeness(value.casefold(), key.casefold(), name.casefold()) for key, name in known.items()}
    least = max(_NEAR, *(score - _BEHIND for score in likeness.values()))
    near = sorted((key for key in known if likeness[key] >= least), key=lambda key: (-likeness[key], key))
    if not near:
        return f"known are {some(list(known))}"
    return f"did you mean {' or '.join(f'{key} ({known[key]})' for key in near[:_MOST_NEAR])}?"


def _likeness(value: str, key: str, name: str) -> float:
    """0 to 100: of an id, of a part of one, of the name, of some words of it."""
    from rapidfuzz import fuzz

    part = 0.95 * fuzz.partial_ratio(value, key) if 3 <= len(value) < len(key) else 0.0
    words = 0.9 * fuzz.token_set_ratio(value, name) if len(value.split()) > 1 else 0.0
    return max(fuzz.ratio(value, key), part, fuzz.ratio(value, name), words)
