"""The sources: how each stands and why, and a hand to have one asked now, or left alone.

It must not judge how a source stands, nor write into its file: what is changed here lives in the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from readout.channels.mail.saying import line
from readout.model import Source, SourceId
from readout.roll_call import CRAWLING, DISABLED, NEW, Standing, call_roll
from readout.storage.sources import make_due, set_enabled
from readout.web.form import Form
from readout.web.view import View, Viewed

_GOOD = ("ok", "quiet", CRAWLING)
_NEITHER = (DISABLED, NEW)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A source in the list. `tone`: whether its state is good, bad or neither."""

    path: str
    id: str
    name: str
    country: str
    state: str
    tone: str
    why: str
    last_news: str
    next_due: str
    waiting_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that may be chosen, and how many sources have it; `is_chosen`: it is."""

    value: str
    said: str
    count: int
    path: str
    is_chosen: bool


@router.get("/sources")
def sources(view: Viewed, state: str = "", country: str = "") -> HTMLResponse:
    """Every source that stands so and is of that country, the enabled first."""
    known = view.site.sources
    with view.site.database.read() as connection:
        roll = call_roll(connection, known, now=view.site.now())
    of_country = [source for source in known.values() if country in ("", source.country)]
    chosen = [source for source in of_country if state in ("", roll[source.id].state)]
    chosen.sort(key=lambda source: (not roll[source.id].enabled, source.id))
    return view.page(
        "sources",
        title=view.words("sources.title"),
        here="sources",
        rows=[row_of(source, roll[source.id], view) for source in chosen],
        states=_states(Counter(roll[source.id].state for source in of_country), state, country, view),
        country=country,
        state=state,
        countries=_countries(view),
    )


def _states(counts: Mapping[str, int], chosen: str, country: str, view: View) -> list[Choice]:
    return [
        Choice(
            value=state,
            said=view.words(f"source_state.{state}"),
            count=count,
            path=view.url("/sources", state="" if state == chosen else state, country=country),
            is_chosen=state == chosen,
        )
        for state, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _countries(view: View) -> list[tuple[str, str]]:
    codes = {source.country for source in view.site.sources.values()}
    return sorted(((code, view.saying.country(code)) for code in codes), key=lambda item: item[1].casefold())


def row_of(source: Source, standing: Standing, view: View) -> Row:
    """A source as the list shows it."""
    return Row(
        path=view.url(f"/sources/{source.id}"),
        id=source.id,
        name=line(source.name),
        country=view.saying.country(source.country),
        state=view.words(f"source_state.{standing.state}"),
        tone=tone_of(standing.state),
        why=line(standing.why),
        last_news=view.moment(standing.last_news) if standing.last_news else "",
        next_due=view.moment(standing.next_due) if standing.next_due else "",
        waiting_until=view.moment(standing.waiting_until) if standing.waiting_until else "",
    )


def tone_of(state: str) -> str:
    """Whether such a state is good, bad, or neither."""
    if state in _GOOD:
        return "good"
    return "" if state in _NEITHER else "bad" if state in ("down", "wall", "refusing") else "warn"


# --- what may be done -------------------------------------------------------------------------------------------------


@router.post("/sources/{key}/check")
def check(view: Viewed, key: str, _fields: Form) -> RedirectResponse:
    """It is due now: whoever crawls next asks it."""
    source = known_source(view, key)
    with view.site.database.write() as connection:
        make_due(connection, source.id, now=view.site.now())
    return view.see(f"/sources/{source.id}", done="check")


@router.post("/sources/{key}/enable")
def enable(view: Viewed, key: str, _fields: Form) -> RedirectResponse:
    """It is crawled, whatever its file says."""
    return _set_enabled(view, key, True)


@router.post("/sources/{key}/disable")
def disable(view: Viewed, key: str, _fields: Form) -> RedirectResponse:
    """It is left alone, whatever its file says."""
    return _set_enabled(view, key, False)


def _set_enabled(view: View, key: str, value: bool) -> RedirectResponse:
    source = known_source(view, key)
    with view.site.database.write() as connection:
        set_enabled(connection, source.id, value)
    return view.see(f"/sources/{source.id}", done="enable" if value else "disable")


def known_source(view: View, key: str) -> Source:
    """The source of that id. Raises HTTPException where there is none."""
    source = view.site.sources.get(SourceId(key))
    if source is None:
        raise HTTPException(404)
    return source
