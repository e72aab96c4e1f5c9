"""What searching and listing need: the words of all articles, those that are stored among them; meetings by day."""

from collections.abc import Callable

from alembic import context, op

from readout.storage.search import index_all
from readout.storage.word_index import index_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STEP = 10_000


def upgrade() -> None:
    """Make the index and fill it; meetings are listed by their day."""
    op.create_index("ix_meeting_day_id", "meeting", ["day", "id"])
    index_of(op.get_bind()).create(op.get_bind())
    tell: Callable[[str], None] | None = context.config.attributes.get("tell")

    def progress(done: int, of: int) -> None:
        if tell and (done % _STEP == 0 or done == of):
            tell(f"{done} of {of} articles are in the index of words")

    index_all(op.get_bind(), progress)
