"""What somebody searches texts for, and where a text holds it.

It must not know a database, nor fail: whatever is typed asks for something, or for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Self

from readout.articles.clean import harmless
from readout.watches.folding import UNSPACED, WORD
from readout.watches.stem import LONGEST, has_stems, plain, signs, stem, stems, term_of

LONGEST_QUESTION = 1_000
"""Characters of a question; what is behind them is not asked."""
MOST_WORDS = 32
"""Words of a question, likewise."""
LEAST_BEGUN = 4
"""Letters by which a word's beginning is found: fewer stand for that very word, for too many begin so."""

_QUOTES = '"“”„«»'
_TERM = re.compile(rf"([-–−]?)(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|([^\s{_QUOTES}]+))")
_WORD = re.compile(rf"({WORD.pattern})(\*?)")
_SIGN = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W_]|[\u0300-\u036f])+")
_MOST_HITS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A word that is wanted: folded in `term`, but its beginning where `is_begun`; or another word that has
    the same stem in its language, by the code of that."""

    term: str
    is_begun: bool = False
    stems: Mapping[str, str] = field(default_factory=dict)

    def follows(self, word: str) -> bool:
        """Whether a word behind the first of a phrase is meant."""
        term = term_of(word)
        return term == self.term or (self.is_begun and term.startswith(self.term))


Phrase = tuple[Part, ...]
"""Words that follow one another; all but the last are whole."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Phrases that a text must hold, all of them; with `is_not`, that it must not hold all of them."""

    phrases: tuple[Phrase, ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a text: that all `demands` are met. It is empty where none says what to look for."""

    demands: tuple[Demand, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, or only for what must not be."""
        return all(demand.is_not for demand in self.demands)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All that is to be found."""
        return tuple(phrase for demand in self.demands if not demand.is_not for phrase in demand.phrases)


def question(text: str) -> Question:
    """What `text` asks for: words (all of them, in any form), ``"these words"``, ``-word``, ``begin*``."""
    plain_text = unicodedata.normalize("NFC", text[:LONGEST_QUESTION])
    demands: list[Demand] = []
    left = MOST_WORDS
    for sign, quoted, bare in _TERM.findall(plain_text):
        phrases = tuple(_phrases(quoted or bare, is_bare=bool(bare)))
        left -= sum(map(len, phrases))
        if left < 0:
            break
        if phrases:
            demands.append(Demand(phrases, bool(sign)))
    return Question(tuple(demands))


def _phrases(text: str, *, is_bare: bool) -> Iterator[Phrase]:
    """The phrases of a term: a star ends one, since what begins so may end as it will."""
    parts: list[Part] = []
    words = _WORD.findall(text)
    for number, (word, star) in enumerate(words):
        parts += _parts(word)
        begins = bool(star) or (is_bare and number == len(words) - 1)
        if begins and not UNSPACED.search(word):
            last = parts.pop()
            alone = is_bare and len(words) == 1 and not star
            parts.append(Part(last.term, len(last.term) >= LEAST_BEGUN, stems(word) if alone else {}))
        if star:
            yield tuple(parts)
            parts = []
    if parts:
        yield tuple(parts)


def _parts(word: str) -> list[Part]:
    return [Part(term) for term in (signs(word) if UNSPACED.search(word) else (plain(word),))]


def matcher(asked: Question) -> Callable[[str], bool]:
    """What says whether a line of `readout.watches.stem.words_of` holds all that is asked, as the index would."""
    demands = [([tuple(_needles(phrase)) for phrase in demand.phrases], demand.is_not) for demand in asked.demands]

    def holds(words: str) -> bool:
        line = f" {words} "
        return all(
            all(any(each in line for each in needles) for needles in phrases) is not is_not
            for phrases, is_not in demands
        )

    return holds


def _needles(phrase: Phrase) -> Iterator[str]:
    yield f" {' '.join(part.term for part in phrase)}{'' if phrase[-1].is_begun else ' '}"
    for word in others(phrase):
        yield f" {word} "


def others(phrase: Phrase, codes: Container[str] | None = None) -> Iterator[str]:
    """Words of an index that may stand for the phrase: of its stem, as they are marked, and the stem where it is a word
    of its own. `codes`: of the languages that there are texts in, where that is known."""
    for code, each in phrase[0].stems.items() if len(phrase) == 1 else ():
        if codes is None or code in codes:
            yield f"{code}={each}"
        yield each


# --- where a text holds it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text holds the phrase of that number of a question."""

    start: int
    end: int
    phrase: int


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds phrases in texts; it remembers words. `terms`, `stems`, `beginnings`: which phrases a word may begin."""

    phrases: tuple[Phrase, ...]
    terms: Mapping[str, set[int]]
    stems: Mapping[tuple[str, str], set[int]]
    beginnings: Sequence[tuple[str, int]]
    _known: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Question) -> Self:
        """What finds all that is asked for."""
        terms: dict[str, set[int]] = defaultdict(set)
        stems: dict[tuple[str, str], set[int]] = defaultdict(set)
        first = [(phrase[0], number) for number, phrase in enumerate(asked.phrases)]
        for part, number in first:
            for term in (part.term, *part.stems.values()):
                terms[term].add(number)
            for language_stem in part.stems.items():
                stems[language_stem].add(number)
        return cls(asked.phrases, terms, stems, [(part.term, number) for part, number in first if part.is_begun])

    def hits(self, text: str, language: str | None = None) -> Iterator[Hit]:
        """Where `text`, which is in NFC, holds a phrase: the first places first, and of each phrase every place."""
        code = (language or "").partition("-")[0].lower()
        for word in _SIGN.finditer(text):
            for number in self._begun(word[0], code):
                phrase = self.phrases[number]
                following = list(islice(_SIGN.finditer(text, word.start()), len(phrase)))
                if len(following) == len(phrase) and all(
                    part.follows(each[0]) for part, each in zip(phrase[1:], following[1:], strict=True)
                ):
                    yield Hit(word.start(), following[-1].end(), number)

    def _begun(self, word: str, code: str) -> tuple[int, ...]:
        """The phrases whose first word this is."""
        found = self._known.get((word, code))
        if found is None:
            term = term_of(word)
            numbers = {number for beginning, number in self.beginnings if term.startswith(beginning)}
            numbers |= self.terms.get(term, set())
            if self.stems and has_stems(code):
                numbers |= self.stems.get((code, stem(code, word)), set())
            found = self._known[word, code] = tuple(sorted(numbers))
        return found


Pieces = tuple[tuple[str, bool], ...]
"""A line in pieces, each with whether it is a hit."""


def marked(text: str, hits: Sequence[Hit], *, start: int = 0, end: int | None = None) -> Pieces:
    """The part of `text` from `start` to `end` as one line, the hits in it set apart; no character misleads."""
    last = len(text) if end is None else end
    line = harmless(text[start:last]).replace("\n", " ")
    pieces: list[tuple[str, bool]] = []
    at = start
    for hit in sorted(hits, key=lambda hit: hit.start):
        if hit.start < at or hit.end > last:
            continue
        pieces += [(line[at - start : hit.start - start], False), (line[hit.start - start : hit.end - start], True)]
        at = hit.end
    pieces.append((line[at - start :], False))
    return tuple(piece for piece in pieces if piece[0])


def snippet(text: str, finder: Finder, language: str | None, *, width: int) -> Pieces:
    """About `width` characters of `text` where it holds most of what is asked for, else its beginning."""
    wanted = len(finder.phrases)
    hits: list[Hit] = []
    best, most = 0, 0
    walk = finder.hits(text, language)
    for hit in islice(walk, _MOST_HITS):
        hits.append(hit)
        near = (number for number, each in enumerate(hits) if each.start > hit.end - width)
        first = next(near, len(hits) - 1)
        if (seen := len({each.phrase for each in hits[first:]})) > most:
            best, most = hits[first].start, seen
        if most == wanted:
            break
    start = _word_start(text, max(0, best - width // 4)) if most else 0
    end = _word_end(text, start + width)
    if most:
        hits += takewhile(lambda hit: hit.start < end, walk)
    pieces = marked(text, hits, start=start, end=end)
    return (*((("… ", False),) if start else ()), *pieces, *((("…", False),) if end < len(text) else ()))


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at, at + LONGEST)
    return 0 if at == 0 else at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    space = text.rfind(" ", max(0, at - LONGEST), at)
    return len(text) if at >= len(text) else at if space < 0 else space
