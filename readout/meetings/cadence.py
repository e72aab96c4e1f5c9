"""How regularly a body meets, from the days of its past meetings, and when it is due again.

It must not see a rhythm where there is none: a body that meets as it likes has no cadence.

The rule. The first days of the last twelve meetings that took place, at least four; days within three of each other are
one meeting. Each interval between them is near a whole multiple of the median interval, for then meetings in between
went unseen; near: within a quarter of the median, and always within three days. At most one interval in three may be
such a multiple.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import TypeVar

from readout.meetings.series import Sitting

_FEWEST, _MOST = 4, 12
_ONE_MEETING_DAYS = 3
_NEAR_SHARE, _NEAR_DAYS = 1 / 4, 3
_UNSEEN_SHARE = 1 / 3
# A window is at least so wide on either side, as a share of the interval.
_LEAST_SLACK = 1 / 10
# What is usual holds for a quarter of the meetings or more, and such values together for three quarters.
_USUAL, _MOSTLY = 1 / 4, 3 / 4
_Value = TypeVar("_Value", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """A body's rhythm: about every `interval`, give or take `spread`, seen over `meetings` meetings up to `last`.

    `unseen` meetings in between were missed by all reports. `months` (1 to 12) and `cities` are the usual ones, empty
    where none are.
    """

    interval: timedelta
    spread: timedelta
    meetings: int
    unseen: int
    last: Sitting
    months: tuple[int, ...]
    cities: tuple[str, ...]

    @property
    def window(self) -> tuple[date, date]:
        """The earliest and the latest day on which the next meeting is due to begin."""
        assert self.last.first_day is not None, "a cadence is made of days"
        slack = max(self.spread, self.interval * _LEAST_SLACK, timedelta(days=_NEAR_DAYS))
        due = self.last.first_day + self.interval
        return due - slack, due + slack


def find_cadence(sittings: Iterable[Sitting]) -> Cadence | None:
    """The rhythm of one body's meetings, in any order; None when they have none. Only those that took place count."""
    held = _meetings(sittings)[-_MOST:]
    if len(held) < _FEWEST:
        return None
    lengths = [(after[0] - before[0]).days for before, after in pairwise(held)]
    usual = median(lengths)
    times = [max(1, round(length / usual)) for length in lengths]
    off = [abs(length - usual * count) for length, count in zip(lengths, times, strict=True)]
    unseen = sum(count - 1 for count in times)
    if max(off) > max(usual * _NEAR_SHARE, _NEAR_DAYS) or unseen > len(lengths) * _UNSEEN_SHARE:
        return None
    return Cadence(
        interval=timedelta(days=round(usual)),
        spread=timedelta(days=round(max(off))),
        meetings=len(held),
        unseen=unseen,
        last=held[-1][1],
        months=_usual([day.month for day, _ in held], len(held)),
        cities=_usual([sitting.city for _, sitting in held if sitting.city], len(held)),
    )


def _meetings(sittings: Iterable[Sitting]) -> list[tuple[date, Sitting]]:
    """First days and meetings in order; what is told of as two within a few days counts once."""
    dated = [(sitting.first_day, sitting) for sitting in sittings if sitting.took_place and sitting.first_day]
    held: list[tuple[date, Sitting]] = []
    for day, sitting in sorted(dated, key=lambda told: (told[0], told[1].meeting_id)):
        if not held or (day - held[-1][0]).days > _ONE_MEETING_DAYS:
            held.append((day, sitting))
    return held


def _usual(values: Sequence[_Value], meetings: int) -> tuple[_Value, ...]:
    """The values that most meetings have, the commonest first; none where there is no such habit."""
    often = [(value, count) for value, count in Counter(values).most_common() if count >= meetings * _USUAL]
    return tuple(value for value, _ in often) if sum(count for _, count in often) >= meetings * _MOSTLY else ()
