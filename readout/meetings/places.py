"""Cities and countries in a text, whatever language, script and case they are written in.

It must not decide what a place is to a meeting: `readout.meetings.venue` and `readout.meetings.people` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from readout.meetings.words import Matcher, Word, fold, split_words


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


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named at `start`..`end` of a sentence; `ending` is the case ending, or the preposition written with it,
    that its last word carries, `is_locative` whether that means "in"."""

    place: Place
    start: int
    end: int
    first: int
    last: int
    ending: str = ""
    is_locative: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlaceWords:
    """The section ``[places]`` of a lexicon: how a language declines names, and the words around a venue.

    `languages`: whose names of states are looked for, the lexicon's own first. `drops_vowels`: names lose their last
    vowel before an ending, "Москва" – "в Москве".
    """

    languages: tuple[str, ...] = ()
    drops_vowels: bool = False
    endings: frozenset[str] = frozenset()
    adjective_endings: frozenset[str] = frozenset()
    locative: frozenset[str] = frozenset()
    not_places: Matcher[str] = field(default_factory=Matcher)
    sounds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()
    frames: Matcher[str] = field(default_factory=Matcher)

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any], languages: Sequence[str] = ()) -> PlaceWords:
        """The words that a lexicon's section gives; all empty for an empty section."""
        frames = [(phrase, name) for name, phrases in section.get("frames", {}).items() for phrase in phrases]
        return cls(
            languages=tuple(languages),
            drops_vowels=section.get("drops_vowels", False),
            endings=frozenset(map(fold, section.get("endings", ()))),
            adjective_endings=frozenset(map(fold, section.get("adjective_endings", ()))),
            locative=frozenset(map(fold, section.get("locative", ()))),
            not_places=Matcher.of((phrase, "") for phrase in section.get("not_places", ())),
            sounds={fold(ending): tuple(map(fold, names)) for ending, names in section.get("sounds", {}).items()},
            prefixes=tuple(map(fold, section.get("prefixes", ()))),
            frames=Matcher.of(frames),
        )


# --- the gazetteer ------------------------------------------------------------------------------------------------

# Names are kept by keys of one folded word. Marks set apart: stems ("москв·" + ending), adjectives that may stand in
# small letters ("российск*" + ending) and that may not ("polish^"), abbreviations, found in capitals only ("!сша").
_STEM = "·"
_ADJECTIVE = "*"
_PROPER_ADJECTIVE = "^"
_SHOUTED = "!"
_DROPPED = frozenset("аяьйыიაე")
_MASCULINE_TAILS = ("ий", "ый", "ій")
_ADJECTIVE_TAILS = (*_MASCULINE_TAILS, "ая", "ой", "ое", "ие", "ые", "ее", "яя")
_VOWELS = frozenset("аеиоуыэюяіїє")
# Behind these "и" is the ending of a plural that is declined ("Химки", "в Химках"), behind others it is not ("Дели").
_BEFORE_PLURAL = frozenset("гкхжчшщ")
_ARTICLE = "ال"
_STROKE = "\u0640"
_LONGEST_ENDING = 7
_LONGEST_NAME = 6
_LONGEST_IDEOGRAPHS = 10
_LONGEST_SHOUTED = 4
_HEAD_LETTERS = 3
_HEAD_IDEOGRAPHS = 2
_LIKE_ADJECTIVES = ("ск", "цк", "ськ", "цьк")
_INSTRUMENTAL = ("ом", "ам")
_LEAST_BEHIND_PREFIX = 3
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
            words[-1] += _PROPER_ADJECTIVE if written[0].isupper() else _ADJECTIVE
        if not written[0].isupper():
            self.heads.add(words[0][: _HEAD_IDEOGRAPHS if _is_ideograph(written[0]) else _HEAD_LETTERS])
        first, *rest = words
        is_shouted = _is_abbreviation(written)
        for key in _name_keys(first, is_alone=not rest):
            if rest:
                phrase = _Phrase(place, tuple(rest), is_shouted)
                self.phrases[key] = (*self.phrases.get(key, ()), phrase)
            else:
                self.words.setdefault(_SHOUTED + key if is_shouted else key, place)


def _words_of_name(written: str) -> list[str]:
    words = split_words(written)
    if written and _is_ideograph(written[0]):
        return ["".join(word.text for word in words)]
    return [_taken(written, word)[1] + word.text for word in words if word.text]


@lru_cache(maxsize=1024)
def _name_keys(word: str, *, is_alone: bool = False) -> frozenset[str]:
    """What one word of a name answers to: itself, and what it leaves before other endings."""
    keys = {word}
    if len(word) > 2 and _loses_its_last(word):
        keys.add(word[:-1] + _STEM)
    if len(word) > 4 and word.endswith(_MASCULINE_TAILS if is_alone else _ADJECTIVE_TAILS):
        keys.add(word[:-2] + _ADJECTIVE)
    return frozenset(keys)


def _loses_its_last(word: str) -> bool:
    before, last = word[-2], word[-1]
    if last == "и":
        return before in _BEFORE_PLURAL
    return last in _DROPPED and (last != "а" or before == "и" or before not in _VOWELS)


def _is_abbreviation(written: str) -> bool:
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
        reading = _read(self, words, word.text, _taken(text, word), _is_small(text[word.start]))
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
    forms = [(key, v) for key in _forms(word, taken, words) for v in vocabularies]
    keys = [(key, v) for key, v in forms if not is_small or key[-1] == _ADJECTIVE]
    phrases = tuple(phrase for key, v in forms for phrase in v.phrases.get(key, ()))
    if is_small:
        phrases = tuple(phrase for phrase in phrases if phrase.place.kind is PlaceKind.ADJECTIVE)
    key, place = next(((key, v.words[key]) for key, v in keys if key in v.words), ("", None))
    name, shouted = next(((k, v.words[_SHOUTED + k]) for k, v in keys if _SHOUTED + k in v.words), ("", None))
    if not (place or shouted or phrases):
        return None
    ending = _forms(word, taken, words)[key] if place else ""
    return _Reading(place, ending, shouted, len(name), phrases)


@lru_cache(maxsize=1024)
def _forms(word: str, taken: tuple[str, str], words: PlaceWords) -> dict[str, str]:
    """All that `word` may be a form of, the longest first, each with what was taken away. Adjectives come last."""
    clitic, article = taken
    forms = {article + word: clitic}
    base, apostrophe, tail = word.partition("'")
    if apostrophe:
        forms[base] = tail
    for prefix in words.prefixes if not article else ():
        if word.startswith(prefix) and len(word) - len(prefix) >= _LEAST_BEHIND_PREFIX:
            forms.setdefault(word[len(prefix) :], prefix)
    for cut in range(len(word) - 1, max(1, len(word) - _LONGEST_ENDING - 1), -1):
        base, ending = word[:cut], word[cut:]
        if ending in words.endings:
            if not words.drops_vowels or _keeps_its_last(base, ending):
                forms.setdefault(base, ending)
            if words.drops_vowels:
                forms.setdefault(base + _STEM, ending)
        # the stem may sound otherwise: "Києві" of "Київ"
        for plain in words.sounds.get(ending, ()):
            forms.setdefault(base + plain, ending)
    for cut in range(len(word), max(1, len(word) - _LONGEST_ENDING - 1), -1):
        if word[cut:] in words.adjective_endings:
            forms.setdefault(word[:cut] + _ADJECTIVE, word[cut:])
            forms.setdefault(word[:cut] + _PROPER_ADJECTIVE, word[cut:])
    return forms


def _keeps_its_last(base: str, ending: str) -> bool:
    """Whether a Slavonic name takes this ending whole: no vowel before it, and "Курск" no adjective's ("Курской")."""
    if base.endswith(_LIKE_ADJECTIVES):
        return len(ending) == 1 or ending in _INSTRUMENTAL
    return base[-1] not in _VOWELS


def _taken(text: str, word: Word) -> tuple[str, str]:
    """The preposition and the article that `split_words` took from an Arabic word: "مالي" is Mali, "المالي" is not."""
    if not "\u0620" <= text[word.start] <= "\u06ff":
        return "", ""
    letters = "".join(c for c in fold(text[word.start : word.end]) if c.isalpha() and c != _STROKE)
    head = letters.removesuffix(word.text)
    return (head.removesuffix(_ARTICLE).removesuffix("لل") + "ل" * head.endswith("لل"), _ARTICLE) if head else ("", "")


def _phrase_at(phrase: _Phrase, text: str, split: Sequence[Word], at: int, words: PlaceWords) -> PlaceMention | None:
    last = at + len(phrase.rest)
    if last >= len(split):
        return None
    ending = ""
    for i, part in enumerate(phrase.rest, at + 1):
        if not _is_within_name(text[split[i - 1].end : split[i].start]):
            return None
        forms = _forms(split[i].text, _taken(text, split[i]), words)
        key = next((key for key in forms if key in _name_keys(part)), None)
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
