"""What is said of a meeting by all its tellings together: of each fact the best-supported value, with its evidence.

It must not mix values into one that nobody told.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from readout.meetings.person import same_person
from readout.meetings.roll import Roll
from readout.meetings.words import fold
from readout.model import BodyName, Fact, MeetingKind, Participant, Report, Status

_Value = TypeVar("_Value")
_Told = TypeVar("_Told")
_Facts = tuple[Fact[Any] | None, Fact[Any] | None]
_Values = tuple[Any, Any]


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
    together, and so do city and country, as one voice told them; a session's number comes from nobody who names
    another body; lists hold all that was named.
    """
    trusted = sorted(voices, key=lambda voice: (not voice.official, voice.copies, _when(voice)))
    start_date, end_date = _pair(_after_postponement(trusted), lambda r: (r.start_date, r.end_date))
    city, country = _pair(trusted, lambda r: (r.city, r.country), lambda name: name and fold(name))
    body = _body(trusted)
    received_by = _fact(trusted, lambda r: r.received_by, Roll().number)
    return Report(
        kind=_kind(trusted),
        status=_status(voices, trusted),
        body=body,
        session_number=_fact(_of_body(trusted, body), lambda r: r.session_number),
        start_date=start_date,
        end_date=end_date,
        date_partial=None if start_date or end_date else _fact(trusted, lambda r: r.date_partial),
        city=city,
        country=country,
        participants=_people(trusted, received_by),
        countries=_all(trusted, lambda r: r.countries),
        received_by=received_by,
        topics=_all(trusted, lambda r: r.topics),
        subjects=_all(trusted, lambda r: r.subjects),
    )


PARTS = frozenset({MeetingKind.RECEPTION, MeetingKind.VISIT, MeetingKind.OTHER})
"""A part of a meeting that may be told alone: the meeting itself is what the others call it."""
HAPPENED = (Status.HELD, Status.ONGOING)
"""Once somebody tells of a meeting as held, it was held, whatever was announced before; the furthest first."""


def same_body(one: BodyName, other: BodyName) -> bool | None:
    """Whether two names mean one body; None: nobody can say, for the name may be in another language."""
    if one.id and other.id:
        return one.id == other.id
    return True if fold(one.name) == fold(other.name) else None


def _body(voices: Sequence[Voice]) -> Fact[BodyName] | None:
    """A body that the registry knows, where anybody names one: a name that it lacks may be the same in other words."""
    known = [voice for voice in voices if voice.report.body and voice.report.body.value.id]
    return _fact(known or voices, lambda r: r.body, lambda body: body.id or fold(body.name))


def _of_body(voices: Sequence[Voice], body: Fact[BodyName] | None) -> Sequence[Voice]:
    """The voices whose session number can be one of `body`."""
    named = [(voice, voice.report.body) for voice in voices]
    return [voice for voice, own in named if not (body and own) or same_body(body.value, own.value) is not False]


def _status(heard: Sequence[Voice], trusted: Sequence[Voice]) -> Fact[Status]:
    for status in HAPPENED:
        for voice in trusted:
            if voice.report.status.value is status:
                return voice.report.status
    # Planned, postponed, cancelled, perhaps planned again: the last word counts, and one without a date is not it.
    never = datetime.min.replace(tzinfo=UTC)
    _, last = max(enumerate(heard), key=lambda item: (item[1].told_at or never, item[1].official, item[0]))
    return last.report.status


def _after_postponement(voices: Sequence[Voice]) -> Sequence[Voice]:
    """The voices that know the days: where somebody tells that it was put off, those who tell of it as held, else
    those who tell to when; what was announced before is out of date."""
    put_off = [voice for voice in voices if voice.report.status.value is Status.POSTPONED]
    happened = [voice for voice in voices if voice.report.status.value in HAPPENED]
    if put_off and (dated := [v for v in happened or put_off if v.report.start_date or v.report.end_date]):
        return dated
    return voices


def _kind(voices: Sequence[Voice]) -> Fact[MeetingKind]:
    whole = [voice for voice in voices if voice.report.kind.value not in PARTS]
    fact = _fact(whole or voices, lambda r: r.kind)
    assert fact is not None, "every report has a kind"
    return fact


def _fact(
    voices: Iterable[Voice],
    pick: Callable[[Report], Fact[_Value] | None],
    same: Callable[[_Value], Hashable] = lambda value: value,
) -> Fact[_Value] | None:
    """The best-supported of the values that `pick` takes from each report; `same` says which count as one."""
    told = [(voice, fact) for voice in voices if (fact := pick(voice.report))]
    groups = _grouped(told, lambda fact: same(fact.value))
    return max(groups.values(), key=_support)[0][1] if groups else None


def _pair(
    voices: Iterable[Voice], pick: Callable[[Report], _Facts], same: Callable[[Any], Hashable] = lambda value: value
) -> _Facts:
    """The best-supported of the facts that belong together; who tells one of them speaks for all that hold it."""
    told = [(voice, facts) for voice in voices if any(facts := pick(voice.report))]
    groups = _grouped(told, lambda facts: (_plain(facts[0], same), _plain(facts[1], same)))
    heard = {pair: [each for part in groups if _within(part, pair) for each in groups[part]] for pair in groups}
    # of two pairs that the same voices speak for, the one that says more
    best = max(groups, key=lambda pair: (*_support(heard[pair]), _size(pair)), default=None)
    return (None, None) if best is None else groups[best][0][1]


def _plain(fact: Fact[Any] | None, same: Callable[[Any], Hashable]) -> Hashable:
    return None if fact is None else same(fact.value)


def _within(part: _Values, whole: _Values) -> bool:
    return all(mine is None or mine == other for mine, other in zip(part, whole, strict=True))


def _size(pair: _Values) -> int:
    return sum(value is not None for value in pair)


_Group = list[tuple[Voice, _Told]]


def _grouped(told: Iterable[tuple[Voice, _Told]], same: Callable[[_Told], Hashable]) -> dict[Any, _Group[_Told]]:
    groups: dict[Any, _Group[_Told]] = {}
    for voice, value in told:
        groups.setdefault(same(value), []).append((voice, value))
    return groups


def _support(group: _Group[Any]) -> tuple[bool, int, int, float]:
    official = [voice for voice, _ in group if voice.official]
    first_hand = sum(not voice.copies for voice, _ in group)
    earliest = min(_when(voice) for voice, _ in group)
    return bool(official), sum(not voice.copies for voice in official), first_hand, -earliest


def _when(voice: Voice) -> float:
    """An undated voice counts as late: it proves nothing about who was first."""
    return (voice.told_at or datetime.max.replace(tzinfo=UTC)).timestamp()


def _all(voices: Iterable[Voice], pick: Callable[[Report], tuple[Fact[str], ...]]) -> tuple[Fact[str], ...]:
    facts: dict[str, Fact[str]] = {}
    for voice in voices:
        for fact in pick(voice.report):
            facts.setdefault(fact.value, fact)
    return tuple(facts.values())


def _people(voices: Iterable[Voice], received_by: Fact[str] | None) -> tuple[Fact[Participant], ...]:
    """Everybody named but the receiver, once however they are spelled, as the voice tells it that says most of them."""
    roll = Roll()
    people: list[Fact[Participant]] = []
    for fact in (fact for voice in voices for fact in voice.report.participants):
        if received_by and same_person(received_by.value, fact.value.name):
            continue
        at = roll.number(fact.value.name)
        if at == len(people):
            people.append(fact)
        elif _told_of(fact.value) > _told_of(people[at].value):
            people[at] = fact
            roll.rename(at, fact.value.name)
    return tuple(people)


def _told_of(person: Participant) -> tuple[int, int]:
    """How much is said of a person: office and country, and how full the name is."""
    return (person.role is not None) + (person.country is not None), len(person.name.split())
