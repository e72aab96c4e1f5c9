"""Where a meeting stands in its life, as a page tells it: planned, under way, held, called off, put off.

It must not know today's date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from readout.meetings.lexicon import Role, Term
from readout.meetings.sense import Sense
from readout.meetings.words import Hit
from readout.model import Evidence, Fact, Status

_TITLE = 1.5
_ANCHOR_SENTENCE = 3.0
_NEXT = 0.8
# A word so many words away says half as much.
_HALVING = 8
# So far ahead the present tense may speak of a plan; a later day is the next meeting's.
_SOON = timedelta(days=31)
# Headlines tell the past in the present tense.
_HEADLINE_PRESENT = 0.6
# Said on purpose: nothing else is meant by them.
_EMPHASIS = {Status.CANCELLED: 2.0, Status.POSTPONED: 2.0}


def meeting_status(senses: Sequence[Sense], anchor: Evidence) -> Fact[Status]:
    """The status of the meeting that `anchor` names; held when nothing is said."""
    votes: dict[Status, float] = defaultdict(float)
    strongest: dict[Status, tuple[float, Evidence]] = {}
    for sense in senses:
        for hit in _told(sense):
            vote = _vote(sense, hit, anchor)
            if vote and hit.tag.status:
                votes[hit.tag.status] += vote
                evidence = sense.sentence.evidence(hit.start, hit.end)
                strongest[hit.tag.status] = max(
                    strongest.get(hit.tag.status, (0.0, evidence)), (vote, evidence), key=lambda pair: pair[0]
                )
    if not votes:
        return Fact(value=Status.HELD, evidence=anchor)
    status = max(votes, key=lambda status: votes[status])
    return Fact(value=status, evidence=strongest[status][1])


def settled(status: Fact[Status], start: Fact[date] | None, published: date | None) -> Fact[Status]:
    """`status` once the first day is known: the present tense about a day after publication tells a plan."""
    if status.value is not Status.ONGOING or start is None or published is None:
        return status
    if timedelta(0) < start.value - published < _SOON:
        return Fact(value=Status.PLANNED, evidence=start.evidence)
    return status


def _told(sense: Sense) -> list[Hit[Term]]:
    """The words of holding and planning; "held in" tells nothing in "will be held in"."""
    hits = [hit for hit in sense.terms if hit.tag.status]
    plans = [hit for hit in hits if hit.tag.status is Status.PLANNED]
    return [hit for hit in hits if not any(plan.first < hit.first < plan.last for plan in plans)]


def _vote(sense: Sense, hit: Hit[Term], anchor: Evidence) -> float:
    if hit.tag.status is None or hit.tag.role not in (Role.STATUS, Role.MEETING):
        return 0.0
    if sense.rank == 0 and hit.tag.status is Status.ONGOING:
        return _HEADLINE_PRESENT
    emphasis = _EMPHASIS.get(hit.tag.status, 1.0)
    sentence = sense.sentence
    if sentence.where == anchor.where and sentence.start <= anchor.start < sentence.end:
        return emphasis * _vote_beside(sense, hit, sense.word_at(anchor.start - sentence.start))
    if sense.rank is None or sense.rank > 3:
        return 0.0
    if sense.rank == 0:
        return emphasis * _TITLE
    return emphasis * _NEXT / sense.rank


def _vote_beside(sense: Sense, hit: Hit[Term], first: int) -> float:
    """What a word counts in the sentence of the meeting word `first`: the nearer the more, and nothing when it goes
    with another meeting."""
    distance = max(hit.first - first, first - hit.last, 0)
    return 0.0 if _goes_with_another(sense, hit, first) else _ANCHOR_SENTENCE / (1 + distance / _HALVING)


def _goes_with_another(sense: Sense, hit: Hit[Term], first: int) -> bool:
    """Whether `hit` is one word right before a meeting word that is not the one at `first`: "spoke of the upcoming
    summit"."""
    others = [other.first for other in sense.of(Role.MEETING) if not other.first <= first < other.last]
    return hit.tag.role is Role.STATUS and hit.last - hit.first == 1 and hit.last in others and hit.last != first
