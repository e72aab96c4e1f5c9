"""The trace of a URL: found, fetched, read, judged, told.

It must not decide or change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from readout.channels.mail.clean import safe_link
from readout.channels.mail.saying import line
from readout.trace import Trace, rules_for
from readout.trace import why as trace_of
from readout.trace_lines import trace_lines
from readout.web.view import View, Viewed

_LONGEST_URL = 4000
_MOST_LINES = 2000
_MOST_LEADS = 30

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a trace; `depth` 1: it belongs to the one before."""

    text: str
    depth: int


@router.get("/why")
def why(view: Viewed, url: Annotated[str, Query(max_length=_LONGEST_URL)] = "") -> HTMLResponse:
    """All that is known of `url`."""
    wanted = url.strip()
    with view.site.database.read() as connection:
        trace = trace_of(connection, wanted, rules_for(view.site.sources, wanted)) if wanted else None
    return view.page(
        "why",
        title=view.words("why.title"),
        here="why",
        status=404 if wanted and trace is None else 200,
        asked=wanted,
        outside=safe_link(wanted),
        parts=list(_parts(trace)) if trace else [],
        leads=list(_leads(trace, view)) if trace else [],
    )


def _parts(trace: Trace) -> Iterator[list[Said]]:
    """The trace in parts: of the link first, of each article then; of a very long one the beginning."""
    part: list[Said] = []
    for number, text in enumerate(trace_lines(trace)):
        if number > _MOST_LINES:
            break
        if text:
            part.append(Said(line(text), int(text.startswith(" "))))
        else:
            yield part
            part = []
    yield part


def _leads(trace: Trace, view: View) -> Iterator[tuple[str, str]]:
    """Where it goes on: its source, the meetings it is told of in, the alerts it led to."""
    if trace.link and trace.link.source_id in view.site.sources:
        yield view.url(f"/sources/{trace.link.source_id}"), line(view.site.sources[trace.link.source_id].name)
    reports = [report for article in trace.articles for report in article.reports]
    for meeting in islice(dict.fromkeys(report.meeting_id for report in reports if report.meeting_id), _MOST_LEADS):
        yield view.url(f"/meetings/{meeting}"), f"M{meeting}"
    for alert in islice(dict.fromkeys(alert.id for report in reports for alert in report.alerts), _MOST_LEADS):
        yield view.url(f"/outbox/{alert}"), view.words("why.alert", number=alert).striptags()
