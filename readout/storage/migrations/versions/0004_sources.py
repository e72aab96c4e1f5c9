"""What a hundred sources need: cursors, robots.txt kept, patience, rhythm, condition, searches of the past."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table of searches of the past."""
    _extend("source", sa.Column("rhythm", sa.JSON, comment="when its articles come, as readout.pace keeps it"))
    _extend(
        "discovery",
        sa.Column("body_hash", sa.String, comment="SHA-256 hex of the bytes last read"),
        sa.Column("full_at", _UTC, comment="when it was last asked without validators; null: never"),
        sa.Column("cursor", sa.JSON, comment="how far a walk has come; moves with the links it covers"),
    )
    _extend(
        "host",
        sa.Column("wait_reason", sa.Text, comment="in words, for the operator"),
        sa.Column("refusals", sa.Integer, server_default="0", nullable=False, comment="answers 403 and 429 in a row"),
        sa.Column("robots", sa.LargeBinary, comment="its robots.txt as answered; null: none is kept"),
        sa.Column("robots_status", sa.Integer, comment="what /robots.txt was answered with"),
        sa.Column("robots_at", _UTC, comment="when it was asked for"),
    )
    _extend(
        "crawl",
        sa.Column("place", sa.String, comment="the machine it ran on, as crawl.place calls it"),
        sa.Column("seen", sa.JSON, comment="readout.condition.Seen: how whole its pages were; null: none was read"),
    )
    _extend("article", sa.Column("shed_at", _UTC, comment="when its text was let go, being no report's"))
    _create_backfill()


def _extend(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


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
