"""Who took part in a meeting, for which states, and who received them.

It must not count those who are only spoken of: spokesmen, senders of greetings, the elected, the thanked, the absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from readout.meetings.holders import OfficeHolders
from readout.meetings.names import PersonMention, find_people, surname_of
from readout.meetings.nearness import Nearness
from readout.meetings.people_words import PeopleWords
from readout.meetings.person import person_key
from readout.meetings.places import Gazetteer, PlaceKind, PlaceMention
from readout.meetings.scene import Scene, Sentence
from readout.meetings.spelling import latin
from readout.meetings.words import Hit, by_tag, fold, split_words
from readout.model import Evidence, Fact, Participant, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who took part (`participants`, states as alpha-2 in `countries`) and who received them, by name."""

    participants: tuple[Fact[Participant], ...] = ()
    countries: tuple[Fact[str], ...] = ()
    received_by: Fact[str] | None = None


class _Telling(NamedTuple):
    """A sentence with the people, places and frames (by tag) found in it; `at` is its number."""

    at: int
    sentence: Sentence
    people: list[PersonMention]
    places: list[PlaceMention]
    frames: Mapping[str, Sequence[Hit[str]]]

    def hits(self, tag: str) -> Sequence[Hit[str]]:
        return self.frames.get(tag, ())


_MOST_PEOPLE = 80
# Sentences behind the anchor's in which an official named is one of those who met; so many names make a roll.
_TELLING_SENTENCES = 3
# Before a meeting, and when it is off, officials are quoted who need not take part.
_NOT_YET = (Status.PLANNED, Status.POSTPONED, Status.CANCELLED)
_ROLL = 3


def attendance(scene: Scene, gazetteer: Gazetteer, holders: OfficeHolders) -> Attendance:
    """Who took part in the scene's meeting and who received them, as the page says; unknown is left out."""
    here = Nearness.of(scene).here
    tellings = _remember(list(_read(scene, gazetteer, holders)), holders)
    receiver = _receiver(scene, tellings)
    spared = {p.name for t in tellings for p in t.people if t.sentence.where == "text" and _is_spared(t, p)}
    taking = [(t, p) for t in tellings for p in t.people if _takes_part(scene.status, here, t, p)]
    # a headline says of a sender of greetings only what he wrote
    in_text = {p.name for t, p in taking if t.sentence.where == "text"}
    taking = [(t, p) for t, p in taking if p.name in in_text or p.name not in spared]
    if receiver:
        taking = [(t, p) for t, p in taking if not _is_same(p, receiver[1])]
    people = _distinct(taking)[:_MOST_PEOPLE]
    return Attendance(
        participants=tuple(_participant(t, p) for t, p in people),
        countries=_countries(here, tellings, [*people, *([receiver] if receiver else [])], scene.lexicon.people),
        received_by=_name_fact(*receiver) if receiver else None,
    )


# A letter that may begin a name, behind a space or an ideograph.
_CAPITAL = re.compile(r"[\s\u3400-\u9fff][^\W\d_a-zа-яё]")


def _read(scene: Scene, gazetteer: Gazetteer, holders: OfficeHolders) -> Iterator[_Telling]:
    words, place_words = scene.lexicon.people, scene.lexicon.places
    for at, sentence in Nearness.of(scene).sentences:
        places = gazetteer.find(sentence.text, place_words)
        if not places and not _CAPITAL.search(sentence.text):
            continue
        marks = words.marks.find(split_words(sentence.text))
        people = find_people(sentence.text, words, places, marks, holders=holders)
        yield _Telling(at, sentence, people, places, by_tag(marks))


def _remember(tellings: list[_Telling], holders: OfficeHolders) -> list[_Telling]:
    """Every later or shorter mention of a person gets the full name, role and country that another one gave."""
    people = [p for t in tellings for p in t.people]
    keys = _keys(dict.fromkeys(p.name for p in people), holders)
    best: dict[str, PersonMention] = {}
    for person in people:
        key = keys[person.name]
        best[key] = _fuller(best[key], person) if key in best else person
    best = {key: p if p.country else p._replace(country=holders.state_of(p.name)) for key, p in best.items()}
    return [t._replace(people=[_completed(p, best[keys[p.name]]) for p in t.people]) for t in tellings]


def _keys(names: Iterable[str], holders: OfficeHolders) -> dict[str, str]:
    """What tells each of `names` from other people's: the surname, and for office holders the given name."""
    called = {name: _namesake(name, holders) for name in names}
    namesakes: dict[str, str] = {}
    for name, namesake in called.items():
        if namesake:
            namesakes.setdefault(_key(name), namesake)
    return {name: namesake or namesakes.get(_key(name), _key(name)) for name, namesake in called.items()}


def _namesake(name: str, holders: OfficeHolders) -> str | None:
    """A key of its own for an office holder named in full: father and son may hold offices."""
    given, _, surname = name.partition(" ")
    return f"{_key(name)} {latin(given[0]).lower()}" if surname and holders.state_of(name) else None


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    """The surname's romanised beginning: one person's spellings and case forms mostly share it."""
    return latin(surname_of(name)).lower().replace("gh", "g").replace("ye", "e")[:5]


def _fuller(one: PersonMention, other: PersonMention) -> PersonMention:
    named = max(one, other, key=lambda p: (len(p.name.split()), not p.inflected))
    return named._replace(
        role=one.role or other.role, country=one.country or other.country, never=one.never or other.never
    )


def _completed(person: PersonMention, best: PersonMention) -> PersonMention:
    return person._replace(
        name=best.name, role=person.role or best.role, country=person.country or best.country, never=best.never
    )


def _is_same(one: PersonMention, other: PersonMention) -> bool:
    return one.name == other.name


def _distinct(taking: Sequence[tuple[_Telling, PersonMention]]) -> list[tuple[_Telling, PersonMention]]:
    seen: dict[str, tuple[_Telling, PersonMention]] = {}
    for telling, person in taking:
        seen.setdefault(person.name, (telling, person))
    return list(seen.values())


# --- who took part ------------------------------------------------------------------------------------------------


def _takes_part(status: Status, here: int, telling: _Telling, person: PersonMention) -> bool:
    if person.never or _is_spared(telling, person):
        return False
    is_official = bool(person.role or person.country)
    reach = 170 if is_official or telling.at == here else 40
    if _near(telling.hits("takes_part"), person, telling.sentence, reach):
        return True
    if status in _NOT_YET and telling.hits("says"):
        return False
    is_near = telling.at <= here + _TELLING_SENTENCES
    if len(telling.people) >= _ROLL and (is_official or is_near):
        return True
    return is_official and is_near


_CLAUSE = re.compile("[;؛]")


def _is_spared(telling: _Telling, person: PersonMention) -> bool:
    """Whether the words around the name say that the person is only spoken of."""
    text = telling.sentence.text
    for hit in telling.hits("not_part_before"):
        if 0 <= person.start - hit.end <= _reach(person, 30) and not _CLAUSE.search(text, hit.end, person.start):
            return True
    for hit in telling.hits("not_part_after"):
        if 0 <= hit.start - person.end <= 30 and not _CLAUSE.search(text, person.end, hit.start):
            return True
    return False


def _reach(person: PersonMention, least: int) -> int:
    """How far before a name a verb may stand: the role stands between them."""
    return least + len(person.role or "")


def _near(hits: Sequence[Hit[str]], person: PersonMention, sentence: Sentence, reach: int) -> bool:
    """Whether one of `hits` stands within `reach` characters of the name in the same clause."""
    for hit in hits:
        low, high = (hit.end, person.start) if hit.end <= person.start else (person.end, hit.start)
        if high - low <= reach and not _CLAUSE.search(sentence.text, low, high):
            return True
    return False


def _participant(telling: _Telling, person: PersonMention) -> Fact[Participant]:
    name, romanised = person.name, latin(person.name)
    value = Participant(
        name=name, name_latin=romanised, role=person.role, country=person.country, key=person_key(romanised)
    )
    return Fact(value=value, evidence=_span(telling, person))


def _span(telling: _Telling, person: PersonMention | PlaceMention) -> Evidence:
    return telling.sentence.evidence(person.start, person.end)


def _name_fact(telling: _Telling, person: PersonMention) -> Fact[str]:
    return Fact(value=person.name, evidence=_span(telling, person))


# --- who received them --------------------------------------------------------------------------------------------


def _receiver(scene: Scene, tellings: Sequence[_Telling]) -> tuple[_Telling, PersonMention] | None:
    """The one who received the participants: the subject of "received", or the name behind "received by"."""
    words = scene.lexicon.people
    for telling in tellings:
        for hit in telling.hits("received_by"):
            person = _beside(telling, hit, words, passive=True)
            if person:
                return telling, person
        for hit in _receptions(telling):
            person = _beside(telling, hit, words, passive=False)
            if person:
                return telling, person
        for hit in telling.hits("receives_last"):
            person = _ahead_of(telling, hit)
            if person:
                return telling, person
    return None


def _receptions(telling: _Telling) -> list[Hit[str]]:
    """The words of receiving, but for a thing received: many languages adopt a decision with the same verb."""
    things = telling.hits("not_receives")
    return [h for h in telling.hits("receives") if not any(t.first < h.last and h.first < t.last for t in things)]


def _beside(telling: _Telling, hit: Hit[str], words: PeopleWords, *, passive: bool) -> PersonMention | None:
    before = [p for p in telling.people if p.end <= hit.start and not p.never]
    after = [p for p in telling.people if hit.end <= p.start <= hit.end + 120 and not p.never]
    if words.role_leads_left:
        # verb last: the subject is the first name in no case, the agent of a passive the last before the verb
        subjects = before[-1:] if passive else [p for p in before if not p.inflected]
        return subjects[0] if subjects else None
    if passive:
        return after[0] if after else None
    if words.verb_first and not (before and telling.sentence.text[before[-1].end : hit.start].isspace()):
        after = [p for p in after if p.start - hit.end <= _reach(p, 12)]
        before = [] if after else before
    if before:
        return before[-1]
    return after[0] if after and words.free_order else None


def _ahead_of(telling: _Telling, hit: Hit[str]) -> PersonMention | None:
    """Before a verb of receiving at the end of its clause: the name that "by" leads to, else the subject's, which
    stands first; in the passive nobody else."""
    before = [p for p in telling.people if p.end <= hit.start and not p.never]
    agents = [p for p in before if any(0 < p.start - by.end <= _reach(p, 12) for by in telling.hits("by"))]
    if agents:
        return agents[-1]
    return before[0] if before and not telling.hits("passive") else None


# --- which states took part ---------------------------------------------------------------------------------------

_DELEGATION_REACH = 70


def _countries(
    here: int, tellings: Sequence[_Telling], people: Sequence[tuple[_Telling, PersonMention]], words: PeopleWords
) -> tuple[Fact[str], ...]:
    found: dict[str, Fact[str]] = {}
    for telling in tellings:
        for mention in _delegations(here, telling, words):
            found.setdefault(mention.place.country, Fact(value=mention.place.country, evidence=_span(telling, mention)))
    for telling, person in people:
        if person.country and len(person.country) == 2 and person.country not in words.organisations:
            found.setdefault(person.country, Fact(value=person.country, evidence=_span(telling, person)))
    return tuple(found.values())


def _delegations(here: int, telling: _Telling, words: PeopleWords) -> Iterator[PlaceMention]:
    """States in a list of three or more, or named with their delegation, chair or leaders."""
    background = telling.hits("background")
    for group in _groups(telling, words):
        start, end = group[0].start, group[-1].end
        if any(start - 60 <= hit.end <= start or end <= hit.start <= end + 80 for hit in background):
            continue
        framed = _is_sent(telling, start) or any(0 <= hit.start - end <= 4 for hit in telling.hits("delegation"))
        if framed or (len(group) > 2 and telling.at <= here + _TELLING_SENTENCES + 1):
            yield from group


def _is_sent(telling: _Telling, start: int) -> bool:
    """Whether "delegation of …" leads to the state named at `start`, over the name of an office perhaps."""
    if any(0 <= start - hit.end <= 5 for hit in telling.hits("delegation_of")):
        return True
    for hit in telling.hits("office_of"):
        between = telling.sentence.text[hit.end : start]
        if 0 <= start - hit.end <= _DELEGATION_REACH and not re.search(r"[,،;؛:(]", between):
            return not any(hit.end <= p.start < start and p.place.kind is not PlaceKind.CITY for p in telling.places)
    return False


def _is_listed(text: str, end: int, start: int, words: PeopleWords) -> bool:
    """Whether a list goes on from `end` to `start`; "and" may be the first letter of what it leads to: "والكويت"."""
    return any(words.list_gap.fullmatch(fold(text[end : start + letters])) for letters in (0, 1))


def _groups(telling: _Telling, words: PeopleWords) -> Iterator[list[PlaceMention]]:
    """Country names and adjectives that stand in one enumeration."""
    group: list[PlaceMention] = []
    for mention in telling.places:
        if mention.place.kind is PlaceKind.CITY:
            continue
        if group and not _is_listed(telling.sentence.text, group[-1].end, mention.start, words):
            yield group
            group = []
        group.append(mention)
    if group:
        yield group
