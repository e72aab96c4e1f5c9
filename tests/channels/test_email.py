import base64
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from readout.channels import CHANNELS, ChannelDown, Names, OutgoingMessage
from readout.channels.email import EmailChannel, send_test
from readout.config import Config, Mail
from readout.demo.sink import MailSink
from readout.error import ChannelError
from readout.model import Alert, AlertKind, AlertState
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
    return OutgoingMessage(alert=alert, meeting=told, names=Names(), now=NOW)


def send(settings: Config) -> ChannelError | None:
    """Send one message; the error, or None when it was accepted."""
    with closing(EmailChannel(settings)) as channel:
        try:
            channel.send(message())
        except ChannelError as error:
            return error
        return None


# --- servers that misbehave ---------------------------------------------------------------------------------------

HANG_UP = None
SILENCE = ""
_GOOD = {
    "banner": "220 here",
    "EHLO": "250 here",
    "HELO": "250 here",
    "RSET": "250 OK",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    "message": "",
    "dot": "250 taken",
    "QUIT": "221 bye",
}


class BadServer:
    """An SMTP server that answers as it is told at each step: a line, nothing at all, or by hanging up."""

    def __init__(self, answers: Mapping[str, str | None]) -> None:
        self.answers = {**_GOOD, **answers}
        self.heard: list[str] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "BadServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with line, line.makefile("rb") as read, suppress(OSError):
                self._talk(line, read)

    def _talk(self, line: socket.socket, read: Any) -> None:
        if not self._answer(line, "banner"):
            return
        while command := read.readline():
            self.heard.append(command.decode().strip())
            verb = command[:4].decode().upper()
            if not self._answer(line, verb):
                return
            if verb == "DATA" and str(self.answers["DATA"]).startswith("354"):
                if self.answers["message"] is HANG_UP:
                    return
                while (text := read.readline()) not in (b".\r\n", b""):
                    pass
                if not text or not self._answer(line, "dot"):
                    return

    def _answer(self, line: socket.socket, step: str) -> bool:
        answer = self.answers[step]
        if answer:
            line.sendall(answer.encode() + b"\r\n")
        return answer is not HANG_UP


# at which step, the answer; then what it means: the channel is down, worth a retry, doubtful, code
FAULTS: list[tuple[str, str | None, bool, bool, bool, int | None]] = [
    ("banner", "421 too busy", True, True, False, 421),
    ("banner", "554 go away", True, True, False, 554),
    ("banner", "hello there", True, True, False, None),
    ("banner", HANG_UP, True, True, False, None),
    ("banner", SILENCE, True, True, False, None),
    ("EHLO", HANG_UP, True, True, False, None),
    ("MAIL", "421 closing", True, True, False, 421),
    ("MAIL", "451 local trouble", True, True, False, 451),
    ("MAIL", "550 not from you", True, True, False, 550),
    ("MAIL", HANG_UP, True, True, False, None),
    ("RCPT", "421 closing", False, True, False, 421),
    ("RCPT", "450 greylisted", False, True, False, 450),
    ("RCPT", "451 later", False, True, False, 451),
    ("RCPT", "452 no room", False, True, False, 452),
    ("RCPT", "550 no such user", False, False, False, 550),
    ("RCPT", "whatever", False, True, False, None),
    ("RCPT", HANG_UP, False, True, False, None),
    ("RCPT", SILENCE, False, True, False, None),
    ("DATA", "451 later", False, True, False, 451),
    ("DATA", "554 no", False, False, False, 554),
    ("DATA", "250 what", False, True, False, None),
    ("DATA", HANG_UP, False, True, False, None),
    # a short message has left our side before the line breaks: nobody can know
    ("message", HANG_UP, False, True, True, None),
    ("dot", "421 closing", False, True, False, 421),
    ("dot", "451 later", False, True, False, 451),
    ("dot", "452 no room", False, True, False, 452),
    ("dot", "550 spam", False, False, False, 550),
    ("dot", "552 too big", False, False, False, 552),
    ("dot", HANG_UP, False, True, True, None),
    ("dot", SILENCE, False, True, True, None),
    ("dot", "gibberish", False, True, True, None),
    ("dot", "250 " + "x" * 9000, False, True, True, None),
    ("dot", "150 hm", False, True, True, None),
]


@pytest.mark.parametrize(("step", "answer", "down", "retry", "doubtful", "code"), FAULTS)
def test_every_fault_is_told_apart(
    step: str, answer: str | None, down: bool, retry: bool, doubtful: bool, code: int | None
) -> None:
    with BadServer({step: answer}) as server:
        error = send(config(server.port, timeout=0.3 if answer == SILENCE else 5))
    assert error is not None
    assert (isinstance(error, ChannelDown), error.retry, error.doubtful, error.code) == (down, retry, doubtful, code)
    assert str(error)


def test_a_line_that_breaks_before_the_final_dot_has_left_our_side_is_no_doubt() -> None:
    with BadServer({"message": HANG_UP}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError) as caught:
            channel._office.post("a@example.org", READER, b"0123456789\r\n" * 2_000_000)
        assert (caught.value.retry, caught.value.doubtful) == (True, False)


def test_a_refused_connection_says_the_channel_is_down() -> None:
    with BadServer({}) as server:
        pass
    error = send(config(server.port))
    assert isinstance(error, ChannelDown)
    assert "127.0.0.1" in str(error)


def test_an_unknown_host_says_the_channel_is_down() -> None:
    assert isinstance(send(config(25, host="mail.invalid")), ChannelDown)


def test_a_line_that_broke_between_two_messages_is_opened_anew() -> None:
    with BadServer({"QUIT": HANG_UP}) as server, closing(EmailChannel(config(server.port))) as channel:
        channel.send(message())
        server.answers["MAIL"] = HANG_UP  # how an idle line looks that the server closed
        with pytest.raises(ChannelDown):
            channel.send(message())
        server.answers["MAIL"] = "250 OK"
        assert channel.send(message()).code == 250
        assert server.connections == 3


def test_a_server_that_wants_no_more_on_this_line_is_called_again() -> None:
    with BadServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
        channel.send(message())
        server.answers["RCPT"] = "421 enough for now"
        with pytest.raises(ChannelError):
            channel.send(message())
        server.answers["RCPT"] = "250 OK"
        channel.send(message())
        assert server.connections == 2


def test_a_refused_message_is_taken_back_before_the_next() -> None:
    with BadServer({"RCPT": "550 no"}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError):
            channel.send(message())
        server.answers["RCPT"] = "250 OK"
        channel.send(message())
        assert server.connections == 1
        assert [line[:4] for line in server.heard].count("RSET") == 1


# --- a server that behaves ----------------------------------------------------------------------------------------


def test_many_messages_share_one_connection() -> None:
    with BadServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
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
    with BadServer({}) as server, closing(EmailChannel(config(server.port))) as channel:
        with pytest.raises(ChannelError) as caught:
            channel.send(message(to=address))
        assert not caught.value.retry
        assert server.connections == 0


def test_a_plain_address_is_not_refused() -> None:
    assert CHANNELS["email"].refuse_recipient("first.last+tag@mail.example.org") is None
    assert CHANNELS["email"].refuse_recipient("root@localhost") is None


def test_a_test_message_arrives() -> None:
    with MailSink() as sink:
        accepted = send_test(config(sink.port), READER, now=NOW)
        (received,) = sink.received
    assert (accepted.code, received.recipients) == (250, (READER,))
    assert "test" in received.subject
    assert READER in received.text


def test_a_sender_that_is_no_address_is_told() -> None:
    with MailSink() as sink, pytest.raises((ChannelError, ValueError)):
        send_test(config(sink.port, sender="nobody"), READER, now=NOW)


# --- encryption and passwords -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    unlocked = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


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
    with BadServer({}) as server:
        error = send(config(server.port, host=ELSEWHERE))
    assert isinstance(error, ChannelDown)
    assert "STARTTLS" in str(error)
    assert not any(line.startswith(("MAIL", "AUTH")) for line in server.heard)


def test_off_loopback_a_line_in_the_open_must_be_asked_for() -> None:
    with BadServer({}) as server:
        assert send(config(server.port, host=ELSEWHERE, security="none")) is None


def test_off_loopback_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    with MailSink(tls_context=tls) as sink:
        error = send(config(sink.port, host=ELSEWHERE))
        assert sink.received == []
    assert isinstance(error, ChannelDown)
    assert "certificate" in str(error)


def test_no_password_is_sent_in_the_open_off_loopback() -> None:
    with BadServer({"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN"}) as server:
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
    with BadServer({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": f"535 not {secret}"}) as server:
        error = send(config(server.port, user="me", password=SecretStr(SECRET)))
    assert isinstance(error, ChannelDown)
    assert "535" in repr(error.code)
    assert SECRET not in str(error)
    assert secret not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_login_that_cannot_be_written_is_told() -> None:
    with BadServer({"EHLO": "250-here\r\n250 AUTH PLAIN"}) as server:
        error = send(config(server.port, user="me", password=SecretStr("пароль")))
    assert isinstance(error, ChannelDown)
    assert "пароль" not in str(error)


# --- hostile titles through the wire ------------------------------------------------------------------------------

HOSTILE = [
    "Council\r\nBcc: victim@example.org",
    "Council\nBcc: victim@example.org\n\nbody",
    "=?UTF-8?Q?=0A?=Bcc: victim@example.org",
    "=?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?=",
    "=?UTF-8?Q?=0D=0A?==?UTF-8?Q?Bcc:_v@example.org?=",
    "==??UTF-8?Q?=0A??==",
    "Council\u2028Bcc: victim@example.org\u2029x",
    "Council\x85Bcc: v@example.org\x0b\x0c\x1c\x1d\x1e",
    "\u202egnp.exe\u2066x\u200f\u200e",
    "lone \ud800 surrogate \udfff",
    "nul \x00 and \x1b[31mred",
    "x" * 10_000,
    "слово " * 2_000,
    "é" * 500,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(1+1)|cmd",
    "From nobody\n.\nQUIT",
    "会议 🎉 " * 30,
    "\ufeff\u200b",
    "",
    " ",
    "a,b;c:<d>\"e'@f",
    "tab\there",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_arrives_as_text(title: str) -> None:
    told = message(title=title)
    nameless = replace(told.meeting.report, body=None)
    told = replace(told, meeting=replace(told.meeting, report=nameless))
    with MailSink() as sink, closing(EmailChannel(config(sink.port))) as channel:
        channel.send(told)
        (received,) = sink.received
    read = BytesParser(policy=policy.default).parsebytes(received.raw)
    assert received.recipients == (READER,)
    assert sorted(read.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Type", "MIME-Version"]
    )
    assert str(read["To"]) == READER
    subject = str(read["Subject"])
    assert 0 < len(subject) <= 120
    assert subject.isprintable()
    assert subject.endswith("4 Oct 2024")
    html = read.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html
    assert "49" not in subject
    assert subject == subject.strip()


def test_the_day_of_the_sample_is_in_its_subject() -> None:
    with MailSink() as sink, closing(EmailChannel(config(sink.port))) as channel:
        channel.send(message())
        assert sink.received[0].subject.endswith(f": Astana, {date(2024, 10, 4).day} Oct 2024")
