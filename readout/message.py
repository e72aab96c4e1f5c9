"""From an alert in the ledger to the message that is sent: its meetings, what it follows, how to stop it.

It must not choose words: the channels do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from readout.channels import Item, Names, OutgoingMessage, StopLink
from readout.error import ChannelError
from readout.model import Alert, AlertKind, Meeting, Watch
from readout.owing import first_alert
from readout.stop import stop_url
from readout.storage import alerts, digests, meetings
from readout.storage.changes import Stamp, stamp
from readout.watches.digest import MOST_ITEMS
from readout.watching import AT_ONCE

_MOST_RELATED = 3
_LAID_OUT = 8


class _Desk:
    """The meetings last looked up lie ready: many hear of one after the other."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Stamp, Meeting | None]] = {}

    def meeting(self, connection: Connection, meeting_id: int) -> Meeting | None:
        """The meeting as it is now."""
        now = stamp(connection, meeting_id)
        then, meeting = self._kept.get(meeting_id, (None, None))
        if now == then:
            return meeting
        if len(self._kept) >= _LAID_OUT:
            self._kept.clear()
        self._kept[meeting_id] = now, meetings.load_meeting(connection, meeting_id)
        return self._kept[meeting_id][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes messages. `public_url`: where readers reach us, `stop_key`: what signs the links by which they stop."""

    names: Names
    public_url: str | None = None
    stop_key: bytes | None = None
    desk: _Desk = field(default_factory=_Desk)

    def write(
        self,
        connection: Connection,
        alert: Alert,
        watch: Watch | None,
        *,
        stoppable: Sequence[Watch] = (),
        now: datetime,
    ) -> OutgoingMessage:
        """The message of `alert`, in the name of `watch`; its reader can stop each of the `stoppable`, `watch` first.

        Raises ChannelError when there is nothing left to tell.
        """
        items = tuple(self._items(connection, alert))
        if not items and _tells_of_meetings(alert):
            raise ChannelError(f"there is no meeting {alert.meeting_id or ''} any more", retry=False)
        return OutgoingMessage(
            alert=alert,
            names=self.names,
            now=now,
            items=items,
            related=dict(self._related(connection, items)) if alert.kind is not AlertKind.DIGEST else {},
            delivery=watch.delivery if watch else AT_ONCE,
            follows=_followed(connection, alert) if alert.kind is AlertKind.UPDATE else None,
            stops=tuple(self._stops(alert, stoppable)),
        )

    def _items(self, connection: Connection, alert: Alert) -> Iterator[Item]:
        """Each meeting that is there still, known by the number it has now."""
        told = digests.members(connection, alert.id, MOST_ITEMS) if alert.kind is AlertKind.DIGEST else [alert]
        for each in told:
            meeting = None if each.meeting_id is None else self.desk.meeting(connection, each.meeting_id)
            if meeting is not None:
                yield Item(each, meeting)

    def _related(self, connection: Connection, items: Sequence[Item]) -> Iterator[tuple[int, Meeting]]:
        """What a meeting is perhaps the same as, or part of, by the number it is known by."""
        for told in (item.meeting for item in items):
            larger = () if told.part_of is None else (told.part_of,)
            for number in (*told.perhaps_same_as[:_MOST_RELATED], *larger):
                other = self.desk.meeting(connection, number)
                if other is not None and other.tellings and other.id != told.id:
                    yield number, other

    def _stops(self, alert: Alert, stoppable: Sequence[Watch]) -> Iterator[StopLink]:
        if self.public_url is None or self.stop_key is None:
            return
        for watch in stoppable:
            yield StopLink(watch.name, stop_url(self.public_url, self.stop_key, watch.id, alert.recipient))


def _tells_of_meetings(alert: Alert) -> bool:
    return alert.kind in (AlertKind.FIRST, AlertKind.UPDATE) or bool(alert.content.get("count"))


def _followed(connection: Connection, update: Alert) -> str | None:
    """The Message-ID of the message by which the reader of `update` was told of the meeting first."""
    first = first_alert(connection, update)
    return None if first is None else _left_in(connection, first).message_id


def _left_in(connection: Connection, first: Alert) -> Alert:
    digest = alerts.get_alert(connection, first.digest_id) if first.digest_id else None
    return digest or first
