"""Two versions of a text compared word by word, as a reader sees what was taken out and what was put in.

It must not take long, whatever the texts: what differs too much is shown as it was and as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# What comparing two runs costs grows with their product: this is some tenth of a second.
_EFFORT = 400_000
_LONGEST_SHOWN = 5_000
_WORD = re.compile(r"\S+\s*|\s+")


class Kind(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what became of them."""

    kind: Kind
    text: str


Passage = tuple[Piece, ...]
"""A paragraph that differs; an empty one stands for those between that do not."""


def compare(before: str, after: str) -> list[Passage]:
    """The paragraphs of `after` that differ from those of `before`, in their order; none where all are the same."""
    passages: list[Passage] = []
    for passage in _passages(before.split("\n"), after.split("\n"), _Effort()):
        if passage or (passages and passages[-1]):
            passages.append(passage)
    return passages if any(passages) else []


@dataclass(slots=True)
class _Effort:
    """What may still be spent on one comparison."""

    left: int = _EFFORT

    def allows(self, cost: int) -> bool:
        """Whether that much is left; if so, it is spent."""
        is_left = cost <= self.left
        self.left -= cost if is_left else 0
        return is_left


def _passages(olds: Sequence[str], news: Sequence[str], effort: _Effort) -> Iterator[Passage]:
    for old, new in _runs(olds, news, effort):
        if old == new:
            yield ()
        elif len(old) == len(new):
            yield from (_words(one, other, effort) for one, other in zip(old, new, strict=True))
        else:
            yield _words("\n".join(old), "\n".join(new), effort)


def _words(before: str, after: str, effort: _Effort) -> Passage:
    return tuple(_pieces(_WORD.findall(before), _WORD.findall(after), effort))


def _pieces(olds: Sequence[str], news: Sequence[str], effort: _Effort) -> Iterator[Piece]:
    for old, new in _runs(olds, news, effort):
        if old == new:
            yield Piece(Kind.KEPT, _shown(new))
            continue
        if old:
            yield Piece(Kind.TAKEN, _shown(old))
        if new:
            yield Piece(Kind.ADDED, _shown(new))


def _shown(words: Sequence[str]) -> str:
    text = "".join(words)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


Run = tuple[Sequence[str], Sequence[str]]


def _runs(olds: Sequence[str], news: Sequence[str], effort: _Effort) -> Iterator[Run]:
    """Both in runs that are alike or differ, in turns; what would cost too much is one run that differs."""
    start = _common(olds, news)
    end = _common(olds[start:][::-1], news[start:][::-1])
    old, new = olds[start : len(olds) - end], news[start : len(news) - end]
    yield from _same(olds[:start])
    if effort.allows(len(old) * len(new)):
        for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield old[i:j], new[k:m]
    else:
        yield old, new
    yield from _same(olds[len(olds) - end :])


def _same(part: Sequence[str]) -> Iterator[Run]:
    if part:
        yield part, part


def _common(olds: Sequence[str], news: Sequence[str]) -> int:
    """How many there are before the first that differ."""
    pairs = enumerate(zip(olds, news, strict=False))
    return next((at for at, (old, new) in pairs if old != new), min(len(olds), len(news)))
