"""`readout alerts show`: what became of an alert, and its message as it would be written now."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from readout.model import AlertState
from readout.storage import alerts, digests, schema, sending, watches
from readout.storage.database import Database, open_database
from tests.cli.test_refusals import run
from tests.owed import tell_all, watch_all
from tests.store import store_section, store_url
from tests.telling import NOW, begin_all

READER = "reader@example.org"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readout.toml").write_text(store_section(tmp_path, "var/readout.db"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """A watch and a second one of the same reader, who is owed an alert of a meeting."""
    database = open_database(store_url(folder, "var/readout.db"), create=True)
    watch_all(database, READER)
    watch_all(database, READER, name="again")
    tell_all(database)
    yield database
    database.close()


def shown(number: int) -> str:
    return run("alerts", "show", str(number))


def test_a_message_keeps_its_indentation(database: Database) -> None:
    said = shown(1)
    assert "\nWHEN\n  4 Oct 2024\n    “On 4 October" in said
    assert "\n  readout watch remove chiefs --to reader@example.org\n" in said


def test_fields_are_said_in_words_and_empty_ones_left_out(database: Database) -> None:
    with database.write() as connection:
        matched = {"body": "Council of Heads", "status": "held"}
        connection.execute(schema.alert.update().where(schema.alert.c.id == 1).values(matched=matched))
    said = shown(1)
    assert "     watch  chiefs, again\n" in said
    assert "   because  body: Council of Heads; status: held\n" in said
    assert "   meeting  M1\n" in said
    fields = said.partition("\n\n")[0]
    assert not [each for each in ("()", "{}", "–", "changes", "holds", "sent", "answer", "in doubt") if each in fields]


def test_above_a_message_stands_what_it_is_to_the_one_that_left(database: Database) -> None:
    assert "\n\nAs it would be written now; it has not left:\n" in shown(1)
    with database.write() as connection:
        (sent,) = begin_all(connection, NOW)
    assert "\n\nAs it would be written now; it may have left, and may have read otherwise:\n" in shown(1)
    with database.write() as connection:
        sending.mark_accepted(connection, sent.id, now=NOW, code=250, text="OK")
    said = shown(1)
    assert "\n\nAs it would be written now; it left at 2024-10-04 18:30 UTC, and may have read otherwise:\n" in said
    assert "    answer  250 OK\n" in said


def test_of_what_is_withheld_the_reason_stands_in_place_of_a_message(database: Database) -> None:
    said = shown(2)
    assert said.endswith(
        "\n\nNothing of it leaves, it is suppressed: reader@example.org is told by alert 1 of the watch “chiefs”\n"
    )
    with database.write() as connection:
        alerts.take_back(connection, 1, "its meeting is another")
    assert shown(1).endswith("\n\nNothing of it leaves, it is withdrawn: its meeting is another\n")
    row = json.loads(run("--json", "alerts", "show", "1"))
    assert (row["state"], row["subject"], row["text"]) == (AlertState.WITHDRAWN, None, None)


def test_an_alert_whose_meeting_is_gone_is_shown_without_a_message(database: Database) -> None:
    with database.write() as connection:
        connection.execute(schema.alert.update().values(meeting_id=None))
    assert shown(1).endswith("\n\nNo message can be written now: there is no meeting any more\n")


def test_what_leaves_in_a_digest_is_said_to_and_what_a_digest_holds(database: Database) -> None:
    coverage = {"checked": 41, "sources": 43, "down": [{"id": "a", "name": "A", "since": None}]}
    with database.write() as connection:
        watch = watches.watch_named(connection, "chiefs")
        assert watch is not None
        connection.execute(schema.alert.update().where(schema.alert.c.id == 1).values(next_try=None))
    assert "\n\nAs it would be written now by itself; it has not left:\n" in shown(1)
    with database.write() as connection:
        digests.owe_digest(
            connection,
            watch,
            READER,
            period="2024-10-05",
            content={"reason": "daily", "day": "2024-10-05", "coverage": coverage},
            message_id="<d@readout.invalid>",
            of=[1],
            now=NOW,
        )
    said = shown(3)
    assert "     holds  1 alert; 41 of 43 sources checked, 1 down\n" in said
    assert "READOUT" not in said
    with database.write() as connection:
        (sent,) = begin_all(connection, NOW)
        sending.mark_accepted(connection, sent.id, now=NOW, code=250, text="OK")
    assert "now by itself; it left in digest 3 at 2024-10-04 18:30 UTC, and may have read otherwise:\n" in shown(1)
