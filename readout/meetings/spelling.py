"""A person's name in the nominative and in Latin letters.

It must not look anything up: no name is known here, only endings and letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from readout.meetings.ideographs import spelt
from readout.meetings.words import fold

Pairs = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class NameEndings:
    """Case endings of surnames and given names, each with what the nominative has instead, and given names that look
    declined but are not."""

    surname: Pairs = field(default_factory=dict)
    given: Pairs = field(default_factory=dict)
    kept_given: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> NameEndings:
        """The endings in the section ``[people]`` of a lexicon; none where a language declines no names."""
        return cls(
            surname=section.get("surname_endings", {}),
            given=section.get("given_endings", {}),
            kept_given=frozenset(map(fold, section.get("kept_given", ()))),
        )


# A page names the same few people again and again.
@lru_cache(maxsize=4096)
def nominative(name: str, endings: NameEndings) -> str:
    """`name` without its case endings where the language's pairs of endings say how; else as it is."""
    parts = name.split()
    # a lone word may be a given name, where those are declined as well
    is_too_short = len(parts) < 2 and bool(endings.given)
    if is_too_short or not endings.surname or fold(parts[0]) in endings.kept_given:
        return name
    surname = _replaced(parts[-1], endings.surname)
    if surname == parts[-1]:
        return name
    return " ".join([*(_replaced(part, endings.given) for part in parts[:-1]), surname])


def _replaced(word: str, pairs: Pairs) -> str:
    """`word` with the longest of its endings replaced, two letters or more before it left."""
    for cut in range(2, len(word)):
        plain = pairs.get(word[cut:])
        if plain is not None:
            return word[:cut] + plain
    return word


_LATIN = str.maketrans(
    {"ə": "a", "Ə": "A", "х": "kh", "Х": "Kh", "ж": "zh", "Ж": "Zh", "қ": "q", "ы": "y", "й": "y", "ռ": "r"}
)


@lru_cache(maxsize=4096)
def latin(name: str) -> str:
    """`name` romanised: anyascii, with the letters that newspapers write otherwise, and capitals where the script has
    none."""
    plain = spelt(name).replace("ու", "u").replace("Ու", "U").translate(_LATIN)
    written = re.sub(r"['`\"]", "", anyascii(plain))
    return written if any(letter.isupper() for letter in written) else written.title()
