"""Cities and countries in a text, and where a meeting met.

It must not guess: a dateline, a capital that stands for its government or the seat of an office is no venue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from readout.meetings.nearness import Nearness, is_spoken_of
from readout.meetings.scene import Scene, Sentence
from readout.meetings.words import Hit, Matcher, Word, fold, split_words
from readout.model import Fact


class PlaceKind(StrEnum):
    """What a word says of a place."""

    CITY = "city"
    COUNTRY = "name"
    ADJECTIVE = "adjective"
    METONYM = "metonym"


@dataclass(frozen=True, slots=True)
class Place:
    """A city (`city` is its English name) or a country; `country` is alpha-2."""

    kind: PlaceKind
    country: str
    city: str | None = None
    is_capital: bool = False


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named at `start`..`end` of a sentence; `ending` is the case ending its last word carries."""

    place: Place
    start: int
    end: int
    first: int
    last: int
    ending: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceWords:
    """The section ``[places]`` of a lexicon: how a language declines names, and the words around a venue."""

    endings: frozenset[str] = frozenset()
    adjective_endings: frozenset[str] = frozenset()
    locative: frozenset[str] = frozenset()
    frames: Matcher[str] = field(default_factory=Matcher)

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> PlaceWords:
        """The words that a lexicon's section gives; all empty for an empty section."""
        frames = [(phrase, name) for name, phrases in section.get("frames", {}).items() for phrase in phrases]
        return cls(
            endings=frozenset(map(fold, section.get("endings", ()))),
            adjective_endings=frozenset(map(fold, section.get("adjective_endings", ()))),
            locative=frozenset(map(fold, section.get("locative", ()))),
            frames=Matcher.of(frames),
        )


# --- the gazetteer ------------------------------------------------------------------------------------------------

# Marks that set stems apart from whole words: "москв" + ending, "российск" + adjective ending.
_STEM = "·"
_ADJECTIVE = "*"
_DROPPED = frozenset("аяьйыиоеё")
_ADJECTIVE_TAILS = ("ая", "ий", "ый", "ой", "ое", "ие", "ые", "ее")
_HEAD_LETTERS = 4
_LONGEST_ENDING = 5
_LONGEST_NAME = 6


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling: for each word the keys it answers to. `shouted`: an abbreviation, matched in capitals only."""

    place: Place
    words: tuple[frozenset[str], ...]
    shouted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Names of cities and countries in many spellings, found in running text whatever case they stand in."""

    _names: Mapping[str, Sequence[_Name]]
    _heads: frozenset[str]
    _adjective_heads: frozenset[str]
    _capitals: Mapping[str, Place]

    @classmethod
    def from_rows(cls, cities: Iterable[Sequence[str]], countries: Iterable[Sequence[str]]) -> Gazetteer:
        """A gazetteer of `cities` (name, country, "1" for a capital, population, spellings joined by ``|``) and
        `countries` (code, language, kind, words joined by ``|``). Of two cities with one spelling the first wins."""
        names: dict[str, list[_Name]] = {}
        capitals: dict[str, Place] = {}
        for code, _, kind, words in countries:
            for word in words.split("|"):
                _add(names, _name(Place(PlaceKind(kind), code), word))
        taken: set[str] = set()
        for name, code, capital, _, spellings in cities:
            place = Place(PlaceKind.CITY, code, name, capital == "1")
            if place.is_capital:
                capitals.setdefault(code, place)
            for word in dict.fromkeys([name, *filter(None, spellings.split("|"))]):
                if fold(word) not in taken:
                    taken.add(fold(word))
                    _add(names, _name(place, word))
        every = {key for group in names.values() for name in group for word in name.words for key in word}
        heads = frozenset(_head(key) for key in every)
        return cls(names, heads, frozenset(_head(key) for key in every if key.endswith(_ADJECTIVE)), capitals)

    def capital(self, country: str) -> Place | None:
        """The capital of `country` (alpha-2)."""
        return self._capitals.get(country)

    def find(self, text: str, words: PlaceWords) -> list[PlaceMention]:
        """The places named in `text`, the longest name at each word, in order and without overlap."""
        return list(_find(self, text, words))

    def _find(self, text: str, words: PlaceWords) -> list[PlaceMention]:
        found: list[PlaceMention] = []
        split = split_words(text)
        keys = [self._keys_of(text, word, words) for word in split]
        at = 0
        while at < len(split):
            mention = self._longest(text, split, keys, at) if keys[at] else None
            if mention:
                found.append(mention)
            at = mention.last if mention else at + 1
        return found

    def _keys_of(self, text: str, word: Word, words: PlaceWords) -> dict[str, str]:
        heads = self._heads if text[word.start].isupper() else self._adjective_heads
        start = word.text[:_HEAD_LETTERS]
        is_likely = start in heads or start[:3] in heads or start[:2] in heads
        return _keys(word.text, words) if is_likely else {}

    def _longest(self, text: str, split: Sequence[Word], keys: list[dict[str, str]], at: int) -> PlaceMention | None:
        best: PlaceMention | None = None
        for key in keys[at]:
            for name in self._names.get(key, ()):
                last = at + len(name.words)
                if last > len(split) or not _fits(name, text, split, keys, at):
                    continue
                if best is None or (last, _weight(name.place)) > (best.last, _weight(best.place)):
                    ending = next((keys[last - 1][k] for k in keys[last - 1] if k in name.words[-1]), "")
                    best = PlaceMention(name.place, split[at].start, split[last - 1].end, at, last, ending)
        return best


@lru_cache(maxsize=256)
def _find(gazetteer: Gazetteer, text: str, words: PlaceWords) -> tuple[PlaceMention, ...]:
    """Venue and attendance look through the same sentences in turn."""
    return tuple(gazetteer._find(text, words))


def _head(key: str) -> str:
    """The letters of a key that no ending takes away."""
    return key.rstrip(_STEM + _ADJECTIVE)[:_HEAD_LETTERS]


def _weight(place: Place) -> int:
    """A word that names a country and its own city ("Тунис") is the country, unless both bear one English name."""
    return {PlaceKind.COUNTRY: 2, PlaceKind.CITY: 3 if place.city in _CITY_STATES else 1}.get(place.kind, 0)


_CITY_STATES = frozenset({"Singapore", "Luxembourg", "Monaco", "Djibouti", "San Marino", "Vatican City"})


def _name(place: Place, written: str) -> _Name | None:
    words = split_words(written)
    if not words or len(words) > _LONGEST_NAME:
        return None
    mark = _ADJECTIVE if place.kind is PlaceKind.ADJECTIVE else ""
    letters = [c for c in written if c.isalpha()]
    shouted = len(letters) <= 4 and all(c.isupper() for c in letters)
    return _Name(place, tuple(_name_keys(word.text, mark) for word in words), shouted)


def _name_keys(word: str, mark: str) -> frozenset[str]:
    if mark:
        return frozenset({word + mark})
    keys = {word}
    if word[-1] in _DROPPED and len(word) > 2:
        keys.add(word[:-1] + _STEM)
    if word.endswith(_ADJECTIVE_TAILS) and len(word) > 5:
        keys.add(word[:-2] + _ADJECTIVE)
    return frozenset(keys)


def _add(names: dict[str, list[_Name]], name: _Name | None) -> None:
    for key in name.words[0] if name else ():
        names.setdefault(key, []).append(name)  # type: ignore[arg-type]


def _keys(word: str, words: PlaceWords) -> dict[str, str]:
    """All that `word` may be a form of, each with the ending taken away."""
    base, apostrophe, tail = word.partition("'")
    keys = {word: ""}
    if apostrophe:
        keys[base] = tail
    for cut in range(max(2, len(word) - _LONGEST_ENDING), len(word)):
        if word[cut:] in words.endings:
            keys.setdefault(word[:cut], word[cut:])
            keys.setdefault(word[:cut] + _STEM, word[cut:])
    _add_adjectives(keys, word, words)
    return keys


def _add_adjectives(keys: dict[str, str], word: str, words: PlaceWords) -> None:
    for cut in range(max(3, len(word) - _LONGEST_ENDING), len(word) + 1):
        if word[cut:] in words.adjective_endings:
            keys.setdefault(word[:cut] + _ADJECTIVE, word[cut:])


def _fits(name: _Name, text: str, split: Sequence[Word], keys: list[dict[str, str]], at: int) -> bool:
    start = split[at].start
    if name.place.kind is not PlaceKind.ADJECTIVE and not text[start].isupper():
        return False
    last = at + len(name.words) - 1
    if name.shouted and not text[start : split[last].end].isupper():
        return False
    if any(split[i + 1].start - split[i].end > 3 for i in range(at, last)):
        return False
    return all(not wanted.isdisjoint(keys[at + i] or {split[at + i].text: ""}) for i, wanted in enumerate(name.words))


# --- the venue ----------------------------------------------------------------------------------------------------

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
        seen = _capital_named(gazetteer, mention, frames) or _framed(mention, frames, words)
        if seen is None or is_spoken_of(subjects, seen.start, seen.end, before=1, after=0):
            continue
        strength = near.rank(at, seen.start, seen.end)
        if _tagged(frames, "welcome_in", last=seen.first, within=0):
            strength += _WELCOMED
        if is_spoken_of(elsewhere, seen.start, seen.end, after=0):
            strength -= _ELSEWHERE
        if strength >= _LEAST_RANK:
            yield _Candidate(seen.place, strength, seen.start, seen.end, sentence)


def _framed(mention: PlaceMention, frames: list[Hit[str]], words: PlaceWords) -> PlaceMention | None:
    """The mention if the words around it, or its own ending, say that something happens there."""
    if mention.place.kind not in (PlaceKind.CITY, PlaceKind.COUNTRY):
        return None
    is_city = mention.place.kind is PlaceKind.CITY
    framed = (
        mention.ending in words.locative
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
