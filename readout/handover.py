"""What is owed of meetings that go into one another, come apart or are told apart: nobody hears twice, nothing is lost.

It must not move reports or send: it is told which meetings are one, and leaves what is owed in the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from readout.catalog import load_body_kinds
from readout.model import Alert, AlertKind, AlertState, Meeting, Watch
from readout.owing import Reader, may_have_left, message_id, owe, reader_of, told_of
from readout.recipient import shown_recipient
from readout.storage import alerts, meetings, watches
from readout.storage.reports import stood_under
from readout.watches.digest import slowness
from readout.watches.match import first_told, joined

Handed = Mapping[str, int]
"""An owed alert as it was before it was handed over: its number (``alert``), its ``meeting_id`` and ``revision``."""


# --- one goes into another ----------------------------------------------------------------------------------------


def hand_over(connection: Connection, former: int, *, into: int) -> list[Handed]:
    """Let what is owed of a meeting that went into another be owed of that one, unless its reader hears of either
    already; what it changed, for `give_back`. Called before changes of the other are noted."""
    reason = f"meeting {former} is meeting {into}"
    at_former, at_other = _about(connection, former), _about(connection, into)
    gone = {former, *meetings.merged_into(connection, into)}
    sent = _first_by_reader(
        alert for each in sorted(gone) for alert in _about(connection, each) if may_have_left(alert)
    )
    handed = [alert for alert in at_other if _is_owed(alert, AlertKind.FIRST) and reader_of(alert) in sent]
    for alert in handed:
        heard = sent[reader_of(alert)]
        alerts.take_back(connection, alert.id, f"{reason}, of which {_told_by(heard)}", told_by=heard.id)
    told = _told_at(connection, {into, *meetings.kin(connection, into)} - {former})
    updated = {reader_of(alert): alert for alert in at_other if _is_owed(alert, AlertKind.UPDATE)}
    revision = max((alert.revision for alert in at_other), default=0)
    for alert in filter(_is_owed, at_former):
        handed.append(alert)
        revision += alert.kind is AlertKind.UPDATE
        by = (told if alert.kind is AlertKind.FIRST else updated).get(reader_of(alert))
        if by is not None and not _comes_sooner(connection, alert, by):
            alerts.take_back(connection, alert.id, f"{reason}, of which {_told_by(by)}", told_by=by.id)
            continue
        if by is not None:
            handed.append(by)
            alerts.take_back(connection, by.id, f"{reason}, of which {_told_by(alert)}, sooner", told_by=alert.id)
        alerts.move(connection, alert.id, into, 0 if alert.kind is AlertKind.FIRST else revision)
    return [{"alert": each.id, "meeting_id": each.meeting_id or former, "revision": each.revision} for each in handed]


def _comes_sooner(connection: Connection, alert: Alert, other: Alert) -> bool:
    """Whether `other`, which nobody tried to send, would be told later than `alert`."""
    one, two = (watches.get_watch(connection, each.watch_id or 0) for each in (alert, other))
    untried = other.kind is AlertKind.FIRST and _is_owed(other) and not other.attempts and other.digest_id is None
    return untried and one is not None and two is not None and slowness(one.delivery) < slowness(two.delivery)


def give_back(connection: Connection, handed: Iterable[Handed], *, left: int, now: datetime) -> None:
    """Take `hand_over` back: each alert is of its meeting again, and owed again if it was withheld.

    What left meanwhile is not owed again. An update of `left`, the meeting that had taken the other in, is owed no more
    to readers who were told of the other alone.
    """
    live = {watch.name for watch in watches.list_watches(connection)}
    for each in handed:
        alert = alerts.get_alert(connection, each["alert"])
        if alert is None or alert.meeting_id is None:
            continue
        if alert.meeting_id != each["meeting_id"]:
            alerts.move(connection, alert.id, each["meeting_id"], each["revision"])
        has_something_to_tell = alert.kind is AlertKind.FIRST or alert.changes
        if alert.state.is_withheld and has_something_to_tell and live & set(alert.watch_names):
            alerts.owe_again(connection, alert.id, now)
    _withdraw_updates(connection, left)


def _withdraw_updates(connection: Connection, meeting_id: int) -> None:
    told = _told_at(connection, [meeting_id, *meetings.merged_into(connection, meeting_id)])
    for alert in _about(connection, meeting_id):
        if _is_owed(alert, AlertKind.UPDATE) and reader_of(alert) not in told:
            who = shown_recipient(alert.recipient)
            alerts.take_back(connection, alert.id, f"{who} was told of a meeting that is another after all")


# --- one comes apart ------------------------------------------------------------------------------------------------


def owe_opened(connection: Connection, meeting_id: int, *, now: datetime) -> None:
    """Owe what is told of a meeting that was opened for reports of another, to readers who never heard of that one; for
    the others it is recorded as suppressed.

    Whoever asked for meetings already when the other one came, and was owed nothing then, is not owed it now: what was
    told came from imports without alert or searches of the past.
    """
    meeting = meetings.load_meeting(connection, meeting_id)
    if meeting is None or meeting.late:
        return
    _owe_withheld(connection, meeting, now=now)
    kept = {alert.id for alert in _about(connection, meeting.id)}
    known_since = min(telling.first_seen for telling in meeting.tellings)
    for telling in meeting.tellings:
        owe(connection, meeting, telling, now=now, known_since=known_since)
    _withhold_late(connection, meeting, kept)


def _withhold_late(connection: Connection, meeting: Meeting, kept: Collection[int]) -> None:
    """But for the alerts that it `kept`."""
    parents = [each for kin in meetings.kin(connection, meeting.id) if (each := meetings.load_meeting(connection, kin))]
    asked = {watch.id for each in parents for watch in watches.list_watches(connection, made_by=each.first_seen)}
    family = [former for each in parents for former in (each.id, *meetings.merged_into(connection, each.id))]
    owed_then = {(alert.watch_id, reader_of(alert)) for alert in alerts.alerts_about(connection, family)}
    for alert in _about(connection, meeting.id):
        is_anew = alert.id not in kept and _is_owed(alert, AlertKind.FIRST)
        if is_anew and alert.watch_id in asked and (alert.watch_id, reader_of(alert)) not in owed_then:
            alerts.take_back(connection, alert.id, "imports without alert or searches of the past alone tell of it")


def _owe_withheld(connection: Connection, meeting: Meeting, *, now: datetime) -> None:
    """Owe again what was owed of its reports until their meeting went into the one that they have left by now, to those
    who have not heard of that yet."""
    parents = meetings.kin(connection, meeting.id)
    taken_in = {former for parent in parents for former in meetings.merged_into(connection, parent)}
    formers = taken_in & stood_under(connection, [telling.report_id for telling in meeting.tellings])
    sent = _first_by_reader(alert for each in parents for alert in _about(connection, each) if may_have_left(alert))
    told = _told_at(connection, [meeting.id])
    live = {watch.id: watch for watch in watches.list_watches(connection)}
    for alert in alerts.alerts_about(connection, formers):
        withheld = alert.kind is AlertKind.FIRST and alert.state.is_withheld
        watch, reader = live.get(alert.watch_id or 0), reader_of(alert)
        is_new_to_reader = reader not in sent and reader not in told
        if withheld and watch and is_new_to_reader and _match(watch, meeting) is not None:
            alerts.move(connection, alert.id, meeting.id, 0)
            alerts.owe_again(connection, alert.id, now)
            told[reader] = alert


def sort_out(connection: Connection, meeting_id: int, beside: Iterable[int]) -> None:
    """Let what is owed of a meeting that reports have left be owed of the one that its watch still asks for: of it,
    else of one `beside` it, else of none."""
    pending = [alert for alert in _about(connection, meeting_id) if _is_owed(alert, AlertKind.FIRST)]
    meeting = meetings.load_meeting(connection, meeting_id) if pending else None
    if meeting is None or meeting.id != meeting_id:
        return
    others = [each for other in beside if (each := meetings.load_meeting(connection, other)) is not None]
    live = watches.list_watches(connection)
    for alert in pending:
        asking = [watch for watch in live if watch.name in alert.watch_names]
        owner = next((watch for watch in live if watch.id == alert.watch_id), None)
        if owner is None or not asking or _goes_on(connection, alert, asking, meeting):
            continue
        if not any(_moves(connection, alert, owner, asking, other) for other in others):
            names = ", ".join(f"“{name}”" for name in alert.watch_names)
            alerts.take_back(connection, alert.id, f"meeting {meeting_id} has no report any more that {names} asks for")


def _goes_on(connection: Connection, alert: Alert, asking: Sequence[Watch], meeting: Meeting) -> bool:
    """Whether any of its watches still asks for `meeting`; the alert names those that do."""
    found = [(watch.name, matched) for watch in asking if (matched := _match(watch, meeting)) is not None]
    if found and len(found) < len(alert.watch_names):
        alerts.join_watch(connection, alert.id, [name for name, _ in found], joined(each for _, each in found))
    return bool(found)


def _moves(connection: Connection, alert: Alert, owner: Watch, asking: Sequence[Watch], meeting: Meeting) -> bool:
    """Whether the alert is of `meeting` now: its watch asks for that, and its reader has not heard of it."""
    told = told_of(connection, meeting).get(reader_of(alert))
    if (told is not None and told.id != alert.id) or all(_match(watch, meeting) is None for watch in asking):
        return False
    alerts.move(connection, alert.id, meeting.id, 0)
    anew = message_id(meeting, owner, alert.recipient, AlertKind.FIRST, 0)
    domain = alert.message_id.rpartition("@")[2]
    alerts.set_message_id(connection, alert.id, f"{anew.rpartition('@')[0]}@{domain}")
    return _goes_on(connection, alert, asking, meeting)


# --- two are told apart ---------------------------------------------------------------------------------------------


def revive(connection: Connection, meeting: Meeting, *, now: datetime) -> None:
    """Owe what was not owed because `meeting` was perhaps another: to readers who heard of neither it nor its kin.

    Whom a mail about the meeting that it was split from left before that has heard of it.
    """
    live = {watch.id for watch in watches.list_watches(connection)}
    taken_in = meetings.merged_into(connection, meeting.id)
    parents = meetings.kin(connection, meeting.id) - set(taken_in)
    told = _told_at(connection, [meeting.id, *taken_in, *meeting.perhaps_same_as])
    told |= _first_by_reader(
        alert for each in parents for alert in _about(connection, each) if _left_before(alert, meeting.first_seen)
    )
    for alert in _about(connection, meeting.id):
        if alert.state.is_withheld and alert.watch_id in live and reader_of(alert) not in told:
            alerts.owe_again(connection, alert.id, now)
            told[reader_of(alert)] = alert


def _left_before(alert: Alert, moment: datetime) -> bool:
    surely_later = alert.sent_at is not None and alert.sent_at >= moment and not alert.doubts
    return may_have_left(alert) and not surely_later


# --- who hears of what ----------------------------------------------------------------------------------------------


def _about(connection: Connection, meeting_id: int) -> list[Alert]:
    return alerts.alerts_about(connection, [meeting_id])


def _match(watch: Watch, meeting: Meeting) -> Mapping[str, str] | None:
    return first_told(watch.query, meeting, load_body_kinds())


def _is_owed(alert: Alert, kind: AlertKind | None = None) -> bool:
    return alert.state is AlertState.OWED and kind in (None, alert.kind)


def _told_at(connection: Connection, meeting_ids: Iterable[int]) -> dict[Reader, Alert]:
    """By reader, the first alert about any of these meetings that is not withheld."""
    about = alerts.alerts_about(connection, list(meeting_ids))
    return _first_by_reader(alert for alert in about if not alert.state.is_withheld)


def _first_by_reader(told: Iterable[Alert]) -> dict[Reader, Alert]:
    first: dict[Reader, Alert] = {}
    for alert in told:
        if alert.kind is AlertKind.FIRST:
            first.setdefault(reader_of(alert), alert)
    return first


def _told_by(alert: Alert) -> str:
    return f"{shown_recipient(alert.recipient)} is told by alert {alert.id}"
