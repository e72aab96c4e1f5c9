"""Councils, committees and formats that meet, found in text under their many names.

It must not decide which body a page is about; it says which ones a sentence names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readout.meetings.words import Hit, Matcher, Word, parse_phrase, split_words
from readout.model import MeetingKind

# A name's parts stand within so many words; what a name excludes is looked for so far around it.
_NAME_WORDS = 14
_EXCLUDED_AROUND = 3
# A sentence that repeats a word more often is no sentence.
_KEYS_TRIED = 8
# "… of the CIS member states": an organisation this close behind a name belongs to it.
_ORGANISATION_BEHIND = 6


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, region or (`is_national`) state whose bodies the registry names."""

    id: str
    is_national: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A body that meets. `look_alikes` are bodies that it is not, though their names are near."""

    id: str
    name: str
    kind: MeetingKind
    organisation: str | None
    members: tuple[str, ...]
    look_alikes: tuple[str, ...]


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
class _Name:
    """One way to name a body: phrase numbers, one of each part wanted near the others, none of `excluded`."""

    body: Body
    parts: tuple[frozenset[int], ...]
    excluded: frozenset[int]
    strength: float
    stands_alone: bool = False
    is_informal: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """What one sentence names, before it is put together: phrases by number, and the organisations."""

    text: str
    hits: Mapping[int, Sequence[Hit[int]]]
    organisations: Sequence[tuple[Organisation, Hit[int]]]

    @property
    def organisation_spans(self) -> list[tuple[str, int, int]]:
        """The organisations named, in order: id, start and end. States are none."""
        return [(org.id, hit.start, hit.end) for org, hit in self.organisations if not org.is_national]

    def any_of(self, phrases: frozenset[int]) -> list[Hit[int]]:
        """The hits of any of `phrases`."""
        return [hit for phrase in phrases for hit in self.hits.get(phrase, ())]


@dataclass(frozen=True, slots=True)
class Registry:
    """All bodies and organisations, and how each is named."""

    bodies: Mapping[str, Body]
    _matcher: Matcher[int]
    _stems: Sequence[str]
    _organisations: Mapping[int, Organisation]
    _names: Mapping[int, Sequence[_Name]]

    @classmethod
    def from_mappings(cls, mappings: Mapping[str, Mapping[str, Any]]) -> Registry:
        """The registry that parsed data files, by their names, describe.

        Raises ValueError with all their faults, one a line.
        """
        book = _Book()
        for file, mapping in mappings.items():
            book.take(f"{file}: organisation", mapping.get("organisation", ()), book.add_organisation)
            book.take(f"{file}: body", mapping.get("body", ()), book.add_body)
        book.check()
        matcher = Matcher.of((written, number) for written, number in book.phrases.items())
        return cls(book.bodies, matcher, tuple(book.phrases), book.organisations, book.names)

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
            if _is_cased(self._stems[hit.tag], text[hit.start : hit.end]):
                hits[hit.tag].append(hit)
                if hit.tag in self._organisations:
                    organisations.append((self._organisations[hit.tag], hit))
        return Mentions(text, hits, organisations)

    def bodies_in(self, mentions: Mentions, *, context: Iterable[str] = ()) -> list[BodyMention]:
        """The bodies of `find`, for what `look` saw."""
        around = frozenset(context)
        best: dict[str, BodyMention] = {}
        for name in self._candidates(mentions):
            mention = _mention(name, mentions, around)
            if mention and mention.strength > best.get(name.body.id, _NOTHING).strength:
                best[name.body.id] = mention
        return sorted(best.values(), key=lambda mention: -mention.strength)

    def _candidates(self, mentions: Mentions) -> Iterator[_Name]:
        for phrase in mentions.hits:
            for name in self._names.get(phrase, ()):
                if all(any(p in mentions.hits for p in part) for part in name.parts):
                    yield name


_NOTHING = BodyMention(None, "", 0, 0, -1.0)


def _is_cased(written: str, text: str) -> bool:
    """Whether capitals are capitals: "AU" is not "au", though "Council" may be "COUNCIL"."""
    stem = written.rstrip("*")
    return not stem.isupper() or text[: len(stem)].isupper()


def _mention(name: _Name, mentions: Mentions, around: frozenset[str]) -> BodyMention | None:
    spans = [span for key in mentions.any_of(name.parts[0])[:_KEYS_TRIED] if (span := _span(key, name, mentions))]
    if not spans:
        return None
    first, last, start, end = min(spans, key=lambda span: span[1] - span[0])
    near = 0.0 if name.stands_alone else _nearness(name.body.organisation, mentions, around, first, last)
    if near is None or (name.is_informal and not near):
        return None
    end = _with_organisation(name.body.organisation, mentions, last, end)
    return BodyMention(name.body.id, mentions.text[start:end], start, end, name.strength + near)


def _span(key: Hit[int], name: _Name, mentions: Mentions) -> tuple[int, int, int, int] | None:
    """The tightest stretch around `key` with one hit of each part: word bounds and character bounds."""
    others = (min(mentions.any_of(part), key=lambda hit: abs(hit.first - key.first)) for part in name.parts[1:])
    chosen = [key, *others]
    first, last = min(hit.first for hit in chosen), max(hit.last for hit in chosen)
    if last - first > _NAME_WORDS or _is_excluded(name, mentions, first, last):
        return None
    return first, last, min(hit.start for hit in chosen), max(hit.end for hit in chosen)


def _is_excluded(name: _Name, mentions: Mentions, first: int, last: int) -> bool:
    return any(
        hit.last > first - _EXCLUDED_AROUND and hit.first < last + _EXCLUDED_AROUND
        for hit in mentions.any_of(name.excluded)
    )


def _nearness(
    organisation: str | None, mentions: Mentions, around: frozenset[str], first: int, last: int
) -> float | None:
    """How well the body's organisation is said: in the sentence, only on the page (0), or not at all (None)."""
    if organisation is None:
        return 0.2
    own, others = _distances(organisation, mentions, first, last)
    if own:
        return 0.3 if not others or min(own) <= min(others) else 0.1
    return 0.0 if not others and organisation in around else None


def _distances(organisation: str, mentions: Mentions, first: int, last: int) -> tuple[list[int], list[int]]:
    own: list[int] = []
    others: list[int] = []
    for other, hit in mentions.organisations:
        distance = max(hit.first - last, first - hit.last, 0)
        if other.id == organisation:
            own.append(distance)
        elif not other.is_national:
            others.append(distance)
    return own, others


def _with_organisation(organisation: str | None, mentions: Mentions, last: int, end: int) -> int:
    own = (hit for other, hit in mentions.organisations if other.id == organisation)
    behind = [hit.end for hit in own if 0 <= hit.first - last <= _ORGANISATION_BEHIND]
    return max([end, *behind])


# How much a name of each section says, and each part of it.
_STRENGTHS = {"names": 1.0, "informal": 0.5, "abbreviations": 1.1}
_PER_PART = 0.05


class _Book:
    """Collects names while the data files are read; every phrase is numbered once."""

    def __init__(self) -> None:
        self.bodies: dict[str, Body] = {}
        self.phrases: dict[str, int] = {}
        self.organisations: dict[int, Organisation] = {}
        self.names: dict[int, list[_Name]] = defaultdict(list)
        self.faults: list[str] = []
        self._organisation_ids: set[str] = set()

    def take(self, where: str, rows: Iterable[Mapping[str, Any]], add: Callable[[Mapping[str, Any]], None]) -> None:
        """Add every row, and note what is wrong with it."""
        for at, row in enumerate(rows):
            try:
                add(row)
            except KeyError as error:
                self.faults.append(f"{where}[{at}]: key {error} is missing")
            except (AttributeError, TypeError, ValueError) as error:
                self.faults.append(f"{where}[{at}]: {error}")

    def add_organisation(self, row: Mapping[str, Any]) -> None:
        organisation = Organisation(row["id"], bool(row.get("national", False)))
        self._organisation_ids.add(organisation.id)
        for phrases in row["names"].values():
            for written in phrases:
                self.organisations[self._number(written)] = organisation

    def add_body(self, row: Mapping[str, Any]) -> None:
        body = Body(
            id=row["id"],
            name=row["name"],
            kind=MeetingKind(row["kind"]),
            organisation=row.get("organisation"),
            members=tuple(row["members"]),
            look_alikes=tuple(row.get("not", ())),
        )
        if body.id in self.bodies:
            raise ValueError(f"body {body.id!r} is described twice")
        self.bodies[body.id] = body
        lead = 0.2 if row.get("highest") else 0.0
        for section, strength in _STRENGTHS.items():
            for written in (name for names in row.get(section, {}).values() for name in names):
                self._add_name(body, written, section, strength + lead)

    def _add_name(self, body: Body, written: str, section: str, strength: float) -> None:
        wanted, _, excluded = written.partition(" - ")
        parts = tuple(self._alternatives(part) for part in wanted.split(" + "))
        name = _Name(
            body,
            parts,
            self._alternatives(excluded),
            strength + _PER_PART * len(parts),
            stands_alone=section == "abbreviations",
            is_informal=section == "informal",
        )
        for phrase in parts[0]:
            self.names[phrase].append(name)

    def _alternatives(self, written: str) -> frozenset[int]:
        return frozenset(self._number(phrase) for phrase in written.split("|") if phrase.strip())

    def _number(self, written: str) -> int:
        parse_phrase(written)
        return self.phrases.setdefault(written.strip(), len(self.phrases))

    def check(self) -> None:
        """Raise ValueError with all faults, the look-alikes and organisations that are not described among them."""
        for body in self.bodies.values():
            unknown = [other for other in body.look_alikes if other not in self.bodies]
            if body.organisation not in {None, *self._organisation_ids}:
                unknown.append(str(body.organisation))
            if unknown:
                self.faults.append(f"body {body.id!r} names what is not described: {', '.join(unknown)}")
        if self.faults:
            raise ValueError("\n".join(self.faults))
