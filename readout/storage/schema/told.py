"""Tables of what is told: watches, alerts, troubles.

It must not run a statement.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from readout.storage.schema.column import Utc, id_column, metadata, reference

watch = Table(
    "watch",
    metadata,
    id_column(),
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
    id_column(),
    reference("meeting_id", "meeting.id"),
    reference("watch_id", "watch.id"),
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
    reference("digest_id", "alert.id", index=True),
    reference("told_by", "alert.id", index=True),
    UniqueConstraint("meeting_id", "watch_id", "recipient", "kind", "revision"),
    Index(None, "state", "next_try"),
    # one digest a day, one notice of a thing
    Index("ux_alert_period", "watch_id", "recipient", "period", unique=True),
    Index(None, "watch_id", "recipient", "sent_at"),
)

trouble = Table(
    "trouble",
    metadata,
    Column("key", String, primary_key=True, comment="what is in trouble and how, e.g. links:apa"),
    Column("said", Text, nullable=False, comment="for the operator, one line"),
    Column("since", Utc, nullable=False),
    Column("told_at", Utc, comment="when a notice of it was owed; null: nobody was told"),
    Column("gone_at", Utc, comment="when it was over, where that is still to be told"),
    Column("size", Integer, comment="how much it concerned when it was told, where it may grow"),
    Column("condition", String, comment="of a source: readout.condition.Condition"),
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

backup = Table(
    "backup",
    metadata,
    id_column(),
    Column("taken_at", Utc, comment="when the copy was made that this database grew from; null: nobody knows"),
    Column("restored_at", Utc, comment="null: it is a copy still"),
    Column("resends", Boolean, nullable=False, default=False, comment="what may have left since is sent again"),
)
