"""What a visitor asks for: the query in the box and the filters beside it as one query, and numbers.

It must not look for meetings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from readout.error import QueryError
from readout.naming import vocabulary_of
from readout.numbering import stored_number
from readout.watches.query import parse, typed, written
from readout.watching import EVERYTHING, Filter, Query
from readout.web.site import Site


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the text that says it; with `faults` the text says none, and they say where and why."""

    text: str
    query: Query = EVERYTHING
    faults: tuple[str, ...] = ()


def _chosen(
    body: str = "",
    country: str = "",
    city: str = "",
    day: str = "",
    status: str = "",
    language: str = "",
    source_kind: str = "",
) -> Mapping[Filter, str]:
    return {
        Filter.BODY: body,
        Filter.COUNTRY: country,
        Filter.CITY: city,
        Filter.DAY: day,
        Filter.STATUS: status,
        Filter.LANGUAGE: language,
        Filter.SOURCE_KIND: source_kind,
    }


Chosen = Annotated[Mapping[Filter, str], Depends(_chosen)]
"""The values of the filters beside the box, empty where none is chosen, as a page's argument."""


def asked_for(site: Site, text: str, chosen: Mapping[Filter, str]) -> Asked:
    """What `text` says together with a value for each filter that is `chosen` (empty: it is not)."""
    terms = (typed(wanted, [value]) for wanted, value in chosen.items() if value)
    whole = " ".join(filter(None, (text.strip(), *terms)))
    try:
        query = parse(whole, vocabulary_of(site.sources))
    except QueryError as error:
        return Asked(whole, faults=tuple(error.faults))
    return Asked(written(query), query)


def values_of(query: Query, wanted: Filter) -> Iterable[str]:
    """The values that a query names of a filter, which need not be offered any more."""
    return query.values(wanted)


def stored_id(text: str, *, prefix: str = "") -> int | None:
    """The number of something stored as an address or a form has it, None for what is none."""
    return stored_number(text, prefix=prefix) or None
