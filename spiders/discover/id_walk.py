"""Which numbers of a site that counts its articles to ask for, and what the answers teach.

It must not fetch: these are sums over numbers. Asking is the walk's, which says of each number whether a page is there.
A site that answers every number with a page is not seen through here; a crawl asks for no more than LONGEST_CRAWL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from readout.discovery import IdWalk

LONGEST_CRAWL = 100
"""Numbers that one crawl asks for at most."""

_WIDEST_GAP = 1_000  # numbers between the newest known and one a listing shows; past it the counter has jumped
_MOST_HOLES = 1_000
_LARGEST = 10**15
_NONE_YET: Mapping[int, bool] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a walk has come: the newest number with a page, and those below it still to be asked for.

    A hole within `ahead` of the newest answered "no such page" and may yet appear; one further down was never answered.
    """

    newest: int | None = None
    holes: tuple[int, ...] = ()

    def to_cursor(self) -> dict[str, Any]:
        """The walk as JSON can hold it."""
        return {"newest": self.newest, "holes": list(self.holes)}

    @classmethod
    def from_cursor(cls, cursor: object) -> Walk:
        """The walk that `to_cursor` gave; for anything else one that has not begun."""
        known = cursor if isinstance(cursor, dict) else {}
        newest, holes = known.get("newest"), known.get("holes")
        if not _is_number(newest) or not isinstance(holes, list):
            return cls()
        below = {hole for hole in holes if _is_number(hole) and hole < newest}
        return cls(newest=newest, holes=tuple(sorted(below))[-_MOST_HOLES:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How far a search of the past has come: the number it asks for next, and how many in a row were missing before."""

    at: int | None = None
    missing: int = 0

    def to_cursor(self) -> dict[str, Any]:
        """The search as JSON can hold it."""
        return {"at": self.at, "missing": self.missing}

    @classmethod
    def from_cursor(cls, cursor: object) -> Past:
        """The search that `to_cursor` gave; for anything else one that has not begun."""
        known = cursor if isinstance(cursor, dict) else {}
        at, missing = known.get("at"), known.get("missing")
        if not isinstance(at, int) or not isinstance(missing, int) or not -1 <= at < _LARGEST or missing < 0:
            return cls()
        return cls(at=at, missing=missing)


def wanted(walk: Walk, place: IdWalk, known_ids: Collection[int], answers: Mapping[int, bool] = _NONE_YET) -> list[int]:
    """The numbers to ask for now, in order: holes, then those after the newest, `ahead` of them.

    `known_ids` are numbers that the source's other places show: at the very beginning the greatest of them is where the
    walk sets out, else `floor`; later the walk goes at least as far as they do. `answers` are those of this crawl so
    far: their numbers are not asked for again, and as long as any is found, `after` makes the next call look further.
    Empty when the crawl has nothing more to ask for.
    """
    newest = _from(walk, place, known_ids)
    shown = max((known for known in known_ids if newest < known <= newest + _WIDEST_GAP), default=newest)
    last = max(shown, newest + place.ahead)
    if walk.newest is None:  # a floor is somebody's guess: the first page may lie well above it
        last = last + 1 if shown > newest else newest + max(place.ahead, place.stop_after_missing)
    numbers = (*walk.holes, *range(newest + 1, last + 1))
    sought = [number for number in numbers if number >= place.floor and number not in answers]
    return sought[: max(0, LONGEST_CRAWL - len(answers))]


def after(walk: Walk, place: IdWalk, answers: Mapping[int, bool]) -> Walk:
    """The walk once `answers` are in: number → whether a page is there. What has no answer stays to be asked for."""
    there = {number for number, is_there in answers.items() if is_there}
    if not there:
        return walk
    newest = max(there) if walk.newest is None else max(*there, walk.newest)
    below = {*walk.holes, *range(max(_start(walk, answers), newest - _MOST_HOLES), newest)} - there
    holes = sorted(number for number in below if newest - number <= place.ahead or number not in answers)
    return Walk(newest=newest, holes=tuple(holes[-_MOST_HOLES:]))


def _start(walk: Walk, answers: Mapping[int, bool]) -> int:
    """The first number that was the walk's to ask for; where the counter jumped, none of those between."""
    above = [number for number in answers if walk.newest is None or number > walk.newest]
    if not above:
        return walk.newest or 0
    has_jumped = walk.newest is None or min(above) > walk.newest + _WIDEST_GAP
    return min(above) if has_jumped else (walk.newest or 0) + 1


def backward(walk: Walk, place: IdWalk, past: Past, *, most: int = LONGEST_CRAWL) -> list[int]:
    """The next numbers that a search of the past asks for, downward, at most `most`; empty when it is over.

    It goes from the newest known to `floor`, and is over after `stop_after_missing` answers "no such page" in a row.
    """
    if walk.newest is None and past.at is None:
        return []
    at = past.at if past.at is not None else walk.newest or 0
    most = min(most, place.stop_after_missing - past.missing)
    return list(range(at, max(place.floor, at - most + 1) - 1, -1)) if most > 0 else []


def after_backward(past: Past, asked: list[int], answers: Mapping[int, bool]) -> Past:
    """The search once `answers` to what was `asked` are in. It goes on at the first number without an answer."""
    at, missing = past.at, past.missing
    for number in asked:
        if number not in answers:
            return Past(at=number, missing=missing)
        at, missing = number - 1, 0 if answers[number] else missing + 1
    return Past(at=at, missing=missing)


def id_of(url: str, place: IdWalk) -> int | None:
    """The number in an address of the shape of `place.url`; None for any other address.

    The scheme, ``www.`` and a slash at the end make no difference; a number with zeros before it is none.
    """
    found = _shape(place.url).fullmatch(url.strip()) if len(url) <= 2_048 else None
    return int(found["id"]) if found else None


def url_of(number: int, place: IdWalk) -> str:
    """The address of the article with that number."""
    return place.url.replace("{id}", str(number))


def _from(walk: Walk, place: IdWalk, known_ids: Collection[int]) -> int:
    """The number after which the walk looks on: the newest, or the one before where it sets out."""
    highest = max((known for known in known_ids if place.floor <= known < _LARGEST), default=None)
    if walk.newest is None:
        return (place.floor if highest is None else highest) - 1
    return highest - 1 if highest is not None and highest > walk.newest + _WIDEST_GAP else walk.newest


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST


@lru_cache(maxsize=256)
def _shape(template: str) -> re.Pattern[str]:
    bare = re.sub(r"^https?://(?:www\.)?", "", template).rstrip("/")
    first, *others = (re.escape(part) for part in bare.split("{id}"))
    number = "(?P<id>0|[1-9][0-9]{0,14})"
    return re.compile(rf"https?://(?:www\.)?{first}{number}{'(?P=id)'.join(others)}/?", re.IGNORECASE)
