"""The tables, one definition for SQLite and PostgreSQL.

It must not run a statement: rooms of the folder above do, and migrations bring a database to this shape.
"""

from readout.storage.schema.column import Utc, metadata
from readout.storage.schema.found import backfill, crawl, discovery, host, link, source, visit
from readout.storage.schema.read import (
    article,
    article_version,
    attendee,
    band,
    change,
    judgement,
    meeting,
    report,
    ruling,
    said,
)
from readout.storage.schema.told import alert, backup, lease, secret, trouble, watch

__all__ = [
    "Utc",
    "alert",
    "article",
    "article_version",
    "attendee",
    "backfill",
    "backup",
    "band",
    "change",
    "crawl",
    "discovery",
    "host",
    "judgement",
    "lease",
    "link",
    "meeting",
    "metadata",
    "report",
    "ruling",
    "said",
    "secret",
    "source",
    "trouble",
    "visit",
    "watch",
]
