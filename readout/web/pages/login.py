"""The pages by which a visitor comes in and leaves, and says how pages look to them.

It must not say whether it was the user's name or the password: there are no names.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network
from threading import BoundedSemaphore, Lock
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from pydantic import SecretStr
from starlette.responses import HTMLResponse, RedirectResponse, Response

from readout.web.form import Form, parsed_form, read_body
from readout.web.gate import COOKIE
from readout.web.key import LIFETIME, Role
from readout.web.page import plain_page
from readout.web.site import Served, Site
from readout.web.view import LANGUAGE, ZONE, Viewed, zones
from readout.web.words import languages

_LARGEST_LOGIN = 4096
_LONGEST_PASSWORD = 1000
_MOST_WRONG = 5
_FORGIVEN_AFTER = timedelta(minutes=5)
_MOST_REMEMBERED = 1000
_MOST_WAITING = 4
_YEAR_S = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class Attempts:
    """Counts wrong passwords by whom they came from: five in five minutes, then none is looked at.

    One is looked at at a time: each costs 64 MiB for as long as it takes. So many may wait for it: whoever waits takes
    a thread from the pages.
    """

    queue: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_MOST_WAITING))
    _turn: Lock = field(default_factory=Lock)
    _wrong: OrderedDict[str, list[datetime]] = field(default_factory=OrderedDict)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether a password is looked at; as long as it is, no other."""
        if not self.queue.acquire(blocking=False):
            yield False
            return
        try:
            with self._turn:
                yield True
        finally:
            self.queue.release()

    def is_over(self, who: str, now: datetime) -> bool:
        """Whether they have to wait."""
        recent = [at for at in self._wrong.get(_household(who), ()) if now - at < _FORGIVEN_AFTER]
        return len(recent) >= _MOST_WRONG

    def note(self, who: str, now: datetime) -> None:
        """That was wrong."""
        home = _household(who)
        self._wrong[home] = [*self._wrong.pop(home, ())[-_MOST_WRONG:], now]
        while len(self._wrong) > _MOST_REMEMBERED:
            self._wrong.popitem(last=False)


def _household(address: str) -> str:
    """Whose address that is: of IPv6 one has a network of 2^64 (RFC 6177), and could ask from another each time."""
    try:
        known = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(known.ipv4_mapped or IPv6Network((known, 64), strict=False))


async def _login_form(request: Request) -> dict[str, str]:
    return parsed_form(await read_body(request, _LARGEST_LOGIN))


@router.get("/login")
def ask(view: Viewed, next: str = "/") -> Response:  # noqa: A002  (as browsers show it)
    """The password, please."""
    return _ask(view, next)


@router.post("/login")
def enter(
    request: Request, view: Viewed, site: Served, fields: Annotated[dict[str, str], Depends(_login_form)]
) -> Response:
    """Whoever knows a password comes in."""
    attempts: Attempts = request.app.state.attempts
    wanted = fields.get("next", "/")
    who = request.client.host if request.client else ""
    with attempts.turn() as is_heard:
        if not is_heard or attempts.is_over(who, site.now()):
            return _ask(view, wanted, "wait", status=429)
        role = _role(site, fields.get("password", ""))
        if role is None:
            attempts.note(who, site.now())
            return _ask(view, wanted, "wrong", status=403)
    answer = RedirectResponse(view.root + _own_path(wanted), 303)
    session = site.keys.session(role, site.now())
    _set_cookie(answer, view, COOKIE, session, int(LIFETIME.total_seconds()))
    return answer


@router.post("/logout")
def leave(view: Viewed, _fields: Form) -> Response:
    """The browser forgets that it was let in."""
    answer = view.see("/login")
    _set_cookie(answer, view, COOKIE, "", 0)
    return answer


@router.get("/settings")
def settings(view: Viewed, next: str = "/") -> HTMLResponse:  # noqa: A002
    """In which language and zone the pages are to be shown to this browser."""
    return view.page("settings", title=view.words("settings.title"), next=_own_path(next), zones=zones())


@router.post("/settings")
def choose(view: Viewed, fields: Form) -> Response:
    """The browser remembers it."""
    answer = RedirectResponse(view.root + _own_path(fields.get("next", "/")), 303)
    for name, known in ((LANGUAGE, languages()), (ZONE, zones())):
        if fields.get(name) in known:
            _set_cookie(answer, view, name, fields[name], _YEAR_S)
    return answer


def _ask(view: Viewed, wanted: str, fault: str | None = None, *, status: int = 200) -> HTMLResponse:
    path = view.url("/login")
    return plain_page("login", language=view.words.code, status=status, path=path, next=wanted, fault=fault)


def _role(site: Site, password: str) -> Role | None:
    """What whoever knows that password may do."""
    web = site.config.web
    hashes = ((Role.EDITOR, web.password_hash), (Role.READER, web.reader_password_hash))
    return next((role for role, hashed in hashes if hashed and _is_right(hashed, password)), None)


def _is_right(hashed: SecretStr, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed.get_secret_value(), password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def _own_path(path: str) -> str:
    """`path` where it is one of ours, else the first page: nobody is sent elsewhere."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and not urlsplit(path).netloc and "\\" not in path else "/"


def _set_cookie(answer: Response, view: Viewed, name: str, value: str, seconds: int) -> None:
    path = f"{view.root}/"
    answer.set_cookie(name, value, max_age=seconds, path=path, secure=view.is_secure, httponly=True, samesite="lax")
