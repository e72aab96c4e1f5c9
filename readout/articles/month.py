"""Which month a word names.

It must not read days: a month's name alone is no date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from readout.articles.month_names import ENDINGS, MONTHS

_LONGEST_ENDING = 6
_SHORTEST_STEM = 3
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


def fold(text: str) -> str:
    """`text` in small letters and ASCII digits, as long as before; every i, with a dot or without, is one letter.

    Turkish and Azerbaijani tell "ı" from "i" and Python's lower case does not know it: no month hangs on it.
    """
    small = text.replace("İ", "i").replace("ı", "i").lower()  # of all letters only İ grows longer
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), small)


def month_of(word: str, locale: str | None) -> int | None:
    """The month, 1 to 12, that a folded `word` names in the language of `locale`; None for any other word.

    A locale that is None or unknown, and a word that its language lacks, are looked for in all languages: no name is
    that of two months.
    """
    language = _language(locale)
    found = _names(language).get(word) if language else None
    if found is None and language in ENDINGS and " " not in word:
        found = _inflected(word, _names(language))
    return found or _names(None).get(word)


def _language(locale: str | None) -> str | None:
    """The key of the names of `locale`, a BCP 47 tag or as POSIX writes it: ``uz-Cyrl-UZ``, ``ru_RU.UTF-8``."""
    parts = (locale or "").partition(".")[0].replace("_", "-").split("-")
    known = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((tag for tag in known if tag in MONTHS), None)


@cache
def _names(language: str | None) -> Mapping[str, int]:
    """Each name of a language, of all languages together for None; "may" of one that inflects is no stem of others."""
    if language is None:
        return {name: number for code in MONTHS for name, number in _names(code).items()}
    lines = unicodedata.normalize("NFC", MONTHS[language]).strip().splitlines()
    return {fold(name.strip()): number for number, line in enumerate(lines, 1) for name in line.split(",")}


def _inflected(word: str, names: Mapping[str, int]) -> int | None:
    """The month of a whole name with an ending behind it; an abbreviation takes none."""
    shortest = max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING)
    stems = (word[:length] for length in range(len(word) - 1, shortest - 1, -1))
    return next((names[stem] for stem in stems if stem in names and _is_whole(stem, names)), None)


def _is_whole(name: str, names: Mapping[str, int]) -> bool:
    """Whether `name` is no abbreviation, as "yan" is of "yanvar": "may" is of nothing."""
    return not any(other.startswith(name) and len(other) > len(name) + 1 for other in names)
