"""What the lexicon and the registry of bodies find in each sentence of an article.

It must not weigh anything: what the finds amount to is for the modules that read them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from readout.meetings.bodies import BodyMention, Registry
from readout.meetings.holders import OfficeHolders
from readout.meetings.lexicon import Lexicon, Role, Term
from readout.meetings.scene import Sentence
from readout.meetings.words import Hit, Word, split_words

# Sentences further down are not read: a page says what it reports long before.
_SENTENCES_READ = 60

_LAST_RANK_OF_BODIES = 7

# A line with so many bars or bullets, or so few words, is a menu or a caption.
_BARS = re.compile(r"[|•·>]")
_FEW_WORDS = 4
_FURNITURE_WORDS = 14


_NOTHING: list[Hit[Term]] = []
_END = attrgetter("end")


@dataclass(frozen=True, slots=True)
class Sense:
    """A sentence and what was found in it. `rank`: 0 the title, 1 the first sentence of prose, and so on;
    None for a line that is no prose. Meeting words that another phrase takes back ("press conference") are left out."""

    sentence: Sentence
    words: tuple[Word, ...]
    terms: tuple[Hit[Term], ...]
    bodies: tuple[BodyMention, ...]
    organisations: tuple[tuple[str, int, int], ...]
    rank: int | None
    _by_role: dict[Role, list[Hit[Term]]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, role: Role) -> list[Hit[Term]]:
        """The hits that play `role`, in order."""
        if not self._by_role:
            for hit in self.terms:
                self._by_role.setdefault(hit.tag.role, []).append(hit)
        return self._by_role.get(role, _NOTHING)

    def word_at(self, offset: int) -> int:
        """The number of the first word that ends behind character `offset`."""
        return bisect_right(self.words, offset, key=_END)


def make_sense(
    sentences: tuple[Sentence, ...], lexicon: Lexicon, registry: Registry, holders: OfficeHolders
) -> tuple[Sense, ...]:
    """The senses of the first sentences, title first."""
    read = sentences[:_SENTENCES_READ]
    found = [(s, words := split_words(s.text), _terms(s, words, lexicon, holders)) for s in read]
    ranks = list(_ranks(found))
    mentions = [registry.look(s.text, words) for s, words, _ in found]
    context = registry.context(mentions)
    named = (
        tuple(registry.bodies_in(one, context=context)) if _is_telling(rank, terms) else ()
        for one, rank, (_, _, terms) in zip(mentions, ranks, found, strict=True)
    )
    organisations = (tuple(one.organisation_spans) for one in mentions)
    together = zip(found, named, organisations, ranks, strict=True)
    return tuple(Sense(*heard, bodies, around, rank) for heard, bodies, around, rank in together)


def _is_telling(rank: int | None, terms: tuple[Hit[Term], ...]) -> bool:
    """Whether a sentence stands high enough, or names a meeting: further down a body alone tells nothing."""
    return (rank is not None and rank <= _LAST_RANK_OF_BODIES) or any(hit.tag.role is Role.MEETING for hit in terms)


def _terms(
    sentence: Sentence, words: tuple[Word, ...], lexicon: Lexicon, holders: OfficeHolders
) -> tuple[Hit[Term], ...]:
    """What the lexicon finds; where it finds a meeting of nobody, the famous are officials: "Putin and Tokayev met"."""
    hits = tuple(_kept(lexicon.terms.find(words)))
    roles = {hit.tag.role for hit in hits}
    if Role.MEETING not in roles or Role.OFFICIAL in roles:
        return hits
    capitals = ((at, word) for at, word in enumerate(words) if sentence.text[word.start].isupper())
    famous = [(at, word) for at, word in capitals if holders.state_of(word.text)]
    return hits + tuple(Hit(_FAMOUS, at, at + 1, word.start, word.end) for at, word in famous)


_FAMOUS = Term(Role.OFFICIAL, "famous")


def _kept(hits: Sequence[Hit[Term]]) -> Iterator[Hit[Term]]:
    """`hits` without the meeting words that a negation covers."""
    negations = [hit for hit in hits if hit.tag.role is Role.NEGATION]
    for hit in hits:
        if hit.tag.role is not Role.MEETING or not any(_overlaps(hit, negation) for negation in negations):
            yield hit


def _overlaps(one: Hit[Term], other: Hit[Term]) -> bool:
    return one.first < other.last and other.first < one.last


def _ranks(found: list[tuple[Sentence, tuple[Word, ...], tuple[Hit[Term], ...]]]) -> Iterator[int | None]:
    rank = 0
    has_ended = False
    for sentence, words, terms in found:
        is_line = len(words) <= _FURNITURE_WORDS
        has_ended |= rank > 0 and is_line and any(hit.tag.role is Role.TAIL for hit in terms)
        if sentence.where == "title":
            yield 0
        elif not has_ended and _is_prose(sentence, words, terms):
            rank += 1
            yield rank
        else:
            yield None


def _is_prose(sentence: Sentence, words: tuple[Word, ...], terms: tuple[Hit[Term], ...]) -> bool:
    if len(words) < _FEW_WORDS or len(_BARS.findall(sentence.text)) > 1:
        return False
    return len(words) > _FURNITURE_WORDS or not any(hit.tag.role is Role.FURNITURE for hit in terms)
