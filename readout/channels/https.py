"""One POST to somebody's server: its host looked up once, each address judged, all over within its time.

It must not follow a redirect, use a proxy, or say more of a URL than its host.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from time import monotonic
from typing import Any

from readout.articles.clean import clean_line
from readout.channels.endpoint import Endpoint, refuse_address
from readout.channels.mail.clean import shortened
from readout.error import ChannelError
from readout.guard import Network

_MOST_READ = 64 * 1024
_MOST_KEPT = 200
_MOST_DIALLED = 4
_PIECE = 16 * 1024

_NO_ANSWER = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: its code, and the beginning of its words, cleaned and without what the URL may hide."""

    code: int
    text: str


def post(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str], *, allowed: Iterable[Network], timeout: float
) -> Answer:
    """What `endpoint` answers to `body`, whatever that is. `timeout`: seconds for all but the look-up of the host.

    Raises ChannelError: not to be tried again where the guard refuses an address that the URL spells out, while a name
    may lead elsewhere the next time; doubtful where the line broke, or the answer made no sense, after all was sent.
    It has its place where the server was not reached, or was late.
    """
    deadline = _Deadline(timeout)
    with contextlib.closing(_connect(endpoint, tuple(allowed), deadline)) as line:
        connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
        connection.sock = _Line(line, deadline)
        said = {"Host": endpoint.authority, "Connection": "close", **headers}
        response = _ask(connection, endpoint, body, said)
        return Answer(response.status, _words(endpoint, response))


class _Deadline:
    """When all must be over: a server that sends a byte now and then is not waited for longer than a silent one."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """The seconds left. Raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


# --- connecting -----------------------------------------------------------------------------------------------------


def _connect(endpoint: Endpoint, allowed: Sequence[Network], deadline: _Deadline) -> socket.socket:
    """A line to an address of `endpoint` that was judged, and to no other."""
    try:
        places = _look_up(endpoint)
        for place in places:
            if why := refuse_address(endpoint, ip_address(str(place[4][0]).partition("%")[0]), allowed):
                raise ChannelError(f"{endpoint.shown} {why}", retry=endpoint.is_name, place=endpoint.place)
        return _encrypted(_dial(places[:_MOST_DIALLED], deadline), endpoint, deadline)
    except OSError as error:
        raise ChannelError(f"{endpoint.shown}: {_told(error)}", retry=True, place=endpoint.place) from None


def _look_up(endpoint: Endpoint) -> list[Any]:
    return socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)


def _dial(places: Sequence[Any], deadline: _Deadline) -> socket.socket:
    """A line to the first place that takes it; none may use up the time of those after it."""
    fault = OSError("its host has no address")
    for number, (family, kind, protocol, _, address) in enumerate(places):
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(deadline.left() / (len(places) - number))
            line.connect(address)
        except OSError as error:
            line.close()
            fault = error
        else:
            return line
    raise fault


def _encrypted(line: socket.socket, endpoint: Endpoint, deadline: _Deadline) -> socket.socket:
    if not endpoint.is_encrypted:
        return line
    try:
        line.settimeout(deadline.left())
        return _tls().wrap_socket(line, server_hostname=endpoint.host)
    except OSError:
        line.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked against those that this system trusts, which take a while to read."""
    return ssl.create_default_context()


# --- asking ---------------------------------------------------------------------------------------------------------


class _Line:
    """What `http.client` takes for a socket: every step on it ends by the deadline. Whoever opened it closes it."""

    def __init__(self, line: socket.socket, deadline: _Deadline) -> None:
        self._line = line
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            self._line.settimeout(self._deadline.left())
            self._line.sendall(data[start : start + _PIECE])

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._line, self._deadline))

    def close(self) -> None:
        """Nothing: the answer may still be read."""


class _Reading(io.RawIOBase):
    """What comes over a line, until the deadline and up to a size; then it is at its end."""

    def __init__(self, line: socket.socket, deadline: _Deadline) -> None:
        self._line = line
        self._deadline = deadline
        self._wanted = _MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._wanted:
            return 0
        self._line.settimeout(self._deadline.left())
        count = self._line.recv_into(memoryview(buffer)[: self._wanted])
        self._wanted -= count
        return count


def _ask(
    connection: http.client.HTTPConnection, endpoint: Endpoint, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    is_sent = False
    # A server may answer before it has heard all, and hang up: what it said is worth more than that it broke off.
    with contextlib.suppress(OSError):
        connection.request("POST", endpoint.target, body, dict(headers))
        is_sent = True
    try:
        return connection.getresponse()
    except OSError as error:
        place = endpoint.place if isinstance(error, TimeoutError) else None
        text = f"{endpoint.shown}: no answer: {_told(error)}"
        raise ChannelError(text, retry=True, doubtful=is_sent, place=place) from None
    except http.client.HTTPException:  # whose words are the server's
        text = f"{endpoint.shown}: no answer that makes sense"
        raise ChannelError(text, retry=True, doubtful=is_sent) from None


def _words(endpoint: Endpoint, response: http.client.HTTPResponse) -> str:
    """The first words of an answer. Its code is known: a line that breaks now takes nothing back."""
    body = bytearray()
    with contextlib.suppress(*_NO_ANSWER):
        while piece := response.read1(_PIECE):
            body += piece
    text = endpoint.hush(clean_line(body.decode("utf-8", "replace")) or clean_line(response.reason))
    pause = response.headers.get("Retry-After")
    after = f" (Retry-After: {shortened(endpoint.hush(clean_line(pause)), 40)})" if pause else ""
    return shortened(text, _MOST_KEPT) + after


def _told(error: OSError) -> str:
    return shortened(clean_line(error.strerror or str(error)), _MOST_KEPT) or type(error).__name__
