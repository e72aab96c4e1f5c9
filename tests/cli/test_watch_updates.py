"""Updates on the command line: asked for, listed, shown."""

import json

import pytest

from readout.model import AlertKind
from readout.storage import alerts, watches
from readout.storage.database import open_database
from readout.storage.meetings import open_meeting
from readout.watching import Change
from tests.cli.test_refusals import run
from tests.reported import NOW, report
from tests.store import store_section, store_url


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readout.toml").write_text(store_section(tmp_path, "var/readout.db"), encoding="utf-8")
    return tmp_path


def owe_update(folder):
    database = open_database(store_url(folder, "var/readout.db"), create=True)
    with database.write() as connection:
        alerts.owe_row(
            connection,
            meeting_id=open_meeting(connection, report(session=55), late=False, now=NOW),
            watch=watches.watch_named(connection, "chiefs"),
            recipient="reader@example.org",
            kind=AlertKind.UPDATE,
            revision=2,
            message_id="<2@readout.invalid>",
            matched={},
            changes=[Change(fact="received_by", before=None, after="Ivan\x1b[31m Petrov")],
            now=NOW,
        )
    database.close()


def test_a_watch_with_updates_is_listed_as_one(folder):
    assert "with updates" in run("watch", "add", "chiefs", "--to", "reader@example.org", "--updates")
    run("watch", "add", "others", "--to", "reader@example.org")
    listed = {each["name"]: each["updates"] for each in json.loads(run("--json", "watch", "list"))}
    assert listed == {"chiefs": True, "others": False}
    assert "updates" in run("watch", "list")


def test_the_ledger_says_of_what_kind_an_alert_is_and_what_an_update_tells(folder):
    run("watch", "add", "chiefs", "--to", "reader@example.org", "--updates")
    owe_update(folder)
    assert "update 2" in run("alerts", "list")
    shown = run("alerts", "show", "1")
    assert "received by: – → Ivan" in shown
    assert "\x1b" not in shown
    assert "WHAT CHANGED" in shown
    (row,) = json.loads(run("--json", "alerts", "list"))
    assert row["changes"] == [{"fact": "received_by", "before": None, "after": "Ivan\x1b[31m Petrov"}]
