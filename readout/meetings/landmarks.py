"""What stands in a sentence beside its names: where a name without capital letters begins and ends.

It must not find anything: the caller has titles, verbs and places already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Where titles, verbs, countries, cities and all words that the lexicon holds (`known`) stand."""

    titles: Sequence[Span]
    verbs: Sequence[Span]
    countries: Sequence[Span]
    cities: Sequence[Span]
    known: Sequence[Span] = ()


class Named(NamedTuple):
    """A name at `start`..`end` and the office `before` it."""

    start: int
    end: int
    before: Span | None

    @property
    def led_from(self) -> int:
        """Where the name begins, with its office."""
        return self.before[0] if self.before else self.start


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


_TWO_WORDS = re.compile(r"\s([^\W\d_])(?:[^\W_\d]+(?:-[^\W\d_]+)*\s|\.\s?)([^\W\d_])[^\W\d_]+(?=[\s,.;)]|$)")


def names_somebody(text: str, start: int, stop: int) -> bool:
    """Whether the next title leads to another name ("Putin, President Tokayev"): two capitalised words right behind."""
    words = _TWO_WORDS.match(text[start:stop] + " ")
    return words is not None and not any(letter.islower() for letter in words.groups())


_NUMERAL = re.compile(r"\s[IVX]{1,5}(?!\w)")


def numeral_end(text: str, end: int) -> int:
    """Where the name of a ruler that ends at `end` is over, with the numeral behind it: "King Ion III"."""
    numeral = _NUMERAL.match(text, end)
    return numeral.end() if numeral else end


def without_article(role: str, articles: Collection[str]) -> str:
    """An office without the article before it."""
    first, space, rest = role.partition(" ")
    return rest if space and first.lower() in articles else role


def word_start(text: str, at: int) -> int:
    """`at`, or where the next word begins when it stands inside one."""
    return text.find(" ", at) + 1 if text[at - 1 : at].isalnum() and text[at : at + 1].isalnum() else at
