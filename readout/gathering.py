"""Digests are made when their time has come, and of what is too much to come one by one.

It must not send: a digest is an alert like others, due when it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from readout.coverage import coverage_row
from readout.model import Alert, AlertKind, Source, SourceId, Watch
from readout.owing import message_id_of
from readout.storage import alerts, digests, watches
from readout.watches.digest import Occurrence, before, latest
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
    return next(_due(connection, now), None) is not None or next(_stranded(connection), None) is not None


def gather(connection: Connection, sources: Mapping[SourceId, Source], now: datetime) -> None:
    """Make the digests whose time has come: of all that waited for each then, with how much of `sources` was seen.

    One with nothing to tell is made where its watch wants a sign of life. What waits for the digest of a watch that has
    none any more is due by itself.
    """
    for watch_id in list(_stranded(connection)):
        digests.let_go(connection, watch_id, now)
    for due in list(_due(connection, now)):
        _make_digest(connection, due, sources, now)


def _stranded(connection: Connection) -> Iterator[int]:
    for watch_id in {each.watch_id for each in digests.waiting(connection)}:
        watch = watches.get_watch(connection, watch_id)
        if watch is None or watch.delivery.digest is None:
            yield watch_id


def _due(connection: Connection, now: datetime) -> Iterator[_Due]:
    waits = {(each.watch_id, each.recipient): each.since for each in digests.waiting(connection)}
    asking = {watch_id for watch_id, _ in waits}
    for watch in watches.list_watches(connection):
        digest = watch.delivery.digest
        if digest is None or not (watch.id in asking or digest.heartbeat):
            continue
        occurrence = latest(digest, watch.delivery.timezone, now)
        for recipient in watch.recipients:
            since = waits.get((watch.id, recipient), watch.created_at if digest.heartbeat else None)
            made = digests.has_digest(connection, watch, recipient, occurrence.day.isoformat())
            if since is not None and since <= occurrence.at and not made:
                yield _Due(watch, digest, recipient, occurrence)


def _make_digest(connection: Connection, due: _Due, sources: Mapping[SourceId, Source], now: datetime) -> None:
    watch, day = due.watch, due.occurrence.day.isoformat()
    last = before(due.digest, watch.delivery.timezone, due.occurrence)
    digests.owe_digest(
        connection,
        watch,
        due.recipient,
        period=day,
        content={
            "reason": due.digest.every.value,
            "day": day,
            "coverage": coverage_row(connection, sources, last, now),
        },
        message_id=_message_id(watch, due.recipient, day),
        of=digests.waiting_for(watch.id, due.recipient, due.occurrence.at),
        now=now,
    )


def hold_back(connection: Connection, due: Alert, watch: Watch, *, limit: int, until: datetime, now: datetime) -> None:
    """Let all that is due for the reader of `due` by its watch leave as one digest, since `limit` messages left within
    the hour. A single one waits `until` fewer did, and so does all for an hour after such a digest."""
    last = digests.last_made(connection, watch.id, due.recipient, like=_FLOOD)
    if last is not None and last > now - AN_HOUR:
        alerts.put_off(connection, due, now=now, until=last + AN_HOUR)
    elif alerts.count_beside(connection, due, now) == 1:
        alerts.put_off(connection, due, now=now, until=until)
    else:
        _make_flood_digest(connection, due, watch, limit, now)


def _make_flood_digest(connection: Connection, due: Alert, watch: Watch, limit: int, now: datetime) -> None:
    period = f"{_FLOOD}{now.isoformat(timespec='seconds')}"
    day = now.astimezone(ZoneInfo(watch.delivery.timezone)).date()
    digests.owe_digest(
        connection,
        watch,
        due.recipient,
        period=period,
        content={"reason": "flood", "day": day.isoformat(), "limit": limit},
        message_id=_message_id(watch, due.recipient, period),
        of=alerts.due_beside(due, now),
        now=now,
    )


def _message_id(watch: Watch, recipient: str, period: str) -> str:
    return message_id_of(str(watch.id), watch.created_at.isoformat(), recipient, AlertKind.DIGEST.value, period)
