"""The session numbers of a body: which were seen, which are missing between them, which do not fit the others.

It must not guess how a body counts: where its numbers do not follow the days, no number is called missing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from readout.model import Status

# Meetings of one number so close together are one session told twice; later the number has come back.
_ONE_SESSION = timedelta(days=60)
# A number alone with so many missing on the way to its neighbours is sooner misread than right.
_FAR = 10
# Fewer than this share in the order of their days, or so many numbers that come back: the count begins anew at times.
_IN_ORDER = 2 / 3
_COME_BACK = 2
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What a series knows of one meeting. Days are None where no report tells them."""

    meeting_id: int
    status: Status
    number: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    city: str | None = None

    @property
    def took_place(self) -> bool:
        """Whether somebody reported that it met."""
        return self.status in (Status.HELD, Status.ONGOING)

    @property
    def day_holds(self) -> bool:
        """Whether its day still says something: that of a cancelled or postponed meeting does not."""
        return self.status not in (Status.CANCELLED, Status.POSTPONED)


class Order(StrEnum):
    """How a body's numbers lie."""

    FOLLOWS = "numbers follow the days"
    UNKNOWABLE = "numbers do not follow the days: the body counts anew at times, or they are misread"
    APART = "numbers lie too far apart to tell which are missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A number and the meetings that bear it, from the first to the last of their first days."""

    number: int
    meeting_ids: tuple[int, ...]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers from `first` to `last` that no meeting bears; they must have met between the days, where those are known.

    `below` and `above` are the numbers seen on both sides.
    """

    first: int
    last: int
    below: Seen
    above: Seen
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A body's numbers. `far`: a single one far from the others, or a year taken for a number. `out_of_order`: it
    stands against the days. Neither makes a gap."""

    order: Order
    seen: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()
    far: tuple[Seen, ...] = ()
    out_of_order: tuple[Seen, ...] = ()


def read_series(sittings: Iterable[Sitting]) -> Series:
    """The series of one body's meetings, in any order. There are never more gaps than meetings."""
    points = _points(sittings)
    numbers = tuple(sorted({point.number for point in points}))
    years = {point for point in points if _is_a_year(point, numbers)}
    counted = [point for point in points if point not in years]
    dated = sorted((point for point in counted if point.first), key=_by_day)
    rising = _rising(dated)
    if _begins_anew(dated, rising):
        return Series(order=Order.UNKNOWABLE, seen=numbers, far=_in_order(years))
    out_of_order = tuple(_without(dated, rising))
    groups = _groups(_in_order([*rising, *(point for point in counted if not point.first)]))
    if len(groups) > 1 and max(map(len, groups)) == 1:
        return Series(order=Order.APART, seen=numbers, far=_in_order(years), out_of_order=out_of_order)
    lone = [group[0] for group in groups if len(group) == 1 < len(groups)]
    fitting = _without((point for group in groups for point in group), lone)
    return Series(
        order=Order.FOLLOWS,
        seen=numbers,
        gaps=tuple(_gaps(fitting, numbers)),
        far=_in_order([*years, *lone]),
        out_of_order=out_of_order,
    )


def _by_day(point: Seen) -> tuple[date, int]:
    return point.first or date.min, point.number


def _in_order(points: Iterable[Seen]) -> tuple[Seen, ...]:
    return tuple(sorted(points, key=lambda point: (point.number, point.first or date.min)))


def _without(points: Iterable[Seen], left_out: Iterable[Seen]) -> list[Seen]:
    gone = frozenset(left_out)
    return [point for point in points if point not in gone]


def _points(sittings: Iterable[Sitting]) -> list[Seen]:
    """Each number with its meetings; once more where it comes back later. Meetings without a day stand apart."""
    days: dict[int, list[tuple[date, int]]] = defaultdict(list)
    undated: dict[int, list[int]] = defaultdict(list)
    for sitting in sittings:
        if sitting.number is None:
            continue
        if sitting.first_day and sitting.day_holds:
            days[sitting.number].append((sitting.first_day, sitting.meeting_id))
        else:
            undated[sitting.number].append(sitting.meeting_id)
    points = [point for number, told in days.items() for point in _sessions(number, sorted(told))]
    rest = [
        Seen(number=number, meeting_ids=tuple(sorted(ids))) for number, ids in undated.items() if number not in days
    ]
    return points + rest


def _sessions(number: int, told: Sequence[tuple[date, int]]) -> Iterator[Seen]:
    start = 0
    for end in range(1, len(told) + 1):
        if end == len(told) or told[end][0] - told[start][0] > _ONE_SESSION:
            ids = tuple(meeting_id for _, meeting_id in told[start:end])
            yield Seen(number=number, meeting_ids=ids, first=told[start][0], last=told[end - 1][0])
            start = end


def _is_a_year(point: Seen, numbers: Sequence[int]) -> bool:
    """Whether the number is the year of its day, or of about then, and no other number but a year is near it."""
    if point.number not in _YEARS or (point.first and abs(point.number - point.first.year) > 1):
        return False
    return not any(other not in _YEARS and abs(other - point.number) <= _FAR for other in numbers)


def _rising(points: Sequence[Seen]) -> list[Seen]:
    """The longest run of `points`, which stand in the order of their days, whose numbers rise (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, point in enumerate(points):
        length = bisect_left(tails, point.number)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [point.number]
        ends[length : length + 1] = [at]
    run: list[Seen] = []
    step = ends[-1] if ends else None
    while step is not None:
        run.append(points[step])
        step = before[step]
    return run[::-1]


def _begins_anew(dated: Sequence[Seen], rising: Sequence[Seen]) -> bool:
    come_back = len(dated) - len({point.number for point in dated})
    return come_back >= _COME_BACK or len(rising) < _IN_ORDER * len(dated)


def _groups(base: Iterable[Seen]) -> list[list[Seen]]:
    """`base`, in the order of numbers, split where more than a few are missing."""
    groups: list[list[Seen]] = []
    for point in base:
        if groups and point.number - groups[-1][-1].number <= _FAR + 1:
            groups[-1].append(point)
        else:
            groups.append([point])
    return groups


def _gaps(base: Sequence[Seen], seen: Sequence[int]) -> Iterator[Gap]:
    """The holes between the numbers of `base`, less what was seen elsewhere."""
    dated = [point for point in base if point.first]
    rungs = [point.number for point in dated]
    for below, above in pairwise(base):
        known = seen[bisect_right(seen, below.number) : bisect_left(seen, above.number)]
        for left, right in pairwise([below.number, *known, above.number]):
            if right - left > 1:
                earlier, later = bisect_right(rungs, left), bisect_left(rungs, right)
                yield Gap(
                    first=left + 1,
                    last=right - 1,
                    below=below,
                    above=above,
                    earliest=dated[earlier - 1].first if earlier else None,
                    latest=dated[later].first if later < len(dated) else None,
                )
