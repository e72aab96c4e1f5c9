"""Who may come in: whoever sits at this machine where nobody else can ask, else who knows a password or shows a key.

It must not know a page: what is not open to all is closed, whether there is a page or not.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from readout.config import Config
from readout.web.key import Role, Visitor
from readout.web.refusal import OF_PROGRAMS, refused
from readout.web.site import Site

COOKIE = "readout"
"""The cookie that holds a session."""
_OPEN = ("/stop/", "/style/")
_OPEN_PAGES = frozenset({"/healthz", "/login"})
# What a reader may send: how the pages look to them alone, and that they leave.
_OF_READERS = frozenset({"/settings", "/logout", "/login"})
_LOOKS = frozenset({"GET", "HEAD"})
# What a proxy adds when it asks for somebody else.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_private(config: Config) -> bool:
    """Whether nobody but this machine's own people can reach the pages, as far as the configuration tells.

    Where readers reach us under another name a proxy asks for them, and it asks from here.
    """
    public = urlsplit(config.alerts.public_url or "//localhost").hostname or ""
    return all(is_loopback(host) for host in (config.web.host, public, *config.web.hosts))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return host.lower() in _LOOPBACK or ip_address(host).is_loopback
    except ValueError:
        return False


class Gate:
    """Lets through who may see what they ask for and change what they send; says so to everybody else."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._is_private = is_private(site.config)
        web = site.config.web
        self._has_password = bool(web.password_hash or web.reader_password_hash)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        assert scope["type"] == "http"
        request = Request(scope)
        answer = self._refused(request)
        await (answer or self._app)(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        path = request.scope["path"]  # as the pages are chosen by it; a URL is read without line ends
        visitor = self._visitor(request)
        request.scope["visitor"] = visitor or Visitor(Role.READER)
        if path.startswith(_OPEN):
            return None
        if request.method not in _LOOKS and not self._is_from_here(request.headers):
            return refused(path, 403, "stale")
        if _is_part_of_another(request.headers):
            return refused(path, 403)
        if path in _OPEN_PAGES and (self._has_password or self._is_private or path != "/login"):
            return None
        if visitor is None:
            return self._turned_away(request)
        may_send = visitor.role is Role.EDITOR or path in _OF_READERS
        return None if request.method in _LOOKS or may_send else refused(path, 403, "readers")

    def _visitor(self, request: Request) -> Visitor | None:
        if not self._has_password:
            is_alone = self._is_private and not any(name in request.headers for name in _FORWARDED)
            return Visitor(Role.EDITOR) if is_alone else None
        known = self._site.keys.visitor(request.cookies.get(COOKIE, ""), self._site.now())
        return known or self._program(request)

    def _program(self, request: Request) -> Visitor | None:
        """A feed reader, a calendar or a script, by the key that it sends along."""
        if not request.scope["path"].startswith(OF_PROGRAMS) or request.method not in _LOOKS:
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" else _key_in(request.url.query)
        return Visitor(Role.READER) if self._site.keys.is_program(shown) else None

    def _turned_away(self, request: Request) -> Response:
        path = request.url.path
        if not self._has_password:
            return refused(path, 403, "closed")
        if path.startswith(OF_PROGRAMS):
            return refused(path, 401, "key", headers={"WWW-Authenticate": "Bearer"})
        if request.method not in _LOOKS:
            return refused(path, 403, "stale")
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{self._site.root(request.headers)}/login?next={quote(wanted, safe='')}", 303)

    def _is_from_here(self, headers: Headers) -> bool:
        """Whether a browser says that a page of ours sent this, or it is no browser's.

        Both headers are the browser's alone to set (Fetch Standard, "forbidden request-header").
        """
        if site := headers.get("sec-fetch-site"):
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        # a proxy may have put another name into Host
        ours = {headers.get("host", "").lower(), _host_of(self._site.config.alerts.public_url or "")}
        return origin is None or _host_of(origin) in ours - {None}


def _key_in(query: str) -> str:
    try:
        return parse_qs(query, max_num_fields=50).get("key", [""])[-1]
    except ValueError:
        return ""


def _is_part_of_another(headers: Headers) -> bool:
    """Whether a page of another site has it loaded, instead of leading somebody here: nothing of ours is made for that,
    and how long it takes would tell what we hold (Fetch Metadata; W3C, "resource isolation policy")."""
    is_led = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_led


def _host_of(origin: str) -> str | None:
    """Host and port of an address, as a Host header has them."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
