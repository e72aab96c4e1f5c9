"""The clock of crawls: the one place where they look at the time. It must not bring anything along."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
