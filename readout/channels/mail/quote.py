"""The sentences that facts were read from, with the words that said so.

It must not quote what no stored text says: a fact whose words are gone has no quote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from readout.articles.clean import clean_line
from readout.meetings.scene import Sentence, split_sentences
from readout.model import Article, Evidence, Fact, Report, Telling

# A sentence is shown whole once, up to a length; afterwards only what stands around the words.
_WHOLE = 200
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quote; `said` is true of the words a fact was read from."""

    text: str
    said: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, or a part of it, from one telling."""

    pieces: tuple[Piece, ...]
    telling: Telling

    @property
    def text(self) -> str:
        """The words without marks."""
        return "".join(piece.text for piece in self.pieces)


class Quoter:
    """Finds the sentences behind the facts of one meeting; remembers which it has shown."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self._tellings = tellings
        self._sentences: dict[int, tuple[Sentence, ...]] = {}
        self._shown: set[tuple[int, str, int]] = set()

    def by_sentence(self, facts: Sequence[Fact[Any]]) -> list[tuple[list[Fact[Any]], Quote | None]]:
        """`facts` grouped by the sentence they were read from, in order, each group with its quote."""
        groups: dict[tuple[int, str, int] | None, list[Fact[Any]]] = {}
        places: dict[tuple[int, str, int], tuple[Telling, Sentence]] = {}
        for fact in facts:
            place = self._place(fact)
            key = None if place is None else (place[0].report_id, place[1].where, place[1].start)
            if place is not None and key is not None:
                places[key] = place
            groups.setdefault(key, []).append(fact)
        return [(group, self._quote(key, *places[key], group) if key else None) for key, group in groups.items()]

    def _place(self, fact: Fact[Any]) -> tuple[Telling, Sentence] | None:
        said = fact.evidence
        if is_ruled(fact):
            return None
        for telling in self._tellings:
            whole = telling.text if said.where == "text" else telling.title or ""
            if said.text and whole[said.start : said.end] == said.text and fact in _facts(telling.report):
                return telling, self._sentence(telling, said)
        return None

    def _sentence(self, telling: Telling, said: Evidence) -> Sentence:
        """The sentence around `said`, or the words alone where no sentence holds them all."""
        if telling.report_id not in self._sentences:
            article = Article(url=telling.url, title=telling.title, text=telling.text, published=telling.published)
            self._sentences[telling.report_id] = split_sentences(article)
        for sentence in self._sentences[telling.report_id]:
            if sentence.where == said.where and sentence.start <= said.start and said.end <= sentence.end:
                return sentence
        where: Literal["text", "title"] = "title" if said.where == "title" else "text"
        return Sentence(text=said.text, start=said.start, end=said.end, where=where)

    def _quote(
        self, key: tuple[int, str, int], telling: Telling, sentence: Sentence, facts: Sequence[Fact[Any]]
    ) -> Quote:
        spans = [(fact.evidence.start - sentence.start, fact.evidence.end - sentence.start) for fact in facts]
        margin = _AROUND if key in self._shown else _WHOLE
        self._shown.add(key)
        return Quote(tuple(_pieces(sentence.text, _merged(spans), margin)), telling)


def is_ruled(fact: Fact[Any]) -> bool:
    """Whether a person set it, so that no text says it."""
    return fact.evidence.where == "ruling"


def facts_of(report: Report, name: str) -> tuple[Fact[Any], ...]:
    """What `report` holds in its field of this name: nothing, one fact or several."""
    value = getattr(report, name)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _facts(report: Report) -> Iterator[Fact[Any]]:
    for field in fields(report):
        yield from facts_of(report, field.name)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(sentence: str, said: list[tuple[int, int]], margin: int) -> Iterator[Piece]:
    """`sentence` cut at the words `said`, what stands further than `margin` from any of them left out."""
    done = 0
    for start, end in said:
        yield Piece(_between(sentence[done:start], margin, first=done == 0, last=False), said=False)
        yield Piece(_tidy(sentence[start:end]), said=True)
        done = end
    yield Piece(_between(sentence[done:], margin, first=False, last=True), said=False)


def _between(text: str, margin: int, *, first: bool, last: bool) -> str:
    room = margin if first or last else 2 * margin
    if len(text) <= room:
        return _tidy(text)
    head = "" if first else text[:margin].rpartition(" ")[0]
    tail = "" if last else text[-margin:].partition(" ")[2]
    return f"{_tidy(head)} … {_tidy(tail)}".lstrip() if first else f"{_tidy(head)} … {_tidy(tail)}".rstrip()


def _tidy(text: str) -> str:
    """`text` on one line, its outer spaces kept: they separate it from its neighbours."""
    line = clean_line(text)
    if not line:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{line}{' ' if text[-1].isspace() else ''}"
