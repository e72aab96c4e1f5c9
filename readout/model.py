"""The words of Readout as plain frozen values: read this file first.

It must not do anything: no I/O, no clock, no rule beyond what a value says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Literal, NewType, TypeVar
from urllib.parse import urlsplit

from readout.date_origin import DateOrigin
from readout.discovery import Discovery, Validators
from readout.exchange import Exchange
from readout.site_rules import Access, PageRules, UrlRules
from readout.watching import AT_ONCE, Change, Delivery, Query

SourceId = NewType("SourceId", str)
LanguageCode = NewType("LanguageCode", str)
"""BCP 47, e.g. ``az`` or ``uz-Cyrl``."""
CanonicalUrl = NewType("CanonicalUrl", str)
"""A URL after the rules of `readout.articles.urls`: the key under which an article is known."""
Value = TypeVar("Value")


class SourceKind(StrEnum):
    """Who publishes."""

    AGENCY = "agency"
    GOVERNMENT = "government"
    INTERGOVERNMENTAL = "intergovernmental"
    NEWS_AGENCY = "news_agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A site to watch. `article` is a regular expression that the URL of an article matches (`re.search`).

    `backfill`: where its past is found, beside `discover`; `via`: the sources that quote a publisher without a site.
    """

    id: SourceId
    name: str
    kind: SourceKind
    country: str
    languages: tuple[LanguageCode, ...]
    timezone: str
    home: str
    article: str
    discover: tuple[Discovery, ...]
    backfill: tuple[Discovery, ...] = ()
    interval: timedelta = timedelta(hours=3)
    schedule: str | None = None
    enabled: bool = True
    checked: bool = False
    delay: timedelta | None = None
    aliases: tuple[str, ...] = ()
    via: tuple[SourceId, ...] = ()
    url_rules: UrlRules = field(default_factory=UrlRules)
    page_rules: PageRules = field(default_factory=PageRules)
    access: Access = field(default_factory=Access)
    note: str | None = None
    caution: str | None = None

    @property
    def is_official(self) -> bool:
        """True for a publisher that speaks for a state or an organisation of states."""
        return self.kind in (SourceKind.AGENCY, SourceKind.GOVERNMENT, SourceKind.INTERGOVERNMENTAL)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts it publishes on, in lower case, without ``www.``: of home and places, its aliases and mirrors."""
        urls = (self.home, *(place.url for place in (*self.discover, *self.backfill)))
        names = (*(urlsplit(url).hostname or "" for url in urls), *self.aliases, *dict(self.url_rules.mirrors))
        return frozenset(name.lower().removeprefix("www.") for name in names if name)

    def owns(self, url: str) -> bool:
        """Whether `url` is the address of an article of this source: on one of its hosts, of its articles' shape."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return host.removeprefix("www.") in self.hosts and re.search(self.article, url) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL found in a feed, sitemap or listing, with what was said beside it.

    `modified` is the place's own word that the page changed (a sitemap's lastmod, a feed's updated), `guid` a feed's
    name for the item, which may repeat, change or lie.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    published_day_only: bool = False
    modified: datetime | None = None
    guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Bytes fetched from a URL at a time. `url` is the URL asked for, `final_url` the one that answered.

    `exchange` is None where the bytes are not those of an answer: a browser made them, or a file held them.
    """

    url: str
    final_url: str
    status: int
    body: bytes
    content_type: str
    fetched_at: datetime
    validators: Validators = field(default_factory=Validators)
    exchange: Exchange | None = None


class OutcomeKind(StrEnum):
    """The one final fate of every link."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    NOT_A_REPORT = "not_a_report"
    BEFORE_RANGE = "before_range"
    WALL = "wall"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A link's fate and why, in a sentence a reader understands."""

    kind: OutcomeKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Clean text of a page.

    `published_day` is the day in the source's zone, None like `published` when the page does not say; with
    `published_day_only` it gives no time, and `published` is the day's midnight there. `canonical_url` may lie.
    `missed_rules`: the keys of those rules of its source that found nothing on the page, as the source's file has them.
    """

    url: str
    title: str | None
    text: str
    published: datetime | None
    published_day: date | None = None
    published_day_only: bool = False
    published_from: DateOrigin | None = None
    language: LanguageCode | None = None
    canonical_url: str | None = None
    missed_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The span a value was read from: `text` equals the article's text or title from `start` to `end` (characters).

    Of a value that a person set by a ruling, `text` is the reason.
    """

    text: str
    start: int
    end: int
    where: Literal["text", "title", "ruling"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[Value]):
    """A value with the words it was read from."""

    value: Value
    evidence: Evidence


class MeetingKind(StrEnum):
    """What sort of meeting."""

    SESSION = "session"
    SUMMIT = "summit"
    BILATERAL = "bilateral"
    CALL = "call"
    RECEPTION = "reception"
    VISIT = "visit"
    WORKING_GROUP = "working_group"
    COMMITTEE = "committee"
    CONFERENCE = "conference"
    OTHER = "other"


class Status(StrEnum):
    """Where a meeting stands in its life."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    HELD = "held"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyName:
    """A body that meets: `id` in the registry (None: a body it does not know) and its name as the page gives it."""

    id: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who is said to take part. `country`: alpha-2 or an organisation's short name. Most spellings share one `key`."""

    name: str
    name_latin: str
    role: str | None = None
    country: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article's telling of one meeting. A fact the page does not state is None or missing, never guessed.

    `country`, `countries` are alpha-2, `city` the English name, `received_by` as written; `subjects` add to `topics`.
    `date_partial`: days whose year the page does not settle, as ``MM-DD`` or ``MM-DD/MM-DD``; never beside other days.
    """

    kind: Fact[MeetingKind]
    status: Fact[Status]
    body: Fact[BodyName] | None = None
    session_number: Fact[int] | None = None
    start_date: Fact[date] | None = None
    end_date: Fact[date] | None = None
    date_partial: Fact[str] | None = None
    city: Fact[str] | None = None
    country: Fact[str] | None = None
    participants: tuple[Fact[Participant], ...] = ()
    countries: tuple[Fact[str], ...] = ()
    received_by: Fact[str] | None = None
    topics: tuple[Fact[str], ...] = ()
    subjects: tuple[Fact[str], ...] = ()


class Verdict(StrEnum):
    """Of a judgement: is this report about that meeting?"""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """ "This report is about that meeting", with the reasons a person can check."""

    report_id: int
    meeting_id: int
    verdict: Verdict
    score: float
    reasons: tuple[str, ...]
    by: Literal["rule", "person"] = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What somebody wants to hear of, and how; with `updates` also what changes after the first alert."""

    id: int
    name: str
    query: Query
    recipients: tuple[str, ...]
    channel: str
    created_at: datetime
    updates: bool = False
    delivery: Delivery = AT_ONCE


class AlertKind(StrEnum):
    """Why a message is owed: a meeting is first told of, what was told changed, many such, trouble; or as a trial."""

    FIRST = "first"
    UPDATE = "update"
    DIGEST = "digest"
    NOTICE = "notice"
    TEST = "test"


class AlertState(StrEnum):
    """Where an alert stands. `doubtful`: the line broke between message and answer; `suppressed` was never owed,
    `withdrawn` is no more."""

    OWED = "owed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it is to leave."""
        return self in (AlertState.SUPPRESSED, AlertState.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message owed to one recipient, about one meeting unless digest or notice; in the outbox until it is delivered.

    `attempts` counts all tries, `doubts` those that may have arrived unconfirmed; `next_try` is None when no more are
    due, and while it waits for its digest (`digest_id`); `answer` is the server's words, or why it is withheld;
    `matched` says by filter why the watch spoke up; `period` and `content` are a digest's or notice's own.
    """

    id: int
    meeting_id: int | None
    watch_names: tuple[str, ...]
    recipient: str
    channel: str
    kind: AlertKind
    revision: int
    state: AlertState
    message_id: str
    attempts: int
    created_at: datetime
    doubts: int = 0
    next_try: datetime | None = None
    sent_at: datetime | None = None
    answer_code: int | None = None
    answer: str | None = None
    matched: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    watch_id: int | None = None
    digest_id: int | None = None
    period: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A report beside the article it stands in, as listed under its meeting.

    `duplicate_of` is the key of the article it copies, `credit` whom it names as its source, `gone_at` when its page
    was found to have vanished; our copy stays. `score`: how sure it is that it tells of a meeting, 0 to 1.
    """

    report_id: int
    article_id: int
    article_key: str
    url: str
    title: str | None
    text: str
    published: datetime | None
    first_seen: datetime
    language: LanguageCode | None
    source: SourceId | None
    report: Report
    published_day: date | None = None
    published_day_only: bool = False
    duplicate_of: str | None = None
    official: bool = False
    source_kind: SourceKind | None = None
    score: float | None = None
    credit: str | None = None
    version: int = 1
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One real event. `report` holds its best-supported facts; `tellings` its reports, first seen first.

    `late`: every report of it was published longer ago than alerts are sent for, or was found by back-fill or import.
    """

    id: int
    first_seen: datetime
    late: bool
    report: Report
    tellings: tuple[Telling, ...]
    perhaps_same_as: tuple[int, ...] = ()
    part_of: int | None = None
