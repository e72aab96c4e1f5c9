"""Where a meeting met.

It must not guess: a dateline, a capital that stands for its government or the seat of an office is no venue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from readout.meetings.nearness import Nearness, is_spoken_of
from readout.meetings.places import Gazetteer, Place, PlaceKind, PlaceMention, PlaceWords
from readout.meetings.scene import Scene, Sentence
from readout.meetings.words import Hit, split_words
from readout.model import Fact

# What a mention must earn, beyond standing somewhere, to be where the meeting met.
_LEAST_RANK = 29.0
_ELSEWHERE = 45.0
_WELCOMED = 25.0


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    rank: float
    start: int
    end: int
    sentence: Sentence


def venue(scene: Scene, gazetteer: Gazetteer) -> tuple[Fact[str] | None, Fact[str] | None]:
    """The city (English name) and country (alpha-2) where the meeting met; nothing for a meeting held online."""
    words = scene.lexicon.places
    near = Nearness.of(scene)
    found = [c for at, _ in near.sentences() for c in _candidates(near, gazetteer, words, at)]
    if not found or _is_online(near, words):
        return None, None
    cities = [c for c in found if c.place.city]
    countries = [c for c in found if not c.place.city]
    city = max(cities, key=_rank, default=None)
    country = max(countries, key=_rank, default=None)
    if city is None or (country and country.rank > city.rank + 20 and country.place.country != city.place.country):
        return None, _fact(country, country.place.country) if country else None
    return _fact(city, city.place.city or ""), _fact(city, city.place.country)


def _rank(candidate: _Candidate) -> float:
    return candidate.rank


def _fact(candidate: _Candidate, value: str) -> Fact[str]:
    return Fact(value=value, evidence=candidate.sentence.evidence(candidate.start, candidate.end))


def _is_online(near: Nearness, words: PlaceWords) -> bool:
    for at, sentence in near.sentences():
        tags = {hit.tag for hit in words.frames.find(split_words(sentence.text))}
        if "online_meeting" in tags or ("online" in tags and (at == near.here or sentence.where == "title")):
            return True
    return False


def _candidates(near: Nearness, gazetteer: Gazetteer, words: PlaceWords, at: int) -> Iterator[_Candidate]:
    sentence = near.scene.sentences[at]
    mentions = gazetteer.find(sentence.text, words)
    if not mentions:
        return
    frames = words.frames.find(split_words(sentence.text))
    elsewhere = [h for h in frames if h.tag == "elsewhere" and not near.names_anchor(sentence, h)]
    subjects = [h for h in frames if h.tag == "about"]
    for mention in mentions:
        seen = _capital_named(gazetteer, mention, frames) or _framed(mention, frames)
        if seen is None or is_spoken_of(subjects, seen.start, seen.end, before=1, after=1):
            continue
        strength = near.rank(at, seen.start, seen.end)
        if _tagged(frames, "welcome_in", last=seen.first, within=0):
            strength += _WELCOMED
        if is_spoken_of(elsewhere, seen.start, seen.end, after=0):
            strength -= _ELSEWHERE
        if strength >= _LEAST_RANK:
            yield _Candidate(seen.place, strength, seen.start, seen.end, sentence)


def _framed(mention: PlaceMention, frames: list[Hit[str]]) -> PlaceMention | None:
    """The mention if the words around it, or its own ending, say that something happens there."""
    if mention.place.kind not in (PlaceKind.CITY, PlaceKind.COUNTRY):
        return None
    is_city = mention.place.kind is PlaceKind.CITY
    framed = (
        mention.is_locative
        or _tagged(frames, "welcome_in", last=mention.first, within=0)
        or _tagged(frames, "before", last=mention.first, within=0)
        or (is_city and _tagged(frames, "before_city", last=mention.first, within=0))
        or _tagged(frames, "hosts", first=mention.last, within=3 if is_city else 1)
        or _tagged(frames, "hosted_by", last=mention.first, within=1)
        or (is_city and _tagged(frames, "hall", first=mention.last, within=1))
    )
    return mention if framed else None


def _capital_named(gazetteer: Gazetteer, mention: PlaceMention, frames: list[Hit[str]]) -> PlaceMention | None:
    """ "The capital of X", "X's capital": the capital itself, spanning these words."""
    capital = gazetteer.capital(mention.place.country)
    if mention.place.kind is PlaceKind.CITY or capital is None:
        return None
    hit = _tagged(frames, "capital_of", last=mention.first, within=0) or _tagged(
        frames, "capital", first=mention.last, within=0
    )
    if hit is None:
        return None
    start, end = min(mention.start, hit.start), max(mention.end, hit.end)
    return PlaceMention(capital, start, end, min(mention.first, hit.first), max(mention.last, hit.last))


def _tagged(
    frames: list[Hit[str]], tag: str, *, first: int | None = None, last: int | None = None, within: int
) -> Hit[str] | None:
    """The hit of `tag` that begins at most `within` words after `first`, or ends as far before `last`."""
    for hit in frames:
        if hit.tag == tag and (
            (first is not None and 0 <= hit.first - first <= within)
            or (last is not None and 0 <= last - hit.last <= within)
        ):
            return hit
    return None
