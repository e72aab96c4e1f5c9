"""Alerts that are owed, as the tests of sending need them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from readout.model import Alert
from readout.owing import owe
from readout.storage import alerts, watches
from readout.storage.database import Database
from tests.telling import NOW, meeting, store


def watch_all(database: Database, *recipients: str, name: str = "chiefs", **how: object) -> None:
    """A watch that hears of everything from now on."""
    with database.write() as connection:
        watches.add_watch(
            connection, name=name, recipients=recipients, channel="email", now=NOW - timedelta(days=1), **how
        )


def tell_all(database: Database, *, meetings: int = 1, now: datetime = NOW) -> None:
    """That many meetings come to be known, each in a transaction of its own, and who watches is owed an alert."""
    for _ in range(meetings):
        with database.write() as connection:
            stored = store(connection, meeting())
            owe(connection, stored, stored.tellings[0], now=now)


def ledger(database: Database) -> list[Alert]:
    """Every alert, the first first."""
    with database.read() as connection:
        return list(reversed(alerts.list_alerts(connection)))


def clock(at: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: at
