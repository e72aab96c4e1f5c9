"""The tables, one definition for SQLite and PostgreSQL.

It must not run a statement: rooms of this folder do, and migrations bring a database to this shape.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime, UTC at rest on databases with and without time zones. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware to UTC; SQLite keeps the clock's digits alone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[Any]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _ref(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), ForeignKey(target), **options)


# --- sources and links --------------------------------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    Column("id", String, primary_key=True),
    Column("enabled", Boolean, comment="null: as its file says"),
    Column("next_due", Utc, comment="null: never crawled, due at once"),
    Column("failures", Integer, nullable=False, default=0, comment="crawls in a row without an answer"),
    Column("lease_owner", String),
    Column("lease_until", Utc),
    Column("last_started", Utc),
    Column("last_finished", Utc),
    Column("last_error", Text),
    Index(None, "next_due"),
)

discovery = Table(
    "discovery",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("checked_at", Utc, nullable=False),
)

host = Table(
    "host",
    metadata,
    Column("name", String, primary_key=True),
    Column("wait_until", Utc, comment="what Retry-After asked for"),
)

link = Table(
    "link",
    metadata,
    _id(),
    Column("source_id", String, nullable=False),
    Column("url", Text, nullable=False, comment="as found: this is what is fetched"),
    Column("key", Text, nullable=False, unique=True, comment="canonical URL, see readout.storage.links.link_key"),
    Column("title", Text),
    Column("published", Utc),
    Column("published_day_only", Boolean, nullable=False, default=False),
    Column("modified", Utc),
    Column("found_in", Text, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("next_visit", Utc, comment="null: no visit wanted; a new link wants one at once"),
    Column("visits", Integer, nullable=False, default=0, comment="visits that were answered"),
    Column("attempts", Integer, nullable=False, default=0, comment="visits in a row that were not"),
    Column("outcome", String, comment="null: pending; a later visit that reads nothing leaves it"),
    Column("reason", Text),
    Column("outcome_at", Utc),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String, comment="SHA-256 hex of the bytes last read"),
    Column("guid", Text, comment="the feed's name for the item: may repeat, change or lie"),
    _ref("same_as", "link.id"),
    Index(None, "source_id", "next_visit"),
    Index(None, "source_id", "guid"),
    Index(None, "source_id", "outcome"),
)

visit = Table(
    "visit",
    metadata,
    _id(),
    _ref("link_id", "link.id", nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
)

crawl = Table(
    "crawl",
    metadata,
    _id(),
    Column("source_id", String, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("reason", Text, comment="why it ended, as Scrapy says it"),
    Column("requests", Integer, nullable=False, default=0),
    Column("new_links", Integer, nullable=False, default=0),
    Column("outcomes", JSON, nullable=False, default=dict),
    Column("heard", String, comment="readout.trouble.Heard; null: it was cut short"),
    Column("missed", Boolean, nullable=False, default=False, comment="a known place named nothing but new links"),
    Index(None, "source_id", "started_at"),
)

# --- articles -----------------------------------------------------------------------------------------------------

article = Table(
    "article",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True, comment="its id in exports: an imported row's, else a<link id>"),
    _ref("link_id", "link.id", unique=True),
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
    _ref("duplicate_of", "article.id"),
    Column("credit", Text, comment="whom it names as its source, as a key of readout.articles.credit"),
    Column("gone_at", Utc, comment="when its page was found to have vanished"),
    Index(None, "text_hash"),
    Index(None, "source_id"),
)

article_version = Table(
    "article_version",
    metadata,
    _ref("article_id", "article.id", primary_key=True),
    Column("version", Integer, primary_key=True, comment="a former one; the standing one is in article"),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

# Of articles that tell of a meeting alone: nothing else is looked up by likeness.
band = Table(
    "band",
    metadata,
    Column("key", BigInteger, primary_key=True),
    _ref("article_id", "article.id", primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# --- reports and meetings -----------------------------------------------------------------------------------------

report = Table(
    "report",
    metadata,
    _id(),
    _ref("article_id", "article.id", nullable=False),
    Column("position", Integer, nullable=False, comment="0: the page's main meeting"),
    Column("version", Integer, nullable=False, default=1, comment="of the article: the evidence counts in its text"),
    Column("facts", JSON, nullable=False, comment="readout.record.report_row"),
    UniqueConstraint("article_id", "position"),
)

meeting = Table(
    "meeting",
    metadata,
    _id(),
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
    _ref("merged_into", "meeting.id"),
    _ref("split_from", "meeting.id"),
    _ref("part_of", "meeting.id"),
    Index(None, "body_id", "session_number"),
    Index(None, "body_id", "start_date"),
    Index(None, "body_id", "day"),
    Index(None, "body_id", "month_day"),
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
    _ref("meeting_id", "meeting.id", primary_key=True, index=True),
    Column("day", Date, comment="the meeting's"),
    Index(None, "word", "day"),
    sqlite_with_rowid=False,
)

judgement = Table(
    "judgement",
    metadata,
    _id(),
    _ref("report_id", "report.id", nullable=False),
    _ref("meeting_id", "meeting.id", nullable=False, index=True),
    Column("verdict", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    _ref("ruling_id", "ruling.id", index=True),
    UniqueConstraint("report_id", "meeting_id", "made_by"),
)

ruling = Table(
    "ruling",
    metadata,
    _id(),
    Column("kind", String, nullable=False, comment="merge, split, differ or correct"),
    _ref("meeting_id", "meeting.id", nullable=False, index=True),
    _ref("other_id", "meeting.id"),
    _ref("report_id", "report.id"),
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
    _id(),
    _ref("meeting_id", "meeting.id", nullable=False, index=True),
    _ref("article_id", "article.id"),
    Column("fact", String, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("at", Utc, nullable=False),
)

# --- watches and the outbox ---------------------------------------------------------------------------------------

watch = Table(
    "watch",
    metadata,
    _id(),
    Column("name", String, nullable=False),
    Column("query", Text, nullable=False, default="", comment="as readout.watches.query writes it"),
    Column("recipients", JSON, nullable=False),
    Column("joined", JSON, nullable=False, default=dict, comment="of recipients that came later: since when"),
    Column("channel", String, nullable=False),
    Column("updates", Boolean, nullable=False, default=False, comment="what changes is told"),
    Column("delivery", JSON, nullable=False, default=dict, comment="readout.storage.watches.delivery_row"),
    Column("created_at", Utc, nullable=False),
    Column("removed_at", Utc),
    Index(None, "name"),
)

alert = Table(
    "alert",
    metadata,
    _id(),
    _ref("meeting_id", "meeting.id"),
    _ref("watch_id", "watch.id"),
    Column("recipient", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("revision", Integer, nullable=False, default=0),
    Column("state", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("watch_names", JSON, nullable=False),
    Column("matched", JSON, nullable=False, comment="filter to what matched it"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0, comment="attempts that may have arrived, unconfirmed"),
    Column("created_at", Utc, nullable=False),
    Column("next_try", Utc, comment="null: nothing more is tried by itself"),
    Column("sent_at", Utc),
    Column("answer_code", Integer),
    Column("answer", Text, comment="the server's words, or why it was suppressed"),
    Column("changes", JSON, nullable=False, default=list, comment="of an update"),
    Column("content", JSON, nullable=False, default=dict, comment="what a digest or a notice says"),
    Column("period", String, comment="of a digest: its local day or hour; of a notice: what it is about, and when"),
    _ref("digest_id", "alert.id", index=True),
    _ref("told_by", "alert.id", index=True),
    UniqueConstraint("meeting_id", "watch_id", "recipient", "kind", "revision"),
    Index(None, "state", "next_try"),
    # one digest a day, one notice of a thing
    Index("ux_alert_period", "watch_id", "recipient", "period", unique=True),
    Index(None, "watch_id", "recipient", "sent_at"),
)

trouble = Table(
    "trouble",
    metadata,
    Column("key", String, primary_key=True, comment="what is in trouble and how, e.g. failing:apa"),
    Column("said", Text, nullable=False, comment="for the operator, one line"),
    Column("since", Utc, nullable=False),
    Column("told_at", Utc, comment="when a notice of it was owed; null: nobody was told"),
    Column("gone_at", Utc, comment="when it was over, where that is still to be told"),
    Column("size", Integer, comment="how much it concerned when it was told, where it may grow"),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", Utc, nullable=False),
)
