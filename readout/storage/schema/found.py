"""Tables of what is watched and found: sources, hosts, places of discovery, links, crawls.

It must not run a statement.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, text

from readout.storage.schema.column import Utc, id_column, metadata, reference

source = Table(
    "source",
    metadata,
    Column("id", String, primary_key=True),
    Column("enabled", Boolean, comment="null: as its file says"),
    Column("by_file", Boolean, comment="what its file said when a crawl last began; null: it had none"),
    Column("next_due", Utc, comment="null: never crawled, due at once"),
    Column("failures", Integer, nullable=False, default=0, comment="crawls in a row without an answer"),
    Column("lease_owner", String),
    Column("lease_until", Utc),
    Column("last_started", Utc),
    Column("last_finished", Utc),
    Column("last_error", Text),
    Column("rhythm", JSON, comment="when its articles come, as readout.pace keeps it; null: not known yet"),
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
    Column("body_hash", String, comment="SHA-256 hex of the bytes last read"),
    Column("full_at", Utc, comment="when it last answered with all its bytes; null: never"),
    Column("cursor", JSON, comment="how far a walk has come; moves with the links it covers"),
    Column("alone_at", Utc, comment="of a sitemap: when it last named what no feed of its source had"),
)

backfill = Table(
    "backfill",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("url", String, primary_key=True, comment="the place whose past is searched"),
    Column("since", Utc, nullable=False, comment="how far back"),
    Column("cursor", JSON, comment="where to go on; moves with the links it covers"),
    Column("found", Integer, nullable=False, default=0, comment="links so far"),
    Column("begun_at", Utc, nullable=False),
    Column("finished_at", Utc, comment="null: there is more to search"),
)

host = Table(
    "host",
    metadata,
    Column("name", String, primary_key=True),
    Column("wait_until", Utc, comment="what Retry-After or our own patience asks for"),
    Column("wait_reason", Text, comment="in words, for the operator"),
    Column("refusals", Integer, nullable=False, default=0, comment="crawls in a row that were sent away"),
    Column("robots", LargeBinary, comment="its robots.txt as answered; null: none is kept"),
    Column("robots_status", Integer, comment="what /robots.txt was answered with"),
    Column("robots_at", Utc, comment="when it was asked for"),
)

link = Table(
    "link",
    metadata,
    id_column(),
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
    reference("same_as", "link.id"),
    Column("quiet", Boolean, nullable=False, default=False, comment="found by a search of the past: alerts nobody"),
    Index(None, "source_id", "next_visit"),
    Index(None, "source_id", "guid"),
    Index(None, "source_id", "outcome"),
)

visit = Table(
    "visit",
    metadata,
    id_column(),
    reference("link_id", "link.id", nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
)

_READ = text("articles > 0")

crawl = Table(
    "crawl",
    metadata,
    id_column(),
    Column("source_id", String, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("reason", Text, comment="why it ended, as Scrapy says it"),
    Column("requests", Integer, nullable=False, default=0),
    Column("new_links", Integer, nullable=False, default=0),
    Column("outcomes", JSON, nullable=False, default=dict),
    Column("heard", String, comment="readout.condition.Heard; null: it was cut short"),
    Column("missed", Boolean, nullable=False, default=False, comment="a known place named nothing but new links"),
    Column("place", String, comment="the machine it ran on, as crawl.place calls it"),
    Column("seen", JSON, comment="readout.condition.Seen: how whole its pages were; null: nothing was seen"),
    Column("articles", Integer, nullable=False, default=0, comment="read anew"),
    Column("amiss", String, comment="readout.condition.Heard of a place that gave no links while others did"),
    Column("error", Text, comment="what its places answered in place of links"),
    Index(None, "source_id", "started_at"),
    Index("ix_crawl_articles", "source_id", "started_at", sqlite_where=_READ, postgresql_where=_READ),
)
