"""What speaks for and against a page being the report of a meeting, and where the page names that meeting.

It must not decide by itself: every signal has a name, a weight from the data and the words it was found in.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from readout.finding import Signal
from readout.meetings.knowledge import Weights
from readout.meetings.lexicon import Lexicon, Role, Term
from readout.meetings.sense import Sense
from readout.meetings.sessions import numbered
from readout.meetings.words import Hit
from readout.model import Evidence

# Title and lead: what a page is about stands here.
_LEAD_RANK = 5
# A body, or a word of the past, this many words from a meeting word belongs to it.
_NEAR = 8
_MOST_PER_GROUP = 3
_MOST_PER_SENTENCE = 12
_MOST_TOLD = 3

# From here on a sentence tells of a meeting, and does not only speak of one.
_TELLS = 3.0

# A signal found: its name, how many times its weight, where it starts and ends in its sentence.
_Found = tuple[str, float, int, int]


class Naming(NamedTuple):
    """A meeting word in its sentence, with what was found around it; `weight` is what it comes to at its `place`."""

    sense: Sense
    hit: Hit[Term]
    found: tuple[_Found, ...]
    place: float
    weight: float

    @property
    def anchor(self) -> Evidence:
        """The words that name the meeting."""
        return self.sense.sentence.evidence(self.hit.start, self.hit.end)

    def says(self, name: str) -> bool:
        """Whether the signal `name` was found around the meeting word."""
        return any(found[0] == name for found in self.found)

    def signals(self, weights: Weights) -> Iterator[Signal]:
        """What was found, weighed and with its words."""
        for name, times, start, end in self.found:
            evidence = self.sense.sentence.evidence(start, end)
            yield Signal(name=name, weight=self.place * weights.signals[name] * times, evidence=evidence)


def namings(senses: Sequence[Sense], lexicon: Lexicon, weights: Weights) -> list[Naming]:
    """Every place where the page names a meeting, the likeliest first."""
    found = [naming for sense in senses for naming in _in_sentence(sense, lexicon, weights)]
    return sorted(found, key=lambda naming: (_is_told_first(naming), naming.weight), reverse=True)


def _is_told_first(naming: Naming) -> bool:
    """Headline and first sentence tell the page's meeting; others are named further down."""
    return naming.sense.rank in (0, 1) and naming.weight >= _TELLS


def _in_sentence(sense: Sense, lexicon: Lexicon, weights: Weights) -> Iterator[Naming]:
    meetings = sense.of(Role.MEETING)[:_MOST_PER_SENTENCE]
    shared = list(_beside(sense, lexicon)) if meetings else []
    return (_naming(sense, hit, [*_around(sense, hit), *shared], weights) for hit in meetings)


def _naming(sense: Sense, hit: Hit[Term], found: Sequence[_Found], weights: Weights) -> Naming:
    place = weights.at_rank(sense.rank)
    weight = place * sum(weights.signals[name] * times for name, times, _, _ in found)
    return Naming(sense, hit, tuple(found), place, weight)


def _around(sense: Sense, hit: Hit[Term]) -> Iterator[_Found]:
    """The signals of a meeting word itself."""
    yield "meeting", hit.tag.weight, hit.start, hit.end
    past = [other for other in sense.of(Role.BACKGROUND) if _is_behind(other, hit, sense.of(Role.MEETING))]
    yield from (("background", 1.0, other.start, other.end) for other in past[:1])


def _is_behind(background: Hit[Term], meeting: Hit[Term], meetings: Sequence[Hit[Term]]) -> bool:
    """Whether the words `background` put the meeting word into the background: shortly before it, or behind it where
    they begin with one ("саммит* аясында")."""
    if any(other.first == background.first and other.last < background.last for other in meetings):
        return meeting.first == background.first
    return 0 <= meeting.first - background.last <= _NEAR


def _beside(sense: Sense, lexicon: Lexicon) -> Iterator[_Found]:
    """The signals of the other words of its sentence."""
    officials = sense.of(Role.OFFICIAL)
    for name, found in (("official", officials[:1]), ("officials", officials[1:2])):
        yield from ((name, 1.0, other.start, other.end) for other in found)
    for role, name in ((Role.STATUS, "status"), (Role.PERSONAL, "personal"), (Role.CREDIT, "credit")):
        yield from ((name, 1.0, other.start, other.end) for other in sense.of(role)[:1])
    if sense.bodies:
        body = max(sense.bodies, key=lambda body: body.strength)
        yield "body", min(body.strength, 1.2), body.start, body.end
    else:
        yield from (("unknown_body", 1.0, head.start, head.end) for head in sense.of(Role.BODY_HEAD)[:1])
    yield from (("organisation", 1.0, low, high) for _, low, high in sense.organisations[:1])
    if number := numbered(sense, lexicon):
        yield "session_number", 1.0, *number


def weigh(senses: Sequence[Sense], found: Sequence[Naming], weights: Weights) -> tuple[float, tuple[Signal, ...]]:
    """The score in 0..1 and all signals that made it."""
    signals = [Signal(name="start", weight=weights.signals["start"])]
    if found:
        best = max(found, key=lambda naming: naming.weight)
        signals += [*best.signals(weights), *_support(found, best, weights)]
    signals += _missing(senses, weights)
    signals += _against(senses, weights)
    return 1 / (1 + math.exp(-sum(signal.weight for signal in signals))), tuple(signals)


def _support(found: Sequence[Naming], best: Naming, weights: Weights) -> Iterator[Signal]:
    others = [naming for naming in found if naming.sense is not best.sense]
    if others:
        other = max(others, key=lambda naming: naming.weight)
        weight = weights.signals["support"] * max(other.weight, 0.0)
        yield Signal(name="support", weight=weight, evidence=other.anchor)


def _missing(senses: Sequence[Sense], weights: Weights) -> Iterator[Signal]:
    """What title and lead of a report do not lack: somebody who meets, and a word of what becomes of the meeting."""
    lead = [sense for sense in senses if sense.rank is not None and sense.rank <= _LEAD_RANK]
    if not any(sense.bodies or sense.organisations or sense.of(Role.OFFICIAL) for sense in lead):
        yield Signal(name="no_actor", weight=weights.signals["no_actor"])
    if not any(hit.tag.status for sense in lead for hit in sense.terms):
        yield Signal(name="no_status", weight=weights.signals["no_status"])


def _against(senses: Sequence[Sense], weights: Weights) -> Iterator[Signal]:
    counts: dict[str, int] = defaultdict(int)
    for sense in senses:
        if sense.rank is not None and sense.rank > _LEAD_RANK:
            continue
        for hit in sense.of(Role.AGAINST):
            counts[hit.tag.name] += 1
            if counts[hit.tag.name] <= _MOST_PER_GROUP:
                evidence = sense.sentence.evidence(hit.start, hit.end)
                yield Signal(name=hit.tag.name, weight=weights.against_at(hit.tag.name, sense.rank), evidence=evidence)


def spoken_against(signals: Sequence[Signal], weights: Weights) -> str:
    """What spoke against the page most, in words for a reader, with the words it was read from."""
    against = sorted((signal for signal in signals if signal.weight < 0), key=lambda signal: signal.weight)
    told: dict[str, str] = {}
    for signal in against:
        if signal.name in weights.said:
            quote = f" (“{signal.evidence.text}”)" if signal.evidence else ""
            told.setdefault(signal.name, weights.said[signal.name] + quote)
    return "; ".join(list(told.values())[:_MOST_TOLD]) or "too little speaks for a meeting"
