"""What becomes of one article that was read: new, a new version or nothing new, and which meetings it tells of.

It must not begin or end a transaction: the intake does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from readout.articles.fingerprint import ALIKE
from readout.finding import Reading
from readout.judging import Told, place_reports
from readout.model import Outcome, OutcomeKind
from readout.revision import no_revision
from readout.storage import articles
from readout.storage.articles import TELLS, Alike, Origin, StoredArticle
from readout.storage.reports import retellings
from readout.update import note_retold

Prove = Callable[[Connection, int, bool, datetime], None]
"""Keeps the page of an article's standing version, by its id; whether it tells, or told, of a meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When and how an article is taken in: whether as news, from when on, and what keeps its page."""

    now: datetime
    late: bool
    quiet: bool
    since: datetime | None = None
    prove: Prove | None = None


def take(
    connection: Connection, stored: StoredArticle | None, reading: Reading, origin: Origin, moment: Moment
) -> Outcome:
    """Take in what was read of an article, `stored` as it was before; what became of it."""
    now, since = moment.now, moment.since
    is_opened = stored is not None and _is_opened(stored, reading, since)
    if stored and not is_opened and (same := no_revision(connection, stored, reading, origin, now=now)):
        return outcome_of(OutcomeKind.UNCHANGED, same)
    outcome, twin = _fate(connection, stored, reading, since)
    before = retellings(connection, stored.id) if stored else []
    article_id, version = _write(connection, stored, reading, origin, outcome=outcome.kind, twin=twin, now=now)
    if moment.prove:
        moment.prove(connection, article_id, bool(before) or outcome.kind in TELLS, now)
    if outcome.kind in TELLS:
        articles.set_bands(connection, article_id, reading.fingerprint.signature, is_new=stored is None)
        near = _near(connection, article_id, reading, twin)
        told = Told(
            article_id=article_id,
            version=version,
            told_at=origin.told_at,
            near=near,
            late=moment.late,
            quiet=moment.quiet,
            is_new=stored is None,
        )
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


def take_elsewhere(
    connection: Connection, known: StoredArticle, reading: Reading, origin: Origin, moment: Moment
) -> Outcome:
    """Take what another address of a known article adds to it: a former text adds nothing, nor does a poorer one."""
    reason = f"another address of {known.article.url}"
    is_former = articles.was_told_before(connection, known.id, reading.fingerprint.text_hash)
    tells_less = known.outcome in TELLS and not reading.recognition.is_report
    if not is_former and not tells_less:
        taken = take(connection, known, reading, origin, moment)
        reason += "" if taken.kind is OutcomeKind.UNCHANGED else f"; {taken.reason}"
    return outcome_of(OutcomeKind.DUPLICATE, reason)


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
        return outcome_of(OutcomeKind.BEFORE_RANGE, f"published {published}, before {since:%Y-%m-%d}"), twin_id
    if not reading.recognition.is_report:
        why_not = f"score {reading.recognition.score:.2f}: {reading.recognition.why_not}"
        return outcome_of(OutcomeKind.NOT_A_REPORT, why_not), twin_id
    if twin:
        return outcome_of(OutcomeKind.DUPLICATE, f"the same text as {twin.article.url}"), twin_id
    return outcome_of(OutcomeKind.STORED, ""), None


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
    return outcome_of(outcome.kind, f"{outcome.reason}; {told}" if outcome.reason else told)


def outcome_of(kind: OutcomeKind, reason: str) -> Outcome:
    """An outcome, said shortly."""
    return Outcome(kind=kind, reason=reason)
