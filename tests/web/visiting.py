"""Visitors of the web page: one over HTTP for the tests, with what browsers send."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from urllib.parse import urlencode

from readout.config import Config
from readout.model import Source, SourceId
from readout.storage.database import Database
from readout.web.form import MARK
from readout.web.server import WebServer, listen
from readout.web.site import Site
from tests.telling import NOW


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def text(self) -> str:
        """What a reader sees, its blanks one each."""
        return " ".join(unescape(re.sub("<[^>]+>", " ", self.html)).split())


@dataclass
class Guest:
    """A browser at the pages of a site, which keeps its cookies and follows no redirect."""

    site: Site
    address: tuple[str, int]
    host: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        named = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        with closing(http.client.HTTPConnection(*self.address, timeout=60)) as line:
            line.request(method, path, body=body, headers=named)
            answer = line.getresponse()
            answered = Answered(answer.status, answer.headers, answer.read())
        for cookie in answered.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answered

    def get(self, path: str, **headers: str) -> Answered:
        return self.ask("GET", path, **headers)

    def post(self, path: str, *, mark: str | None = None, **fields: str) -> Answered:
        """Send a form as it stands on a page of ours, or with another mark."""
        sent = fields | {MARK: self.mark if mark is None else mark}
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(sent).encode(), Content_Type=kind)

    @property
    def mark(self) -> str:
        """What the forms carry that are shown to this guest."""
        found = re.search(f'name="{MARK}" value="([0-9a-f]+)"', self.get("/settings").html)
        return found[1] if found else ""


@contextmanager
def served(
    database: Database, config: Config | None = None, sources: dict[SourceId, Source] | None = None, now: datetime = NOW
) -> Iterator[Guest]:
    """A guest at the pages over that database; the clock stands at `now`."""
    site = Site.over(database, config or Config(), sources or {}, now=lambda: now)
    with closing(WebServer.over(site, listen("127.0.0.1", 0))) as server:
        yield Guest(site, server.address)
