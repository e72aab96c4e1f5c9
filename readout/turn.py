"""Whose turn it is: the next alert that may leave now. What may not is put off, gathered into one, or withdrawn.

It must not send.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from readout.gathering import AN_HOUR, hold_back
from readout.model import Alert, AlertKind, Watch
from readout.owing import hears_by, reader_of
from readout.storage import alerts, watches
from readout.storage.digests import is_emptied, sent_since
from readout.watches.digest import quiet_until


@dataclass(frozen=True, slots=True)
class Turn:
    """An alert that may leave now, and the watch in whose name: of a notice none."""

    alert: Alert
    watch: Watch | None


@dataclass(frozen=True, slots=True)
class Turns:
    """Says for one round of sending what comes next; at most `flood_limit` messages an hour for a reader of a watch."""

    flood_limit: int
    now: Callable[[], datetime]
    _lately: dict[tuple[int, str], deque[datetime]] = field(default_factory=dict)

    def next(self, connection: Connection, *, without: Collection[str]) -> Turn | None:
        """The alert that has been due for longest, on none of the channels left alone, and may leave now.

        Each that may not is due no more, so that this ends.
        """
        while (due := alerts.next_due(connection, self.now(), without=without)) is not None:
            watch = self._asked_by(connection, due)
            if due.kind is AlertKind.NOTICE or (watch is not None and not self._must_wait(connection, due, watch)):
                return Turn(due, watch)
            if watch is None:
                alerts.give_up(connection, due, "nobody asks for it any more")
        return None

    def note_sent(self, alert: Alert) -> None:
        """`alert` left, which counts for the guard against floods."""
        if alert.watch_id is not None and (alert.watch_id, alert.recipient) in self._lately:
            self._lately[alert.watch_id, alert.recipient].append(self.now())

    def _asked_by(self, connection: Connection, due: Alert) -> Watch | None:
        """The watch that owes it, or another that it names, if its reader did not stop it meanwhile."""
        live = [each for each in watches.named(connection, due.watch_names) if reader_of(due) in hears_by(each)]
        return next((each for each in live if each.id == due.watch_id), live[0] if live else None)

    def _must_wait(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        """Whether it may not leave by itself now. What may have left already is not held back again."""
        if due.kind is AlertKind.DIGEST:
            return self._is_emptied(connection, due)
        return not due.doubts and (self._is_quiet(connection, due, watch) or self._is_flooded(connection, due, watch))

    def _is_emptied(self, connection: Connection, due: Alert) -> bool:
        if is_empty := is_emptied(connection, due):
            alerts.give_up(connection, due, "all that it was to tell was withdrawn before it left")
        return is_empty

    def _is_quiet(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        quiet, now = watch.delivery.quiet, self.now()
        until = quiet_until(quiet, watch.delivery.timezone, now) if quiet else None
        if until is not None:
            alerts.put_off(connection, due, now=now, until=until)
        return until is not None

    def _is_flooded(self, connection: Connection, due: Alert, watch: Watch) -> bool:
        sent, limit = self._sent_lately(connection, watch.id, due.recipient), self.flood_limit
        if len(sent) < limit:
            return False
        hold_back(connection, due, watch, limit=limit, until=sent[-limit] + AN_HOUR, now=self.now())
        return True

    def _sent_lately(self, connection: Connection, watch_id: int, recipient: str) -> deque[datetime]:
        """When messages left for a reader by a watch within the hour."""
        an_hour_ago = self.now() - AN_HOUR
        if (watch_id, recipient) not in self._lately:
            self._lately[watch_id, recipient] = deque(sent_since(connection, watch_id, recipient, an_hour_ago))
        moments = self._lately[watch_id, recipient]
        while moments and moments[0] <= an_hour_ago:
            moments.popleft()
        return moments
