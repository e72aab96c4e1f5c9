"""What a watch asks for, and when and how it is told, as plain frozen values.

It must not read a text or look at a meeting or a clock: `readout.watches` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Filter(StrEnum):
    """What can be asked of a meeting, or of a report of it, as it is written before the colon."""

    BODY = "body"
    BODY_KIND = "body_kind"
    KIND = "kind"
    STATUS = "status"
    SESSION = "session"
    DAY = "day"
    COUNTRY = "country"
    CITY = "city"
    STATE = "state"
    PERSON = "person"
    TOPIC = "topic"
    LANGUAGE = "language"
    SOURCE = "source"
    SOURCE_KIND = "source_kind"
    CONFIDENCE = "confidence"
    TITLE = "title"
    TEXT = "text"
    WORDS = "words"


SEARCHED = (Filter.TITLE, Filter.TEXT, Filter.WORDS)
"""Filters whose values are looked for in what a report says."""


@dataclass(frozen=True, slots=True)
class Term:
    """One demand: `filter` has one of `values`, or with `is_not` none of them.

    A value is as written; quotes are kept in those `SEARCHED` for alone, where they ask for the very words.
    """

    filter: Filter
    values: tuple[str, ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Demands that must all be met; none: everything is asked for. Written and read by `readout.watches.query`."""

    terms: tuple[Term, ...] = ()

    def values(self, wanted: Filter) -> tuple[str, ...]:
        """The values that its positive demands on `wanted` name, in order."""
        return tuple(value for term in self.terms if term.filter is wanted and not term.is_not for value in term.values)


EVERYTHING = Query()


class Every(StrEnum):
    """How often a digest is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything in one message, `every` day or week, `at` a time of the watch's zone.

    `on`: the weekday of a weekly one, 0 is Monday. With `heartbeat` it is also sent when there is nothing to tell.
    """

    every: Every
    at: time = time(8)
    on: int = 0
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent, in the watch's zone; over midnight where `end` is not after `start`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """When and how a watch is told: without `digest` at once, but for `quiet` hours. `language`: of our words."""

    digest: Digest | None = None
    quiet: Quiet | None = None
    timezone: str = "UTC"
    language: str = "en"


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is told of a meeting has changed: a fact by its name, its value in words before and after, None: unknown."""

    fact: str
    before: str | None
    after: str | None
