"""Puts an article's reports under their meetings: candidates, decision, judgement, facts, alerts; one transaction.

It must not open the transaction, and leaves every rule to `readout.meetings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from readout import outbox
from readout.meetings.comparison import Account
from readout.meetings.identity import Candidate, Decision, identify
from readout.model import Report
from readout.standing import Arrangement, Moment, rearrange, refresh, settle
from readout.storage.articles import Alike
from readout.storage.candidates import account_of, candidates, is_told_by_several, meetings_of_text
from readout.storage.meetings import load_meeting
from readout.storage.members import newcomer
from readout.storage.reports import meeting_of, put_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as it comes in: `near` are the texts like it, `late` says that nobody is to hear of it at once.

    `quiet`: nor is anybody to hear of a meeting because of it, or of what it changes.
    """

    article_id: int
    version: int
    told_at: datetime | None
    near: tuple[Alike, ...]
    late: bool
    quiet: bool = False


def place_reports(connection: Connection, told: Told, reports: Iterable[Report], *, now: datetime) -> list[int]:
    """Store `reports` and put each under its meeting, known or new; the meetings' ids, the page's main one first.

    A report that the article told before stays under its meeting with the facts of now. One article's reports are of
    as many meetings.
    """
    moment = Moment(now=now, late=told.late, quiet=told.quiet)
    meeting_ids: list[int] = []
    for position, report in enumerate(reports):
        report_id = put_report(connection, told.article_id, position, report, version=told.version)
        arrangement = _place(connection, told, position, report_id, taken=meeting_ids, moment=moment)
        _settle_in(connection, told, arrangement, moment=moment)
        again = _look_again(connection, arrangement.meeting_of[report_id], without=meeting_ids, moment=moment)
        if again is not None:
            _settle_in(connection, told, again, moment=moment)
            arrangement = replace(again, absorbed=arrangement.absorbed | again.absorbed)
        meeting_id = arrangement.meeting_of[report_id]
        if not told.quiet:
            _owe(connection, arrangement, meeting_id, report_id, now=now)
        meeting_ids.append(meeting_id)
    return meeting_ids


def _settle_in(connection: Connection, told: Told, arrangement: Arrangement, *, moment: Moment) -> None:
    """Set the facts of every meeting that changed; what is owed of one that went into another is owed of that."""
    for meeting_id in sorted(arrangement.changed):
        refresh(connection, meeting_id, moment=moment, article_id=told.article_id)
    for former, into in arrangement.absorbed.items():
        outbox.hand_over(connection, former, into=into)


def _look_again(
    connection: Connection, meeting_id: int, *, without: Collection[int], moment: Moment
) -> Arrangement | None:
    """Whether the meeting, now that more is known of it, is one that nobody saw it was; None: it stays as it is."""
    if not is_told_by_several(connection, meeting_id):
        return None
    account = account_of(connection, meeting_id)
    known = candidates(connection, account, likeness={}, without=[meeting_id, *without])
    possible = identify(account, known).possible
    return rearrange(connection, {meeting_id, *possible}, moment=moment) if possible else None


def _place(
    connection: Connection, told: Told, position: int, report_id: int, *, taken: Collection[int], moment: Moment
) -> Arrangement:
    """Where the report stands, and what had to move for it."""
    standing = meeting_of(connection, report_id)
    if standing is not None:
        return Arrangement.of_one(report_id, standing)
    member = newcomer(connection, report_id)
    account = Account.of(member.voice.report, told.told_at)
    likeness = _likeness(connection, told.near, position)
    known = candidates(connection, account, likeness=likeness, without=taken)
    decision = identify(account, known)
    near = neighbourhood(decision, known)
    arrangement = rearrange(connection, near, moment=moment, newcomer=member) if near else None
    if arrangement is not None:
        return arrangement
    return Arrangement.of_one(report_id, settle(connection, member, decision, moment=moment))


def neighbourhood(decision: Decision, known: Iterable[Candidate], *, beside: int | None = None) -> set[int]:
    """The meetings that a newcomer may set in motion: those it may join together, and those that hold reports whose
    place was the best so far. Where it is one meeting's or nobody's business, none.

    `beside`: the newcomer is a meeting itself.
    """
    loose = {each.meeting_id for each in known if each.is_loose}
    near = {*decision.possible, *loose}
    if beside is not None:
        return {beside, *near}
    return near if loose or len(near) > 1 else set()


def _likeness(connection: Connection, near: Iterable[Alike], position: int) -> Mapping[int, float]:
    """How alike the texts are that tell of a meeting at the same place as this one."""
    likeness: dict[int, float] = {}
    for alike in near:
        for meeting_id in meetings_of_text(connection, alike.article_id, position):
            likeness[meeting_id] = max(alike.likeness, likeness.get(meeting_id, 0.0))
    return likeness


def _owe(connection: Connection, arrangement: Arrangement, meeting_id: int, report_id: int, *, now: datetime) -> None:
    """Owe what the newcomer makes due, and what its meeting's new reports do."""
    meeting = load_meeting(connection, meeting_id)
    assert meeting is not None, "it was stored in this transaction"
    if meeting.late:
        return
    took_in = meeting_id in arrangement.absorbed.values()
    for telling in meeting.tellings:
        if took_in or telling.report_id == report_id:
            outbox.owe(connection, meeting, telling, now=now)
