"""Of which backup the database grew from, and what may have left between that and its return.

It must not copy a file or send an alert: it marks what a person has to decide.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from readout.model import AlertState
from readout.storage.schema import alert, backup, lease

_FOUND_AGAIN = timedelta(days=1)
"""For so long after a return what says nothing of its age may be something that was told before."""

_MAY_LEAVE = (AlertState.OWED, AlertState.SENDING, AlertState.DOUBTFUL)


def note_copy(connection: Connection, now: datetime) -> None:
    """Note in a copy when it was made."""
    connection.execute(insert(backup).values(taken_at=now, resends=False))


def copied_at(connection: Connection) -> datetime | None:
    """When the copy was made that this database is or grew from; None: nobody knows."""
    return connection.scalar(select(backup.c.taken_at).order_by(backup.c.id.desc()).limit(1))


def is_backup(connection: Connection) -> bool:
    """Whether it is a copy that has taken no database's place."""
    last = connection.execute(select(backup).order_by(backup.c.id.desc()).limit(1)).one_or_none()
    return last is not None and last.restored_at is None


def note_return(connection: Connection, now: datetime, *, resends: bool) -> int:
    """Note in a copy that it takes the place of a database, and let nobody hold anything in it. How many alerts are in
    doubt from now on: what it owes may have left since it was made, and waits for a person, unless it `resends` all."""
    copy = connection.scalar(select(backup.c.id).where(backup.c.restored_at.is_(None)).order_by(backup.c.id.desc()))
    if copy is None:
        connection.execute(insert(backup).values(restored_at=now, resends=resends))
    else:
        connection.execute(update(backup).where(backup.c.id == copy).values(restored_at=now, resends=resends))
    connection.execute(delete(lease))
    if resends:
        return 0
    said = {"state": AlertState.DOUBTFUL.value, "next_try": None, "answer": _why(copied_at(connection))}
    waiting = update(alert).where(alert.c.state.in_(_MAY_LEAVE))
    return connection.execute(waiting.values(said | {"doubts": alert.c.doubts + 1})).rowcount


def doubt_about(connection: Connection, since: datetime | None, now: datetime) -> str | None:
    """Why an alert of news that are there `since` then (None: nobody knows) may have left before the database came back
    from a backup; None: it cannot have."""
    last = connection.execute(_LAST).one_or_none()
    if last is None or last.resends or (since or now - _FOUND_AGAIN) > last.restored_at:
        return None
    return _why(last.taken_at)


_LAST = select(backup).where(backup.c.restored_at.is_not(None)).order_by(backup.c.id.desc()).limit(1)


def _why(taken_at: datetime | None) -> str:
    of = f" of {taken_at:%Y-%m-%d %H:%M} UTC" if taken_at else ""
    return f"restored from a backup{of}: it may have left since; if not, `readout alerts retry ID` sends it"
