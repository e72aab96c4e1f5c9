"""Digests are made when their time has come, and of what is too much to come one by one.

It must not send: a digest is an alert like others, due when it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection

from readout.coverage import coverage_row
from readout.model import Alert, AlertKind, Source, SourceId, Watch
from readout.owing import hears, look_again, message_id_of, reader_at
from readout.storage import alerts, digests, sending, watches
from readout.storage.digests import Waiting
from readout.storage.floods import FLOOD_OF
from readout.watches.digest import MOST_ITEMS, Occurrence, before, latest
from readout.watching import Digest

AN_HOUR = timedelta(hours=1)
_FLOOD = "flood "


@dataclass(frozen=True, slots=True)
class _Due:
    """A digest of `watch` for `recipient` that is to be made."""

    watch: Watch
    digest: Digest
    recipient: str
    occurrence: Occurrence


def is_any_to_gather(connection: Connection, now: datetime) -> bool:
    """Whether `gather` has anything to do."""
    work = (iter(alerts.to_look_at(connection)), _due(connection, now), _stranded(connection))
    return any(next(each, None) is not None for each in work)


def gather(connection: Connection, sources: Mapping[SourceId, Source], now: datetime) -> None:
    """Make the digests whose time has come: of all that waited for each then, with how much of `sources` was seen.

    One with nothing to tell is made where its watch wants a sign of life. What waits for a digest that will not come is
    due by itself, and what was withheld for a reason that holds no more is owed.
    """
    look_again(connection, now=now)
    for waiting in list(_stranded(connection)):
        digests.let_go(connection, waiting, now)
    for due in list(_due(connection, now)):
        _make_digest(connection, due, sources, now)


def _stranded(connection: Connection) -> Iterator[Waiting]:
    """What waits for a digest of a watch that makes none, or none for this reader."""
    live = {watch.id: watch for watch in watches.list_watches(connection) if watch.delivery.digest}
    for waiting in digests.waiting(connection):
        watch = live.get(waiting.watch_id)
        if watch is None or not hears(reader_at(watch.channel, waiting.recipient), watch):
            yield waiting


def _due(connection: Connection, now: datetime) -> Iterator[_Due]:
    waits = list(digests.waiting(connection))
    for watch in watches.list_watches(connection):
        digest = watch.delivery.digest
        since = {each.recipient: each.since for each in waits if each.watch_id == watch.id}
        if digest is None or not (since or digest.heartbeat):
            continue
        occurrence = latest(digest, watch.delivery.timezone, now)
        if digest.heartbeat:
            since |= {one: min(watch.created_at, since.get(one, now)) for one in watch.recipients}
        for recipient, first in since.items():
            made = digests.has_digest(connection, watch, recipient, occurrence.day.isoformat())
            if first <= occurrence.at and not made and hears(reader_at(watch.channel, recipient), watch):
                yield _Due(watch, digest, recipient, occurrence)


def _make_digest(connection: Connection, due: _Due, sources: Mapping[SourceId, Source], now: datetime) -> None:
    watch, day = due.watch, due.occurrence.day.isoformat()
    last = before(due.digest, watch.delivery.timezone, due.occurrence)
    coverage = coverage_row(connection, sources, last, now)
    content = {"reason": due.digest.every.value, "day": day, "coverage": coverage}
    waiting = digests.waiting_for(watch.id, due.recipient, due.occurrence.at)
    _owe(connection, watch, due.recipient, period=day, content=content, of=waiting, now=now)


def _owe(
    connection: Connection,
    watch: Watch,
    recipient: str,
    *,
    period: str,
    content: Mapping[str, Any],
    of: tuple[ColumnElement[bool], ...],
    now: datetime,
    most: int | None = MOST_ITEMS,
) -> None:
    """Owe a digest of the alerts `of` these conditions; where they are more than the `most` of one, several."""
    numbers = digests.numbers(connection, of)
    most = most or max(len(numbers), 1)
    for part, start in enumerate(range(0, max(len(numbers), 1), most), start=1):
        name = period if part == 1 else f"{period}/{part}"
        made = (str(watch.id), watch.created_at.isoformat(), recipient, AlertKind.DIGEST.value, name)
        digests.owe_digest(
            connection,
            watch,
            recipient,
            period=name,
            content=content,
            message_id=message_id_of(*made),
            of=numbers[start : start + most],
            now=now,
        )


def hold_back(
    connection: Connection,
    due: Alert,
    watch: Watch,
    *,
    limit: int,
    until: datetime,
    now: datetime,
    among: ColumnElement[bool],
    source: SourceId | None = None,
) -> None:
    """Let all `among` those that is due for the reader of `due` by its watch leave as one digest, since `limit`
    messages left within the hour; `source` is the one whose flood it is. A single one waits `until` fewer did, and so
    does all for an hour after such a digest."""
    name = f"{FLOOD_OF}{source} " if source else _FLOOD
    last = digests.last_made(connection, watch.id, due.recipient, like=name)
    if last is not None and now - AN_HOUR < last <= now:  # later than now: the clock was put back
        sending.put_off(connection, due, now=now, until=last + AN_HOUR, among=among)
    elif sending.count_beside(connection, due, now, among) == 1:
        sending.put_off(connection, due, now=now, until=until, among=among)
    else:
        day = now.astimezone(ZoneInfo(watch.delivery.timezone)).date()
        content = {"reason": "flood", "day": day.isoformat(), "limit": limit} | ({"source": source} if source else {})
        period = f"{name}{now.isoformat(timespec='seconds')}"
        of = sending.due_beside(due, now, among)
        _owe(connection, watch, due.recipient, period=period, content=content, of=of, now=now, most=None)
