"""What a store of many years needs: indexes that hold all that is read through for what is expected, and for doubts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SITTING = ["body_id", "start_date", "merged_into", "status", "session_number", "end_date", "city"]


def upgrade() -> None:
    """Make them, and drop those that they replace."""
    op.create_index("ix_meeting_sitting", "meeting", _SITTING)
    op.drop_index("ix_meeting_body_id_start_date", "meeting")
    op.create_index("ix_judgement_standing", "judgement", ["meeting_id", "verdict", "made_by", "report_id"])
    op.drop_index("ix_judgement_meeting_id", "judgement")
    unsure = sa.text("verdict = 'unsure'")
    op.create_index("ix_judgement_unsure", "judgement", ["id"], sqlite_where=unsure, postgresql_where=unsure)
