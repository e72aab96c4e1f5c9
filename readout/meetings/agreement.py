"""How the tellings of a meeting stand to each of its facts: which support it, which omit it, which contradict it.

It must not choose a value: `readout.meetings.consensus` does, or a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from readout.meetings.consensus import HAPPENED, PARTS, same_body
from readout.meetings.person import same_person
from readout.meetings.roll import Roll
from readout.meetings.timeline import in_time
from readout.meetings.words import fold
from readout.model import Fact, Meeting, Report, Status, Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A telling with another value of a fact."""

    telling: Telling
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """One value of a fact: every telling supports, omits or contradicts it.

    Official tellings come first, then those that are no copies, then the earlier. `spellings`: how a person's name is
    written, as in the value first. A list may hold what some tellings leave out: its values are never contradicted.
    """

    fact: str
    value: Any
    supports: tuple[Telling, ...]
    omits: tuple[Telling, ...]
    contradicts: tuple[Differing, ...] = ()
    spellings: tuple[str, ...] = ()


def agreement(meeting: Meeting) -> tuple[Support, ...]:
    """The support of each fact that `meeting` holds, of a list one for each value, in the order of their fields.

    An article that tells of the meeting twice counts once: for a value if it can, else against it.
    """
    told = _by_trust(meeting.tellings)
    return tuple(_by_article(support) for fact in _FACTS for support in _supports(fact, meeting.report, told))


def _by_article(support: Support) -> Support:
    heard: set[int] = set()

    def is_new(telling: Telling) -> bool:
        is_known = telling.article_id in heard
        heard.add(telling.article_id)
        return not is_known

    return replace(
        support,
        supports=tuple(filter(is_new, support.supports)),
        contradicts=tuple(each for each in support.contradicts if is_new(each.telling)),
        omits=tuple(filter(is_new, support.omits)),
    )


_Stand = bool | None
"""Whether a telling supports a value (True) or contradicts it (False); None: it says nothing for or against it."""


def _supports(fact: str, report: Report, told: Sequence[Telling]) -> Iterable[Support]:
    if fact == "participants":
        return _people(report, told)
    if fact not in _STANDS:
        return _values(fact, report, told)
    return [_single(fact, report, told)] if getattr(report, fact) else []


def _by_trust(tellings: Iterable[Telling]) -> list[Telling]:
    return sorted(in_time(tellings), key=lambda telling: (not telling.official, telling.duplicate_of is not None))


# --- facts with one value -------------------------------------------------------------------------------------------


def _single(fact: str, report: Report, told: Sequence[Telling]) -> Support:
    stands = [(telling, _STANDS[fact](report, telling.report)) for telling in told]
    supports = tuple(telling for telling, stand in stands if stand is True)
    return Support(
        fact=fact,
        value=getattr(report, fact).value,
        supports=supports,
        omits=tuple(telling for telling, stand in stands if stand is None),
        contradicts=tuple(_differing(fact, telling) for telling, stand in stands if stand is False),
        spellings=_spellings(report, supports) if fact == "received_by" else (),
    )


def _differing(fact: str, telling: Telling) -> Differing:
    """A telling whose days go against the meeting's may name them without a year."""
    told: Fact[Any] | None = getattr(telling.report, fact)
    return Differing(telling=telling, value=told.value if told else _partial(telling.report))


def _spellings(report: Report, supports: Iterable[Telling]) -> tuple[str, ...]:
    written = (report, *(telling.report for telling in supports))
    return tuple(dict.fromkeys(each.received_by.value for each in written if each.received_by))


def _told(fact: str, same: Callable[[Any, Any], _Stand]) -> Callable[[Report, Report], _Stand]:
    """How a report stands to a value that needs no other fact to be understood."""

    def stand(meeting: Report, report: Report) -> _Stand:
        mine, theirs = getattr(meeting, fact), getattr(report, fact)
        return None if theirs is None else same(mine.value, theirs.value)

    return stand


def _same_name(mine: str, theirs: str) -> bool:
    return fold(mine) == fold(theirs)


def _kind(meeting: Report, report: Report) -> _Stand:
    """Who tells of the reception alone does not deny the session."""
    theirs = report.kind.value
    return theirs is meeting.kind.value or (None if theirs in PARTS else False)


def _status(meeting: Report, report: Report) -> _Stand:
    """Planned, under way, held are stages of one life; that it took place and that it was called off are not."""
    mine, theirs = meeting.status.value, report.status.value
    if mine is theirs:
        return True
    denies = theirs is not Status.PLANNED and (mine in HAPPENED) != (theirs in HAPPENED)
    return False if denies else None


def _session(meeting: Report, report: Report) -> _Stand:
    """The number of another body's session says nothing of this one."""
    is_others = meeting.body and report.body and same_body(meeting.body.value, report.body.value) is False
    return None if is_others else _told("session_number", int.__eq__)(meeting, report)


def _start(meeting: Report, report: Report) -> _Stand:
    return _day(meeting, report, 0)


def _end(meeting: Report, report: Report) -> _Stand:
    return _day(meeting, report, 1)


def _day(meeting: Report, report: Report, which: int) -> _Stand:
    """How a report stands to the first day (0) or to the last (1). One day of several is no other day."""
    span = _days(meeting)
    mine = span[which]
    assert mine is not None, "only facts that the meeting holds are compared"
    first, last = told = _days(report, year=mine.year)
    if told[which] is None or told[which] == mine:
        return None if told[which] is None else True
    is_one_of_them = first and first == last and (span[0] or mine) <= first <= (span[1] or mine)
    return None if is_one_of_them else False


def _days(report: Report, *, year: int = 0) -> tuple[date | None, date | None]:
    """First and last day; of a report that names no year, in `year`."""
    if report.start_date or report.end_date:
        return _day_of(report.start_date), _day_of(report.end_date)
    first, _, last = report.date_partial.value.partition("/") if report.date_partial else ("", "", "")
    return _in_year(year, first), _in_year(year, last or first)


def _day_of(fact: Fact[date] | None) -> date | None:
    return fact.value if fact else None


def _in_year(year: int, day: str) -> date | None:
    try:
        return date.fromisoformat(f"{year:04}-{day}")
    except ValueError:
        return None


def _days_of_no_year(meeting: Report, report: Report) -> _Stand:
    mine, theirs = _partial(meeting), _partial(report)
    return None if theirs is None else mine == theirs


def _partial(report: Report) -> str | None:
    if report.date_partial:
        return report.date_partial.value
    days = [fact.value.strftime("%m-%d") for fact in (report.start_date, report.end_date) if fact]
    return "/".join(dict.fromkeys(days)) or None


_STANDS: Mapping[str, Callable[[Report, Report], _Stand]] = {
    "kind": _kind,
    "status": _status,
    "body": _told("body", same_body),
    "session_number": _session,
    "start_date": _start,
    "end_date": _end,
    "date_partial": _days_of_no_year,
    "city": _told("city", _same_name),
    "country": _told("country", str.__eq__),
    "received_by": _told("received_by", same_person),
}
_FACTS = (*_STANDS, "participants", "countries", "topics", "subjects")


# --- lists ----------------------------------------------------------------------------------------------------------


def _values(fact: str, report: Report, told: Sequence[Telling]) -> Iterator[Support]:
    named = [(telling, {each.value for each in getattr(telling.report, fact)}) for telling in told]
    for each in getattr(report, fact):
        yield Support(
            fact=fact,
            value=each.value,
            supports=tuple(telling for telling, values in named if each.value in values),
            omits=tuple(telling for telling, values in named if each.value not in values),
        )


def _people(report: Report, told: Sequence[Telling]) -> Iterator[Support]:
    roll = Roll()
    for fact in report.participants:
        roll.enter(fact.value.name)
    named = [(telling, _named(roll, telling.report)) for telling in told]
    for at, fact in enumerate(report.participants):
        written = (name for _, names in named for name in names.get(at, ()))
        yield Support(
            fact="participants",
            value=fact.value,
            supports=tuple(telling for telling, names in named if at in names),
            omits=tuple(telling for telling, names in named if at not in names),
            spellings=tuple(dict.fromkeys((fact.value.name, *written))),
        )


def _named(roll: Roll, report: Report) -> dict[int | None, list[str]]:
    """Whom a report names, by their numbers, and how it writes them."""
    names: dict[int | None, list[str]] = {}
    for fact in report.participants:
        names.setdefault(roll.find(fact.value.name), []).append(fact.value.name)
    return names
