"""Whatever a mail server does, nothing is lost: the ledger says what happened, and what may arrive later arrives."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import repeat
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
from pydantic import SecretStr

from readout.config import Config, Mail
from readout.model import Alert, AlertState
from readout.outbox import Delivered, deliver
from readout.storage.database import Database
from tests.channels.smtp_faults import (
    HANG_UP,
    SILENCE,
    Answer,
    ScriptedServer,
    Words,
    only_to,
    self_signed,
    without_end,
)
from tests.owed import clock, ledger, tell_all, watch_all
from tests.telling import NOW

UNLUCKY, BESIDE = "unlucky@example.org", "beside@example.org"
SECRET = "correct horse battery"
LOGIN: Mapping[str, Any] = {"user": "me", "password": SecretStr(SECRET)}
OFFERS_LOGIN = "250-here\r\n250 AUTH PLAIN"
# The same address as 127.0.0.1, in a spelling that does not look like loopback.
ELSEWHERE = "2130706433"
LATER = NOW + timedelta(days=1)

_ALL_OF_THEM = frozenset({"banner", "EHLO", "HELO", "MAIL", "AUTH", "STARTTLS"})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong at a step of handing over, and what must be so after one round, and after a good one.

    `holds_up`: the others are not tried in that round, since the fault is not the message's. `copies`: how many arrived
    in the first round, and in all.
    """

    step: str
    words: Words
    state: AlertState = AlertState.OWED
    code: int | None = None
    says: str = ""
    copies: tuple[int, int] = (0, 1)
    mail: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def holds_up(self) -> bool:
        return self.step in _ALL_OF_THEM

    @property
    def answers(self) -> dict[str, Answer]:
        return {self.step: self.words if self.holds_up else only_to(UNLUCKY, self.step, self.words), **self.beside}

    @property
    def patience(self) -> float:
        """Short where the server must be waited for in vain."""
        return 1 if self.words == SILENCE else 30


OWED, DOUBTFUL, FAILED = AlertState.OWED, AlertState.DOUBTFUL, AlertState.FAILED
MAY_COME_TWICE = (1, 2)
NEVER_AGAIN = (0, 0)
ENDLESS = without_end(b"250-and there is more\r\n")
BINARY = bytes(range(256)) * 4 + b"\r\n"

FAULTS = {
    # before there is a message
    "421 on connect": Fault(step="banner", words="421 too busy", code=421, says="too busy"),
    "554 on connect": Fault(step="banner", words="554 go away", code=554),
    "no banner in time": Fault(step="banner", words=SILENCE, says="timed out"),
    "no banner, hung up": Fault(step="banner", words=HANG_UP, says="closed"),
    "a banner in no language": Fault(step="banner", words="hello there", says="there"),
    "a binary banner": Fault(step="banner", words=BINARY),
    "a banner of one line without end": Fault(step="banner", words=without_end(b"220"), says="does not end"),
    "a banner of lines without end": Fault(step="banner", words=without_end(b"220-x\r\n"), says="does not end"),
    "a web server": Fault(step="banner", words=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "EHLO, hung up": Fault(step="EHLO", words=HANG_UP, says="closed"),
    "EHLO without end": Fault(step="EHLO", words=ENDLESS, says="does not end"),
    "421 at MAIL": Fault(step="MAIL", words="421 closing", code=421),
    "451 at MAIL": Fault(step="MAIL", words="451 local trouble", code=451, says="local trouble"),
    "550 at MAIL": Fault(step="MAIL", words="550 not from you", code=550),
    "hung up at MAIL": Fault(step="MAIL", words=HANG_UP),
    # logging in
    "535 at AUTH": Fault(
        step="AUTH", words="535 no such user or password", code=535, mail=LOGIN, beside={"EHLO": OFFERS_LOGIN}
    ),
    "454 at AUTH": Fault(
        step="AUTH", words="454 ask again later", code=454, mail=LOGIN, beside={"EHLO": OFFERS_LOGIN}
    ),
    "535 with the password": Fault(
        step="AUTH",
        words=f"535 not \x1b[31m{SECRET}\x07",
        code=535,
        says="not \N{REPLACEMENT CHARACTER}[31m***\N{REPLACEMENT CHARACTER}",
        mail=LOGIN,
        beside={"EHLO": OFFERS_LOGIN},
    ),
    # the recipient
    "421 at RCPT": Fault(step="RCPT", words="421 closing", code=421),
    "450 at RCPT": Fault(step="RCPT", words="450 greylisted, come back", code=450, says="greylisted"),
    "451 at RCPT": Fault(step="RCPT", words="451 later", code=451),
    "452 at RCPT": Fault(step="RCPT", words="452 no room", code=452),
    "550 at RCPT": Fault(step="RCPT", words="550 no such user", state=FAILED, code=550, copies=NEVER_AGAIN),
    "550 with the password": Fault(
        step="RCPT", words=f"550 {SECRET}", state=FAILED, code=550, says="***", copies=NEVER_AGAIN, mail=LOGIN,
        beside={"EHLO": OFFERS_LOGIN},
    ),
    "550 in control characters": Fault(
        step="RCPT", words=b"550-\x1b]0;x\x07\xe2\x80\xae\r\n550 \x00\x9b2J\r\n", state=FAILED, code=550,
        copies=NEVER_AGAIN,
    ),
    "no SMTP at RCPT": Fault(step="RCPT", words="whatever"),
    "354 at RCPT": Fault(step="RCPT", words="354 go on", says="354"),
    "hung up at RCPT": Fault(step="RCPT", words=HANG_UP),
    "no answer to RCPT": Fault(step="RCPT", words=SILENCE, says="timed out"),
    "RCPT without end": Fault(step="RCPT", words=ENDLESS, says="does not end"),
    # the message
    "451 at DATA": Fault(step="DATA", words="451 later", code=451),
    "550 at DATA": Fault(step="DATA", words="550 no", state=FAILED, code=550, copies=NEVER_AGAIN),
    "552 at DATA": Fault(step="DATA", words="552 full", state=FAILED, code=552, copies=NEVER_AGAIN),
    "250 at DATA": Fault(step="DATA", words="250 what", says="250"),
    "hung up at DATA": Fault(step="DATA", words=HANG_UP),
    # A short message has left our side, final dot and all, when we see that the line is broken: nobody can know.
    "hung up before the message": Fault(step="message", words=HANG_UP, state=DOUBTFUL),
    "hung up inside the message": Fault(step="text", words=HANG_UP, state=DOUBTFUL),
    "hung up after the final dot": Fault(step="dot", words=HANG_UP, state=DOUBTFUL, copies=MAY_COME_TWICE),
    "no answer to the message": Fault(
        step="dot", words=SILENCE, state=DOUBTFUL, says="timed out", copies=MAY_COME_TWICE
    ),
    "421 after the final dot": Fault(step="dot", words="421 closing", code=421),
    "451 after the final dot": Fault(step="dot", words="451 later", code=451),
    "452 after the final dot": Fault(step="dot", words="452 no room", code=452),
    "550 after the final dot": Fault(step="dot", words="550 spam", state=FAILED, code=550, copies=NEVER_AGAIN),
    "552 after the final dot": Fault(step="dot", words="552 too big", state=FAILED, code=552, copies=NEVER_AGAIN),
    "an answer in no language": Fault(step="dot", words="gibberish", state=DOUBTFUL, copies=MAY_COME_TWICE),
    "an answer of a wrong class": Fault(step="dot", words="150 hm", state=DOUBTFUL, copies=MAY_COME_TWICE),
    "a binary answer": Fault(step="dot", words=BINARY, state=DOUBTFUL, copies=MAY_COME_TWICE),
    "an answer of one long line": Fault(
        step="dot", words="250 " + "x" * 9_000, state=DOUBTFUL, copies=MAY_COME_TWICE
    ),
    "an answer of lines without end": Fault(
        step="dot", words=ENDLESS, state=DOUBTFUL, says="does not end", copies=MAY_COME_TWICE
    ),
    # no fault at all
    "hung up after each message": Fault(step="after", words=HANG_UP, state=AlertState.ACCEPTED, copies=(1, 1)),
    "taken in eight bits": Fault(
        step="dot", words="250 принято".encode("koi8-r") + b"\r\n", state=AlertState.ACCEPTED, code=250, copies=(1, 1)
    ),
    "taken with the password": Fault(
        step="dot", words=f"250 {SECRET} {base64.b64encode(SECRET.encode()).decode()}", state=AlertState.ACCEPTED,
        code=250, says="*** ***", copies=(1, 1), mail=LOGIN, beside={"EHLO": OFFERS_LOGIN},
    ),
}  # fmt: skip


def config(server: ScriptedServer, **mail: Any) -> Config:
    settings: dict[str, Any] = {"host": "127.0.0.1", "sender": "Readout <readout@example.org>", "timeout": 30}
    return Config(mail=Mail(port=server.port, **settings | mail))


@pytest.fixture
def owed(database: Database) -> Database:
    """A store that owes two readers an alert each, the unlucky one first."""
    watch_all(database, UNLUCKY, BESIDE)
    tell_all(database)
    return database


def copies(server: ScriptedServer, alert: Alert) -> int:
    """How many copies of `alert` arrived, every one of them under its Message-ID."""
    arrived = [letter for letter in server.received if letter.recipient == alert.recipient]
    assert {letter.message_id for letter in arrived} <= {alert.message_id}
    return len(arrived)


def assert_fit_to_show(alert: Alert) -> None:
    """Whatever the server said stands in the ledger as one line, printable, without our password."""
    said = alert.answer or ""
    assert said.isprintable()
    assert len(said) <= 500
    assert SECRET not in said


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_loses_nothing(owed: Database, fault: Fault) -> None:
    with ScriptedServer(fault.answers) as server:
        deliver(owed, config(server, timeout=fault.patience, **fault.mail), now=clock(NOW))
        unlucky, beside = ledger(owed)
        assert (unlucky.state, unlucky.attempts) == (fault.state, 1)
        assert unlucky.answer_code == fault.code or fault.state is AlertState.ACCEPTED
        assert fault.says in (unlucky.answer or "")
        assert_fit_to_show(unlucky)
        assert copies(server, unlucky) == fault.copies[0]
        assert (beside.state, beside.attempts) == ((OWED, 0) if fault.holds_up else (AlertState.ACCEPTED, 1))

        server.be_well()
        deliver(owed, config(server), now=clock(LATER))
        assert deliver(owed, config(server), now=clock(LATER + timedelta(days=30))) == Delivered()
        unlucky, beside = ledger(owed)
        assert unlucky.state is (FAILED if fault.state is FAILED else AlertState.ACCEPTED)
        assert beside.state is AlertState.ACCEPTED
        assert (copies(server, unlucky), copies(server, beside)) == (fault.copies[1], 1)
        assert unlucky.doubts == (1 if fault.state is DOUBTFUL else 0)


def test_a_connection_that_is_refused_loses_nothing(owed: Database) -> None:
    with ScriptedServer({}) as away:
        pass
    assert deliver(owed, config(away), now=clock(NOW)) == Delivered(retried=1, answer=ledger(owed)[0].answer)
    with ScriptedServer({}) as server:
        assert deliver(owed, config(server), now=clock(LATER)) == Delivered(accepted=2)
        assert [copies(server, alert) for alert in ledger(owed)] == [1, 1]


def test_greylisting_costs_one_more_try_each(owed: Database) -> None:
    seen: set[str] = set()

    def greylist(recipient: str) -> str:
        known = recipient in seen
        seen.add(recipient)
        return "250 OK" if known else "451 4.7.1 greylisted"

    with ScriptedServer({"RCPT": greylist}) as server:
        assert deliver(owed, config(server), now=clock(NOW)).retried == 2
        assert [alert.state for alert in ledger(owed)] == [OWED, OWED]
        first_try = min(alert.next_try for alert in ledger(owed) if alert.next_try)
        assert deliver(owed, config(server), now=clock(first_try - timedelta(seconds=1))) == Delivered()
        assert deliver(owed, config(server), now=clock(LATER)) == Delivered(accepted=2)
        assert [copies(server, alert) for alert in ledger(owed)] == [1, 1]


def test_a_server_that_takes_one_message_a_connection_gets_all(database: Database) -> None:
    watch_all(database, "a@example.org", "b@example.org", "c@example.org")
    tell_all(database, meetings=3)
    with ScriptedServer({"after": HANG_UP}) as server:
        assert deliver(database, config(server), now=clock(NOW)) == Delivered(accepted=9)
        assert server.connections == 9
        assert sorted(letter.message_id for letter in server.received) == sorted(
            alert.message_id for alert in ledger(database)
        )


def test_a_server_whose_bytes_come_one_by_one_is_not_waited_for_without_end(owed: Database) -> None:
    with ScriptedServer({}) as server:
        server.answers["RCPT"] = only_to(UNLUCKY, "RCPT", server.slowly(repeat(b"2"), pause=0.3))
        deliver(owed, config(server, timeout=1), now=clock(NOW))
        unlucky, beside = ledger(owed)
        assert (unlucky.state, beside.state) == (OWED, AlertState.ACCEPTED)
        assert "timed out" in (unlucky.answer or "")


# --- encryption ---------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of the server, in the name by which it is called; nobody vouches for it yet."""
    return self_signed(tmp_path, ELSEWHERE)


@pytest.fixture
def tls(certificate: Path) -> SSLContext:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(
    ("ehlo", "vouched_for", "says"),
    [
        pytest.param("250 here", True, "STARTTLS", id="STARTTLS stripped"),
        pytest.param("250-here\r\n250 STARTTLS", False, "certificate", id="nobody vouches for the certificate"),
    ],
)
def test_off_loopback_nothing_leaves_in_the_open(
    owed: Database,
    certificate: Path,
    tls: SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    ehlo: str,
    vouched_for: bool,
    says: str,
) -> None:
    if vouched_for:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedServer({"EHLO": ehlo}, tls=tls) as server:
        deliver(owed, config(server, host=ELSEWHERE, **LOGIN), now=clock(NOW))
        unlucky, beside = ledger(owed)
        assert (unlucky.state, beside.attempts) == (OWED, 0)
        assert says in (unlucky.answer or "")
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.heard)

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        server.be_well()
        assert deliver(owed, config(server, host=ELSEWHERE), now=clock(LATER)) == Delivered(accepted=2)
        assert [copies(server, alert) for alert in ledger(owed)] == [1, 1]
