"""What changes of a meeting is noted, and owed to those who were told of it and asked to hear what changes.

It must not weigh facts or send: it is handed both states of them, and leaves what is owed in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from readout.meetings.difference import differences, goes_on, joined, worth_telling
from readout.meetings.retelling import Retelling
from readout.model import Alert, AlertKind, AlertState, Meeting, Report, Telling, Watch
from readout.owing import Reader, hears, may_have_left, message_id, reader_of
from readout.storage import alerts, meetings, reports, watches
from readout.storage.articles import StoredArticle
from readout.storage.changes import add_changes
from readout.storage.restored import doubt_about
from readout.storage.rulings import amendments_of
from readout.watches.digest import slowness
from readout.watching import Change


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
    from before. `quiet`: they are noted, as for imports without alert and searches of the past, and go on what is
    still owed, but nothing new is.
    """
    changes = differences(before, after)
    add_changes(connection, meeting_id, changes, article_id=article_id, now=now)
    if changes:
        news = () if quiet else worth_telling(changes, before, after)
        _owe_updates(connection, meeting_id, changes, news, now=now)


def note_further(connection: Connection, meeting: Meeting, telling: Telling, *, now: datetime) -> None:
    """Owe those who were told of `meeting` and asked for updates that `telling`, a new report of it, bears it out: the
    first by the second outlet that copies no other, and the first by an official one. Further ones are not news."""
    others = [each for each in meeting.tellings if each.report_id != telling.report_id]
    confirms = len({_outlet(each) for each in others if each.duplicate_of is None}) == 1
    makes_official = telling.official and not any(each.official for each in others)
    is_new_voice = telling.duplicate_of is None and _outlet(telling) not in map(_outlet, others)
    if others and is_new_voice and (confirms or makes_official):
        news = [Change(fact="report", before=None, after=telling.url)]
        _owe_updates(connection, meeting.id, news, news, now=now)


def _outlet(telling: Telling) -> str:
    return telling.source or urlsplit(telling.url).netloc


def note_retold(
    connection: Connection, article: StoredArticle, before: Iterable[Retelling], version: int, *, now: datetime
) -> None:
    """Note with their meetings which reports the new `version` of `article` has no more, and which it has again.

    A report that was withdrawn stays under its meeting as what was told. `article` and `before` are as they were before
    the version was stored; its reports are.
    """
    standing = {each.report_id for each in reports.retellings(connection, article.id) if each.version == version}
    for told in before:
        stood, stands = told.version == article.version, told.report_id in standing
        if stood == stands:
            continue
        url = article.article.url
        change = Change(fact="report", before=url if stood else None, after=url if stands else None)
        if (meeting_id := reports.meeting_of(connection, told.report_id)) is not None:
            add_changes(connection, meeting_id, [change], article_id=article.id, now=now)


def note_forgotten(
    connection: Connection, article: StoredArticle, meeting_ids: Iterable[int], *, now: datetime
) -> None:
    """Note with those of the meetings that a person has corrected that rules see no report in `article` any more.

    One that they see again comes back there, and finds the correction.
    """
    gone = Change(fact="report", before=article.article.url, after=None)
    for meeting_id in meeting_ids:
        if amendments_of(connection, [meeting_id]):
            add_changes(connection, meeting_id, [gone], article_id=article.id, now=now)


# --- those who were told --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Somebody told of a meeting by `first`, the watches by which they ask for updates, the soonest told first, and the
    updates so far."""

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
    told: dict[Reader, list[Alert]] = {}
    for alert in alerts.alerts_about(connection, [meeting_id, *meetings.merged_into(connection, meeting_id)]):
        told.setdefault(reader_of(alert), []).append(alert)
    for owed in told.values():
        first = next((alert for alert in owed if may_have_left(alert) and alert.kind is AlertKind.FIRST), None)
        by = (asking[each] for each in dict.fromkeys(alert.watch_id for alert in owed) if each in asking)
        hearing = (watch for watch in by if hears(reader_of(owed[0]), watch))
        wanted = sorted(hearing, key=lambda watch: slowness(watch.delivery))
        if first is not None and wanted:
            updates = tuple(alert for alert in owed if alert.kind is AlertKind.UPDATE)
            yield _Reader(first=first, watches=tuple(wanted), updates=updates)


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
        doubt=doubt_about(connection, None, now),
        now=now,
    )
