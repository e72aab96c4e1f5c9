"""A text as a server keeps it. It must not be imported where psycopg, an extra, may be missing."""

from __future__ import annotations

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown


class WithoutNul(StrDumperUnknown):
    """PostgreSQL's texts hold no NUL: it is stored, and looked for, as HTML reads it, as U+FFFD."""

    def dump(self, obj: str) -> Buffer | None:
        """As the driver does, but for that one character, which it would refuse."""
        return super().dump(obj.replace("\0", "\ufffd"))
