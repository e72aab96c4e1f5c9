"""Whether what a page says now is a new version of its article.

It must not store a version or read its facts: the intake does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout.articles.edition import Edition, gist, repeats
from readout.finding import Reading
from readout.model import Report
from readout.record import report_row
from readout.storage import articles, reports
from readout.storage.articles import Origin, StoredArticle

# A correction may be taken back, and back again; a page that then still goes to and fro is served by two caches.
_MOST_REPEATS = 2
_LOOKED_BACK = 10


def no_revision(
    connection: Connection, stored: StoredArticle, reading: Reading, origin: Origin, *, now: datetime
) -> str | None:
    """Why what was read makes no new version of `stored`, in a sentence; None: it makes one.

    A new version has other words, or facts, than the standing one, or came under another address or date; words that
    stood before make one only so many times. A text that was let go is known by its hash alone.
    """
    if stored.shed_at is not None and not reading.article.text:
        return "no text again: the one before was let go"
    is_in_place = stored.article.url == origin.url
    if is_in_place and stored.text_hash == reading.fingerprint.text_hash and _is_same_date(stored, reading):
        return "the same text as before"
    editions = articles.editions_of(connection, stored, limit=_LOOKED_BACK)
    words = gist(
        Edition(number=stored.version + 1, title=reading.article.title, text=reading.article.text, seen_at=now)
    )
    known = [edition.number for edition in editions if gist(edition) == words]
    if is_in_place and known[-1:] == [stored.version] and _is_same_date(stored, reading):
        told = (report for _, report in reports.reports_of(connection, stored.id))
        if _facts(told) == _facts(reading.recognition.reports):
            return "the same words as before, but for counters and the like"
    if is_in_place and known and repeats(editions) >= _MOST_REPEATS:
        return f"the words of version {known[0]} again: it goes to and fro, and version {stored.version} stands"
    return None


def _is_same_date(stored: StoredArticle, reading: Reading) -> bool:
    """A date that is missing now is no news; one that came is."""
    newer, before = reading.article, stored.article
    same = (newer.published, newer.published_day) == (before.published, before.published_day)
    return newer.published is None or same


def _facts(told: Iterable[Report]) -> list[dict[str, Any]]:
    """What is told, wherever it was read."""
    return [{name: value for name, value in report_row(report).items() if name != "evidence"} for report in told]
