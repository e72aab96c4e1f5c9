"""Crawling on this machine: one crawl process at a time, fed, watched and replaced.

It must not crawl or touch the database itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

import readout
from readout.config import Config
from readout.environment import bare
from readout.error import ReadoutError
from readout.model import SourceId
from readout.workers.event import SHUTDOWN, CrawlEvent

_CRAWLS_PER_PROCESS = 500  # replaced after so many: what a library leaks does not add up
_VAIN_STARTS = 5  # processes started in a row without one crawl that ended
_CLOSING_S = 30.0  # for a process that was asked to end
_OVERDUE_S = 120.0  # beyond a crawl's own deadline: its process does not even keep time any more

CRASHED = "crashed"
"""Why a crawl ended whose process died under it."""

log = structlog.get_logger(__name__)


class WorkerError(ReadoutError):
    """No crawl process can be kept alive."""


class LocalWorker:
    """Runs crawls in a process of their own; `notify` hears of each, on a thread of the worker's.

    Every source that was handed over ends in one event "finished", whatever becomes of the process.
    """

    def __init__(self, config: Config, notify: Callable[[CrawlEvent], None], *, log_level: str = "INFO") -> None:
        self._config = config
        self._notify = notify
        self._log_level = log_level
        self._lock = threading.Lock()
        self._process: _CrawlProcess | None = None
        self._retired: list[_CrawlProcess] = []  # worn ones, that still end what they have in hand
        self._starts = 0  # since a crawl last ended
        self._is_closing = False

    @property
    def has_given_up(self) -> bool:
        """Whether the crawl processes keep dying."""
        return self._process is None and self._starts >= _VAIN_STARTS

    @property
    def is_full(self) -> bool:
        """Whether nothing can be handed over now. Unlike `free_seats` it starts no process."""
        with self._lock:
            return self._is_closing or self._in_hand() >= self._config.crawl.concurrency

    def free_seats(self) -> int:
        """How many more sources may be handed over now. Raises WorkerError when no process lives to take them."""
        with self._lock:
            if self._is_closing:
                return 0
            self._living_process()
            return self._config.crawl.concurrency - self._in_hand()

    def crawl(self, source_id: SourceId, *, since: datetime | None = None) -> None:
        """Have `source_id` crawled; once this is closing, it ends at once. Raises WorkerError when no process lives to
        do it."""
        with self._lock:
            if not self._is_closing:
                self._living_process().order(source_id, since)
                return
        self._notify(CrawlEvent(event="finished", source=source_id, reason=SHUTDOWN))

    def check(self) -> None:
        """End a process that holds a crawl for much longer than a crawl may take."""
        with self._lock:
            limit_s = self._config.crawl.max_minutes * 60 + _OVERDUE_S
            for process in self._all():
                if process.holds_longer_than(limit_s):
                    log.error("crawl_process_stuck", pid=process.pid)
                    process.kill()

    def keep_on_leash(self, seconds: float) -> None:
        """Let crawl processes end by themselves if they hear nothing more for so long."""
        with self._lock:
            for process in self._all():
                process.keep_on_leash(seconds)

    def kill(self) -> None:
        """End all crawls at once: others may be at the same sites."""
        with self._lock:
            for process in self._all():
                process.kill()

    def close(self) -> None:
        """End all crawls cleanly within a bound, by force after it."""
        with self._lock:
            self._is_closing = True
            processes = self._all()
        for process in processes:
            process.end(_CLOSING_S)

    def _in_hand(self) -> int:
        return sum(len(process.in_hand) for process in self._all())

    def _all(self) -> list[_CrawlProcess]:
        return [*self._retired, *([self._process] if self._process else [])]

    def _living_process(self) -> _CrawlProcess:
        if self.has_given_up:
            raise WorkerError(f"{self._starts} crawl processes died one after the other: the log says of what")
        if self._process is None:
            self._starts += 1
            self._process = _CrawlProcess(
                self._config, self._log_level, heard=self._heard, worn=self._worn, ended=self._ended
            )
        return self._process

    def _heard(self, process: _CrawlProcess, event: CrawlEvent) -> None:
        if event.event == "finished":
            with self._lock:
                self._starts = 0
                process.finished(event.source)
        self._notify(event)

    def _worn(self, process: _CrawlProcess) -> None:
        """A worn process takes no more crawls; the next one goes to a new process."""
        with self._lock:
            if self._process is process:
                self._process = None
                self._retired.append(process)
                process.retire()

    def _ended(self, process: _CrawlProcess, code: int) -> None:
        """What the process still had in hand ends with it."""
        with self._lock:
            if self._process is process:
                self._process = None
            else:
                self._retired.remove(process)
            lost = list(process.in_hand)
            self._starts = self._starts if lost else 0
        if lost:
            log.error("crawl_process_died", pid=process.pid, code=code, sources=lost)
        reason = SHUTDOWN if self._is_closing else CRASHED
        error = None if self._is_closing else f"the crawl process died ({_death(code)})"
        with ExitStack() as all_told:  # each of them, whatever happens to who hears of another
            for source_id in lost:
                end = CrawlEvent(event="finished", source=source_id, reason=reason, error=error)
                all_told.callback(self._notify, end)


class _CrawlProcess:
    """One `python -m readout.workers.start`, and a thread that listens to it."""

    def __init__(
        self,
        config: Config,
        log_level: str,
        *,
        heard: Callable[[_CrawlProcess, CrawlEvent], None],
        worn: Callable[[_CrawlProcess], None],
        ended: Callable[[_CrawlProcess, int], None],
    ) -> None:
        self.in_hand: dict[SourceId, float] = {}
        self._crawled = 0
        self._heard = heard
        self._worn = worn
        self._ended = ended
        self._process = subprocess.Popen(
            [sys.executable, "-m", "readout.workers.start"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the parent, which ends its child in order
        )
        self.pid = self._process.pid
        self._send({"config": _handed_over(config), "log_level": log_level})
        self._await_readiness()
        self._listener = threading.Thread(target=self._listen, name=f"crawl-process-{self.pid}", daemon=True)
        self._listener.start()

    def order(self, source_id: SourceId, since: datetime | None) -> None:
        """Have a source crawled."""
        self.in_hand[source_id] = time.monotonic()
        self._send({"crawl": source_id, "since": since and since.isoformat()})

    def keep_on_leash(self, seconds: float) -> None:
        """Let the process end by itself if it hears nothing more for so long."""
        self._send({"leash_s": seconds})

    def finished(self, source_id: SourceId) -> None:
        """Note that a crawl is over."""
        self.in_hand.pop(source_id, None)
        self._crawled += 1

    def retire(self) -> None:
        """Let the process end what it has in hand, and then itself."""
        self._send({"retire": True})

    def holds_longer_than(self, limit_s: float) -> bool:
        """Whether a crawl has been in hand for more than `limit_s`."""
        return any(time.monotonic() - since > limit_s for since in self.in_hand.values())

    def kill(self) -> None:
        """End the process at once; its readers notice and end too."""
        self._process.send_signal(signal.SIGKILL)

    def end(self, patience_s: float) -> None:
        """Ask the process to stop its crawls and end, and see that it does."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._listener.join()

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        # A process that has died is no concern here: the listener hears of that, and says so.
        with suppress(BrokenPipeError, ValueError):  # its end of the line is gone, or ours is put away already
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def _await_readiness(self) -> None:
        assert self._process.stdout is not None
        first = json.loads(self._process.stdout.readline() or "{}")
        if "ready" not in first:
            code = self._close()
            raise WorkerError(first.get("fault") or f"the crawl process could not start ({_death(code)})")

    def _listen(self) -> None:
        """Hear the process out. One that cannot be heard any more, whatever the reason, is ended: its end is heard."""
        with ExitStack() as end:
            end.callback(lambda: self._ended(self, self._close()))
            end.callback(self.kill)
            self._hear_out()
            end.pop_all()
        self._ended(self, self._close())

    def _hear_out(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            is_worn = "worn" in json.loads(line)
            if not is_worn:
                self._heard(self, CrawlEvent.from_line(line))
            if is_worn or self._crawled >= _CRAWLS_PER_PROCESS:
                self._worn(self)

    def _close(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        code = self._process.wait()
        self._process.stdout.close()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        return code


def _environment() -> dict[str, str]:
    """The environment without Readout's part of it: the process gets its configuration whole, and no secret."""
    kept = bare()
    package = str(Path(readout.__file__).parents[1])
    # Else glibc keeps a heap of its own for every thread, and holes in it where whole pages stood (mallopt(3)).
    kept.setdefault("MALLOC_ARENA_MAX", "2")
    kept.setdefault("MALLOC_MMAP_THRESHOLD_", str(128 * 1024))
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (package, kept.get("PYTHONPATH"))))
    return kept


def _handed_over(config: Config) -> dict[str, Any]:
    """What a crawl process needs to know, as JSON: everything but how messages leave and who may look, the secrets."""
    return config.model_dump(mode="json", by_alias=True, exclude={"mail", "webhook", "notify", "web"})


def _death(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
