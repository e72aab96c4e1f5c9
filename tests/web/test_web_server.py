"""The server of the web page: alone, beside the service, and what it says of itself."""

import asyncio
import http.client
import logging
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Semaphore
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from readout.config import Config
from readout.error import ReadoutError
from readout.stop import stop_url
from readout.storage import watches
from readout.storage.database import Database, open_database
from readout.storage.lock import data_lock
from readout.storage.secrets import STOP, secret
from readout.web.server import WebServer, listen
from readout.web.site import Site
from tests.processes import running
from tests.sites import configure, source
from tests.store import no_such_table, store_section, store_url
from tests.telling import NOW

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
PUBLIC = "https://alerts.example.org"
READER = "reader@example.org"


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with closing(listen("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def readout(
    folder: Path, command: str, port: int, *, public_url: str | None = PUBLIC, host: str = "127.0.0.1"
) -> Iterator[subprocess.Popen]:
    """`readout COMMAND` over a catalogue of which nothing is crawled."""
    place = {"type": "feed", "url": "https://courier.example/rss"}
    configure(folder, source("courier", "https://courier.example/", place) | {"enabled": False})
    told = f'[alerts]\npublic_url = "{public_url}"\n' if public_url else ""
    file = folder / "readout.toml"
    file.write_text(
        f'data_dir = "."\nsources = ["sources"]\n{told}[web]\nhost = "{host}"\nport = {port}\n' + store_section(folder),
        encoding="utf-8",
    )
    with running("-m", "readout", "--config", str(file), "-v", command, folder=folder) as process:
        yield process


def said(process: subprocess.Popen, word: str) -> str:
    """All of the log until `word`, waited for."""
    heard = ""
    for line in process.stderr:
        heard += line
        if word in line:
            return heard
    raise AssertionError(f"it ended without a word of {word!r}:\n{heard}")


def link(folder: Path) -> str:
    """The path by which the one reader of a watch stops it."""
    with closing(open_database(store_url(folder), create=True)) as database:
        return link_in(database)


def link_in(database: Database) -> str:
    with database.write() as connection:
        made = watches.add_watch(connection, name="chiefs", recipients=[READER], channel="email", now=NOW)
        return urlsplit(stop_url(PUBLIC, secret(connection, STOP), made.id, READER)).path


def ask(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as line:
        line.request("GET", path)
        return line.getresponse().status


def click(port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as line:
        line.request("POST", path, body=b"List-Unsubscribe=One-Click", headers={"Host": "alerts.example.org"})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_alone_beside_the_service_until_a_signal_ends_it_cleanly(tmp_path, port, sign):
    path = link(tmp_path)
    with data_lock(tmp_path), readout(tmp_path, "web", port) as process:
        log = said(process, "web_started")
        assert click(port, path)[0] == 200
        process.send_signal(sign)
        assert process.wait(PATIENCE_S) == 0
        log += process.stderr.read()
    assert "reader_stopped" in log
    assert not [word for word in (path, path.rpartition("/")[2], READER) if word in log]


def test_it_sets_up_a_database_where_there_is_none(tmp_path, port):
    with readout(tmp_path, "web", port) as process:
        said(process, "web_started")
        assert click(port, "/stop/1")[0] == 404


def test_the_service_serves_it_where_readers_are_given_links(tmp_path, port):
    path = link(tmp_path)
    with readout(tmp_path, "run", port) as process:
        said(process, "service_started")
        assert "Done." in click(port, path)[1]
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_the_service_serves_its_own_people_where_nobody_is_given_a_link(tmp_path, port):
    with readout(tmp_path, "run", port, public_url=None) as process:
        said(process, "service_started")
        assert ask(port, "/") == 200
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("command", ["web", "run"])
def test_nobody_else_is_served_without_a_password(tmp_path, port, command):
    with readout(tmp_path, command, port, host="0.0.0.0") as process:
        log = said(process, "without a password")
        if command == "run":
            said(process, "service_started")
            process.terminate()
        assert process.wait(PATIENCE_S) == (0 if command == "run" else 2)
    assert "--hash-password" in log


def test_the_service_goes_on_where_the_port_is_taken(tmp_path):
    with closing(listen("127.0.0.1", 0)) as taken, readout(tmp_path, "run", taken.getsockname()[1]) as process:
        assert "web_not_started" in said(process, "service_started")
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_alone_it_says_that_the_port_is_taken(tmp_path):
    with closing(listen("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with readout(tmp_path, "web", number) as process:
            log = said(process, "readout:")
            assert process.wait(PATIENCE_S) == 1
    assert f"cannot listen on 127.0.0.1 port {number}" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 300, "192.0.2.1"])
def test_a_host_that_is_not_ours_is_said(host):
    with pytest.raises(ReadoutError, match="cannot listen on"):
        listen(host, 0)


def test_a_name_of_both_kinds_is_listened_on_where_proxies_look():
    with closing(listen("localhost", 0)) as listener:
        assert listener.family == socket.AF_INET


def test_a_page_that_breaks_says_so_without_saying_what_was_asked(database, caplog):
    path = link_in(database)
    with database.write() as connection:
        connection.execute(text("ALTER TABLE watch RENAME TO gone"))
    config = Config(alerts={"public_url": PUBLIC})
    with (
        caplog.at_level(logging.DEBUG),
        closing(WebServer.over(Site.over(database, config, {}, lambda: NOW), listen("127.0.0.1", 0))) as server,
    ):
        status, page = click(server.address[1], path)
    assert status == 500
    assert "This cannot be done right now." in page
    assert no_such_table() in caplog.text
    assert no_such_table() not in page
    assert path.rpartition("/")[2] not in caplog.text


# --- those who come and ask nothing -------------------------------------------------------------------------------

GET = b"GET /stop/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def page(*, most: int = 100, patience_s: float = 3600) -> Iterator[tuple[int, Event, Semaphore]]:
    """The port of a page, that which lets it answer, and that which counts who asked."""
    may_answer, asked = Event(), Semaphore(0)

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        asked.release()
        await asyncio.to_thread(may_answer.wait)
        await PlainTextResponse("Here.")(_scope, receive, send)

    with closing(WebServer(app, listen("127.0.0.1", 0), most=most, patience_s=patience_s)) as server:
        try:
            yield server.address[1], may_answer, asked
        finally:
            may_answer.set()


def visit(port: int, begun: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    line.sendall(begun)
    return line


def heard(line: socket.socket) -> bytes:
    """All that comes until the other side hangs up, or has given one answer."""
    told = b""
    with suppress(ConnectionResetError):
        while not told.endswith(b"Here.") and (piece := line.recv(4096)):
            told += piece
    return told


UNFINISHED = [b"", b"GET /stop", b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"]


@pytest.mark.parametrize("begun", UNFINISHED)
def test_idle_visitors_keep_nobody_out(begun):
    with page(most=5) as (port, may_answer, _), ExitStack() as lines:
        may_answer.set()
        idle = [lines.enter_context(visit(port, begun)) for _ in range(20)]
        for _ in range(3):
            with visit(port, GET) as line:
                assert heard(line).startswith(b"HTTP/1.1 200")
        assert heard(idle[0]) == b""


def test_a_visitor_who_is_being_answered_does_not_give_way():
    with page(most=2) as (port, may_answer, asked), ExitStack() as lines:
        asking = [lines.enter_context(visit(port, GET)) for _ in range(2)]
        for _ in asking:
            asked.acquire(timeout=PATIENCE_S)
        late = [heard(lines.enter_context(visit(port))) for _ in range(2)]
        may_answer.set()
        assert [heard(line)[:12] for line in asking] == [b"HTTP/1.1 200"] * 2
        assert late == [b"", b""]


def test_who_does_not_come_to_the_point_is_shown_out():
    with page(patience_s=0.2) as (port, may_answer, asked), visit(port, GET) as asking:
        asked.acquire(timeout=PATIENCE_S)
        for begun in (b"", b"GET /stop", b"GET / HTTP/1.1\r\nX: "):
            with visit(port, begun) as idle:
                assert heard(idle) == b""
        may_answer.set()
        assert heard(asking).startswith(b"HTTP/1.1 200")  # though its time to ask is over since long
        asking.sendall(b"GET /again HTTP/1.1\r\nX")
        assert heard(asking) == b""


def test_a_process_that_can_open_nothing_more_says_so_once_and_goes_on(tmp_path, port):
    with readout(tmp_path, "web", port) as process:
        log = said(process, "web_started")
        assert click(port, "/stop/1")[0] == 404
        limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        taken = sum(1 for _ in Path(f"/proc/{process.pid}/fd").iterdir())
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (taken, limits[1]))
        with ExitStack() as lines:
            for _ in range(10):
                lines.enter_context(visit(port))
            log += said(process, "web_starved")
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, limits)
        assert click(port, "/stop/1")[0] == 404
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        log += process.stderr.read()
    assert log.count("web_starved") == 1
    assert "out of system resource" not in log
    assert "Traceback" not in log
