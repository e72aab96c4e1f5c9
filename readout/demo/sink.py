"""A mail server on loopback that keeps what it receives, for the demonstration and the tests.

It must not pass a message on to anybody.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 2.0.0 OK"


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came: the envelope's sender and recipients, the bytes, and what the bytes say."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """The plain text part, or an empty string."""
        part = self.message.get_body(("plain",))
        return part.get_content() if isinstance(part, EmailMessage) else ""


def accept_recipient(_recipient: str) -> str:
    """The answer to RCPT TO of a sink that takes all."""
    return ACCEPTED


def accept_message(_received: Received) -> str | None:
    """The answer after the final dot of a sink that takes all."""
    return ACCEPTED


class MailSink:
    """An SMTP server at an ephemeral port. Use it as a context manager.

    `on_recipient` answers each RCPT TO and `on_message` the final dot, with a reply such as ``451 4.3.0 later``; None
    breaks the line instead of answering. `smtp` goes to `aiosmtpd.smtp.SMTP` (``tls_context``, ``authenticator`` …).
    """

    def __init__(
        self,
        *,
        on_recipient: Callable[[str], str] = accept_recipient,
        on_message: Callable[[Received], str | None] = accept_message,
        **smtp: Any,
    ) -> None:
        self.on_recipient = on_recipient
        self.on_message = on_message
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._controller = _EphemeralController(self, hostname="127.0.0.1", port=0, **smtp)

    def __enter__(self) -> MailSink:
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._controller.stop()

    @property
    def host(self) -> str:
        """The address it listens at."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self._controller.port)

    @property
    def received(self) -> list[Received]:
        """The messages taken so far, and those it had when it broke the line; not those it refused."""
        with self._lock:
            return list(self._received)

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Ask `on_recipient`."""
        answer = self.on_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message and ask `on_message`."""
        received = _received(envelope)
        answer = self.on_message(received)
        if answer is None or answer.startswith("2"):
            with self._lock:
                self._received.append(received)
        if answer is None:
            cast("asyncio.Transport", server.transport).abort()
        return answer or ACCEPTED


def _received(envelope: Envelope) -> Received:
    raw = bytes(envelope.original_content or b"")
    message = message_from_bytes(raw, policy=policy.default)
    return Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message)


class _EphemeralController(Controller):
    """A controller that lets the system choose the port (the stock one cannot find itself then)."""

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        listener = socket.create_server((self.hostname, 0))
        self.port = listener.getsockname()[1]
        server: Awaitable[asyncio.AbstractServer] = self.loop.create_server(self._factory_invoker, sock=listener)
        return server
