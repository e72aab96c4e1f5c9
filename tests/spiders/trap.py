"""A trap on loopback: whoever connects has been led where nobody may go."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType


class Trap:
    """Listens at one port of every address of this machine, IPv4 and IPv6; `hits` are the requests' first lines."""

    def __init__(self) -> None:
        self._listeners = _listeners()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.hits: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listeners[0].getsockname()[1])

    def __enter__(self) -> Trap:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._wake.send(b".")
        self._thread.join()
        for each in (*self._listeners, self._wake, self._woken):
            each.close()

    def _watch(self) -> None:
        with selectors.DefaultSelector() as selector:
            for each in (*self._listeners, self._woken):
                selector.register(each, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._woken in ready:
                    return
                for listener in ready:
                    assert isinstance(listener, socket.socket)
                    self._take(listener)

    def _take(self, listener: socket.socket) -> None:
        caller, _ = listener.accept()
        with caller, suppress(OSError):
            caller.settimeout(1)
            self.hits.append(caller.recv(300).decode("latin-1").partition("\r\n")[0])
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def _listeners() -> list[socket.socket]:
    first = _listener(socket.AF_INET, "0.0.0.0", 0)
    try:
        return [first, _listener(socket.AF_INET6, "::", first.getsockname()[1])]
    except OSError:  # a system without IPv6
        return [first]


def _listener(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener
