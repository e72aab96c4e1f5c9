"""Which body a page is about, among those it names, and what kind of meeting that makes it.

It must not find bodies itself: `readout.meetings.bodies` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readout.meetings.bodies import BodyMention, Registry
from readout.meetings.lexicon import Lexicon, Role, Term
from readout.meetings.sense import Sense
from readout.meetings.signals import Naming
from readout.meetings.unknown_body import unknown_body
from readout.meetings.words import Hit
from readout.model import BodyName, Fact, MeetingKind

_LAST_RANK = 7
_NEAR = 6
_HOLDER_WORDS = 3
_BACKGROUND_WORDS = 6
# Less than this is a body in passing.
LEAST_WEIGHT = 1.2
# From here on a body beside persons who meet convenes, and is not the occasion ("on the sidelines of the summit").
_CONVENES = 2.0
# Two people or states meet here; a body named elsewhere on the page is only spoken of.
_BETWEEN_PERSONS = frozenset({MeetingKind.CALL, MeetingKind.VISIT, MeetingKind.BILATERAL})


@dataclass(frozen=True, slots=True)
class _Candidate:
    sense: Sense
    mention: BodyMention
    weight: float


def main_body(senses: Sequence[Sense], naming: Naming, lexicon: Lexicon) -> Fact[BodyName] | None:
    """The body whose meeting `naming` names, if one convenes."""
    if naming.hit.tag.kind is MeetingKind.CALL:
        return None
    candidates = [c for c in _candidates(senses, naming, lexicon) if c.weight >= LEAST_WEIGHT]
    if is_between_persons(naming):
        candidates = [c for c in candidates if c.sense is naming.sense and c.weight >= _CONVENES]
    if candidates:
        best = max(candidates, key=lambda candidate: candidate.weight)
        return _fact(best.sense, best.mention)
    unknown = unknown_body(naming, lexicon)
    return _fact(naming.sense, unknown) if unknown else None


def own_body(naming: Naming, lexicon: Lexicon, *, least: float = _CONVENES) -> Fact[BodyName] | None:
    """The body of the registry that the sentence of `naming` names beside the meeting word, if one does with a weight
    of at least `least`."""
    sense = naming.sense
    near = [
        _Candidate(sense, mention, _weight(sense, mention, naming, lexicon))
        for mention in sense.bodies
        if mention.id and _gap(sense, mention, naming) <= _NEAR and not _is_outdone(mention, sense.bodies)
    ]
    best = min(near, key=lambda candidate: (_gap(sense, candidate.mention, naming), -candidate.weight), default=None)
    return _fact(sense, best.mention) if best and best.weight >= least else None


def _is_outdone(mention: BodyMention, others: Sequence[BodyMention]) -> bool:
    """Whether another body's fuller name is read from some of the same words."""
    return any(
        other.strength > mention.strength and other.start < mention.end and mention.start < other.end
        for other in others
        if other.id != mention.id
    )


def _gap(sense: Sense, mention: BodyMention, naming: Naming) -> int:
    """Words between a body and the meeting word of its sentence."""
    first, last = sense.word_at(mention.start), sense.word_at(mention.end - 1) + 1
    return max(naming.hit.first - last, first - naming.hit.last, 0)


def is_between_persons(naming: Naming) -> bool:
    """Whether the words that name the meeting speak of persons or states who meet, and not of a body: a body's
    meetings are counted ("met for the 12th time")."""
    is_counted = naming.says("session_number") and bool(naming.sense.of(Role.TIMES))
    return naming.hit.tag.kind in _BETWEEN_PERSONS and not is_counted


def meeting_kind(naming: Naming, body: Fact[BodyName] | None, registry: Registry) -> Fact[MeetingKind]:
    """What sort of meeting `naming` names."""
    kind = naming.hit.tag.kind
    if kind is None or (body and kind in (MeetingKind.BILATERAL, MeetingKind.VISIT)):
        known = registry.bodies.get(body.value.id or "") if body else None
        kind = known.kind if known else MeetingKind.SESSION if body else MeetingKind.OTHER
    return Fact(value=kind, evidence=naming.anchor)


def with_own_state(
    countries: tuple[Fact[str], ...], body: Fact[BodyName] | None, registry: Registry
) -> tuple[Fact[str], ...]:
    """The states of a meeting with the one whose own body convenes: "Ukraine's security council met"."""
    known = registry.bodies.get(body.value.id or "") if body else None
    state = known.own_state if known else None
    if body is None or state is None or any(country.value == state for country in countries):
        return countries
    return (*countries, Fact(value=state, evidence=body.evidence))


def _fact(sense: Sense, mention: BodyMention) -> Fact[BodyName]:
    evidence = sense.sentence.evidence(mention.start, mention.end)
    return Fact(value=BodyName(id=mention.id, name=mention.name), evidence=evidence)


def _candidates(senses: Sequence[Sense], naming: Naming, lexicon: Lexicon) -> Iterator[_Candidate]:
    for sense in senses:
        if sense.rank is not None and sense.rank <= _LAST_RANK:
            for mention in sense.bodies:
                yield _Candidate(sense, mention, _weight(sense, mention, naming, lexicon))


def _weight(sense: Sense, mention: BodyMention, naming: Naming, lexicon: Lexicon) -> float:
    weight = mention.strength * (2.0 - 0.15 * (sense.rank or 0))
    first, last = sense.word_at(mention.start), sense.word_at(mention.end - 1) + 1
    if sense is naming.sense:
        distance = max(naming.hit.first - last, first - naming.hit.last, 0)
        weight += 1.0 if distance <= _NEAR else 0.3
    elif any(hit.first - last <= _NEAR and first - hit.last <= _NEAR for hit in sense.of(Role.MEETING)):
        weight += 1.0 if sense.rank == 0 else 0.6
    if any(_holds_office(hit, first, last, lexicon) for hit in sense.of(Role.HOLDER)):
        weight *= 0.4
    if any(0 <= first - hit.last <= _BACKGROUND_WORDS for hit in sense.of(Role.BACKGROUND)):
        weight *= 0.4
    return weight


def _holds_office(holder: Hit[Term], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether `holder` stands right behind the body's words ("council secretary"), or shortly before them where
    offices precede what they are of, or begins with their end ("кеңесінің хатшысы")."""
    is_before = not lexicon.people.role_leads_left and 0 <= first - holder.last <= _HOLDER_WORDS
    return is_before or holder.first == last or holder.first < last < holder.last
