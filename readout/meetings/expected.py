"""What should be reported and is not: meetings announced, due by a body's rhythm, or missing among its numbers.

It must not say that a meeting took place: it says what was told before, and what follows from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from readout.meetings.cadence import Cadence, find_cadence
from readout.meetings.event_days import days_of
from readout.meetings.series import Gap, Order, Seen, Series, Sitting, read_series
from readout.model import Report, Status

GRACE = timedelta(days=3)
"""How long after a day reports of it may still come."""
# A meeting of the same body so near an announced day may be the one announced.
_NEAR = timedelta(days=10)


class Absence(StrEnum):
    """What is expected, and why it is told."""

    ANNOUNCED = "announced"
    OVERDUE = "date passed, no report"
    UNANNOUNCED = "expected, not announced"
    MISSED = "window passed, no report"
    GAP = "number not seen"
    UNFIT = "number does not fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is expected, in a sentence, and the meeting whose reports show it."""

    says: str
    meeting_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A meeting that should be reported, between `earliest` and `latest` where they are known.

    `report` holds the facts of an announced one, `partial` its days as ``MM-DD`` where no year is said; `body` is a
    registry id; `first_number` and `last_number` are the session numbers meant.
    """

    absence: Absence
    body: str | None
    reasons: tuple[Reason, ...]
    earliest: date | None = None
    latest: date | None = None
    first_number: int | None = None
    last_number: int | None = None
    meeting_id: int | None = None
    report: Report | None = None
    partial: str | None = None

    def days_overdue(self, today: date) -> int | None:
        """How long its last day has passed; None for what is yet to come, is no matter of days, or has none."""
        late = self.absence in (Absence.OVERDUE, Absence.MISSED)
        return (today - self.latest).days if late and self.latest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A meeting that is told of as planned and in no other way, or as put off to a new day; `first_told`: the day it
    was first seen."""

    sitting: Sitting
    report: Report
    first_told: date

    @property
    def body(self) -> str | None:
        """The registry id of its body."""
        return self.report.body.value.id if self.report.body else None


def expect_announced(announced: Announcement, siblings: Iterable[Sitting], today: date) -> Expectation | None:
    """What to say of an announced meeting, None where no day of it is told; `siblings`: meetings of its body."""
    sitting, report = announced.sitting, announced.report
    partial = report.date_partial.value if report.date_partial else None
    first, last = sitting.first_day, sitting.last_day or sitting.first_day
    if last is None and partial is None:
        return None
    passed = last or _came_round(partial or "", announced.first_told)
    overdue = passed is not None and passed + GRACE < today
    is_put_off = report.status.value is Status.POSTPONED
    reasons = [Reason(says="put off to this day" if is_put_off else "announced here", meeting_id=sitting.meeting_id)]
    if partial and last is None:
        reasons.append(_of_partial(partial, announced.first_told, passed if overdue else None))
    if overdue:
        reasons += (_perhaps(other) for other in siblings if _may_be(other, sitting))
    return Expectation(
        absence=Absence.OVERDUE if overdue else Absence.ANNOUNCED,
        body=announced.body,
        reasons=tuple(reasons),
        earliest=first,
        latest=last,
        first_number=sitting.number,
        last_number=sitting.number,
        meeting_id=sitting.meeting_id,
        report=report,
        partial=partial if last is None else None,
    )


def expect_of_body(body: str, sittings: Sequence[Sitting], today: date) -> Iterator[Expectation]:
    """What the meetings of one body lead one to expect: by their rhythm, and by their numbers."""
    series = read_series(sittings)
    cadence = find_cadence(sittings)
    if cadence and (due := expect_next(body, cadence, sittings, series, today)):
        yield due
    for gap in series.gaps:
        yield _gap(body, gap)
    for point in series.far:
        yield _unfit(body, point, "far from the other numbers, or a year: perhaps misread")
    for point in series.out_of_order:
        yield _unfit(body, point, "out of order: later meetings bear lower numbers, or earlier ones higher")


def is_put_off_to(meeting: Report, told: Iterable[Report]) -> bool:
    """Whether the days of a meeting that was put off are the new ones: all of its reports that tell them say so, and
    others earlier ones. Of a single report nobody knows whether it names the old day or the new."""
    days = days_of(meeting)
    told_days = [(days_of(report), report.status.value) for report in told]
    new = {status for each, status in told_days if each == days}
    return days is not None and new == {Status.POSTPONED} and any(each and each < days for each, _ in told_days)


# --- announced ------------------------------------------------------------------------------------------------------


def _came_round(partial: str, since: date) -> date | None:
    """The first day on or after `since` that a partial date can mean; None for what is no day."""
    month, _, day = partial.rpartition("/")[2].partition("-")
    for year in range(since.year, since.year + 9):
        try:
            found = date(year, int(month), int(day))
        except ValueError:  # 29 February, in most years
            continue
        if found >= since:
            return found
    return None


def _of_partial(partial: str, first_told: date, passed: date | None) -> Reason:
    told = f"no year is said with {partial}; first seen here on {first_told}"
    return Reason(says=f"{told}, and the day came round on {passed}" if passed else told)


def _may_be(other: Sitting, sitting: Sitting) -> bool:
    if not other.took_place:
        return False
    if other.number and sitting.number:
        return other.number == sitting.number
    if other.first_day is None or sitting.first_day is None:
        return False
    return abs(other.first_day - sitting.first_day) <= _NEAR


def _perhaps(other: Sitting) -> Reason:
    return Reason(says=f"may be it: {_named(other)}", meeting_id=other.meeting_id)


# --- by rhythm ------------------------------------------------------------------------------------------------------


def _is_announced(cadence: Cadence, sittings: Iterable[Sitting]) -> bool:
    """Whether a meeting after the last one is announced with its day: it is listed as that."""
    last = cadence.last.first_day
    return any(
        sitting.status is Status.PLANNED and sitting.first_day and last and sitting.first_day > last
        for sitting in sittings
    )


def expect_next(
    body: str, cadence: Cadence, sittings: Sequence[Sitting], series: Series, today: date
) -> Expectation | None:
    """The next meeting of a body with that cadence and series; None where one is announced."""
    if _is_announced(cadence, sittings):
        return None
    earliest, latest = cadence.window
    missed = latest + GRACE < today
    last = cadence.last
    reasons = [Reason(says=_rhythm(cadence)), Reason(says=f"last: {_named(last)}", meeting_id=last.meeting_id)]
    reasons += (
        Reason(says=f"since then: {_named(other)}", meeting_id=other.meeting_id)
        for other in sittings
        if not other.day_holds and other.first_day and last.first_day and other.first_day > last.first_day
    )
    number = last.number + 1 if last.number and _is_highest(last.number, series) else None
    return Expectation(
        absence=Absence.MISSED if missed else Absence.UNANNOUNCED,
        body=body,
        reasons=tuple(reasons),
        earliest=earliest,
        latest=latest,
        first_number=number,
        last_number=number,
    )


def _is_highest(number: int, series: Series) -> bool:
    fitting = set(series.seen) - {point.number for point in (*series.far, *series.out_of_order)}
    return series.order is Order.FOLLOWS and number == max(fitting, default=None)


def _rhythm(cadence: Cadence) -> str:
    told = f"meets about every {cadence.interval.days} days, give or take {cadence.spread.days}"
    unseen = f" ({cadence.unseen} between them not seen)" if cadence.unseen else ""
    months = " or ".join(f"{date(2000, month, 1):%B}" for month in sorted(cadence.months))
    habits = [f"in {habit}" for habit in (months, " or ".join(cadence.cities)) if habit]
    usual = f"; mostly {', '.join(habits)}" if habits else ""
    return f"{told}, over its last {cadence.meetings} meetings{unseen}{usual}"


# --- by number ------------------------------------------------------------------------------------------------------


def _gap(body: str, gap: Gap) -> Expectation:
    return Expectation(
        absence=Absence.GAP,
        body=body,
        reasons=(_bearer(gap.below), _bearer(gap.above)),
        earliest=gap.earliest,
        latest=gap.latest,
        first_number=gap.first,
        last_number=gap.last,
    )


def _unfit(body: str, point: Seen, why: str) -> Expectation:
    return Expectation(
        absence=Absence.UNFIT,
        body=body,
        reasons=(Reason(says=why), _bearer(point)),
        earliest=point.first,
        latest=point.last,
        first_number=point.number,
        last_number=point.number,
    )


def _bearer(point: Seen) -> Reason:
    day = f", {point.first}" if point.first else ", day unknown"
    return Reason(says=f"session {point.number}{day}", meeting_id=point.meeting_ids[0])


def _named(sitting: Sitting) -> str:
    number = f"session {sitting.number}" if sitting.number else "a meeting"
    place = f" in {sitting.city}" if sitting.city else ""
    return f"{number}, {sitting.status.value}{place} {sitting.first_day or '(day unknown)'}"
