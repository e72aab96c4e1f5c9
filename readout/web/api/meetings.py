"""Meetings, reports, articles and the trace of a URL, as JSON.

It must not decide what a query asks for.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from readout.dossier import open_dossier
from readout.exports.dossier import dossier_row
from readout.exports.rows import stored_article_row, stored_report_row
from readout.naming import vocabulary_of
from readout.record import meeting_row
from readout.site_rules import UrlRules
from readout.storage.articles import article_by_key
from readout.storage.newest import newest
from readout.storage.reports import reports_in
from readout.trace import why as trace_of
from readout.watches.query import parse
from readout.web.api import shape
from readout.web.api.router import A_PAGE, Id, Limit, Text, answer, api_router
from readout.web.api.trace import trace_row
from readout.web.mark import mark_in, mark_text
from readout.web.refusal import refused
from readout.web.site import Served

_LONGEST_URL = 4_000
_AFTER = r"^(\d{4}-\d\d-\d\d|none)~[1-9]\d{0,17}$"

router: APIRouter = api_router("meetings")


@router.get("/meetings", response_model=shape.Meetings)
def meetings(
    site: Served,
    q: Text = "",
    after: Annotated[str | None, Query(pattern=_AFTER, description="What the last answer calls `next`.")] = None,
    limit: Limit = A_PAGE,
) -> Response:
    """The meetings that `q` asks for, by their days, the newest first."""
    query, behind = parse(q, vocabulary_of(site.sources)), mark_in(after or "")
    if after and behind is None:
        return refused("/api/meetings", 400, "query", said=("after: no day stands there",))
    with site.database.read() as connection:
        leaf = newest(connection, query, after=behind, most=limit)
    last = mark_text(leaf.found[-1][0]) if leaf.more else None
    return answer({"items": [meeting_row(meeting) for _, meeting in leaf.found], "next": last})


@router.get("/meetings/{id}", response_model=shape.Dossier)
def meeting(site: Served, id: Id) -> Response:  # noqa: A002  (as it is called everywhere)
    """All that is known of one meeting; of one that was merged into another, that other."""
    with site.database.read() as connection:
        dossier = open_dossier(connection, id)
    if dossier is None:
        raise HTTPException(404)
    return answer(dossier_row(dossier))


@router.get("/reports/{id:path}", response_model=shape.Reports)
def reports(site: Served, id: str) -> Response:  # noqa: A002
    """What the article of that id tells of: of several meetings, a report each, the main one first."""
    with site.database.read() as connection:
        found = reports_in(connection, id)
    if not found:
        raise HTTPException(404)
    return answer({"items": [stored_report_row(each) for each in found]})


@router.get("/articles/{id:path}", response_model=shape.Article)
def article(site: Served, id: str) -> Response:  # noqa: A002
    """One article, by its id in exports."""
    with site.database.read() as connection:
        found = article_by_key(connection, id)
    if found is None:
        raise HTTPException(404)
    return answer(stored_article_row(found))


@router.get("/why", response_model=shape.Trace)
def why(site: Served, url: Annotated[str, Query(min_length=1, max_length=_LONGEST_URL)]) -> Response:
    """All that is known of a URL, however it is spelled."""
    rules = next((source.url_rules for source in site.sources.values() if source.owns(url)), UrlRules())
    with site.database.read() as connection:
        trace = trace_of(connection, url, rules)
    if trace is None:
        raise HTTPException(404)
    return answer(trace_row(trace))
