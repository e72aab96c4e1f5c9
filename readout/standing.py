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
from readout.meetings.identity import Decision
from readout.meetings.partition import Group, Member, Partition, amended, partition, why
from readout.model import Judgement, Report, Verdict
from readout.reprint import link_reprints
from readout.storage.meetings import absorb, facts_of, is_late, open_meeting, set_facts, voices
from readout.storage.members import members_of
from readout.storage.related import held_there, set_whole
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
    """A neighbourhood as it stands now: the meeting of each report, the meetings that gained or lost any, and those
    that went into others."""

    meeting_of: dict[int, int]
    changed: frozenset[int]
    absorbed: dict[int, int]

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
    return Arrangement(meeting_of=standing, changed=changed, absorbed=absorbed)


def refresh(connection: Connection, meeting_id: int, *, moment: Moment, article_id: int | None = None) -> None:
    """Read the meeting's best-supported facts from its reports again, set them and note what changed.

    `article_id`: the article that brings the news; None: a person does. One report in time makes the meeting one to
    tell of at once.
    """
    before = facts_of(connection, meeting_id)
    link_reprints(connection, meeting_id)
    told = voices(connection, meeting_id)
    report = amended(consensus(told), amendments_of(connection, [meeting_id]).get(meeting_id, {}))
    set_facts(connection, meeting_id, report, told=told, late=moment.late and is_late(connection, meeting_id))
    _relate(connection, meeting_id, report)
    note_changes(connection, meeting_id, before, report, article_id=article_id, now=moment.now, quiet=moment.quiet)


def _relate(connection: Connection, meeting_id: int, report: Report) -> None:
    """A joint session is part of the summit that it is held inside."""
    body_id = report.body.value.id if report.body else None
    if body_id is None:
        return
    wholes = load_body_wholes()
    if body_id in wholes:
        around = held_there(connection, wholes[body_id], report)
        set_whole(connection, meeting_id, around[0] if around else None)
    parts = [part for part, its_wholes in wholes.items() if body_id in its_wholes]
    for part in held_there(connection, parts, report) if parts else ():
        set_whole(connection, part, meeting_id)


def _name(connection: Connection, group: Group, moment: Moment) -> int:
    """The meeting that the group goes on as; a new one for reports that leave theirs."""
    if group.meeting_id is not None:
        return group.meeting_id
    left = min(group.standing, default=None)
    late = moment.late if left is None else is_late(connection, left)
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
