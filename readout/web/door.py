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


class Door:
    """Lets in what is asked of a host of ours, and sends nothing out that a browser may keep, run, frame or pass on."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._headers = _headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""

        async def send_out(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        # A name that is not ours may be one that was made to point here (DNS rebinding).
        is_ours = host_in(Headers(scope=scope).get("host", "")) in self._hosts
        answer = self._app if is_ours else PlainTextResponse("This host is not served here.\n", 421)
        await answer(scope, receive, send_out)


def hosts_of(config: Config) -> frozenset[str]:
    """The names under which we are asked: the public one, that which we listen on, and this machine's own."""
    public = urlsplit(config.alerts.public_url or "").hostname
    return frozenset({"localhost", "127.0.0.1", "::1", config.web.host.lower(), *([public] if public else [])})


def host_in(header: str) -> str | None:
    """The host that a Host header names, without its port; None where it names none."""
    found = _HOST.fullmatch(header.lower())
    return found and found[1].strip("[]").removesuffix(".")


def _headers() -> dict[str, str]:
    own_style = f"style-src '{style_hash()}'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; {own_style}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "no-store",
    }
