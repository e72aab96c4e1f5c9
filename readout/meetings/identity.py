"""When a report tells of a meeting that is already known: facts first, likeness of text only as a hint.

The table `WEIGHTS` says what each finding is worth; every decision gives its reasons. It must not merge or split
anything: it answers, and others write the answer down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from readout.articles.fingerprint import ALIKE
from readout.meetings.comparison import COMPARATORS, Account, Finding, compare_texts
from readout.model import Report, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A known meeting as it stands, or a part of it, and how alike its nearest text is to the newcomer's (0..1).

    `is_loose`: one of its reports does not say when, and may belong elsewhere once more is known.
    """

    meeting_id: int
    account: Account
    likeness: float = 0.0
    is_loose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where the newcomer belongs.

    SAME: to `meeting_id`. UNSURE: to a meeting of its own that is perhaps the same as `meeting_id`. DIFFERENT: to a
    meeting of its own, and `meeting_id` is None. `possible` are all meetings that may be meant, the likeliest first.
    """

    verdict: Verdict
    meeting_id: int | None
    score: float
    reasons: tuple[str, ...]
    possible: tuple[int, ...] = ()


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


# Why these: docs/decisions/0006-identity-by-weights.md.
WEIGHTS: Mapping[str, Weight] = {
    "body": Weight(agrees=3.0, nearly=1.5, says_who=True),
    "session": Weight(agrees=6.5, nearly=1.0, differs=-3.0, says_who=True, says_when=True),
    "days": Weight(agrees=3.0, nearly=0.25, differs=-2.5, says_when=True),
    "postponement": Weight(agrees=1.25, says_when=True),
    "place": Weight(agrees=0.75, nearly=0.5, differs=-2.5),
    "publication": Weight(agrees=1.5, differs=-2.0, says_when=True),
    "people": Weight(agrees=2.25, nearly=0.75, differs=-2.0, says_who=True),
    "timeless": Weight(agrees=0.0, says_when=True),
    "countries": Weight(agrees=0.5, differs=-2.5),
    "kind": Weight(agrees=0.25, differs=-3.0),
    "reception": Weight(agrees=1.5, says_who=True),
    "text": Weight(agrees=6.0, nearly=2.0, says_who=True, says_when=True),
}

JOIN = 4.5
"""From here on two tellings are of one meeting: such are body and days, or body and publication in the same days."""
UNSURE = 3.5
"""From here on they may be."""
TIE = 0.5
"""Two meetings that fit a newcomer this evenly leave it unsure."""


def identify(newcomer: Account, candidates: Sequence[Candidate]) -> Decision:
    """Where `newcomer` belongs among `candidates`; the order they come in does not matter."""
    matches = (_compare(newcomer, each) for each in candidates)
    possible = sorted((match for match in matches if match.says_who and match.score >= UNSURE), key=_rank)
    if not possible:
        return Decision(verdict=Verdict.DIFFERENT, meeting_id=None, score=0.0, reasons=("no known meeting fits",))
    best = possible[0]
    rival = _rival(possible)
    joins = best.says_when and best.score >= JOIN and rival is None and not best.numbers_otherwise
    return Decision(
        verdict=Verdict.SAME if joins else Verdict.UNSURE,
        meeting_id=best.candidate.meeting_id,
        score=round(best.score, 2),
        reasons=(*best.reasons, f"meeting {rival.candidate.meeting_id} fits as well") if rival else best.reasons,
        possible=tuple(dict.fromkeys(match.candidate.meeting_id for match in possible)),
    )


def explain(newcomer: Account, candidate: Candidate) -> Decision:
    """Why `newcomer` is in the meeting of `candidate`, where others decided that it is."""
    match = _compare(newcomer, candidate)
    score = round(match.score, 2) if match.score > float("-inf") else 0.0
    return Decision(verdict=Verdict.SAME, meeting_id=candidate.meeting_id, score=score, reasons=match.reasons)


def are_two(one: Account, other: Account) -> bool:
    """Whether something excludes that both are of one meeting."""
    return _compare(one, Candidate(meeting_id=0, account=other)).score == float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """`numbers_otherwise`: by one pattern another session is told, or there is a slip in it: only a person can say."""

    candidate: Candidate
    score: float
    says_who: bool
    says_when: bool
    numbers_otherwise: bool
    reasons: tuple[str, ...]


def _rank(match: _Match) -> tuple[float, int]:
    return -match.score, match.candidate.meeting_id


def _rival(possible: Sequence[_Match]) -> _Match | None:
    """A meeting that fits as well as the best and is certainly another: a reception on a day on which two bodies met,
    an undated telling between two sessions."""
    best = possible[0]
    for match in possible[1:]:
        if best.score - match.score >= TIE:
            return None
        if match.candidate.meeting_id == best.candidate.meeting_id:
            continue
        if _compare(best.candidate.account, match.candidate).score < UNSURE:
            return match
    return None


def _compare(newcomer: Account, candidate: Candidate) -> _Match:
    said = dict(_findings(newcomer, candidate))
    agreed = [WEIGHTS[name] for name, (finding, _) in said.items() if finding in (Finding.AGREES, Finding.NEARLY)]
    excluded = any(finding is Finding.EXCLUDES for finding, _ in said.values())
    return _Match(
        candidate=candidate,
        score=float("-inf") if excluded else sum(_worth(name, finding) for name, (finding, _) in said.items()),
        says_who=any(weight.says_who for weight in agreed),
        says_when=any(weight.says_when for weight in agreed),
        numbers_otherwise=_differ(said, "session") and candidate.likeness >= ALIKE,
        reasons=tuple(reason for _, reason in said.values()),
    )


_Said = tuple[Finding, str]


def _findings(newcomer: Account, candidate: Candidate) -> Iterator[tuple[str, _Said]]:
    """What each comparator has to say; the first that excludes ends it."""
    said: dict[str, _Said] = {}
    for name, compare in COMPARATORS.items():
        if found := compare(newcomer, candidate.account):
            said[name] = found
            yield name, found
            if found[0] is Finding.EXCLUDES:
                return
    if not _is_by_pattern(newcomer.report, candidate.account.report, said):
        # On another day, though told in the same words, only the very same text says anything.
        found = compare_texts(candidate.likeness)
        if found and not (found[0] is Finding.NEARLY and _differ(said, "days")):
            yield "text", found


def _is_by_pattern(one: Report, other: Report, said: Mapping[str, _Said]) -> bool:
    """Whether the texts tell another session, day or town, however alike they are: a desk writes up every sitting by
    one pattern. The same words for another day are a copy's, read with another day of publication."""
    is_other_day = _differ(said, "days") and not _day_words(one) & _day_words(other)
    return is_other_day or _differ(said, "session") or _differ(said, "place")


def _differ(said: Mapping[str, _Said], name: str) -> bool:
    """Whether the comparator found another value: the next day is another, too."""
    found = said.get(name)
    return found is not None and (found[0] is Finding.DIFFERS or (name == "days" and found[0] is Finding.NEARLY))


def _day_words(report: Report) -> set[str]:
    return {fact.evidence.text.casefold() for fact in (report.start_date, report.end_date, report.date_partial) if fact}


def _worth(name: str, finding: Finding) -> float:
    weight: float = getattr(WEIGHTS[name], finding)
    return weight
