"""How near a mention stands to the words that name a meeting: what ranks days, places and people against each other.

It must not know what the mention is: days, places and people add what they know themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from readout.meetings.scene import Scene, Sentence
from readout.meetings.words import Hit

# The best rank inside the anchor's sentence, and what every character away from the anchor costs there.
_HERE = 100.0
_PER_CHARACTER = 0.12
_LEAST_HERE = 50.0
_TITLE = 60.0
_AFTER = 45.0
_BEFORE = 40.0
_LEAD = 30.0
_FAR = 10.0
_LEAD_SENTENCES = 3
_SHORTEST_SENTENCE = 40

# Who did what is told at the head of a page and around the anchor: what stands further off is not looked through.
_HEAD_SENTENCES = 40
_HEAD_CHARACTERS = 6_000
_AROUND = 4

_CLAUSE_END = re.compile(r"[;:؛]\s|\s[–—]\s")
_PER_CLAUSE = 40


@dataclass(frozen=True, slots=True)
class Nearness:
    """A scene, the number of the sentence (`here`) that its anchor stands in, and the `sentences` worth looking
    through, numbered."""

    scene: Scene
    here: int
    sentences: tuple[tuple[int, Sentence], ...]

    @classmethod
    def of(cls, scene: Scene) -> Nearness:
        """The nearness of `scene`; an anchor outside all sentences counts as standing in the first."""
        return _nearness(scene)

    def rank(self, at: int, start: int, end: int) -> float:
        """How strongly the span `start`..`end` of sentence number `at` belongs to the meeting, from 10 to 100."""
        sentence = self.scene.sentences[at]
        if at == self.here:
            return max(_LEAST_HERE, _HERE - _PER_CHARACTER * self._gap(sentence, start, end))
        if sentence.where == "title":
            return _TITLE
        if self._telling(min(self.here, at), max(self.here, at)) <= 1:
            return _AFTER if at > self.here else _BEFORE
        return _LEAD if self._telling(-1, at) <= _LEAD_SENTENCES else _FAR

    def names_anchor(self, sentence: Sentence, hit: Hit[str]) -> bool:
        """Whether `hit` belongs to the words that name the meeting ("the next session", "the meeting opened")."""
        low, high = self._anchor_in(sentence)
        return sentence.where == self.scene.anchor.where and low - 14 <= hit.end and hit.start <= high + 2

    def _telling(self, low: int, high: int) -> int:
        """How many sentences up to `high` tell something: the first lines of a page are often dates and menus."""
        between = self.scene.sentences[low + 1 : min(high, low + 12)]
        return 1 + len([s for s in between if s.where == "text" and len(s.text) >= _SHORTEST_SENTENCE])

    def _gap(self, sentence: Sentence, start: int, end: int) -> int:
        """Characters between a span of the anchor's sentence and the anchor; the end of a clause counts as forty."""
        low, high = self._anchor_in(sentence)
        first, last = (end, low) if end <= low else (high, start)
        if last <= first:
            return 0
        return last - first + _PER_CLAUSE * len(_CLAUSE_END.findall(sentence.text, first, last))

    def _anchor_in(self, sentence: Sentence) -> tuple[int, int]:
        return self.scene.anchor.start - sentence.start, self.scene.anchor.end - sentence.start


# Days, places and people of one scene are ranked in turn.
@lru_cache(maxsize=1)
def _nearness(scene: Scene) -> Nearness:
    anchor = scene.anchor
    numbers = (
        number
        for number, sentence in enumerate(scene.sentences)
        if sentence.where == anchor.where and sentence.start <= anchor.start < sentence.end
    )
    here = next(numbers, 0)
    return Nearness(scene, here, tuple(_worth_reading(scene.sentences, here)))


def _worth_reading(sentences: Sequence[Sentence], here: int) -> Iterator[tuple[int, Sentence]]:
    """The head of the page and what stands around the anchor."""
    characters = 0
    for number, sentence in enumerate(sentences[:_HEAD_SENTENCES]):
        characters += len(sentence.text)
        if characters <= _HEAD_CHARACTERS and number < here - _AROUND:
            yield number, sentence
    low = max(0, here - _AROUND)
    for number, sentence in enumerate(sentences[low : here + _HEAD_SENTENCES], low):
        characters += len(sentence.text)
        if characters <= 2 * _HEAD_CHARACTERS or number == here:
            yield number, sentence


def is_spoken_of(hits: Sequence[Hit[str]], start: int, end: int, *, before: int = 50, after: int = 25) -> bool:
    """Whether one of `hits` stands shortly before or after the span `start`..`end`."""
    return any(start - before <= hit.end <= start or end <= hit.start <= end + after for hit in hits)
