"""When a source's articles come, learned crawl by crawl, and how long to wait so that they are found soon.

It must not read the clock or the database, nor believe a site: whatever a site's dates say, a wait keeps its bounds,
and over a week a source is asked as often as its `interval` asks for.

The rule. Let λ(t) be the rate at which articles come. An article that falls into a gap of length g between two askings
is found g/2 later on average, so askings that stand with density d(t) find an article after ½∫λ/d; for a given number
of them, ∫d, that is least where d ∝ √λ. (K. C. Sia, J. Cho and H.-K. Cho, "Efficient Monitoring Algorithm for Fast News
Alerts", IEEE TKDE 19(7), 2007, whose exact condition for neighbours, λ(τⱼ)(τⱼ₊₁−τⱼ) = ∫λ from τⱼ₋₁ to τⱼ, has it as its
limit; J. Cho and H. Garcia-Molina, "Effective Page Refresh Policies for Web Crawlers", ACM TODS 28(4), 2003, on why
asking in proportion to change wastes requests.) The mean is ruled by the few that wait longest, which the bounds take
care of already; what most readers wait is better told by the mean of the delay's root. By the same reasoning, ∫λ/d^q is
least where d ∝ λ^(1/(1+q)), that is least where d ∝ λ^⅔: askings are placed by equal shares of ∫λ^⅔. `bench/delay.py`
measures what that is worth.

The rate is taken to repeat weekly: one factor for the hour of the day and one for the weekday, in the source's zone.
Each is counted beside how long it was watched, so that a service that slept, or began on a Monday, learns nothing
false, and is drawn to the likeliest of a few patterns of how people work while there is little to go by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from readout.model import Link

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_HALF_LIFE = timedelta(weeks=3)  # of what was counted
_BACKLOG = timedelta(weeks=8)  # as far back as the dates of a first crawl are looked at
_LONGEST_GAP = timedelta(days=2)  # of an article without a date, to be counted where it may have come
_MOST_ARRIVALS = 200  # that one crawl may count
_MOST_DATED = 1_000
_LARGEST_COUNT = 1e6
_FIRST_YEAR = 1970
_SMALLEST_WINDOW = 5  # links of a place, to tell anything by how many of them are new
_WINDOW_FORGOTTEN = _DAY  # in which the shortest window that was seen becomes twice as long
_LARGEST_WINDOW = _BACKLOG / _HOUR
_SAFE_PART = 0.5  # of what pushes a place's links out
_LEAST_RATE = 0.25  # that is reckoned with where links may be lost: a rate is only learned
_POWER = 2 / 3
_PSEUDO_COUNT = 12.0  # how many articles the pattern weighs beside those counted
_FASTEST = 4  # times as often as the interval at most
_SLOWEST = 2  # times as long as the interval at most

_FLAT_DAY = (1.0,) * 24
_WAKING = tuple(1.0 if 7 <= hour < 23 else 0.15 for hour in range(24))
_OFFICE = tuple(1.0 if 9 <= hour < 19 else 0.05 for hour in range(24))
_HOUR_PATTERNS = ((0.5, _FLAT_DAY), (0.3, _WAKING), (0.2, _OFFICE))
_FLAT_WEEK = (1.0,) * 7
_WEEKENDS = ((5, 6), (4, 5), (3, 4))  # Saturday and Sunday; Friday and Saturday; Thursday and Friday
_DAY_PATTERNS = (
    (0.5, _FLAT_WEEK),
    *((0.5 / 3, tuple(0.1 if day in rest else 1.0 for day in range(7))) for rest in _WEEKENDS),
)

_CELLS = {"hours_came": 24, "hours_watched": 24, "days_came": 7, "days_watched": 7}

Cells = tuple[float, ...]
_Patterns = Sequence[tuple[float, Cells]]
_Arrival = tuple[datetime, float, float]
"""At what moment, how many articles came, and how many hours around it were watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How short and how long a wait may be, whatever was learned."""

    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a crawl saw where links are found: when those with a time were `published`, by URL, and how many were `new`
    at places known before. `turnover`: the largest part of a known place's links that were new, 0 to 1."""

    published: Mapping[str, datetime] = field(default_factory=dict)
    new: int = 0
    turnover: float = 0.0

    def with_page(
        self, links: Sequence[Link], *, new: int, was_known: bool, windowed: bool, zone: ZoneInfo
    ) -> Sighting:
        """The same with one more page of links: `new` of them were not known before. `was_known`: its place was;
        `windowed`: it names the newest links and drops the others. What stands on several pages counts once."""
        dated = ((link.url, _time_of(link, zone)) for link in links[:_MOST_DATED])
        published = {**self.published, **{url: moment for url, moment in dated if moment is not None}}
        tells = was_known and windowed and len(links) >= _SMALLEST_WINDOW
        return Sighting(
            published=dict(islice(published.items(), _MOST_DATED)),
            new=self.new + new * was_known,
            turnover=max(self.turnover, min(new / len(links), 1.0) if tells else 0.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a source's articles come. Of each hour of the day (24) and weekday (7, from Monday) how many `came`, and for
    how many hours it was `watched`, both fading; `at`: up to when; `window`: how fast a place's links are pushed out.
    """

    at: datetime
    hours_came: Cells = (0.0,) * 24
    hours_watched: Cells = (0.0,) * 24
    days_came: Cells = (0.0,) * 7
    days_watched: Cells = (0.0,) * 7
    window: float | None = None


# --- what a crawl saw -------------------------------------------------------------------------------------------------


def _time_of(link: Link, zone: ZoneInfo) -> datetime | None:
    """When the link says that it was published, with a time of day: midnight is how sites write a day alone."""
    if link.published is None or link.published_day_only or not _FIRST_YEAR < link.published.year < MAXYEAR:
        return None
    local = link.published.astimezone(zone)
    is_day = any((moment.hour, moment.minute, moment.second) == (0, 0, 0) for moment in (link.published, local))
    return None if is_day else link.published


# --- learning ---------------------------------------------------------------------------------------------------------


def learn(rhythm: Rhythm | None, seen: Sighting, *, zone: ZoneInfo, interval: timedelta, asked_at: datetime) -> Rhythm:
    """`rhythm` with what a crawl that began at `asked_at` saw; None: the source's first.

    What stands at a place now and did not before came in between: an article that dates itself elsewhere, or nowhere,
    is taken to have come at any moment between. A clock that was set back or far on costs what was learned, no more.
    """
    if rhythm is None:
        first = min((moment for moment in seen.published.values() if moment > asked_at - _BACKLOG), default=asked_at)
        start, before = min(first - _MOMENT, asked_at), Rhythm(at=asked_at)
    else:
        start, before = min(rhythm.at, asked_at), _faded(rhythm, asked_at)
    dated = [moment for moment in seen.published.values() if start < moment <= asked_at]
    others = max(seen.new - len(dated), 0)
    if asked_at - start > _LONGEST_GAP:  # what came in so long a time may be gone: only what is dated tells anything
        others, start = 0, max(min(dated, default=asked_at), asked_at - _BACKLOG)
    counted = _counted(before, _arrivals(start, asked_at, dated, others), zone)
    return replace(counted, window=None if rhythm is None else _window(rhythm, seen, zone, interval, asked_at))


def _faded(rhythm: Rhythm, now: datetime) -> Rhythm:
    part = 0.5 ** (max(now - rhythm.at, timedelta()) / _HALF_LIFE)
    cells: dict[str, Any] = {name: _times(getattr(rhythm, name), part) for name in _CELLS}
    return Rhythm(at=now, **cells)


def _times(cells: Cells, factor: float) -> Cells:
    return tuple(cell * factor for cell in cells)


def _arrivals(start: datetime, end: datetime, dated: Sequence[datetime], others: int) -> Iterator[_Arrival]:
    """Those at the moments `dated`, and `others` at any moment from `start` to `end`, which was watched."""
    scale = min(1.0, _MOST_ARRIVALS / max(len(dated) + others, 1))
    yield from ((moment, scale, 0.0) for moment in dated)
    yield from ((at, others * scale * (part / (end - start)), part / _HOUR) for at, part in _pieces(start, end))


def _counted(before: Rhythm, arrivals: Iterable[_Arrival], zone: ZoneInfo) -> Rhythm:
    cells: dict[str, Any] = {name: list(getattr(before, name)) for name in _CELLS}
    for moment, came, watched in arrivals:
        local, kept = moment.astimezone(zone), 0.5 ** ((before.at - moment) / _HALF_LIFE)
        for kind, at in (("hours", local.hour), ("days", local.weekday())):
            cells[f"{kind}_came"][at] += came * kept
            cells[f"{kind}_watched"][at] += watched * kept
    counted: dict[str, Any] = {name: tuple(each) for name, each in cells.items()}
    return Rhythm(at=before.at, **counted)


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """The time from `start` to `end` in pieces of an hour at most: the middle of each and its length."""
    while start < end:
        part = min(_HOUR, end - start)
        yield start + part / 2, part
        start += part


def _window(rhythm: Rhythm, seen: Sighting, zone: ZoneInfo, interval: timedelta, now: datetime) -> float | None:
    """After how much a place's links are pushed out: the least of late, forgotten day by day.

    A gap much shorter than the interval tells of a burst, which pushes out little before it is over.
    """
    gap = min(max(now - rhythm.at, interval / 2), _LONGEST_GAP)
    kept = rhythm.window and rhythm.window * 2 ** min(gap / _WINDOW_FORGOTTEN, 8)
    kept = None if kept is None or kept > _LARGEST_WINDOW else kept
    if not seen.turnover:
        return kept
    week = _reckoned(rhythm)
    came = sum(_cell(week, moment, zone) * (part / _HOUR) for moment, part in _pieces(now - gap, now))
    return min(came / seen.turnover, kept or _LARGEST_WINDOW)


def _reckoned(rhythm: Rhythm) -> list[Cells]:
    return [tuple(max(rate, _LEAST_RATE) for rate in day) for day in rates(rhythm)]


def _cell(week: Sequence[Cells], moment: datetime, zone: ZoneInfo) -> float:
    local = moment.astimezone(zone)
    return week[local.weekday()][local.hour]


# --- waiting ----------------------------------------------------------------------------------------------------------


def bounds(interval: timedelta, *, shortest: timedelta, longest: timedelta) -> Bounds:
    """Between which waits a source of `interval` is asked: from a quarter of it to twice as long, and never oftener
    than every `shortest` nor more seldom than every `longest`, unless the interval itself asks for that."""
    return Bounds(
        shortest=max(interval / _FASTEST, min(interval, shortest)),
        longest=min(interval * _SLOWEST, max(interval, longest)),
    )


def next_wait(rhythm: Rhythm, *, zone: ZoneInfo, interval: timedelta, bounds: Bounds, now: datetime) -> timedelta:
    """How long to wait from `now`: as long as it takes until one asking is due, and never so long that links are lost.

    Until a whole day was watched it is the interval at most.
    """
    week = densities(rhythm, interval / bounds.longest, interval / bounds.shortest)
    wait = _until(interval / _HOUR, week, now, zone, bounds.longest)
    if rhythm.window is not None:
        wait = min(wait, _until(rhythm.window * _SAFE_PART, _reckoned(rhythm), now, zone, bounds.longest))
    longest = bounds.longest if sum(rhythm.days_watched) >= _DAY / _HOUR else interval
    return min(max(wait, bounds.shortest), longest)


def _until(amount: float, week: Sequence[Cells], now: datetime, zone: ZoneInfo, longest: timedelta) -> timedelta:
    """The time from `now` in which the cells of `week`, each so much an hour, add up to `amount`; at most `longest`."""
    at = now
    while at - now < longest:
        local = at.astimezone(zone)
        part = _HOUR - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        cell = week[local.weekday()][local.hour]
        if cell * (part / _HOUR) >= amount:
            return min(at + amount / cell * _HOUR - now, longest)
        amount, at = amount - cell * (part / _HOUR), at + part
    return longest


def densities(rhythm: Rhythm, least: float, most: float) -> list[Cells]:
    """How often to ask in each hour of each weekday, in units of once an interval: 1 on average, `least` to `most`."""
    wanted = [[rate**_POWER for rate in day] for day in rates(rhythm)]
    factor = _factor([density for day in wanted for density in day], least, most)
    return [tuple(min(max(density * factor, least), most) for density in day) for day in wanted]


def _factor(wanted: Sequence[float], least: float, most: float) -> float:
    """By what all must be multiplied so that they are 1 on average when none may leave its bounds."""
    low, high = 0.0, most / min(wanted)
    for _ in range(30):
        middle = (low + high) / 2
        if sum(min(max(density * middle, least), most) for density in wanted) < len(wanted):
            low = middle
        else:
            high = middle
    return high


def rates(rhythm: Rhythm) -> list[Cells]:
    """How many articles come in each hour (24) of each weekday (7, from Monday), beside what comes on average."""
    hours = _relative(rhythm.hours_came, rhythm.hours_watched, _HOUR_PATTERNS)
    days = _relative(rhythm.days_came, rhythm.days_watched, _DAY_PATTERNS)
    return [tuple(day * hour for hour in hours) for day in days]


def _relative(came: Cells, watched: Cells, patterns: _Patterns) -> Cells:
    """The rate of each cell beside the average, where `came` says little drawn to the likely patterns: the mean of a
    gamma distribution of `_PSEUDO_COUNT` articles that come as these say, after those that came in the time watched."""
    drawn = _likely(came, watched, patterns)
    rate = sum(came) / max(sum(watched), 1e-9)
    cells = [
        (number + _PSEUDO_COUNT * usual) / (rate * hours + _PSEUDO_COUNT)
        for number, hours, usual in zip(came, watched, drawn, strict=True)
    ]
    return _times(tuple(cells), len(cells) / sum(cells))


def _likely(came: Cells, watched: Cells, patterns: _Patterns) -> Cells:
    """The patterns, each weighed by how well it foretells what came while it was watched (Bayes)."""
    evidence = [
        math.log(weight) + _log_likelihood(came, _expected(watched, pattern)) if sum(came) else math.log(weight)
        for weight, pattern in patterns
    ]
    best = max(evidence)
    weights = [math.exp(each - best) for each in evidence]
    mixed = [
        sum(
            weight * pattern[cell] * len(pattern) / sum(pattern)
            for weight, (_, pattern) in zip(weights, patterns, strict=True)
        )
        for cell in range(len(came))
    ]
    return _times(tuple(mixed), 1 / sum(weights))


def _expected(watched: Cells, pattern: Cells) -> Cells:
    cells = tuple((hours + 1e-9) * usual for hours, usual in zip(watched, pattern, strict=True))
    return _times(cells, 1 / sum(cells))


def _log_likelihood(came: Cells, shares: Cells) -> float:
    return sum(number * math.log(share) for number, share in zip(came, shares, strict=True) if number)


# --- as it is kept ----------------------------------------------------------------------------------------------------


def to_row(rhythm: Rhythm) -> dict[str, Any]:
    """The rhythm as JSON."""
    cells = {name: [round(cell, 3) for cell in getattr(rhythm, name)] for name in _CELLS}
    window = rhythm.window and round(rhythm.window, 3)
    return {"at": rhythm.at.isoformat(), "window": window, **cells}


def from_row(row: Any) -> Rhythm | None:
    """The rhythm that `to_row` wrote; None for anything else, so that it is learned anew."""
    try:
        cells = {name: tuple(float(cell) for cell in row[name]) for name in _CELLS}
        at = datetime.fromisoformat(row["at"])
        window = None if row["window"] is None else float(row["window"])
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    numbers = [*(cell for each in cells.values() for cell in each), window or 0.0]
    fits = all(len(cells[name]) == number for name, number in _CELLS.items())
    if not fits or at.tzinfo is None or not all(0 <= number <= _LARGEST_COUNT for number in numbers):
        return None
    return Rhythm(at=at, window=window or None, **cells)
