"""Whether two written names can be one person's, whatever alphabet and spelling they were written in.

It must not claim identity: it says that the names agree, for somebody who would rather hear once too often.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import Indel

from readout.meetings.ideographs import spelt

# Letters that names are romanised from in another way than anyascii's.
_LETTERS = str.maketrans(
    {"ə": "a", "ә": "a", "ç": "ch", "ş": "sh", "ğ": "g", "č": "ch", "š": "sh", "ž": "zh", "ý": "y", "و": "u", "ی": "i"}
)
_ARMENIAN_U = "ու"
# Belarusian: ў behind a vowel is a v, and where they are soft t and d turn into ts and dz ("Лаўроў", "Мядзведзеў").
_HALF_V = re.compile(r"(?<=[аеёіоуыэюя])ў")
# Arabic letters write v, w and u with one: it is a consonant at the head of a word and beside long vowels ("ویکتور"),
# but not behind an alef that only carries it ("اوغلو").
_WAW_AS_V = re.compile(r"(?<!\w)و|(?<=\wا)و(?!غ)|و(?=ا(?!و)|[یي])")
_SOFTENED = re.compile(r"ts(?=[eiyvm])|dz(?=[eiyvm])")

# One sound, many spellings, in this order: what stands in a lower-case Latin word, and the sound it is taken for.
_SOUNDS = tuple(
    (re.compile(spelling), sound)
    for spelling, sound in (
        (r"c(?=[aouklrt]|$)", "k"),
        (r"x|ks", "s"),
        (r"shch|sch|sh|tz|ts", "s"),
        (r"dzh|dj|zh|ch|j", "c"),
        (r"ph|ff|w|f", "v"),
        (r"th", "t"),
        # Олег, Oleh; Гасан, Həsən, Khasan: one hard sound at the back of the mouth
        (r"gh|kh|ck|q|g|h", "k"),
    )
)
_VOWELS = re.compile(r"[aeiouy]")
_TWICE = re.compile(r"(.)\1+")
_LONE_C = re.compile(r"c(?!h)")
# Case endings that sound: of the many surnames in -ov, -ev, -in ("Алиевым", "Əliyevin"), and of names ("Иваном").
_CASE_ENDING = re.compile(r"(?<=.)(?<=[oe]v|in)(?:ym|im|om|em|in|un|la|le|da|de|dan|den)$|(?<=...)[oe]m$")
_PATRONYMIC = re.compile(r"(?:ovich|evich|ovna|evna)$")
# Said by some and left out by others.
_PARTICLES = frozenset(("al", "el", "bin", "ibn", "ben", "bint", "oglu", "ogly", "oghlu", "ugli", "uulu"))
_WORD = re.compile(r"[^\W\d_]+")

# Below this share of common letters, equal consonants are chance.
_LIKENESS = 0.6
_SPELLED_ALIKE = 0.7


@lru_cache(maxsize=16_384)
def same_person(wanted: str, written: str) -> bool:
    """Whether `written` can be the person `wanted`.

    The shorter of the two names, word by word and in any order, must stand in the longer: a surname alone agrees with
    a full name, initials agree with the names they begin, a patronymic may be left out; another given name disagrees.
    """
    if wanted == written:
        return True
    few, many = sorted((name_words(wanted), name_words(written)), key=len)
    left = list(many)
    in_full = 0
    for word in sorted(few, key=len, reverse=True):
        partner = next((other for other in left if _same_word(word, other)), None) or _initial(word, left)
        if partner is None:
            return False
        in_full += min(len(word), len(partner)) > 1
        left.remove(partner)
    return in_full > 0


@lru_cache(maxsize=16_384)
def name_words(name: str) -> tuple[str, ...]:
    """The words of `name` in lower-case Latin letters, without particles unless it has nothing else."""
    plain = _WAW_AS_V.sub("v", _HALF_V.sub("в", spelt(name).casefold())).translate(_LETTERS).replace(_ARMENIAN_U, "у")
    latin = anyascii(plain).lower().replace("'", "").replace("`", "")
    words = tuple(_WORD.findall(latin))
    return tuple(word for word in words if word not in _PARTICLES) or words


def likeness(wanted: str, written: str) -> float:
    """How alike two names are spelt that may be one person's, 0 to 1: tells Putin's name from Pashinyan's."""
    few, many = sorted((name_words(wanted), name_words(written)), key=len)
    best = [max(_likeness(word, other) for other in many) for word in few]
    return sum(best) / len(best) if best else 0.0


def spelled_alike(one: str, other: str) -> bool:
    """Whether two names of as many words, two or more, are spelled so much alike, word by word, that at one table they
    are one person's: "Péter Szijjártó" and "Peter Siyarto" of an Azerbaijani page."""
    words, others = name_words(one), list(name_words(other))
    if len(words) != len(others) or len(words) < 2:
        return False
    for word in words:
        partner = max(others, key=lambda each: _likeness(word, each))
        if _likeness(word, partner) < _SPELLED_ALIKE:
            return False
        others.remove(partner)
    return True


def _likeness(one: str, other: str) -> float:
    return max(Indel.normalized_similarity(a, b) for a in _readings(one) for b in _readings(other))


@lru_cache(maxsize=16_384)
def person_key(name: str) -> str:
    """A short Latin key that most spellings of `name` share, in whatever script: "mrzv-svkt" for Shavkat Mirziyoyev.

    It holds the consonants of the words, longest first, patronymics left out. Two people may share one; a surname
    alone has another key than the full name. Empty for a name without letters.
    """
    words = [word for word in name_words(name) if len(word) > 1 and not _PATRONYMIC.search(word)] or name_words(name)
    heard = sorted((_bones(_sounded(_CASE_ENDING.sub("", word))) or word[0] for word in words), key=_longest_first)
    return "-".join(heard)


def _longest_first(word: str) -> tuple[int, str]:
    return -len(word), word


def sound(word: str) -> frozenset[str]:
    """The consonants that spellings of `word`, one of `name_words`, share: equal where two words may be one name."""
    return frozenset(_bones(reading) for reading in _readings(word)) - {""}


@lru_cache(maxsize=65_536)
def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    return any(_sound_alike(a, b) for a in _readings(one) for b in _readings(other))


def _sound_alike(one: str, other: str) -> bool:
    bones = _bones(one)
    return bones != "" and bones == _bones(other) and Indel.normalized_similarity(one, other) >= _LIKENESS


def _initial(word: str, others: list[str]) -> str | None:
    return next((other for other in others if word[0] == other[0] and min(len(word), len(other)) == 1), None)


@lru_cache(maxsize=16_384)
def _readings(word: str) -> frozenset[str]:
    """How `word` may sound: as written, with the x and c of Azerbaijani (Orxan, Cavad), with the hard t and d of other
    languages for the soft ones of Belarusian, and without a case ending."""
    spellings = {word, _LONE_C.sub("j", word.replace("x", "kh")), _SOFTENED.sub(lambda m: m.group()[0], word)}
    return frozenset(_sounded(form) for spelt in spellings for form in (spelt, _CASE_ENDING.sub("", spelt)))


def _sounded(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = spelling.sub(sound, word)
    return _TWICE.sub(r"\1", word)


@lru_cache(maxsize=16_384)
def _bones(sounded: str) -> str:
    """The consonants, which spellings of one name in many languages share."""
    return _TWICE.sub(r"\1", _VOWELS.sub("", sounded))
