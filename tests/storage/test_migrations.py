"""A database of an earlier shape, with meetings in it, comes to the shape of now and loses nothing."""

import json
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from readout.intake import Intake
from readout.record import report_row
from readout.replay import replay
from readout.storage import database as module
from readout.storage.database import Database, open_database, upgrade
from readout.storage.home import home_of
from readout.storage.meetings import list_meetings
from readout.storage.watches import list_watches
from readout.watches.query import parse
from readout.watching import AT_ONCE
from tests.reported import DAY, NOW, reading, report

pytestmark = pytest.mark.in_file

TALKS = report(None, kind="bilateral", days=DAY, people=("Sergei Lavrov", "Marco Rubio"))

FILTERS = {
    "bodies": ["cis-sorb", "sco-rats"],
    "countries": [],
    "topics": ["border_security"],
    "persons": ["Əli Nağıyev"],
    "words": ["nuclear safe", "«чрезвычайное заседание»", "naphtha"],
    "languages": ["uz-Cyrl"],
}

ROWS = """
INSERT INTO article (id, key, official, url, text, published_day_only, told_at, first_seen, changed_at, version,
  text_hash, signature, score, signals, outcome)
VALUES (1, 'a', 0, 'https://x.example/a', 'text', 0, :at, :at, :at, 1, 'h', x'', 0.9, '[]', 'stored');
INSERT INTO report (id, article_id, position, version, facts) VALUES (1, 1, 0, 1, :facts);
INSERT INTO meeting (id, first_seen, late, facts, status, kind, start_date, end_date)
VALUES (1, :at, 0, :facts, 'held', 'bilateral', '2024-10-04', '2024-10-04');
INSERT INTO judgement (report_id, meeting_id, verdict, score, reasons, made_by, made_at)
VALUES (1, 1, 'same', 0, '[]', 'rule', :at);
INSERT INTO watch (id, name, filters, recipients, channel, created_at) VALUES (1, 'w', :filters, '["x"]', 'email', :at);
INSERT INTO alert (meeting_id, watch_id, recipient, channel, kind, revision, state, message_id, watch_names, matched,
  attempts, doubts, created_at)
VALUES (1, 1, 'x', 'email', 'first', 0, 'accepted', 'm', '[]', '{}', 1, 0, :at)
"""


def first_shape(url: str) -> None:
    """A database as the first migration made it, with one meeting of one report."""
    raw = Database(home_of(url))
    with raw.write() as connection:
        config = Config()
        config.set_main_option("script_location", "readout.storage:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        facts = json.dumps({key: value for key, value in report_row(TALKS).items() if key != "date_partial"})
        at = "2024-10-04 12:00:00.000000"
        for statement in ROWS.split(";"):
            connection.execute(text(statement), {"at": at, "facts": facts, "filters": json.dumps(FILTERS)})
    raw.close()


def test_what_is_stored_goes_with_the_upgrade_and_is_found_after_a_replay(tmp_path):
    url = f"sqlite:///{tmp_path}/readout.db"
    first_shape(url)
    assert upgrade(url) == ("0001", module.head())
    database = open_database(url, create=False)
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.scalar(text("SELECT changes FROM alert")) == "[]"
    assert meeting.report.start_date.value == DAY
    assert meeting.first_seen == datetime(2024, 10, 4, 12, tzinfo=UTC)

    replay(database, lambda article: reading(article.text, TALKS), now=lambda: NOW)
    Intake(database, max_age=None).take_row(
        "b", "https://y.example/b", None, reading("Told elsewhere.", TALKS, published=NOW), now=NOW, alert=False
    )
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert [told.article_key for told in meeting.tellings] == ["a", "b"]
    database.close()


def test_filters_are_said_as_a_query(tmp_path):
    url = f"sqlite:///{tmp_path}/readout.db"
    first_shape(url)
    upgrade(url)
    database = open_database(url, create=False)
    with database.read() as connection:
        (watch,) = list_watches(connection)
    database.close()
    asked = 'body:cis-sorb,sco-rats topic:border_security person:"Əli Nağıyev" '
    asked += 'words:"nuclear* safe*","чрезвычайное заседание",naphtha language:uz-Cyrl'
    assert watch.query == parse(asked)
    assert (watch.delivery, watch.updates) == (AT_ONCE, False)
