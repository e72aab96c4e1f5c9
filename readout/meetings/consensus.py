"""What is said of a meeting by all its tellings together: of each fact the best-supported value, with its evidence.

It must not mix values into one that nobody told.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from readout.meetings.person import same_person
from readout.model import Fact, MeetingKind, Participant, Report, Status

_Value = TypeVar("_Value", bound=Hashable)
_Told = TypeVar("_Told")
_Facts = tuple[Fact[Any] | None, Fact[Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One telling: who tells and when. `told_at` None: nobody knows. `copies`: it repeats another's text."""

    report: Report
    official: bool
    told_at: datetime | None
    copies: bool = False


def consensus(voices: Sequence[Voice]) -> Report:
    """The best-supported facts of `voices`, first heard first; at least one.

    Official voices count before others, then the number of voices that are no copies, then the earliest. Days stay
    together, and so do city and country, as one voice told them; lists hold all that was named.
    """
    start_date, end_date = _pair(voices, lambda r: (r.start_date, r.end_date))
    city, country = _pair(voices, lambda r: (r.city, r.country))
    received_by = _fact(voices, lambda r: r.received_by)
    return Report(
        kind=_kind(voices),
        status=_status(voices),
        body=_fact(voices, lambda r: r.body, lambda body: body.id or body.name.casefold()),
        session_number=_fact(voices, lambda r: r.session_number),
        start_date=start_date,
        end_date=end_date,
        city=city,
        country=country,
        participants=_people(voices, received_by),
        countries=_all(voices, lambda r: r.countries),
        received_by=received_by,
        topics=_all(voices, lambda r: r.topics),
        subjects=_all(voices, lambda r: r.subjects),
    )


# In the order of a meeting's life. Once somebody tells of it as held, it was held, whatever was announced before.
_HAPPENED = (Status.HELD, Status.ONGOING)
# A part of a meeting that may be told alone: the meeting itself is what the others call it.
_PARTS = frozenset({MeetingKind.RECEPTION, MeetingKind.VISIT, MeetingKind.OTHER})


def _status(voices: Sequence[Voice]) -> Fact[Status]:
    told = [voice.report.status for voice in voices]
    for status in _HAPPENED:
        for fact in told:
            if fact.value is status:
                return fact
    # planned, postponed, cancelled, perhaps planned again: the last word counts
    latest = max(range(len(voices)), key=lambda i: (_when(voices[i]), i))
    return told[latest]


def _kind(voices: Sequence[Voice]) -> Fact[MeetingKind]:
    whole = [voice for voice in voices if voice.report.kind.value not in _PARTS]
    fact = _fact(whole or voices, lambda r: r.kind)
    assert fact is not None, "every report has a kind"
    return fact


def _fact(
    voices: Sequence[Voice],
    pick: Callable[[Report], Fact[_Value] | None],
    same: Callable[[_Value], Hashable] = hash,
) -> Fact[_Value] | None:
    """The best-supported of the values that `pick` takes from each report; `same` says which count as one."""
    told = [(voice, fact) for voice in _by_trust(voices) if (fact := pick(voice.report))]
    return _best(told, lambda fact: same(fact.value)) if told else None


def _pair(voices: Sequence[Voice], pick: Callable[[Report], _Facts]) -> _Facts:
    """The best-supported of the facts that belong together."""
    told = [(voice, facts) for voice in _by_trust(voices) if any(facts := pick(voice.report))]
    return _best(told, lambda facts: tuple(fact and fact.value for fact in facts)) if told else (None, None)


def _best(told: Sequence[tuple[Voice, _Told]], same: Callable[[_Told], Hashable]) -> _Told:
    groups: dict[Hashable, list[tuple[Voice, _Told]]] = {}
    for voice, value in told:
        groups.setdefault(same(value), []).append((voice, value))
    best = max(groups.values(), key=lambda group: _support(voice for voice, _ in group))
    return best[0][1]


def _support(voices: Iterable[Voice]) -> tuple[bool, int, float]:
    heard = list(voices)
    earliest = min(_when(voice) for voice in heard)
    return any(voice.official for voice in heard), sum(not voice.copies for voice in heard), -earliest


def _when(voice: Voice) -> float:
    """An undated voice counts as late: it proves nothing about who was first."""
    return (voice.told_at or datetime.max.replace(tzinfo=UTC)).timestamp()


def _all(voices: Sequence[Voice], pick: Callable[[Report], tuple[Fact[str], ...]]) -> tuple[Fact[str], ...]:
    facts: dict[str, Fact[str]] = {}
    for voice in _by_trust(voices):
        for fact in pick(voice.report):
            facts.setdefault(fact.value, fact)
    return tuple(facts.values())


def _people(voices: Sequence[Voice], received_by: Fact[str] | None) -> tuple[Fact[Participant], ...]:
    """Everybody named but the receiver, once however they are spelled, as the voice tells it that says most of them."""
    people: list[Fact[Participant]] = []
    for fact in (fact for voice in _by_trust(voices) for fact in voice.report.participants):
        if received_by and same_person(received_by.value, fact.value.name):
            continue
        at = next((i for i, known in enumerate(people) if same_person(known.value.name, fact.value.name)), None)
        if at is None:
            people.append(fact)
        elif _told_of(fact.value) > _told_of(people[at].value):
            people[at] = fact
    return tuple(people)


def _told_of(person: Participant) -> tuple[int, int]:
    """How much is said of a person: office and country, and how full the name is."""
    return (person.role is not None) + (person.country is not None), len(person.name.split())


def _by_trust(voices: Sequence[Voice]) -> list[Voice]:
    return sorted(voices, key=lambda voice: (not voice.official, voice.copies, _when(voice)))
