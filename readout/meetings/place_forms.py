"""What a word of a place's name looks like in running text: case endings, prefixes, stems that change.

It must not know any place: it tells the keys that a name is kept under and the keys that a word may stand for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from readout.meetings.words import Matcher, Word, fold


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


# Marks that set a key apart from a whole word: stems ("москв·" + ending), adjectives that may stand in small letters
# ("российск*" + ending) and that may not ("polish^").
STEM = "·"
ADJECTIVE = "*"
PROPER_ADJECTIVE = "^"
_DROPPED = frozenset("аяьйыიაე")
_MASCULINE_TAILS = ("ий", "ый", "ій")
_ADJECTIVE_TAILS = (*_MASCULINE_TAILS, "ая", "ой", "ое", "ие", "ые", "ее", "яя")
_VOWELS = frozenset("аеиоуыэюяіїє")
# Behind these "и" is the ending of a plural that is declined ("Химки", "в Химках"), behind others it is not ("Дели").
_BEFORE_PLURAL = frozenset("гкхжчшщ")
# Cities that end like adjectives, and the one long ending they take as nouns.
_LIKE_ADJECTIVES = ("ск", "цк", "ськ", "цьк")
_INSTRUMENTAL = ("ом", "ам")
_LONGEST_ENDING = 7
# The Arabic article, and the stroke that lengthens a word; what a prefix must leave of a name.
_ARTICLE = "ال"
_STROKE = "\u0640"
_LEAST_BEHIND_PREFIX = 3


@lru_cache(maxsize=1024)
def name_keys(word: str, *, is_alone: bool = False) -> frozenset[str]:
    """What one word of a name answers to: itself, and what it leaves before other endings."""
    keys = {word}
    if len(word) > 2 and _loses_its_last(word):
        keys.add(word[:-1] + STEM)
    if len(word) > 4 and word.endswith(_MASCULINE_TAILS if is_alone else _ADJECTIVE_TAILS):
        keys.add(word[:-2] + ADJECTIVE)
    return frozenset(keys)


def _loses_its_last(word: str) -> bool:
    before, last = word[-2], word[-1]
    if last == "и":
        return before in _BEFORE_PLURAL
    return last in _DROPPED and (last != "а" or before == "и" or before not in _VOWELS)


@lru_cache(maxsize=1024)
def word_forms(word: str, taken: tuple[str, str], words: PlaceWords) -> dict[str, str]:
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
                forms.setdefault(base + STEM, ending)
        # the stem may sound otherwise: "Києві" of "Київ"
        for plain in words.sounds.get(ending, ()):
            forms.setdefault(base + plain, ending)
    for cut in range(len(word), max(1, len(word) - _LONGEST_ENDING - 1), -1):
        if word[cut:] in words.adjective_endings:
            forms.setdefault(word[:cut] + ADJECTIVE, word[cut:])
            forms.setdefault(word[:cut] + PROPER_ADJECTIVE, word[cut:])
    return forms


def _keeps_its_last(base: str, ending: str) -> bool:
    """Whether a Slavonic name takes this ending whole: no vowel before it, and "Курск" no adjective's ("Курской")."""
    if base.endswith(_LIKE_ADJECTIVES):
        return len(ending) == 1 or ending in _INSTRUMENTAL
    return base[-1] not in _VOWELS


def taken_away(text: str, word: Word) -> tuple[str, str]:
    """The preposition and the article that `split_words` took from an Arabic word: "مالي" is Mali, "المالي" is not."""
    if not "\u0620" <= text[word.start] <= "\u06ff":
        return "", ""
    letters = "".join(c for c in fold(text[word.start : word.end]) if c.isalpha() and c != _STROKE)
    head = letters.removesuffix(word.text)
    return (head.removesuffix(_ARTICLE).removesuffix("لل") + "ل" * head.endswith("لل"), _ARTICLE) if head else ("", "")
