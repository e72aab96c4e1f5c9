"""Puts an article's reports under their meetings: candidates, decision, judgement, facts, alerts; one transaction.

It must not open the transaction, and leaves every rule to `readout.meetings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from readout import handover, owing
from readout.meetings.comparison import Account
from readout.meetings.identity import Candidate, Decision, identify
from readout.meetings.partition import Member, amended
from readout.meetings.retelling import retold, told_otherwise
from readout.model import Report, Verdict
from readout.standing import Arrangement, Moment, rearrange, refresh, settle, settle_doubts
from readout.storage.alerts import look_again_at
from readout.storage.articles import Alike
from readout.storage.candidates import account_of, candidates, is_told_by_several, meetings_of_texts
from readout.storage.changes import add_changes, left_by
from readout.storage.meetings import is_late, load_meeting, perhaps_same
from readout.storage.members import newcomer
from readout.storage.reports import (
    meeting_of,
    meetings_beside,
    put_in_order,
    put_report,
    retellings,
)
from readout.storage.rulings import amendments_of
from readout.update import note_further
from readout.watching import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as it comes in: `near` are the texts like it, `late` says that nobody is to hear of it at once.

    `quiet`: nor is anybody to hear of a meeting because of it, or of what it changes. `is_new`: the article was stored
    in this transaction, so that nothing is known of it or of its reports.
    """

    article_id: int
    version: int
    told_at: datetime | None
    near: tuple[Alike, ...]
    late: bool
    quiet: bool = False
    is_new: bool = False


def place_reports(connection: Connection, told: Told, reports: Iterable[Report], *, now: datetime) -> list[int]:
    """Store `reports` and put each under its meeting, known or new; the meetings' ids, the page's main one first.

    A report that the article told before is placed anew if it tells another who, when or where; else it stays under
    its meeting, as does what a person placed. One article's reports are of as many meetings.
    """
    moment = Moment(now=now, late=told.late, quiet=told.quiet)
    meeting_ids: list[int] = []
    for report_id, is_news in _store(connection, told, list(reports)).items():
        stands_alone = told.is_new and not meeting_ids
        taken = [] if stands_alone else meetings_beside(connection, told.article_id, report_id)
        arrangement = _place(connection, told, report_id, is_news=is_news, taken=taken, moment=moment)
        _settle_in(connection, told, arrangement, moment=moment)
        standing = arrangement.meeting_of[report_id]
        again = _look_again(connection, standing, without=taken, moment=moment) if is_news else None
        if again is not None:
            _settle_in(connection, told, again, moment=moment)
            arrangement = replace(
                again, absorbed=arrangement.absorbed | again.absorbed, opened=arrangement.opened | again.opened
            )
        meeting_id = arrangement.meeting_of[report_id]
        if not told.quiet:
            _owe(connection, arrangement, meeting_id, report_id, is_new=told.version == 1, now=now)
        meeting_ids.append(meeting_id)
    return meeting_ids


def tell_after_all(connection: Connection, article_id: int, *, now: datetime) -> None:
    """Owe what is told by an article that came in quietly, and was then found as news; calling again owes nothing."""
    moment = Moment(now=now, late=False)
    for each in retellings(connection, article_id):
        meeting_id = meeting_of(connection, each.report_id)
        if meeting_id is None or not is_late(connection, meeting_id):
            continue
        refresh(connection, meeting_id, moment=moment, article_id=article_id)
        standing = Arrangement.of_one(each.report_id, meeting_id)
        _owe(connection, standing, meeting_id, each.report_id, is_new=False, now=now)


def _store(connection: Connection, told: Told, reports: Sequence[Report]) -> dict[int, bool]:
    """Store what the article tells now, each report in place of the one that it tells anew; of each, whether a place
    is to be found for it."""
    before = [] if told.is_new else retellings(connection, told.article_id)
    former = {each.report_id: each.report for each in before}
    in_order = retold(before, reports, told.told_at)
    put_in_order(connection, told.article_id, before, in_order)
    is_news = {}
    for position, (known, report) in enumerate(zip(in_order, reports, strict=True)):
        report_id = put_report(connection, told.article_id, position, report, version=told.version, known=known)
        is_news[report_id] = known is None or told_otherwise(former[known], report)
    return is_news


def _settle_in(connection: Connection, told: Told, arrangement: Arrangement, *, moment: Moment) -> None:
    """Set the facts of every meeting that changed; what is owed goes where its reports went."""
    for former, into in arrangement.absorbed.items():
        handover.hand_over(connection, former, into=into)
    for meeting_id in sorted(arrangement.changed):
        refresh(connection, meeting_id, moment=moment, article_id=told.article_id)
    for meeting_id in sorted(arrangement.changed):
        _settle_doubts(connection, meeting_id, moment=moment)
    for meeting_id in sorted(arrangement.changed) if len(arrangement.changed) > 1 else ():
        handover.sort_out(connection, meeting_id, arrangement.changed - {meeting_id})
    look_again_at(connection, arrangement.changed)


def _settle_doubts(connection: Connection, meeting_id: int, *, moment: Moment) -> None:
    """Who was not told of a meeting because it was perhaps another is told once it cannot be that."""
    others = settle_doubts(connection, meeting_id)
    for each in (meeting_id, *others) if others and not moment.quiet else ():
        meeting = load_meeting(connection, each)
        if meeting is not None and not meeting.late:
            handover.revive(connection, meeting, now=moment.now)


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
    connection: Connection, told: Told, report_id: int, *, is_news: bool, taken: Collection[int], moment: Moment
) -> Arrangement:
    """Where the report stands, and what had to move for it. An edit that is no news stays."""
    standing = None if told.is_new else meeting_of(connection, report_id)
    if standing is not None and not is_news:
        return Arrangement.of_one(report_id, standing)
    member = newcomer(connection, report_id)
    may_come_back = standing is None and not told.is_new
    if may_come_back and (back := _come_back(connection, told, member, taken, moment)):
        return Arrangement.of_one(report_id, settle(connection, member, back, moment=moment))
    account = Account.of(member.voice.report, told.told_at)
    likeness = likeness_of(connection, told.near, member.position)
    elsewhere = taken if standing is None else [standing, *taken]
    known = candidates(connection, account, likeness=likeness, without=elsewhere)
    decision = identify(account, known)
    if standing is not None:
        return _place_again(
            connection, report_id, standing, neighbourhood(account, decision, known, beside=standing), moment
        )
    near = neighbourhood(account, decision, known)
    arrangement = rearrange(connection, near, moment=moment, newcomer=member) if near else None
    if arrangement is not None:
        return arrangement
    return Arrangement.of_one(report_id, settle(connection, member, decision, moment=moment))


def _come_back(
    connection: Connection, told: Told, member: Member, taken: Collection[int], moment: Moment
) -> Decision | None:
    """To the meeting that a person has corrected and rules saw no report of the article in until now, if, corrected
    likewise, it may be that."""
    for meeting_id, url in left_by(connection, told.article_id).items():
        facts = amendments_of(connection, [meeting_id]).get(meeting_id, {})
        known = Candidate(meeting_id=meeting_id, account=account_of(connection, meeting_id))
        decision = identify(Account.of(amended(member.voice.report, facts), told.told_at), [known])
        if meeting_id not in taken and decision.meeting_id == meeting_id:
            back = Change(fact="report", before=None, after=url)
            add_changes(connection, meeting_id, [back], article_id=told.article_id, now=moment.now)
            return replace(decision, verdict=Verdict.SAME, reasons=(*decision.reasons, "it stood there before"))
    return None


def _place_again(
    connection: Connection, report_id: int, standing: int, near: Collection[int], moment: Moment
) -> Arrangement:
    """Where a report belongs that tells otherwise than when it came to its meeting: it may join another, or leave."""
    perhaps = perhaps_same(connection, [standing])[standing]
    arrangement = rearrange(connection, {*near, *perhaps}, moment=moment)
    if arrangement is None:
        return Arrangement.of_one(report_id, standing)
    return replace(arrangement, changed=(arrangement.changed | {standing}) - arrangement.absorbed.keys())


def neighbourhood(
    account: Account, decision: Decision, known: Iterable[Candidate], *, beside: int | None = None
) -> set[int]:
    """The meetings that a newcomer may set in motion: those it may join, those of its body near by, whose reports it
    may suit better, and those that hold reports whose place was the best so far. None where it plainly joins the one
    that is there, or where there is nobody.

    `beside`: the newcomer is a meeting itself.
    """
    has_body = account.report.body is not None and account.report.body.value.id is not None
    loose = {each.meeting_id for each in known if each.is_loose}
    of_body = {each.meeting_id for each in known if has_body and each.account.report.body is not None}
    near = {*decision.possible, *loose, *of_body}
    if beside is not None:
        return {beside, *near}
    plainly_joins = decision.verdict is Verdict.SAME and near == {decision.meeting_id} and not loose
    return set() if plainly_joins else near


def likeness_of(connection: Connection, near: Iterable[Alike], position: int) -> Mapping[int, float]:
    """How alike the texts are that tell of a meeting at the same place as this one."""
    of_text = {alike.article_id: alike.likeness for alike in near}
    likeness: dict[int, float] = {}
    for article_id, meeting_id in meetings_of_texts(connection, of_text.keys(), position):
        likeness[meeting_id] = max(of_text[article_id], likeness.get(meeting_id, 0.0))
    return likeness


def _owe(
    connection: Connection, arrangement: Arrangement, meeting_id: int, report_id: int, *, is_new: bool, now: datetime
) -> None:
    """Owe what the report makes due, which `is_new` or told anew, and what its meeting's new reports and those of
    opened meetings do."""
    for opened in sorted(arrangement.opened):
        handover.owe_opened(connection, opened, now=now)
    meeting = load_meeting(connection, meeting_id)
    assert meeting is not None, "it was stored in this transaction"
    took_in = meeting_id in arrangement.absorbed.values()
    for telling in meeting.tellings:
        if took_in or telling.report_id == report_id:
            owing.owe(connection, meeting, telling, now=now)
        if is_new and telling.report_id == report_id:
            note_further(connection, meeting, telling, now=now)
