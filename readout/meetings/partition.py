"""Which of the reports that stand near one another are of one meeting: the same groups whatever order they came in.

It must not know where a report is stored or who is told: it is handed a neighbourhood and answers with groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from readout.articles.fingerprint import likeness
from readout.meetings.comparison import Account
from readout.meetings.consensus import Voice, consensus
from readout.meetings.event_days import days_of
from readout.meetings.identity import Candidate, Decision, explain, identify
from readout.model import Fact, Report, Status, Verdict

Amendments = Mapping[int, Mapping[str, Fact[Any] | tuple[Fact[Any], ...] | None]]
"""By meeting, the facts that a person has set, by the names of a report's fields; None: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A report in the neighbourhood.

    `key` orders what is otherwise even and should not depend on arrival. `signature` is its article's. `meeting_id` is
    where it stands now, None for a newcomer; `is_pinned`: a person put it there. From `banned` a person sent it away.
    """

    report_id: int
    article_id: int
    position: int
    key: str
    voice: Voice
    signature: bytes = b""
    meeting_id: int | None = None
    is_pinned: bool = False
    banned: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Reports of one meeting, the firmest first. `meeting_id` None: of a meeting that is not stored yet."""

    members: tuple[Member, ...]
    amendments: Amendments
    meeting_id: int | None = None

    @cached_property
    def report(self) -> Report:
        """The best-supported facts, as amended by hand."""
        told = sorted(self.members, key=lambda member: (_moment(member), member.key, member.position))
        report = consensus([member.voice for member in told])
        for meeting_id in sorted(self.standing):
            report = amended(report, self.amendments.get(meeting_id, {}))
        return report

    @cached_property
    def account(self) -> Account:
        """What is told of the meeting."""
        moments = (member.voice.told_at for member in self.members)
        put_off = any(member.voice.report.status.value is Status.POSTPONED for member in self.members)
        return Account(report=self.report, told_at=tuple(sorted(filter(None, moments))), put_off=put_off)

    @cached_property
    def standing(self) -> Set[int]:
        """Where its reports stand now."""
        return frozenset(member.meeting_id for member in self.members if member.meeting_id is not None)

    @cached_property
    def pinned(self) -> Set[int]:
        """Where a person put its reports."""
        return frozenset(member.meeting_id for member in self.members if member.is_pinned and member.meeting_id)

    @cached_property
    def banned(self) -> Set[int]:
        """From where a person sent any of its reports away."""
        return frozenset().union(*(member.banned for member in self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A neighbourhood in groups. `unsure` holds, by the group's place in `groups`, the one that it may be the same as,
    and why."""

    groups: tuple[Group, ...]
    unsure: Mapping[int, tuple[int, Decision]]


def partition(members: Iterable[Member], amendments: Amendments) -> Partition:
    """The groups that `members` fall into, each with the stored meeting that it goes on as, if any.

    The firmest told come first and the others find their place among them, so the order of arrival does not matter.
    What a person joined or parted stays so. One article's reports are of as many meetings.
    """
    groups: list[Group] = []
    for core in _cores(sorted(members, key=_firmness)):
        _add(groups, Group(members=core, amendments=amendments))
    while _merge_two(groups):
        pass
    return Partition(groups=_named(groups), unsure=_unsure(groups))


def amended(report: Report, facts: Mapping[str, Any]) -> Report:
    """`report` with the facts that a person has set, by name; days told without a year go once the year is set."""
    told = replace(report, **facts) if facts else report
    return replace(told, date_partial=None) if days_of(told) and told.date_partial else told


def why(member: Member, group: Group) -> Decision:
    """Why `member` stands in `group`, beside the others there."""
    others = tuple(other for other in group.members if other != member)
    if not others:
        return Decision(verdict=Verdict.SAME, meeting_id=None, score=0.0, reasons=("no known meeting fits",))
    rest, alone = replace(group, members=others), replace(group, members=(member,))
    return explain(alone.account, _candidate(0, alone, rest))


def _cores(members: Iterable[Member]) -> Iterable[tuple[Member, ...]]:
    """The members one by one, but together those that stand together and tell the same of who, when and where: a
    meeting told a hundred times is not put together anew for one doubtful report."""
    cores: dict[object, list[Member]] = {}
    for member in members:
        cores.setdefault(_core(member) or member.report_id, []).append(member)
    return [tuple(core) for core in cores.values()]


def _core(member: Member) -> tuple[object, ...] | None:
    report = member.voice.report
    body_id = report.body.value.id if report.body else None
    days = days_of(report)
    if member.meeting_id is None or body_id is None or days is None or member.is_pinned or member.banned:
        return None
    number = report.session_number.value if report.session_number else None
    return member.meeting_id, body_id, number, days, report.city.value if report.city else None


def _firmness(member: Member) -> tuple[bool, bool, bool, float, str, int]:
    """What says most of who met and when comes first, then what was told first."""
    report = member.voice.report
    return (
        days_of(report) is None and report.date_partial is None,
        member.voice.told_at is None,
        report.body is None or report.session_number is None,
        _moment(member),
        member.key,
        member.position,
    )


def _moment(member: Member) -> float:
    return (member.voice.told_at or datetime.max.replace(tzinfo=UTC)).timestamp()


def _add(groups: list[Group], newcomer: Group) -> None:
    at = _pinned_together(groups, newcomer)
    if at is None:
        at = _home(newcomer, groups)
    if at is None:
        groups.append(newcomer)
    else:
        groups[at] = _joined(groups[at], newcomer)


def _merge_two(groups: list[Group]) -> bool:
    """Join the last two groups that belong to each other, and to no third as well; whether there were any."""
    for at in range(len(groups) - 1, -1, -1):
        others = groups[:at] + groups[at + 1 :]
        home = _home(groups[at], others)
        if (
            home is not None
            and _home(others[home], [*others[:home], *others[home + 1 :], groups[at]]) == len(others) - 1
        ):
            others[home] = _joined(others[home], groups[at])
            groups[:] = others
            return True
    return False


def _joined(one: Group, other: Group) -> Group:
    return replace(one, members=(*one.members, *other.members))


def _pinned_together(groups: Sequence[Group], newcomer: Group) -> int | None:
    return next((at for at, group in enumerate(groups) if newcomer.pinned & group.pinned), None)


def _home(newcomer: Group, groups: Sequence[Group]) -> int | None:
    """The group that `newcomer` belongs to; of two that it fits alike the one that no person set apart, and the one
    that more tell of."""
    by_support = sorted(range(len(groups)), key=lambda at: (bool(groups[at].banned), -len(groups[at].members), at))
    decision = identify(newcomer.account, _open_to(newcomer, [groups[at] for at in by_support]))
    if decision.verdict is not Verdict.SAME or decision.meeting_id is None:
        return None
    return by_support[decision.meeting_id]


def _open_to(newcomer: Group, groups: Sequence[Group]) -> list[Candidate]:
    """The groups that `newcomer` may join, by their place. What a person put together is compared part by part, too:
    the whole need not look like the next report of any part."""
    open_to = [(at, group) for at, group in enumerate(groups) if not _are_apart(newcomer, group)]
    parts = [
        (at, replace(group, members=(member,))) for at, group in open_to for member in group.members if member.is_pinned
    ]
    return [_candidate(at, newcomer, group) for at, group in (*open_to, *parts)]


def _candidate(at: int, newcomer: Group, group: Group) -> Candidate:
    return Candidate(meeting_id=at, account=group.account, likeness=_likeness(newcomer, group))


def _are_apart(one: Group, other: Group) -> bool:
    """Whether a person keeps them apart, or one article tells of both."""
    pinned_elsewhere = one.pinned and other.pinned and not one.pinned & other.pinned
    banned = one.banned & other.standing or other.banned & one.standing
    told_together = {member.article_id for member in one.members} & {member.article_id for member in other.members}
    return bool(pinned_elsewhere or banned or told_together)


def _likeness(one: Group, other: Group) -> float:
    """How alike the two texts are that are most alike, of reports at the same place on their pages."""
    pairs = ((a, b) for a in one.members for b in other.members if a.position == b.position)
    return max((likeness(a.signature, b.signature) for a, b in pairs), default=0.0)


def _named(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Each group goes on as the meeting it holds most reports of; a meeting goes on as one group alone."""
    held = [
        (meeting_id in group.pinned, count, -meeting_id, at)
        for at, group in enumerate(groups)
        for meeting_id, count in Counter(m.meeting_id for m in group.members if m.meeting_id is not None).items()
    ]
    names: dict[int, int] = {}
    for _, _, minus_id, at in sorted(held, key=lambda each: (-each[0], -each[1], -each[2], each[3])):
        if at not in names and -minus_id not in names.values():
            names[at] = -minus_id
    return tuple(replace(group, meeting_id=names.get(at)) for at, group in enumerate(groups))


def _unsure(groups: Sequence[Group]) -> dict[int, tuple[int, Decision]]:
    """Which group may be the same as which: the less firmly told as the firmer."""
    unsure = {}
    for at, group in enumerate(groups):
        decision = identify(group.account, _open_to(group, groups[:at]))
        if decision.verdict is Verdict.UNSURE and decision.meeting_id is not None:
            unsure[at] = decision.meeting_id, decision
    return unsure
