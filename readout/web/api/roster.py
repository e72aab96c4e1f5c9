"""The shapes of what stands beside meetings: bodies, sources, what is expected, watches and alerts.

It must not make a row, nor read one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from readout.model import AlertKind, AlertState, MeetingKind, SourceKind
from readout.web.api.shape import BodyName, Shape

# --- bodies, sources, what is expected ------------------------------------------------------------------------------


class Body(Shape):
    """A body of the registry; `within`: whose meetings it holds its own inside of."""

    id: str
    name: str
    names: dict[str, str]
    kind: MeetingKind
    within: list[str]


class Bodies(Shape):
    """All of them, by id."""

    items: list[Body]


class SittingBody(Body):
    """A body, and how often it met as far as is known; days are first days."""

    meetings: int
    first_day: date | None
    last_day: date | None


class Source(Shape):
    """A source of the catalogue and how it stands."""

    id: str
    name: str
    kind: SourceKind
    country: str
    languages: list[str]
    enabled: bool
    checked: bool
    state: str
    why: str
    next_due: datetime | None
    waiting_until: datetime | None
    last_news: datetime | None
    places: dict[str, str]
    robots: Literal["ignored", "obeyed"]


class Sources(Shape):
    """All of them."""

    items: list[Source]


class CountedSource(Source):
    """A source, and how many of its links ended how; those not yet visited are `pending`."""

    outcomes: dict[str, int]


class Because(Shape):
    """Why something is expected."""

    says: str
    meeting: int | None
    url: str | None


class Expected(Shape):
    """A meeting that should be reported, between `earliest` and `latest`."""

    what: Literal["announced", "overdue", "unannounced", "missed", "gap", "unfit"]
    meeting: int | None
    kind: MeetingKind | None
    body: BodyName | None
    first_number: int | None
    last_number: int | None
    earliest: date | None
    latest: date | None
    date_partial: str | None
    days_overdue: int | None
    city: str | None
    country: str | None
    reasons: list[Because]


class AllExpected(Shape):
    """All of it."""

    items: list[Expected]


# --- who is told ----------------------------------------------------------------------------------------------------


class Watch(Shape):
    """What somebody wants to hear of; of a webhook's address the host alone."""

    id: int
    name: str
    query: str
    channel: str
    to: list[str]
    updates: bool
    digest: Literal["daily", "weekly"] | None
    timezone: str
    language: str
    since: datetime


class Watches(Shape):
    """All that are live."""

    items: list[Watch]


class Difference(Shape):
    """A fact as it was told and as it is."""

    fact: str
    before: str | None
    after: str | None


class Alert(Shape):
    """A message that is owed, was, or is not to leave."""

    id: int
    meeting_id: int | None
    watch_names: list[str]
    recipient: str
    channel: str
    kind: AlertKind
    revision: int
    state: AlertState
    message_id: str
    attempts: int
    created_at: datetime
    doubts: int
    next_try: datetime | None
    sent_at: datetime | None
    answer_code: int | None
    answer: str | None
    matched: dict[str, str]
    changes: list[Difference]
    watch_id: int | None
    digest_id: int | None
    period: str | None
    content: dict[str, Any]


class Alerts(Shape):
    """Some of the ledger, the newest first; `next`: what `after` is to be for those behind them."""

    items: list[Alert]
    next: int | None
