"""Where a meeting met.

It must not guess: a dateline, a capital that stands for its government or the seat of an office is no venue, and what
the page says of another meeting's place is not said of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readout.meetings.lexicon import Role, Term
from readout.meetings.nearness import Nearness, is_spoken_of
from readout.meetings.places import Gazetteer, Place, PlaceKind, PlaceMention
from readout.meetings.scene import Scene, Sentence
from readout.meetings.words import Hit, by_tag, split_words
from readout.model import Fact, MeetingKind, Status

# What a mention must earn, beyond standing somewhere, to be where the meeting met.
_LEAST_RANK = 29.0
_ELSEWHERE = 45.0
_WELCOMED = 25.0
_ADDRESS = -20.0
_STATE_OVER_CITY = 20.0

# Words between a meeting word and those that make it another meeting, or the occasion of this one.
_OF_ANOTHER = 4
# Frames that lead to a place.
_LEADS = ("before", "before_city", "before_state")

# Two or more persons meet here; a session or summit named beside it is another meeting, or the occasion.
_BETWEEN_PERSONS = frozenset({MeetingKind.CALL, MeetingKind.RECEPTION, MeetingKind.BILATERAL, MeetingKind.VISIT})
_GATHERINGS = frozenset({MeetingKind.SESSION, MeetingKind.SUMMIT, MeetingKind.CONFERENCE})
_OVER = frozenset({Status.HELD, Status.ONGOING})


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    rank: float
    start: int
    end: int
    sentence: Sentence


class _Telling(NamedTuple):
    """A sentence with places, the frames (by tag) found in it, its meetings, and what it says became of any."""

    at: int
    sentence: Sentence
    places: Sequence[PlaceMention]
    frames: Mapping[str, Sequence[Hit[str]]]
    meetings: Sequence[Hit[Term]]
    told: frozenset[Status]

    def hits(self, tag: str) -> Sequence[Hit[str]]:
        """The frames `tag`, in order."""
        return self.frames.get(tag, ())

    def framed(self, tag: str, mention: PlaceMention, *, within: int = 0) -> Hit[str] | None:
        """The frame `tag` that leads to `mention`, over at most so many words."""
        for hit in self.hits(tag):
            if 0 <= mention.first - hit.last <= within:
                return hit
        return None

    def followed(self, mention: PlaceMention, tag: str, *, within: int = 0) -> Hit[str] | None:
        """The frame `tag` that `mention` leads to, over at most so many words."""
        for hit in self.hits(tag):
            if 0 <= hit.first - mention.last <= within:
                return hit
        return None


def venue(scene: Scene, gazetteer: Gazetteer) -> tuple[Fact[str] | None, Fact[str] | None]:
    """The city (English name) and country (alpha-2) where the meeting met; nothing for a meeting held online."""
    near = Nearness.of(scene)
    own_kind = _anchor_kind(near)
    if own_kind is MeetingKind.CALL:
        return None, None
    found = [c for telling in _tellings(near, gazetteer) for c in _candidates(near, gazetteer, telling, own_kind)]
    if not found or _is_online(near):
        return None, None
    city = max((c for c in found if c.place.city), key=_rank, default=None)
    country = max((c for c in found if not c.place.city), key=_rank, default=None)
    is_elsewhere = city and country and country.place.country != city.place.country
    if city is None or (is_elsewhere and country and country.rank > city.rank + _STATE_OVER_CITY):
        return None, _fact(country, country.place.country) if country else None
    return _fact(city, city.place.city or ""), _fact(city, city.place.country)


def _rank(candidate: _Candidate) -> float:
    return candidate.rank


def _fact(candidate: _Candidate, value: str) -> Fact[str]:
    return Fact(value=value, evidence=candidate.sentence.evidence(candidate.start, candidate.end))


def _is_online(near: Nearness) -> bool:
    for at, sentence in near.sentences:
        tags = {hit.tag for hit in near.scene.lexicon.places.frames.find(split_words(sentence.text))}
        if "online_meeting" in tags or ("online" in tags and (at == near.here or sentence.where == "title")):
            return True
    return False


def _anchor_kind(near: Nearness) -> MeetingKind | None:
    """What kind of meeting the anchor's own words name."""
    if not near.scene.sentences:
        return None
    sentence = near.scene.sentences[near.here]
    hits = near.scene.lexicon.terms.find(split_words(sentence.text))
    return next((h.tag.kind for h in hits if h.tag.role is Role.MEETING and _is_anchor(near, sentence, h)), None)


def _is_anchor(near: Nearness, sentence: Sentence, hit: Hit[Term]) -> bool:
    anchor = near.scene.anchor
    return sentence.where == anchor.where and sentence.start + hit.start == anchor.start


def _tellings(near: Nearness, gazetteer: Gazetteer) -> Iterator[_Telling]:
    lexicon = near.scene.lexicon
    for at, sentence in near.sentences:
        places = gazetteer.find(sentence.text, lexicon.places)
        if places:
            words = split_words(sentence.text)
            terms = [hit for hit in lexicon.terms.find(words) if hit.tag.role in (Role.STATUS, Role.MEETING)]
            meetings = [hit for hit in terms if hit.tag.role is Role.MEETING]
            told = frozenset(hit.tag.status for hit in terms if hit.tag.status)
            yield _Telling(at, sentence, places, by_tag(lexicon.places.frames.find(words)), meetings, told)


def _candidates(
    near: Nearness, gazetteer: Gazetteer, telling: _Telling, own_kind: MeetingKind | None
) -> Iterator[_Candidate]:
    sentence = telling.sentence
    elsewhere = [h for h in telling.hits("elsewhere") if not near.names_anchor(sentence, h)]
    for mention in telling.places:
        seen, bonus = _seen(gazetteer, telling, mention)
        if seen is None or _is_subject(telling, seen) or _is_of_another(near, telling, seen, own_kind):
            continue
        strength = near.rank(telling.at, seen.start, seen.end) + bonus
        if is_spoken_of(elsewhere, seen.start, seen.end, after=0) or _is_at_another_time(near, telling):
            strength -= _ELSEWHERE
        if strength >= _LEAST_RANK:
            yield _Candidate(seen.place, strength, seen.start, seen.end, sentence)


def _is_subject(telling: _Telling, seen: PlaceMention) -> bool:
    """Whether the place is only spoken of: "the situation in Kabul", "in the Republic of Niger"."""
    subjects = telling.hits("about")
    if not subjects:
        return False
    lead = min((h.first for tag in _LEADS if (h := telling.framed(tag, seen))), default=seen.first)
    is_led = any(lead < hit.last <= seen.first for hit in subjects)
    return is_led or is_spoken_of(subjects, seen.start, seen.end, before=1, after=1)


# --- does something happen there? ---------------------------------------------------------------------------------


def _seen(gazetteer: Gazetteer, telling: _Telling, mention: PlaceMention) -> tuple[PlaceMention | None, float]:
    """The place where something happens according to the words around `mention`, and how much more likely they make it
    the venue."""
    capital = _capital_named(gazetteer, telling, mention)
    if capital is not None:
        return capital, 0.0
    if mention.place.kind not in (PlaceKind.CITY, PlaceKind.COUNTRY):
        return None, 0.0
    if telling.framed("welcome_in", mention):
        return mention, _WELCOMED
    if _is_framed(telling, mention):
        return _state_of_region(telling, mention), 0.0
    return (mention, _ADDRESS) if _is_address(telling, mention) else (None, 0.0)


def _is_framed(telling: _Telling, mention: PlaceMention) -> bool:
    is_city = mention.place.kind is PlaceKind.CITY
    return bool(
        mention.is_locative
        or telling.framed("before", mention)
        or (is_city and telling.framed("before_city", mention))
        or (telling.framed("before_state", mention) and (not is_city or telling.followed(mention, "region")))
        or telling.followed(mention, "hosts", within=3 if is_city else 1)
        or telling.framed("hosted_by", mention, within=1)
        or (is_city and telling.followed(mention, "hall", within=1))
    )


def _is_address(telling: _Telling, mention: PlaceMention) -> bool:
    """Whether a city stands before its own country, as in an address; not at the head of a sentence, as a dateline."""
    if mention.place.kind is not PlaceKind.CITY or mention.first == 0:
        return False
    text = telling.sentence.text
    return any(
        other.first == mention.last and text[mention.end : other.start].strip() in (",", "(")
        for other in telling.places
        if other.place.kind is PlaceKind.COUNTRY and other.place.country == mention.place.country
    )


def _state_of_region(telling: _Telling, mention: PlaceMention) -> PlaceMention:
    """ "In the Moscow region" is not in Moscow, but in its state."""
    if mention.place.kind is PlaceKind.CITY and telling.followed(mention, "region"):
        return mention._replace(place=Place(PlaceKind.COUNTRY, mention.place.country))
    return mention


def _capital_named(gazetteer: Gazetteer, telling: _Telling, mention: PlaceMention) -> PlaceMention | None:
    """ "The capital of X", "X's capital": the capital itself, spanning these words."""
    capital = gazetteer.capital(mention.place.country)
    if mention.place.kind is PlaceKind.CITY or capital is None:
        return None
    hit = telling.framed("capital_of", mention) or telling.followed(mention, "capital", within=1)
    if hit is None:
        return None
    start, end = min(mention.start, hit.start), max(mention.end, hit.end)
    return PlaceMention(capital, start, end, min(mention.first, hit.first), max(mention.last, hit.last))


# --- does this meeting happen there? ------------------------------------------------------------------------------


def _is_of_another(near: Nearness, telling: _Telling, mention: PlaceMention, own_kind: MeetingKind | None) -> bool:
    """Whether another meeting is told in that place: one that is prepared, or that persons who meet speak of."""
    event = _event_at(telling, mention)
    if event is None or _is_anchor(near, telling.sentence, event):
        return False
    if any(0 <= event.first - hit.last <= _OF_ANOTHER for hit in telling.hits("of_another")):
        return True
    if any(0 <= event.first - hit.last <= _OF_ANOTHER for hit in telling.hits("beside")):
        return False
    return event.tag.kind in _GATHERINGS and own_kind in _BETWEEN_PERSONS


def _event_at(telling: _Telling, mention: PlaceMention) -> Hit[Term] | None:
    """The meeting told nearest to the place, before it rather than behind it."""
    near = [(mention.first - hit.last, hit) for hit in telling.meetings if hit.last <= mention.first]
    near += [(hit.first - mention.last + 1, hit) for hit in telling.meetings if mention.last <= hit.first]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _is_at_another_time(near: Nearness, telling: _Telling) -> bool:
    """Whether all that another sentence says became of a meeting is yet to come while this meeting is over, or the
    other way round."""
    if telling.at == near.here or telling.sentence.where == "title" or not telling.told:
        return False
    return telling.told == {Status.PLANNED} if near.scene.status in _OVER else telling.told <= _OVER
