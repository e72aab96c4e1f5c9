"""The watches: who hears of what; one of them, what it would have sent, who is told, and its end.

It must not send anything, nor show an address that is a key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from starlette.responses import HTMLResponse, RedirectResponse, Response

from readout.channels import CHANNELS, unready
from readout.channels.mail.saying import line
from readout.model import Watch
from readout.outbox import Rehearsed, rehearse_some
from readout.recipient import shown_recipient
from readout.storage import watches as stored
from readout.storage.alerts import alerts_of_watch
from readout.watch_row import settings_of
from readout.watches.query import LONGEST_QUERY, written
from readout.web.asking import Asked, asked_for
from readout.web.form import Form
from readout.web.mark import mark_in, mark_text
from readout.web.pages.meetings import Row as MeetingRow
from readout.web.pages.meetings import row_of as meeting_row
from readout.web.pages.outbox import Row as AlertRow
from readout.web.pages.outbox import row_of as alert_row
from readout.web.pages.watch_words import because, query_in_words, told_in_words
from readout.web.view import View, Viewed

_MOST_ALERTS = 10
_MOST_RECIPIENTS = 50
A_TRIAL = 50
_LARGEST = 2**63 - 1

Number = Annotated[int, Path(ge=1, le=_LARGEST)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A watch as it is shown. `recipients`: each with the name by which a form means it."""

    path: str
    name: str
    asks: str
    query: str
    recipients: tuple[tuple[str, str], ...]
    channel: str
    told: str
    since: str
    alerts: tuple[AlertRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A meeting of which a watch would tell, and why; `is_untold`: it was stored without telling anybody."""

    meeting: MeetingRow
    because: str
    is_untold: bool


@router.get("/watches")
def watches(view: Viewed, done: str = "") -> HTMLResponse:
    """All of them, the oldest first."""
    with view.site.database.read() as connection:
        found = stored.list_watches(connection)
    return view.page(
        "watches",
        title=view.words("watches.title"),
        here="watches",
        rows=[_row(watch, view) for watch in found],
        done="stopped" if done == "stopped" else None,
    )


def _row(watch: Watch, view: View, alerts: Sequence[AlertRow] = ()) -> Row:
    return Row(
        path=view.url(f"/watches/{watch.id}"),
        name=line(watch.name),
        asks=query_in_words(watch.query, view),
        query=written(watch.query),
        recipients=tuple((_key_of(watch, one), line(shown_recipient(one))) for one in watch.recipients),
        channel=watch.channel,
        told=told_in_words(watch, view),
        since=view.moment(watch.created_at),
        alerts=tuple(alerts),
    )


def _key_of(watch: Watch, recipient: str) -> str:
    """What a form means a recipient by: its address may be a key that no page shows."""
    return hashlib.sha256(f"{watch.id}\0{recipient}".encode("utf-8", "replace")).hexdigest()[:32]


# --- what it would have sent ------------------------------------------------------------------------------------------


@router.get("/watches/test")
def try_query(view: Viewed, q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "", after: str = "") -> HTMLResponse:
    """Of which meetings a watch for a query would tell."""
    asked = asked_for(view.site, q, {})
    if asked.faults:
        return _trials(view, (), None, name="", asks="", back=None, asked=asked)
    with view.site.database.read() as connection:
        found, end = rehearse_some(connection, asked.query, after=mark_in(after), most=A_TRIAL)
    later = view.url("/watches/test", q=q, after=mark_text(end)) if end else None
    return _trials(view, found, later, name="", asks=query_in_words(asked.query, view), back=None, asked=asked)


@router.get("/watches/{number}/test")
def try_out(view: Viewed, number: Number, after: str = "") -> HTMLResponse:
    """Of which meetings a watch would tell if they were news today."""
    watch = known_watch(view, number)
    with view.site.database.read() as connection:
        found, end = rehearse_some(connection, watch.query, after=mark_in(after), most=A_TRIAL)
    path = f"/watches/{watch.id}"
    later = view.url(f"{path}/test", after=mark_text(end)) if end else None
    return _trials(
        view, found, later, name=line(watch.name), asks=query_in_words(watch.query, view), back=view.url(path)
    )


def _trials(
    view: View,
    found: Sequence[Rehearsed],
    later: str | None,
    *,
    name: str,
    asks: str,
    back: str | None,
    asked: Asked | None = None,
) -> HTMLResponse:
    trials = [
        Trial(meeting=meeting_row(each.meeting, view), because=because(each.matched, view), is_untold=each.is_untold)
        for each in found
    ]
    return view.page(
        "watch_test",
        title=view.words("watches.test_title"),
        here="watches",
        status=400 if asked and asked.faults else 200,
        asked=asked,
        trials=trials,
        later=later,
        name=name,
        asks=asks,
        back=back,
    )


# --- one watch --------------------------------------------------------------------------------------------------------


def known_watch(view: View, number: int) -> Watch:
    """The live watch of that number. Raises HTTPException where there is none."""
    with view.site.database.read() as connection:
        found = stored.live_watch(connection, number)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/watches/{number}")
def watch(view: Viewed, number: Number, done: str = "") -> HTMLResponse:
    """One watch, with its last alerts."""
    return _watch_page(view, number, done="made" if done == "made" else "changed" if done == "changed" else None)


def _watch_page(
    view: View, number: int, *, done: str | None = None, typed: str = "", fault: str = "", status: int = 200
) -> HTMLResponse:
    found = known_watch(view, number)
    with view.site.database.read() as connection:
        alerts = alerts_of_watch(connection, found.id, limit=_MOST_ALERTS)
    row = _row(found, view, [alert_row(alert, view) for alert in alerts])
    return view.page(
        "watch",
        title=row.name,
        here="watches",
        status=status,
        row=row,
        path=f"/watches/{found.id}",
        done=done,
        typed=typed,
        fault=fault,
    )


@router.post("/watches/{number}/add")
def add_recipient(view: Viewed, number: Number, fields: Form) -> Response:
    """Somebody more hears of it, of what is first stored from now on."""
    to = fields.get("to", "").strip()
    found = known_watch(view, number)
    if fault := _refused(view, found, to):
        return _watch_page(view, number, typed=to, fault=line(fault), status=400)
    settings = settings_of(found)
    settings["recipients"] = (*found.recipients, to)
    with view.site.database.write() as connection:
        stored.change_watch(connection, found, now=view.site.now(), **settings)
    return view.see(f"/watches/{number}", done="changed")


def _refused(view: View, watch: Watch, to: str) -> str | None:
    """Why nobody can be told there, or None."""
    if len(watch.recipients) >= _MOST_RECIPIENTS:
        return str(view.words("watches.too_many"))
    wrong = CHANNELS[watch.channel].refuse_recipient(to) if watch.channel in CHANNELS else watch.channel
    return wrong or unready(view.site.config, watch.channel, [to]).get(to)


@router.post("/watches/{number}/drop")
def drop_recipient(view: Viewed, number: Number, fields: Form) -> RedirectResponse:
    """One of its recipients hears of it no more; with the last of them it ends."""
    found = known_watch(view, number)
    meant = next((one for one in found.recipients if _key_of(found, one) == fields.get("who")), None)
    if meant is None:
        raise HTTPException(404)
    with view.site.database.write() as connection:
        stored.remove_recipient(connection, found.id, meant, view.site.now())
        is_left = stored.live_watch(connection, found.id) is not None
    return view.see(f"/watches/{number}", done="changed") if is_left else view.see("/watches", done="stopped")


@router.get("/watches/{number}/stop")
def ask_stop(view: Viewed, number: Number) -> HTMLResponse:
    """Whether it is really to end."""
    row = _row(known_watch(view, number), view)
    title = view.words("watches.stop")
    return view.page("watch_stop", title=title, here="watches", row=row, path=f"/watches/{number}")


@router.post("/watches/{number}/stop")
def stop(view: Viewed, number: Number, _fields: Form) -> RedirectResponse:
    """It ends; what it alone still owes is not sent any more."""
    found = known_watch(view, number)
    with view.site.database.write() as connection:
        stored.remove_watch(connection, found.name, view.site.now())
    return view.see("/watches", done="stopped")
