"""The way of one page after fetching, and of the links that lead to pages: every step is one transaction.

It must not fetch, read or send: it is handed what was read, and leaves what is owed in the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from readout.address import known_article, move_to_newer_address
from readout.articles.fingerprint import ALIKE
from readout.discovery import Validators
from readout.finding import Reading
from readout.found_links import Find, Onward, Taken, asked_of, hash_of, keep_find, keep_older
from readout.judging import Told, place_reports
from readout.model import Link, Outcome, OutcomeKind, Page, Source, SourceId
from readout.revision import no_revision
from readout.rhythm import next_attempt, next_revisit
from readout.storage import articles, links, places
from readout.storage.articles import TELLS, Alike, Origin, StoredArticle
from readout.storage.database import Database
from readout.storage.links import StoredLink
from readout.storage.places import Asked
from readout.storage.reports import retellings
from readout.update import note_retold

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


class Intake:
    """Takes links and pages into `database`. What was published longer than `max_age` ago is late; None: nothing is."""

    def __init__(self, database: Database, *, max_age: timedelta | None) -> None:
        self._database = database
        self._max_age = max_age or None

    def asked(self, source_id: SourceId, url: str) -> Asked:
        """What to ask a discovery page with."""
        with self._database.read() as connection:
            return places.asked(connection, source_id, url)

    def note_whole(self, source_id: SourceId, page: Page) -> None:
        """Note that a discovery page answered with all its bytes, the same as before: its links are stored."""
        with self._database.write() as connection:
            places.set_asked(connection, source_id, page.url, asked_of(page), now=page.fetched_at)

    def take_links(self, source: Source, find: Find, *, now: datetime, quiet: bool = False) -> Taken:
        """Keep what a discovery page listed, together with what it is to be asked with; see `keep_find`."""
        with self._database.write() as connection:
            return keep_find(connection, source, find, now=now, quiet=quiet)

    def take_older(self, source: Source, find: Find, onward: Onward, *, now: datetime) -> int:
        """Keep what an older page listed, together with where the search goes on; the number of new links."""
        with self._database.write() as connection:
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
        self, due: DueLink, outcome: Outcome, *, now: datetime, page: Page | None = None, is_gone: bool = False
    ) -> None:
        """Note a visit that brought nothing to take in. A link whose page was read before keeps its fate.

        `is_gone`: the server says that there is no such page. The article read from it stays, and is known as gone
        until the page answers again.
        """
        with self._database.write() as connection:
            link = _link(connection, due)
            article = articles.article_of_link(connection, link.id)
            had_article = article is not None
            attempts = link.attempts + 1 if outcome.kind is OutcomeKind.FAILED else 0
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
                next_visit=_next_visit(link, outcome.kind, article.outcome if article else None, attempts, now),
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
        published = reading.article.published
        with self._database.write() as connection:
            link = _link(connection, due)
            quiet = link.quiet or since is not None
            stored = articles.article_of_link(connection, link.id)
            elsewhere = None if stored else known_article(connection, source, link, reading)
            known = stored or elsewhere
            origin = Origin(
                key=known.key if known else articles.key_for_link(connection, link.id),
                url=elsewhere.article.url if elsewhere else due.url,
                source_id=source.id,
                official=source.is_official,
                source_kind=source.kind,
                told_at=published or (None if quiet else now),
                link_id=link.id,
            )
            late = quiet or self._is_late(published, now)
            if stored:
                articles.note_back(connection, stored.id)
            if elsewhere:
                outcome = _take_elsewhere(
                    connection, elsewhere, reading, origin, late=late, quiet=quiet, since=since, now=now
                )
            else:
                outcome = _take(connection, stored, reading, origin, late=late, quiet=quiet, since=since, now=now)
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
                return _outcome(OutcomeKind.UNCHANGED, f"{key} was fetched from {stored.article.url}, which is kept")
            return _take(connection, stored, reading, origin, late=not alert, quiet=not alert, since=None, now=now)

    def _is_late(self, published: datetime | None, now: datetime) -> bool:
        return self._max_age is not None and published is not None and now - published > self._max_age


# --- one article ----------------------------------------------------------------------------------------------------


def _take(
    connection: Connection,
    stored: StoredArticle | None,
    reading: Reading,
    origin: Origin,
    *,
    late: bool,
    quiet: bool,
    since: datetime | None,
    now: datetime,
) -> Outcome:
    is_opened = stored is not None and _is_opened(stored, reading, since)
    if stored and not is_opened and (same := no_revision(connection, stored, reading, origin, now=now)):
        return _outcome(OutcomeKind.UNCHANGED, same)
    outcome, twin = _fate(connection, stored, reading, since)
    before = retellings(connection, stored.id) if stored else []
    article_id, version = _write(connection, stored, reading, origin, outcome=outcome.kind, twin=twin, now=now)
    if outcome.kind in TELLS:
        articles.set_bands(connection, article_id, reading.fingerprint.signature)
        near = _near(connection, article_id, reading, twin)
        told = Told(article_id=article_id, version=version, told_at=origin.told_at, near=near, late=late, quiet=quiet)
        meeting_ids = place_reports(connection, told, reading.recognition.reports, now=now)
        outcome = _with_meetings(outcome, meeting_ids, version)
    if stored and outcome.kind is not OutcomeKind.BEFORE_RANGE:
        note_retold(connection, stored, before, version, now=now)
    return outcome


def _is_opened(stored: StoredArticle, reading: Reading, since: datetime | None) -> bool:
    """Whether an article that was put away is looked at anew, also in the same words: left aside as too old before, or
    without its text, which the rules of now may find to be a report."""
    if stored.outcome == OutcomeKind.BEFORE_RANGE:
        return not _is_older(reading, since)
    return stored.shed_at is not None and reading.recognition.is_report


def _take_elsewhere(
    connection: Connection,
    known: StoredArticle,
    reading: Reading,
    origin: Origin,
    *,
    late: bool,
    quiet: bool,
    since: datetime | None,
    now: datetime,
) -> Outcome:
    """Take what another address of a known article adds to it: a former text adds nothing, nor does a poorer one."""
    reason = f"another address of {known.article.url}"
    is_former = articles.was_told_before(connection, known.id, reading.fingerprint.text_hash)
    tells_less = known.outcome in TELLS and not reading.recognition.is_report
    if not is_former and not tells_less:
        taken = _take(connection, known, reading, origin, late=late, quiet=quiet, since=since, now=now)
        reason += "" if taken.kind is OutcomeKind.UNCHANGED else f"; {taken.reason}"
    return _outcome(OutcomeKind.DUPLICATE, reason)


def _write(
    connection: Connection,
    stored: StoredArticle | None,
    reading: Reading,
    origin: Origin,
    *,
    outcome: OutcomeKind,
    twin: int | None,
    now: datetime,
) -> tuple[int, int]:
    """Store a new article or a new version; its id and version. Of one left aside before, or whose text was let go, the
    same text is none."""
    if stored is None:
        return articles.add_article(connection, reading, origin, outcome=outcome, duplicate_of=twin, now=now), 1
    was_put_away = stored.outcome == OutcomeKind.BEFORE_RANGE or stored.shed_at is not None
    if was_put_away and stored.text_hash == reading.fingerprint.text_hash:
        articles.reread(connection, stored, reading, outcome=outcome)
        return stored.id, stored.version
    version = articles.revise_article(
        connection, stored, reading, url=origin.url, outcome=outcome, duplicate_of=twin, now=now
    )
    return stored.id, version


def _fate(
    connection: Connection, stored: StoredArticle | None, reading: Reading, since: datetime | None
) -> tuple[Outcome, int | None]:
    """What becomes of the article, and which one told the same in the same words before."""
    twin = _twin(connection, stored, reading.fingerprint.text_hash)
    twin_id = twin.id if twin else None
    if since and _is_older(reading, since):
        published = reading.article.published_day
        return _outcome(OutcomeKind.BEFORE_RANGE, f"published {published}, before {since:%Y-%m-%d}"), twin_id
    if not reading.recognition.is_report:
        why_not = f"score {reading.recognition.score:.2f}: {reading.recognition.why_not}"
        return _outcome(OutcomeKind.NOT_A_REPORT, why_not), twin_id
    if twin:
        return _outcome(OutcomeKind.DUPLICATE, f"the same text as {twin.article.url}"), twin_id
    return _outcome(OutcomeKind.STORED, ""), None


def _is_older(reading: Reading, since: datetime | None) -> bool:
    day = reading.article.published_day
    return since is not None and day is not None and day < since.date()


def _twin(connection: Connection, stored: StoredArticle | None, text_hash: str) -> StoredArticle | None:
    """The first article with the same text; none that came after this one, or is known as its copy."""
    twin = articles.same_text(connection, text_hash, besides=stored.id if stored else 0)
    is_no_elder = twin is not None and stored is not None and (twin.id > stored.id or twin.duplicate_of == stored.id)
    return None if is_no_elder else twin


def _near(connection: Connection, article_id: int, reading: Reading, twin: int | None) -> tuple[Alike, ...]:
    near = articles.alike(connection, reading.fingerprint.signature, besides=article_id, least=ALIKE)
    same = [Alike(article_id=twin, likeness=1.0)] if twin else []
    return (*same, *(each for each in near if each.article_id != twin))


def _with_meetings(outcome: Outcome, meeting_ids: Sequence[int], version: int) -> Outcome:
    again = f"version {version} " if version > 1 else ""
    told = f"{again}tells of meeting {', '.join(map(str, meeting_ids))}"
    return _outcome(outcome.kind, f"{outcome.reason}; {told}" if outcome.reason else told)


# --- links ----------------------------------------------------------------------------------------------------------


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


def _outcome(kind: OutcomeKind, reason: str) -> Outcome:
    return Outcome(kind=kind, reason=reason)
