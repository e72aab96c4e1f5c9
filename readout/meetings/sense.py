"""What the lexicon and the registry of bodies find in each sentence of an article.

It must not weigh anything: what the finds amount to is for the modules that read them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from readout.meetings.bodies import BodyMention, Mentions, Registry
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
_FULL_STOPS = (".", "!", "?", "։", "。", "؟", "۔")


_NOTHING: list[Hit[Term]] = []
_END = attrgetter("end")

_ByRole = dict[Role, list[Hit[Term]]]


@dataclass(frozen=True, slots=True, eq=False)
class Sense:
    """A sentence and what was found in it. `rank`: 0 the title, 1 the first sentence of prose, and so on;
    None for a line that is no prose. Meeting words that another phrase takes back ("press conference") are left out."""

    sentence: Sentence
    words: tuple[Word, ...]
    terms: tuple[Hit[Term], ...]
    bodies: tuple[BodyMention, ...]
    organisations: tuple[tuple[str, int, int], ...]
    rank: int | None
    _by_role: _ByRole = field(repr=False)

    def of(self, role: Role) -> list[Hit[Term]]:
        """The hits that play `role`, in order."""
        return self._by_role.get(role, _NOTHING)

    def word_at(self, offset: int) -> int:
        """The number of the first word that ends behind character `offset`."""
        return bisect_right(self.words, offset, key=_END)

    def part(self, first: int, last: int) -> Sense:
        """What the words `first` up to, not including, `last` say by themselves."""
        low, high = self.words[first].start, self.words[last - 1].end
        sentence = self.sentence.part(low, high)
        terms = tuple(_moved(hit, first, low) for hit in self.terms if first <= hit.first and hit.last <= last)
        bodies = tuple(
            replace(body, start=body.start - low, end=body.end - low)
            for body in self.bodies
            if low <= body.start and body.end <= high
        )
        around = tuple((org, start - low, end - low) for org, start, end in self.organisations if low <= start < high)
        return Sense(sentence, split_words(sentence.text), terms, bodies, around, self.rank, _by_role(terms))


class _Heard(NamedTuple):
    """A sentence and what the lexicon finds in it, in order and by role."""

    sentence: Sentence
    words: tuple[Word, ...]
    terms: Sequence[Hit[Term]]
    by_role: _ByRole


def make_sense(
    sentences: tuple[Sentence, ...], lexicon: Lexicon, registry: Registry, holders: OfficeHolders
) -> tuple[Sense, ...]:
    """The senses of the first sentences, title first."""
    heard = [_heard(sentence, lexicon, holders) for sentence in sentences[:_SENTENCES_READ]]
    mentions = [registry.look(one.sentence.text, one.words) for one in heard]
    context = registry.context(mentions)
    together = zip(heard, mentions, _ranks(heard), strict=True)
    return tuple(_sense(one, named, rank, registry, context) for one, named, rank in together)


def _sense(one: _Heard, named: Mentions, rank: int | None, registry: Registry, context: frozenset[str]) -> Sense:
    bodies = tuple(registry.bodies_in(named, context=context)) if _is_telling(rank, one) else ()
    around = tuple(named.organisation_spans)
    return Sense(one.sentence, one.words, tuple(one.terms), bodies, around, rank, one.by_role)


def _is_telling(rank: int | None, one: _Heard) -> bool:
    """Whether a sentence stands high enough, or names a meeting: further down a body alone tells nothing."""
    return (rank is not None and rank <= _LAST_RANK_OF_BODIES) or Role.MEETING in one.by_role


def _heard(sentence: Sentence, lexicon: Lexicon, holders: OfficeHolders) -> _Heard:
    """What the lexicon finds; where it finds a meeting of nobody, the famous are officials: "Putin and Tokayev met"."""
    words = split_words(sentence.text)
    terms = lexicon.terms.find(words)
    by_role = _by_role(terms)
    if Role.MEETING in by_role and Role.NEGATION in by_role:
        terms = list(_kept(terms, by_role[Role.NEGATION]))
        by_role = _by_role(terms)
    if Role.MEETING in by_role and Role.OFFICIAL not in by_role:
        terms = [*terms, *_famous(sentence, words, holders)]
        by_role = _by_role(terms)
    return _Heard(sentence, words, terms, by_role)


def _moved(hit: Hit[Term], words: int, characters: int) -> Hit[Term]:
    """`hit` as it stands when so many words and characters before it are cut off."""
    tag, first, last, start, end = hit
    return Hit(tag, first - words, last - words, start - characters, end - characters)


def _by_role(terms: Sequence[Hit[Term]]) -> _ByRole:
    found: _ByRole = {}
    for hit in terms:
        found.setdefault(hit.tag.role, []).append(hit)
    return found


_FAMOUS = Term(Role.OFFICIAL, "famous")


def _famous(sentence: Sentence, words: Sequence[Word], holders: OfficeHolders) -> Iterator[Hit[Term]]:
    for at, word in enumerate(words):
        if sentence.text[word.start].isupper() and holders.state_of(word.text):
            yield Hit(_FAMOUS, at, at + 1, word.start, word.end)


def _kept(hits: Sequence[Hit[Term]], negations: Sequence[Hit[Term]]) -> Iterator[Hit[Term]]:
    """`hits` without the meeting words that one of `negations` covers."""
    for hit in hits:
        if hit.tag.role is not Role.MEETING or not any(_overlaps(hit, negation) for negation in negations):
            yield hit


def _overlaps(one: Hit[Term], other: Hit[Term]) -> bool:
    return one.first < other.last and other.first < one.last


def _ranks(heard: Sequence[_Heard]) -> Iterator[int | None]:
    rank = 0
    has_ended = False
    for one in heard:
        has_ended |= rank > 0 and len(one.words) <= _FURNITURE_WORDS and Role.TAIL in one.by_role
        if one.sentence.where == "title":
            yield 0
        elif not has_ended and _is_prose(one):
            rank += 1
            yield rank
        else:
            yield None


def _is_prose(one: _Heard) -> bool:
    if len(one.words) < _FEW_WORDS or len(_BARS.findall(one.sentence.text)) > 1:
        return False
    # "Contacts" stands in menus; who contacted whom is told in a sentence with a verb of meeting and a full stop.
    is_told = Role.STATUS in one.by_role and one.sentence.text.endswith(_FULL_STOPS)
    return len(one.words) > _FURNITURE_WORDS or Role.FURNITURE not in one.by_role or is_told
