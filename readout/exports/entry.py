"""A meeting as feeds and calendars carry it: what it is called, in a few lines, with whoever told of it.

It must not write a format: text is clean, links are safe, and each writer escapes as its format wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice

from sqlalchemy import Connection

from readout.channels.mail.clean import safe_link
from readout.channels.mail.saying import Saying, line
from readout.meetings.event_days import days_of
from readout.model import Meeting, Status, Telling
from readout.storage.database import Database
from readout.storage.latest import Revision, revisions
from readout.storage.secrets import INSTALLATION, kept_secret, secret

_MOST_PEOPLE = 12
_MOST_TOLD = 20
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes. `store`: what tells this store from others; `root`: where our pages stand, None: nobody knows;
    `saying`: in which words and zone."""

    store: str
    saying: Saying
    root: str | None = None

    @property
    def domain(self) -> str:
        """A name that is nobody's, and ours alone: it stays when our address does not (RFC 2606, 2)."""
        return f"{self.store}.readout.invalid"

    def tag(self, what: str) -> str:
        """What is for ever called so (RFC 4151)."""
        return f"tag:{self.domain},2024:{what}"

    def url(self, path: str) -> str | None:
        """The address of a page of ours."""
        return None if self.root is None else self.root + path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A page that tells of a meeting, and in a line who says so, when and under which title."""

    url: str | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A meeting. `id` is a tag URI, `uid` the same as calendars have it; `url` leads to it, if anything does.

    `number` grows with each change, `updated` with all that comes to it; `lines` are its facts, one on each.
    """

    id: str
    uid: str
    url: str | None
    title: str
    lines: tuple[str, ...]
    mentions: tuple[Mention, ...]
    published: datetime
    updated: datetime
    number: int
    status: Status
    venue: str
    days: tuple[date, date] | None

    @property
    def text(self) -> str:
        """All of it in plain lines."""
        told = (" ".join(filter(None, (each.said, each.url))) for each in self.mentions)
        return "\n".join((*self.lines, *told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A list of meetings: `home` the page that shows it, `own` where it is itself to be had, both perhaps unknown.

    Whoever asked for it may have named it: the title that is shown is `called`.
    """

    id: str
    title: str
    language: str
    updated: datetime
    entries: Iterable[Entry]
    home: str | None = None
    own: str | None = None

    @property
    def called(self) -> str:
        """Its title on one line, and nothing in it that misleads."""
        return line(self.title)


def store_name(database: Database) -> str:
    """What tells this store from others: made where it has none yet."""
    with database.read() as connection:
        kept = kept_secret(connection, INSTALLATION)
    if kept is None:
        with database.write() as connection:
            kept = secret(connection, INSTALLATION)
    return sha256(kept).hexdigest()[:16]


def entries(connection: Connection, meetings: Iterable[Meeting], publisher: Publisher) -> Iterator[Entry]:
    """These meetings as entries, some at a time."""
    rest = iter(meetings)
    while some := list(islice(rest, _AT_ONCE)):
        revised = revisions(connection, [meeting.id for meeting in some])
        for meeting in some:
            yield entry_of(meeting, revised[meeting.id], publisher)


def entry_of(meeting: Meeting, revision: Revision, publisher: Publisher) -> Entry:
    """One meeting as an entry."""
    say = publisher.saying
    mentions = tuple(islice(_mentions(meeting, say), _MOST_TOLD))
    page = publisher.url(f"/meetings/{meeting.id}")
    last_seen = max((telling.first_seen for telling in meeting.tellings), default=meeting.first_seen)
    return Entry(
        id=publisher.tag(f"meeting:{meeting.id}"),
        uid=f"meeting-{meeting.id}@{publisher.domain}",
        url=page or next((each.url for each in mentions if each.url), None),
        title=_title(meeting, say),
        lines=tuple(_lines(meeting, say)),
        mentions=mentions,
        published=meeting.first_seen,
        updated=max(meeting.first_seen, last_seen, revision.at),
        number=revision.number,
        status=meeting.report.status.value,
        venue=say.venue(meeting.report),
        days=days_of(meeting.report),
    )


def _title(meeting: Meeting, say: Saying) -> str:
    heading = say.heading(meeting, meeting.tellings)
    return f"{heading}: {say.subheading(meeting.report)}" if meeting.report.body else heading


def _lines(meeting: Meeting, say: Saying) -> Iterator[str]:
    report = meeting.report
    people = [say.person(fact.value) for fact in report.participants]
    states = [say.country(fact.value) for fact in report.countries]
    said = (
        say.subheading(report),
        say.days(report),
        say.venue(report),
        "; ".join(_some(people)) or ", ".join(_some(states)),
        say.words.count("report", len({telling.article_id for telling in meeting.tellings})),
    )
    return filter(None, said)


def _some(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST_PEOPLE else [*names[:_MOST_PEOPLE], "…"]


def _mentions(meeting: Meeting, say: Saying) -> Iterator[Mention]:
    known: set[int] = set()
    for telling in meeting.tellings:
        if telling.article_id not in known:
            known.add(telling.article_id)
            yield Mention(url=safe_link(telling.url), said=_said(telling, say))


def _said(telling: Telling, say: Saying) -> str:
    outlet = ", ".join(part for part in (say.outlet(telling), say.published(telling)) if part)
    title = line(telling.title) if telling.title else ""
    return f"{outlet}: {title}" if title else outlet
