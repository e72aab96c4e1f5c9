"""When a report tells of a meeting that is already known: facts first, likeness of text only as a hint.

Named comparators look at one thing each; the table `WEIGHTS` says what each is worth; every decision gives its reasons.
It must not merge or split anything: it answers, and storage writes the answer down.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from readout.meetings.person import same_person
from readout.model import Fact, MeetingKind, Report, Status, Verdict

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A report to be placed. `told_at`: when its article was published or, failing that, first seen; None: unknown."""

    report: Report
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A known meeting as it stands: its best facts, when it was told of, and how alike its nearest text is (0..1)."""

    meeting_id: int
    report: Report
    told_at: tuple[datetime, ...] = ()
    likeness: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where the newcomer belongs.

    SAME: to `meeting_id`. UNSURE: to a meeting of its own that is perhaps the same as `meeting_id`. DIFFERENT: to a
    meeting of its own, and `meeting_id` is None.
    """

    verdict: Verdict
    meeting_id: int | None
    score: float
    reasons: tuple[str, ...]


class Finding(StrEnum):
    """What a comparator found."""

    AGREES = "agrees"
    NEARLY = "nearly"
    DIFFERS = "differs"
    EXCLUDES = "excludes"


@dataclass(frozen=True, slots=True)
class Weight:
    """What a comparator's findings add, and what an agreement tells.

    Nothing joins unless something tells who met and something tells when.
    """

    agrees: float
    nearly: float = 0.0
    differs: float = 0.0
    says_who: bool = False
    says_when: bool = False


Said = tuple[Finding, str] | None
"""A finding and its reason in words; None: one side does not say."""

JOIN = 4.5
"""From here on two tellings are of one meeting: such are body and days, or body and publication in the same days."""
UNSURE = 3.5
"""From here on they may be."""
TIE = 0.5
"""Two meetings that fit a newcomer this evenly leave it unsure."""

_TOLD_TOGETHER = timedelta(days=5)
_TOLD_APART = timedelta(days=45)
_SAME_SESSION_DAYS = 30
ALIKE = 0.5
"""The likeness from which two texts are versions of one (measured: copies cut to 60 % stand above it)."""
_REPRINT = 0.9  # a line more or less; one desk's notes on two meetings were seen at 0.81
_TALKS = frozenset({MeetingKind.BILATERAL, MeetingKind.CALL})
_ASSEMBLIES = frozenset(
    {
        MeetingKind.SESSION,
        MeetingKind.SUMMIT,
        MeetingKind.WORKING_GROUP,
        MeetingKind.COMMITTEE,
        MeetingKind.CONFERENCE,
    }
)


def identify(newcomer: Newcomer, candidates: Sequence[Candidate]) -> Decision:
    """Where `newcomer` belongs among `candidates`; the order they come in does not matter."""
    matches = (_compare(newcomer, each) for each in candidates)
    possible = sorted((match for match in matches if match.says_who and match.score >= UNSURE), key=_rank)
    if not possible:
        return Decision(verdict=Verdict.DIFFERENT, meeting_id=None, score=0.0, reasons=("no known meeting fits",))
    best = possible[0]
    rival = _rival(possible)
    joins = best.says_when and best.score >= JOIN and rival is None
    return Decision(
        verdict=Verdict.SAME if joins else Verdict.UNSURE,
        meeting_id=best.candidate.meeting_id,
        score=round(best.score, 2),
        reasons=(*best.reasons, f"meeting {rival.candidate.meeting_id} fits as well") if rival else best.reasons,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    candidate: Candidate
    score: float
    says_who: bool
    says_when: bool
    reasons: tuple[str, ...]


def _rank(match: _Match) -> tuple[float, int]:
    return -match.score, match.candidate.meeting_id


def _rival(possible: Sequence[_Match]) -> _Match | None:
    """Another body's meeting that fits as well as the best: a reception on a day on which two bodies met."""
    best = possible[0]
    for match in possible[1:]:
        close = best.score - match.score < TIE
        if close and _bodies(best.candidate.report, match.candidate.report) is Finding.EXCLUDES:
            return match
    return None


def _compare(newcomer: Newcomer, candidate: Candidate) -> _Match:
    said = {name: found for name, compare in COMPARATORS.items() if (found := compare(newcomer, candidate))}
    agreed = [WEIGHTS[name] for name, (finding, _) in said.items() if finding in (Finding.AGREES, Finding.NEARLY)]
    excluded = any(finding is Finding.EXCLUDES for finding, _ in said.values())
    return _Match(
        candidate=candidate,
        score=float("-inf") if excluded else sum(_worth(name, finding) for name, (finding, _) in said.items()),
        says_who=any(weight.says_who for weight in agreed),
        says_when=any(weight.says_when for weight in agreed),
        reasons=tuple(reason for _, reason in said.values()),
    )


def _worth(name: str, finding: Finding) -> float:
    weight: float = getattr(WEIGHTS[name], finding)
    return weight


# --- comparators ----------------------------------------------------------------------------------------------------


def compare_bodies(newcomer: Newcomer, candidate: Candidate) -> Said:
    """Who convenes. Two ids of the registry are two bodies, however alike their names."""
    mine, theirs = newcomer.report.body, candidate.report.body
    if mine is None or theirs is None:
        return None
    finding = _bodies(newcomer.report, candidate.report)
    if finding in (Finding.AGREES, Finding.NEARLY):
        return finding, f"{'same body' if finding is Finding.AGREES else 'bodies of one name'}: {mine.value.name}"
    if finding is Finding.EXCLUDES:
        return finding, f"another body: {mine.value.name}, not {theirs.value.name}"
    return None


def _bodies(mine: Report, theirs: Report) -> Finding | None:
    if mine.body is None or theirs.body is None:
        return None
    a, b = mine.body.value, theirs.body.value
    if a.id and b.id:
        return Finding.AGREES if a.id == b.id else Finding.EXCLUDES
    # Two states' "Joint Commission" has many namesakes; a name in another language says nothing.
    return Finding.NEARLY if _plain(a.name) == _plain(b.name) else None


def compare_sessions(newcomer: Newcomer, candidate: Candidate) -> Said:
    """Which session. A body does not count two sessions alike."""
    mine, theirs = _value(newcomer.report.session_number), _value(candidate.report.session_number)
    if mine is None or theirs is None:
        return None
    same_body = _bodies(newcomer.report, candidate.report) is Finding.AGREES
    if mine == theirs:
        return (Finding.AGREES if same_body else Finding.NEARLY), f"same session number: {mine}"
    return (Finding.EXCLUDES if same_body else Finding.DIFFERS), f"session number {mine}, not {theirs}"


def compare_days(newcomer: Newcomer, candidate: Candidate) -> Said:
    """On which days. One day apart is nearly the same: of an arrival, a second day, another zone."""
    mine, theirs = _days(newcomer.report), _days(candidate.report)
    if mine is None or theirs is None:
        return None
    gap = _gap(mine, theirs)
    if gap == 0:
        return Finding.AGREES, f"same days: {_told(mine)}"
    words = f"{_told(mine)}, not {_told(theirs)}"
    if gap > _SAME_SESSION_DAYS:
        return Finding.EXCLUDES, f"{gap} days apart: {words}"
    return (Finding.NEARLY if gap == 1 else Finding.DIFFERS), f"days differ by {gap}: {words}"


def compare_places(newcomer: Newcomer, candidate: Candidate) -> Said:
    """In which city, else in which country."""
    city, their_city = _value(newcomer.report.city), _value(candidate.report.city)
    country, their_country = _value(newcomer.report.country), _value(candidate.report.country)
    if country and their_country and country != their_country:
        return Finding.DIFFERS, f"in {country}, not {their_country}"
    if city and their_city:
        same = _plain(city) == _plain(their_city)
        return (Finding.AGREES, f"same city: {city}") if same else (Finding.DIFFERS, f"in {city}, not {their_city}")
    if country and their_country:
        return Finding.NEARLY, f"same country: {country}"
    return None


def compare_publication(newcomer: Newcomer, candidate: Candidate) -> Said:
    """How near in time it was told, where not both name their days."""
    mine, theirs = _days(newcomer.report), _days(candidate.report)
    if mine and theirs:
        return None
    if mine or theirs:
        return _told_beside_days(newcomer, candidate)
    if newcomer.told_at is None or not candidate.told_at:
        return None
    return _nearness(min(abs(newcomer.told_at - told) for told in candidate.told_at), "published")


def _told_beside_days(newcomer: Newcomer, candidate: Candidate) -> Said:
    """One side names its days, the other only when it spoke."""
    mine = _days(newcomer.report)
    days = mine or _days(candidate.report)
    told = candidate.told_at if mine else tuple(filter(None, [newcomer.told_at]))
    status = (candidate if mine else newcomer).report.status.value
    if days is None or not told:
        return None
    if status is Status.HELD and max(told).date() < days[0] - timedelta(days=1):
        return Finding.DIFFERS, f"told as held before {days[0]}"
    gap = min(_gap(days, (each.date(), each.date())) for each in told)
    return _nearness(timedelta(days=gap), "published and held")


def _nearness(gap: timedelta, what: str) -> Said:
    if gap <= _TOLD_TOGETHER:
        return Finding.AGREES, f"{what} within {_TOLD_TOGETHER.days} days"
    if gap > _TOLD_APART:
        return Finding.DIFFERS, f"{what} {gap.days} days apart"
    return None


def compare_people(newcomer: Newcomer, candidate: Candidate) -> Said:
    """Who took part, however they are spelled. No list is complete: only two with nobody in common differ. But whoever
    talks to two others on one day holds two talks."""
    mine, theirs = _names(newcomer.report), _names(candidate.report)
    common = sorted(name for name in mine if any(same_person(name, other) for other in theirs))
    alone = sorted(name for name in theirs if not any(same_person(name, other) for other in mine))
    talks = all(told.report.kind.value in _TALKS for told in (newcomer, candidate))
    if talks and alone and min(len(mine), len(theirs)) >= 2 and len(common) < len(mine):
        return Finding.EXCLUDES, f"talks with others than {', '.join(alone)}"
    if len(common) >= 2:
        return Finding.AGREES, f"same people: {', '.join(common)}"
    if common and min(len(mine), len(theirs)) == 1:
        return Finding.NEARLY, f"same person: {common[0]}"
    if not common and min(len(mine), len(theirs)) >= 2:
        return Finding.DIFFERS, "nobody in common"
    return None


def compare_countries(newcomer: Newcomer, candidate: Candidate) -> Said:
    """Which states took part, where both sides name two or more."""
    mine, theirs = ({fact.value for fact in told.report.countries} for told in (newcomer, candidate))
    if min(len(mine), len(theirs)) < 2 or mine & theirs:
        return None
    return Finding.DIFFERS, f"states {', '.join(sorted(mine))}, not {', '.join(sorted(theirs))}"


def compare_kinds(newcomer: Newcomer, candidate: Candidate) -> Said:
    """What sort of meeting. Who telephones does not meet; the rest are matters of wording."""
    mine, theirs = newcomer.report.kind.value, candidate.report.kind.value
    if mine == theirs:
        return Finding.AGREES, f"both a {mine.replace('_', ' ')}"
    if MeetingKind.CALL in (mine, theirs):
        return Finding.DIFFERS, f"a {mine.replace('_', ' ')}, not a {theirs.replace('_', ' ')}"
    return None


def compare_receptions(newcomer: Newcomer, candidate: Candidate) -> Said:
    """A head of state receiving the delegates is part of their session, though the page may not name the body."""
    pair = (newcomer.report, candidate.report)
    receives = any(report.kind.value is MeetingKind.RECEPTION for report in pair)
    assembles = any(report.kind.value in _ASSEMBLIES for report in pair)
    host, their_host = (_value(report.received_by) for report in pair)
    if not (receives and assembles) or (host and their_host and not same_person(host, their_host)):
        return None
    return Finding.AGREES, "a reception of the participants"


def compare_texts(_newcomer: Newcomer, candidate: Candidate) -> Said:
    """Whether one text is a version of the other."""
    if candidate.likeness < ALIKE:
        return None
    finding = Finding.AGREES if candidate.likeness >= _REPRINT else Finding.NEARLY
    return finding, f"the texts are alike to {candidate.likeness:.0%}"


COMPARATORS: Mapping[str, Callable[[Newcomer, Candidate], Said]] = {
    "body": compare_bodies,
    "session": compare_sessions,
    "days": compare_days,
    "place": compare_places,
    "publication": compare_publication,
    "people": compare_people,
    "countries": compare_countries,
    "kind": compare_kinds,
    "reception": compare_receptions,
    "text": compare_texts,
}

# Body and days make 6, body and the same week of publication 4.5: both join. A place that differs takes 2.5 away: the
# first then asks a person, the second stands alone. A body that meets every day, one day apart: a person is asked.
# Body and session outweigh a postponement, and another city too. Without a body it takes people, days and kind. Texts
# that are alike come from one desk's template as often as from one report: they join only what facts nearly join.
WEIGHTS: Mapping[str, Weight] = {
    "body": Weight(agrees=3.0, nearly=1.5, says_who=True),
    "session": Weight(agrees=6.5, nearly=1.0, differs=-4.0, says_who=True, says_when=True),
    "days": Weight(agrees=3.0, nearly=0.25, differs=-2.5, says_when=True),
    "place": Weight(agrees=0.75, nearly=0.5, differs=-2.5),
    "publication": Weight(agrees=1.5, differs=-2.0, says_when=True),
    "people": Weight(agrees=2.0, nearly=0.75, differs=-2.0, says_who=True),
    "countries": Weight(agrees=0.0, differs=-2.5),
    "kind": Weight(agrees=0.25, differs=-2.0),
    "reception": Weight(agrees=1.5, says_who=True),
    "text": Weight(agrees=6.0, nearly=2.0, says_who=True, says_when=True),
}


# --- values ---------------------------------------------------------------------------------------------------------


def _value(fact: Fact[_Value] | None) -> _Value | None:
    return None if fact is None else fact.value


def _days(report: Report) -> tuple[date, date] | None:
    first = _value(report.start_date) or _value(report.end_date)
    last = _value(report.end_date) or first
    return (first, max(first, last)) if first and last else None


def _gap(a: tuple[date, date], b: tuple[date, date]) -> int:
    """Days between two spans, 0 where they overlap."""
    return max(0, (b[0] - a[1]).days, (a[0] - b[1]).days)


def _told(days: tuple[date, date]) -> str:
    return f"{days[0]}" if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _names(report: Report) -> frozenset[str]:
    return frozenset(person.value.name_latin or person.value.name for person in report.participants)


def _plain(name: str) -> str:
    """Letters alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())
