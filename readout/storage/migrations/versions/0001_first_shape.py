"""The first shape: sources, links, articles, reports, meetings, watches, alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A migration keeps its own copy of every type: the schema goes on, this stays as it was.
_UTC = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, in the order of what refers to what."""
    _create_crawl()
    _create_discovery()
    _create_host()
    _create_lease()
    _create_link()
    _create_meeting()
    _create_source()
    _create_watch()
    _create_alert()
    _create_article()
    _create_visit()
    _create_article_version()
    _create_band()
    _create_report()
    _create_judgement()


def _create_crawl() -> None:
    op.create_table(
        "crawl",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String, nullable=False),
        sa.Column("started_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC),
        sa.Column("reason", sa.Text, comment="why it ended, as Scrapy says it"),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("new_links", sa.Integer, nullable=False),
        sa.Column("outcomes", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl")),
    )
    op.create_index(op.f("ix_crawl_source_id_started_at"), "crawl", ["source_id", "started_at"])


def _create_discovery() -> None:
    op.create_table(
        "discovery",
        sa.Column("source_id", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("checked_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "url", name=op.f("pk_discovery")),
    )


def _create_host() -> None:
    op.create_table(
        "host",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("wait_until", _UTC, comment="what Retry-After asked for"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("until", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _create_link() -> None:
    op.create_table(
        "link",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String, nullable=False),
        sa.Column("url", sa.Text, nullable=False, comment="as found: this is what is fetched"),
        sa.Column("key", sa.Text, nullable=False, comment="canonical URL, see readout.storage.links.link_key"),
        sa.Column("title", sa.Text),
        sa.Column("published", _UTC),
        sa.Column("published_day_only", sa.Boolean, nullable=False),
        sa.Column("modified", _UTC),
        sa.Column("found_in", sa.Text, nullable=False),
        sa.Column("first_seen", _UTC, nullable=False),
        sa.Column("next_visit", _UTC, comment="null: no visit wanted; a new link wants one at once"),
        sa.Column("visits", sa.Integer, nullable=False, comment="visits that were answered"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="visits in a row that were not"),
        sa.Column("outcome", sa.String, comment="null: pending; a later visit that reads nothing leaves it"),
        sa.Column("reason", sa.Text),
        sa.Column("outcome_at", _UTC),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.String, comment="SHA-256 hex of the bytes last read"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("key", name=op.f("uq_link_key")),
    )
    op.create_index(op.f("ix_link_source_id_next_visit"), "link", ["source_id", "next_visit"])
    op.create_index(op.f("ix_link_source_id_outcome"), "link", ["source_id", "outcome"])


def _create_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("first_seen", _UTC, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False, comment="the best-supported facts, as readout.record.report_row"),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body_id", sa.String),
        sa.Column("session_number", sa.Integer),
        sa.Column("start_date", sa.Date),
        sa.Column("end_date", sa.Date),
        sa.Column("city", sa.String),
        sa.Column("country", sa.String),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_body_id_session_number"), "meeting", ["body_id", "session_number"])
    op.create_index(op.f("ix_meeting_body_id_start_date"), "meeting", ["body_id", "start_date"])
    op.create_index(op.f("ix_meeting_first_seen"), "meeting", ["first_seen"])
    op.create_index(op.f("ix_meeting_start_date"), "meeting", ["start_date"])


def _create_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("enabled", sa.Boolean, comment="null: as its file says"),
        sa.Column("next_due", _UTC, comment="null: never crawled, due at once"),
        sa.Column("failures", sa.Integer, nullable=False, comment="crawls in a row without an answer"),
        sa.Column("lease_owner", sa.String),
        sa.Column("lease_until", _UTC),
        sa.Column("last_started", _UTC),
        sa.Column("last_finished", _UTC),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_next_due"), "source", ["next_due"])


def _create_watch() -> None:
    op.create_table(
        "watch",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("removed_at", _UTC),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("meeting_id", _ID, sa.ForeignKey("meeting.id", name=op.f("fk_alert_meeting_id"))),
        sa.Column("watch_id", _ID, sa.ForeignKey("watch.id", name=op.f("fk_alert_watch_id"))),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("watch_names", sa.JSON, nullable=False),
        sa.Column("matched", sa.JSON, nullable=False, comment="filter to what matched it"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("doubts", sa.Integer, nullable=False, comment="attempts that may have arrived, unconfirmed"),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("next_try", _UTC, comment="null: nothing more is tried by itself"),
        sa.Column("sent_at", _UTC),
        sa.Column("answer_code", sa.Integer),
        sa.Column("answer", sa.Text, comment="the server's words, or why it was suppressed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "meeting_id",
            "watch_id",
            "recipient",
            "kind",
            "revision",
            name=op.f("uq_alert_meeting_id_watch_id_recipient_kind_revision"),
        ),
    )
    op.create_index(op.f("ix_alert_state_next_try"), "alert", ["state", "next_try"])


def _create_article() -> None:
    op.create_table(
        "article",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False, comment="its id in exports: an imported row's, else a<link id>"),
        sa.Column("link_id", _ID, sa.ForeignKey("link.id", name=op.f("fk_article_link_id"))),
        sa.Column("source_id", sa.String),
        sa.Column("official", sa.Boolean, nullable=False, comment="its source speaks for a state or a body"),
        sa.Column("url", sa.Text, nullable=False, comment="as fetched"),
        sa.Column("canonical_url", sa.Text, comment="the page's own claim"),
        sa.Column("title", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String),
        sa.Column("published", _UTC),
        sa.Column("published_day", sa.Date, comment="as the source's readers count it"),
        sa.Column("published_day_only", sa.Boolean, nullable=False),
        sa.Column("published_from", sa.String),
        sa.Column("told_at", _UTC, comment="published, else first seen by a live crawl; null: nobody knows when"),
        sa.Column("first_seen", _UTC, nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.String, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("score", sa.Float, nullable=False, comment="the recogniser's confidence"),
        sa.Column("signals", sa.JSON, nullable=False, comment="what spoke for and against"),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("duplicate_of", _ID, sa.ForeignKey("article.id", name=op.f("fk_article_duplicate_of"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("key", name=op.f("uq_article_key")),
        sa.UniqueConstraint("link_id", name=op.f("uq_article_link_id")),
    )
    op.create_index(op.f("ix_article_source_id"), "article", ["source_id"])
    op.create_index(op.f("ix_article_text_hash"), "article", ["text_hash"])
    op.create_index(op.f("ix_article_url"), "article", ["url"])


def _create_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("link_id", _ID, sa.ForeignKey("link.id", name=op.f("fk_visit_link_id")), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_link_id"), "visit", ["link_id"])


def _create_article_version() -> None:
    op.create_table(
        "article_version",
        sa.Column(
            "article_id", _ID, sa.ForeignKey("article.id", name=op.f("fk_article_version_article_id")), nullable=False
        ),
        sa.Column("version", sa.Integer, nullable=False, comment="a former one; the standing one is in article"),
        sa.Column("title", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.String, nullable=False),
        sa.Column("seen_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "version", name=op.f("pk_article_version")),
    )


def _create_band() -> None:
    op.create_table(
        "band",
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("article_id", _ID, sa.ForeignKey("article.id", name=op.f("fk_band_article_id")), nullable=False),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_band_article_id"), "band", ["article_id"])


def _create_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("article_id", _ID, sa.ForeignKey("article.id", name=op.f("fk_report_article_id")), nullable=False),
        sa.Column("position", sa.Integer, nullable=False, comment="0: the page's main meeting"),
        sa.Column("version", sa.Integer, nullable=False, comment="of the article: the evidence counts in its text"),
        sa.Column("facts", sa.JSON, nullable=False, comment="readout.record.report_row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_report_article_id_position")),
    )


def _create_judgement() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("report_id", _ID, sa.ForeignKey("report.id", name=op.f("fk_judgement_report_id")), nullable=False),
        sa.Column("meeting_id", _ID, sa.ForeignKey("meeting.id", name=op.f("fk_judgement_meeting_id")), nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint(
            "report_id", "meeting_id", "made_by", name=op.f("uq_judgement_report_id_meeting_id_made_by")
        ),
    )
    op.create_index(op.f("ix_judgement_meeting_id"), "judgement", ["meeting_id"])
