"""The web page over HTTP: a socket, and a thread that answers on it.

It must not know a page, nor write down what was asked for: a link of ours is a key.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from threading import Thread
from typing import Any, Self

import structlog
import uvicorn
from starlette.types import ASGIApp

from readout.config import Config
from readout.error import ConfigError, ReadoutError
from readout.model import Source, SourceId
from readout.storage.database import Database
from readout.web.app import web_app
from readout.web.gate import is_loopback
from readout.web.site import Site
from readout.web.visit import Visit

_MOST_VISITS = 100
_PATIENCE_S = 10
# So many connections are taken in one go, before the first of them is looked at; more than that may wait for it.
_TAKEN_AT_ONCE = 16
_MOST_WAITING = 128

log = structlog.get_logger(__name__)


class WebServer:
    """Answers from when it is made until it is closed.

    It keeps at most `most` connections open, and waits `patience_s` seconds for the head of each request.
    """

    def __init__(
        self, app: ASGIApp, listener: socket.socket, *, most: int = _MOST_VISITS, patience_s: int = _PATIENCE_S
    ) -> None:
        self._server = _Server(_settings(app, most, patience_s))
        self._thread = Thread(target=self._server.run, args=([listener],), name="web")
        self.address: tuple[str, int] = listener.getsockname()[:2]
        self._thread.start()

    @classmethod
    def over(cls, site: Site, listener: socket.socket) -> Self:
        """The pages of `site`, as those who come to `listener` see them."""
        server = cls(web_app(site), listener)
        log.info("web_started", host=server.address[0], port=server.address[1])
        return server

    def end(self) -> None:
        """Take no more requests; those under way are answered first."""
        self._server.should_exit = True

    def wait(self) -> bool:
        """Whether it ended because it was told to, when it has ended."""
        while self._thread.is_alive():
            self._thread.join(1)  # a signal that comes on the brink of waiting does not end the wait
        return self._server.should_exit

    def close(self) -> None:
        """End it, and wait for that."""
        self.end()
        self.wait()


@contextmanager
def beside(
    database: Database, config: Config, sources: Mapping[SourceId, Source], now: Callable[[], datetime]
) -> Iterator[None]:
    """The web page as a part of the service, which goes on without it where it cannot start."""
    with ExitStack() as house:
        try:
            refuse_open_house(config)
            listener = listen(config.web.host, config.web.port)
            house.enter_context(closing(WebServer.over(Site.over(database, config, sources, now), listener)))
        except ReadoutError as error:
            log.error("web_not_started", reason=str(error))
        yield


def refuse_open_house(config: Config) -> None:
    """Raises ConfigError where others could reach the pages and no password keeps them out."""
    web = config.web
    if not (is_loopback(web.host) or web.password_hash or web.reader_password_hash):
        said = (
            f"the web page is not served on {web.host} without a password: whoever reaches it could read and change "
            "everything. Set web.password_hash to what `readout web --hash-password` prints, "
            "or leave web.host at 127.0.0.1"
        )
        raise ConfigError([said])


def listen(host: str, port: int) -> socket.socket:
    """A socket there; port 0: one that is free. Raises ReadoutError when it cannot be had."""
    try:
        found = {family for family, *_ in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        # of a name with both, as localhost, the one that proxies try
        family = socket.AF_INET if socket.AF_INET in found else socket.AF_INET6
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ReadoutError(
            f"the web page cannot listen on {host} port {port}: {why}. `readout run` serves it too; web.host and "
            "web.port say where"
        ) from error


class _Server(uvicorn.Server):
    """Says once that this process can open nothing more: asyncio says it at every try, with a traceback."""

    _is_starved = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._hear)
        await super().startup(sockets)
        for each in sockets or ():
            each.listen(_MOST_WAITING)  # asyncio has one number for both

    def _hear(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not context["message"].startswith("socket.accept()"):
            loop.default_exception_handler(context)
        elif not self._is_starved:
            self._is_starved = True
            log.error("web_starved", reason=str(context["exception"]), hint="raise the limit of open files (ulimit -n)")


def _settings(app: ASGIApp, most: int, patience_s: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="error",  # whoever sends nonsense must not fill the log
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        http=Visit,
        loop="asyncio",
        backlog=_TAKEN_AT_ONCE,
        limit_concurrency=most,
        timeout_keep_alive=patience_s,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=16 * 1024,
    )
