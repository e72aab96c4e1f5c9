"""Words of a text and phrases found among them: how every lexicon and the registry of bodies are matched.

It must not know what a phrase means: a phrase carries whatever its owner gave it.

A phrase is written as words; ``*`` after a word lets any ending follow ("заседани*"), ``…`` between words lets up to
four others stand there ("met … with"). Case, ё/е, İ/ı and the shapes of apostrophes make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

Tag = TypeVar("Tag")

# Every replacement is one character for one, so that offsets in the folded text are offsets in the text.
_FOLD = str.maketrans("İıЁё’‘ʻʼ`´", "iiее''''''")

# Letters with apostrophes inside ("o'zbek"), but without the English possessive, or digits; ideographs one by one.
_WORD = re.compile(r"[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|\d+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_WORD_OR_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+")

_GAP = "…"
_GAP_WORDS = 4
# Words whose phrases are remembered; a page of made-up words must not fill the memory.
_REMEMBERED = 20_000


def fold(text: str) -> str:
    """`text` with the differences taken away that matching disregards; as long as `text`."""
    return text.translate(_FOLD).lower()


class Word(NamedTuple):
    """A folded word and where it stands. A tuple: a page has thousands of them."""

    text: str
    start: int
    end: int


# Bodies, days, places and people are looked for in the same sentence in turn.
@lru_cache(maxsize=256)
def split_words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order; punctuation is left out."""
    folded = fold(text)
    pattern = _WORD_OR_IDEOGRAPH if _IDEOGRAPH.search(folded) else _WORD
    return tuple([Word(m.group(), *m.span()) for m in pattern.finditer(folded)])


@dataclass(frozen=True, slots=True)
class Hit(Generic[Tag]):
    """A phrase found: its tag, its words (`first` up to, not including, `last`) and its characters."""

    tag: Tag
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a phrase."""

    text: str
    open_end: bool
    gap_before: bool

    def fits(self, word: str) -> bool:
        return word.startswith(self.text) if self.open_end else word == self.text


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Tag]):
    tag: Tag
    parts: tuple[_Part, ...]

    def end(self, words: Sequence[Word], first: int) -> int | None:
        """The index behind the phrase's last word, when its first word stands at `first`."""
        at = first + 1
        for part in self.parts[1:]:
            last = min(at + (_GAP_WORDS if part.gap_before else 0), len(words) - 1)
            while at <= last and not part.fits(words[at].text):
                at += 1
            if at > last:
                return None
            at += 1
        return at


@dataclass(frozen=True, slots=True)
class Matcher(Generic[Tag]):
    """Many phrases found in one walk over the words of a text, in time proportional to their number."""

    _whole: Mapping[str, Sequence[_Phrase[Tag]]] = field(default_factory=dict)
    _stems: Mapping[str, Sequence[_Phrase[Tag]]] = field(default_factory=dict)
    _lengths: Sequence[int] = ()
    _remembered: dict[str, Sequence[_Phrase[Tag]]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, Tag]]) -> Matcher[Tag]:
        """A matcher for pairs of a written phrase and its tag. Raises ValueError on a phrase without a word."""
        whole: dict[str, list[_Phrase[Tag]]] = {}
        stems: dict[str, list[_Phrase[Tag]]] = {}
        for written, tag in phrases:
            phrase = _Phrase(tag, parse_phrase(written))
            first = phrase.parts[0]
            (stems if first.open_end else whole).setdefault(first.text, []).append(phrase)
        return cls(whole, stems, sorted({len(stem) for stem in stems}))

    def find(self, words: Sequence[Word]) -> list[Hit[Tag]]:
        """All phrases found, in the order of their first word; they may overlap."""
        hits: list[Hit[Tag]] = []
        for at, word in enumerate(words):
            for phrase in self._beginning_with(word.text):
                last = phrase.end(words, at)
                if last is not None:
                    hits.append(Hit(phrase.tag, at, last, word.start, words[last - 1].end))
        return hits

    def _beginning_with(self, text: str) -> Sequence[_Phrase[Tag]]:
        known = self._remembered.get(text)
        if known is None:
            stems = (self._stems.get(text[:length], ()) for length in self._lengths if length <= len(text))
            known = (*self._whole.get(text, ()), *chain.from_iterable(stems))
            if len(self._remembered) < _REMEMBERED:
                self._remembered[text] = known
        return known


def parse_phrase(written: str) -> tuple[_Part, ...]:
    """The words of a written phrase. Raises ValueError when there is none, or a gap has no word after it."""
    parts: list[_Part] = []
    gap = False
    for piece in written.split():
        if piece == _GAP:
            gap = True
            continue
        words = split_words(piece)
        for word in words:
            is_last = word is words[-1]
            parts.append(_Part(word.text, is_last and piece.endswith("*"), gap))
            gap = False
    if not parts or gap:
        raise ValueError(f"not a phrase: {written!r}")
    return tuple(parts)
