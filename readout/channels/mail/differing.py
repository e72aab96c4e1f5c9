"""Where the accounts of a meeting differ: what each says who contradicts the facts as they are told.

It must not choose which of them is right, nor call it a difference that some say less than others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from readout.channels.mail.quote import facts_of, is_ruled
from readout.channels.mail.saying import Saying, line
from readout.meetings.agreement import Support, agreement
from readout.model import Meeting, Report, Telling

_MOST_FACTS = 5
_MOST_SIDES = 4
_MOST_OUTLETS = 4

SAID_AS = {"start_date": "days", "end_date": "days", "date_partial": "days"}
"""The facts that a reader takes for one."""


@dataclass(frozen=True, slots=True)
class Side:
    """What some accounts say, and which, official ones first; or a person, by hand."""

    value: str
    outlets: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact by its label, what is told of it first; `more`: that there are further sides."""

    label: str
    sides: tuple[Side, ...]
    more: str | None


def find_differences(meeting: Meeting, saying: Saying) -> tuple[Difference, ...]:
    """The facts of `meeting` that some original account contradicts, the first few of them; copies have no voice."""
    disputed = (support for support in agreement(meeting) if _originals(each.telling for each in support.contradicts))
    facts = groupby(disputed, key=lambda support: SAID_AS.get(support.fact) or support.fact)
    said = (_difference(fact, list(supports), meeting, saying) for fact, supports in facts)
    return tuple(found for found in said if len(found.sides) > 1)[:_MOST_FACTS]


def _difference(fact: str, supports: Sequence[Support], meeting: Meeting, saying: Saying) -> Difference:
    say = _SAY[fact]
    against = _originals(each.telling for support in supports for each in support.contradicts)
    bearing = _originals(telling for support in supports for telling in support.supports)
    denying = {telling.report_id for telling in against}
    sides: dict[str, list[Telling]] = {say(saying, meeting.report) or "": []}
    for telling in [*(each for each in bearing if each.report_id not in denying), *against]:
        # who bears it out may spell it otherwise, or name one day of several
        value = say(saying, telling.report) if telling.report_id in denying else next(iter(sides))
        sides.setdefault(value or "", []).append(telling)
    hand = {next(iter(sides)): saying.words.line["ruled"]} if _is_set_by_hand(meeting, supports) else {}
    told = [
        Side(value, ", ".join(filter(None, (hand.get(value), _outlets(tellings, saying)))))
        for value, tellings in sides.items()
        if value
    ]
    more = len(told) - _MOST_SIDES
    further = saying.words.line["more"].format(count=more) if more > 0 else None
    return Difference(saying.words.fact[fact], tuple(told[:_MOST_SIDES]), further)


def _is_set_by_hand(meeting: Meeting, supports: Iterable[Support]) -> bool:
    return any(is_ruled(fact) for support in supports for fact in facts_of(meeting.report, support.fact))


def _originals(tellings: Iterable[Telling]) -> list[Telling]:
    """Those that copy no other, each once."""
    return list({telling.report_id: telling for telling in tellings if telling.duplicate_of is None}.values())


def _outlets(tellings: Iterable[Telling], saying: Saying) -> str:
    names = list(dict.fromkeys(name for telling in tellings if (name := saying.outlet(telling))))
    more = len(names) - _MOST_OUTLETS
    further = [saying.words.line["more"].format(count=more)] if more > 0 else []
    return ", ".join([*names[:_MOST_OUTLETS], *further])


# --- a fact of one report as it is said -------------------------------------------------------------------------------


def _kind(saying: Saying, report: Report) -> str:
    return saying.words.kind[report.kind.value.value]


def _status(saying: Saying, report: Report) -> str:
    return saying.words.standing(report.kind.value.value, report.status.value.value)


def _body(saying: Saying, report: Report) -> str | None:
    return saying.body(report.body.value) if report.body else None


def _session(_saying: Saying, report: Report) -> str | None:
    return line(str(report.session_number.value)) if report.session_number else None


def _city(saying: Saying, report: Report) -> str | None:
    return saying.city(report.city.value) if report.city else None


def _country(saying: Saying, report: Report) -> str | None:
    return saying.country(report.country.value) if report.country else None


def _receiver(_saying: Saying, report: Report) -> str | None:
    return line(report.received_by.value) if report.received_by else None


_SAY: Mapping[str, Callable[[Saying, Report], str | None]] = {
    "kind": _kind,
    "status": _status,
    "body": _body,
    "session_number": _session,
    "days": Saying.days,
    "city": _city,
    "country": _country,
    "received_by": _receiver,
}
