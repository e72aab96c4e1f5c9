"""What the data files say of the bodies that meet: organisations, formats and names, every phrase numbered once.

It must not read a file or look at a text: it takes parsed files, and `readout.meetings.bodies` finds what they name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from readout.meetings.bare_letters import bare
from readout.meetings.words import parse_phrase
from readout.model import MeetingKind

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, region or (`is_national`) state whose bodies the registry names."""

    id: str
    is_national: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A body that meets. `look_alikes` are bodies that it is not, though their names are near; what it holds on the
    days and in the city of a meeting of one of `wholes` is a part of that.

    `is_highest`: a page that names several bodies of its organisation is about this one. `is_national`: its
    organisation is a state.
    """

    id: str
    name: str
    kind: MeetingKind
    organisation: str | None
    members: tuple[str, ...]
    look_alikes: tuple[str, ...]
    wholes: tuple[str, ...]
    is_highest: bool
    is_national: bool

    @property
    def own_state(self) -> str | None:
        """The state whose body it is, as alpha-2; None for a body of several states."""
        if self.is_national and self.organisation:
            return self.organisation.upper()
        return self.members[0] if len(self.members) == 1 else None


class Wants(StrEnum):
    """Where a name wants its organisation: nowhere, on the page, in the same sentence, or beside it."""

    NOTHING = "nothing"
    PAGE = "page"
    SENTENCE = "sentence"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name bodies: phrase numbers, one of each part wanted near the others, none of `excluded`.

    `bodies` are those that share the name, by the organisation that tells them apart.
    """

    parts: tuple[frozenset[int], ...]
    excluded: frozenset[int]
    strength: float
    wants: Wants
    bodies: Mapping[str | None, Sequence[Body]]


# How much a name of each section says, and where it wants its organisation.
_SECTIONS = {
    "names": (1.0, Wants.PAGE),
    "beside": (1.0, Wants.BESIDE),
    "informal": (0.5, Wants.SENTENCE),
    "abbreviations": (1.1, Wants.NOTHING),
}
# Those who gather: "Council of Foreign Ministers" is a name, "meeting of foreign ministers" one beside its
# organisation, and they alone an informal one.
_PEOPLE = "people"
_COUNCILS, _GATHERING = (1.0, Wants.PAGE), (1.0, Wants.BESIDE)
_NEITHER = (0.5, Wants.BESIDE)
_PER_PART = 0.05

_SPELLED = {*_SECTIONS, _PEOPLE}
_KEYS = {
    "organisation": {"id", "names", "national"},
    "format": {"id", *_SPELLED},
    "body": {
        "id",
        "name",
        "called",
        "kind",
        "organisation",
        "members",
        "not",
        "within",
        "highest",
        "formats",
        *_SPELLED,
    }
    | {"examples"},
}


# The languages whose lexicons say `bare_letters`.
_BARE = ("ro",)


class Book:
    """Collects organisations, formats and bodies from parsed data files, and what is wrong with them in `faults`."""

    def __init__(self, written: Mapping[str, Row]) -> None:
        files: Mapping[str, Row] = _with_bare_letters(written)
        self.bodies: dict[str, Body] = {}
        self.phrases: dict[str, int] = {}
        self.organisations: dict[int, Organisation] = {}
        self.faults: list[str] = []
        self._organisation_ids: set[str] = set()
        self._states: set[str] = set()
        self._formats: dict[str, Row] = {}
        self._parts: dict[frozenset[int], frozenset[int]] = {}
        self._named: dict[tuple[str, float, Wants], list[Body]] = defaultdict(list)
        self._councils = _joined(files, "councils")
        self._gathering = _joined(files, "gathering")
        words = (phrase for data in files.values() for phrases in data.get("lesser", {}).values() for phrase in phrases)
        self.lesser = frozenset(map(self._number, words))
        # Bodies last: they name organisations and formats of other files.
        for section, add in (
            ("organisation", self._add_organisation),
            ("format", self._add_format),
            ("body", self._add_body),
        ):
            for file, data in files.items():
                self._take(f"{file}: {section}", data.get(section, ()), _KEYS[section], add)
        self._check()

    def names(self) -> Mapping[int, Sequence[Name]]:
        """All names, each under the phrases of the part that fewest names have, which it begins with."""
        split = {written: _split(written) for written, _, _ in self._named}
        shared = Counter(phrase for parts, _ in split.values() for part in parts for phrase in part)
        found: dict[int, list[Name]] = defaultdict(list)
        for (written, strength, wants), bodies in self._named.items():
            parts, excluded = split[written]
            rarest_first = sorted(parts, key=lambda part: max(shared[phrase] for phrase in part))
            numbered = tuple(self._numbers(part) for part in rarest_first)
            said = strength + _PER_PART * len(parts)
            name = Name(numbered, self._numbers(excluded), said, wants, _by_organisation(bodies))
            for number in numbered[0]:
                found[number].append(name)
        return found

    def _take(self, where: str, rows: Iterable[Row], known: set[str], add: Callable[[Row], None]) -> None:
        """Add every row, and note what is wrong with it."""
        for at, row in enumerate(rows):
            try:
                if unknown := row.keys() - known:
                    raise ValueError(f"not known: {', '.join(sorted(unknown))}")
                add(row)
            except KeyError as error:
                self.faults.append(f"{where}[{at}]: key {error} is missing")
            except (AttributeError, TypeError, ValueError) as error:
                self.faults.append(f"{where}[{at}]: {error}")

    def _add_organisation(self, row: Row) -> None:
        organisation = Organisation(row["id"], bool(row.get("national", False)))
        self._organisation_ids.add(organisation.id)
        if organisation.is_national:
            self._states.add(organisation.id)
        for phrases in row["names"].values():
            for written in phrases:
                self.organisations[self._number(written)] = organisation

    def _add_format(self, row: Row) -> None:
        self._formats[row["id"]] = row

    def _add_body(self, row: Row) -> None:
        body = Body(
            id=row["id"],
            name=row["name"],
            kind=MeetingKind(row["kind"]),
            organisation=row.get("organisation"),
            members=tuple(row["members"]),
            look_alikes=tuple(row.get("not", ())),
            wholes=tuple(row.get("within", ())),
            is_highest=bool(row.get("highest", False)),
            is_national=row.get("organisation") in self._states,
        )
        if body.id in self.bodies:
            raise ValueError(f"body {body.id!r} is described twice")
        self.bodies[body.id] = body
        for described in (row, *(self._formats[format_id] for format_id in row.get("formats", ()))):
            for written, strength, wants in self._spelled(described):
                self._add_name(body, written, strength, wants)

    def _spelled(self, row: Row) -> Iterator[tuple[str, float, Wants]]:
        """The names that a body or format spells out, how much each says and where it wants its organisation."""
        for section, (strength, wants) in _SECTIONS.items():
            for names in row.get(section, {}).values():
                yield from ((written, strength, wants) for written in names)
        for language, people in row.get(_PEOPLE, {}).items():
            for written in people:
                who, minus, excluded = written.partition(" - ")
                yield f"{who} + {self._councils[language]}{minus}{excluded}", *_COUNCILS
                yield f"{who} + {self._gathering[language]}{minus}{excluded}", *_GATHERING
                yield written, *_NEITHER

    def _add_name(self, body: Body, written: str, strength: float, wants: Wants) -> None:
        key = (written, strength, wants)
        if key not in self._named:
            parts, excluded = _split(written)
            for phrase in (*excluded, *(phrase for part in parts for phrase in part)):
                self._number(phrase)
        self._named[key].append(body)

    def _number(self, written: str) -> int:
        phrase = written.strip()
        if phrase not in self.phrases:
            parse_phrase(phrase)
            self.phrases[phrase] = len(self.phrases)
        return self.phrases[phrase]

    def _numbers(self, phrases: Iterable[str]) -> frozenset[int]:
        # thousands of names share a few hundred parts
        numbers = frozenset(self.phrases[phrase] for phrase in phrases)
        return self._parts.setdefault(numbers, numbers)

    def _check(self) -> None:
        """Note the look-alikes, wholes and organisations that are not described."""
        for body in self.bodies.values():
            unknown = [other for other in (*body.look_alikes, *body.wholes) if other not in self.bodies]
            if body.organisation not in {None, *self._organisation_ids}:
                unknown.append(str(body.organisation))
            if unknown:
                self.faults.append(f"body {body.id!r} names what is not described: {', '.join(unknown)}")


def _with_bare_letters(value: Any) -> Any:
    """The tables of names with those of languages whose letters often lose their marks also in bare letters."""
    if isinstance(value, list):
        return [_with_bare_letters(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    plain = {key: _with_bare_letters(item) for key, item in value.items()}
    both = {key: list(dict.fromkeys([*plain[key], *map(bare, plain[key])])) for key in _BARE if key in plain}
    return plain | both


def _joined(files: Mapping[str, Row], section: str) -> dict[str, str]:
    """The words of a section by language, as alternatives of one part."""
    tables = (data.get(section, {}) for data in files.values())
    return {language: "|".join(words) for table in tables for language, words in table.items()}


def _by_organisation(bodies: Iterable[Body]) -> Mapping[str | None, Sequence[Body]]:
    found: dict[str | None, list[Body]] = defaultdict(list)
    for body in bodies:
        if body not in found[body.organisation]:
            found[body.organisation].append(body)
    return dict(found)


def _split(written: str) -> tuple[list[list[str]], list[str]]:
    """The parts of a written name, each a list of alternatives, and what it excludes."""
    wanted, _, excluded = written.partition(" - ")
    return [_alternatives(part) for part in wanted.split(" + ")], _alternatives(excluded)


def _alternatives(written: str) -> list[str]:
    return [phrase.strip() for phrase in written.split("|") if phrase.strip()]
