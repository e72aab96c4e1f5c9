"""What a hostile web and a hard life need: the proof of what was read, and of which backup a database grew from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the table of backups."""
    _make_backup()
    for table in ("article", "article_version"):
        _add_page_columns(table)
    unproved = sa.text("page_fault IS NOT NULL")
    op.create_index("ix_article_unproved", "article", ["changed_at"], sqlite_where=unproved, postgresql_where=unproved)


def _add_page_columns(table: str) -> None:
    for column in (
        sa.Column(
            "page_hash", sa.String, comment="SHA-256 hex of the page's bytes; null: it came without, or is older"
        ),
        sa.Column("page_file", sa.String, comment="the file of the archive that keeps them; null: none does"),
        sa.Column("page_offset", sa.BigInteger, comment="where in it their records begin, in bytes"),
        sa.Column("page_size", sa.BigInteger, comment="of those records as they lie there, in bytes"),
        sa.Column("page_fault", sa.Text, comment="why they could not be kept"),
    ):
        op.add_column(table, column)


def _make_backup() -> None:
    moment = sa.DateTime(timezone=True)
    taken = "when the copy was made that this database grew from; null: nobody knows"
    resends = "what may have left since is sent again"
    op.create_table(
        "backup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("taken_at", moment, comment=taken),
        sa.Column("restored_at", moment, comment="null: it is a copy still"),
        sa.Column("resends", sa.Boolean, nullable=False, comment=resends),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )
