"""The way of one page after fetching, and of the links that lead to pages: every step is one transaction.

It must not fetch, read or send: it is handed what was read, and leaves what is owed in the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection

from readout.address import known_article, move_to_newer_address
from readout.discovery import Validators
from readout.failpoint import Step
from readout.finding import Reading
from readout.found_links import Find, Onward, Taken, asked_of, hash_of, keep_find, keep_older
from readout.judging import tell_after_all
from readout.model import Link, Outcome, OutcomeKind, Page, Source, SourceId
from readout.proving import Prover
from readout.rhythm import next_attempt, next_permission, next_revisit
from readout.storage import articles, links, places
from readout.storage.articles import TELLS, Origin, StoredArticle
from readout.storage.database import Database
from readout.storage.home import Turn
from readout.storage.links import StoredLink
from readout.storage.places import Asked
from readout.taking import Moment, Prove, outcome_of, take, take_elsewhere

# What came back was not the page itself: its bytes and validators say nothing of it.
_NOT_THE_PAGE = frozenset({OutcomeKind.FAILED, OutcomeKind.WALL, OutcomeKind.REFUSED})
_REFUSAL_STANDS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLink:
    """A link to visit now, and what to ask with. `quiet`: a search of the past found it."""

    id: int
    url: str
    link: Link
    validators: Validators
    body_hash: str | None
    attempts: int
    first_seen: datetime
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page that answered a due link."""

    source: Source
    due: DueLink
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A page that was read, its link as it stands, and the article that it is `stored` as, or known `elsewhere` as."""

    source: Source
    link: StoredLink
    page: Page
    reading: Reading
    stored: StoredArticle | None
    elsewhere: StoredArticle | None

    @property
    def known(self) -> StoredArticle | None:
        return self.stored or self.elsewhere


class Intake:
    """Takes links and pages into `database`. What was published longer than `max_age` ago is late; None: nothing is."""

    def __init__(self, database: Database, *, max_age: timedelta | None, prover: Prover | None = None) -> None:
        self._database = database
        self._max_age = max_age or None
        self._prover = prover

    def asked(self, source_id: SourceId, url: str) -> Asked:
        """What to ask a discovery page with."""
        with self._database.read() as connection:
            return places.asked(connection, source_id, url)

    def note_whole(self, source_id: SourceId, page: Page) -> None:
        """Note that a discovery page answered with all its bytes, the same as before: its links are stored."""
        with self._database.write(step=Step.WHOLE) as connection:
            places.set_asked(connection, source_id, page.url, asked_of(page), now=page.fetched_at)

    def take_links(self, source: Source, find: Find, *, now: datetime, quiet: bool = False) -> Taken:
        """Keep what a discovery page listed, together with what it is to be asked with; see `keep_find`."""
        with self._database.write(step=Step.LINKS) as connection:
            return keep_find(connection, source, find, now=now, quiet=quiet)

    def take_older(self, source: Source, find: Find, onward: Onward, *, now: datetime) -> int:
        """Keep what an older page listed, together with where the search goes on; the number of new links."""
        with self._database.write(step=Step.OLDER) as connection:
            return keep_older(connection, source, find, onward, now=now)

    def due_links(
        self, source_id: SourceId, *, now: datetime, limit: int, fresh_from: datetime | None = None
    ) -> list[DueLink]:
        """Up to `limit` links of a source to visit now: pending ones found since `fresh_from`, others, visits again."""
        with self._database.read() as connection:
            due = links.due_links(connection, source_id, now=now, limit=limit, fresh_from=fresh_from)
        return [_due(link) for link in due]

    def is_known_bytes(self, due: DueLink, page: Page) -> bool:
        """Whether the page is byte for byte the one that was read last."""
        return due.body_hash == hash_of(page)

    def settle(
        self,
        due: DueLink,
        outcome: Outcome,
        *,
        now: datetime,
        page: Page | None = None,
        is_gone: bool = False,
        is_tried: bool = True,
    ) -> None:
        """Note a visit that brought nothing to take in. A link whose page was read before keeps its fate.

        `is_gone`: the server says that there is no such page. The article read from it stays, and is known as gone
        until the page answers again. Not `is_tried`: the page was not asked for, and is tried as often as before.
        """
        with self._database.write(step=Step.SETTLE) as connection:
            link = _link(connection, due)
            article = articles.article_of_link(connection, link.id)
            had_article = article is not None
            attempts = link.attempts + is_tried if outcome.kind is OutcomeKind.FAILED else 0
            read = page if outcome.kind not in _NOT_THE_PAGE else None
            if article and is_gone and move_to_newer_address(connection, link, article, now=now):
                article = None
            elif article and is_gone:
                articles.note_gone(connection, article.id, now=now)
            elif article and outcome.kind is OutcomeKind.UNCHANGED:
                articles.note_back(connection, article.id)
            links.record_visit(
                connection,
                link,
                outcome,
                now=now,
                attempts=attempts,
                next_visit=_next_visit(link, outcome.kind, article.outcome if article else None, attempts, now)
                if is_tried
                else next_permission(link.first_seen, now),
                keeps_fate=bool(
                    link.outcome and (had_article or link.same_as or outcome.kind is OutcomeKind.UNCHANGED)
                ),
                validators=read.validators if read else None,
                body_hash=hash_of(read) if read else None,
            )

    def take_page(
        self,
        source: Source,
        due: DueLink,
        page: Page,
        reading: Reading,
        *,
        now: datetime,
        since: datetime | None = None,
    ) -> Outcome:
        """Store what was read: article, versions, reports, judgements, meetings, alerts owed and the link's outcome.

        A page that is another address of a known article makes no second one; what it adds is a version of that one.
        What a search of the past found is late, or, if older than `since`, left aside; so is all with `since`.
        """
        if due.body_hash is None and not reading.recognition.is_report:
            # Most pages are new and tell of no meeting: they wait for nobody who places reports, be it on another
            # machine.
            with self._database.write(step=Step.PAGE, turn=Turn.OWN, of=source.id) as connection:
                arrival = _arrive(connection, source, due, page, reading)
                if arrival.known is None:
                    return self._take(connection, arrival, now=now, since=since)
        with self._database.write(step=Step.PAGE, of=source.id) as connection:
            return self._take(connection, _arrive(connection, source, due, page, reading), now=now, since=since)

    def _take(self, connection: Connection, arrival: _Arrival, *, now: datetime, since: datetime | None) -> Outcome:
        source, link, page, reading = arrival.source, arrival.link, arrival.page, arrival.reading
        stored, elsewhere, known = arrival.stored, arrival.elsewhere, arrival.known
        published = reading.article.published
        quiet = link.quiet or since is not None
        origin = Origin(
            key=known.key if known else articles.key_for_link(connection, link.id),
            url=elsewhere.article.url if elsewhere else link.url,
            source_id=source.id,
            official=source.is_official,
            source_kind=source.kind,
            told_at=published or (None if quiet else now),
            link_id=link.id,
        )
        moment = Moment(
            now=now, since=since, late=quiet or self._is_late(published, now), quiet=quiet, prove=self._prove(page)
        )
        if stored:
            articles.note_back(connection, stored.id)
        if elsewhere:
            outcome = take_elsewhere(connection, elsewhere, reading, origin, moment)
        else:
            outcome = take(connection, stored, reading, origin, moment)
        if known and not moment.late and link.body_hash is None and (stored or published):  # named as news only now
            tell_after_all(connection, known.id, now=now)
        _record(connection, link, stored, outcome, page, elsewhere=elsewhere, now=now)
        return outcome

    def take_row(
        self, key: str, url: str, source_id: SourceId | None, reading: Reading, *, now: datetime, alert: bool
    ) -> Outcome:
        """Store an imported row under its own `key`; the same again changes nothing, another text is a new version.

        Without `alert` nobody is told of it at once, with it, they are at any age.
        """
        origin = Origin(key=key, url=url, source_id=source_id, official=False, told_at=reading.article.published)
        with self._database.write() as connection:
            stored = articles.article_by_key(connection, key)
            if stored is not None and stored.link_id is not None:
                return outcome_of(OutcomeKind.UNCHANGED, f"{key} was fetched from {stored.article.url}, which is kept")
            return take(connection, stored, reading, origin, Moment(now=now, late=not alert, quiet=not alert))

    def take_capture(
        self, source: Source | None, page: Page, reading: Reading, *, now: datetime, alert: bool
    ) -> Outcome:
        """Store a page that another archive kept, under a key made of its address; a former version of it is known.

        `source` is the one that owns the address. Of a page that a crawl has fetched, the crawl's is kept.
        """
        key = f"w{sha256(page.url.encode()).hexdigest()[:16]}"
        origin = Origin(
            key=key,
            url=page.url,
            source_id=source.id if source else None,
            official=source.is_official if source else False,
            source_kind=source.kind if source else None,
            told_at=reading.article.published,
        )
        moment = Moment(now=now, late=not alert, quiet=not alert, prove=self._prove(page))
        with self._database.write(step=Step.PAGE) as connection:
            if any(known.link_id is not None for known in articles.articles_by_url(connection, page.url)):
                return outcome_of(OutcomeKind.UNCHANGED, f"{page.url} was fetched by a crawl, whose page is kept")
            stored = articles.article_by_key(connection, key)
            if stored and articles.was_told_before(connection, stored.id, reading.fingerprint.text_hash):
                return outcome_of(OutcomeKind.UNCHANGED, "a former version of it")
            return take(connection, stored, reading, origin, moment)

    def _prove(self, page: Page) -> Prove | None:
        return partial(self._prover.prove, page) if self._prover else None

    def _is_late(self, published: datetime | None, now: datetime) -> bool:
        return self._max_age is not None and published is not None and now - published > self._max_age


# --- links ----------------------------------------------------------------------------------------------------------


def _arrive(connection: Connection, source: Source, due: DueLink, page: Page, reading: Reading) -> _Arrival:
    link = _link(connection, due)
    stored = articles.article_of_link(connection, link.id)
    elsewhere = None if stored else known_article(connection, source, link, reading, page.final_url)
    return _Arrival(source=source, link=link, page=page, reading=reading, stored=stored, elsewhere=elsewhere)


def _record(
    connection: Connection,
    link: StoredLink,
    stored: StoredArticle | None,
    outcome: Outcome,
    page: Page,
    *,
    elsewhere: StoredArticle | None,
    now: datetime,
) -> None:
    """Note a visit that was taken in; `stored` is the article as it was before.

    Of an article known `elsewhere` the link of that one is visited again, and this one only if its place asks for it.
    """
    links.set_same_as(connection, link, elsewhere.link_id if elsewhere else None)
    is_same = outcome.kind is OutcomeKind.UNCHANGED
    # What told of a meeting once may tell of it again.
    fate = stored.outcome if stored and (is_same or stored.outcome in TELLS) else outcome.kind
    links.record_visit(
        connection,
        link,
        outcome,
        now=now,
        next_visit=None if elsewhere else _next_visit(link, outcome.kind, fate, 0, now),
        keeps_fate=is_same,
        validators=page.validators,
        body_hash=hash_of(page),
    )


def _next_visit(link: StoredLink, kind: OutcomeKind, fate: str | None, attempts: int, now: datetime) -> datetime | None:
    """Failures are tried again, refusals asked about again; beyond that only what told of a meeting, by its `fate`."""
    revisit = next_revisit(link.first_seen, now) if fate in TELLS else None
    if kind is OutcomeKind.FAILED:
        return next_attempt(attempts, now) or revisit
    return now + _REFUSAL_STANDS if kind is OutcomeKind.REFUSED else revisit


def _link(connection: Connection, due: DueLink) -> StoredLink:
    link = links.link_by_id(connection, due.id)
    assert link is not None, "links are never deleted"
    return link


def _due(link: StoredLink) -> DueLink:
    return DueLink(
        id=link.id,
        url=link.url,
        link=link.link,
        validators=link.validators,
        body_hash=link.body_hash,
        attempts=link.attempts,
        first_seen=link.first_seen,
        quiet=link.quiet,
    )
