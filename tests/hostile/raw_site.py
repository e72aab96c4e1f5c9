"""Answers that no HTTP server would give: bytes as they are, as slowly as one likes, the connection broken off."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

from readout.demo.server import Answer, SiteServer, _Conversation

_RAW = 0  # the status that stands for none
_STEP_S = 0.25


class Act(Enum):
    """What a site may do between two pieces of what it says."""

    WAIT = "waits a moment, or until the other side has gone"
    RESET = "breaks the connection"


Pieces = Callable[[], Iterable[bytes | Act]]


def raw(*pieces: bytes | Act) -> Answer:
    """An answer of these bytes and acts, after which the connection is closed."""
    return spoken(lambda: pieces)


def spoken(pieces: Pieces) -> Answer:
    """An answer of whatever `pieces` gives, for as long as it gives something and somebody listens."""
    body: Any = pieces
    return Answer(status=_RAW, body=body, validators=False)


def dripping(head: bytes, drop: bytes) -> Answer:
    """`head`, then one `drop` after the other without end, a moment apart."""

    def pieces() -> Iterator[bytes | Act]:
        yield head
        while True:
            yield Act.WAIT
            yield drop

    return spoken(pieces)


def flooding(head: bytes, water: bytes) -> Answer:
    """`head`, then `water` without end, as fast as it is taken."""

    def pieces() -> Iterator[bytes]:
        yield head
        while True:
            yield water

    return spoken(pieces)


class HostileServer(SiteServer):
    """A `SiteServer` that can answer with anything at all."""

    def __init__(self, *sites: str) -> None:
        super().__init__(*sites)
        for listener in self._listeners.values():
            listener.RequestHandlerClass = _RawConversation


class _RawConversation(_Conversation):
    def _send(self, answer: Answer) -> None:
        if answer.status != _RAW:
            super()._send(answer)
            return
        self.close_connection = True
        for piece in answer.body():
            if isinstance(piece, bytes):
                self.wfile.write(piece)
                self.wfile.flush()
            elif not self._goes_on(piece):
                return

    def _goes_on(self, act: Act) -> bool:
        if act is Act.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return False
        readable, _, _ = select.select([self.connection], [], [], _STEP_S)
        return not readable
