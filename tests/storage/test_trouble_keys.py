"""Troubles that an earlier version kept are known by what they concern, and what was told stays told."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from readout.condition import Condition
from readout.storage.database import Database, open_database, upgrade
from readout.storage.home import home_of
from readout.storage.troubles import known_troubles
from readout.trouble import split_key

pytestmark = pytest.mark.in_file

KEYS = {
    "failing:apa": ("links:apa", Condition.DOWN),
    "partly:apa": ("part:apa", Condition.DOWN),
    "wall:a-wall": ("pages:a-wall", Condition.WALL),
    "quiet:tass": ("news:tass", Condition.QUIET),
    "missed:tass": ("pace:tass", Condition.OK),
    "outage": ("outage", None),
    "failed": ("failed", None),
}
AT = "2026-01-02 12:00:00.000000"


def test_what_was_told_by_an_earlier_version_is_not_told_again(tmp_path):
    url = f"sqlite:///{tmp_path}/readout.db"
    raw = Database(home_of(url))
    with raw.write() as connection:
        config = Config()
        config.set_main_option("script_location", "readout.storage:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        add = text("INSERT INTO trouble (key, said, since, told_at) VALUES (:key, 'said', :at, :at)")
        connection.execute(add, [{"key": key, "at": AT} for key in KEYS])
    raw.close()
    upgrade(url)
    database = open_database(url, create=False)
    with database.read() as connection:
        known = known_troubles(connection)
    database.close()
    assert {key: row.condition for key, row in known.items()} == dict(KEYS.values())
    assert all(row.told_at for row in known.values())
    assert all(split_key(key) for key in known)
