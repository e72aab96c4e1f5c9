"""How fast owed alerts leave, and whether the sender's memory stays flat.

    python bench/outbox.py [--meetings 500] [--recipients 10] [--database FOLDER] [--profile]

Stores meetings with the texts and facts of the labelled set's reports, owes each to every recipient of one watch, and
delivers all to a mail server (aiosmtpd) in another process. That server is measured alone too: it must not be what is
measured. `--database`: where the file lies, so that a real disk's commits are in the figures; a temporary folder else.
`--profile` says what one alert's time goes to, by the clock.
"""

from __future__ import annotations

import argparse
import os
import smtplib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from threading import Event, Thread
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from gold import read_rows
from sqlalchemy import Connection

from readout.catalog import load_knowledge, load_sources
from readout.channels import email
from readout.channels.smtp import PostOffice
from readout.config import Alerts, Config, Mail
from readout.finding import Reading, Rejected
from readout.model import Judgement, OutcomeKind, Verdict
from readout.naming import names_of
from readout.outbox import Delivered, deliver
from readout.owing import owe
from readout.reading.read import RowInput, read_row
from readout.storage.articles import Origin, add_article
from readout.storage.database import Database, open_database
from readout.storage.meetings import load_meeting, open_meeting
from readout.storage.reports import judge, put_report
from readout.storage.watches import add_watch

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PROBES = 2_000
_MEETINGS_A_WRITE = 100
_SPAWN = get_context("spawn")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


# --- what is owed -----------------------------------------------------------------------------------------------------


def read_reports() -> list[Reading]:
    """The labelled set's pages that tell of a meeting, read as they are imported."""
    knowledge = load_knowledge()
    found = []
    for row in read_rows():
        reading = read_row(
            RowInput(**{key: row[key] for key in ("id", "url", "title", "published", "text")}), knowledge
        )
        if not isinstance(reading, Rejected) and reading.recognition.reports:
            found.append(reading)
    return found


def owe_all(url: str, meetings: int, recipients: int) -> None:
    """That many meetings, each told of by one report, and owed to every recipient of a watch on everything.

    In a process of its own, so that what reading needs is not in the sender's memory.
    """
    process = _SPAWN.Process(target=_owe_all, args=(url, meetings, recipients))
    process.start()
    process.join()
    assert process.exitcode == 0


def _owe_all(url: str, meetings: int, recipients: int) -> None:
    readings = read_reports()
    with closing(open_database(url, create=True)) as database:
        _fill(database, readings, meetings, [f"reader{number}@example.org" for number in range(recipients)])


def _fill(database: Database, readings: Sequence[Reading], meetings: int, to: Sequence[str]) -> None:
    with database.write() as connection:
        add_watch(connection, name="everything", recipients=to, channel="email", now=NOW - timedelta(days=1))
    pages = list(enumerate(islice(cycle(readings), meetings)))
    for start in range(0, meetings, _MEETINGS_A_WRITE):
        with database.write() as connection:
            for number, reading in pages[start : start + _MEETINGS_A_WRITE]:
                _owe_one(connection, number, reading)
    database.checkpoint()


def _owe_one(connection: Connection, number: int, reading: Reading) -> None:
    """As the intake leaves it, but that no other meeting is looked at: texts come round again."""
    told_at = reading.article.published
    origin = Origin(key=f"o{number}", url=reading.article.url, source_id=None, official=False, told_at=told_at)
    article = add_article(connection, reading, origin, outcome=OutcomeKind.STORED, now=NOW)
    report = reading.recognition.reports[0]
    report_id = put_report(connection, article, 0, report, version=1)
    meeting_id = open_meeting(connection, report, late=False, now=NOW)
    same = Judgement(report_id=report_id, meeting_id=meeting_id, verdict=Verdict.SAME, score=6.0, reasons=())
    judge(connection, same, now=NOW)
    meeting = load_meeting(connection, meeting_id)
    assert meeting is not None
    owe(connection, meeting, meeting.tellings[0], now=NOW)


# --- the mail server --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process had done by then: messages, bytes, its CPU seconds."""

    messages: int
    size: int
    cpu: float


class Counting:
    """Takes every message and keeps none."""

    def __init__(self) -> None:
        self.messages = 0
        self.size = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Count it."""
        self.messages += 1
        self.size += len(envelope.content or b"")
        return "250 2.0.0 OK"


class _Server(Controller):
    """A controller whose port the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def serve(pipe: Pipe) -> None:
    """Run the server; says its port, then `Spent` whenever asked, until told to stop."""
    counting = Counting()
    server = _Server(counting, hostname="127.0.0.1", port=0)
    server.start()
    pipe.send(server.port)
    while pipe.recv():
        pipe.send(Spent(counting.messages, counting.size, time.process_time()))
    server.stop()


@dataclass(frozen=True, slots=True)
class Sink:
    """The server as seen from here."""

    port: int
    pipe: Pipe

    def spent(self) -> Spent:
        """What it has done so far."""
        self.pipe.send(True)
        spent = self.pipe.recv()
        assert isinstance(spent, Spent)
        return spent


@contextmanager
def sink() -> Iterator[Sink]:
    """A mail server in a process of its own."""
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield Sink(here.recv(), here)
        here.send(False)
        process.join()
    finally:
        process.kill()


def alone(server: Sink, size: int) -> float:
    """Messages of `size` bytes that it takes in a second from a client that does nothing else."""
    content = (b"x" * 70 + b"\r\n") * (size // 72) + b".\r\n"
    with smtplib.SMTP("127.0.0.1", server.port) as line:
        line.ehlo()
        began = time.perf_counter()
        for _ in range(PROBES):
            for command in ("MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA"):
                line.docmd(command)
            line.send(content)
            line.getreply()
        return PROBES / (time.perf_counter() - began)


# --- measuring --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Memory:
    """The resident memory of this process while something runs, in MiB."""

    samples: list[float] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look ten times a second until left."""
        over = Event()

        def look() -> None:
            while not over.wait(0.1):
                self.samples.append(_resident())

        watcher = Thread(target=look)
        self.samples.append(_resident())
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            self.samples.append(_resident())

    def at(self, share: float) -> float:
        """What it was when that share of the time had gone by."""
        return self.samples[round(share * (len(self.samples) - 1))]


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES / 1024**2


@dataclass(slots=True)
class Parts:
    """Where the time goes: by part of the work, each without the parts inside it, by the clock and of the processor."""

    seconds: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _inside: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Book what happens inside to `part`."""
        began, cpu_began = time.perf_counter(), time.thread_time()
        self._inside.append((0.0, 0.0))
        try:
            yield
        finally:
            took, cpu = time.perf_counter() - began, time.thread_time() - cpu_began
            inside, cpu_inside = self._inside.pop()
            self.seconds[part] += took - inside
            self.cpu[part] += cpu - cpu_inside
            self.calls[part] += 1
            if self._inside:
                before, cpu_before = self._inside[-1]
                self._inside[-1] = before + took, cpu_before + cpu

    def wrap(self, owner: Any, name: str, part: str) -> None:
        """Book every call of `owner`'s function or transaction `name` to `part`."""
        original: Callable[..., Any] = getattr(owner, name)

        @contextmanager
        def transaction(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with self.timed(part), original(*args, **kwargs) as connection:
                yield connection

        @wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.timed(part):
                return original(*args, **kwargs)

        setattr(owner, name, transaction if owner is Database else call)

    def tell(self, alerts: int) -> None:
        """Print them, the longest first."""
        for part, seconds in self.seconds.most_common():
            took, cpu = 1000 * seconds / alerts, 1000 * self.cpu[part] / alerts
            print(f"  {part}: {took:.2f} ms an alert, {cpu:.2f} of them CPU, {self.calls[part]} calls")


def profiled() -> Parts:
    """From now on the parts of sending are timed."""
    parts = Parts()
    parts.wrap(Database, "read", "load")
    parts.wrap(Database, "write", "ledger and commit")
    parts.wrap(email, "compose", "compose")
    parts.wrap(email, "seal", "seal")
    parts.wrap(PostOffice, "post", "SMTP")
    return parts


def deliver_all(database: Database, server: Sink, memory: Memory) -> Delivered:
    """Send everything in one round, as the service does."""
    mail = Mail(host="127.0.0.1", port=server.port, sender="Readout <readout@example.org>")
    config = Config(mail=mail, alerts=Alerts(flood_per_hour=10**9))
    names = names_of(load_sources(()))
    with memory.watched():
        return deliver(database, config, now=lambda: NOW, names=names)


def report(delivered: Delivered, took: float, cpu: float, taken: Spent, memory: Memory) -> None:
    """What a round of sending came to."""
    print(f"{delivered.in_words()} in {took:.1f} s: {delivered.accepted / took:.0f} alerts a second")
    print(f"mean size {taken.size / max(taken.messages, 1) / 1024:.1f} KiB, {taken.messages} messages at the server")
    each = 1000 * cpu / max(delivered.accepted, 1)
    shares = (100 * cpu / took, 100 * taken.cpu / took)
    print(f"CPU: sender {shares[0]:.0f} % of a core ({each:.1f} ms an alert), server {shares[1]:.0f} %")
    print("sender's memory, MiB: " + ", ".join(f"{memory.at(share):.0f} {when}" for share, when in _MOMENTS))


_MOMENTS = ((0.0, "at the start"), (0.25, "after a quarter"), (0.5, "after half"), (1.0, "at the end"))


def main() -> None:
    """Store, deliver, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=500)
    parser.add_argument("--recipients", type=int, default=10)
    parser.add_argument("--database", type=Path, help="folder for the database file")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    folder = nullcontext(options.database) if options.database else tempfile.TemporaryDirectory()
    with folder as place, sink() as server:
        url = f"sqlite:///{Path(place) / 'outbox-bench.db'}"
        owe_all(url, options.meetings, options.recipients)
        with closing(open_database(url, create=False)) as database:
            parts, memory = profiled() if options.profile else None, Memory()
            before, began, cpu = server.spent(), time.perf_counter(), time.process_time()
            delivered = deliver_all(database, server, memory)
            took, cpu = time.perf_counter() - began, time.process_time() - cpu
            after = server.spent()
        taken = Spent(after.messages - before.messages, after.size - before.size, after.cpu - before.cpu)
        report(delivered, took, cpu, taken, memory)
        print(f"the server alone: {alone(server, taken.size // max(taken.messages, 1)):.0f} messages a second")
        if parts is not None:
            parts.tell(max(delivered.accepted, 1))


if __name__ == "__main__":
    main()
