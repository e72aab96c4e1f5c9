"""Keeps up which articles of a meeting are reprints of which, whatever order they came in.

It must not put a report under a meeting, and leaves the rule to `readout.articles.original`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from readout.articles.credit import Credits
from readout.articles.fingerprint import ALIKE
from readout.articles.original import Copy, originals
from readout.catalog import load_credits
from readout.storage.reprints import main_articles, set_originals


def link_reprints(connection: Connection, meeting_id: int) -> None:
    """Let each article that tells of the meeting before all others name its original, or none.

    To be called whenever reports came under the meeting or left it, before its facts are read anew: a reprint is no
    further voice.
    """
    rows = main_articles(connection, meeting_id)
    agencies = load_credits()
    found = originals([_copy(row, agencies) for row in rows], least=ALIKE) if len(rows) > 1 else {}
    changed = {row.id: found.get(row.id) for row in rows if row.duplicate_of != found.get(row.id)}
    set_originals(connection, changed)


def _copy(row: Row[Any], agencies: Credits) -> Copy:
    return Copy(
        article_id=row.id,
        text_hash=row.text_hash,
        signature=row.signature,
        publisher=agencies.publisher(row.url),
        credit=row.credit,
        official=row.official,
        told_at=row.told_at,
        day_only=row.published_day_only,
        first_seen=row.first_seen,
    )
