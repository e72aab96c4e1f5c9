"""A process that is told to end does so in order, whatever it is doing, and at once when it is told twice."""

import os
import select
import signal
from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from readout.__main__ import main as readout
from readout.config import load_config
from readout.demo.server import SiteServer
from readout.model import AlertState
from readout.storage.database import open_database
from tests.channels.smtp_faults import SILENCE, ScriptedServer
from tests.crawl_kills import CURIOUS, halves, held
from tests.family import has_ended, still_there
from tests.forked import Commands
from tests.growing import SITES, Growing
from tests.owed import ledger, watch_all
from tests.sites import query

PATIENCE_S = 90
MARKER = uuid4().hex

MOMENTS = (
    "claim.before",  # as it begins
    "discovery.before",
    "reading.before",
    "page.inside",
    "dot.before",
    "mark.after",
)


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    with closing(Commands(tmp_path_factory.mktemp("said") / "said", MARKER)) as commands:
        yield commands


@pytest.fixture(scope="module")
def web():
    with SiteServer(*SITES) as web:
        yield web


@pytest.fixture
def mail():
    with ScriptedServer({}) as mail:
        yield mail


class Desk:
    """A folder with sites to crawl and somebody to tell; a command over it says which moments it comes to."""

    def __init__(self, folder, web, mail, commands, *, more=""):
        sites = Growing(web)
        sites.turn(1, datetime.now(UTC))
        self.file = sites.configure(folder, mail.port)
        self.file.write_text(self.file.read_text().replace("[mail]\n", f"[mail]\n{more}"))
        self.config = load_config(self.file)
        with closing(open_database(self.config.database.url, create=True)) as database:
            watch_all(database, CURIOUS)
        self._notes = folder / "moments"
        os.mkfifo(self._notes)
        self._heard = os.open(self._notes, os.O_RDWR)
        self._commands = commands

    def begin(self, command):
        consent = {"READOUT_FAILPOINT_CONSENT": "kill", "READOUT_FAILPOINT_NOTES": str(self._notes)}
        self.pid = self._commands.begin("--config", str(self.file), command, **consent)

    def wait_for(self, moment):
        come_to = b""
        while f"{moment}\n".encode() not in come_to:
            assert select.select([self._heard], [], [], PATIENCE_S)[0], come_to
            come_to += os.read(self._heard, 4096)

    def tell(self, sign=signal.SIGTERM):
        os.kill(self.pid, sign)

    def ended(self):
        """The exit code, once the command and all it began are gone."""
        is_ended = has_ended(self.pid, PATIENCE_S)
        if not is_ended:
            os.kill(self.pid, signal.SIGKILL)
        code = self._commands.wait()
        assert is_ended, code
        assert still_there(MARKER, self._commands.makers, PATIENCE_S) == []
        os.close(self._heard)
        return code


@pytest.fixture
def desk(tmp_path, web, mail, commands):
    return Desk(tmp_path, web, mail, commands)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("command", ["run", "crawl"])
def test_what_is_told_to_end_ends_in_order_whatever_it_does(desk, command, moment):
    desk.begin(command)
    desk.wait_for(moment)
    desk.tell()
    assert desk.ended() == 0
    assert query(desk.config, "SELECT count(*) FROM crawl WHERE finished_at IS NULL") == [(0,)]
    with closing(open_database(desk.config.database.url, create=False)) as database:
        assert [*halves(database, told=1), *held(database, pending=True)] == []
        assert AlertState.SENDING not in {alert.state for alert in ledger(database)}


def test_a_person_who_interrupts_a_crawl_is_told_so(desk):
    desk.begin("crawl")
    desk.wait_for("fetch.after")
    desk.tell(signal.SIGINT)
    assert desk.ended() == 128 + signal.SIGINT


def test_who_interrupts_what_has_not_begun_is_shown_no_traceback(monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("readout.cli.main", interrupted)
    assert readout() == 128 + signal.SIGINT


@pytest.mark.parametrize("command", ["run", "crawl"])
def test_who_is_told_twice_waits_for_nobody(tmp_path, web, mail, commands, command):
    """The mail server says nothing after the final dot: who is told once waits for its word, for ten minutes."""
    mail.answers["dot"] = SILENCE
    desk = Desk(tmp_path, web, mail, commands, more="timeout = 600\n")
    desk.begin(command)
    desk.wait_for("dot.after")
    desk.tell(signal.SIGTERM)
    desk.tell(signal.SIGINT)  # two of one kind may become one on the way
    assert desk.ended() in (128 + signal.SIGTERM, 128 + signal.SIGINT)
