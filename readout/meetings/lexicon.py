"""What a language's words say about meetings: the lexicon that one data file describes.

It must not hold a word of any language: those stand in data/lexicon/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from readout.meetings.days import DateWords
from readout.meetings.names import PeopleWords
from readout.meetings.places import PlaceWords
from readout.meetings.shape import lexicon_faults
from readout.meetings.words import Hit, Matcher, Word
from readout.model import LanguageCode, MeetingKind, Status

Section = Mapping[str, Any]


class Role(StrEnum):
    """What a phrase of a lexicon does."""

    MEETING = "meeting"
    NEGATION = "negation"
    STATUS = "status"
    AGAINST = "against"
    OFFICIAL = "official"
    PERSONAL = "personal"
    BACKGROUND = "background"
    TOPIC = "topic"
    CREDIT = "credit"
    FURNITURE = "furniture"
    TAIL = "tail"
    TIMES = "times"
    NOT_NUMBER = "not_number"
    HOLDER = "holder"
    BODY_HEAD = "body_head"


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase means: its role, its name within the role, and for meeting words how much they say."""

    role: Role
    name: str
    weight: float = 1.0
    kind: MeetingKind | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences that must, and must not, be taken for the telling of a meeting: they are tests."""

    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ordinals:
    """How a language writes "the 55th": what follows digits, and the words for units and tens."""

    suffixes: frozenset[str]
    words: Matcher[int]

    def find(self, words: tuple[Word, ...]) -> list[Hit[int]]:
        """Numbers written as ordinal words, tens and units joined ("fifty-fifth")."""
        # Greater numbers are made from the stems of smaller ones: the greatest that fits a word is meant.
        greatest: dict[int, Hit[int]] = {}
        for hit in self.words.find(words):
            if hit.first not in greatest or hit.tag > greatest[hit.first].tag:
                greatest[hit.first] = hit
        return reduce(_join_tens, greatest.values(), [])


def _join_tens(found: list[Hit[int]], unit: Hit[int]) -> list[Hit[int]]:
    tens = found[-1] if found else None
    if tens and tens.last == unit.first and tens.tag % 10 == 0 and unit.tag < 10:
        return [*found[:-1], Hit(tens.tag + unit.tag, tens.first, unit.last, tens.start, unit.end)]
    return [*found, unit]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language."""

    language: LanguageCode
    name: str
    script: str
    stands_in_for: tuple[LanguageCode, ...]
    terms: Matcher[Term]
    topics: frozenset[str]
    ordinals: Ordinals
    examples: Examples
    dates: DateWords
    people: PeopleWords
    places: PlaceWords

    @classmethod
    def from_mapping(cls, data: Section) -> Lexicon:
        """The lexicon that `data` (a parsed file) describes. Raises ValueError with all its faults, one a line."""
        if faults := lexicon_faults(data):
            raise ValueError("\n".join(faults))
        return cls(
            language=LanguageCode(data["language"]),
            name=data["name"],
            script=data["script"],
            stands_in_for=tuple(LanguageCode(code) for code in data["stands_in_for"]),
            terms=Matcher.of(_phrases(data)),
            topics=frozenset(data["topics"]),
            ordinals=_ordinals(data["sessions"]),
            examples=Examples(tuple(data["examples"]["match"]), tuple(data["examples"]["no_match"])),
            dates=DateWords.from_mapping(data["dates"]),
            people=PeopleWords.from_mapping(data["people"]),
            places=PlaceWords.from_mapping(data["places"]),
        )


# Sections that are one list of phrases, and the role those phrases play.
_LISTS = {
    "negations": Role.NEGATION,
    "officials": Role.OFFICIAL,
    "personal": Role.PERSONAL,
    "background": Role.BACKGROUND,
    "credits": Role.CREDIT,
    "furniture": Role.FURNITURE,
    "holders": Role.HOLDER,
    "body_heads": Role.BODY_HEAD,
}


def _phrases(data: Section) -> Iterator[tuple[str, Term]]:
    for name, sense in data["meeting"].items():
        yield from _each(sense["terms"], _meeting_term(name, sense))
    for status in Status:
        yield from _each(data["status"][status.value], Term(Role.STATUS, status.value, status=status))
    for group, terms in data["against"].items():
        yield from _each(terms, Term(Role.AGAINST, group))
    for topic, terms in data["topics"].items():
        yield from _each(terms, Term(Role.TOPIC, topic))
    for section, role in _LISTS.items():
        yield from _each(data[section]["terms"], Term(role, section))
    yield from _each(data["furniture"]["tails"], Term(Role.TAIL, "tail"))
    yield from _each(data["sessions"]["times"], Term(Role.TIMES, "times"))
    yield from _each(data["sessions"]["not_numbers"], Term(Role.NOT_NUMBER, "not_number"))


def _each(terms: Iterable[str], term: Term) -> Iterator[tuple[str, Term]]:
    return ((written, term) for written in terms)


def _meeting_term(name: str, sense: Section) -> Term:
    return Term(
        Role.MEETING,
        name,
        weight=float(sense["weight"]),
        kind=MeetingKind(sense["kind"]) if "kind" in sense else None,
        status=Status(sense["status"]) if "status" in sense else None,
    )


def _ordinals(sessions: Section) -> Ordinals:
    written = [(phrase, int(number)) for number, phrases in sessions["ordinals"].items() for phrase in phrases]
    return Ordinals(frozenset(sessions["suffixes"]), Matcher.of(written))
