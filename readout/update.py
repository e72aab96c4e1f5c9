"""What changes of a meeting is noted, and owed to those who were told of it and asked to hear what changes.

It must not weigh facts or send: it is handed both states of them, and leaves what is owed in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from readout.meetings.difference import differences, goes_on, joined, worth_telling
from readout.model import Alert, AlertKind, AlertState, Change, Meeting, Report, Watch
from readout.outbox import message_id
from readout.storage import alerts, meetings, reports, watches
from readout.storage.articles import StoredArticle
from readout.storage.changes import add_changes

_LEFT = frozenset({AlertState.SENDING, AlertState.ACCEPTED, AlertState.DOUBTFUL})


def note_changes(
    connection: Connection,
    meeting_id: int,
    before: Report,
    after: Report,
    *,
    article_id: int | None,
    now: datetime,
    quiet: bool = False,
) -> None:
    """Note what differs between two states of a meeting's best-supported facts; `article_id` None: a person changed it.

    Called in the transaction that stores `after`, once it is stored and before first alerts are owed for it. Whoever
    was told of the meeting by a watch with updates is owed those that matter, in one update with what is still owed
    from before. `quiet`: they are noted alone, as for imports without alert and searches of the past.
    """
    changes = differences(before, after)
    add_changes(connection, meeting_id, changes, article_id=article_id, now=now)
    if changes and not quiet:
        _owe_updates(connection, meeting_id, changes, worth_telling(changes, before, after), now=now)


def note_retold(connection: Connection, article: StoredArticle, count: int, *, now: datetime) -> None:
    """Note with their meetings which reports a new version of `article`, telling of `count` meetings, has no more.

    And which it has again. A report that was withdrawn stays under its meeting as what was told. Called before the
    version's reports are stored.
    """
    for told in reports.retellings(connection, article.id):
        stood, stands = told.version == article.version, told.position < count
        if stood == stands:
            continue
        url = article.article.url
        change = Change(fact="report", before=url if stood else None, after=url if stands else None)
        if (meeting_id := reports.meeting_of(connection, told.report_id)) is not None:
            add_changes(connection, meeting_id, [change], article_id=article.id, now=now)


# --- those who were told --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Somebody told of a meeting by `first`, the watches by which they ask for updates, and the updates so far."""

    first: Alert
    watches: tuple[Watch, ...]
    updates: tuple[Alert, ...]


def _owe_updates(
    connection: Connection, meeting_id: int, changes: Sequence[Change], news: Sequence[Change], *, now: datetime
) -> None:
    readers = list(_readers(connection, meeting_id))
    meeting = meetings.load_meeting(connection, meeting_id) if readers else None
    if meeting is None:
        return
    for reader in readers:
        pending = next((update for update in reader.updates if update.state is AlertState.OWED), None)
        if pending is not None:
            _extend(connection, pending, reader, changes, news)
        elif news:
            _owe(connection, meeting, reader, news, now=now)


def _readers(connection: Connection, meeting_id: int) -> Iterator[_Reader]:
    """Who may have been told of the meeting and asks for updates. A first alert yet to leave tells the newest facts."""
    asking = {watch.id: watch for watch in watches.list_watches(connection) if watch.updates}
    if not asking:
        return
    told: dict[tuple[str, str], list[tuple[int, Alert]]] = {}
    for watch_id, alert in alerts.alerts_about(connection, [meeting_id, *meetings.merged_into(connection, meeting_id)]):
        told.setdefault((alert.channel, alert.recipient.casefold()), []).append((watch_id, alert))
    for owed in told.values():
        first = next((alert for _, alert in owed if _has_left(alert) and alert.kind is AlertKind.FIRST), None)
        wanted = tuple(asking[watch_id] for watch_id in dict.fromkeys(each for each, _ in owed) if watch_id in asking)
        if first is not None and wanted:
            updates = tuple(alert for _, alert in owed if alert.kind is AlertKind.UPDATE)
            yield _Reader(first=first, watches=wanted, updates=updates)


def _has_left(alert: Alert) -> bool:
    """Whether it may have arrived, be it before it failed."""
    return alert.state in _LEFT or (alert.state is AlertState.FAILED and alert.doubts > 0)


def _extend(
    connection: Connection, pending: Alert, reader: _Reader, changes: Sequence[Change], news: Sequence[Change]
) -> None:
    """Whatever becomes of what an update is to tell, it tells the last of it."""
    more = [change for change in changes if change in news or any(goes_on(step, change) for step in pending.changes)]
    if more:
        names = [watch.name for watch in reader.watches]
        alerts.set_changes(connection, pending.id, names, joined(pending.changes, more))


def _owe(connection: Connection, meeting: Meeting, reader: _Reader, news: Sequence[Change], *, now: datetime) -> None:
    watch, recipient = reader.watches[0], reader.first.recipient
    revision = max((update.revision for update in reader.updates), default=0) + 1
    alerts.owe_row(
        connection,
        meeting_id=meeting.id,
        watch=watch,
        recipient=recipient,
        kind=AlertKind.UPDATE,
        revision=revision,
        message_id=message_id(meeting, watch, recipient, AlertKind.UPDATE, revision),
        matched={},
        watch_names=[each.name for each in reader.watches],
        changes=news,
        now=now,
    )
