"""The facts of a meeting as its page shows them: each over the sentence it was read from, and who bears it out.

It must not choose a value, nor say one in its own way: mails and pages say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from readout.channels.mail.quote import Piece, Quote, Quoter, facts_of, is_ruled
from readout.channels.mail.saying import Saying, line
from readout.meetings.agreement import Differing, Support
from readout.model import Fact, Meeting, Participant, Report, Telling
from readout.web.pages.marks import anchor_of, label_of
from readout.web.pages.people import path_of
from readout.web.view import View

_MOST_OUTLETS = 12
_MOST_SIDES = 8
_MOST_PEOPLE = 200
_MOST_SPELLINGS = 6
# A reader takes these for one fact; the first names it.
_ROWS = (
    ("status",),
    ("kind",),
    ("body",),
    ("session_number",),
    ("start_date", "end_date", "date_partial"),
    ("city",),
    ("country",),
    ("received_by",),
    ("countries",),
    ("topics", "subjects"),
)


@dataclass(frozen=True, slots=True)
class Witness:
    """Who published a report, and where its words are shown."""

    outlet: str
    path: str


@dataclass(frozen=True, slots=True)
class Side:
    """Some reports that stand to a value in one way; `value`: what they say instead, `more`: that there are others."""

    value: str
    witnesses: tuple[Witness, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How the reports stand to a value, in a sentence and one by one."""

    said: Markup
    of: str
    agree: Side
    omit: Side
    differ: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of a report, and where it is shown in the whole text."""

    pieces: tuple[Piece, ...]
    language: str | None
    witness: Witness


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is said, how the reports stand to it, and the page of what it is where there is one."""

    said: str
    stands: tuple[Stand, ...]
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Values that one sentence was the source of; of a further sentence none."""

    values: tuple[Value, ...]
    words: Words | None


@dataclass(frozen=True, slots=True)
class Row:
    """A fact by its label, and by the names under which a person corrects it; `ruled`: why a person set it."""

    label: str
    names: tuple[str, ...]
    blocks: tuple[Block, ...]
    ruled: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who took part, and their own page. `role` and `country` may be empty."""

    name: str
    path: str | None
    spellings: str
    role: str
    country: str
    words: Words | None
    stand: Stand


@dataclass(frozen=True, slots=True)
class Told:
    """All facts of a meeting; `ruled`: why a person set who took part, `more`: that others did, too."""

    rows: tuple[Row, ...]
    people: tuple[Person, ...]
    ruled: str | None
    more: str


def told(meeting: Meeting, agreement: Iterable[Support], tellings: Sequence[Telling], view: View) -> Told:
    """The facts of `meeting`, quoted from `tellings`, the first that has the words."""
    supports: dict[str, list[Support]] = {}
    for support in agreement:
        supports.setdefault(support.fact, []).append(support)
    return _Facts(meeting.report, supports, Quoter(tellings), view).told()


def said_value(fact: str, value: Any, report: Report, saying: Saying) -> str:
    """A value of a fact as mails and pages say it; `report` is of what kind."""
    return line(_SAY[fact](saying, value, report))


class _Facts:
    """The facts of one meeting."""

    def __init__(self, report: Report, supports: Mapping[str, list[Support]], quoter: Quoter, view: View) -> None:
        self._report = report
        self._supports = supports
        self._quoter = quoter
        self._view = view
        self._say = view.saying

    def told(self) -> Told:
        rows = (self._row(names) for names in _ROWS)
        people = list(zip(self._report.participants, self._supports.get("participants", ()), strict=True))
        left = len(people) - _MOST_PEOPLE
        return Told(
            rows=tuple(row for row in rows if row.blocks or row.ruled),
            people=tuple(self._person(fact, support) for fact, support in people[:_MOST_PEOPLE]),
            ruled=_why_ruled(self._report.participants),
            more=self._more(left),
        )

    def _row(self, names: tuple[str, ...]) -> Row:
        facts = [(name, fact) for name in names for fact in facts_of(self._report, name)]
        blocks = self._days(facts) if names[0] == "start_date" else self._blocks(facts)
        label = label_of(names[0], self._say)
        return Row(label, _corrected_as(names), tuple(blocks), _why_ruled([fact for _, fact in facts]))

    def _blocks(self, facts: Sequence[tuple[str, Fact[Any]]]) -> Iterator[Block]:
        """The values, those of one sentence over it."""
        stands = {name: iter(self._supports.get(name, ())) for name, _ in facts}
        values = [(name, fact, self._value(name, fact, next(stands[name]))) for name, fact in facts]
        for group, quote in self._quoter.by_sentence([fact for _, fact, _ in values]):
            mine = [(name, fact, value) for name, fact, value in values if any(fact is each for each in group)]
            yield Block(tuple(value for *_, value in mine), self._words(quote, *mine[0][:2]))

    def _value(self, name: str, fact: Fact[Any], support: Support) -> Value:
        body = fact.value.id if name == "body" else None
        path = self._view.url(f"/bodies/{body}") if body else None
        return Value(said_value(name, fact.value, self._report, self._say), (self._stand(support),), path)

    def _days(self, facts: Sequence[tuple[str, Fact[Any]]]) -> Iterator[Block]:
        """First and last day as one value over the sentences of both."""
        said = self._say.days(self._report)
        if said is None:
            return
        supports = [support for name, _ in facts for support in self._supports.get(name, ())]
        is_one_day = len({support.value for support in supports}) == 1
        shown = supports[:1] if is_one_day else supports
        parts = (said_value(each.fact, each.value, self._report, self._say) for each in shown)
        stands = [self._stand(each, "" if is_one_day else part) for each, part in zip(shown, parts, strict=True)]
        value: tuple[Value, ...] = (Value(said, tuple(stands)),)
        named = {id(fact): name for name, fact in facts}
        for group, quote in self._quoter.by_sentence([fact for _, fact in facts]):
            yield Block(value, self._words(quote, named[id(group[0])], group[0]))
            value = ()

    def _person(self, fact: Fact[Participant], support: Support) -> Person:
        person = fact.value
        ((_, quote),) = self._quoter.by_sentence([fact])
        name = self._say.person(Participant(name=person.name, name_latin=person.name_latin))
        others = [line(each) for each in support.spellings if each not in (person.name, person.name_latin)]
        return Person(
            name=name,
            path=path_of(person.name_latin or person.name, self._view),
            spellings=", ".join(others[:_MOST_SPELLINGS]),
            role=line(person.role or ""),
            country=self._say.country(person.country) if person.country else "",
            words=self._words(quote, "participants", fact),
            stand=self._stand(support),
        )

    # --- who says so --------------------------------------------------------------------------------------------------

    def _words(self, quote: Quote | None, name: str, fact: Fact[Any]) -> Words | None:
        if quote is None:
            return None
        anchor = anchor_of(quote.telling.report, name, fact)
        return Words(quote.pieces, language_tag(quote.telling.language), witness(quote.telling, self._view, anchor))

    def _stand(self, support: Support, of: str = "") -> Stand:
        agree, count = len(support.supports), len(support.supports) + len(support.omits) + len(support.contradicts)
        name = "facts.disputed" if support.contradicts else "facts.agreed"
        return Stand(
            said=self._view.words(name, agree=agree, all=count, differ=len(support.contradicts)),
            of=of,
            agree=self._side("", support.supports),
            omit=self._side("", support.omits),
            differ=tuple(self._differing(support.fact, support.contradicts)),
        )

    def _differing(self, fact: str, contradicts: Iterable[Differing]) -> Iterator[Side]:
        sides: dict[str, list[Telling]] = {}
        for each in contradicts:
            sides.setdefault(said_value(fact, each.value, each.telling.report, self._say), []).append(each.telling)
        yield from (self._side(value, tellings) for value, tellings in list(sides.items())[:_MOST_SIDES])

    def _side(self, value: str, tellings: Sequence[Telling]) -> Side:
        known = tuple(witness(each, self._view) for each in tellings[:_MOST_OUTLETS])
        return Side(value, known, self._more(len(tellings) - _MOST_OUTLETS))

    def _more(self, count: int) -> str:
        return self._say.words.line["more"].format(count=count) if count > 0 else ""


def witness(telling: Telling, view: View, anchor: str | None = None) -> Witness:
    """Who published a report; the path leads to its words where `anchor` says which."""
    path = view.url(f"/reports/{telling.report_id}")
    return Witness(view.saying.outlet(telling), f"{path}#{anchor}" if anchor else path)


def language_tag(code: str | None) -> str | None:
    """`code` where a browser can make something of it (BCP 47), else None."""
    return code if code and len(code) <= len("xx-Xxxx-XX-variant1") and code.replace("-", "").isalnum() else None


def _why_ruled(facts: Iterable[Fact[Any]]) -> str | None:
    return next((line(fact.evidence.text) for fact in facts if is_ruled(fact)), None)


def _corrected_as(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in ("date_partial", "subjects"))


# --- values ---------------------------------------------------------------------------------------------------------

_Say = Callable[[Saying, Any, Report], str]


def _day(saying: Saying, value: Any, _report: Report) -> str:
    """A day, or days whose year nobody says."""
    try:
        return saying.words.day(value) if isinstance(value, date) else saying.words.days_of_no_year(value or "")
    except ValueError:
        return str(value or "")


def _topic(saying: Saying, value: Any, _report: Report) -> str:
    return saying.words.topic.get(value, value)


def _country(saying: Saying, value: Any, _report: Report) -> str:
    return saying.country(value)


_SAY: Mapping[str, _Say] = {
    "status": lambda saying, value, report: saying.words.standing(report.kind.value.value, value.value),
    "kind": lambda saying, value, _report: saying.words.kind[value.value],
    "body": lambda saying, value, _report: saying.body(value),
    "session_number": lambda _saying, value, _report: str(value),
    "start_date": _day,
    "end_date": _day,
    "date_partial": _day,
    "city": lambda saying, value, _report: saying.city(value),
    "country": _country,
    "received_by": lambda _saying, value, _report: value,
    "participants": lambda saying, value, _report: saying.person(value),
    "countries": _country,
    "topics": _topic,
    "subjects": _topic,
}
