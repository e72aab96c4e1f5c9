"""Alerts: owed in the transaction that stores a report, delivered later, at least once, and never forgotten.

It must not know how a message looks or travels: the channels do.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from readout.channels import CHANNELS, Accepted, Channel, ChannelDown, Names, OutgoingMessage, Preview
from readout.channels.email import send_test
from readout.channels.mail.compose import NO_DOMAIN, domain_of
from readout.config import Config
from readout.error import ChannelError, StorageError
from readout.model import Alert, AlertKind, AlertState, Meeting, Telling, Watch
from readout.process import is_gone, this_process
from readout.storage import alerts, leases, meetings, watches
from readout.storage.database import Database
from readout.watches.match import first_match, joined, matches

__all__ = [
    "Delivered",
    "Reader",
    "deliver",
    "may_have_left",
    "message_id",
    "owe",
    "preview",
    "reader_of",
    "rehearse",
    "send_test",
    "told_of",
    "wait_before",
]

LEASE_NAME = "sender"
# Longer than one message can take: a dozen answers, each waited for as long as the configuration lets.
LEASE_TIME = timedelta(minutes=15)

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)

_LEFT = frozenset({AlertState.SENDING, AlertState.ACCEPTED, AlertState.DOUBTFUL})

_log = structlog.get_logger(__name__)


# --- owing --------------------------------------------------------------------------------------------------------


def owe(
    connection: Connection, meeting: Meeting, telling: Telling, *, now: datetime, known_since: datetime | None = None
) -> int:
    """How many alerts `telling`, a new report of `meeting`, makes due.

    Called in the transaction that stores the report; calling again owes nothing more. A watch hears of meetings first
    stored after it was made; `known_since`: when this one was, by another number. A recipient hears once of a meeting,
    of its kin and of one that is perhaps the same, on a channel: what further watches would send is recorded as
    suppressed, and named in the alert while that has not left.
    """
    listening = watches.list_watches(connection, made_by=known_since or meeting.first_seen)
    found = [(watch, matches(watch.filters, meeting.report, telling)) for watch in listening]
    if not any(matched is not None for _, matched in found):
        return 0
    recorded = {(watch_id, alert.recipient): alert for watch_id, alert in alerts.alerts_about(connection, [meeting.id])}
    told = told_of(connection, meeting)
    before = len(told)
    for watch, matched in found:
        for recipient in watch.recipients if matched is not None else ():
            known = recorded.get((watch.id, recipient))
            if known is None:
                _owe(connection, meeting, watch, recipient, matched=matched or {}, told=told, now=now)
            elif known.state is AlertState.SUPPRESSED and reader_of(known) not in told:
                alerts.owe_again(connection, known.id, now)
                told[reader_of(known)] = replace(known, state=AlertState.OWED)
    return len(told) - before


Reader = tuple[str, str]


def reader_of(alert: Alert) -> Reader:
    """Who hears by `alert`: an address on a channel, however it is spelled."""
    return _reader(alert.channel, alert.recipient)


def may_have_left(alert: Alert) -> bool:
    """Whether it may have arrived, be it before it failed."""
    return alert.state in _LEFT or (alert.state is AlertState.FAILED and alert.doubts > 0)


def told_of(connection: Connection, meeting: Meeting) -> dict[Reader, Alert]:
    """The alert by which each reader hears of this meeting, or else of one whose reports are here, or is perhaps the
    same."""
    told: dict[Reader, Alert] = {}
    for meeting_id in (meeting.id, *meetings.kin(connection, meeting.id), *meeting.perhaps_same_as):
        for alert in alerts.list_alerts(connection, meeting_id=meeting_id):
            if alert.state is not AlertState.SUPPRESSED and alert.kind is AlertKind.FIRST:
                told.setdefault(reader_of(alert), alert)
    return told


def _reader(channel: str, recipient: str) -> Reader:
    return channel, recipient.casefold()


def _owe(
    connection: Connection,
    meeting: Meeting,
    watch: Watch,
    recipient: str,
    *,
    matched: Mapping[str, str],
    told: dict[Reader, Alert],
    now: datetime,
) -> None:
    """Owe one alert and enter it in `told`, or record why it is not owed."""
    reader = _reader(watch.channel, recipient)
    by = told.get(reader)
    if by is not None and by.state is AlertState.OWED and by.meeting_id == meeting.id:
        names = tuple(dict.fromkeys((*by.watch_names, watch.name)))
        told[reader] = replace(by, watch_names=names, matched=joined([by.matched, matched]))
        alerts.join_watch(connection, by.id, names, told[reader].matched)
    recorded = alerts.owe_row(
        connection,
        meeting_id=meeting.id,
        watch=watch,
        recipient=recipient,
        kind=AlertKind.FIRST,
        revision=0,
        message_id=message_id(meeting, watch, recipient, AlertKind.FIRST, 0),
        matched=matched,
        now=now,
        suppressed=None if by is None else _why_suppressed(connection, by, meeting),
    )
    told.setdefault(reader, recorded)


def _why_suppressed(connection: Connection, told: Alert, meeting: Meeting) -> str:
    by = f"{told.recipient} is told by alert {told.id} of the watch “{told.watch_names[0]}”"
    if told.meeting_id == meeting.id:
        return by
    if told.meeting_id in meetings.merged_into(connection, meeting.id):
        return f"meeting {told.meeting_id} is meeting {meeting.id}, of which {by}"
    is_kin = told.meeting_id in meetings.kin(connection, meeting.id)
    return f"{'split from' if is_kin else 'perhaps the same as'} meeting {told.meeting_id}, of which {by}"


def message_id(meeting: Meeting, watch: Watch, recipient: str, kind: AlertKind, revision: int) -> str:
    """The Message-ID of an alert: the same for every copy of it, another for everything else.

    The moments are part of it because numbers begin again in a new database, while mailboxes stay. The sender's domain
    takes the place of ``readout.invalid`` when the alert first leaves.
    """
    key = (
        str(meeting.id),
        meeting.first_seen.isoformat(),
        str(watch.id),
        watch.created_at.isoformat(),
        recipient,
        kind.value,
        str(revision),
    )
    digest = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{digest[:40]}@{NO_DOMAIN}>"


# --- delivering ---------------------------------------------------------------------------------------------------


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
    """Send what is due, one alert after the other, until `is_over` says so; never two senders at a time.

    An alert is marked as under way, and that committed, before it leaves. What a dead sender left under way is in
    doubt and sent again. A channel that is out of service is left alone for the rest of the round. Where there is
    nothing to do nothing is written.
    """
    with database.read() as connection:
        if not alerts.is_any_due(connection, now()):
            return Delivered()
    with _sender(database, now) as owner:
        if owner is None:
            return Delivered(busy=True)
        with ExitStack() as line:
            return _Round(database, config, names, now, owner, line).run(is_over)


def wait_before(attempt: int, key: str) -> timedelta:
    """How long to wait after attempt number `attempt`: doubling from a minute to hours, scattered by `key`."""
    doublings = min(max(attempt - 1, 0), 12)
    scatter = hashlib.sha256(f"{key}/{attempt}".encode("utf-8", "replace")).digest()[0] / 255
    return min(_FIRST_WAIT * (1 << doublings) * (1 + 0.2 * scatter), _LONGEST_WAIT * (0.8 + 0.2 * scatter))


_Settle = Callable[[Connection], None]


@dataclass(slots=True)
class _Round:
    database: Database
    config: Config
    names: Names
    now: Callable[[], datetime]
    owner: str
    line: ExitStack
    channels: dict[str, Channel] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    answer: str | None = None

    def run(self, is_over: Callable[[], bool]) -> Delivered:
        alert = self._settle_and_claim(None, wanted=not is_over())
        while alert is not None:
            alert = self._settle_and_claim(self._send(alert), wanted=not is_over())
        counts = self.counts
        return Delivered(
            accepted=counts["accepted"],
            retried=counts["retried"],
            failed=counts["failed"],
            doubtful=counts["doubtful"],
            answer=self.answer,
        )

    def _settle_and_claim(self, settle: _Settle | None, *, wanted: bool) -> Alert | None:
        """One transaction for two things, since each costs a write to the disk: the last alert's fate, the next one."""
        with self.database.write() as connection:
            if settle is not None:
                settle(connection)
            if not wanted or not leases.renew(connection, LEASE_NAME, self.owner, self.now(), LEASE_TIME):
                return None
            claimed = alerts.claim(connection, self.now(), 1, without=self.down)
            return self._signed(connection, claimed[0]) if claimed else None

    def _signed(self, connection: Connection, alert: Alert) -> Alert:
        """Under the sender's domain, which the alert keeps when the configuration changes between two tries."""
        if alert.attempts > 1:
            return alert
        own = alert.message_id.replace(f"@{NO_DOMAIN}>", f"@{domain_of(self.config.mail)}>")
        alerts.set_message_id(connection, alert.id, own)
        return replace(alert, message_id=own)

    def _send(self, alert: Alert) -> _Settle:
        try:
            accepted = self._channel(alert.channel).send(_message(self.database, alert, self.names, self.now()))
        except ChannelError as error:
            return self._not_accepted(alert, error)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (the fence: a message that cannot be made must not stop the others)
            return self._set_aside(alert, error)
        return self._accepted(alert, accepted)

    def _channel(self, name: str) -> Channel:
        if name not in self.channels:
            self.channels[name] = self.line.enter_context(closing(_channel(name, self.config)))
        return self.channels[name]

    def _accepted(self, alert: Alert, accepted: Accepted) -> _Settle:
        self.counts["accepted"] += 1
        _log.info("alert_accepted", alert=alert.id, meeting=alert.meeting_id, code=accepted.code)
        now, text = self.now(), _plain(accepted.text)
        return lambda connection: alerts.mark_accepted(connection, alert.id, now=now, code=accepted.code, text=text)

    def _not_accepted(self, alert: Alert, error: ChannelError) -> _Settle:
        if isinstance(error, ChannelDown):
            self.down.add(alert.channel)
        fate = "doubtful" if error.doubtful else "retried" if error.retry else "failed"
        self.counts[fate] += 1
        text = _plain(str(error))
        self.answer = text if error.code is None else f"{error.code} {text}"
        _log.warning("alert_not_accepted", alert=alert.id, fate=fate, code=error.code, answer=text)
        if fate == "failed":
            return lambda connection: alerts.mark_failed(connection, alert.id, code=error.code, text=text)
        mark = alerts.mark_doubtful if error.doubtful else alerts.mark_retry
        next_try = self.now() + wait_before(alert.attempts, alert.message_id)
        return lambda connection: mark(connection, alert.id, next_try=next_try, code=error.code, text=text)

    def _set_aside(self, alert: Alert, error: Exception) -> _Settle:
        self.counts["failed"] += 1
        self.answer = text = _plain(f"the message could not be made: {type(error).__name__}: {error}")
        _log.error("alert_set_aside", alert=alert.id, meeting=alert.meeting_id, error=text)
        return lambda connection: alerts.mark_failed(connection, alert.id, code=None, text=text)


def _channel(name: str, config: Config) -> Channel:
    if name not in CHANNELS:
        raise ChannelError(f"this Readout has no channel “{name}”", retry=False)
    return CHANNELS[name](config)


def _message(database: Database, alert: Alert, names: Names, now: datetime) -> OutgoingMessage:
    with database.read() as connection:
        meeting = None if alert.meeting_id is None else meetings.load_meeting(connection, alert.meeting_id)
        follows = _followed(connection, meeting, alert) if meeting and alert.kind is AlertKind.UPDATE else None
    if meeting is None:
        raise ChannelError(f"there is no meeting {alert.meeting_id} any more", retry=False)
    return OutgoingMessage(alert=alert, meeting=meeting, names=names, now=now, follows=follows)


def _followed(connection: Connection, meeting: Meeting, update: Alert) -> str | None:
    """The Message-ID by which the reader of `update` was told of the meeting first."""
    about = alerts.alerts_about(connection, [meeting.id, *meetings.merged_into(connection, meeting.id)])
    first = (alert for _, alert in about if alert.kind is AlertKind.FIRST and alert.state is not AlertState.SUPPRESSED)
    return next((alert.message_id for alert in first if reader_of(alert) == reader_of(update)), None)


@contextmanager
def _sender(database: Database, now: Callable[[], datetime]) -> Iterator[str | None]:
    """The name under which the sender's lease is held, or None when another has it."""
    owner = f"{this_process()}#{uuid4().hex}"
    with database.write() as connection:
        before = leases.holder(connection, LEASE_NAME)
        if before is not None and is_gone(before.partition("#")[0]):
            leases.drop(connection, LEASE_NAME, before)
        held = leases.take_lease(connection, LEASE_NAME, owner, now(), LEASE_TIME)
        if held:
            alerts.doubt_unfinished(connection, now())
    try:
        yield owner if held else None
    finally:
        if held:
            with database.write() as connection:
                leases.drop(connection, LEASE_NAME, owner)


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
) -> Preview:
    """`alert` as it was or will be sent. Raises ChannelError when its meeting or its channel is gone."""
    with closing(_channel(alert.channel, config)) as channel:
        return channel.preview(_message(database, alert, names, now))


def rehearse(database: Database, watch: Watch) -> list[tuple[Meeting, Mapping[str, str]]]:
    """The stored meetings that `watch` would speak up for, newest first, each with what matched; nothing is sent."""
    with database.read() as connection:
        found = [(meeting, first_match(watch, meeting)) for meeting in meetings.list_meetings(connection)]
    return [(meeting, matched) for meeting, matched in reversed(found) if matched is not None]
