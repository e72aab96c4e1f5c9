"""What a meeting was about: its topics, and subjects outside their closed list.

It must not read either out of the name of a body or an organisation.
"""

from __future__ import annotations

from collections.abc import Sequence

from readout.meetings.lexicon import Role, Term
from readout.meetings.sense import Sense
from readout.meetings.words import Hit
from readout.model import Fact

# Sentences further down tell of other things as often as of this meeting.
_LAST_RANK = 25


def topics(senses: Sequence[Sense]) -> tuple[Fact[str], ...]:
    """The topics named in prose, each with its first words, in order of their ids."""
    return _named(Role.TOPIC, senses)


def subjects(senses: Sequence[Sense]) -> tuple[Fact[str], ...]:
    """The subjects outside the list of topics, as `topics`; what a minister or an office is called after is none."""
    return _named(Role.SUBJECT, senses)


def _named(role: Role, senses: Sequence[Sense]) -> tuple[Fact[str], ...]:
    found: dict[str, Fact[str]] = {}
    for sense in senses:
        if sense.rank is None or sense.rank > _LAST_RANK:
            continue
        for hit in sense.of(role):
            if not _is_in_name(hit, sense) and not (role is Role.SUBJECT and _is_portfolio(hit, sense)):
                evidence = sense.sentence.evidence(hit.start, hit.end)
                found.setdefault(hit.tag.name, Fact(value=hit.tag.name, evidence=evidence))
    return tuple(fact for _, fact in sorted(found.items()))


def _is_in_name(hit: Hit[Term], sense: Sense) -> bool:
    spans = [(body.start, body.end) for body in sense.bodies] + [(low, high) for _, low, high in sense.organisations]
    # what only has a name inside is said of it: "the situation in the CIS area"
    holds = (hit.start < low and high < hit.end for low, high in spans)
    return any(low < hit.end and hit.start < high for low, high in spans) and not any(holds)


def _is_portfolio(hit: Hit[Term], sense: Sense) -> bool:
    """Whether an office stands right beside it: "minister of climate change", "su təsərrüfatı naziri"."""
    return any(office.first <= hit.last and hit.first <= office.last for office in sense.of(Role.OFFICE))
