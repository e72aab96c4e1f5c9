"""What identity needs: other addresses of an article, credits, rulings, changes, attendees, kin of meetings."""

import sqlalchemy as sa
from alembic import op

from readout.articles.fingerprint import bands

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_A_PAGE = 500
_UTC = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and tables, and put likeness under other keys; what is stored stays as it is."""
    _create_ruling()
    _create_change()
    _create_attendee()
    _extend_link()
    _extend_article()
    _extend_meeting()
    _extend_judgement()
    _extend_alerts()
    _find_likeness_anew()


def _create_ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String, nullable=False, comment="merge, split, differ or correct"),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("other_id", _ID),
        sa.Column("report_id", _ID),
        sa.Column("fact", sa.String),
        sa.Column("value", sa.JSON),
        sa.Column("before", sa.JSON, nullable=False, comment="what undoing it restores"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_at", _UTC, nullable=False),
        sa.Column("undone_at", _UTC),
        sa.Column("undone_why", sa.Text),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ruling_meeting_id")),
        sa.ForeignKeyConstraint(["other_id"], ["meeting.id"], name=op.f("fk_ruling_other_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_ruling_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(op.f("ix_ruling_meeting_id"), "ruling", ["meeting_id"])


def _create_change() -> None:
    op.create_table(
        "change",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("article_id", _ID),
        sa.Column("fact", sa.String, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_change_meeting_id")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_change_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_meeting_id"), "change", ["meeting_id"])


def _create_attendee() -> None:
    op.create_table(
        "attendee",
        sa.Column("word", sa.String, nullable=False, comment="as readout.meetings.person.sound hears it"),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("day", sa.Date, comment="the meeting's"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id")),
        sa.PrimaryKeyConstraint("word", "meeting_id", name=op.f("pk_attendee")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_attendee_meeting_id"), "attendee", ["meeting_id"])
    op.create_index(op.f("ix_attendee_word_day"), "attendee", ["word", "day"])


def _extend_link() -> None:
    op.add_column("link", sa.Column("guid", sa.Text, comment="the feed's name for the item: may repeat, change or lie"))
    _add_reference("link", "same_as", "link")
    op.create_index(op.f("ix_link_source_id_guid"), "link", ["source_id", "guid"])


def _extend_article() -> None:
    credit = sa.Column("credit", sa.Text, comment="whom it names as its source, as a key of readout.articles.credit")
    op.add_column("article", credit)
    op.add_column("article", sa.Column("gone_at", _UTC, comment="when its page was found to have vanished"))


def _extend_meeting() -> None:
    for name in ("merged_into", "split_from", "part_of"):
        _add_reference("meeting", name, "meeting")
        op.create_index(op.f(f"ix_meeting_{name}"), "meeting", [name])
    day = "its first day, else when it was first told of; null: nobody knows"
    month_day = "MM-DD of its first day, also where nobody says the year"
    op.add_column("meeting", sa.Column("day", sa.Date, comment=day))
    op.add_column("meeting", sa.Column("month_day", sa.String, comment=month_day))
    for name, comment in (
        ("loose", "one of its reports does not say when"),
        ("put_off", "one of its reports tells that it was postponed"),
    ):
        flag = sa.Column(name, sa.Boolean, server_default=sa.false(), nullable=False, comment=comment)
        op.add_column("meeting", flag)
    for columns in (("body_id", "day"), ("body_id", "month_day"), ("city", "day"), ("status", "start_date")):
        op.create_index(op.f(f"ix_meeting_{'_'.join(columns)}"), "meeting", list(columns))


def _extend_judgement() -> None:
    _add_reference("judgement", "ruling_id", "ruling")
    op.create_index(op.f("ix_judgement_ruling_id"), "judgement", ["ruling_id"])


def _extend_alerts() -> None:
    updates = sa.Column(
        "updates", sa.Boolean, server_default=sa.false(), nullable=False, comment="what changes is told"
    )
    changes = sa.Column("changes", sa.JSON, server_default="[]", nullable=False, comment="of an update")
    op.add_column("watch", updates)
    op.add_column("alert", changes)


def _add_reference(table: str, name: str, target: str) -> None:
    """In words that both databases take: rebuilding a table, as SQLite else needs, would break what refers to it."""
    kind = _ID.compile(dialect=op.get_bind().dialect)
    constraint = op.f(f"fk_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind} CONSTRAINT {constraint} REFERENCES {target} (id)")


def _find_likeness_anew() -> None:
    """Signatures stay as they are; the keys that lead to them are others than before, and fewer."""
    connection = op.get_bind()
    band = sa.table("band", sa.column("key"), sa.column("article_id"))
    article = sa.table("article", sa.column("id"), sa.column("signature", sa.LargeBinary))
    ids = connection.scalars(sa.select(band.c.article_id).distinct().order_by(band.c.article_id)).all()
    connection.execute(sa.delete(band))
    for start in range(0, len(ids), _A_PAGE):
        signed = sa.select(article).where(article.c.id.in_(ids[start : start + _A_PAGE]))
        keys = [(key, each.id) for each in connection.execute(signed) for key in bands(each.signature)]
        if keys:
            connection.execute(sa.insert(band), [{"key": key, "article_id": of} for key, of in keys])
