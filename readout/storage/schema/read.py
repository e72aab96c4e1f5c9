"""Tables of what was read: articles, reports, meetings, judgements.

It must not run a statement.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from readout.storage.schema.column import Utc, id_column, metadata, reference

_WHOLE = text("shed_at IS NULL AND outcome = 'not_a_report'")
_UNSURE = text("verdict = 'unsure'")
_UNPROVED = text("page_fault IS NOT NULL")


def _page_columns() -> tuple[Column[Any], ...]:
    """The proof of a version: the page it was read from, and where that is kept."""
    return (
        Column("page_hash", String, comment="SHA-256 hex of the page's bytes; null: it came without, or is older"),
        Column("page_file", String, comment="the file of the archive that keeps them; null: none does"),
        Column("page_offset", BigInteger, comment="where in it their records begin, in bytes"),
        Column("page_size", BigInteger, comment="of those records as they lie there, in bytes"),
        Column("page_fault", Text, comment="why they could not be kept"),
    )


article = Table(
    "article",
    metadata,
    id_column(),
    Column("key", Text, nullable=False, unique=True, comment="its id in exports: an imported row's, else a<link id>"),
    reference("link_id", "link.id", unique=True),
    Column("source_id", String),
    Column("official", Boolean, nullable=False, default=False, comment="its source speaks for a state or a body"),
    Column("source_kind", String, comment="of its source; null: unknown"),
    Column("url", Text, nullable=False, index=True, comment="as fetched"),
    Column("canonical_url", Text, comment="the page's own claim"),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("language", String),
    Column("published", Utc),
    Column("published_day", Date, comment="as the source's readers count it"),
    Column("published_day_only", Boolean, nullable=False, default=False),
    Column("published_from", String),
    Column("told_at", Utc, comment="published, else first seen by a live crawl; null: nobody knows when"),
    Column("first_seen", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("text_hash", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("score", Float, nullable=False, comment="the recogniser's confidence"),
    Column("signals", JSON, nullable=False, default=list, comment="what spoke for and against"),
    Column("outcome", String, nullable=False),
    reference("duplicate_of", "article.id"),
    Column("credit", Text, comment="whom it names as its source, as a key of readout.articles.credit"),
    Column("gone_at", Utc, comment="when its page was found to have vanished"),
    Column("shed_at", Utc, comment="when its text was let go, being no report's"),
    *_page_columns(),
    Index(None, "text_hash"),
    Index(None, "source_id"),
    Index(None, "source_kind"),
    Index("ix_article_language", text("lower(language)")),
    Index("ix_article_unproved", "changed_at", sqlite_where=_UNPROVED, postgresql_where=_UNPROVED),
    Index("ix_article_whole", "changed_at", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
)

article_version = Table(
    "article_version",
    metadata,
    reference("article_id", "article.id", primary_key=True),
    Column("version", Integer, primary_key=True, comment="a former one; the standing one is in article"),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("seen_at", Utc, nullable=False),
    *_page_columns(),
)

# Of articles that tell of a meeting alone: nothing else is looked up by likeness.
band = Table(
    "band",
    metadata,
    Column("key", BigInteger, primary_key=True),
    reference("article_id", "article.id", primary_key=True, index=True),
    sqlite_with_rowid=False,
)

report = Table(
    "report",
    metadata,
    id_column(),
    reference("article_id", "article.id", nullable=False),
    Column("position", Integer, nullable=False, comment="0: the page's main meeting"),
    Column("version", Integer, nullable=False, default=1, comment="of the article: the evidence counts in its text"),
    Column("facts", JSON, nullable=False, comment="readout.record.report_row"),
    UniqueConstraint("article_id", "position"),
)

meeting = Table(
    "meeting",
    metadata,
    id_column(),
    Column("first_seen", Utc, nullable=False),
    Column("late", Boolean, nullable=False, default=False),
    Column("facts", JSON, nullable=False, comment="the best-supported facts, as readout.record.report_row"),
    Column("status", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body_id", String),
    Column("session_number", Integer),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("city", String),
    Column("country", String),
    Column("day", Date, comment="its first day, else when it was first told of; null: nobody knows"),
    Column("month_day", String, comment="MM-DD of its first day, also where nobody says the year"),
    Column("loose", Boolean, nullable=False, default=False, comment="one of its reports does not say when"),
    Column("put_off", Boolean, nullable=False, default=False, comment="one of its reports tells that it was postponed"),
    reference("merged_into", "meeting.id"),
    reference("split_from", "meeting.id"),
    reference("part_of", "meeting.id"),
    Index(None, "body_id", "session_number"),
    # all that a body's rhythm and numbers are read from: rows are long with their facts
    Index("ix_meeting_sitting", "body_id", "start_date", "merged_into", "status", "session_number", "end_date", "city"),
    Index(None, "body_id", "day"),
    Index(None, "body_id", "month_day"),
    Index(None, "day", "id"),
    # as the newest are listed, those of an unknown day last; SQLite reads the one above so
    Index("ix_meeting_newest", text("day DESC NULLS LAST"), text("id DESC")).ddl_if(dialect="postgresql"),
    Index(None, "start_date"),
    Index(None, "status", "start_date"),
    Index(None, "city", "day"),
    Index(None, "first_seen"),
    Index(None, "merged_into"),
    Index(None, "split_from"),
    Index(None, "part_of"),
)

# Who is said to be there, word by word of their names: how talks that no body convenes are found again.
attendee = Table(
    "attendee",
    metadata,
    Column("word", String, primary_key=True, comment="as readout.meetings.person.sound hears it"),
    reference("meeting_id", "meeting.id", primary_key=True, index=True),
    Column("day", Date, comment="the meeting's"),
    Index(None, "word", "day"),
    sqlite_with_rowid=False,
)

# What each report says, value by value: how meetings are found by what one of many reports says.
said = Table(
    "said",
    metadata,
    Column("fact", String, primary_key=True, comment="as readout.storage.said calls it"),
    Column("value", String, primary_key=True),
    reference("report_id", "report.id", primary_key=True, index=True),
    sqlite_with_rowid=False,
)

judgement = Table(
    "judgement",
    metadata,
    id_column(),
    reference("report_id", "report.id", nullable=False),
    reference("meeting_id", "meeting.id", nullable=False),
    Column("verdict", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    reference("ruling_id", "ruling.id", index=True),
    UniqueConstraint("report_id", "meeting_id", "made_by"),
    Index("ix_judgement_standing", "meeting_id", "verdict", "made_by", "report_id"),
    Index("ix_judgement_unsure", "id", sqlite_where=_UNSURE, postgresql_where=_UNSURE),
)

ruling = Table(
    "ruling",
    metadata,
    id_column(),
    Column("kind", String, nullable=False, comment="merge, split, differ or correct"),
    reference("meeting_id", "meeting.id", nullable=False, index=True),
    reference("other_id", "meeting.id"),
    reference("report_id", "report.id"),
    Column("fact", String),
    Column("value", JSON),
    Column("before", JSON, nullable=False, default=dict, comment="what undoing it restores"),
    Column("reason", Text, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("undone_at", Utc),
    Column("undone_why", Text),
)

change = Table(
    "change",
    metadata,
    id_column(),
    reference("meeting_id", "meeting.id", nullable=False, index=True),
    reference("article_id", "article.id"),
    Column("fact", String, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("at", Utc, nullable=False),
)
