"""Words of a text and phrases found among them: how every lexicon and the registry of bodies are matched.

It must not know what a phrase means: a phrase carries whatever its owner gave it.

A phrase is written as words; ``*`` after a word lets any ending follow ("заседани*"), ``*`` before it any beginning
("*konferenz"), ``…`` between words lets up to four others stand there ("met … with"), several let as many more
("fand … … statt"). Case, ё/е, ў/у, ӣ/и, İ/ı, ș/ş and the shapes of apostrophes make no difference, nor do the Arabic
article and the shapes of Arabic letters (see `readout.meetings.arabic`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, Generic, NamedTuple, TypeVar

from readout.meetings import arabic, ideographs

Tag = TypeVar("Tag")

# Every replacement is one character for one, so that offsets in the folded text are offsets in the text.
# Belarusian writes у or ў by the sound before it; Tajik and Uzbek pages often lack the letters ӣ, ӯ and ў.
_CYRILLIC = dict(zip("ЁёЎўӮӯӢӣ", "ееууууии", strict=True))
# Romanian has a comma below these letters; many keyboards give the cedilla of Turkish.
_ROMANIAN = dict(zip("ȘșȚț", "şşţţ", strict=True))
_LATIN = dict(zip("İı’‘ʻʼ`´", "ii''''''", strict=True)) | _ROMANIAN
_FOLD = str.maketrans(_LATIN | _CYRILLIC | arabic.LETTERS | ideographs.LETTERS)
_FOLDED = re.compile("[" + re.escape("".join(map(chr, _FOLD))) + "]")

# Letters with apostrophes inside ("o'zbek"), but without the English possessive, or digits; ideographs one by one.
# A French or Italian word that lost its vowel is a word by itself: "l'ambassadeur", "s'est", "qu'il".
_ELIDED = r"(?<!\w)(?:[cdjlmnst]|(?:jus|lors|puis)?qu)(?='[^\W\d_])"
_WORD = re.compile(_ELIDED + r"|[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|\d+")
_PLAIN_WORD = re.compile(r"([^\W\d_]+|\d+)")
_APOSTROPHE = "'"
_OTHER_WORDS = re.compile(r"[\u0620-\u06ff\u3400-\u9fff]")
_FIRST_IDEOGRAPH = "\u3400"
_WORD_OR_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+")

_DIGIT = re.compile(r"\d")
_A_WORD = re.compile(r"[^\W_]")
_GAP = "…"
_GAP_WORDS = 4
# Words whose phrases are remembered; a page of made-up words must not fill the memory.
_REMEMBERED = 20_000
_REMEMBERED_NEXT = 500
# As many as one article's senses have; the readers of facts go through them again.
_SENTENCES_HEARD = 100


def fold(text: str) -> str:
    """`text` with the differences taken away that matching disregards; as long as `text`."""
    # A table is looked into letter by letter: most sentences hold none of its letters.
    return (text.translate(_FOLD) if _FOLDED.search(text) else text).lower()


# Days, numbers and lists are looked for in the same sentence in turn.
@lru_cache(maxsize=256)
def fold_sentence(text: str) -> str:
    """`fold`, remembered for the last sentences asked for."""
    return fold(text)


@lru_cache(maxsize=256)
def has_figures(text: str) -> bool:
    """Whether `text` has a digit, remembered for the last sentences asked for."""
    return _DIGIT.search(text) is not None


class Word(NamedTuple):
    """A folded word and where it stands. A tuple: a page has thousands of them."""

    text: str
    start: int
    end: int


# The cheapest way to make a named tuple.
_new = tuple.__new__


# Bodies, days, places and people are looked for in the same sentence in turn.
@lru_cache(maxsize=256)
def split_words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order; punctuation is left out."""
    return _split(text, fold_sentence(text))


def split_once(text: str) -> tuple[Word, ...]:
    """`split_words` for names and phrases of data files, each of which is asked for once."""
    return _split(text, fold(text))


def _split(text: str, folded: str) -> tuple[Word, ...]:
    other = _OTHER_WORDS.search(folded)
    if other is None:
        if folded.isalpha():
            return (Word(folded, 0, len(folded)),)
        if _APOSTROPHE in folded:
            return tuple([_new(Word, (m[0], m.start(), m.end())) for m in _WORD.finditer(folded)])
        # A page has thousands of words. Split at them, a text is what stands between words and words, in turn.
        pieces = _PLAIN_WORD.split(folded)
        ends = list(accumulate(map(len, pieces)))
        return tuple([_new(Word, word) for word in zip(pieces[1::2], ends[::2], ends[1::2], strict=False)])
    if other.group() < _FIRST_IDEOGRAPH:
        found = arabic.WORD.finditer(folded)
        return tuple([Word(arabic.bare(m.group(), text[m.start() : m.end()]), *m.span()) for m in found])
    return tuple([Word(m.group(), *m.span()) for m in _WORD_OR_IDEOGRAPH.finditer(folded)])


class Hit(NamedTuple, Generic[Tag]):
    """A phrase found: its tag, its words (`first` up to, not including, `last`) and its characters."""

    tag: Tag
    first: int
    last: int
    start: int
    end: int


def by_tag(hits: Iterable[Hit[Tag]]) -> dict[Tag, list[Hit[Tag]]]:
    """`hits` by what they mean, each list in their order."""
    grouped: dict[Tag, list[Hit[Tag]]] = {}
    for hit in hits:
        grouped.setdefault(hit.tag, []).append(hit)
    return grouped


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a phrase."""

    text: str
    open_end: bool
    gap_before: int
    open_start: bool = False

    def fits(self, word: str) -> bool:
        if self.open_start:
            return self.text in word if self.open_end else word.endswith(self.text)
        return word.startswith(self.text) if self.open_end else word == self.text


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Tag]):
    tag: Tag
    parts: tuple[_Part, ...]

    def end(self, words: Sequence[Word], at: int) -> int | None:
        """The index behind the phrase's last word, when its second word may stand at `at`."""
        for part in self.parts[1:]:
            last = min(at + _GAP_WORDS * part.gap_before, len(words) - 1)
            while at <= last and not part.fits(words[at].text):
                at += 1
            if at > last:
                return None
            at += 1
        return at


@dataclass(frozen=True, slots=True)
class _Beginning(Generic[Tag]):
    """What may begin with one word: the tags of phrases of that word alone, and longer phrases.

    `followed` remembers which longer phrases a next word leaves possible: most words leave none.
    """

    alone: tuple[Tag, ...]
    longer: tuple[_Phrase[Tag], ...]
    followed: dict[str, tuple[_Phrase[Tag], ...]] = field(default_factory=dict)

    def add_hits(self, words: Sequence[Word], at: int, hits: list[Hit[Tag]]) -> None:
        """Add to `hits` every phrase that begins with the word at `at`."""
        _, start, end = words[at]
        hits += [Hit(tag, at, at + 1, start, end) for tag in self.alone]
        if self.longer and at + 1 < len(words):
            for phrase in self.before(words[at + 1].text):
                last = phrase.end(words, at + 1)
                if last is not None:
                    hits.append(Hit(phrase.tag, at, last, start, words[last - 1].end))

    def before(self, word: str) -> tuple[_Phrase[Tag], ...]:
        """The longer phrases that `word` may follow in."""
        known = self.followed.get(word)
        if known is None:
            known = tuple(p for p in self.longer if p.parts[1].gap_before or p.parts[1].fits(word))
            if len(self.followed) < _REMEMBERED_NEXT:
                self.followed[word] = known
        return known


@dataclass(slots=True, eq=False)
class Matcher(Generic[Tag]):
    """Many phrases found in one walk over the words of a text, in time proportional to their number."""

    _whole: Mapping[str, Sequence[_Phrase[Tag]]] = field(default_factory=dict)
    _stems: Mapping[str, Sequence[_Phrase[Tag]]] = field(default_factory=dict)
    _lengths: Sequence[int] = ()
    _within: Mapping[_Part, Sequence[_Phrase[Tag]]] = field(default_factory=dict)
    _chorus: Chorus | None = None
    _voice: int = 0

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, Tag]]) -> Matcher[Tag]:
        """A matcher for pairs of a written phrase and its tag. Raises ValueError on a phrase without a word."""
        whole: dict[str, list[_Phrase[Tag]]] = {}
        stems: dict[str, list[_Phrase[Tag]]] = {}
        within: dict[_Part, list[_Phrase[Tag]]] = {}
        for written, tag in phrases:
            phrase = _Phrase(tag, parse_phrase(written))
            first = phrase.parts[0]
            if first.open_start:
                within.setdefault(first, []).append(phrase)
            else:
                (stems if first.open_end else whole).setdefault(first.text, []).append(phrase)
        return cls(whole, stems, sorted({len(stem) for stem in stems}), within)

    def find(self, words: Sequence[Word]) -> Sequence[Hit[Tag]]:
        """All phrases found, in the order of their first word; they may overlap."""
        if self._chorus is None:
            self._chorus = Chorus([self])
        return self._chorus.hear(words)[self._voice]

    def join(self, chorus: Chorus, voice: int) -> None:
        """Be heard from now on as number `voice` of `chorus`."""
        self._chorus, self._voice = chorus, voice

    def beginning(self, text: str) -> _Beginning[Tag] | None:
        """What may begin with the word `text`; None for most words."""
        phrases = tuple(p for form in (text, *arabic.without_clitics(text)) for p in self._phrases(form))
        if not phrases:
            return None
        alone = tuple(phrase.tag for phrase in phrases if len(phrase.parts) == 1)
        return _Beginning(alone, tuple(phrase for phrase in phrases if len(phrase.parts) > 1))

    def _phrases(self, text: str) -> Iterator[_Phrase[Tag]]:
        yield from self._whole.get(text, ())
        for length in self._lengths:
            if length <= len(text):
                yield from self._stems.get(text[:length], ())
        for part, phrases in self._within.items():
            if part.fits(text):
                yield from phrases


class Chorus:
    """Matchers that hear a text together: one walk over its words, in which most words mean nothing to any of them,
    serves all; what was heard of the last few sentences is remembered."""

    def __init__(self, matchers: Sequence[Matcher[Any]]) -> None:
        self._matchers = matchers
        self._meant: dict[str, tuple[tuple[int, _Beginning[Any]], ...]] = {}
        self._heard: dict[int, tuple[Sequence[Word], tuple[Sequence[Hit[Any]], ...]]] = {}
        for voice, matcher in enumerate(matchers):
            matcher.join(self, voice)

    def hear(self, words: Sequence[Word]) -> tuple[Sequence[Hit[Any]], ...]:
        """What each matcher finds among `words`, in the order they joined."""
        # The same words are asked for by one reader of facts after the other; they are known by their identity.
        known = self._heard.get(id(words))
        if known is not None and known[0] is words:
            return known[1]
        if len(self._heard) >= _SENTENCES_HEARD:
            self._heard.clear()
        hits = self._walk(words)
        self._heard[id(words)] = words, hits
        return hits

    def _walk(self, words: Sequence[Word]) -> tuple[Sequence[Hit[Any]], ...]:
        found: tuple[list[Hit[Any]], ...] = tuple([] for _ in self._matchers)
        meant = self._meant
        for at, (text, _, _) in enumerate(words):
            meanings = meant.get(text)
            for voice, beginning in self._meanings(text) if meanings is None else meanings:
                beginning.add_hits(words, at, found[voice])
        return found

    def _meanings(self, text: str) -> tuple[tuple[int, _Beginning[Any]], ...]:
        each = ((voice, matcher.beginning(text)) for voice, matcher in enumerate(self._matchers))
        meanings = tuple((voice, beginning) for voice, beginning in each if beginning is not None)
        if len(self._meant) < _REMEMBERED:
            self._meant[text] = meanings
        return meanings


def is_phrase(written: str) -> bool:
    """Whether `parse_phrase` can read `written`: cheap, for the many phrases of many languages."""
    return _A_WORD.search(written) is not None and not written.rstrip().endswith(_GAP)


def parse_phrase(written: str) -> tuple[_Part, ...]:
    """The words of a written phrase. Raises ValueError when there is none, or a gap has no word after it."""
    parts: list[_Part] = []
    gap = 0
    for piece in written.split():
        if piece == _GAP:
            gap += 1
            continue
        words = split_once(piece.strip("*"))
        for word in words:
            open_start, open_end = word is words[0] and piece[0] == "*", word is words[-1] and piece[-1] == "*"
            parts.append(_Part(word.text, open_end, gap, open_start))
            gap = 0
    if not parts or gap:
        raise ValueError(f"not a phrase: {written!r}")
    return tuple(parts)
