"""Under which meeting each report stands: writes decisions down, moves reports, keeps the meetings' facts.

It must not open the transaction or tell anybody, and leaves every rule to `readout.meetings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from readout.catalog import load_body_wholes
from readout.meetings.consensus import consensus
from readout.meetings.identity import Decision, are_two
from readout.meetings.partition import Group, Member, Partition, amended, partition, why
from readout.model import Judgement, Report, Verdict
from readout.reprint import link_reprints
from readout.storage.candidates import account_of
from readout.storage.meetings import (
    absorb,
    facts_of,
    is_late,
    merged_into,
    open_meeting,
    perhaps_same,
    set_facts,
    voices,
)
from readout.storage.members import members_of
from readout.storage.related import Related, held_there, parts_of, set_whole
from readout.storage.reports import clear_unsure, judge, leave
from readout.storage.rulings import amendments_of
from readout.update import note_changes

_MOST_MEMBERS = 300
"""Beyond, a neighbourhood is left as it stands: no real one was seen to come near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When it is, whether what is new is late, and whether nobody is to hear even what it changes (`quiet`)."""

    now: datetime
    late: bool
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A neighbourhood as it stands now: the meeting of each report, the meetings that gained or lost any, those that
    went into others, and those that were opened for reports of others."""

    meeting_of: dict[int, int]
    changed: frozenset[int]
    absorbed: dict[int, int]
    opened: frozenset[int] = frozenset()

    @classmethod
    def of_one(cls, report_id: int, meeting_id: int) -> Arrangement:
        """A report that has come to a meeting, or has changed there, and nothing else."""
        return cls(meeting_of={report_id: meeting_id}, changed=frozenset({meeting_id}), absorbed={})


def settle(connection: Connection, member: Member, decision: Decision, *, moment: Moment) -> int:
    """Put a newcomer where `decision` says, under a meeting of its own if it says so; the meeting's id."""
    if decision.verdict is Verdict.SAME and decision.meeting_id is not None:
        meeting_id = decision.meeting_id
    else:
        meeting_id = open_meeting(connection, consensus([member.voice]), late=moment.late, now=moment.now)
    if decision.verdict is Verdict.UNSURE and decision.meeting_id is not None:
        unsure = _judgement(member.report_id, decision.meeting_id, decision, Verdict.UNSURE)
        judge(connection, unsure, now=moment.now)
    judge(connection, _judgement(member.report_id, meeting_id, decision), now=moment.now)
    return meeting_id


def rearrange(
    connection: Connection, meeting_ids: Collection[int], *, moment: Moment, newcomer: Member | None = None
) -> Arrangement | None:
    """Put all reports of a neighbourhood under their meetings anew; None where it is too large to.

    Meetings keep their numbers as far as they can. One that is left without reports is absorbed, and nothing is lost
    that a person has ruled.
    """
    members = [*members_of(connection, meeting_ids), *filter(None, [newcomer])]
    if len(members) > _MOST_MEMBERS:
        return None
    parts = partition(members, amendments_of(connection, meeting_ids))
    names = [_name(connection, group, moment) for group in parts.groups]
    for name, group in zip(names, parts.groups, strict=True):
        _gather(connection, name, group, moment)
    _note_unsure(connection, parts, names, moment)
    standing = {
        member.report_id: name for name, group in zip(names, parts.groups, strict=True) for member in group.members
    }
    absorbed = _absorb_empty(connection, meeting_ids, members, standing)
    moved = [member for member in members if member.meeting_id != standing[member.report_id]]
    left = {member.meeting_id for member in moved if member.meeting_id is not None} - absorbed.keys()
    changed = frozenset(left | {standing[member.report_id] for member in moved})
    parted = (name for name, group in zip(names, parts.groups, strict=True) if group.meeting_id is None)
    opened = frozenset(parted) & {standing[member.report_id] for member in moved if member.meeting_id is not None}
    return Arrangement(meeting_of=standing, changed=changed, absorbed=absorbed, opened=opened)


def refresh(connection: Connection, meeting_id: int, *, moment: Moment, article_id: int | None = None) -> None:
    """Read the meeting's best-supported facts from its reports again, set them and note what changed.

    `article_id`: the article that brings the news; None: a person does. One report in time makes the meeting one to
    tell of at once. A meeting that nobody tells of stays as it is.
    """
    link_reprints(connection, meeting_id)
    told = voices(connection, meeting_id)
    if not told:
        return
    before = facts_of(connection, meeting_id)
    report = amended(consensus(told), amendments_of(connection, [meeting_id]).get(meeting_id, {}))
    set_facts(connection, meeting_id, report, told=told, late=moment.late and is_late(connection, meeting_id))
    _relate(connection, meeting_id, report)
    note_changes(connection, meeting_id, before, report, article_id=article_id, now=moment.now, quiet=moment.quiet)


def settle_doubts(connection: Connection, meeting_id: int) -> list[int]:
    """Forget that the meeting may be others that it cannot be by what is known now; which these are."""
    doubtful = perhaps_same(connection, [meeting_id])[meeting_id]
    if not doubtful:
        return []
    account = account_of(connection, meeting_id)
    others = [other for other in doubtful if are_two(account, account_of(connection, other))]
    for other in others:
        pair = {meeting_id, other, *merged_into(connection, meeting_id), *merged_into(connection, other)}
        clear_unsure(connection, [member.report_id for member in members_of(connection, pair)], pair)
    return others


def _relate(connection: Connection, meeting_id: int, report: Report) -> None:
    """A joint session is part of the summit that it is held inside: what the meeting is part of, and its parts."""
    body_id = _body_id(report)
    parts = [part for part, its_wholes in load_body_wholes().items() if body_id in its_wholes]
    held = held_there(connection, parts, report)
    for each in (Related(meeting_id=meeting_id, report=report), *parts_of(connection, meeting_id), *held):
        wholes = load_body_wholes().get(_body_id(each.report) or "", ())
        around = held_there(connection, wholes, each.report)
        set_whole(connection, each.meeting_id, around[0].meeting_id if around else None)


def _body_id(report: Report) -> str | None:
    return report.body.value.id if report.body else None


def _name(connection: Connection, group: Group, moment: Moment) -> int:
    """The meeting that the group goes on as; a new one for reports that leave theirs."""
    if group.meeting_id is not None:
        return group.meeting_id
    # Who was told of the meeting that reports leave is not told of the new one, unless something new made it.
    is_of_old = all(member.meeting_id is not None for member in group.members)
    left = min(group.standing, default=None) if is_of_old else None
    late = is_late(connection, left) if left is not None else moment.late
    return open_meeting(connection, group.report, late=late, now=moment.now, split_from=left)


def _gather(connection: Connection, meeting_id: int, group: Group, moment: Moment) -> None:
    for member in group.members:
        if member.meeting_id == meeting_id:
            continue
        if member.meeting_id is not None:
            leave(connection, member.report_id, member.meeting_id, f"moved to meeting {meeting_id}")
        judge(connection, _judgement(member.report_id, meeting_id, why(member, group)), now=moment.now)


def _note_unsure(connection: Connection, parts: Partition, names: Sequence[int], moment: Moment) -> None:
    """Write anew which of these meetings may be the same."""
    report_ids = [member.report_id for group in parts.groups for member in group.members]
    near = {*names, *(meeting_id for group in parts.groups for meeting_id in group.standing)}
    clear_unsure(connection, report_ids, near)
    for at, (other, decision) in parts.unsure.items():
        report_id = parts.groups[at].members[0].report_id
        judge(connection, _judgement(report_id, names[other], decision, Verdict.UNSURE), now=moment.now)


def _absorb_empty(
    connection: Connection, meeting_ids: Iterable[int], members: Sequence[Member], standing: Mapping[int, int]
) -> dict[int, int]:
    absorbed = {}
    for empty in set(meeting_ids) - set(standing.values()):
        went = Counter(standing[member.report_id] for member in members if member.meeting_id == empty)
        for into, _ in went.most_common(1):
            absorb(connection, empty, into)
            absorbed[empty] = into
    return absorbed


def _judgement(report_id: int, meeting_id: int, decision: Decision, verdict: Verdict = Verdict.SAME) -> Judgement:
    return Judgement(
        report_id=report_id, meeting_id=meeting_id, verdict=verdict, score=decision.score, reasons=decision.reasons
    )
