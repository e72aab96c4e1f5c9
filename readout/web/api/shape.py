"""The shapes of what the JSON interface answers: the rows that exports write, described.

It must not make a row, nor read one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from readout.model import MeetingKind, OutcomeKind, Status, Verdict


class Shape(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Fault(Shape):
    """Why there is no answer."""

    detail: str


# --- facts ----------------------------------------------------------------------------------------------------------


class Span(Shape):
    """The words that a fact was read from: characters of the article's text or title, or a person's reason."""

    text: str
    start: int
    end: int
    where: Literal["text", "title", "ruling"] = Field(alias="in")


class BodyName(Shape):
    """A body; `id` null: the registry does not know it."""

    id: str | None
    name: str


class Participant(Shape):
    """Who is said to take part."""

    name: str
    name_latin: str
    role: str | None
    country: str | None
    key: str


class Facts(Shape):
    """What is told of a meeting; null and empty: nobody says."""

    kind: MeetingKind
    status: Status
    body: BodyName | None
    session_number: int | None
    start_date: date | None
    end_date: date | None
    date_partial: str | None
    city: str | None
    country: str | None
    received_by: str | None
    participants: list[Participant]
    countries: list[str]
    topics: list[str]
    subjects: list[str]
    evidence: dict[str, Span | list[Span]]


# --- meetings -------------------------------------------------------------------------------------------------------


class Told(Shape):
    """A report as it is listed under its meeting; `published` is a day where the page gives no time."""

    id: str
    url: str
    source: str | None
    title: str | None
    published: str | None
    first_seen: datetime
    language: str | None
    duplicate_of: str | None
    credit: str | None
    gone_at: datetime | None


class Meeting(Facts):
    """A meeting, its best-supported facts, and who told of it."""

    id: int
    first_seen: datetime
    late: bool
    perhaps_same_as: list[int]
    reports: list[Told]


class Meetings(Shape):
    """Some meetings, by their days, the newest first; `next`: what `after` is to be for those behind them."""

    items: list[Meeting]
    next: str | None


class Contradiction(Shape):
    """A report that tells something else."""

    report: str
    value: Any


class Support(Shape):
    """Which reports say a fact, say nothing of it, and say otherwise."""

    value: Any
    supports: list[str]
    omits: list[str]
    contradicts: list[Contradiction]
    spellings: list[str] = []


class Stage(Shape):
    """When a meeting was first told of as planned, under way, held."""

    status: Status
    report: str


class Appearance(Shape):
    """A report as it came out, how long after the first."""

    id: str
    outlet: str
    language: str | None
    after_days: int | None
    after_minutes: int | None
    official: bool
    duplicate_of: str | None
    credit: str | None
    version: int
    gone_at: datetime | None


class Timeline(Shape):
    """How a meeting was told."""

    outlets: list[str]
    languages: list[str]
    stages: list[Stage]
    reports: list[Appearance]


class Judged(Shape):
    """Whether a report is about a meeting, who says so, and why."""

    report: str
    meeting: int
    verdict: Verdict
    by: Literal["rule", "person"]
    score: float
    reasons: list[str]


class Changed(Shape):
    """What was told otherwise, in words."""

    at: datetime
    report: str | None
    fact: str
    before: str | None
    after: str | None


class Ruled(Shape):
    """What a person ruled."""

    id: int
    kind: str
    meeting: int
    other: int | None
    fact: str | None
    value: Any
    reason: str
    made_at: datetime
    undone_at: datetime | None
    undone_why: str | None


class Dossier(Meeting):
    """All that is known of one meeting; reports are named by their ids, meetings by their numbers."""

    agreement: dict[str, Support | list[Support]]
    timeline: Timeline
    part_of: int | None
    parts: list[int]
    merged: list[int]
    session_before: int | None
    session_after: int | None
    judgements: list[Judged]
    changes: list[Changed]
    rulings: list[Ruled]


# --- articles and reports -------------------------------------------------------------------------------------------


class Article(Shape):
    """A page that was read; `text` null: it was let go."""

    id: str
    url: str
    title: str | None
    text: str | None
    published: str | None
    source: str | None
    outcome: OutcomeKind


class Report(Shape):
    """What an article tells of one meeting; `position` 0: its main one."""

    id: str
    url: str
    title: str | None
    text: str
    published: str | None
    source: str | None
    outcome: OutcomeKind
    duplicate_of: str | None
    credit: str | None
    meeting: int | None
    position: int
    facts: Facts


class Reports(Shape):
    """All that one article tells of."""

    items: list[Report]


# --- where a URL is -------------------------------------------------------------------------------------------------


class Visited(Shape):
    """One visit and what came of it."""

    at: datetime
    outcome: OutcomeKind
    reason: str


class Found(Shape):
    """Where a link was found, and its fate; `outcome` null: it was not yet visited."""

    url: str
    source: str
    found_in: str
    first_seen: datetime
    outcome: OutcomeKind | None
    reason: str | None
    next_visit: datetime | None
    same_as: str | None
    visits: list[Visited]


class TracedReport(Shape):
    """A meeting that an article tells of, or told of in a former version."""

    meeting: int | None
    is_standing: bool
    kind: MeetingKind
    status: Status
    alerts: list[int]


class TracedArticle(Shape):
    """What was read from a URL."""

    id: str
    title: str | None
    language: str | None
    published: str | None
    outcome: OutcomeKind
    score: float
    version: int
    duplicate_of: str | None
    gone_at: datetime | None
    reports: list[TracedReport]


class Trace(Shape):
    """All that is known of a URL; `link` null: it was imported."""

    url: str
    link: Found | None
    articles: list[TracedArticle]
