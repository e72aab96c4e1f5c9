"""How word of a meeting spread: who told of it first, and how long after that the others did.

It must not look at the clock: time counts from the first publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from readout.model import Status, Telling

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A report, and how long `after` the first one it came out; None: nobody knows when.

    In whole days where `by_day`: one of the two pages gives no time.
    """

    telling: Telling
    after: timedelta | None
    by_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a meeting stood in its life, and who was the first to say so."""

    status: Status
    telling: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The reports of a meeting, first published first; those without a date come last.

    `outlets` and `languages` as they joined, `stages` of the meeting's life as they were first told.
    """

    appearances: tuple[Appearance, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    stages: tuple[Stage, ...]

    @property
    def last(self) -> Appearance | None:
        """The last report that somebody can date; None where nobody can date any."""
        return next((each for each in reversed(self.appearances) if each.after is not None), None)


def timeline(tellings: Iterable[Telling]) -> Timeline:
    """The timeline of a meeting's reports, in whatever order they come."""
    told = in_time(tellings)
    return Timeline(
        appearances=tuple(_appearance(each, told[0]) for each in told),
        outlets=tuple(dict.fromkeys(map(outlet, told))),
        languages=tuple(dict.fromkeys(each.language for each in told if each.language)),
        stages=_stages(told),
    )


def in_time(tellings: Iterable[Telling]) -> list[Telling]:
    """First published first. A page that gives no time comes after those that give one on its day, one without a date
    at the end, as we saw it."""
    return sorted(tellings, key=lambda telling: (_published(telling), telling.first_seen, telling.report_id))


def outlet(telling: Telling) -> str:
    """Who published it: the id of its source, else the host of its address."""
    try:
        host = urlsplit(telling.url).hostname or ""
    except ValueError:
        host = ""
    return telling.source or host.removeprefix("www.") or "unknown"


def _published(telling: Telling) -> datetime:
    if telling.published is None:
        return datetime.max.replace(tzinfo=UTC)
    last = datetime.max.replace(tzinfo=UTC)
    return min(telling.published, last - _DAY) + _DAY if telling.published_day_only else telling.published


def _appearance(telling: Telling, first: Telling) -> Appearance:
    if telling.published is None or first.published is None:
        return Appearance(telling=telling, after=None)
    if telling.published_day_only or first.published_day_only:
        days = max(_day(telling.published, telling) - _day(first.published, first), timedelta())
        return Appearance(telling=telling, after=days, by_day=True)
    return Appearance(telling=telling, after=telling.published - first.published)


def _day(published: datetime, telling: Telling) -> date:
    return telling.published_day or published.date()


def _stages(told: Sequence[Telling]) -> tuple[Stage, ...]:
    first: dict[Status, Telling] = {}
    for telling in told:
        first.setdefault(telling.report.status.value, telling)
    return tuple(Stage(status=status, telling=telling) for status, telling in first.items())
