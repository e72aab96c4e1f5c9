"""What should have been reported, over the whole store: rhythms, numbers and announcements read side by side.

It must not decide what is expected: `readout.meetings.expected` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from readout.meetings.cadence import Cadence, find_cadence
from readout.meetings.expected import (
    Absence,
    Announcement,
    Expectation,
    expect_announced,
    expect_next,
    expect_of_body,
)
from readout.meetings.series import Sitting, read_series
from readout.model import Status
from readout.storage.expected import (
    SittingRow,
    announcements,
    latest_sittings,
    sitting_rows,
    sittings_by_body,
    sittings_of,
)

RECENT = timedelta(days=365)
"""What should have met longer ago is told only when everything is asked for."""
RECENT_NUMBERS = 3 * RECENT
"""The same of session numbers, which nobody else counts."""
# A rhythm is found in twelve meetings: so many are looked at where some are told of as two, or came to nothing.
_LATEST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a body meets of late: the day it met `last`, its `cadence`, the day for which the `following` meeting is
    announced, and what is `due` by the cadence and not announced."""

    last: date | None
    cadence: Cadence | None
    following: date | None
    due: Expectation | None


def rhythms(connection: Connection, *, today: date) -> dict[str, Rhythm]:
    """The rhythm of each body by its last meetings alone: a store of many years is not looked through for it."""
    return {body: _of_late(body, sittings, today) for body, sittings in latest_sittings(connection, _LATEST)}


def _of_late(body: str, sittings: Sequence[Sitting], today: date) -> Rhythm:
    cadence = find_cadence(sittings)
    due = expect_next(body, cadence, sittings, read_series(sittings), today) if cadence else None
    days = [(each, each.first_day) for each in sittings if each.first_day]
    return Rhythm(
        last=max((day for each, day in days if each.took_place), default=None),
        cadence=cadence,
        following=min((day for each, day in days if each.status is Status.PLANNED and day >= today), default=None),
        due=due if due and _is_recent(due, today) else None,
    )


def expected(
    connection: Connection,
    *,
    today: date,
    bodies: Sequence[str] = (),
    until: date | None = None,
    everything: bool = False,
) -> list[Expectation]:
    """The meetings that should be reported, of `bodies` or of all, in the order of `Absence` and then of days.

    What begins after `until` is left out, and unless `everything` is asked for what is not recent any more.
    """
    found = _all(connection, bodies, None if everything else today - RECENT, today)
    wanted = (each for each in found if _begins_by(until, each) and (everything or _is_recent(each, today)))
    return sorted(wanted, key=_order)


def expected_of(connection: Connection, body: str, sittings: Sequence[Sitting], *, today: date) -> list[Expectation]:
    """What `sittings` of a body lead one to expect, and what it announced, however old; in that order of `expected`."""
    told = (each for one in announcements(connection, [body]) for each in _told(one, sittings, today))
    return sorted((*expect_of_body(body, sittings, today), *told), key=_order)


def announced(connection: Connection, *, today: date, since: date) -> list[Expectation]:
    """The meetings that are announced for `since` or later, or for no year, and not reported: by their first day.

    Neither rhythms nor numbers are looked at, and of the store no more than the bodies that announced something.
    """
    told = announcements(connection, since=since)
    siblings = dict(sittings_by_body(connection, sorted({each.body for each in told if each.body})) if told else ())
    found = (each for one in told for each in _told(one, siblings.get(one.body or "", ()), today))
    return sorted(found, key=_order)


def _all(connection: Connection, bodies: Sequence[str], since: date | None, today: date) -> Iterator[Expectation]:
    announced: dict[str | None, list[Announcement]] = defaultdict(list)
    for each in announcements(connection, bodies, since=since):
        announced[each.body].append(each)
    for body, rows in sitting_rows(connection, bodies):
        yield from _of_body(body, rows, today)
        if body in announced:
            sittings = sittings_of(rows)
            for each in announced.pop(body):
                yield from _told(each, sittings, today)
    for each in (each for group in announced.values() for each in group):
        yield from _told(each, (), today)


# Of most bodies nothing was told since they were last looked at: the same rows on the same day, the same expectations.
@lru_cache(maxsize=1_000)
def _of_body(body: str, rows: tuple[SittingRow, ...], today: date) -> tuple[Expectation, ...]:
    return tuple(expect_of_body(body, sittings_of(rows), today))


def _told(announced: Announcement, siblings: Iterable[Sitting], today: date) -> Iterator[Expectation]:
    told = expect_announced(announced, siblings, today)
    if told is not None:
        yield told


def _begins_by(until: date | None, each: Expectation) -> bool:
    return until is None or each.earliest is None or each.earliest <= until


def _is_recent(each: Expectation, today: date) -> bool:
    age = RECENT_NUMBERS if each.absence in (Absence.GAP, Absence.UNFIT) else RECENT
    return each.latest is None or each.latest >= today - age


def _order(each: Expectation) -> tuple[int, date, str, int]:
    return list(Absence).index(each.absence), each.earliest or date.max, each.body or "", each.first_number or 0
