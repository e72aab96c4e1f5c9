"""A mail server that misbehaves as it is told, step by step, and remembers what it was given.

It must not be kinder than it was told to be: what it does not answer stays unanswered.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import repeat
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HANG_UP = None
SILENCE = ""

Words = str | bytes | Iterable[bytes] | None
"""A line, bytes as they are, bytes until the client has had enough; `SILENCE`, or `HANG_UP`."""

Answer = Words | Callable[[str], Words]
"""What is said at a step, or how to choose it by the recipient of the message under way."""

GOOD: Mapping[str, Answer] = {
    "banner": "220 here",
    "EHLO": "250 here",
    "HELO": "250 here",
    "STARTTLS": "220 go on",
    "AUTH": "235 welcome",
    "RSET": "250 OK",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    "message": SILENCE,  # before the message is read
    "text": SILENCE,  # after its first line
    "dot": "250 taken",
    "after": SILENCE,  # after the answer to the final dot
    "QUIT": "221 bye",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that the server took, or may have taken: to whom, and the bytes."""

    recipient: str
    raw: bytes

    @property
    def message_id(self) -> str:
        """What the message calls itself."""
        return str(message_from_bytes(self.raw)["Message-ID"])


class ScriptedServer:
    """An SMTP server on loopback whose `answers` may be changed at any time. Use it as a context manager.

    `tls`: what STARTTLS goes on with. `heard` are the commands, `received` the messages up to their final dot that were
    not refused: also those whose answer was lost or made no sense.
    """

    def __init__(self, answers: Mapping[str, Answer], *, tls: ssl.SSLContext | None = None) -> None:
        self.answers = {**GOOD, **answers}
        self.heard: list[str] = []
        self.received: list[Letter] = []
        self.connections = 0
        self._tls = tls
        self._recipient = ""
        self._over = threading.Event()
        self._idle = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def be_well(self) -> None:
        """From now on answer as a good server does, offering what it has."""
        self.answers = dict(GOOD)
        if self._tls is not None:
            self.answers["EHLO"] = "250-here\r\n250 STARTTLS"

    def wait_until_idle(self) -> None:
        """Wait until the client that it listens to has gone, and all that it said is read."""
        self._idle.wait()

    def slowly(self, pieces: Iterable[bytes], *, pause: float) -> Iterator[bytes]:
        """`pieces`, with so many seconds before each, while the server is there."""
        for piece in pieces:
            if self._over.wait(pause):
                return
            yield piece

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._idle.clear()
            with suppress(OSError):
                self._talk(line)
            self._idle.set()

    def _talk(self, line: socket.socket) -> None:
        """One connection, encrypted from where the client asks for it."""
        with line:
            if self._say(line, "banner") is HANG_UP:
                return
            with line.makefile("rb") as read:
                wants_tls = self._converse(line, read)
        if wants_tls:  # closed, but for the copy that goes on
            self._encrypt(wants_tls)

    def _encrypt(self, line: socket.socket) -> None:
        assert self._tls is not None
        with self._tls.wrap_socket(line, server_side=True) as secured, secured.makefile("rb") as read:
            self._converse(secured, read)

    def _converse(self, line: socket.socket, read: BinaryIO) -> socket.socket | None:
        """Answer commands until the end; the line to go on with when the client wants to encrypt it."""
        while command := read.readline():
            self.heard.append(command.decode("ascii", "replace").strip())
            verb = self.heard[-1].partition(" ")[0].upper()
            if verb == "RCPT":
                self._recipient = self.heard[-1].partition("<")[2].rstrip(">")
            said = self._say(line, verb)
            if said is HANG_UP:
                return None
            if verb == "STARTTLS" and said == GOOD["STARTTLS"]:
                return line.dup()
            if verb == "DATA" and str(said).startswith("354") and not self._take(line, read):
                return None
        return None

    def _take(self, line: socket.socket, read: BinaryIO) -> bool:
        """Read a message and answer it; whether the connection goes on."""
        if self._say(line, "message") is HANG_UP:
            return False
        lines = [read.readline()]
        if self._say(line, "text") is HANG_UP:
            return False
        while lines[-1] not in (b".\r\n", b""):
            lines.append(read.readline())
        if not lines[-1]:
            return False
        letter = Letter(self._recipient, b"".join(lines[:-1]))
        answer = self._answer("dot")
        if str(answer)[:1] not in ("4", "5"):
            self.received.append(letter)
        return self._utter(line, answer) is not HANG_UP and self._say(line, "after") is not HANG_UP

    def _answer(self, step: str) -> Words:
        answer = self.answers.get(step, "502 what?")
        return answer(self._recipient) if callable(answer) else answer

    def _say(self, line: socket.socket, step: str) -> Words:
        return self._utter(line, self._answer(step))

    def _utter(self, line: socket.socket, words: Words) -> Words:
        """Say `words`, and give them back."""
        if isinstance(words, str) and words:
            line.sendall(words.encode() + b"\r\n")
        elif isinstance(words, bytes):
            line.sendall(words)
        elif words is not None and not isinstance(words, str):
            for piece in words:
                line.sendall(piece)
        return words


def only_to(recipient: str, step: str, words: Words) -> Callable[[str], Words]:
    """Says `words` where the message is for `recipient`, and what is good for everybody else."""
    good = GOOD[step]
    assert not callable(good)
    return lambda to: words if to == recipient else good


def without_end(piece: bytes) -> Iterable[bytes]:
    """`piece` again and again."""
    return repeat(piece)


def self_signed(folder: Path, name: str) -> Path:
    """A file with a certificate for the host `name`, which nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    unlocked = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file
