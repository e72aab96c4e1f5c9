"""What each report says, value by value, so that meetings are found by it without reading every report."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

from readout.storage.said import fill

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STEP = 10_000


def upgrade() -> None:
    """Make the table and fill it."""
    op.create_table(
        "said",
        sa.Column("fact", sa.String, nullable=False, comment="as readout.storage.said calls it"),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_said_report_id")),
        sa.PrimaryKeyConstraint("fact", "value", "report_id", name=op.f("pk_said")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_said_report_id"), "said", ["report_id"])
    op.create_index(op.f("ix_article_source_kind"), "article", ["source_kind"])
    op.create_index("ix_article_language", "article", [sa.text("lower(language)")])
    tell: Callable[[str], None] | None = context.config.attributes.get("tell")

    def progress(done: int, of: int) -> None:
        if tell and (done % _STEP == 0 or done == of):
            tell(f"what {done} of {of} reports say is found by its values")

    fill(op.get_bind(), progress)
