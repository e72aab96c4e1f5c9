"""Where the facts of a report stand in the text it was read from: the text cut at the words, each with what it says.

It must not mark words that the text does not hold where the evidence says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from readout.articles.clean import harmless
from readout.channels.mail.differing import SAID_AS
from readout.channels.mail.quote import facts_of
from readout.channels.mail.saying import Saying
from readout.model import Evidence, Fact, Report

_MOST_SPANS = 500
LONGEST_TEXT = 200_000
"""So many characters of a text are shown."""
_LABELS = {"countries": "countries", "topics": "topics", "subjects": "topics"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The words of one fact: from where to where, what it is, and how a link points at it."""

    start: int
    end: int
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text: what it says of the meeting, the anchors that begin here, what ends here."""

    text: str
    says: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


Paragraph = tuple[Segment, ...]


def label_of(fact: str, saying: Saying) -> str:
    """What a fact is called."""
    words = saying.words
    return words.label[_LABELS[fact]] if fact in _LABELS else words.fact[SAID_AS.get(fact, fact)]


def anchor_of(report: Report, name: str, fact: Fact[Any]) -> str | None:
    """What a link points at that leads to the words of `fact`, one of those of `report` by that name; None for none."""
    told = getattr(report, name)
    if not isinstance(told, tuple):
        return f"fact-{name}" if told == fact else None
    return next((f"fact-{name}-{at}" for at, each in enumerate(told, 1) if each == fact), None)


def spans_of(report: Report, saying: Saying, whole: str, where: str) -> list[Span]:
    """The words of the facts of `report` in `whole`, which is its title or text as `where` says, in their order."""
    found = [
        Span(start=said.start, end=said.end, label=label_of(name, saying), anchor=anchor)
        for name, anchor, said in _evidence(report)
        if said.where == where and said.text and whole[said.start : said.end] == said.text
    ]
    return sorted(found, key=lambda span: (span.start, -span.end))[:_MOST_SPANS]


def _evidence(report: Report) -> Iterator[tuple[str, str, Evidence]]:
    for field in fields(report):
        several = isinstance(getattr(report, field.name), tuple)
        for at, fact in enumerate(facts_of(report, field.name), 1):
            yield field.name, f"fact-{field.name}" + (f"-{at}" if several else ""), fact.evidence


def marked(whole: str, spans: Sequence[Span]) -> list[Paragraph]:
    """`whole` in paragraphs, each cut where the words of a fact begin or end; what misleads the eye is blank."""
    text = harmless(whole)
    edges = {0, len(text), *(edge for span in spans for edge in (span.start, span.end))}
    lines: list[list[Segment]] = [[]]
    for start, end in pairwise(sorted(edges)):
        over = [span for span in spans if span.start <= start and end <= span.end]
        for number, part in enumerate(_cut(text[start:end], over, start, end)):
            if number:
                lines.append([])
            lines[-1].append(part)
    return [tuple(line) for line in lines if any(part.text.strip() for part in line)]


def _cut(text: str, over: Sequence[Span], start: int, end: int) -> Iterator[Segment]:
    """One stretch, line by line: anchors stand where it begins, labels where it ends."""
    parts = text.split("\n")
    says = tuple(dict.fromkeys(span.label for span in over))
    anchors = tuple(span.anchor for span in over if span.start == start)
    ends = tuple(dict.fromkeys(span.label for span in over if span.end == end))
    last = len(parts) - 1
    for number, part in enumerate(parts):
        yield Segment(part, says, anchors if number == 0 else (), ends if number == last else ())
