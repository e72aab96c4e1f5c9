"""What holds for every request and every answer, whichever page it is about.

It must not know a page.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from readout.config import Config
from readout.web.page import style_hash

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII)


IS_HEAD = "readout.is_head"


class Door:
    """Lets in what is asked of a host of ours, and sends nothing out that a browser may run, frame or pass on, or keep
    where the page does not say so.

    A HEAD is asked of the pages as a GET (RFC 9110, 9.3.2); the server leaves the body out, and whoever makes a long
    one is told by the scope's `IS_HEAD`.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._headers = _headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""

        async def send_out(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        # A name that is not ours may be one that was made to point here (DNS rebinding).
        is_ours = host_in(Headers(scope=scope).get("host", "")) in self._hosts
        answer = (
            self._app
            if is_ours
            else PlainTextResponse("This host is not served here: whoever runs Readout names it in web.hosts.\n", 421)
        )
        asked = {**scope, "method": "GET", IS_HEAD: True} if scope["method"] == "HEAD" else scope
        await answer(asked, receive, send_out)


def hosts_of(config: Config) -> frozenset[str]:
    """The names under which we are asked: public ones, that which we listen on, and this machine's own."""
    public = urlsplit(config.alerts.public_url or "").hostname
    own = {"localhost", "127.0.0.1", "::1", config.web.host.lower()}
    return frozenset({*own, *config.web.hosts, *([public] if public else [])})


def host_in(header: str) -> str | None:
    """The host that a Host header names, without its port; None where it names none."""
    found = _HOST.fullmatch(header.lower())
    return found and found[1].strip("[]").removesuffix(".")


def _headers() -> dict[str, str]:
    styles = f"style-src 'self' '{style_hash()}'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; {styles}; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        # Others are told nothing. Without any referrer a browser would not say either that our own forms are ours.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
