"""A mail server as a post office: one connection for many messages, every fault told apart by what it means for us.

It must not know what a message says, and must not tell anybody the password.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator

from readout.channels.channel import Accepted, ChannelDown
from readout.config import Mail
from readout.error import ChannelError
from readout.failpoint import Moment, Step, reach

_NO_ANSWER = (smtplib.SMTPException, OSError)
_LONGEST_ANSWER_BYTES = 64 * 1024


class PostOffice:
    """The server of `mail`, greeted as `greeting`. Connects when first needed.

    Off loopback a connection is encrypted unless the configuration says ``security = "none"``, and nobody logs in over
    one that is not.
    """

    def __init__(self, mail: Mail, *, greeting: str) -> None:
        self._mail = mail
        self._greeting = greeting
        self._line: smtplib.SMTP | None = None
        self._in_the_middle = False  # of a message that was refused

    def post(self, sender: str, recipient: str, content: bytes) -> Accepted:
        """Hand over `content` (lines end in CRLF, dots not doubled) for one recipient.

        Raises ChannelError: doubtful when the line broke, or the answer made no sense, after the final dot;
        ChannelDown when the fault is not this message's.
        """
        line = self._line_for(sender)
        try:
            taken = _hand_over(line, recipient, content)
        except ChannelError as error:
            self._in_the_middle = True
            if error.code in (None, 421):  # no answer, one out of step, or "closing the channel"
                self._hang_up()
            text = self._hush(str(error))
            raise ChannelError(text, retry=error.retry, code=error.code, doubtful=error.doubtful) from None
        return Accepted(taken.code, self._hush(taken.text))

    def close(self) -> None:
        """Say goodbye, if there is somebody left to say it to."""
        if self._line is not None:
            with contextlib.suppress(*_NO_ANSWER):
                self._line.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
        self._in_the_middle = False

    def _line_for(self, sender: str) -> smtplib.SMTP:
        """A line that took `sender`. Servers hang up on idle lines, or after so many messages: then a new one."""
        if self._line is not None:
            with contextlib.suppress(ChannelDown):
                return self._begin(self._line, sender)
            self._hang_up()
        self._line = self._connect()
        try:
            return self._begin(self._line, sender)
        except ChannelDown:
            self._hang_up()
            raise

    def _begin(self, line: smtplib.SMTP, sender: str) -> smtplib.SMTP:
        try:
            if self._in_the_middle:
                _say(line, "RSET", (250,))
            self._in_the_middle = False
            _say(line, f"MAIL FROM:<{sender}>", (250,))
        except ChannelError as error:
            raise ChannelDown(f"{self._mail.host}: {self._hush(str(error))}", code=error.code) from None
        return line

    # --- connecting -----------------------------------------------------------------------------------------------

    def _connect(self) -> smtplib.SMTP:
        with self._faults_told(), contextlib.ExitStack() as on_fault:
            line = self._dial()
            on_fault.callback(line.close)
            line.ehlo_or_helo_if_needed()
            self._secure(line)
            self._log_in(line)
            on_fault.pop_all()
        return line

    def _dial(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.security == "tls":
            context = _tls(mail.host)
            return _LineOverTls(mail.host, mail.port, self._greeting, timeout=mail.timeout, context=context)
        return _Line(mail.host, mail.port, self._greeting, timeout=mail.timeout)

    def _secure(self, line: smtplib.SMTP) -> None:
        if self._mail.security != "starttls":
            return
        if line.has_extn("starttls"):
            line.starttls(context=_tls(self._mail.host))
            line.ehlo_or_helo_if_needed()
        elif not _is_loopback(self._mail.host):
            raise ChannelDown('it offers no STARTTLS: mail.security = "tls" may fit, "none" sends in the open')

    def _log_in(self, line: smtplib.SMTP) -> None:
        mail = self._mail
        if mail.user is None:
            return
        if not isinstance(line.sock, ssl.SSLSocket) and not _is_loopback(mail.host):
            raise ChannelDown("mail.user is set but the line is not encrypted: no password is sent over it")
        line.login(mail.user, self._password)

    @property
    def _password(self) -> str:
        return self._mail.password.get_secret_value() if self._mail.password else ""

    @contextlib.contextmanager
    def _faults_told(self) -> Iterator[None]:
        """What goes wrong before a message is the channel's fault, and is told without the password."""
        where = f"{self._mail.host}:{self._mail.port}"
        try:
            yield
        except smtplib.SMTPResponseException as error:
            raise ChannelDown(f"{where}: {self._hush(_text(error.smtp_error))}", code=_code(error.smtp_code)) from None
        except _NO_ANSWER as error:
            raise ChannelDown(f"{where}: {self._hush(_told(error))}") from None
        except UnicodeError:
            raise ChannelDown(f"{where}: mail.user and mail.password must be ASCII to log in") from None
        except ChannelDown as error:
            raise ChannelDown(f"{where}: {error}", code=error.code) from None

    def _hush(self, text: str) -> str:
        """`text` without the password, plain or as SMTP writes it: a server may repeat what it was told."""
        password = self._password
        for secret in (f"\0{self._mail.user}\0{password}", password) if password else ():
            text = text.replace(base64.b64encode(secret.encode()).decode(), "***").replace(secret, "***")
        return text


# --- answers that end ---------------------------------------------------------------------------------------------


class _Line(smtplib.SMTP):
    """A line on which each answer ends: `timeout` is for all of it, however slowly it comes, and its length is limited.

    smtplib alone waits so long for each byte, and goes on while lines say that more will follow.
    """

    def getreply(self) -> tuple[int, bytes]:
        """The next answer. Raises SMTPServerDisconnected when it does not end."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock)
        if self.file is not None:
            self.file.expect(time.monotonic() + self.timeout)
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class _LineOverTls(_Line, smtplib.SMTP_SSL):
    pass


class _Answers:
    """What a server says, as smtplib reads it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._file = line.makefile("rb")
        self._until = 0.0
        self._left = 0

    def expect(self, until: float) -> None:
        """An answer begins; it must be whole by then, on the clock that only goes forward."""
        self._until = until
        self._left = _LONGEST_ANSWER_BYTES

    def readline(self, limit: int) -> bytes:
        """One line, or what there is of it where the connection ends. Raises OSError for one of `limit` bytes."""
        line = b""
        while not line.endswith(b"\n") and (there := self._there(limit - len(line))):
            piece = self._file.read(there.find(b"\n") + 1 or len(there))
            self._left -= len(piece)
            line += piece
        return line

    def _there(self, limit: int) -> bytes:
        """Up to `limit` bytes that can be read now; nothing where the connection ended."""
        wait = self._until - time.monotonic()
        if wait <= 0:
            raise TimeoutError("timed out")
        if min(limit, self._left) <= 0:
            raise OSError("its answer does not end")
        self._line.settimeout(wait)
        return self._file.peek(1)[:limit]

    def close(self) -> None:
        """Read no more."""
        self._file.close()


# --- one message --------------------------------------------------------------------------------------------------


def _hand_over(line: smtplib.SMTP, recipient: str, content: bytes) -> Accepted:
    _say(line, f"RCPT TO:<{recipient}>", (250, 251, 252))
    _say(line, "DATA", (354,))
    reach(Step.DOT, Moment.BEFORE)
    try:
        line.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
    except _NO_ANSWER as error:
        # The end, with the final dot, has not even left our side: nothing can have been accepted.
        raise ChannelError(f"the line broke inside the message: {_told(error)}", retry=True) from None
    reach(Step.DOT, Moment.AFTER)
    return _last_answer(line)


def _last_answer(line: smtplib.SMTP) -> Accepted:
    try:
        code, answer = line.getreply()
    except _NO_ANSWER as error:
        text = f"the line broke before the answer to the message: {_told(error)}"
        raise ChannelError(text, retry=True, doubtful=True) from None
    if code // 100 == 2:
        return Accepted(code, _text(answer))
    if code // 100 in (4, 5):
        raise _refusal(code, answer)
    raise ChannelError(f"the answer to the message makes no sense: {_text(answer)}", retry=True, doubtful=True)


def _say(line: smtplib.SMTP, command: str, expected: tuple[int, ...]) -> None:
    try:
        code, answer = line.docmd(command)
    except _NO_ANSWER as error:
        raise ChannelError(f"the line broke at {command}: {_told(error)}", retry=True) from None
    if code not in expected:
        raise _refusal(code, answer)


def _refusal(code: int, answer: bytes) -> ChannelError:
    """RFC 5321 §4.2.1: 4yz may work later, 5yz never will; anything else is a server out of step."""
    if code // 100 in (4, 5):
        return ChannelError(_text(answer), retry=code < 500, code=code)
    return ChannelError(f"unexpected answer {code}: {_text(answer)}", retry=True)


# --- small words --------------------------------------------------------------------------------------------------


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").casefold() == "localhost"


def _tls(host: str) -> ssl.SSLContext:
    """Certificates are checked, but on loopback, where nobody stands between and few servers have one of worth."""
    context = ssl.create_default_context()
    if _is_loopback(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _code(code: int) -> int | None:
    return code if code > 0 else None


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
