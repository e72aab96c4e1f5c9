"""On a server, the newest meetings have an index in their order, those of an unknown day last, and the index of words
holds each word of a title once more, as one of titles alone."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; in a file the index of days is read in that order, and titles are kept for themselves."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_meeting_newest ON meeting (day DESC NULLS LAST, id DESC)")
        op.execute("DROP INDEX ix_article_words_words")  # to make it anew is quicker than to keep it up row by row
        op.execute(_ADD)
        op.execute("CREATE INDEX ix_article_words_words ON article_words USING gin (words)")


_ADD = """
    UPDATE article_words
    SET words = words || array_to_tsvector(ARRAY(SELECT '=t' || lexeme FROM unnest(ts_filter(words, '{a}'))))
"""
