"""Cities and countries in a text, whatever language, script and case they are written in.

It must not decide what a place is to a meeting: `readout.meetings.venue` and `readout.meetings.people` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from readout.meetings.place_forms import ADJECTIVE, PROPER_ADJECTIVE, PlaceWords, name_keys, taken_away, word_forms
from readout.meetings.words import Word, fold, split_once, split_words


class PlaceKind(StrEnum):
    """What a word says of a place."""

    CITY = "city"
    COUNTRY = "name"
    ADJECTIVE = "adjective"
    METONYM = "metonym"


@dataclass(frozen=True, slots=True)
class Place:
    """A city (`city` is its English name) or a country; `country` is alpha-2.

    A country has a `city` when its word names the capital as well: "Singapore", "تونس".
    """

    kind: PlaceKind
    country: str
    city: str | None = None
    is_capital: bool = False


class PlaceMention(NamedTuple):
    """A place named at `start`..`end` of a sentence; `ending` is the case ending, or the preposition written with it,
    that its last word carries, `is_locative` whether that means "in"."""

    place: Place
    start: int
    end: int
    first: int
    last: int
    ending: str = ""
    is_locative: bool = False


# --- the gazetteer ------------------------------------------------------------------------------------------------

# Marks the key of an abbreviation, found in capitals only.
_SHOUTED = "!"

_LONGEST_NAME = 6
_LONGEST_IDEOGRAPHS = 10
_LONGEST_SHOUTED = 4
_HEAD_LETTERS = 3
_HEAD_IDEOGRAPHS = 2
# What may stand between two words of one name, and how much of it.
_WITHIN_NAME = frozenset(" \u00a0\u200c-‐‑–.·'’ʼ\t")
_LONGEST_GAP = 3

# In countries.tsv: words that name a state and its capital.
_BOTH = "both"


class _Phrase(NamedTuple):
    """A name of several words: those after its first."""

    place: Place
    rest: tuple[str, ...]
    is_shouted: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Vocabulary:
    """Names by the keys of their first words; `heads`: how adjectives in small letters and ideographs begin."""

    words: dict[str, Place] = field(default_factory=dict)
    phrases: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)

    def add(self, place: Place, written: str) -> None:
        """Takes in a name or an adjective; of two places with one spelling the first is kept."""
        words = _words_of_name(written)
        if not words or len(words) > _LONGEST_NAME:
            return
        if place.kind is PlaceKind.ADJECTIVE:
            words[-1] += PROPER_ADJECTIVE if written[0].isupper() else ADJECTIVE
        if not written[0].isupper():
            self.heads.add(words[0][: _HEAD_IDEOGRAPHS if _is_ideograph(written[0]) else _HEAD_LETTERS])
        first, *rest = words
        is_shouted = _is_abbreviation(written)
        phrase = _Phrase(place, tuple(rest), is_shouted)
        for key in name_keys(first, is_alone=not rest):
            if rest:
                self.phrases[key] = (*self.phrases.get(key, ()), phrase)
            else:
                self.words.setdefault(_SHOUTED + key if is_shouted else key, place)


def _words_of_name(written: str) -> list[str]:
    words = split_once(written)
    if written and _is_ideograph(written[0]):
        return ["".join(word.text for word in words)]
    return [taken_away(written, word)[1] + word.text for word in words if word.text]


def _is_abbreviation(written: str) -> bool:
    if not written.isupper():
        return False
    letters = [c for c in written if c.isalpha()]
    return len(letters) <= _LONGEST_SHOUTED and all(c.isupper() for c in letters)


def _is_ideograph(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"


def _is_small(letter: str) -> bool:
    """Whether `letter` is a small one in a script where names begin with capitals, as Georgian ones do not."""
    return letter.islower() and not "\u10d0" <= letter <= "\u10ff"


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Names of cities and countries in many spellings, found in running text whatever case they stand in."""

    _cities: _Vocabulary
    _states: Mapping[str, _Vocabulary]
    _capitals: Mapping[str, Place]

    @classmethod
    def from_rows(cls, cities: Iterable[Sequence[str]], countries: Iterable[Sequence[str]]) -> Gazetteer:
        """A gazetteer of `cities` (name, country, "1" for a capital, population, spellings joined by ``|``) and
        `countries` (code, language, kind, words joined by ``|``). Of two places with one spelling the first wins."""
        towns = _Vocabulary()
        capitals: dict[str, Place] = {}
        for name, code, capital, _, spellings in cities:
            place = Place(PlaceKind.CITY, code, name, capital == "1")
            if place.is_capital:
                capitals.setdefault(code, place)
            for word in (name, *filter(None, spellings.split("|"))):
                towns.add(place, word)
        return cls(towns, _states(countries, capitals), capitals)

    def capital(self, country: str) -> Place | None:
        """The capital of `country` (alpha-2)."""
        return self._capitals.get(country)

    def find(self, text: str, words: PlaceWords) -> list[PlaceMention]:
        """The places named in `text`, the longest name at each word, in order and without overlap."""
        return list(_find(self, text, words))

    def _mentions(self, text: str, words: PlaceWords) -> Iterator[PlaceMention]:
        heads = _heads(self, words)
        split = split_words(text)
        likely = [
            at
            for at, (word, start, _) in enumerate(split)
            if word[:_HEAD_LETTERS] in heads or not (text[start].islower() or text[start].isdigit())
        ]
        past = 0
        for at in likely:
            if at >= past and (mention := self._longest(text, split, at, words)):
                past = mention.last
                yield mention

    def _longest(self, text: str, split: Sequence[Word], at: int, words: PlaceWords) -> PlaceMention | None:
        word = split[at]
        if _is_ideograph(text[word.start]):
            return _of_ideographs(self, text, split, at, words)
        reading = _read(self, words, word.text, taken_away(text, word), _is_small(text[word.start]))
        if reading is None:
            return None
        best: PlaceMention | None = None
        for phrase in reading.phrases:
            if best is None or at + len(phrase.rest) + 1 > best.last:
                best = _phrase_at(phrase, text, split, at, words) or best
        if best:
            return best
        base = text[word.start : word.start + reading.shouted_letters]
        is_shouted = reading.shouted is not None and base.isupper()
        place = reading.shouted if is_shouted else reading.place
        ending = word.text[reading.shouted_letters :] if is_shouted else reading.ending
        return _mention(place, split[at : at + 1], at, ending, words) if place else None

    def _vocabularies(self, words: PlaceWords) -> tuple[_Vocabulary, ...]:
        own = (self._states[language] for language in words.languages if language in self._states)
        return (*own, self._cities)


def _states(countries: Iterable[Sequence[str]], capitals: Mapping[str, Place]) -> dict[str, _Vocabulary]:
    states: dict[str, _Vocabulary] = {}
    for code, language, kind, words in countries:
        capital = capitals.get(code)
        city = capital.city if capital and kind == _BOTH else None
        place = Place(PlaceKind.COUNTRY if kind == _BOTH else PlaceKind(kind), code, city)
        for word in words.split("|"):
            states.setdefault(language, _Vocabulary()).add(place, word)
    return states


@lru_cache(maxsize=64)
def _heads(gazetteer: Gazetteer, words: PlaceWords) -> frozenset[str]:
    """How the words begin that may be places though they begin with no capital."""
    return frozenset[str]().union(*(vocabulary.heads for vocabulary in gazetteer._vocabularies(words)))


# Venue and attendance look through the same sentences in turn.
@lru_cache(maxsize=256)
def _find(gazetteer: Gazetteer, text: str, words: PlaceWords) -> tuple[PlaceMention, ...]:
    mentions = tuple(gazetteer._mentions(text, words))
    others = words.not_places.find(split_words(text)) if mentions else ()
    return tuple(m for m in mentions if not any(hit.first < m.last and m.first < hit.last for hit in others))


# --- one word -----------------------------------------------------------------------------------------------------


class _Reading(NamedTuple):
    """What a word may be: a place and the ending it bears, an abbreviation of so many letters, a phrase's beginning."""

    place: Place | None
    ending: str
    shouted: Place | None
    shouted_letters: int
    phrases: tuple[_Phrase, ...]


# Words that begin with a capital, which are few, and those of scripts without.
@lru_cache(maxsize=8192)
def _read(
    gazetteer: Gazetteer, words: PlaceWords, word: str, taken: tuple[str, str], is_small: bool
) -> _Reading | None:
    """What `word` may be; None for most words. A word in small letters is an adjective or nothing."""
    vocabularies = gazetteer._vocabularies(words)
    forms = [(key, v) for key in word_forms(word, taken, words) for v in vocabularies]
    keys = [(key, v) for key, v in forms if not is_small or key[-1] == ADJECTIVE]
    phrases = tuple(phrase for key, v in forms for phrase in v.phrases.get(key, ()))
    if is_small:
        phrases = tuple(phrase for phrase in phrases if phrase.place.kind is PlaceKind.ADJECTIVE)
    key, place = next(((key, v.words[key]) for key, v in keys if key in v.words), ("", None))
    name, shouted = next(((k, v.words[_SHOUTED + k]) for k, v in keys if _SHOUTED + k in v.words), ("", None))
    if not (place or shouted or phrases):
        return None
    ending = word_forms(word, taken, words)[key] if place else ""
    return _Reading(place, ending, shouted, len(name), phrases)


def _phrase_at(phrase: _Phrase, text: str, split: Sequence[Word], at: int, words: PlaceWords) -> PlaceMention | None:
    last = at + len(phrase.rest)
    if last >= len(split):
        return None
    ending = ""
    for i, part in enumerate(phrase.rest, at + 1):
        if not _is_within_name(text[split[i - 1].end : split[i].start]):
            return None
        forms = word_forms(split[i].text, taken_away(text, split[i]), words)
        key = next((key for key in forms if key in name_keys(part)), None)
        if key is None:
            return None
        ending = forms[key]
    if phrase.is_shouted and not text[split[at].start : split[last].end].isupper():
        return None
    return _mention(phrase.place, split[at : last + 1], at, ending, words)


def _is_within_name(gap: str) -> bool:
    return len(gap) <= _LONGEST_GAP and all(letter in _WITHIN_NAME for letter in gap)


def _mention(place: Place, named: Sequence[Word], at: int, ending: str, words: PlaceWords) -> PlaceMention:
    is_locative = ending in words.locative
    return PlaceMention(place, named[0].start, named[-1].end, at, at + len(named), ending, is_locative)


def _of_ideographs(
    gazetteer: Gazetteer, text: str, split: Sequence[Word], at: int, words: PlaceWords
) -> PlaceMention | None:
    """The longest name that begins at the ideograph `at`: ideographs are words by themselves, names are not."""
    start = split[at].start
    letters = fold(text[start : start + _LONGEST_IDEOGRAPHS])
    if letters[:_HEAD_IDEOGRAPHS] not in _heads(gazetteer, words):
        return None
    for length in range(len(letters), 1, -1):
        for vocabulary in gazetteer._vocabularies(words):
            if place := vocabulary.words.get(letters[:length]):
                return PlaceMention(place, start, start + length, at, at + length)
    return None
