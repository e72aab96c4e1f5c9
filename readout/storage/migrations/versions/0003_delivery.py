"""What alerts need: queries in place of filters, digests, quiet hours, notices to the operator."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FILTERS = {
    "bodies": "body",
    "countries": "country",
    "topics": "topic",
    "persons": "person",
    "words": "words",
    "languages": "language",
    "sources": "source",
}


def upgrade() -> None:
    """Add the columns and tables, and say each watch's filters as a query."""
    op.add_column("article", sa.Column("source_kind", sa.String, comment="of its source; null: unknown"))
    _extend_crawl()
    _create_trouble()
    _create_secret()
    _extend_alert()
    _extend_watch()


def _extend_crawl() -> None:
    op.add_column("crawl", sa.Column("heard", sa.String, comment="readout.trouble.Heard; null: it was cut short"))
    missed = "a known place named nothing but new links"
    op.add_column("crawl", sa.Column("missed", sa.Boolean, server_default=sa.false(), nullable=False, comment=missed))


def _create_trouble() -> None:
    op.create_table(
        "trouble",
        sa.Column("key", sa.String, nullable=False, comment="what is in trouble and how, e.g. failing:apa"),
        sa.Column("said", sa.Text, nullable=False, comment="for the operator, one line"),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("told_at", _UTC, comment="when a notice of it was owed; null: nobody was told"),
        sa.Column("gone_at", _UTC, comment="when it was over, where that is still to be told"),
        sa.Column("size", sa.Integer, comment="how much it concerned when it was told, where it may grow"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_trouble")),
    )


def _create_secret() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )


def _extend_alert() -> None:
    content = sa.Column(
        "content", sa.JSON, server_default="{}", nullable=False, comment="what a digest or a notice says"
    )
    op.add_column("alert", content)
    about = "of a digest: its local day or hour; of a notice: what it is about, and when"
    op.add_column("alert", sa.Column("period", sa.String, comment=about))
    for name in ("digest_id", "told_by"):
        _add_reference(name)
    _say_by_which_alert_readers_are_told()
    op.create_index("ux_alert_period", "alert", ["watch_id", "recipient", "period"], unique=True)
    op.create_index(op.f("ix_alert_watch_id_recipient_sent_at"), "alert", ["watch_id", "recipient", "sent_at"])


def _add_reference(name: str) -> None:
    """In words that both databases take: rebuilding a table, as SQLite else needs, would break what refers to it."""
    kind = _ID.compile(dialect=op.get_bind().dialect)
    constraint = op.f(f"fk_alert_{name}")
    op.execute(f"ALTER TABLE alert ADD COLUMN {name} {kind} CONSTRAINT {constraint} REFERENCES alert (id)")
    op.create_index(op.f(f"ix_alert_{name}"), "alert", [name])


def _say_by_which_alert_readers_are_told() -> None:
    """Of what is suppressed: until now the words alone said it."""
    connection = op.get_bind()
    alert = sa.table("alert", sa.column("id"), sa.column("state"), sa.column("answer"), sa.column("told_by"))
    known = set(connection.scalars(sa.select(alert.c.id)))
    suppressed = sa.select(alert.c.id, alert.c.answer).where(alert.c.state == "suppressed")
    for row in connection.execute(suppressed).all():
        found = re.search(r" is told by alert (\d+)", row.answer or "")
        if found and int(found[1]) in known:
            connection.execute(sa.update(alert).where(alert.c.id == row.id).values(told_by=int(found[1])))


def _extend_watch() -> None:
    query = sa.Column("query", sa.Text, server_default="", nullable=False, comment="as readout.watches.query writes it")
    delivery = sa.Column(
        "delivery", sa.JSON, server_default="{}", nullable=False, comment="readout.storage.watches.delivery_row"
    )
    joined = sa.Column(
        "joined", sa.JSON, server_default="{}", nullable=False, comment="of recipients that came later: since when"
    )
    op.add_column("watch", query)
    op.add_column("watch", joined)
    op.add_column("watch", delivery)
    op.create_index(op.f("ix_watch_name"), "watch", ["name"])
    _say_filters_as_queries()
    op.execute("ALTER TABLE watch DROP COLUMN filters")


def _say_filters_as_queries() -> None:
    connection = op.get_bind()
    watch = sa.table("watch", sa.column("id"), sa.column("filters"), sa.column("query"))
    for row in connection.execute(sa.select(watch.c.id, watch.c.filters)).all():
        filters = json.loads(row.filters) if isinstance(row.filters, str) else row.filters
        connection.execute(sa.update(watch).where(watch.c.id == row.id).values(query=_query(filters)))


def _query(filters: dict[str, list[str]]) -> str:
    named = ((_FILTERS[name], values) for name, values in filters.items() if name in _FILTERS and values)
    return " ".join(f"{name}:{','.join(_value(name, value) for value in values)}" for name, values in named)


def _value(name: str, value: str) -> str:
    """Words in quotes were asked for as they are; of others each was the beginning of a word."""
    if name == "words" and value[0] in '"“”„«»':
        return f'"{_bare(value)}"'
    if re.fullmatch(r"[\w-]+", value):
        return value
    return '"' + (" ".join(f"{word}*" for word in _bare(value).split()) if name == "words" else _bare(value)) + '"'


def _bare(value: str) -> str:
    return re.sub('["“”„«»]', "", value).strip()
