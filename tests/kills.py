"""Senders that are killed while they send, again and again, and what came of the alerts they were to deliver.

    python -m tests.kills     started by `Senders` alone: a process that makes senders

The sender is a process of its own; the mail server it talks to, which is here, kills it (signal 9) at a moment that
dice choose: before a command or the final dot is answered, or some milliseconds after.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import text

from readout.config import Alerts, Config, Mail
from readout.logs import configure_logs
from readout.model import Alert, AlertKind, AlertState
from readout.outbox import LEASE_NAME, deliver
from readout.storage import leases
from readout.storage.database import Database, open_database
from readout.storage.sending import RESENDS
from readout.watching import AT_ONCE, Delivery, Digest, Every
from tests.channels.smtp_faults import GOOD, HANG_UP, ScriptedServer, Words
from tests.owed import ledger, tell_all, watch_all
from tests.telling import NOW

ROOT = Path(__file__).parents[1]
READERS = ("a@example.org", "b@example.org", "c@example.org", "d@example.org")
DAILY = Delivery(digest=Digest(every=Every.DAILY, at=time(8)))
STEPS = ("MAIL", "RCPT", "DATA", "message", "text", "dot", "dot")
"""Where a sender may be killed; the final dot counts twice, since that is where a copy may be left over."""

_TRIES_A_KILL = 4  # some senders are done before their moment comes
_MESSAGES = 5  # a sender is killed at one of its first so many
_LONGEST_DELAY_S = 0.03  # a message takes about so long


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: at the `count`-th time that `step` is reached, instead of answering, or so long after."""

    step: str
    count: int
    delay: float | None

    @staticmethod
    def chosen(dice: Random) -> Moment:
        """Any moment inside sending."""
        delay = dice.uniform(0, _LONGEST_DELAY_S) if dice.random() < 0.5 else None
        return Moment(dice.choice(STEPS), dice.randrange(_MESSAGES), delay)


@dataclass(kw_only=True)
class Tally:
    """What came of it.

    `kills` that met a living sender; `begun` of them left an alert under way, `in_window` one whose message had
    arrived. `copies` that arrived, by Message-ID. `faults`: what contradicts the ledger, in words.
    """

    kills: int = 0
    begun: int = 0
    in_window: int = 0
    copies: Counter[str] = field(default_factory=Counter)
    ledger: list[Alert] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def letters(self) -> list[Alert]:
        """The alerts that are messages of their own: not those that leave in a digest."""
        return [alert for alert in self.ledger if alert.digest_id is None]

    @property
    def duplicates(self) -> int:
        """Copies beyond the first of each."""
        return sum(self.copies.values()) - len(self.copies)

    @property
    def lost(self) -> list[Alert]:
        """Alerts that never arrived, by themselves or in their digest."""
        digests = {alert.id: alert for alert in self.ledger if alert.kind is AlertKind.DIGEST}
        owed = [alert for alert in self.ledger if not alert.state.is_withheld]
        carriers = ((alert, digests.get(alert.digest_id or 0, alert)) for alert in owed)
        return [alert for alert, carrier in carriers if carrier.message_id not in self.copies]


class Senders:
    """Makes processes that deliver what is owed; a sender begins as a fork, so that it has nothing to load."""

    def __init__(self, url: str, port: int) -> None:
        command = [sys.executable, "-m", "tests.kills", url, str(port)]
        self._maker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._begun: list[int] = []  # kept open: another's handle must not get the number of one that is to be killed

    def begin(self, now: datetime) -> Callable[[], None]:
        """Let one deliver all that is due `now`; what kills it, if it lives."""
        assert self._maker.stdin is not None
        print(now.isoformat(), file=self._maker.stdin, flush=True)
        living = os.pidfd_open(int(self._line()))
        self._begun.append(living)
        print("go", file=self._maker.stdin, flush=True)

        def kill() -> None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(living, signal.SIGKILL)

        return kill

    def wait(self) -> int:
        """The exit code of the last one begun, once it has ended."""
        return int(self._line())

    def close(self) -> None:
        """No more of them."""
        assert self._maker.stdin is not None
        assert self._maker.stdout is not None
        self._maker.stdin.close()
        self._maker.wait()
        self._maker.stdout.close()
        for handle in self._begun:
            os.close(handle)

    def _line(self) -> str:
        assert self._maker.stdout is not None
        return self._maker.stdout.readline()


class Assassin:
    """A mail server that kills its client when the moment has come."""

    def __init__(self) -> None:
        self.server = ScriptedServer({step: self._answering(step) for step in STEPS})
        self._moment: Moment | None = None
        self._kill: Callable[[], None] = lambda: None
        self._seen: Counter[str] = Counter()
        self._timer: threading.Timer | None = None

    def aim(self, moment: Moment | None) -> None:
        """Kill at that moment of the next connection; None: spare it."""
        self._moment = moment
        self._seen.clear()

    def arm(self, kill: Callable[[], None]) -> None:
        """How to."""
        self._kill = kill

    def rest(self) -> None:
        """Kill no more; a delayed one is waited for."""
        self._moment = None
        if self._timer is not None:
            self._timer.join()
        self._timer = None

    def _answering(self, step: str) -> Callable[[str], Words]:
        good = GOOD[step]
        assert not callable(good)

        def answer(_recipient: str) -> Words:
            moment, kill = self._moment, self._kill
            self._seen[step] += 1
            if moment is None or (moment.step, moment.count) != (step, self._seen[step] - 1):
                return good
            if moment.delay is None:
                kill()
                return HANG_UP
            self._timer = threading.Timer(moment.delay, kill)
            self._timer.start()
            return good

        return answer


def kill_senders(url: str, dice: Random, *, kills: int, delivery: Delivery = AT_ONCE) -> Tally:
    """Owe alerts and kill so many of those who deliver them; in the end one is spared, again until nothing is due.

    With a digest every sender comes a day later than the last, else a minute.
    """
    assassin, tally = Assassin(), Tally()
    with closing(open_database(url, create=True)) as database, assassin.server as server:
        watch_all(database, *READERS, delivery=delivery)
        with closing(Senders(url, server.port)) as senders:
            now = NOW
            for _ in range(kills * _TRIES_A_KILL):
                if tally.kills == kills:
                    break
                now = _owe_more(database, delivery, now)
                _send_once(database, assassin, senders, tally, now, _moment(database, dice))
            now = _owe_more(database, delivery, now)  # who has nothing to do leaves the dead sender's lease where it is
            for _ in range(RESENDS + 1):
                now += timedelta(days=1)
                _send_once(database, assassin, senders, tally, now, None)
        tally.copies.update(letter.message_id for letter in server.received)
        tally.ledger = ledger(database)
        tally.faults += contradictions(database, tally)
    return tally


def _moment(database: Database, dice: Random) -> Moment | None:
    """Never the kill after which an alert would be given up: no more is promised of that than that a person sees it."""
    is_on_the_brink = any(alert.doubts >= RESENDS and alert.next_try for alert in ledger(database))
    return None if is_on_the_brink else Moment.chosen(dice)


def _owe_more(database: Database, delivery: Delivery, now: datetime) -> datetime:
    """Let enough be owed for a sender to be killed at; when it begins."""
    if delivery.digest is None:
        waiting = sum(alert.next_try is not None for alert in ledger(database))
        tell_all(database, meetings=0 if waiting > 2 * _MESSAGES else 3, now=now)
        return now + timedelta(minutes=1)
    tell_all(database, meetings=2, now=now)
    return now + timedelta(days=1)


def _send_once(
    database: Database, assassin: Assassin, senders: Senders, tally: Tally, now: datetime, moment: Moment | None
) -> None:
    before = len(assassin.server.received)
    assassin.aim(moment)
    assassin.arm(senders.begin(now))
    ended = senders.wait()
    assassin.rest()
    if ended == -signal.SIGKILL:
        tally.kills += 1
        assassin.server.wait_until_idle()
        arrived = {letter.message_id for letter in assassin.server.received[before:]}
        begun = [alert for alert in ledger(database) if alert.state is AlertState.SENDING and alert.digest_id is None]
        tally.begun += len(begun)
        tally.in_window += sum(alert.message_id in arrived for alert in begun)
    elif ended:
        tally.faults.append(f"a sender ended with {ended}")


def contradictions(database: Database, tally: Tally) -> Iterator[str]:
    """What cannot be if the ledger is right."""
    with database.read() as connection:
        if database.home.file and (said := connection.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"the file is damaged: {said}"
        if leases.holder(connection, LEASE_NAME) is not None:
            yield "a lease is held by nobody"
    known = {alert.message_id for alert in tally.letters}
    if len(known) != len(tally.letters):
        yield "two alerts have one Message-ID"
    yield from (f"{name} arrived and is not in the ledger" for name in tally.copies.keys() - known)
    for alert in tally.ledger:
        is_given_up = alert.state is AlertState.DOUBTFUL and alert.doubts > RESENDS
        if alert.state is not AlertState.ACCEPTED and not alert.state.is_withheld and not is_given_up:
            yield f"alert {alert.id} is {alert.state} when all is done"
    doubts = sum(alert.doubts for alert in tally.letters)
    if doubts != tally.begun:
        yield f"{doubts} doubts, though {tally.begun} kills left an alert under way"
    yield from _strange_members(tally)


def _strange_members(tally: Tally) -> Iterator[str]:
    digests = {alert.id: alert for alert in tally.ledger if alert.kind is AlertKind.DIGEST}
    for alert in tally.ledger:
        digest = digests.get(alert.digest_id or 0)
        if alert.digest_id is not None and (digest is None or digest.state is not alert.state):
            yield f"alert {alert.id} did not share the fate of its digest"


def _send(url: str, port: int, now: datetime) -> None:
    mail = Mail(host="127.0.0.1", port=port, sender="Readout <readout@example.org>")
    config = Config(mail=mail, alerts=Alerts(flood_per_hour=1_000_000))
    with closing(open_database(url, create=False)) as database:
        deliver(database, config, now=lambda: now)


def main() -> None:
    """Make a sender for every moment read, say its number, and how it ended."""
    configure_logs("ERROR")  # on standard error: the other is for the numbers
    url, port = sys.argv[1], int(sys.argv[2])
    for line in sys.stdin:
        if (sender := os.fork()) == 0:
            sys.stdin.readline()  # "go": by now it can be killed
            _send(url, port, datetime.fromisoformat(line.strip()))
            os._exit(0)
        print(sender, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(sender, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
