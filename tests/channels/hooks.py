"""A real HTTP server on loopback that keeps what is posted to it, and answers as it is told."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from ssl import SSLContext


@dataclass(frozen=True)
class Posted:
    """One request; the names of `headers` in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


Talk = Callable[[socket], None]
"""What a server says instead of an answer, over the bare line."""


class HookServer:
    """Use it as a context manager. `answer`: code and text, with `said` as further headers; `talk` in their place."""

    def __init__(self, tls: SSLContext | None = None) -> None:
        self.answer: tuple[int, str] = (200, "taken")
        self.said: dict[str, str] = {}
        self.talk: Talk | None = None
        self.posted: list[Posted] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self) -> "HookServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # a client that distrusts us hangs up in the middle of a handshake
                    super().handle()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                hooks.posted.append(Posted(self.path, headers, body))
                self.close_connection = True
                if hooks.talk is not None:
                    with suppress(OSError):
                        hooks.talk(self.connection)
                        self.connection.shutdown(SHUT_RDWR)
                    return
                code, text = hooks.answer
                self.send_response(code)
                for name, value in hooks.said.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
