"""Whose turn it is: the next alert that may leave now. What may not is put off, gathered into one, or withdrawn.

It must not send.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from readout.channels import CHANNELS, ChannelDown
from readout.error import ChannelError
from readout.gathering import AN_HOUR, hold_back
from readout.model import Alert, AlertKind, AlertState, Watch
from readout.owing import first_alert, hears, reader_of
from readout.storage import alerts, sending, watches
from readout.storage.digests import is_emptied, sent_since
from readout.storage.floods import floods, left_since, source_of, told_by, told_by_others
from readout.watches.digest import quiet_until

_A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """An alert that may leave now, and the watches that ask for it, the one that owes it first: of a notice none."""

    alert: Alert
    asking: tuple[Watch, ...] = ()


def asked_by(connection: Connection, alert: Alert) -> tuple[Watch, ...]:
    """The watches that `alert` names and whose reader did not stop them meanwhile, the one that owes it first."""
    live = [each for each in watches.named(connection, alert.watch_names) if hears(reader_of(alert), each)]
    return tuple(sorted(live, key=lambda each: each.id != alert.watch_id))


@dataclass(frozen=True, slots=True)
class Turns:
    """Says for one round of sending what comes next; at most `flood_limit` messages an hour for a reader of a watch."""

    flood_limit: int
    now: Callable[[], datetime]
    _lately: dict[tuple[int, str], deque[datetime]] = field(default_factory=dict)
    _down: set[str] = field(default_factory=set)
    _out_of_order: set[tuple[str, str]] = field(default_factory=set)

    def next(self, connection: Connection) -> Turn | None:
        """The alert that has been due for longest and may leave now.

        Each that may not is due no more, so that this ends; but of channels that are out of service.
        """
        while (due := sending.next_due(connection, self.now(), without=self._down)) is not None:
            if self._is_out_of_order(due):
                sending.leave(connection, due, until=self.now() + _A_MOMENT)
                continue
            asking = asked_by(connection, due)
            if due.kind is AlertKind.NOTICE or (asking and not self._must_wait(connection, due, asking[0])):
                return Turn(due, asking)
            if not asking:
                alerts.give_up(connection, due, "nobody asks for it any more")
        return None

    def note_fault(self, alert: Alert, error: ChannelError) -> None:
        """`alert` was not accepted: what is out of service is left alone for the rest of the round."""
        if isinstance(error, ChannelDown):
            self._down.add(alert.channel)
        elif error.place is not None:
            self._out_of_order.add((alert.channel, error.place))

    def _is_out_of_order(self, due: Alert) -> bool:
        here = {place for channel, place in self._out_of_order if channel == due.channel}
        if not here or CHANNELS[due.channel].refuse_recipient(due.recipient):
            return False
        return CHANNELS[due.channel].place_of(due.recipient) in here

    def note_sent(self, alert: Alert) -> None:
        """`alert` left, which counts for the guard against floods."""
        if alert.watch_id is not None and (alert.watch_id, alert.recipient) in self._lately:
            self._lately[alert.watch_id, alert.recipient].append(self.now())

    def _must_wait(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        """Whether it may not leave by itself now. What may have left already is not held back again."""
        if due.kind is AlertKind.DIGEST:
            return self._is_emptied(connection, due)
        if due.kind is AlertKind.UPDATE and self._comes_first(connection, due):
            return True
        return not due.doubts and (self._is_quiet(connection, due, watch) or self._is_flooded(connection, due, watch))

    def _comes_first(self, connection: Connection, due: Alert) -> bool:
        """Whether an update is due before the alert that it updates has left, which then tells it."""
        first = first_alert(connection, due)
        comes_first = first is not None and first.state is AlertState.OWED
        if comes_first:
            alerts.give_up(connection, due, "the first alert has not left, and tells it")
        return comes_first

    def _is_emptied(self, connection: Connection, due: Alert) -> bool:
        if is_empty := is_emptied(connection, due):
            alerts.give_up(connection, due, "all that it was to tell was withdrawn before it left")
        return is_empty

    def _is_quiet(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        quiet, now = watch.delivery.quiet, self.now()
        until = quiet_until(quiet, watch.delivery.timezone, now) if quiet else None
        if until is not None:
            sending.put_off(connection, due, now=now, until=until)
        return until is not None

    def _is_flooded(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        """Whether as many messages as may left lately. A source that alone tells of more than that is held back by
        itself, and counts for no other."""
        now, limit = self.now(), self.flood_limit
        if len(self._sent_lately(connection, watch.id, due.recipient)) < limit:
            return False
        flooding = [flood.source for flood in floods(connection, due, since=now - AN_HOUR, now=now, limit=limit)]
        source = source_of(connection, due)
        source = source if source in flooding else None
        among = told_by(source) if source else told_by_others(flooding)
        sent = [moment for moment in left_since(connection, due, now - AN_HOUR, among) if moment <= now]
        if len(sent) < limit:
            return False
        until = sent[-limit] + AN_HOUR
        hold_back(connection, due, watch, limit=limit, until=until, now=now, among=among, source=source)
        return True

    def _sent_lately(self, connection: Connection, watch_id: int, recipient: str) -> deque[datetime]:
        """When messages left for a reader by a watch within the hour: none later than now, for clocks are put back."""
        now = self.now()
        an_hour_ago = now - AN_HOUR
        if (watch_id, recipient) not in self._lately:
            since = sent_since(connection, watch_id, recipient, an_hour_ago)
            self._lately[watch_id, recipient] = deque(moment for moment in since if moment <= now)
        moments = self._lately[watch_id, recipient]
        while moments and moments[0] <= an_hour_ago:
            moments.popleft()
        return moments
