"""What is owed: alerts come into being in the transaction that stores a report, one to a reader for each meeting.

It must not send: it leaves what is owed in the outbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from readout.catalog import load_body_kinds
from readout.model import Alert, AlertKind, AlertState, Meeting, Telling, Watch
from readout.recipient import shown_recipient
from readout.section import NO_DOMAIN
from readout.storage import alerts, meetings, watches
from readout.storage.restored import doubt_about
from readout.watches.digest import slowness
from readout.watches.match import first_told, joined, matches

Reader = tuple[str, str]
"""Who hears of something: a channel, and an address on it however that is spelled."""

_LEFT = frozenset({AlertState.SENDING, AlertState.ACCEPTED, AlertState.DOUBTFUL})


def owe(
    connection: Connection, meeting: Meeting, telling: Telling, *, now: datetime, known_since: datetime | None = None
) -> int:
    """How many alerts `telling`, a new report of `meeting`, makes due.

    Called in the transaction that stores the report; calling again owes nothing more. A watch hears of meetings first
    stored after it was made, of late ones in digests alone; `known_since`: when this one was, by another number. A
    recipient hears once of a meeting, of its kin and of one that is perhaps the same, on a channel, by the watch that
    is told soonest: what further ones would send is recorded as suppressed, and named in the alert while that has not
    left.
    """
    made = watches.list_watches(connection, made_by=known_since or meeting.first_seen)
    listening = [watch for watch in made if watch.delivery.digest or not meeting.late]
    kinds = load_body_kinds()
    found = [(watch, matches(watch.query, meeting.report, telling, kinds)) for watch in listening]
    asking = [(watch, matched) for watch, matched in found if matched is not None]
    if not asking:
        return 0
    asking.sort(key=lambda pair: slowness(pair[0].delivery))
    recorded = {(alert.watch_id, alert.recipient): alert for alert in alerts.alerts_about(connection, [meeting.id])}
    told = told_of(connection, meeting)
    before = len(told)
    owing = _Owing(connection, meeting, told, {watch.id: watch for watch in listening}, now)
    for watch, matched in asking:
        for recipient in watch.recipients:
            owing.owe(watch, recipient, matched, recorded.get((watch.id, recipient)))
    return len(told) - before


def look_again(connection: Connection, *, now: datetime) -> None:
    """Owe what was withheld because its reader was to hear by an alert that is withdrawn itself, or of a meeting that
    is another after all: where its watch still asks, and nothing else tells its reader."""
    live = {watch.id: watch for watch in watches.list_watches(connection)}
    withheld = [(live.get(alert.watch_id or 0), alert) for alert in alerts.to_look_at(connection)]
    for watch, alert in sorted(withheld, key=lambda pair: slowness(pair[0].delivery) if pair[0] else -1):
        meeting = meetings.load_meeting(connection, alert.meeting_id) if alert.meeting_id else None
        if watch is None or meeting is None or not _still_asks(watch, alert, meeting):
            alerts.withhold(connection, alert.id, alert.answer)
        elif (by := told_of(connection, meeting).get(reader_of(alert))) is not None:
            alerts.withhold(connection, alert.id, _why_suppressed(connection, by, meeting), told_by=by.id)
        else:
            alerts.owe_again(connection, alert.id, now)


def _still_asks(watch: Watch, alert: Alert, meeting: Meeting) -> bool:
    is_told = alert.kind is AlertKind.FIRST and hears(reader_of(alert), watch)
    is_in_time = watch.delivery.digest is not None or not meeting.late
    return is_told and is_in_time and first_told(watch.query, meeting, load_body_kinds()) is not None


def reader_of(alert: Alert) -> Reader:
    """Who hears by `alert`."""
    return reader_at(alert.channel, alert.recipient)


def hears(reader: Reader, watch: Watch) -> bool:
    """Whether `reader` hears by `watch`."""
    return any(reader == reader_at(watch.channel, recipient) for recipient in watch.recipients)


def may_have_left(alert: Alert) -> bool:
    """Whether it may have arrived, be it before it failed."""
    return alert.state in _LEFT or (alert.state is AlertState.FAILED and alert.doubts > 0)


def told_of(connection: Connection, meeting: Meeting) -> dict[Reader, Alert]:
    """The alert by which each reader hears of this meeting, or else of one whose reports are here, or is perhaps the
    same."""
    family = list(dict.fromkeys((meeting.id, *meetings.kin(connection, meeting.id), *meeting.perhaps_same_as)))
    about = reversed(alerts.alerts_about(connection, family))
    told: dict[Reader, Alert] = {}
    for alert in sorted(about, key=lambda alert: family.index(alert.meeting_id or 0)):
        if not alert.state.is_withheld and alert.kind is AlertKind.FIRST:
            told.setdefault(reader_of(alert), alert)
    return told


def first_alert(connection: Connection, update: Alert) -> Alert | None:
    """The alert by which the reader of `update` was told, or is to be told, of its meeting."""
    if update.meeting_id is None:
        return None
    about = alerts.alerts_about(connection, [update.meeting_id, *meetings.merged_into(connection, update.meeting_id)])
    told = (alert for alert in about if alert.kind is AlertKind.FIRST and not alert.state.is_withheld)
    return next((alert for alert in told if reader_of(alert) == reader_of(update)), None)


def message_id(meeting: Meeting, watch: Watch, recipient: str, kind: AlertKind, revision: int) -> str:
    """The Message-ID of an alert: the same for every copy of it, another for everything else.

    The moments are part of it because numbers begin again in a new database, while mailboxes stay.
    """
    made = (str(watch.id), watch.created_at.isoformat(), recipient, kind.value)
    return message_id_of(str(meeting.id), meeting.first_seen.isoformat(), *made, str(revision))


def message_id_of(*key: str) -> str:
    """The Message-ID of what has this key, until it first leaves: then the sender's domain takes the place of ours."""
    digest = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{digest[:40]}@{NO_DOMAIN}>"


def reader_at(channel: str, recipient: str) -> Reader:
    """Who hears at an address of a channel."""
    # The path of a webhook's URL is another with another case.
    return channel, recipient if "://" in recipient else recipient.casefold()


@dataclass(frozen=True, slots=True)
class _Owing:
    """What one report of a meeting makes due; `told` is kept up."""

    connection: Connection
    meeting: Meeting
    told: dict[Reader, Alert]
    watches: Mapping[int, Watch]
    now: datetime

    def owe(self, watch: Watch, recipient: str, matched: Mapping[str, str], known: Alert | None) -> None:
        """Owe one alert, or record why it is not owed; `known`: what was recorded of this watch and recipient."""
        reader = reader_at(watch.channel, recipient)
        if known is None:
            self._owe_new(watch, recipient, matched)
        elif known.state.is_withheld and reader not in self.told:
            alerts.owe_again(self.connection, known.id, self.now)
            self.told[reader] = replace(known, state=AlertState.OWED)

    def _owe_new(self, watch: Watch, recipient: str, matched: Mapping[str, str]) -> None:
        reader = reader_at(watch.channel, recipient)
        by = self.told.get(reader)
        if by is None:
            self.told[reader] = self._record(watch, recipient, matched)
        elif self._waits_longer(by, watch):
            self.told[reader] = self._take_over(by, watch, recipient, matched)
        else:
            why = _why_suppressed(self.connection, by, self.meeting)
            self._record(watch, recipient, matched, suppressed=why, told_by=by.id)
            self.told[reader] = self._join(by, watch, matched) if self._is_pending(by) else by

    @property
    def _told_since(self) -> datetime | None:
        """When its first report came out; None where none says."""
        return min((telling.published for telling in self.meeting.tellings if telling.published), default=None)

    def _is_pending(self, by: Alert) -> bool:
        """Whether it can still name another watch."""
        return by.state is AlertState.OWED and by.meeting_id == self.meeting.id

    def _waits_longer(self, by: Alert, watch: Watch) -> bool:
        """Whether `by`, which nobody tried to send, would come later than `watch` tells."""
        owner = self.watches.get(by.watch_id or 0)
        untried = self._is_pending(by) and not by.attempts and by.digest_id is None
        return untried and owner is not None and slowness(watch.delivery) < slowness(owner.delivery)

    def _take_over(self, by: Alert, watch: Watch, recipient: str, matched: Mapping[str, str]) -> Alert:
        new = self._record(watch, recipient, joined([matched, by.matched]), names=(watch.name, *by.watch_names))
        sooner = f"{shown_recipient(by.recipient)} is told sooner by alert {new.id}"
        alerts.take_back(self.connection, by.id, sooner, told_by=new.id)
        return new

    def _join(self, by: Alert, watch: Watch, matched: Mapping[str, str]) -> Alert:
        names = tuple(dict.fromkeys((*by.watch_names, watch.name)))
        named = replace(by, watch_names=names, matched=joined([by.matched, matched]))
        alerts.join_watch(self.connection, by.id, names, named.matched)
        return named

    def _record(
        self,
        watch: Watch,
        recipient: str,
        matched: Mapping[str, str],
        *,
        names: tuple[str, ...] = (),
        suppressed: str | None = None,
        told_by: int | None = None,
    ) -> Alert:
        return alerts.owe_row(
            self.connection,
            meeting_id=self.meeting.id,
            watch=watch,
            recipient=recipient,
            kind=AlertKind.FIRST,
            revision=0,
            message_id=message_id(self.meeting, watch, recipient, AlertKind.FIRST, 0),
            matched=matched,
            now=self.now,
            suppressed=suppressed,
            doubt=doubt_about(self.connection, self._told_since, self.now),
            told_by=told_by,
            watch_names=tuple(dict.fromkeys(names)),
        )


def _why_suppressed(connection: Connection, told: Alert, meeting: Meeting) -> str:
    by = f"{shown_recipient(told.recipient)} is told by alert {told.id} of the watch “{told.watch_names[0]}”"
    if told.meeting_id == meeting.id:
        return by
    if told.meeting_id in meetings.merged_into(connection, meeting.id):
        return f"meeting {told.meeting_id} is meeting {meeting.id}, of which {by}"
    is_kin = told.meeting_id in meetings.kin(connection, meeting.id)
    return f"{'split from' if is_kin else 'perhaps the same as'} meeting {told.meeting_id}, of which {by}"
