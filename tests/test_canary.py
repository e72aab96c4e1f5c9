"""Secrets stay where they were written: they are put into every place of configuration, everything is run, and every
word that leaves is looked through, and every process that was begun."""

import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from readout.demo.server import Answer, Asked, Route, SiteServer
from readout.storage import watches
from readout.storage.database import open_database
from tests.channels.hooks import HookServer
from tests.channels.smtp_faults import GOOD, ScriptedServer
from tests.hostile.case import report
from tests.processes import ROOT
from tests.sites import configure, feed, source
from tests.store import store_url

WORD = "KANARIE"
PASSWORD = f"{WORD}-password"
SIGNING = "whsec_" + base64.b64encode(f"{WORD}-0123456789-0123456789".encode()).decode()
HASH = f"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ${WORD}"
TARGET = f"{WORD}-target"
HOOK = f"{WORD}-hook"
OPERATOR = "operator.private@example.org"
LOGIN = base64.b64encode(f"\0reader\0{PASSWORD}".encode()).decode()
SECRETS = [WORD, SIGNING.removeprefix("whsec_"), LOGIN, base64.b64encode(PASSWORD.encode()).decode()]
PLACES = ("configuration", "files", "environment", "small letters")
_BUG = """
import sys
import readout.outbox
from readout.cli import main
def broken(*values, **names):
    raise RuntimeError(f"a bug\\n of {values} {names}")
readout.outbox.deliver = broken
sys.exit(main())
"""
_BUG_IN_CHANNEL = """# warm
import sys
from readout.channels.email import EmailChannel
from readout.channels.webhook import WebhookChannel
from readout.cli import main
def broken(self, *values):
    raise RuntimeError(f"a bug\\n of {vars(self)} {values[0].alert.channel}")
EmailChannel.send = WebhookChannel.send = broken
sys.exit(main())
"""


@dataclass(kw_only=True)
class House:
    """An installation that is full of secrets, with a site, a mail server and a web service that tell all they hear."""

    folder: Path
    smtp: ScriptedServer
    hooks: HookServer
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    seen: dict[int, list[str]] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """The URL of its database."""
        return store_url(self.folder, "data/readout.db")

    def run(self, *arguments: str, program: tuple[str, ...] = ("-m", "readout")) -> bytes:
        """All that a command says, told as much as it can."""
        self.process = subprocess.Popen(
            [sys.executable, *program, "--config", str(self.folder / "readout.toml"), *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = self.process.communicate(timeout=300)
        return said

    def look(self) -> None:
        """Note what stands in the processes that a command has begun: their command lines, environments, memories."""
        assert self.process is not None
        for pid in set(_begun_by(self.process.pid)) - self.seen.keys():
            self.seen[pid] = _found_in(pid)

    def page(self, answer: Answer) -> Route:
        def answered(_: Asked) -> Answer:
            self.look()
            return answer

        return answered

    def tell_all(self, line: socket.socket) -> None:
        """An answer that repeats what was asked."""
        self.look()
        asked = self.hooks.posted[-1]
        said = f"no: {asked.path} {json.dumps(dict(asked.headers))}"
        line.sendall(f"HTTP/1.1 500 Broken\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())


def _begun_by(root: int) -> Iterator[int]:
    """All processes below `root`, and not itself, for it was told."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _read(f"{entry}/stat")):
            parents[int(entry.name)] = int(stat.rpartition(b")")[2].split()[1])
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    yield from below - {root}


def _found_in(pid: int) -> list[str]:
    """The secrets that a process knows: by its command line or environment, or anywhere in its memory.

    Of what it must know, the memory alone: who is told, where crawls owe alerts, and where to, what sends notes.
    """
    command = _read(f"/proc/{pid}/cmdline")
    told = command + _read(f"/proc/{pid}/environ")
    found = {secret for secret in (*SECRETS, OPERATOR) if secret.encode() in told}
    unknown = {PASSWORD, SIGNING.removeprefix("whsec_"), HASH, LOGIN, OPERATOR}
    unknown |= set() if b"apprise" in command else {TARGET}
    for piece in _memory_of(pid):
        found |= {secret for secret in unknown if secret.encode() in piece}
    return sorted(found)


def _memory_of(pid: int) -> Iterator[bytes]:
    with suppress(OSError), Path(f"/proc/{pid}/mem").open("rb", 0) as file:  # gone, or not for us to read
        for line in _read(f"/proc/{pid}/maps").decode().splitlines():
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in place.split("-"))
                file.seek(start)
                yield file.read(end - start)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _configure(house: House, place: str) -> None:
    """The secrets, in their place."""
    target = f"json://reader:{TARGET}@127.0.0.1:{house.hooks.port}/{TARGET}?+X-Key={TARGET}"
    inline = {"mail": f'password = "{PASSWORD}"', "webhook": f'secret = "{SIGNING}"', "notify": ""}
    inline["notify"] = f'targets = {{ team = "{target}" }}'
    inline["web"] = f'password_hash = "{HASH}"'
    if place == "files":
        inline |= {
            "mail": 'password_file = "one"',
            "webhook": 'secret_file = "two"',
            "notify": 'targets_file = "three"',
        }
        for name, told in (("one", PASSWORD), ("two", SIGNING), ("three", f'team = "{target}"')):
            _private(house.folder / name, told)
    elif place != "configuration":
        inline = dict.fromkeys(inline, "")
        house.environment = {
            "READOUT_MAIL__PASSWORD": PASSWORD,
            "READOUT_WEBHOOK__SECRET": SIGNING,
            "READOUT_NOTIFY__TARGETS__TEAM": target,
            "READOUT_WEB__PASSWORD_HASH": HASH,
        }
    if place == "small letters":
        house.environment = {name.lower(): value for name, value in house.environment.items()}
    _private(house.folder / "readout.toml", _toml(house.smtp.port, house.store, inline))


def _private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")


def _toml(port: int, store: str, said: dict[str, str]) -> str:
    return (
        f'data_dir = "data"\nsources = ["sources"]\n[mail]\nhost = "127.0.0.1"\nport = {port}\nuser = "reader"\n'
        f'from = "readout@example.org"\noperator = "{OPERATOR}"\n{said["mail"]}\n'
        f"[webhook]\n{said['webhook']}\n[notify]\n{said['notify']}\n[web]\n{said['web']}\n"
        '[alerts]\nallow_networks = ["127.0.0.0/8"]\n[read]\nprocesses = 1\n'
        '[crawl]\nallow_networks = ["127.0.0.0/8"]\nper_host_delay = 0\n'
        f'[database]\nurl = "{store}"\n'
    )


@pytest.fixture(params=PLACES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "data").mkdir()
    refusal = f"535-5.7.8 {LOGIN} is not known\r\n535 5.7.8 nor is {PASSWORD}"
    answers = {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": refusal}
    with SiteServer("paper") as web, ScriptedServer(answers) as smtp, HookServer() as hooks:
        made = House(folder=folder, smtp=smtp, hooks=hooks)
        hooks.talk = made.tell_all
        pages = {"/news/1": report(), "/news/2": made.page(report())}
        web.host("paper", pages | {"/rss": feed(*(web.url("paper", path) for path in pages))})
        configure(folder, source("paper", web.url("paper"), {"type": "feed", "url": web.url("paper", "/rss")}))
        _configure(made, request.param)
        _watch(made)
        yield made


def _watch(house: House) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    ways = [("email", "analyst@example.org"), ("webhook", f"http://127.0.0.1:{house.hooks.port}/{HOOK}?key={HOOK}")]
    ways += [("notify", "team")] if find_spec("apprise") else []
    with closing(open_database(house.store, create=True)) as database, database.write() as connection:
        for channel, to in ways:
            watches.add_watch(connection, name=channel, recipients=[to], channel=channel, now=now)


COMMANDS = [
    ("alerts", "test", "analyst@example.org"),
    ("alerts", "list"),
    ("alerts", "show", "1"),
    ("alerts", "show", "2"),
    ("alerts", "show", "3"),
    ("health",),
    ("show", "M1"),
    ("watch", "list"),
    ("watch", "test", "webhook"),
    ("export", "meetings"),
]
MACHINES = [("alerts", "list"), ("alerts", "show", "2"), ("health",)]


def test_a_crawl_and_what_it_begins_know_no_secret(house: House, cold: None) -> None:
    said = house.run("-v", "crawl")
    assert b"2 stored" in said
    assert b"not accepted" in said
    assert not any(house.seen.values()), house.seen
    assert len(house.seen) >= 3  # the crawl process, what readers are forked from, a reader
    assert "AUTH" in " ".join(house.smtp.heard)
    said += house.run("-v", "alerts", "send", program=("-c", _BUG))
    assert b"event='broke' exception='Traceback" in said
    assert b"a bug\\n of" in said
    assert _secrets_in(said) == []


@pytest.mark.parametrize("house", ["configuration"], indirect=True)
def test_no_command_mail_log_or_row_tells_a_secret(house: House) -> None:
    said = house.run("crawl")
    with closing(open_database(house.store, create=False)) as database, database.read() as connection:
        url = connection.scalar(text("SELECT url FROM link WHERE url LIKE '%/1'"))
    for command in (*COMMANDS, ("why", url)):
        said += house.run("-v", *command)
    for command in MACHINES:
        said += house.run("--json", *command)
    assert b"is not known" in said
    house.run("alerts", "retry", "all")
    broken = house.run("-v", "alerts", "send", program=("-c", _BUG_IN_CHANNEL))
    assert b"a bug" in broken
    house.smtp.answers = {**GOOD, "EHLO": "250-here\r\n250 AUTH PLAIN"}
    said += broken + house.run("alerts", "retry", "all") + house.run("-v", "alerts", "send")
    assert house.smtp.received
    said += b"".join(letter.raw for letter in house.smtp.received)
    assert _secrets_in(said + _kept(house)) == [], said.decode()
    assert not any(_secrets_in(posted.body) for posted in house.hooks.posted)


def _secrets_in(said: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in said]


def _kept(house: House) -> bytes:
    """All that is stored, but whom watches and their alerts name."""
    with closing(open_database(house.store, create=False)) as database, database.write() as connection:
        connection.execute(text("UPDATE alert SET recipient = ''"))
        names = (name for name in inspect(connection).get_table_names() if not name.startswith("watch"))
        return repr([connection.execute(text(f"SELECT * FROM {name}")).all() for name in names]).encode()
