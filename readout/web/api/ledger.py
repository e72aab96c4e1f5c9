"""Watches and alerts, as JSON.

It must not show what may be a secret: of a webhook's address the host alone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from readout.exports.alert import alert_row
from readout.model import AlertState, Watch
from readout.recipient import shown_recipient
from readout.record import Row
from readout.storage.alerts import get_alert, list_alerts
from readout.storage.meetings import LARGEST_ID
from readout.storage.watches import list_watches, live_watch
from readout.watches.query import written
from readout.web.api import roster
from readout.web.api.router import A_PAGE, Id, Limit, answer, api_router
from readout.web.site import Served

router: APIRouter = api_router("ledger")


@router.get("/watches", response_model=roster.Watches)
def watches(site: Served) -> Response:
    """Who hears of what."""
    with site.database.read() as connection:
        found = list_watches(connection)
    return answer({"items": [_watch_row(each) for each in found]})


@router.get("/watches/{id}", response_model=roster.Watch)
def watch(site: Served, id: Id) -> Response:  # noqa: A002
    """One watch that is live."""
    with site.database.read() as connection:
        found = live_watch(connection, id)
    if found is None:
        raise HTTPException(404)
    return answer(_watch_row(found))


@router.get("/alerts", response_model=roster.Alerts)
def alerts(
    site: Served,
    state: Annotated[AlertState | None, Query(description="Only those that stand so.")] = None,
    after: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="What the last answer calls `next`.")] = None,
    limit: Limit = A_PAGE,
) -> Response:
    """What is owed and what became of it, the newest first."""
    with site.database.read() as connection:
        found = list_alerts(connection, states=[state] if state else [], before=after, limit=limit + 1)
    last = found[limit - 1].id if len(found) > limit else None
    return answer({"items": [alert_row(each) for each in found[:limit]], "next": last})


@router.get("/alerts/{id}", response_model=roster.Alert)
def alert(site: Served, id: Id) -> Response:  # noqa: A002
    """One of them."""
    with site.database.read() as connection:
        found = get_alert(connection, id)
    if found is None:
        raise HTTPException(404)
    return answer(alert_row(found))


def _watch_row(found: Watch) -> Row:
    delivery = found.delivery
    return {
        "id": found.id,
        "name": found.name,
        "query": written(found.query),
        "channel": found.channel,
        "to": [shown_recipient(each) for each in found.recipients],
        "updates": found.updates,
        "digest": delivery.digest and delivery.digest.every,
        "timezone": delivery.timezone,
        "language": delivery.language,
        "since": found.created_at,
    }
