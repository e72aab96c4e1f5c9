"""Which of the meetings that an article told of each report of its new version tells of: a page may put another first.

It must not decide under which meeting a report stands: `readout.meetings.identity` does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from readout.meetings.comparison import Account, Finding, which_body
from readout.meetings.identity import Candidate, identify
from readout.model import Report, Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """A report as its article told it last: where on the page, and in which version of it."""

    report_id: int
    position: int
    version: int
    report: Report


def retold(before: Sequence[Retelling], reports: Sequence[Report], told_at: datetime | None) -> list[int | None]:
    """Of each of `reports`, in their order, the id of the report in `before` that it tells anew; None: of none.

    Facts decide. What they leave open was corrected: it is known by its body, else by its place on the page, as far as
    the last version told of it.
    """
    last = max((each.version for each in before), default=0)
    standing = [each for each in before if each.version == last]
    found: dict[int, int] = {}
    for former, fits in ((before, partial(_by_facts, told_at)), (standing, _by_body), (standing, _by_place)):
        pairs = (_Pair(each, at, report) for each in former for at, report in enumerate(reports))
        for worth, pair in sorted(((fits(pair), pair) for pair in pairs), key=_best_first):
            if worth > 0 and pair.at not in found and pair.former.report_id not in found.values():
                found[pair.at] = pair.former.report_id
    return [found.get(at) for at in range(len(reports))]


def told_otherwise(before: Report, after: Report) -> bool:
    """Whether something differs by which a meeting is known from another."""
    return _known_by(before) != _known_by(after)


class _Pair(NamedTuple):
    """A report of before, and one of now that stands at `at`."""

    former: Retelling
    at: int
    report: Report


def _best_first(found: tuple[float, _Pair]) -> tuple[float, int, bool, int, int]:
    """What fits best, then what was told last, then what keeps its place."""
    worth, (former, at, _) = found
    return -worth, -former.version, former.position != at, at, former.position


def _by_facts(told_at: datetime | None, pair: _Pair) -> float:
    if not told_otherwise(pair.former.report, pair.report):
        return math.inf
    known = Candidate(meeting_id=pair.former.report_id, account=Account.of(pair.former.report, told_at))
    decision = identify(Account.of(pair.report, told_at), [known])
    return 0.0 if decision.verdict is Verdict.DIFFERENT else decision.score


def _by_body(pair: _Pair) -> float:
    return float(which_body(pair.former.report, pair.report) is Finding.AGREES)


def _by_place(pair: _Pair) -> float:
    return float(pair.former.position == pair.at)


def _known_by(report: Report) -> tuple[object, ...]:
    body = report.body and (report.body.value.id or report.body.value.name)
    single = (
        report.kind,
        report.session_number,
        report.start_date,
        report.end_date,
        report.date_partial,
        report.city,
        report.country,
        report.received_by,
    )
    people = frozenset(person.value.name_latin or person.value.name for person in report.participants)
    states = frozenset(country.value for country in report.countries)
    is_put_off = report.status.value is Status.POSTPONED
    return body, people, states, is_put_off, *(fact and fact.value for fact in single)
