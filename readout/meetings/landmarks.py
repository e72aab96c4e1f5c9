"""What stands in a sentence beside its names: where a name without capital letters begins and ends.

It must not find anything: the caller has titles, verbs and places already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Where titles, verbs, countries, cities and all words that the lexicon holds (`known`) stand."""

    titles: Sequence[Span]
    verbs: Sequence[Span]
    countries: Sequence[Span]
    cities: Sequence[Span]
    known: Sequence[Span] = ()


def mask(text: str, spans: Iterable[Span]) -> bytearray:
    """A mark for every character of `text` that one of `spans` covers."""
    marked = bytearray(len(text))
    for low, high in spans:
        marked[low:high] = b"\1" * (high - low)
    return marked


_DASH = re.compile(r"\s?[–—:]\s|\s-\s")
_NEAR = 40
_ARTICLE = 5


def is_represented(text: str, end: int, start: int, verbs: Sequence[Span]) -> bool:
    """Whether a dash or one of `verbs` leads from the state that ends at `end` to who stands for it at `start`:
    "Kenya – the minister Ana Ana", "Uganda was represented by Ana Ana"."""
    is_led = any(end < low and high <= start <= high + _ARTICLE for low, high in verbs)
    return _DASH.fullmatch(text, end, start) is not None or (is_led and start - end <= _NEAR)
