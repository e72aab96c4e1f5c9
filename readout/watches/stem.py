"""Words as the index of texts keeps them: folded, and by their stems in the language of the text.

It must not know a database: what it makes are plain words of ``a-z``, ``0-9`` and ``=``, whatever they are made from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from threading import local
from typing import Any

from Stemmer import Stemmer

from readout.watches.folding import UNSPACED, WORD, folded

LONGEST = 40
"""Signs of a folded word that are kept: what is longer is found by its beginning."""
MOST_TEXT = 400_000
"""Characters of a text whose words are kept; a book has as many."""

# Snowball's algorithms (snowballstem.org) by language. Azerbaijani, Kazakh, Uzbek, Kyrgyz, Ukrainian, Belarusian and
# many others have none: their words are found by how they begin.
_ALGORITHMS: Mapping[str, str] = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_SCRIPTS: Mapping[str, str] = {
    "ar": "ARABIC", "el": "GREEK", "hi": "DEVANAGARI", "hy": "ARMENIAN", "ne": "DEVANAGARI", "ru": "CYRILLIC",
    "ta": "TAMIL",
}  # fmt: skip
_IN_TWO_SCRIPTS = "sr"
_SIGN = re.compile(rf"{UNSPACED.pattern}|[^{UNSPACED.pattern[1:]}+")
_ODD = re.compile("[^0-9a-z]")
_mine = local()


def words_of(text: str, language: str | None) -> str:
    """What the index keeps of a text: its words in their order, those of signs that are written without spaces once
    more sign by sign, and the stems that are no word of it."""
    words = WORD.findall(unicodedata.normalize("NFC", text[:MOST_TEXT]))
    kept = {word: plain(word) for word in set(words)}
    unspaced = filter(UNSPACED.search, words) if UNSPACED.search(text) else ()
    line = " ".join((*map(kept.__getitem__, words), *chain.from_iterable(map(signs, unspaced))))
    code = (language or "").partition("-")[0].lower()
    if code not in _ALGORITHMS:
        return line
    others = {_marked(code, word) for word in kept if not UNSPACED.search(word)}
    return " ".join((line, *sorted(others - {f"{code}={term}" for term in kept.values()})))


def signs(word: str) -> Iterator[str]:
    """The signs of a word each for itself, but those that belong together in a script with spaces."""
    for found in _SIGN.finditer(word):
        yield term_of(found[0])


def term_of(part: str) -> str:
    """A sign as `signs` yields it, or a word."""
    return f"u{ord(part):x}" if len(part) == 1 and UNSPACED.match(part) else plain(part)


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """A word folded, of nothing but ``a-z`` and ``0-9``: what folds to neither is written by its number."""
    return _ODD.sub(lambda sign: f"u{ord(sign[0]):x}", folded(word))[:LONGEST]


@lru_cache(maxsize=4_096)
def stems(word: str) -> Mapping[str, str]:
    """What a word that may be of any language has as its stem in each that has its script, as `stem` says it."""
    script = unicodedata.name(word[:1] or " ", "?").partition(" ")[0]
    plausible = (code for code in _ALGORITHMS if _SCRIPTS.get(code, "LATIN") == script or code == _IN_TWO_SCRIPTS)
    return {code: stem(code, word) for code in plausible}


def stem(code: str, word: str) -> str:
    """The stem of a word in a language of `has_stems`, folded."""
    return _marked(code, word).partition("=")[2]


def has_stems(code: str) -> bool:
    """Whether the words of a language, by its code without a script, have stems."""
    return code in _ALGORITHMS


@lru_cache(maxsize=65_536)
def _marked(code: str, word: str) -> str:
    return f"{code}={plain(_stemmer(code).stemWord(word.casefold()))}"


def _stemmer(code: str) -> Any:
    """This thread's own: PyStemmer's must not be shared."""
    made: dict[str, Any] = _mine.__dict__.setdefault("stemmers", {})
    if code not in made:
        made[code] = Stemmer(_ALGORITHMS[code])
    return made[code]
