"""A real HTTP server of virtual sites, each at an address of its own on loopback, for the demonstration and the tests.

It must not know what a site is about: it serves what it was given, and remembers who asked.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import selectors
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, cast

HTML = "text/html; charset=utf-8"
ANYTHING_ELSE = "*"
"""The path under which a site may say what it answers where it has no page."""

_FIRST_ADDRESS = 2  # 127.0.0.1 is left to everybody else's services
_WORTH_PACKING = 256  # bytes; below it gzip makes an answer longer
_PACKABLE = ("text/", "application/xml", "application/rss+xml", "application/atom+xml", "application/json")
_PATIENCE_S = 5.0  # how long closing waits for requests in hand


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers. `body` as a function gives the pieces of a streamed (chunked) answer; it may block or raise.

    `validators`: whether an ETag is made for it; `Last-Modified` is sent where `headers` has it.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Callable[[], Iterable[bytes]] = b""
    validators: bool = True

    @classmethod
    def of(cls, content: str | bytes, kind: str = HTML, *, modified: datetime | None = None) -> Answer:
        """A page with `content` of the media type `kind`, last changed at `modified` (aware)."""
        headers = {"Content-Type": kind}
        if modified is not None:
            headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
        return cls(headers=headers, body=content.encode() if isinstance(content, str) else content)

    @classmethod
    def redirect(cls, to: str, status: int = 301) -> Answer:
        """A redirection to the URL `to`."""
        return cls(status=status, headers={"Location": to}, validators=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `path` has the query; the names of `headers` are in lower case; `status` is what was answered."""

    at: datetime
    site: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    status: int = 0


Route = Answer | Callable[[Asked], Answer]
Content = Mapping[str, Route]
"""The pages of a site by path; a path with a query is looked up with it first, then without."""

_NOT_FOUND = Answer(404, {"Content-Type": HTML}, b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>", False)


class SiteServer:
    """Sites on loopback over HTTP/1.1, one address each where the system has them, else one port each.

    Use it as a context manager: ``with SiteServer("courier") as web: web.host("courier", {"/": Answer.of("…")})``.
    A site has one content for each phase; `set_phase` goes on to the next ones, between two polls.
    """

    def __init__(self, *sites: str) -> None:
        self._lock = threading.Lock()
        self._phase = 1
        self._contents: dict[str, tuple[Content, ...]] = {site: ({},) for site in sites}
        self._log: list[Asked] = []
        self._in_hand: dict[str, int] = dict.fromkeys(sites, 0)
        self._most_at_once: dict[str, int] = dict.fromkeys(sites, 0)
        self._listeners = {site: _Listener(site, number, self) for number, site in enumerate(sites)}
        self._wake, self._woken = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="demo-sites", daemon=True)

    def __enter__(self) -> SiteServer:
        self._acceptor.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; idle connections are closed, requests in hand are given a few seconds."""
        self._wake.send(b".")
        self._acceptor.join()
        for listener in self._listeners.values():
            listener.close()
        self._wake.close()
        self._woken.close()

    def url(self, site: str, path: str = "/") -> str:
        """The URL of `path` at `site`."""
        host, port = self._listeners[site].server_address[:2]
        return f"http://{host!s}:{port}{path}"

    def host(self, site: str, content: Content, *later: Content) -> None:
        """Serve `content` at `site`, and `later` in the second phase, the third …; the last one stays."""
        with self._lock:
            self._contents[site] = (content, *later)

    def set_phase(self, phase: int) -> None:
        """Show every site as it is in `phase` (from 1)."""
        with self._lock:
            self._phase = phase

    def log(self, site: str | None = None) -> list[Asked]:
        """The requests so far, in the order they were answered: of `site`, or of all sites."""
        with self._lock:
            return [asked for asked in self._log if site in (None, asked.site)]

    def most_at_once(self, site: str) -> int:
        """How many requests `site` had in hand at the same moment, at most."""
        with self._lock:
            return self._most_at_once[site]

    def _accept(self) -> None:
        """One thread waits for connections of all sites: no polling, and closing takes no time."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for listener in self._listeners.values():
                selector.register(listener, selectors.EVENT_READ)
            while True:
                ready = [cast("Any", key.fileobj) for key, _ in selector.select()]
                if self._woken in ready:
                    return
                for listener in ready:
                    listener.handle_request()

    def _answer(self, asked: Asked) -> Answer:
        with self._lock:
            phases = self._contents[asked.site]
            content = phases[min(self._phase, len(phases)) - 1]
        bare = asked.path.partition("?")[0]
        route = content.get(asked.path) or content.get(bare) or content.get(ANYTHING_ELSE, _NOT_FOUND)
        return _conditional(asked, route if isinstance(route, Answer) else route(asked))

    def _take(self, site: str) -> None:
        with self._lock:
            self._in_hand[site] += 1
            self._most_at_once[site] = max(self._most_at_once[site], self._in_hand[site])

    def _release(self, site: str) -> None:
        with self._lock:
            self._in_hand[site] -= 1

    def _note(self, asked: Asked) -> None:
        with self._lock:
            self._log.append(asked)


class _Listener(ThreadingMixIn, TCPServer):
    """One site's listening socket and the connections that came in through it.

    Not an `HTTPServer`: that one asks the name service for its own name.
    """

    daemon_threads = True
    request_queue_size = 128
    timeout = 0  # `handle_request` is called only when somebody is waiting

    def __init__(self, site: str, number: int, web: SiteServer) -> None:
        self.site = site
        self.web = web
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        try:
            super().__init__((f"127.0.0.{_FIRST_ADDRESS + number}", 0), _Conversation)
        except OSError:  # macOS gives loopback one address only
            super().__init__(("127.0.0.1", 0), _Conversation)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or an answer that broke off on purpose, is no news."""

    def close(self) -> None:
        """Close the listening socket and end all conversations."""
        self.server_close()
        with self._changed:
            for connection in self._connections:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._connections, timeout=_PATIENCE_S)


class _Conversation(BaseHTTPRequestHandler):
    """The requests of one kept-alive connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Miniature"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Listener

    def do_GET(self) -> None:
        """Answer any method: what a method means is the route's business."""
        web, site = self.server.web, self.server.site
        web._take(site)
        try:
            asked = self._asked()
            answer = web._answer(asked)
            # Noted before it is sent, so that whoever has the answer finds the note.
            web._note(replace(asked, status=answer.status))
            self._send(answer)
        finally:
            web._release(site)

    do_HEAD = do_POST = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr: `SiteServer.log` has it."""

    def _asked(self) -> Asked:
        return Asked(
            at=datetime.now(UTC),
            site=self.server.site,
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )

    def _send(self, answer: Answer) -> None:
        body = answer.body if answer.status != HTTPStatus.NOT_MODIFIED else b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not isinstance(body, bytes):
            self._stream(body())
            return
        if answer.status != HTTPStatus.NOT_MODIFIED and "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self, pieces: Iterable[bytes]) -> None:
        self.close_connection = True  # whatever happens in the middle, the next request starts afresh
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        if self.command == "HEAD":
            return
        for piece in filter(None, pieces):  # an empty chunk would be the last one
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


def _conditional(asked: Asked, answer: Answer) -> Answer:
    """`answer` with its validators, packed if that was asked for, or 304 if the asker has it already."""
    if answer.status != HTTPStatus.OK or not isinstance(answer.body, bytes):
        return answer
    headers = dict(answer.headers)
    if answer.validators:
        headers.setdefault("ETag", f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"')
    if asked.method in ("GET", "HEAD") and _is_known(asked, headers):
        kept = {name: value for name, value in headers.items() if name in ("ETag", "Last-Modified")}
        return Answer(HTTPStatus.NOT_MODIFIED, kept)
    return _packed(asked, replace(answer, headers=headers), answer.body)


def _is_known(asked: Asked, headers: Mapping[str, str]) -> bool:
    """RFC 9110 §13.2.2: If-None-Match decides where it is sent, compared weakly; else If-Modified-Since."""
    tags = asked.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "ETag" in headers and headers["ETag"].removeprefix("W/") in known
    since, modified = asked.headers.get("if-modified-since"), headers.get("Last-Modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except ValueError:
        return False


def _packed(asked: Asked, answer: Answer, body: bytes) -> Answer:
    headers = dict(answer.headers)
    if not headers.get("Content-Type", "").startswith(_PACKABLE) or "Content-Encoding" in headers:
        return answer
    headers["Vary"] = "Accept-Encoding"
    if len(body) >= _WORTH_PACKING and "gzip" in asked.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        if "ETag" in headers and not headers["ETag"].startswith("W/"):
            headers["ETag"] = "W/" + headers["ETag"]  # other bytes: the tag may only be compared weakly
        body = gzip.compress(body, compresslevel=6, mtime=0)
    return replace(answer, headers=headers, body=body)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        if error.errno not in (errno.ENOTCONN, errno.EBADF):
            raise
