"""Short messages by Apprise: little, plain, and without a word of where they go."""

import gzip
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from socket import socket
from threading import Event
from typing import Any

import pytest

from readout.channels import ChannelDown, Item, OutgoingMessage, porter
from readout.channels.note import Note, write_note
from readout.channels.notify import NotifyChannel
from readout.config import Config
from readout.error import ChannelError
from readout.model import BodyName, Evidence, Fact
from tests.channels.hooks import HookServer, Talk
from tests.channels.outgoing import alert, digest, first, notice, update
from tests.telling import fact, meeting, person, session, telling

pytest.importorskip("apprise")

TOKEN = "T0PSECRETTOKEN"


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """All that our log would hold, were everything logged: it hears what reaches the root."""
    heard, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    with HookServer() as server:
        yield server


def config(**targets: str) -> Config:
    return Config(notify={"targets": targets})


def target(hooks: HookServer, scheme: str = "json") -> Config:
    return config(team=f"{scheme}://reader:{TOKEN}@127.0.0.1:{hooks.port}/{TOKEN}?+X-Key={TOKEN}")


def send(message: OutgoingMessage, settings: Config) -> ChannelError | None:
    with closing(NotifyChannel(settings)) as channel:
        try:
            channel.send(message)
        except ChannelError as error:
            return error
        return None


# --- what is said -------------------------------------------------------------------------------------------------


def test_a_note_says_what_a_phone_should_show() -> None:
    note = write_note(first("team", meeting(telling(), telling(2))))
    assert "55th session" in note.title
    lines = note.text.splitlines()
    assert lines[0] == "Council of Heads of Security Agencies and Special Services"
    assert any(line.endswith("4 Oct 2024") for line in lines)
    assert any("Astana" in line for line in lines)
    assert any("Alexander Bortnikov" in line and "Ermek Sagimbayev" in line for line in lines)
    assert [line for line in lines if line.startswith("https://")] == ["https://agency.example/news/1"]
    assert any(line.endswith(": 2") for line in lines)
    assert any("chiefs" in line for line in lines)


def test_an_update_says_what_changed() -> None:
    assert "Almaty → Astana" in write_note(update("team")).text


def test_what_was_set_by_hand_is_said_to_be() -> None:
    hand = Evidence(text="a letter", start=0, end=0, where="ruling")
    told = meeting(telling(), report=session(city=Fact(value="Minsk", evidence=hand)))
    assert "Where: Minsk, KZ (City: corrected by hand)" in write_note(first("team", told)).text.splitlines()


def test_a_digest_is_a_list_and_a_notice_its_lines() -> None:
    listed = write_note(digest("team"))
    assert listed.text.count("https://agency.example/news/1") == 2
    told = write_note(notice("team"))
    assert "source down: palace" in told.title
    assert told.text == "no answer since 4 October\nreadout source check palace"


HOSTILE = "@everyone @here @room <!channel> <@U1> <b>x</b> [y](http://evil.example) `z` *w* a|b"


def test_nobody_is_called_out_and_nothing_is_marked_up() -> None:
    report = session(
        body=fact(BodyName(id=None, name=HOSTILE), "Council"),
        participants=(person("Alexander Bortnikov", role=HOSTILE),),
    )
    url = "https://agency.example/@everyone/[x](y)|*?a=<@U1>"
    told = meeting(telling(report=report, title=HOSTILE, url=url))
    note = write_note(first("team", told, watch_names=(HOSTILE,)))
    for text in (note.title, note.text):
        assert not set("@<>[]`*|") & set(text), text
    assert "everyone" in note.title


def test_a_note_is_never_longer_than_chats_take() -> None:
    crowd = tuple(person("Alexander Bortnikov", role="x" * 500) for _ in range(50))
    told = meeting(*(telling(number, title="y" * 9000, report=session(participants=crowd)) for number in range(1, 60)))
    note = write_note(first("team", told, watch_names=("z" * 5000,) * 9))
    assert len(note.title) <= 120
    assert len(note.text) <= 2000
    items = tuple(Item(alert("team", id=number), meeting(number=number)) for number in range(1, 100))
    long = write_note(replace(digest("team"), items=items))
    assert len(long.text) <= 2000
    assert long.text.endswith("…")


# --- how it goes --------------------------------------------------------------------------------------------------


def test_a_target_hears_title_and_text(hooks: HookServer) -> None:
    message = first("team")
    assert send(message, target(hooks)) is None
    posted = json.loads(hooks.posted[0].body)
    assert Note(posted["title"], posted["message"]) == write_note(message)


@pytest.mark.parametrize("code", [307, 400, 404, 500])
def test_a_refusal_is_worth_another_try_and_says_nothing_of_the_url(
    hooks: HookServer, code: int, logged: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    hooks.answer = (code, f"no {TOKEN}")
    hooks.said = {"Location": f"http://127.0.0.1:{hooks.port}/elsewhere"}
    error = send(first("team"), target(hooks))
    assert error is not None
    assert (error.retry, error.doubtful, isinstance(error, ChannelDown)) == (True, False, False)
    assert len(hooks.posted) == 1
    assert TOKEN not in "".join((str(error), logged.getvalue(), *capfd.readouterr()))
    assert "JSON" in str(error)


def test_a_url_that_apprise_does_not_know_fails_for_good_and_is_not_shown(
    logged: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    error = send(first("team"), config(team=f"nosuchservice://{TOKEN}"))
    assert error is not None
    assert error.retry is False
    assert TOKEN not in "".join((str(error), logged.getvalue(), *capfd.readouterr()))


def test_a_target_that_nobody_configured_is_said_at_once_and_fails_for_good() -> None:
    channel = NotifyChannel(config(team="json://127.0.0.1/", desk="json://127.0.0.1/"))
    assert channel.unready("nobody") == "is not in [notify.targets]: there is team, desk"
    assert channel.unready("team") is None
    error = send(first("nobody"), config())
    assert error is not None
    assert error.retry is False


def test_without_the_library_the_channel_is_down_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    error = send(first("team"), config(team="json://127.0.0.1/"))
    assert isinstance(error, ChannelDown)
    assert "pip install 'readout[notify]'" in str(error)


def silent(line: socket) -> None:
    while line.recv(1024):
        pass


def dripping(line: socket) -> None:
    """A byte now and then, for as long as somebody listens."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"x")
        Event().wait(0.02)


@pytest.mark.parametrize("talk", [silent, dripping])
def test_a_service_that_does_not_end_in_time_is_left_and_may_have_told_them(
    hooks: HookServer, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    monkeypatch.setattr(porter, "_PATIENCE_S", 1)
    hooks.talk = talk
    with closing(NotifyChannel(target(hooks))) as channel:
        with pytest.raises(ChannelError) as caught:
            channel.send(first("team"))
        assert (caught.value.retry, caught.value.doubtful, caught.value.place) == (True, True, "team")
        hooks.talk = None
        monkeypatch.undo()
        assert channel.send(first("team")).text == "taken by JSON"
    assert "JSON" not in str(caught.value)


def endless(line: socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(1000):
        line.sendall(b"x" * 1024 * 1024)


def bomb(line: socket) -> None:
    """One gigabyte, packed: many small packets after one another are one."""
    packed = gzip.compress(bytes(16 * 1024 * 1024)) * 64
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)


@pytest.mark.parametrize("talk", [endless, bomb])
def test_an_answer_that_fills_the_memory_is_not_heard_to_its_end(hooks: HookServer, talk: Talk) -> None:
    hooks.talk = talk
    error = send(first("team"), target(hooks))
    assert error is not None
    assert (error.retry, error.doubtful, error.place) == (True, True, "team")
    assert "no end of it" not in str(error)


def test_a_target_that_is_not_reached_is_out_of_order_and_one_that_refuses_is_not(hooks: HookServer) -> None:
    hooks.answer = (500, "no")
    refused = send(first("team"), target(hooks))
    with HookServer() as gone:
        pass
    unreached = send(first("team"), target(gone))
    assert [(each.doubtful, each.place) for each in (refused, unreached) if each] == [(False, None), (False, "team")]


def test_proxies_and_passwords_of_the_environment_are_not_used(
    hooks: HookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in (".netrc", "netrc"):
        (tmp_path / name).write_text(f"machine 127.0.0.1 login reader password {TOKEN}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert send(first("team"), config(team=f"json://127.0.0.1:{hooks.port}/")) is None
    assert "authorization" not in hooks.posted[0].headers


def test_where_apprise_does_not_start_the_channel_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "program.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(porter, "_PROGRAM", broken)
    assert isinstance(send(first("team"), config(team="json://127.0.0.1/")), ChannelDown)


def test_nothing_is_kept_on_disk(hooks: HookServer, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert send(first("team"), target(hooks)) is None
    assert list(tmp_path.iterdir()) == []
