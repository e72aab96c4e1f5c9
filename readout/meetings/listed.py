"""Bodies in a row whose meetings one sentence tells: "there will be meetings of the councils of ministers A, B and C".

It must not take those for meeting who only take part, or of whom a meeting speaks ("approved decisions of A and B").
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from readout.meetings.bodies import BodyMention
from readout.meetings.lexicon import Lexicon, Role
from readout.meetings.sense import Sense
from readout.meetings.signals import Naming
from readout.meetings.words import fold
from readout.model import BodyName, Fact

# Words between the meeting word and the first body behind it: "meetings of the CIS Council".
_BEHIND = 3
# Between two bodies of a row stand words that join, articles and prepositions, and the names of organisations.
_SHORT = 3
_MOST = 6


def listed_bodies(naming: Naming, own: Fact[BodyName], lexicon: Lexicon) -> tuple[Fact[BodyName], ...]:
    """The bodies of the registry in a row with `own` beside the meeting word, where it means several meetings and is
    the first of its sentence: "the ministers met and approved what the meetings of A and B decided"."""
    several = lexicon.several.find(naming.sense.words)
    is_several = any(hit.first < naming.hit.last and naming.hit.first < hit.last for hit in several)
    if not is_several or any(hit.last <= naming.hit.first for hit in naming.sense.of(Role.MEETING)):
        return ()
    row = _row(naming, own, lexicon)
    return tuple(_fact(naming.sense, body) for body in row[:_MOST] if body.id != own.value.id)


def _row(naming: Naming, own: Fact[BodyName], lexicon: Lexicon) -> list[BodyMention]:
    """The bodies joined to one another from `own` on, which stands beside the meeting word: behind it or before it."""
    sense = naming.sense
    named = sorted((body for body in sense.bodies if body.id), key=lambda body: body.start)
    at = next((at for at, body in enumerate(named) if body.id == own.value.id), None)
    if at is None:
        return []
    if named[at].start >= naming.hit.start:
        is_beside = sense.word_at(named[at].start) - naming.hit.last <= _BEHIND
        return list(_joined(sense, named[at:], lexicon)) if is_beside else []
    is_beside = sense.word_at(named[at].end) == naming.hit.first
    return list(_joined(sense, named[at::-1], lexicon)) if is_beside else []


def _joined(sense: Sense, row: list[BodyMention], lexicon: Lexicon) -> Iterator[BodyMention]:
    yield row[0]
    for one, other in pairwise(row):
        first, last = sorted((one, other), key=lambda body: body.start)
        is_other_meeting = any(first.start < hit.start < last.start for hit in sense.of(Role.MEETING))
        if is_other_meeting or not _is_join(sense, first.end, last.start, lexicon):
            return
        yield other


def _is_join(sense: Sense, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether two bodies are joined by nothing but a comma, "and", an article or an organisation's name."""
    if start > end:
        return True
    joins = set(fold(" ".join(lexicon.people.and_words)).split())
    words = [word for word in sense.words if start <= word.start and word.end <= end]
    named = [(low, high) for _, low, high in sense.organisations]
    return all(
        len(word.text) <= _SHORT or word.text in joins or any(low <= word.start < high for low, high in named)
        for word in words
    )


def _fact(sense: Sense, body: BodyMention) -> Fact[BodyName]:
    evidence = sense.sentence.evidence(body.start, body.end)
    return Fact(value=BodyName(id=body.id, name=body.name), evidence=evidence)
