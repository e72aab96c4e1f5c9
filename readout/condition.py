"""How a source may stand, and what its crawls saw by which that is judged.

It must not judge: `readout.diagnosis` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from readout.model import SourceId


class Condition(StrEnum):
    """How a source stands, the best first. `redesigned`: it answers, but is no longer what it was; `refusing`: it says
    that we may not; `waiting`: it asked for a pause; `down`: no answer, or errors in place of one."""

    OK = "ok"
    QUIET = "quiet"
    WAITING = "waiting"
    REDESIGNED = "redesigned"
    WALL = "wall"
    REFUSING = "refusing"
    DOWN = "down"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return _RANKS[self]


_RANKS = {condition: rank for rank, condition in enumerate(Condition)}


class Aspect(StrEnum):
    """What of a source is in trouble, what matters most first: its links, all its pages, what is read of them, how many
    links it gives, one of its places, its news, and whether it is asked often enough."""

    LINKS = "links"
    PAGES = "pages"
    BODIES = "bodies"
    TITLES = "titles"
    DATES = "dates"
    RULES = "rules"
    YIELD = "yield"
    PART = "part"
    NEWS = "news"
    PACE = "pace"


class Heard(StrEnum):
    """What a crawl heard where a source's links are found: every place as it should be, some, or else the best of
    none: a request to wait, pages that are no longer what they were, a wall, a refusal, errors, nothing at all."""

    ALL = "all"
    SOME = "some"
    WAIT = "wait"
    CHANGED = "changed"
    WALL = "wall"
    REFUSED = "refused"
    ERROR = "error"
    NOTHING = "nothing"

    @property
    def is_answer(self) -> bool:
        """Whether links could be found at all."""
        return self in (Heard.ALL, Heard.SOME)

    @property
    def condition(self) -> Condition:
        """What it makes of a source that is heard so."""
        return _HEARD.get(self, Condition.OK)


_HEARD = {
    Heard.WAIT: Condition.WAITING,
    Heard.CHANGED: Condition.REDESIGNED,
    Heard.WALL: Condition.WALL,
    Heard.REFUSED: Condition.REFUSING,
    Heard.ERROR: Condition.DOWN,
    Heard.NOTHING: Condition.DOWN,
}

_REFUSALS = (401, 402, 403, 407, 451)
_GONE = (404, 410)


def heard_status(status: int) -> Heard:
    """What an answer with an error's `status` in place of links says (RFC 9110 §15.5, §15.6; RFC 6585 §4)."""
    if status == 429:
        return Heard.WAIT
    if status in _REFUSALS:
        return Heard.REFUSED
    return Heard.CHANGED if status in _GONE else Heard.ERROR


# --- what is known ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a crawl saw: `articles` read, how many of them `titled` and `dated`, the median length of their texts in
    `characters`, their `template` (`readout.articles.template`), on how many of them a rule of the source's file found
    nothing, how many visits were `unanswered`, how many links a page of each place gave that was read anew, and how
    many were left `waiting` because the crawl had made as many requests, or taken as long, as it may."""

    articles: int = 0
    titled: int = 0
    dated: int = 0
    characters: int = 0
    template: str = ""
    missed_rules: Mapping[str, int] = field(default_factory=dict)
    unanswered: int = 0
    waiting: int = 0
    links: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl that came to its end. `missed`: a known place named nothing but new links, so some were perhaps gone.

    `amiss`: what came where no links did, while other places answered; `error`: the same in words; `place`: where it
    ran.
    """

    started_at: datetime
    heard: Heard
    new_links: int = 0
    missed: bool = False
    outcomes: Mapping[str, int] = field(default_factory=dict)
    amiss: Heard | None = None
    error: str | None = None
    place: str | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """How an enabled source fared. `failures`: crawls in a row without an answer; `error`: what the last one met.

    `host` is known of one that fails. `crawls`: the last few, newest first; `readings`: the last that read an article,
    where they were looked up. `is_waiting`: its next crawl is neither due nor under way. `days_with_news`: on which
    days new links were found of late; None: not looked up. `place`: where all this was seen from; None: from several
    places, or unknown.
    """

    id: SourceId
    host: str
    failures: int
    error: str | None
    finished_at: datetime
    is_waiting: bool = True
    crawls: Sequence[Crawled] = ()
    readings: Sequence[Crawled] = ()
    days_with_news: Sequence[date] | None = None
    place: str | None = None


# --- what is found ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong: `what` the source does, `since` when, and `why` that is said; `place`: as seen from there.

    `holds`: it has lasted long enough to be told of.
    """

    condition: Condition
    what: str
    since: datetime
    why: str
    place: str | None = None
    holds: bool = True

    @property
    def said(self) -> str:
        """All of it, as a sentence whose subject is the source."""
        where = f", as seen from {self.place}" if self.place else ""
        return f"{self.what} since {self.since:%Y-%m-%d %H:%M} UTC{where}: {self.why}"
