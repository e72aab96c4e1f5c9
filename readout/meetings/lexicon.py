"""What a language's words say about meetings: the lexicon that one data file describes.

It must not hold a word of any language: those stand in data/lexicon/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from readout.meetings.bare_letters import with_bare_letters
from readout.meetings.caseless import CaselessWords
from readout.meetings.date_words import DateWords
from readout.meetings.people_words import PeopleWords
from readout.meetings.place_forms import PlaceWords
from readout.meetings.shape import lexicon_faults
from readout.meetings.words import Chorus, Hit, Matcher, Word, fold
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
    SUBJECT = "subject"
    OFFICE = "office"
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
    """How a language writes "the 55th": what follows digits, what stands before figures or the numerals of ideographs
    ("第55", "მე-5"), and the words for units and tens. `follows`: the number may stand behind what it counts."""

    suffixes: frozenset[str]
    words: Matcher[int]
    prefixed: re.Pattern[str] | None = None
    follows: bool = False

    def find(self, words: tuple[Word, ...]) -> list[Hit[int]]:
        """Numbers written as ordinal words, tens and units joined ("fifty-fifth", "الخامسة والخمسون")."""
        # Greater numbers are made from the stems of smaller ones: the greatest that fits a word is meant.
        hits = self.words.find(words)
        if not hits:
            return []
        greatest: dict[int, Hit[int]] = {}
        for hit in hits:
            if hit.first not in greatest or hit.tag > greatest[hit.first].tag:
                greatest[hit.first] = hit
        return reduce(_join_tens, greatest.values(), [])


def _join_tens(found: list[Hit[int]], other: Hit[int]) -> list[Hit[int]]:
    one = found[-1] if found else None
    if one and one.last == other.first:
        units, tens = sorted((one.tag, other.tag))
        if units < 10 and tens % 10 == 0 and (one.tag == tens or tens > 10):
            return [*found[:-1], Hit(tens + units, one.first, other.last, one.start, other.end)]
    return [*found, other]


@dataclass(frozen=True, slots=True, eq=False)
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
    announced: Matcher[str]
    several: Matcher[bool]

    @classmethod
    def from_mapping(cls, data: Section) -> Lexicon:
        """The lexicon that `data` (a parsed file) describes. Raises ValueError with all its faults, one a line."""
        if faults := lexicon_faults(data):
            raise ValueError("\n".join(faults))
        if data.get("bare_letters"):
            data = with_bare_letters(data)
        lexicon = cls(
            language=LanguageCode(data["language"]),
            name=data["name"],
            script=data["script"],
            stands_in_for=tuple(LanguageCode(code) for code in data["stands_in_for"]),
            terms=Matcher.of(_phrases(data)),
            topics=frozenset(data["topics"]),
            ordinals=_ordinals(data["sessions"]),
            examples=Examples(tuple(data["examples"]["match"]), tuple(data["examples"]["no_match"])),
            dates=DateWords.from_mapping(data["dates"]),
            people=PeopleWords.from_mapping(data["people"], _caseless(data)),
            places=PlaceWords.from_mapping(data["places"], tuple(_state_languages(data))),
            announced=Matcher.of((phrase, name) for name, phrases in data["announced"].items() for phrase in phrases),
            several=Matcher.of((phrase, True) for phrase in data["sessions"].get("several", ())),
        )
        # Whether a page is a report is asked of every page; days, places and people only of reports.
        Chorus([lexicon.terms, lexicon.ordinals.words])
        places = lexicon.places
        Chorus([lexicon.dates.frames, lexicon.dates.spoken, lexicon.people.marks, places.frames, places.not_places])
        return lexicon


def _state_languages(data: Section) -> Iterator[str]:
    """Whose names of states a text may use: its own language's, and in other scripts Russian's and English's."""
    yield from (data["language"], *data["stands_in_for"])
    if data["script"] == "Cyrl":
        yield "ru"
    if data["script"] != "Latn":
        yield "en"


def _caseless(data: Section) -> CaselessWords | None:
    return CaselessWords.from_mapping(data) if data["script"] in _WITHOUT_CAPITALS else None


# Figures of ideographs, up to the hundreds.
HAN_NUMERALS = "〇零一二三四五六七八九十百"

# Scripts that tell no name by its first letter, by their ISO 15924 codes.
_WITHOUT_CAPITALS = frozenset({"Arab", "Geor", "Hans", "Hant"})

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
    "offices": Role.OFFICE,
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
    for subject, terms in data["subjects"].items():
        yield from _each(terms, Term(Role.SUBJECT, subject))
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
    prefixed = _prefixed(sessions.get("prefixes", ()))
    return Ordinals(frozenset(sessions["suffixes"]), Matcher.of(written), prefixed, sessions.get("follows", False))


def _prefixed(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    before = "|".join(re.escape(fold(prefix)) for prefix in prefixes)
    number = rf"(?:(\d{{1,3}})(?!\d)|([{HAN_NUMERALS}]{{1,7}}))"
    return re.compile(rf"(?:(?<!\w)|(?=[\u3400-\u9fff]))(?:{before})\s?[-–‑]?\s?{number}") if before else None
