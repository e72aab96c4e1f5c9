"""On a server, each entry of the index of words has a word for the span of time that it stands in."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; an index in a file is read in the order of time as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_article_words_words")  # to make it anew is quicker than to keep it up row by row
        op.execute("UPDATE article_words SET words = words || array_to_tsvector(ARRAY['=' || (id >> 31)::text])")
        op.execute("CREATE INDEX ix_article_words_words ON article_words USING gin (words)")
