"""What every way of telling somebody must do, tried with each entry of the table against a real server.

A new channel needs a server of its own in `SERVERS`.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from readout.channels import CHANNELS, Channel, OutgoingMessage
from readout.config import Config
from readout.demo.sink import MailSink
from readout.error import ChannelError, ConfigError
from readout.outbox import send_test
from tests.channels.hooks import HookServer
from tests.channels.outgoing import digest, first, notice, tried, update
from tests.telling import NOW, fact, meeting, person, session, telling


@dataclass(frozen=True)
class There:
    """The other side of a channel: how it is reached, what arrived, and how to make it refuse (True: for now)."""

    config: Config
    recipient: str
    arrived: Callable[[], list[str]]
    refuse: Callable[[bool], None]
    bad: tuple[str, ...]
    says_never: bool = True


@contextmanager
def mail_server() -> Iterator[There]:
    with MailSink() as sink:

        def refuse(now: bool) -> None:
            answer = "451 4.3.0 later" if now else "550 5.1.1 nobody here"
            sink.on_recipient = lambda _: answer

        yield There(
            config=Config(mail={"host": sink.host, "port": sink.port, "sender": "readout@example.org"}),
            recipient="reader@example.org",
            arrived=lambda: [f"{received.subject}\n{received.text}" for received in sink.received],
            refuse=refuse,
            bad=("nobody", "a@b\r\nRCPT TO:<c@d>", ""),
        )


@contextmanager
def hook_server() -> Iterator[There]:
    with HookServer() as hooks:

        def refuse(now: bool) -> None:
            hooks.answer = (503, "later") if now else (404, "nobody here")

        yield There(
            config=Config(alerts={"allow_networks": ["127.0.0.0/8"]}),
            recipient=f"http://127.0.0.1:{hooks.port}/hook/secret",
            arrived=lambda: ["\n".join(texts_of(json.loads(posted.body))) for posted in hooks.posted],
            refuse=refuse,
            bad=("hook", "ftp://hook.example/", "https://a@hook.example/", "https://hook.example/\r\nX: y", ""),
        )


@contextmanager
def apprise_server() -> Iterator[There]:
    pytest.importorskip("apprise")
    with HookServer() as hooks:

        def refuse(_now: bool) -> None:
            hooks.answer = (503, "later")

        def arrived() -> list[str]:
            notes = [json.loads(posted.body) for posted in hooks.posted]
            return [f"{note['title']}\n{note['message']}" for note in notes]

        yield There(
            config=Config(notify={"targets": {"team": f"json://127.0.0.1:{hooks.port}/hook"}}),
            recipient="team",
            arrived=arrived,
            refuse=refuse,
            bad=("Team", "json://127.0.0.1/", "team\n", "", "nobody"),
            says_never=False,
        )


SERVERS: dict[str, Callable[[], AbstractContextManager[There]]] = {
    "email": mail_server,
    "webhook": hook_server,
    "notify": apprise_server,
}
KINDS = {"first": first, "update": update, "digest": digest, "notice": notice, "test": tried}
SAID = {"notice": "source down: palace", "test": "alerts of Readout arrive here"}


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from texts_of(each)
        case list():
            for each in value:
                yield from texts_of(each)


@pytest.fixture(params=CHANNELS)
def there(request: pytest.FixtureRequest) -> Iterator[There]:
    if request.param not in SERVERS:
        pytest.fail(f"the channel {request.param!r} has no local server in SERVERS of {__file__}: give it one")
    with SERVERS[request.param]() as server:
        yield server


@pytest.fixture
def channel(there: There, request: pytest.FixtureRequest) -> Iterator[Channel]:
    name = request.node.callspec.params["there"]
    with closing(CHANNELS[name](there.config)) as opened:
        yield opened


def refused(channel: Channel, message: OutgoingMessage) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(message)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_every_kind_of_message(there: There, channel: Channel, kind: str) -> None:
    accepted = channel.send(KINDS[kind](there.recipient))
    (text,) = there.arrived()
    assert accepted.text
    assert SAID.get(kind, "Astana") in text.replace("\r\n", " ").replace("\n", " ")


def test_one_channel_carries_many_messages(there: There, channel: Channel) -> None:
    for make in KINDS.values():
        channel.send(make(there.recipient))
    assert len(there.arrived()) == len(KINDS)


def test_a_channel_is_tried_without_news(there: There, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["there"]
    assert send_test(there.config, name, there.recipient, now=NOW).text
    (text,) = there.arrived()
    assert "test message" in text
    assert "secret" not in text
    for bad in there.bad:
        with pytest.raises(ConfigError):
            send_test(there.config, name, bad, now=NOW)
    there.refuse(False)
    with pytest.raises(ChannelError):
        send_test(there.config, name, there.recipient, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_not_sent(there: There, channel: Channel, kind: str) -> None:
    shown = channel.preview(KINDS[kind](there.recipient))
    assert shown.subject
    assert shown.text
    assert there.arrived() == []


def test_a_bad_recipient_is_refused_before_and_while_sending(there: There, channel: Channel) -> None:
    assert channel.refuse_recipient(there.recipient) is None
    assert channel.unready(there.recipient) is None
    for bad in there.bad:
        assert channel.refuse_recipient(bad) or channel.unready(bad), bad
        assert refused(channel, first(bad)).retry is False
    assert there.arrived() == []


def test_what_may_work_later_is_told_from_what_never_will(there: There, channel: Channel) -> None:
    there.refuse(True)
    later = refused(channel, first(there.recipient))
    assert (later.retry, later.doubtful) == (True, False)
    there.refuse(False)
    never = refused(channel, first(there.recipient))
    assert never.retry is not there.says_never


def test_nobody_there_is_worth_another_try(there: There, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["there"]
    with SERVERS[name]() as gone:
        pass
    with closing(CHANNELS[name](gone.config)) as channel:
        error = refused(channel, first(gone.recipient))
        assert (error.retry, error.doubtful) == (True, False)
        assert str(error)


HOSTILE = (
    "Council\r\nBcc: victim@example.org\r\n\r\nbody",
    "=?UTF-8?Q?=0D=0A?=Bcc: victim@example.org",
    "Council\u2028webhook-id: forged\x85\x0b\x0c",
    "\u202egnp.exe\u2066x\u2069 \ud800 lone \udfff \x00 \x1b[31m \ufeff\u200b",
    "<script>alert(1)</script> {{ 7*7 }} ${7*7} %s {0}",
    "@everyone <!channel> <@U012> @room [official](http://evil.example) ```*x*```",
    '","type":"notice","data":{"',
    "x" * 10_000,
)
# Line breaks apart, nothing that a screen obeys: controls, overrides, invisible signs, halves of characters.
MISCHIEF = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_arrives_and_does_no_harm(there: There, channel: Channel, hostile: str) -> None:
    report = session(participants=(person("Alexander Bortnikov", name_latin=hostile, role=hostile),))
    told = meeting(telling(title=hostile, report=report), telling(2, title=hostile, report=report))
    channel.send(first(there.recipient, told, watch_names=(hostile,), matched={"words": hostile}))
    (text,) = there.arrived()
    assert not MISCHIEF.search(text.replace("\r\n", "\n").replace("\t", " "))
    assert "49" not in re.findall(r"\b49\b", text)


def test_an_unnamed_meeting_goes_by_its_hostile_title(there: There, channel: Channel) -> None:
    report = session(body=None, session_number=None)
    hostile = "@everyone\r\nBcc: v@example.org\u2028<!here>"
    channel.send(first(there.recipient, meeting(telling(title=hostile, report=report))))
    (text,) = there.arrived()
    assert not MISCHIEF.search(text.replace("\r\n", "\n"))


def test_closing_never_fails(there: There, request: pytest.FixtureRequest) -> None:
    channel = CHANNELS[request.node.callspec.params["there"]](there.config)
    channel.close()
    channel.send(first(there.recipient))
    channel.close()
    channel.close()


def test_facts_are_told(there: There, channel: Channel) -> None:
    report = session(city=fact("Almaty", "Astana"))
    channel.send(first(there.recipient, meeting(telling(report=report))))
    assert "Almaty" in there.arrived()[0]
