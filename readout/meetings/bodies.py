"""Councils, committees and formats that meet, found in text under their many names.

It must not decide which body a page is about; it says which ones a sentence names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from readout.meetings.body_files import Body, Book, Name, Organisation, Wants
from readout.meetings.words import Hit, Matcher, Word, split_words

# A council of a state that is not said beside it convenes only where the words around speak of a meeting.
_UNSAID = -0.4
# The highest body of an organisation is preferred by so much.
_HIGHEST = 0.2
# A name's parts stand within so many words; what a name excludes is looked for so far around it.
_NAME_WORDS = 14
_EXCLUDED_AROUND = 3
# A sentence that repeats a word more often is no sentence.
_KEYS_TRIED = 8
# "… of the CIS member states": an organisation this close behind a name belongs to it.
_ORGANISATION_BEHIND = 6
# "NATO summit", "summit of the Organization": what every organisation has belongs to the one this close.
_BESIDE = 6
# "Kazakhstan's Security Council", "Security Council of the Republic": a state further off may be what is spoken of.
_STATE_BESIDE = 2
# "Foreign ministers of Armenia": a state this close to a name is whose it is.
_NEXT_TO = 1
# A page that is about one state names it, and no other, so early.
_SENTENCES_OF_STATE = 8


@dataclass(frozen=True, slots=True)
class BodyMention:
    """A body named in a text, from `start` to `end`; `strength` grows with how fully it is named.

    `id` is None for a body that the registry does not hold.
    """

    id: str | None
    name: str
    start: int
    end: int
    strength: float


@dataclass(frozen=True, slots=True)
class Mentions:
    """What one sentence names, before it is put together: phrases by number, and the organisations."""

    text: str
    hits: Mapping[int, Sequence[Hit[int]]]
    organisations: Sequence[tuple[Organisation, Hit[int]]]
    _found: dict[frozenset[int], list[Hit[int]]] = field(default_factory=dict, repr=False)

    @property
    def organisation_spans(self) -> list[tuple[str, int, int]]:
        """The organisations named, in order: id, start and end. States are none."""
        return [(org.id, hit.start, hit.end) for org, hit in self.organisations if not org.is_national]

    def any_of(self, phrases: frozenset[int]) -> list[Hit[int]]:
        """The hits of any of `phrases`; many names share a part, so it is remembered."""
        found = self._found.get(phrases)
        if found is None:
            seen = () if phrases.isdisjoint(self.hits) else phrases & self.hits.keys()
            found = self._found[phrases] = [hit for phrase in seen for hit in self.hits[phrase]]
        return found


@dataclass(frozen=True, slots=True)
class Registry:
    """All bodies and organisations, and how each is named."""

    bodies: Mapping[str, Body]
    _matcher: Matcher[int]
    _capitals: Mapping[int, int]
    _organisations: Mapping[int, Organisation]
    _names: Mapping[int, Sequence[Name]]
    _lesser: frozenset[int]

    @classmethod
    def from_mappings(cls, mappings: Mapping[str, Mapping[str, Any]]) -> Registry:
        """The registry that parsed data files, by their names, describe.

        Raises ValueError with all their faults, one a line.
        """
        book = Book(mappings)
        if book.faults:
            raise ValueError("\n".join(book.faults))
        capitals = {number: len(stem) for written, number in book.phrases.items() if (stem := _stem(written)).isupper()}
        names = book.names()
        return cls(book.bodies, Matcher.of(book.phrases.items()), capitals, book.organisations, names, book.lesser)

    @property
    def names(self) -> Mapping[str, str]:
        """The English name of each body, by id."""
        return {body.id: body.name for body in self.bodies.values()}

    def find(self, text: str, *, context: Iterable[str] = ()) -> list[BodyMention]:
        """The bodies that one sentence names, the most fully named first; one mention a body.

        `context` are the organisations that the page speaks of: "the Council of Foreign Ministers" is the council of
        an organisation named in the sentence, else of one of these.
        """
        return self.bodies_in(self.look(text, split_words(text)), context=context)

    def look(self, text: str, words: Sequence[Word]) -> Mentions:
        """What one sentence, already split into `words`, names; see `bodies_in`."""
        hits: dict[int, list[Hit[int]]] = defaultdict(list)
        organisations: list[tuple[Organisation, Hit[int]]] = []
        for hit in self._matcher.find(words):
            number = hit.tag
            # Capitals are capitals: "AU" is not "au", though "Council" may be "COUNCIL".
            if number in self._capitals and not text[hit.start : hit.start + self._capitals[number]].isupper():
                continue
            hits[number].append(hit)
            if number in self._organisations:
                organisations.append((self._organisations[number], hit))
        return Mentions(text, hits, organisations)

    def context(self, page: Sequence[Mentions]) -> frozenset[str]:
        """The organisations that a page speaks of, and the state when its beginning speaks of one only."""
        named = {organisation for sentence in page for organisation, _ in sentence.organisations}
        early = {organisation for sentence in page[:_SENTENCES_OF_STATE] for organisation, _ in sentence.organisations}
        states = {organisation.id for organisation in early if organisation.is_national}
        others = {organisation.id for organisation in named if not organisation.is_national}
        return frozenset(others | states if len(states) == 1 else others)

    def bodies_in(self, mentions: Mentions, *, context: Iterable[str] = ()) -> list[BodyMention]:
        """The bodies of `find`, for what `look` saw."""
        around = frozenset(context)
        lesser = mentions.any_of(self._lesser)
        best: dict[str, tuple[tuple[float, int], Body, _Span]] = {}
        for name, bodies in self._candidates(mentions, around):
            spans = list(_spans(name, mentions, lesser))
            for body in bodies:
                for span in spans:
                    near = _nearness(body, name.wants, mentions, around, span)
                    if near is None:
                        continue
                    # the fullest name, and of those as full the one in the fewest words
                    rank = (name.strength + near + (_HIGHEST if body.is_highest else 0.0), span.start - span.end)
                    if body.id not in best or rank > best[body.id][0]:
                        best[body.id] = (rank, body, span)
        found = (_mention(body, span, strength, mentions) for (strength, _), body, span in best.values())
        return sorted(found, key=lambda mention: -mention.strength)

    def _candidates(self, mentions: Mentions, around: frozenset[str]) -> Iterator[tuple[Name, Iterable[Body]]]:
        """The names whose parts are all in the sentence, with the bodies whose organisations are said."""
        seen = mentions.hits.keys()
        here = {None, *(organisation.id for organisation, _ in mentions.organisations)}
        said = here | around
        for phrase in seen & self._names.keys():
            for name in self._names[phrase]:
                owners: Set[str | None] = name.bodies.keys()
                if name.wants is not Wants.NOTHING:
                    owners = owners & (here if name.wants is Wants.SENTENCE else said)
                if owners and all(map(mentions.any_of, name.parts)):
                    yield name, chain.from_iterable([name.bodies[owner] for owner in owners])


def _stem(written: str) -> str:
    return written.strip().removesuffix("*")


class _Span(NamedTuple):
    """A stretch of a sentence that holds all parts of a name: word bounds of its rarest part and of the whole, and
    character bounds."""

    key_first: int
    key_last: int
    last: int
    start: int
    end: int

    def distance(self, hit: Hit[int]) -> int:
        """How many words `hit` is off the rarest part of the name, which says what it is."""
        return max(hit.first - self.key_last, self.key_first - hit.last, 0)


def _spans(name: Name, mentions: Mentions, lesser: Sequence[Hit[int]]) -> Iterator[_Span]:
    """The tightest stretches with one hit of each part, one around each hit of the first.

    A part beside a `lesser` word names another body: "deputy foreign ministers".
    """
    others = [mentions.any_of(part) for part in name.parts[1:]]
    for key in mentions.any_of(name.parts[0])[:_KEYS_TRIED]:
        chosen = [key, *[min(hits, key=lambda hit: abs(hit.first - key.first)) for hits in others]]
        if lesser and any(hit.first == word.last or hit.last == word.first for word in lesser for hit in chosen):
            continue
        first, last = min([hit.first for hit in chosen]), max([hit.last for hit in chosen])
        if last - first <= _NAME_WORDS and not _is_excluded(name, mentions, first, last):
            start, end = min([hit.start for hit in chosen]), max([hit.end for hit in chosen])
            yield _Span(key.first, key.last, last, start, end)


def _is_excluded(name: Name, mentions: Mentions, first: int, last: int) -> bool:
    return bool(name.excluded) and any(
        hit.last > first - _EXCLUDED_AROUND and hit.first < last + _EXCLUDED_AROUND
        for hit in mentions.any_of(name.excluded)
    )


def _nearness(body: Body, wants: Wants, mentions: Mentions, around: frozenset[str], span: _Span) -> float | None:
    """How well the body's organisation is said: in the sentence, only on the page (0), or not at all (None)."""
    if body.organisation is None or wants is Wants.NOTHING:
        return 0.2 if body.organisation is None else 0.0
    own, others, states = _distances(body, mentions, span)
    # A state that is the only one of whom the page speaks need not be said again.
    is_clear = body.is_national and not others and around <= {body.organisation}
    if not own and (others or body.organisation not in around):
        return None
    if not own:
        return 0.0 if wants is Wants.PAGE else _UNSAID if wants is Wants.BESIDE and is_clear else None
    if wants is Wants.BESIDE and not is_clear and not _is_beside(body, min(own), states):
        return None
    return 0.3 if not others or min(own) <= min(others) else 0.1


def _is_beside(body: Body, distance: int, states: Iterable[int]) -> bool:
    """Whether an organisation so far off is beside a name, and no state stands between them."""
    reach = _STATE_BESIDE if body.is_national else _BESIDE
    return distance <= reach and not any(state <= _NEXT_TO and state < distance for state in states)


def _distances(body: Body, mentions: Mentions, span: _Span) -> tuple[list[int], list[int], list[int]]:
    """How many words off the body's own organisation is named, others of its sort, and states."""
    own: list[int] = []
    others: list[int] = []
    states: list[int] = []
    for organisation, hit in mentions.organisations:
        distance = span.distance(hit)
        if organisation.id == body.organisation:
            own.append(distance)
        elif organisation.is_national == body.is_national:
            others.append(distance)
        if organisation.is_national:
            states.append(distance)
    return own, others, states


def _mention(body: Body, span: _Span, strength: float, mentions: Mentions) -> BodyMention:
    """The mention of `body` at `span`, with the organisation that follows: "… of the CIS member states"."""
    own = (hit for organisation, hit in mentions.organisations if organisation.id == body.organisation)
    behind = (hit.end for hit in own if 0 <= hit.first - span.last <= _ORGANISATION_BEHIND)
    end = max([span.end, *behind])
    return BodyMention(body.id, mentions.text[span.start : end], span.start, end, strength)
