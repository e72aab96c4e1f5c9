"""The only way out for a browser: a proxy on loopback that looks every name up itself and connects to what it found.

It must not connect to an address that is not public, nor serve anybody but the browser that was given its password.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog

from readout.guard import Network, is_public

log = structlog.get_logger(__name__)

_MOST_HEAD = 64 * 1024
_PIECE = 64 * 1024
_HEAD_S = 10.0
_CONNECT_S = 10.0
_MOST_LINES = 32  # at once: what a page opens beyond them is refused
_MOST_REFUSED = 100  # addresses that are told of
_OURS = (b"proxy-", b"connection:", b"keep-alive:")
_ASK_AGAIN = b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="readout"\r\n'
_CLOSING = b"Content-Length: 0\r\nConnection: close\r\n\r\n"


class Tunnel:
    """A proxy for one browser. `budget`: how many more bytes may come in; whoever loads a page sets it anew."""

    def __init__(self, allowed: Iterable[Network]) -> None:
        self._allowed = tuple(allowed)
        self.user, self.password = "readout", secrets.token_urlsafe(24)
        self.budget = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._refused: set[str] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def open(self) -> None:
        """Listen, on loopback alone."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_MOST_HEAD)

    async def close(self) -> None:
        """Listen no more, and end what is under way."""
        if self._server is not None:
            self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            # An answer that is no HTTP tells the browser that the connection failed, and not that a site said so.
            with suppress(OSError, ValueError, EOFError, asyncio.LimitOverrunError, TimeoutError):
                if len(self._lines) <= _MOST_LINES:
                    await self._serve(reader, writer)
        finally:
            self._lines.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_S):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *fields = head[:-4].split(b"\r\n")
        method, target, _ = first.split(b" ")
        if not self._is_known(fields):
            writer.write(_ASK_AGAIN + _CLOSING)
            await writer.drain()
            return
        is_tunnel = method == b"CONNECT"
        parts = urlsplit(f"//{target.decode('ascii')}" if is_tunnel else target.decode("ascii"))
        if not parts.hostname or not (is_tunnel or parts.scheme == "http"):
            raise ValueError(target)
        far_reader, far_writer = await self._connect(parts.hostname, parts.port or (443 if is_tunnel else 80))
        try:
            if is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                far_writer.write(_forwarded(method, path, fields))
            await self._relay(reader, writer, far_reader, far_writer)
        finally:
            far_writer.close()

    def _is_known(self, fields: Iterable[bytes]) -> bool:
        wanted = b"Basic " + base64.b64encode(f"{self.user}:{self.password}".encode())
        pairs = (field.partition(b":") for field in fields)
        said = [value.strip() for name, _, value in pairs if name.lower() == b"proxy-authorization"]
        return len(said) == 1 and hmac.compare_digest(said[0], wanted)

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the very address that was judged. Raises OSError where there is none to connect to."""
        async with asyncio.timeout(_CONNECT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for *_, place in found:
                address = str(place[0]).partition("%")[0]
                if is_public(ip_address(address), self._allowed):
                    return await asyncio.open_connection(address, port)
                self._note_refused(host, address)
        raise OSError(f"{host} has no public address")

    def _note_refused(self, host: str, address: str) -> None:
        """Say it, once for each address: a page may ask for one a hundred times, and for hundreds."""
        if address not in self._refused and len(self._refused) < _MOST_REFUSED:
            self._refused.add(address)
            log.warning("address_refused", host=host, address=address, browser=True)

    async def _relay(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """Carry bytes both ways until either side is done; what comes in counts."""
        ways = [asyncio.ensure_future(way) for way in (_carry(reader, far_writer), self._bring(far_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _bring(self, far_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await far_reader.read(_PIECE):
            self.budget -= len(piece)
            if self.budget < 0:
                return
            writer.write(piece)
            await writer.drain()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


def _forwarded(method: bytes, path: str, fields: Iterable[bytes]) -> bytes:
    """A request as its server is to see it: one a connection, so that the next one is judged anew."""
    kept = [field for field in fields if not field.lower().startswith(_OURS)]
    return b"\r\n".join([method + b" " + path.encode("ascii") + b" HTTP/1.1", *kept, b"Connection: close", b"", b""])
