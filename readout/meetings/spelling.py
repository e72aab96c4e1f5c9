"""A person's name in the nominative and in Latin letters.

It must not look anything up: no name is known here, only endings and letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from readout.meetings.ideographs import spelt
from readout.meetings.words import fold

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NameEndings:
    """Case endings of surnames and given names, each with what the nominative has instead, and given names that look
    declined but are not."""

    surname: Pairs = ()
    given: Pairs = ()
    kept_given: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> NameEndings:
        """The endings in the section ``[people]`` of a lexicon; none where a language declines no names."""
        return cls(
            surname=_longest_first(section.get("surname_endings", {})),
            given=_longest_first(section.get("given_endings", {})),
            kept_given=frozenset(map(fold, section.get("kept_given", ()))),
        )


def _longest_first(pairs: Mapping[str, str]) -> Pairs:
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


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
    for written, plain in pairs:
        if word.endswith(written) and len(word) - len(written) >= 2:
            return word[: -len(written)] + plain
    return word


_LATIN = str.maketrans({"ə": "a", "Ə": "A", "х": "kh", "Х": "Kh", "ж": "zh", "Ж": "Zh", "қ": "q", "ы": "y", "й": "y"})


@lru_cache(maxsize=4096)
def latin(name: str) -> str:
    """`name` romanised: anyascii, with the letters that newspapers write otherwise."""
    return re.sub(r"['`\"]", "", anyascii(spelt(name).translate(_LATIN)))
