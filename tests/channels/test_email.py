import base64
import ssl
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr

from readout.channels import CHANNELS, ChannelDown, Item, Names, OutgoingMessage
from readout.channels.email import EmailChannel
from readout.config import Config, Mail
from readout.demo.sink import MailSink
from readout.error import ChannelError
from readout.model import Alert, AlertKind, AlertState
from readout.outbox import send_test
from tests.channels.smtp_faults import HANG_UP, ScriptedServer, self_signed
from tests.telling import NOW, meeting, telling

READER = "reader@example.org"
# The same address as 127.0.0.1, in a spelling that does not look like loopback.
ELSEWHERE = "2130706433"
SECRET = "correct horse battery"


def config(port: int, **mail: Any) -> Config:
    settings: dict[str, Any] = {"host": "127.0.0.1", "sender": "readout@example.org", "timeout": 5}
    return Config(mail=Mail(port=port, **settings | mail))


def message(to: str = READER, title: str | None = None) -> OutgoingMessage:
    alert = Alert(
        id=1,
        meeting_id=1,
        watch_names=("chiefs",),
        recipient=to,
        channel="email",
        kind=AlertKind.FIRST,
        revision=0,
        state=AlertState.SENDING,
        message_id="<0123456789@example.org>",
        attempts=1,
        created_at=NOW,
        matched={},
    )
    told = meeting() if title is None else meeting(telling(title=title))
    return OutgoingMessage(alert=alert, items=(Item(alert, told),), names=Names(), now=NOW)


def send(settings: Config) -> ChannelError | None:
    """Send one message; the error, or None when it was accepted."""
    with closing(EmailChannel(settings)) as channel:
        try:
            channel.send(message())
        except ChannelError as error:
            return error
        return None


# --- servers that misbehave ---------------------------------------------------------------------------------------
# What each fault comes to is told in test_smtp_faults.py.


def test_a_line_that_breaks_before_the_final_dot_has_left_our_side_is_no_doubt() -> None:
    with ScriptedServer({"message": HANG_UP}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError) as caught:
            channel._office.post("a@example.org", READER, b"0123456789\r\n" * 2_000_000)
        assert (caught.value.retry, caught.value.doubtful) == (True, False)


def test_a_refused_connection_says_the_channel_is_down() -> None:
    with ScriptedServer({}) as server:
        pass
    error = send(config(server.port))
    assert isinstance(error, ChannelDown)
    assert "127.0.0.1" in str(error)


def test_an_unknown_host_says_the_channel_is_down() -> None:
    assert isinstance(send(config(25, host="mail.invalid")), ChannelDown)


def test_a_line_that_broke_between_two_messages_is_opened_anew() -> None:
    with ScriptedServer({"QUIT": HANG_UP}) as server, closing(EmailChannel(config(server.port))) as channel:
        channel.send(message())
        server.answers["MAIL"] = HANG_UP  # how an idle line looks that the server closed
        with pytest.raises(ChannelDown):
            channel.send(message())
        server.answers["MAIL"] = "250 OK"
        assert channel.send(message()).code == 250
        assert server.connections == 3


def test_a_server_that_wants_no_more_on_this_line_is_called_again() -> None:
    with ScriptedServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
        channel.send(message())
        server.answers["RCPT"] = "421 enough for now"
        with pytest.raises(ChannelError):
            channel.send(message())
        server.answers["RCPT"] = "250 OK"
        channel.send(message())
        assert server.connections == 2


def test_a_refused_message_is_taken_back_before_the_next() -> None:
    with ScriptedServer({"RCPT": "550 no"}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError):
            channel.send(message())
        server.answers["RCPT"] = "250 OK"
        channel.send(message())
        assert server.connections == 1
        assert [line[:4] for line in server.heard].count("RSET") == 1


# --- a server that behaves ----------------------------------------------------------------------------------------


def test_many_messages_share_one_connection() -> None:
    with ScriptedServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
        for _ in range(10):
            assert channel.send(message()).text == "taken"
    assert server.connections == 1
    assert server.heard.count(f"RCPT TO:<{READER}>") == 10
    assert server.heard[-1].upper() == "QUIT"


def test_lines_that_begin_with_a_dot_arrive_as_written() -> None:
    title = ".hidden\n..twice"
    with MailSink() as sink, closing(EmailChannel(config(sink.port))) as channel:
        channel.send(message(title=title))
        raw = b"first\r\n.\r\n..second\r\n.third"
        channel._office.post("a@example.org", READER, raw)
        assert sink.received[1].raw == b"first\r\n.\r\n..second\r\n.third\r\n"
        assert ".hidden ..twice" in sink.received[0].text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "@example.org",
        "a@b@c",
        "a b@example.org",
        "a@example.org\nBcc: x@y",
        "ü@example.org",
        "<a@b.c>",
        "a@-é",
    ],
)
def test_an_address_no_server_takes_is_refused_before_anything_is_sent(address: str) -> None:
    assert CHANNELS["email"].refuse_recipient(address)
    with ScriptedServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError) as caught:
            channel.send(message(to=address))
        assert not caught.value.retry
        assert server.connections == 0


def test_a_plain_address_is_not_refused() -> None:
    assert CHANNELS["email"].refuse_recipient("first.last+tag@mail.example.org") is None
    assert CHANNELS["email"].refuse_recipient("root@localhost") is None


def test_a_test_message_arrives() -> None:
    with MailSink() as sink:
        accepted = send_test(config(sink.port), "email", READER, now=NOW)
        (received,) = sink.received
    assert (accepted.code, received.recipients) == (250, (READER,))
    assert "test" in received.subject
    assert READER in received.text


@pytest.mark.parametrize("sender", ["nobody", "a@b@c", "readout@пример.example", ""])
def test_a_sender_that_is_no_address_puts_the_channel_out_of_service(sender: str) -> None:
    with MailSink() as sink:
        error = send(config(sink.port, sender=sender))
        with pytest.raises(ChannelDown):
            send_test(config(sink.port, sender=sender), "email", READER, now=NOW)
        assert sink.received == []
    assert isinstance(error, ChannelDown)
    assert "mail.from" in str(error)


def test_a_preview_is_what_a_reader_without_markup_sees() -> None:
    for kind in AlertKind:
        told = message()
        of_lines = kind in (AlertKind.NOTICE, AlertKind.TEST)
        content = {"subject": "Agency is down", "lines": ["It does not answer."]} if of_lines else {}
        told = replace(told, alert=replace(told.alert, kind=kind, content=content))
        with MailSink() as sink, closing(EmailChannel(config(sink.port))) as channel:
            preview = channel.preview(told)
            assert sink.received == []
            channel.send(told)
            (received,) = sink.received
        assert (preview.subject, preview.text) == (received.subject, received.text.replace("\r\n", "\n"))


def test_a_notice_says_what_is_the_matter() -> None:
    told = message()
    content = {"subject": "Agency is down", "lines": ["It does not answer.", "", "Look at it."]}
    notice = replace(told.alert, kind=AlertKind.NOTICE, content=content, meeting_id=None, watch_names=())
    with MailSink() as sink, closing(EmailChannel(config(sink.port))) as channel:
        channel.send(replace(told, alert=notice, items=()))
        (received,) = sink.received
    assert received.subject == "Readout: Agency is down"
    text = received.text.replace("\r\n", "\n")
    assert text.startswith("Agency is down\n\nIt does not answer.\nLook at it.\n\n-- \n")
    assert "readout health" in text


# --- encryption and passwords -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key."""
    return self_signed(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def admits(_server: object, _session: object, _envelope: object, _mechanism: str, who: object) -> AuthResult:
    known = isinstance(who, LoginPassword) and who.password == SECRET.encode()
    return AuthResult(success=known, handled=known)


def test_starttls_is_used_where_offered(tls: ssl.SSLContext) -> None:
    with MailSink(tls_context=tls, require_starttls=True) as sink:
        assert send(config(sink.port)) is None


def test_off_loopback_a_line_without_starttls_carries_nothing() -> None:
    with ScriptedServer({}) as server:
        error = send(config(server.port, host=ELSEWHERE))
    assert isinstance(error, ChannelDown)
    assert "STARTTLS" in str(error)
    assert not any(line.startswith(("MAIL", "AUTH")) for line in server.heard)


def test_off_loopback_a_line_in_the_open_must_be_asked_for() -> None:
    with ScriptedServer({}) as server:
        assert send(config(server.port, host=ELSEWHERE, security="none")) is None


def test_off_loopback_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    with MailSink(tls_context=tls) as sink:
        error = send(config(sink.port, host=ELSEWHERE))
        assert sink.received == []
    assert isinstance(error, ChannelDown)
    assert "certificate" in str(error)


def test_no_password_is_sent_in_the_open_off_loopback() -> None:
    with ScriptedServer({"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN"}) as server:
        error = send(config(server.port, host=ELSEWHERE, security="none", user="me", password=SecretStr(SECRET)))
    assert isinstance(error, ChannelDown)
    assert not any(line.startswith("AUTH") for line in server.heard)


def test_login_over_tls(tls: ssl.SSLContext) -> None:
    with MailSink(tls_context=tls, authenticator=admits, auth_required=True) as sink:
        assert send(config(sink.port, user="me", password=SecretStr(SECRET))) is None
        error = send(config(sink.port, user="me", password=SecretStr("wrong")))
    assert isinstance(error, ChannelDown)
    assert error.code == 535


@pytest.mark.parametrize("secret", [SECRET, base64.b64encode(f"\0me\0{SECRET}".encode()).decode()])
def test_a_password_that_a_server_repeats_is_not_told_on(secret: str) -> None:
    with ScriptedServer({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": f"535 not {secret}"}) as server:
        error = send(config(server.port, user="me", password=SecretStr(SECRET)))
    assert isinstance(error, ChannelDown)
    assert "535" in repr(error.code)
    assert SECRET not in str(error)
    assert secret not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_login_that_cannot_be_written_is_told() -> None:
    with ScriptedServer({"EHLO": "250-here\r\n250 AUTH PLAIN"}) as server:
        error = send(config(server.port, user="me", password=SecretStr("пароль")))
    assert isinstance(error, ChannelDown)
    assert "пароль" not in str(error)
