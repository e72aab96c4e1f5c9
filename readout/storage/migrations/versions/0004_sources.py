"""What a hundred sources need: cursors, robots.txt kept, patience, rhythm, condition, searches of the past."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_QUIET = "found by a search of the past: alerts nobody"

_TROUBLES = (
    ("failing", "links", "down"),
    ("partly", "part", "down"),
    ("wall", "pages", "wall"),
    ("quiet", "news", "quiet"),
    ("missed", "pace", "ok"),
)


def upgrade() -> None:
    """Add the columns and the table of searches of the past."""
    _extend(
        "source",
        sa.Column("rhythm", sa.JSON, comment="when its articles come, as readout.pace keeps it"),
        sa.Column("by_file", sa.Boolean, comment="what its file said when a crawl last began; null: it had none"),
    )
    _extend(
        "discovery",
        sa.Column("body_hash", sa.String, comment="SHA-256 hex of the bytes last read"),
        sa.Column("full_at", _UTC, comment="when it last answered with all its bytes; null: never"),
        sa.Column("cursor", sa.JSON, comment="how far a walk has come; moves with the links it covers"),
        sa.Column("alone_at", _UTC, comment="of a sitemap: when it last named what no feed of its source had"),
    )
    _extend(
        "host",
        sa.Column("wait_reason", sa.Text, comment="in words, for the operator"),
        sa.Column(
            "refusals", sa.Integer, server_default="0", nullable=False, comment="crawls in a row that were sent away"
        ),
        sa.Column("robots", sa.LargeBinary, comment="its robots.txt as answered; null: none is kept"),
        sa.Column("robots_status", sa.Integer, comment="what /robots.txt was answered with"),
        sa.Column("robots_at", _UTC, comment="when it was asked for"),
    )
    _extend(
        "crawl",
        sa.Column("place", sa.String, comment="the machine it ran on, as crawl.place calls it"),
        sa.Column("seen", sa.JSON, comment="readout.condition.Seen: how whole its pages were; null: nothing was seen"),
        sa.Column("articles", sa.Integer, server_default="0", nullable=False, comment="read anew"),
        sa.Column("amiss", sa.String, comment="readout.condition.Heard of a place that gave no links while others did"),
        sa.Column("error", sa.Text, comment="what its places answered in place of links"),
    )
    read = sa.text("articles > 0")
    op.create_index("ix_crawl_articles", "crawl", ["source_id", "started_at"], sqlite_where=read, postgresql_where=read)
    _extend("trouble", sa.Column("condition", sa.String, comment="of a source: readout.condition.Condition"))
    _rename_troubles()
    _extend("link", sa.Column("quiet", sa.Boolean, server_default=sa.false(), nullable=False, comment=_QUIET))
    _extend("article", sa.Column("shed_at", _UTC, comment="when its text was let go, being no report's"))
    whole = sa.text("shed_at IS NULL AND outcome = 'not_a_report'")
    op.create_index("ix_article_whole", "article", ["changed_at"], sqlite_where=whole, postgresql_where=whole)
    _create_backfill()


def _extend(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


def _rename_troubles() -> None:
    """What is in trouble of a source is called by what of it is: what was told stays told. Of the crawls that were
    answered with errors it was not kept which of these were refusals."""
    op.execute("UPDATE crawl SET heard = 'error' WHERE heard = 'refused'")
    for before, now, condition in _TROUBLES:
        op.execute(
            sa.text(
                "UPDATE trouble SET key = :now || substr(key, :size), condition = :condition WHERE key LIKE :like"
            ).bindparams(now=now, size=len(before) + 1, condition=condition, like=f"{before}:%")
        )


def _create_backfill() -> None:
    op.create_table(
        "backfill",
        sa.Column("source_id", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False, comment="the place whose past is searched"),
        sa.Column("since", _UTC, nullable=False, comment="how far back"),
        sa.Column("cursor", sa.JSON, comment="where to go on; moves with the links it covers"),
        sa.Column("found", sa.Integer, server_default="0", nullable=False, comment="links so far"),
        sa.Column("begun_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC, comment="null: there is more to search"),
        sa.PrimaryKeyConstraint("source_id", "url", name=op.f("pk_backfill")),
    )
