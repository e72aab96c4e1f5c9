"""Bodies, sources and what is expected, as JSON.

It must not judge how anything stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from readout.catalog import load_body_kinds, load_body_names, load_body_wholes
from readout.expecting import expected as look_for
from readout.exports.expectation import expectation_row
from readout.exports.source import source_row
from readout.model import SourceId
from readout.record import Row
from readout.roll_call import call_roll
from readout.storage.expected import first_urls
from readout.storage.figures import outcomes_of, sittings_of
from readout.web.api import roster
from readout.web.api.router import answer, api_router
from readout.web.site import Served
from readout.web.words import languages

_LONGEST_ID = 200

router: APIRouter = api_router("registry")


def _iso_day(text: str) -> str:
    """Else a number would be taken for the seconds since 1970."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("a day belongs here, as in 2026-11-22")
    return text


Day = Annotated[date, BeforeValidator(_iso_day)]


@router.get("/bodies", response_model=roster.Bodies)
def bodies() -> Response:
    """The bodies of the registry."""
    return answer({"items": [_body_row(each) for each in sorted(load_body_names())]})


@router.get("/bodies/{id}", response_model=roster.SittingBody)
def body(site: Served, id: str) -> Response:  # noqa: A002
    """One of them, and how often it met."""
    if id not in load_body_names():
        raise HTTPException(404)
    with site.database.read() as connection:
        met = sittings_of(connection, id)
    return answer(_body_row(id) | asdict(met))


def _body_row(key: str) -> Row:
    return {
        "id": key,
        "name": load_body_names()[key],
        "names": {language: load_body_names(language)[key] for language in languages()},
        "kind": load_body_kinds()[key],
        "within": load_body_wholes().get(key, ()),
    }


@router.get("/sources", response_model=roster.Sources)
def sources(site: Served) -> Response:
    """Every source and how it stands."""
    with site.database.read() as connection:
        roll = call_roll(connection, site.sources, now=site.now())
    return answer({"items": [source_row(source, roll[source.id]) for source in site.sources.values()]})


@router.get("/sources/{id}", response_model=roster.CountedSource)
def source(site: Served, id: str) -> Response:  # noqa: A002
    """One of them, and what became of its links."""
    found = site.sources.get(SourceId(id))
    if found is None:
        raise HTTPException(404)
    with site.database.read() as connection:
        standing = call_roll(connection, {found.id: found}, now=site.now())[found.id]
        counted: Mapping[str, int] = outcomes_of(connection, found.id)
    return answer(source_row(found, standing) | {"outcomes": counted})


@router.get("/expected", response_model=roster.AllExpected)
def expected(
    site: Served,
    body: Annotated[str | None, Query(max_length=_LONGEST_ID, description="Id of a body.")] = None,
    until: Annotated[Day | None, Query(description="What begins later is left out.")] = None,
    everything: Annotated[bool, Query(alias="all", description="Also what has been missing for long.")] = False,
) -> Response:
    """What should have been reported and was not."""
    if body is not None and body not in load_body_names():
        raise HTTPException(404)
    today = site.now().astimezone(UTC).date()
    bodies_asked = [body] if body else []
    with site.database.read() as connection:
        found = look_for(connection, today=today, bodies=bodies_asked, until=until, everything=everything)
        urls = first_urls(connection, (reason.meeting_id for each in found for reason in each.reasons))
    return answer({"items": [expectation_row(each, urls, today) for each in found]})
