"""The outbox: what is owed leaves, at least once, one sender at a time, and is never forgotten.

It must not know how a message looks or travels: the channels do.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from readout.catalog import load_body_kinds
from readout.channels import CHANNELS, Accepted, Channel, ChannelDown, Names, OutgoingMessage, Preview
from readout.channels.mail.compose import domain_of
from readout.channels.trial import trial
from readout.config import Config
from readout.error import ChannelError, ConfigError, DatabaseAway, StorageError
from readout.failpoint import Step
from readout.gathering import gather, is_any_to_gather
from readout.message import Pen
from readout.model import Alert, Meeting
from readout.process import this_process
from readout.recipient import shown_recipient
from readout.section import NO_DOMAIN
from readout.storage import alerts, leases, meetings, sending, watches
from readout.storage.database import Database
from readout.storage.kept_lease import kept_lease
from readout.storage.newest import Mark, newest
from readout.storage.secrets import STOP, kept_secret, secret
from readout.turn import Turn, Turns, asked_by
from readout.watches.match import first_told
from readout.watching import Query

LEASE_NAME = "sender"
LEASE_TIME = timedelta(minutes=1)
"""So long after a sender that cannot be seen from here has died, another goes on."""

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
# A channel that is out of service is no message's fault: all that it owes leaves soon after it is back.
_LONGEST_OUTAGE = timedelta(minutes=15)
# In a file, of so many commits one waits for the disk: after a power cut at most what the others noted is sent again.
# On a server each does, whose own death loses what does not.
_LASTING = 32

# Less in all than a sender's lease that was just renewed lasts.
_NOTED_WITHIN_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a round of sending came to; `busy`: nothing was tried, because another sender was at work.

    `answer` is what was last said, with its code, by a server that did not accept.
    """

    accepted: int = 0
    retried: int = 0
    failed: int = 0
    doubtful: int = 0
    busy: bool = False
    answer: str | None = field(default=None, compare=False)

    @property
    def not_accepted(self) -> int:
        """How many were tried and did not certainly leave."""
        return self.retried + self.failed + self.doubtful

    def in_words(self) -> str:
        """One line for people."""
        if self.busy:
            return "another sender is at work: it delivers what is due"
        counts = {name: getattr(self, name) for name in ("accepted", "retried", "failed", "doubtful")}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing was due"


def deliver(
    database: Database,
    config: Config,
    *,
    now: Callable[[], datetime],
    names: Names = Names(),  # noqa: B008  (frozen and empty)
    is_over: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Make the digests whose time has come and send what is due, one alert after the other, until `is_over` says so;
    never two senders at a time.

    An alert is marked as under way, and that committed, before it leaves. What a dead sender left under way is in
    doubt and sent again. A channel that is out of service is left alone for the rest of the round. Where there is
    nothing to do nothing is written.
    """
    with database.read() as connection:
        if not sending.is_any_due(connection, now()) and not is_any_to_gather(connection, now()):
            return Delivered()
    with _sender(database, now) as owner:
        if owner is None:
            return Delivered(busy=True)
        with database.write() as connection:
            gather(connection, names.sources, now())
            pen = _pen(connection, config, names)
        with ExitStack() as line:
            turns = Turns(config.alerts.flood_per_hour, now)
            return _Round(database, config, pen, now, owner, line, turns).run(is_over)


def wait_before(attempt: int, key: str) -> timedelta:
    """How long to wait after attempt number `attempt`: doubling from a minute to hours, scattered by `key`."""
    doublings = min(max(attempt - 1, 0), 12)
    scatter = hashlib.sha256(f"{key}/{attempt}".encode("utf-8", "replace")).digest()[0] / 255
    return min(_FIRST_WAIT * (1 << doublings) * (1 + 0.2 * scatter), _LONGEST_WAIT * (0.8 + 0.2 * scatter))


def _pen(connection: Connection, config: Config, names: Names) -> Pen:
    url = config.alerts.public_url
    return Pen(names=names, public_url=url, stop_key=secret(connection, STOP) if url else None)


_Settle = Callable[[Connection], None]


@dataclass(slots=True)
class _Round:
    database: Database
    config: Config
    pen: Pen
    now: Callable[[], datetime]
    owner: str
    line: ExitStack
    turns: Turns
    channels: dict[str, Channel] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    answer: str | None = None

    def run(self, is_over: Callable[[], bool]) -> Delivered:
        turn = self._settle_and_begin(None, wanted=not is_over())
        while turn is not None:
            settle = self._send(turn)
            turn = self._tried_again(partial(self._settle_and_begin, settle, wanted=not is_over()))
        counts = self.counts
        return Delivered(
            accepted=counts["accepted"],
            retried=counts["retried"],
            failed=counts["failed"],
            doubtful=counts["doubtful"],
            answer=self.answer,
        )

    def _tried_again(self, note: Callable[[], Turn | None]) -> Turn | None:
        """What `note` answers, though the database's server is started anew: what left would leave again otherwise."""
        for wait_s in _NOTED_WITHIN_S:
            try:
                return note()
            except DatabaseAway:
                time.sleep(wait_s)
        return note()

    # --- what is next -------------------------------------------------------------------------------------------------

    def _settle_and_begin(self, settle: _Settle | None, *, wanted: bool) -> Turn | None:
        """One transaction for two things: the last alert's fate, the next one."""
        self.commits += 1
        lasting = self.commits % _LASTING == 1 or self.database.home.file is None
        with self.database.write(lasting=lasting, step=Step.MARK) as connection:
            if settle is not None:
                settle(connection)
            if not wanted or leases.holder(connection, LEASE_NAME) != self.owner:
                return None
            turn = self.turns.next(connection)
            return None if turn is None else self._begun(connection, turn)

    def _begun(self, connection: Connection, turn: Turn) -> Turn:
        return replace(turn, alert=sending.begin(connection, turn.alert, self._signed(turn.alert)))

    def _signed(self, alert: Alert) -> str:
        """Its Message-ID under the sender's domain, which it keeps when the configuration changes between two tries."""
        own = f"@{domain_of(self.config.mail)}>"
        return alert.message_id if alert.attempts else alert.message_id.replace(f"@{NO_DOMAIN}>", own)

    # --- sending ------------------------------------------------------------------------------------------------------

    def _send(self, turn: Turn) -> _Settle:
        alert = turn.alert
        try:
            accepted = self._channel(alert.channel).send(self._message(turn))
        except ChannelError as error:
            return self._not_accepted(alert, error)
        except StorageError:
            raise
        except (OSError, MemoryError) as error:
            return self._not_accepted(alert, ChannelDown(f"this machine: {type(error).__name__}: {error}"))
        except Exception as error:  # noqa: BLE001  (the fence: a message that cannot be made must not stop the others)
            return self._set_aside(alert, error)
        return self._accepted(alert, accepted)

    def _message(self, turn: Turn) -> OutgoingMessage:
        with self.database.read() as connection:
            watch = turn.asking[0] if turn.asking else None
            return self.pen.write(connection, turn.alert, watch, stoppable=turn.asking, now=self.now())

    def _channel(self, name: str) -> Channel:
        if name not in self.channels:
            self.channels[name] = self.line.enter_context(closing(_channel(name, self.config)))
        return self.channels[name]

    def _accepted(self, alert: Alert, accepted: Accepted) -> _Settle:
        self.counts["accepted"] += 1
        _log.info("alert_accepted", alert=alert.id, meeting=alert.meeting_id, code=accepted.code)
        now, text = self.now(), _plain(accepted.text)
        self.turns.note_sent(alert)
        return lambda connection: sending.mark_accepted(connection, alert.id, now=now, code=accepted.code, text=text)

    def _not_accepted(self, alert: Alert, error: ChannelError) -> _Settle:
        self.turns.note_fault(alert, error)
        fate = "doubtful" if error.doubtful else "retried" if error.retry else "failed"
        self.counts[fate] += 1
        text = _plain(str(error))
        self.answer = text if error.code is None else f"{error.code} {text}"
        _log.warning("alert_not_accepted", alert=alert.id, fate=fate, code=error.code, answer=text)
        if fate == "failed":
            return self._if_ours(lambda line: sending.mark_failed(line, alert.id, code=error.code, text=text))
        mark = sending.mark_doubtful if error.doubtful else sending.mark_retry
        now, wait, is_down = self.now(), wait_before(alert.attempts, alert.message_id), isinstance(error, ChannelDown)
        next_try = now + (min(wait, _LONGEST_OUTAGE) if is_down else wait)

        def settle(connection: Connection) -> None:
            mark(connection, alert.id, next_try=next_try, code=error.code, text=text)
            if is_down:  # all at one moment, so that they leave in their order
                sending.hold_up(connection, alert.channel, until=next_try)

        return self._if_ours(settle)

    def _set_aside(self, alert: Alert, error: Exception) -> _Settle:
        self.counts["failed"] += 1
        self.answer = text = _plain(f"the message could not be made: {type(error).__name__}: {error}")
        _log.error("alert_set_aside", alert=alert.id, meeting=alert.meeting_id, error=text)
        return self._if_ours(lambda line: sending.mark_failed(line, alert.id, code=None, text=text))

    def _if_ours(self, settle: _Settle) -> _Settle:
        """Another sender that took over meanwhile sends it itself: that it did not leave here is no news then."""

        def settle_ours(connection: Connection) -> None:
            if leases.holder(connection, LEASE_NAME) == self.owner:
                settle(connection)

        return settle_ours


def _channel(name: str, config: Config) -> Channel:
    if name not in CHANNELS:
        raise ChannelError(f"this Readout has no channel “{name}”", retry=False)
    return CHANNELS[name](config)


@contextmanager
def _sender(database: Database, now: Callable[[], datetime]) -> Iterator[str | None]:
    """The name under which the sender's lease is held, or None when another has it."""
    owner = f"{this_process()}#{uuid4().hex}"
    with database.write(step=Step.SENDER) as connection:
        held = leases.take_lease(connection, LEASE_NAME, owner, now(), LEASE_TIME)
        if held:
            sending.doubt_unfinished(connection, now())
            sending.call_back(connection, now())
    if not held:
        yield None
        return
    with kept_lease(database, LEASE_NAME, owner, LEASE_TIME, now=now):
        yield owner


def _plain(text: str) -> str:
    """Text of unknown origin as it may stand in the ledger: one line, printable, not long."""
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)[:500]


# --- trying out ---------------------------------------------------------------------------------------------------


def preview(
    database: Database,
    config: Config,
    alert: Alert,
    *,
    names: Names = Names(),  # noqa: B008  (frozen and empty)
    now: datetime,
) -> Preview | None:
    """`alert` as it would be written `now`, whatever was written when it left; None for one that is withheld.

    Raises ChannelError when its meeting or its channel is gone. Nothing is stored: where no key for the links to stop
    it was made yet, it has none.
    """
    if alert.state.is_withheld:
        return None
    with database.read() as connection:
        url, key = config.alerts.public_url, kept_secret(connection, STOP)
        asking = asked_by(connection, alert)
        # of a watch that is gone, to know the language
        owner = None if alert.watch_id is None else watches.get_watch(connection, alert.watch_id)
        pen = Pen(names=names, public_url=url, stop_key=key)
        message = pen.write(connection, alert, asking[0] if asking else owner, stoppable=asking, now=now)
    with closing(_channel(alert.channel, config)) as channel:
        return channel.preview(message)


def send_test(config: Config, channel: str, address: str, *, now: datetime) -> Accepted:
    """What the other side says to a test message for `address`. Raises ChannelError where it was not accepted, and
    ConfigError where nobody can be told there as we are configured."""
    with closing(_channel(channel, config)) as opened:
        if why := opened.refuse_recipient(address) or opened.unready(address):
            raise ConfigError([f"{shown_recipient(address)}: {why}"])
        return opened.send(trial(channel, address, now=now, domain=domain_of(config.mail)))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A stored meeting that a watch asks for, and what matched; `is_untold`: it was stored without telling anybody."""

    meeting: Meeting
    matched: Mapping[str, str]
    is_untold: bool


def rehearse(database: Database, query: Query) -> list[Rehearsed]:
    """The stored meetings that a watch for `query` would speak up for, newest first; nothing is sent."""
    with database.read() as connection:
        told = alerts.meetings_told_of(connection)
        return list(_rehearsed(query, meetings.list_meetings(connection), told))[::-1]


def rehearse_some(
    connection: Connection, query: Query, *, after: Mark | None = None, most: int
) -> tuple[list[Rehearsed], Mark | None]:
    """As `rehearse`, the first `most` behind `after`, by day; and where they end, if there are more."""
    leaf = newest(connection, query, after=after, most=most)
    told = alerts.meetings_told_of(connection, [meeting.id for _, meeting in leaf.found])
    found = list(_rehearsed(query, (meeting for _, meeting in leaf.found), told))
    return found, leaf.found[-1][0] if leaf.more else None


def _rehearsed(query: Query, found: Iterable[Meeting], told: Collection[int]) -> Iterator[Rehearsed]:
    kinds = load_body_kinds()
    for meeting in found:
        matched = first_told(query, meeting, kinds)
        if matched is not None:
            yield Rehearsed(meeting, matched, meeting.late and meeting.id not in told)
