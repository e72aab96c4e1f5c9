"""The page that says how programs read: the key, and where feeds, calendars, rows and numbers are.

It must not show the key to those who may only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from readout.channels.mail.saying import line
from readout.model import Watch
from readout.storage.watches import list_watches
from readout.web.programs.publishing import FEEDS
from readout.web.view import View, Viewed

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is, and what is said of it there."""

    said: str
    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Something that programs read: what it is, by its name in the words, and where."""

    name: str
    addresses: tuple[Address, ...]

    @property
    def about(self) -> str:
        """The name of what is said of it."""
        return f"about_{self.name}"


@router.get("/access")
def access(request: Request, view: Viewed) -> HTMLResponse:
    """How programs read."""
    site, is_needed = view.site, bool(view.visitor.session)
    with site.database.read() as connection:
        watches = list_watches(connection)[:_MOST_WATCHES]
    origin = site.origin(request.headers)
    return view.page(
        "access",
        title=view.words("access.title"),
        is_needed=is_needed,
        key=site.keys.program if is_needed and view.may_change else None,
        origin=origin,
        places=[_place(name, origin, paths) for name, paths in _PATHS.items()],
        watches=[_of_watch(watch, view) for watch in watches],
    )


_MOST_WATCHES = 50
_FORMS = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed", "ics": "iCalendar"}
_ROWS = ("meetings", "attendance", "reports", "articles")
_PATHS = {
    "feed": [f"/feed/meetings.{form}?q=country:KZ" for form in FEEDS],
    "calendar": ["/calendar.ics?q=status:planned"],
    "rows": [*(f"/export/{kind}.csv" for kind in _ROWS), "/export/meetings.jsonl?q=body:cis-sorb"],
    "api": ["/api/meetings?q=country:KZ", "/openapi.json"],
    "metrics": ["/metrics", "/healthz"],
}


def _place(name: str, origin: str, paths: Sequence[str]) -> Place:
    return Place(name, tuple(Address(origin + path, origin + path) for path in paths))


def _of_watch(watch: Watch, view: View) -> Place:
    path = f"/feed/watches/{watch.id}"
    return Place(line(watch.name), tuple(Address(said, view.url(f"{path}.{form}")) for form, said in _FORMS.items()))
