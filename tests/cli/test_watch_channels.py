"""Watches by webhook and by Apprise: who cannot be told is said at once, and no URL is shown whole."""

import json
from datetime import UTC, datetime

import pytest

from readout.demo.sink import MailSink
from readout.owing import owe
from readout.storage.database import open_database
from tests.channels.hooks import HookServer
from tests.cli.test_refusals import run
from tests.store import store_section, store_url
from tests.telling import meeting, store

TOKEN = "T0PSECRETTOKEN"
HOOK = f"https://hooks.example/{TOKEN}?key={TOKEN}"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = store_section(tmp_path, "var/readout.db")
    (tmp_path / "readout.toml").write_text(f'[notify.targets]\nteam = "slack://x"\n{told}', encoding="utf-8")
    (tmp_path / "readout.toml").chmod(0o600)
    return tmp_path


def test_a_webhook_is_listed_by_its_host(folder):
    said = run("watch", "add", "desk", "--channel", "webhook", "--to", HOOK)
    assert "https://hooks.example/…" in said
    said += run("watch", "list")
    assert TOKEN not in said
    (row,) = json.loads(run("--json", "watch", "list"))
    assert row["to"] == [HOOK]


@pytest.mark.parametrize(
    ("channel", "to", "why"),
    [
        ("webhook", "hooks.example", "is no URL of a webhook"),
        ("webhook", "http://hooks.example/", "must be https://"),
        ("webhook", "https://127.1/", "leads to 127.0.0.1, which is not public"),
        ("notify", "Team", "is no name of a target"),
        ("notify", "nobody", "is not in [notify.targets]: there is team"),
        ("pigeon", "roof", "not known"),
    ],
)
def test_who_cannot_be_told_is_refused_when_the_watch_is_made(folder, channel, to, why):
    assert why in run("watch", "add", "desk", "--channel", channel, "--to", to, code=2)
    (folder / "w.toml").write_text(f'[[watch]]\nname = "desk"\nchannel = "{channel}"\nto = ["{to}"]\n')
    assert why in run("watch", "import", "w.toml", code=2)
    assert "no watches yet" in run("watch", "list")


def test_every_channel_is_tried_before_there_is_news(folder):
    pytest.importorskip("apprise")
    with HookServer() as hooks, MailSink() as sink:
        (folder / "readout.toml").write_text(
            f'[alerts]\nallow_networks = ["127.0.0.1/32"]\n[mail]\nhost = "{sink.host}"\nport = {sink.port}\n'
            f'[notify.targets]\nteam = "json://127.0.0.1:{hooks.port}/{TOKEN}"\n',
            encoding="utf-8",
        )
        url = f"http://127.0.0.1:{hooks.port}/{TOKEN}"
        said = run("alerts", "test", "a@example.org")
        said += run("alerts", "test", "--channel", "webhook", url)
        said += run("alerts", "test", "team", "--channel", "notify")
        hooked, noted = (json.loads(posted.body) for posted in hooks.posted)
        hooks.answer = (404, "nobody here")
        said += run("alerts", "test", "--channel", "webhook", url, code=1)
    assert said.count("a test message for ") == 3
    assert (hooked["type"], hooked["data"]["subject"]) == ("test", "a test message")
    assert "test message" in noted["title"]
    assert "test message" in sink.received[0].subject
    assert TOKEN not in said + hooks.posted[0].body.decode() + noted["message"]
    assert not (folder / "var").exists()


@pytest.mark.parametrize(
    ("channel", "to", "why"),
    [
        ("email", "nobody", "is no mail address"),
        ("webhook", f"http://hooks.example/{TOKEN}", "must be https://"),
        ("notify", "nobody", "is not in [notify.targets]"),
        ("fax", "1", "--channel fax: not known; known are email, notify, webhook"),
    ],
)
def test_an_address_that_is_none_is_wrong_usage(channel, to, why):
    said = run("alerts", "test", to, "--channel", channel, code=2)
    assert why in said
    assert TOKEN not in said


def test_a_target_is_called_by_its_name(folder):
    pytest.importorskip("apprise")
    run("watch", "add", "desk", "--channel", "notify", "--to", "team")
    assert "team" in run("watch", "list")


def test_a_webhook_is_told_once_and_what_it_answered_stands_in_the_ledger(folder):
    told = store_section(folder, "var/readout.db")
    (folder / "readout.toml").write_text(f'[alerts]\nallow_networks = ["127.0.0.1/32"]\n{told}', encoding="utf-8")
    with HookServer() as hooks:
        url = f"http://127.0.0.1:{hooks.port}/{TOKEN}"
        run("watch", "add", "desk", "--channel", "webhook", "--to", url)
        run("watch", "add", "again", "--channel", "webhook", "--to", url)
        database = open_database(store_url(folder, "var/readout.db"), create=False)
        with database.write() as connection:
            told = store(connection, meeting(first_seen=datetime.now(UTC)))
            owe(connection, told, told.tellings[0], now=datetime.now(UTC))
        database.close()
        hooks.answer = (503, f"{TOKEN}: later")
        said = run("alerts", "send", code=1)
        hooks.answer = (200, "noted")
        said += (
            run("alerts", "retry", "all") + run("alerts", "send") + run("alerts", "list") + run("alerts", "show", "1")
        )
        first, second = (posted.headers["webhook-id"] for posted in hooks.posted)
    assert first == second
    assert "noted" in said
    assert TOKEN not in said
