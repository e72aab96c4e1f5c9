"""The page that stops alerts, asked over HTTP as mail programs, scanners, people and strangers do."""

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

from readout.config import Config
from readout.model import AlertState, Watch
from readout.owing import owe
from readout.stop import stop_url
from readout.storage import alerts, watches
from readout.storage.database import Database
from readout.watching import Delivery
from readout.web.pages.stop import LARGEST_BODY
from readout.web.server import WebServer, listen
from readout.web.site import Site
from tests.telling import NOW, meeting, store

PUBLIC = "https://alerts.example.org"
READER = "reader@example.org"
OTHER = "other@example.org"
ONE_CLICK = b"List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return unescape(re.sub("<[^>]+>", "", self.body.decode()))


@dataclass
class Visitor:
    """Somebody with a link, and nothing else."""

    database: Database
    server: WebServer
    key: bytes
    host: str = "alerts.example.org"
    sent: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        with closing(http.client.HTTPConnection(*self.server.address, timeout=60)) as line:
            named = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body=body, headers=named)
            answer = line.getresponse()
            return Answered(answer.status, answer.headers, answer.read())

    def get(self, path: str, **headers: str) -> Answered:
        return self.ask("GET", path, **headers)

    def click(self, path: str, body: bytes = ONE_CLICK) -> Answered:
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def path(self, watch: Watch, recipient: str = READER) -> str:
        return urlsplit(stop_url(PUBLIC, self.key, watch.id, recipient)).path

    def recipients(self, watch: Watch) -> tuple[str, ...]:
        with self.database.read() as connection:
            return next((live.recipients for live in watches.list_watches(connection) if live.id == watch.id), ())


@pytest.fixture
def visitor(database: Database) -> Iterator[Visitor]:
    site = Site.over(database, Config(alerts={"public_url": PUBLIC}), {}, lambda: NOW)
    with closing(WebServer.over(site, listen("127.0.0.1", 0))) as server:
        yield Visitor(database, server, site.stop_key)


def watch(database: Database, *to: str, name: str = "chiefs", language: str = "en") -> Watch:
    with database.write() as connection:
        return watches.add_watch(
            connection,
            name=name,
            recipients=to or (READER, OTHER),
            channel="email",
            now=NOW - timedelta(days=1),
            delivery=Delivery(language=language),
        )


def tell(database: Database) -> None:
    with database.write() as connection:
        stored = store(connection, meeting())
        owe(connection, stored, stored.tellings[0], now=NOW)


def owed_to(database: Database, recipient: str) -> list[AlertState]:
    with database.read() as connection:
        return [alert.state for alert in alerts.list_alerts(connection) if alert.recipient == recipient]


# --- looking and stopping -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(visitor, database, method):
    made = watch(database)
    tell(database)
    for _ in range(2):
        assert visitor.ask(method, visitor.path(made)).status == 200
    assert visitor.recipients(made) == (READER, OTHER)
    assert owed_to(database, READER) == [AlertState.OWED]


def test_the_page_asks_once_more_and_gives_nobody_away(visitor, database):
    answer = visitor.get(visitor.path(watch(database)))
    assert "Stop alerts of the watch “chiefs” to r***@example.org?" in answer.text
    assert answer.body.count(b"<button>") == 1
    assert READER not in answer.body.decode()


def test_a_head_is_a_get_without_the_page(visitor, database):
    path = visitor.path(watch(database))
    looked, asked = visitor.ask("HEAD", path), visitor.get(path)
    assert looked.body == b""
    assert looked.headers["Content-Length"] == asked.headers["Content-Length"] == str(len(asked.body))


def test_the_button_sends_what_a_mail_program_sends(visitor, database):
    made = watch(database)
    page = visitor.get(visitor.path(made)).body.decode()
    assert re.search(r'<form method="post">\s*<input type="hidden" name="List-Unsubscribe" value="One-Click">', page)


def part(name: str, value: str, *more: str) -> bytes:
    head = "\r\n".join([f'Content-Disposition: form-data; name="{name}"', *more])
    return f"--x7\r\n{head}\r\n\r\n{value}\r\n".encode()


WANTED = part("List-Unsubscribe", "One-Click")
WANTED_AS_TEXT = part("List-Unsubscribe", "One-Click", "Content-Type: text/plain")
CLICKS = [
    ("form", ONE_CLICK),
    ("form", ONE_CLICK + b"\r\n"),
    ("form", b"a=b&" + ONE_CLICK + b"&a=b"),
    ("parts", WANTED + b"--x7--\r\n"),
    ("parts", part("other", "1") + WANTED_AS_TEXT + part("more", "2") + b"--x7--"),
]
TYPES = {"form": "application/x-www-form-urlencoded", "parts": "multipart/form-data; boundary=x7"}


@pytest.mark.parametrize(("kind", "body"), CLICKS)
def test_one_click_stops(visitor, database, kind, body):
    made = watch(database)
    assert visitor.ask("POST", visitor.path(made), body, Content_Type=TYPES[kind]).status == 200
    assert visitor.recipients(made) == (OTHER,)


def test_a_post_that_asks_for_something_else_stops_nothing(visitor, database):
    made = watch(database)
    for body in (b"", b"List-Unsubscribe=No", b"Other=One-Click", b"xList-Unsubscribe=One-Click", b"\0", b"\n" * 1000):
        assert visitor.click(visitor.path(made), body).status == 400, body
    assert visitor.recipients(made) == (READER, OTHER)


def test_what_is_owed_is_withdrawn_and_nothing_more_is_owed(visitor, database):
    made = watch(database)
    tell(database)
    assert "Done. r***@example.org gets no more alerts of the watch “chiefs”." in visitor.click(visitor.path(made)).text
    assert owed_to(database, READER) == [AlertState.WITHDRAWN]
    tell(database)
    assert owed_to(database, READER) == [AlertState.WITHDRAWN]
    assert owed_to(database, OTHER)[-1] is AlertState.OWED


def test_other_watches_of_the_reader_go_on(visitor, database):
    made, kept = watch(database), watch(database, name="borders")
    visitor.click(visitor.path(made))
    assert visitor.recipients(kept) == (READER, OTHER)


def test_again_is_no_fault_and_says_so(visitor, database):
    made = watch(database)
    visitor.click(visitor.path(made))
    for answer in (visitor.click(visitor.path(made)), visitor.get(visitor.path(made))):
        assert answer.status == 200
        assert "Alerts of the watch “chiefs” are already stopped for you." in answer.text
        assert b"<button>" not in answer.body
    assert visitor.recipients(made) == (OTHER,)


def test_the_last_reader_of_a_watch_can_stop_it(visitor, database):
    made = watch(database, READER)
    assert "Done." in visitor.click(visitor.path(made)).text
    assert visitor.recipients(made) == ()
    assert "already stopped" in visitor.click(visitor.path(made)).text


def test_a_watch_that_was_removed_is_already_stopped(visitor, database):
    made = watch(database)
    with database.write() as connection:
        watches.remove_watch(connection, made.name, NOW)
    assert "already stopped" in visitor.get(visitor.path(made)).text
    assert "already stopped" in visitor.click(visitor.path(made)).text


def test_who_was_told_before_but_is_not_any_more_is_already_stopped(visitor, database):
    made = watch(database, OTHER)
    assert "already stopped" in visitor.click(visitor.path(made)).text
    assert visitor.recipients(made) == (OTHER,)


def test_an_address_is_the_same_in_any_case(visitor, database):
    made = watch(database, "Reader@Example.org", OTHER)
    assert visitor.click(visitor.path(made, READER)).status == 200
    assert visitor.recipients(made) == (OTHER,)


@pytest.mark.parametrize(
    ("language", "lang", "words"),
    [
        ("en", "en", "Stop alerts of the watch “chiefs”"),
        ("ru", "ru", "Больше не присылать оповещения по подписке «chiefs»"),
        ("az", "az", "“chiefs” abunəliyi"),
        ("fr", "en", "Stop alerts of the watch “chiefs”"),
    ],
)
def test_the_page_speaks_the_language_of_the_watch(visitor, database, language, lang, words):
    answer = visitor.get(visitor.path(watch(database, language=language)))
    assert words in answer.text
    assert f'<html lang="{lang}">'.encode() in answer.body


# --- strangers --------------------------------------------------------------------------------------------------------


def spoilt(path: str) -> Iterator[str]:
    """What is no link of ours, made from one that is."""
    version, number, reader, signature = path.removeprefix("/stop/").split(".")
    yield from (f"{path}/", f"{path}/more", path[:-1], path + "0", "/stop/", "/stop/1")
    yield from ("/stop/" + "a" * 100, "/stop/" + "9" * 1100, "/stop/%00", "/stop/..%2f..%2fetc")
    yield f"/stop/{version}.{int(number) + 1}.{reader}.{signature}"
    yield f"/stop/{version}.0{number}.{reader}.{signature}"
    yield f"/stop/{version}.{number}.{'0' * len(reader)}.{signature}"
    yield f"/stop/{version}.{number}.{reader}.{'0' * len(signature)}"
    yield f"/stop/2.{number}.{reader}.{signature}"
    yield f"/stop/{version}.{number}.{reader}"


def test_a_link_that_we_did_not_make_stops_nothing(visitor, database):
    made = watch(database)
    for path in spoilt(visitor.path(made)):
        for answer in (visitor.get(path), visitor.click(path)):
            assert answer.status == 404, path
            assert "There is nothing at this address." in answer.text
            assert "chiefs" not in answer.text
    assert visitor.recipients(made) == (READER, OTHER)


def test_a_link_of_another_key_stops_nothing(visitor, database):
    made = watch(database)
    forged = urlsplit(stop_url(PUBLIC, b"another key", made.id, READER)).path
    assert visitor.click(forged).status == 404
    assert visitor.recipients(made) == (READER, OTHER)


def test_a_link_of_a_watch_that_never_was_is_no_link(visitor, database):
    watch(database)
    assert visitor.get(urlsplit(stop_url(PUBLIC, visitor.key, 99, READER)).path).status == 404


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/redoc", "/stop", "/favicon.ico", "/STOP/x", "//stop/x"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_everything_else_is_closed_to_all_where_no_password_is_set(visitor, path, method):
    assert visitor.ask(method, path).status == 403


def test_other_methods_are_refused(visitor, database):
    made = watch(database)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        answer = visitor.ask(method, visitor.path(made))
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST"), method
    assert visitor.recipients(made) == (READER, OTHER)


def test_a_body_too_large_is_refused_unread(visitor, database):
    made = watch(database)
    padded = ONE_CLICK + b"&x=" + b"x" * (LARGEST_BODY - len(ONE_CLICK) - 3)
    assert visitor.click(visitor.path(made), padded + b"x").status == 413
    assert visitor.recipients(made) == (READER, OTHER)
    assert visitor.click(visitor.path(made), padded).status == 200


def test_a_body_that_is_merely_announced_is_not_waited_for(visitor, database):
    path = visitor.path(watch(database))
    with closing(http.client.HTTPConnection(*visitor.server.address, timeout=60)) as line:
        line.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": visitor.host, "Content-Length": "100000000"}.items():
            line.putheader(name, value)
        line.endheaders(b"x" * (LARGEST_BODY + 1))
        assert line.getresponse().status == 413


STRANGE_HOSTS = [
    "evil.example",
    "evil.example:80",
    "alerts.example.org.evil.example",
    "alerts.example.org@evil.example",
    "",
]


def test_another_host_is_not_served(visitor, database):
    made = watch(database)
    for visitor.host in STRANGE_HOSTS:
        for answer in (visitor.get(visitor.path(made)), visitor.click(visitor.path(made))):
            assert answer.status == 421, visitor.host
            assert b"chiefs" not in answer.body
    assert visitor.recipients(made) == (READER, OTHER)


OUR_HOSTS = [
    "ALERTS.example.org",
    "alerts.example.org:443",
    "alerts.example.org.",
    "localhost:8080",
    "127.0.0.1",
    "[::1]:8080",
]


def test_our_hosts_are_served_however_they_are_written(visitor, database):
    path = visitor.path(watch(database))
    for visitor.host in OUR_HOSTS:
        assert visitor.get(path).status == 200, visitor.host


def test_every_answer_is_kept_nowhere_and_runs_nothing(visitor, database):
    path = visitor.path(watch(database))
    answers = [
        visitor.get(path),
        visitor.get("/"),
        visitor.ask("PUT", path),
        visitor.click(path, b"x"),
        visitor.click(path),
    ]
    visitor.host = "evil.example"
    answers.append(visitor.get(path))
    assert [answer.status for answer in answers] == [200, 403, 405, 400, 200, 421]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self' 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Set-Cookie"] is None
        assert answer.headers["Server"] is None
        assert b"<script" not in answer.body
        assert b"http" not in answer.body


HOSTILE = "</h1><script>alert(1)</script>{{7*7}}{x}\"'&\u202e\u2028"


def test_names_become_no_markup(visitor, database):
    to = 'r"<img src=x onerror=alert(1)>@<b>example</b>.org'
    for language in ("en", "ru", "az"):
        made = watch(database, to, name=f"{HOSTILE}{language}", language=language)
        for answer in (visitor.get(visitor.path(made, to)), visitor.click(visitor.path(made, to))):
            page = answer.body.decode()
            assert answer.status == 200
            assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}{x}" in page
            assert not re.search(r"<(script|img|b)\b", page)
            assert "\u202e" not in page


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("https://hooks.example.org/T0/secret", "hooks.example.org"),
        ("tgram://12:secret@h/4", "tgram:"),
        ("desk", "desk"),
    ],
)
def test_a_recipient_that_is_a_key_itself_is_not_shown(visitor, database, to, shown):
    answer = visitor.get(visitor.path(watch(database, to), to))
    assert shown in answer.text
    assert "secret" not in answer.text
