"""`readout` in processes that begin as a fork of one that has loaded everything: nothing is loaded again for each.

    python -m tests.forked     started by `Commands` alone: a process that makes commands

The command, its crawl process and its readers are processes of their own as ever, and run the same code; only how they
begin is another.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from readout.reading.reader import Reader

ROOT = Path(__file__).parents[1]


class Commands:
    """Runs `readout` with arguments, one at a time; what it says on standard error goes to the file `said`.

    With `cold` each is a program of its own, as a person starts it. `marker` stands in the environment of all.
    """

    def __init__(self, said: Path, marker: str, *, cold: bool = False) -> None:
        self._cold = cold
        self._said = said.open("ab")
        self._environment = os.environ | {"PYTHONPATH": str(ROOT), "KILLED_AS": marker}
        self._command: subprocess.Popen[Any] | None = None
        self._maker = None if cold else self._started([sys.executable, "-m", "tests.forked"], self._environment)

    def begin(self, *arguments: str, **environment: str) -> int:
        """Start it; its process id."""
        if self._maker is None:
            program = [sys.executable, "-m", "readout", *arguments]
            self._command = self._started(program, self._environment | environment)
            return self._command.pid
        assert self._maker.stdin is not None
        print(json.dumps({"arguments": arguments, "environment": environment}), file=self._maker.stdin, flush=True)
        return int(self._line())

    def wait(self) -> int:
        """The exit code of the one begun, once it has ended."""
        return int(self._line()) if self._command is None else self._command.wait()

    @property
    def makers(self) -> set[int]:
        """Who makes them: they end with `close`."""
        return {self._maker.pid} if self._maker else set()

    def close(self) -> None:
        """No more of them."""
        for process in filter(None, (self._maker, self._command)):
            process.communicate()
        self._said.close()

    def _started(self, program: list[str], environment: Mapping[str, str]) -> subprocess.Popen[Any]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            program, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=self._said, text=True
        )

    def _line(self) -> str:
        assert self._maker is not None
        assert self._maker.stdout is not None
        return self._maker.stdout.readline()


# --- inside -----------------------------------------------------------------------------------------------------------


class _Forked:
    """What `subprocess.Popen` of the crawl process would be: a fork that was made before the command opened anything,
    since SQLite must not go through a fork (sqlite.org/howtocorrupt.html, 2.6), and that waits to be told to begin.
    """

    spare: _Forked
    is_used = False

    def __init__(self) -> None:
        orders, give = os.pipe()
        hear, events = os.pipe()
        self.returncode: int | None = None
        self._waiting = threading.Lock()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(give)
            _crawl(orders, events)
        self._ended = os.pidfd_open(self.pid)
        os.close(orders)
        os.close(events)
        self.stdin = os.fdopen(give, "w", encoding="utf-8")
        self.stdout = os.fdopen(hear, "r", encoding="utf-8")

    @classmethod
    def begun(cls, program: list[str], *, env: Mapping[str, str], **how: Any) -> _Forked | subprocess.Popen[str]:
        """The spare one, once; a program after it."""
        if cls.is_used:
            return subprocess.Popen(program, env=env, **how)
        cls.is_used = True
        with suppress(BrokenPipeError):
            print(json.dumps(dict(env)), file=cls.spare.stdin, flush=True)
        return cls.spare

    def wait(self, timeout: float | None = None) -> int:
        """As of a `Popen`."""
        if not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("the crawl process", timeout or 0)
        with self._waiting:
            if self.returncode is None:
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """As of a `Popen`."""
        if self.returncode is None:
            signal.pidfd_send_signal(self._ended, number)


def _crawl(orders: int, events: int) -> NoReturn:
    """Be the crawl process, once told its environment."""
    from readout.workers import start

    os.setsid()
    told = b""
    while not told.endswith(b"\n"):  # not one byte more: what follows is for the crawl process
        if not (byte := os.read(orders, 1)):
            os._exit(0)
        told += byte
    os.dup2(orders, 0)
    os.dup2(events, 1)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(json.loads(told))
    sys.stdin, sys.stdout = (os.fdopen(number, mode, closefd=False) for number, mode in ((0, "r"), (1, "w")))
    start.prepare_readers = lambda: None
    os._exit(start.main())


def _run(arguments: list[str], environment: Mapping[str, str]) -> NoReturn:
    """Be the command."""
    from readout.cli import main as readout
    from readout.reading import pool, reader
    from readout.workers import local

    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    local.subprocess = _Subprocess  # type: ignore[attr-defined]
    reader._begin_server = lambda: None
    reader._context = lambda: multiprocessing.get_context("fork")  # type: ignore[assignment]
    pool.start_reader = _one_at_a_time(pool.start_reader)
    _Forked.spare = _Forked()
    sys.argv = ["readout", *arguments]
    code = readout()
    sys.stderr.flush()
    os._exit(code)


def _one_at_a_time(start: Callable[[int], Reader]) -> Callable[[int], Reader]:
    """Two forks made at once hold each other's line to their parent, and neither would notice its end."""
    turn = threading.Lock()

    def started(memory_mib: int) -> Reader:
        with turn:
            return start(memory_mib)

    return started


class _Subprocess:
    """The module `subprocess` as `readout.workers.local` knows it."""

    Popen, PIPE, TimeoutExpired = _Forked.begun, subprocess.PIPE, subprocess.TimeoutExpired


def _load_all() -> None:
    import readout.cli.crawl
    import readout.reading.preload
    import readout.workers.fleet
    from readout.workers.project import project_settings

    assert readout
    project_settings()
    import pipelines
    import scheduler
    import settings
    import spiders.site

    assert pipelines, (scheduler, settings, spiders)
    assert "twisted.internet.reactor" not in sys.modules, "the crawl process chooses its own"


def main() -> None:
    """Make a command for every line read, say its number, and how it ended."""
    _load_all()
    for line in sys.stdin:
        asked = json.loads(line)
        if (command := os.fork()) == 0:
            _run(asked["arguments"], asked["environment"])
        print(command, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
