"""From an alert in the ledger to the message that is sent: its meetings, what it follows, how to stop it.

It must not choose words: the channels do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from readout.channels import Item, Names, OutgoingMessage
from readout.error import ChannelError
from readout.model import Alert, AlertKind, Meeting, Watch
from readout.owing import reader_of
from readout.stop import stop_url
from readout.storage import alerts, digests, meetings
from readout.storage.changes import Stamp, stamp
from readout.watching import AT_ONCE

MOST_ITEMS = 200
"""How many meetings a digest tells of one by one."""


class _Desk:
    """The meeting last looked up lies ready: many hear of it one after the other."""

    def __init__(self) -> None:
        self._meeting: Meeting | None = None
        self._stamp: tuple[int, Stamp] | None = None

    def meeting(self, connection: Connection, meeting_id: int) -> Meeting | None:
        """The meeting as it is now."""
        now = (meeting_id, stamp(connection, meeting_id))
        if now != self._stamp:
            self._meeting, self._stamp = meetings.load_meeting(connection, meeting_id), now
        return self._meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes messages. `public_url`: where readers reach us, `stop_key`: what signs the links by which they stop."""

    names: Names
    public_url: str | None = None
    stop_key: bytes | None = None
    desk: _Desk = field(default_factory=_Desk)

    def write(self, connection: Connection, alert: Alert, watch: Watch | None, *, now: datetime) -> OutgoingMessage:
        """The message of `alert`, in the name of `watch`. Raises ChannelError when there is nothing left to tell."""
        items = tuple(self._items(connection, alert))
        if not items and _tells_of_meetings(alert):
            raise ChannelError(f"there is no meeting {alert.meeting_id or ''} any more", retry=False)
        return OutgoingMessage(
            alert=alert,
            names=self.names,
            now=now,
            items=items,
            delivery=watch.delivery if watch else AT_ONCE,
            follows=_followed(connection, alert) if alert.kind is AlertKind.UPDATE else None,
            stop_url=self._stop_url(alert, watch),
        )

    def _items(self, connection: Connection, alert: Alert) -> Iterator[Item]:
        """Each meeting that is there still, known by the number it has now."""
        told = digests.members(connection, alert.id, MOST_ITEMS) if alert.kind is AlertKind.DIGEST else [alert]
        for each in told:
            meeting = None if each.meeting_id is None else self.desk.meeting(connection, each.meeting_id)
            if meeting is not None:
                yield Item(each, meeting)

    def _stop_url(self, alert: Alert, watch: Watch | None) -> str | None:
        if self.public_url is None or self.stop_key is None or watch is None:
            return None
        return stop_url(self.public_url, self.stop_key, watch.id, alert.recipient)


def _tells_of_meetings(alert: Alert) -> bool:
    return alert.kind in (AlertKind.FIRST, AlertKind.UPDATE) or bool(alert.content.get("count"))


def _followed(connection: Connection, update: Alert) -> str | None:
    """The Message-ID of the message by which the reader of `update` was told of the meeting first."""
    if update.meeting_id is None:
        return None
    about = alerts.alerts_about(connection, [update.meeting_id, *meetings.merged_into(connection, update.meeting_id)])
    for first in about:
        is_told = first.kind is AlertKind.FIRST and not first.state.is_withheld
        if is_told and reader_of(first) == reader_of(update):
            return _left_in(connection, first).message_id
    return None


def _left_in(connection: Connection, first: Alert) -> Alert:
    digest = alerts.get_alert(connection, first.digest_id) if first.digest_id else None
    return digest or first
