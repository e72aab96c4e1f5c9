"""One reader process: started, watched from outside, killed.

It must not retry or judge a page: that is the pool's part.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from readout.collector import collect_rarely
from readout.environment import laid_bare
from readout.error import ReadoutError
from readout.failpoint import Moment, Step, arm, reach

_Answer = TypeVar("_Answer")

_PRELOAD = ["readout.reading.preload"]
_MIB = 1024 * 1024
_LOOK_EVERY_S = 0.1
# A reading never sleeps, so only a busy machine makes it take longer than the CPU it uses; even then not for ever.
_WALL_PER_CPU = 3
_PAGES_A_TRIM = 20
_WORN = 0.8  # of its memory: who has needed so much before may not have room for the next page
# Inside a reader the kernel's own limits are wider than those that are watched from outside, for when nobody watches or
# looks too late: so many times the CPU, and so much more memory.
_BACKSTOP = 2
_OVERSHOOT_MIB = 8
BURIAL_S = 10.0
"""After this long a killed reader is left to itself."""
_pages = count(1)  # in a reader: the pages it has read
_HAS_PROC = Path("/proc/self/statm").exists()


class ReaderLostError(Exception):
    """A reader died on a page or was killed for it; its text says why. `in_haste`: the page had less time than others
    have. `is_known`: it is as it was when it cost readers before, and cost none now."""

    def __init__(self, text: str, *, in_haste: bool = False, is_known: bool = False) -> None:
        super().__init__(text)
        self.in_haste = in_haste
        self.is_known = is_known


@dataclass(slots=True, kw_only=True)
class Reader:
    """A live reader process: an executor of one, so that a death names its page. `pages` counts those it has read,
    `memory_mib` is what may be resident of it as a whole."""

    executor: ProcessPoolExecutor
    pid: int
    memory_mib: int
    pages: int = 0
    is_worn: bool = False

    async def read(self, cpu_s: float, work: Callable[..., _Answer], *job: object) -> _Answer:
        """The answer of `work`, which may take `cpu_s` seconds of CPU; it must be importable by name, and the job a
        value (they are pickled). Raises ReaderLostError, with this reader dead, when it died or cost too much."""
        try:
            answer = asyncio.wrap_future(self.executor.submit(_measured, cpu_s, self.memory_mib, work, *job))
            await self._watch(answer, cpu_s)
            reading, peak_mib = answer.result()
        except BrokenProcessPool:
            raise ReaderLostError("the reader died") from None
        except MemoryError:
            self.kill()
            raise ReaderLostError(f"the reader needed more than {self.memory_mib} MiB") from None
        self.pages += 1
        self.is_worn = peak_mib > self.memory_mib * _WORN
        return reading

    def kill(self) -> None:
        """End the process now, whatever it does; what is under way fails. See `bury`."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> threading.Thread:
        """Begin to clear away what is left of a killed one, in a thread that ends when it is done: the executor's own,
        alive while Python ends, can be asked through a pipe that it is closing (concurrent.futures.process,
        `_python_exit`). Before Python 3.11.5 it may wait for ever (github.com/python/cpython/issues/94777)."""
        burial = threading.Thread(target=self.executor.shutdown, daemon=True)
        burial.start()
        return burial

    async def _watch(self, answer: asyncio.Future[tuple[_Answer, float]], cpu_s: float) -> None:
        """Wait until there is an answer; where it costs too much, or nobody waits any more, kill it."""
        began, cpu_before = time.monotonic(), None
        try:
            while not answer.done():
                await asyncio.wait((answer,), timeout=_LOOK_EVERY_S)
                if answer.done():
                    break
                elapsed = time.monotonic() - began
                if cpu_before is None and (cpu := _cpu_seconds(self.pid)) is not None:
                    cpu_before = cpu - elapsed  # most pages are read before the first look: only from then on it counts
                if fault := self._fault(cpu_s, elapsed, cpu_before):
                    raise ReaderLostError(fault)
        finally:
            if not answer.done():
                self.kill()
                answer.add_done_callback(_forget)

    def _fault(self, cpu_s: float, elapsed_s: float, cpu_before: float | None) -> str | None:
        cpu, memory, most_mib = _cpu_seconds(self.pid), _resident_mib(self.pid), self.memory_mib
        used = elapsed_s if cpu is None or cpu_before is None else cpu - cpu_before
        if used > cpu_s or elapsed_s > cpu_s * _WALL_PER_CPU:
            return f"reading took more than {cpu_s:g} s"
        if memory is not None and memory > most_mib:
            return f"the reader needed more than {most_mib} MiB"
        return None


def prepare_readers() -> None:
    """Begin to load what all readers share, and do not wait for it. Without this the first reader waits."""
    _occupy_standard_streams()
    if sys.platform == "linux":
        _begin_server()


def start_reader(memory_mib: int) -> Reader:
    """A reader ready to read. Blocks: a second or two for the first, which loads what all share.

    Raises ReadoutError where the memory limit leaves no room for a reader that has read nothing yet.
    """
    _occupy_standard_streams()
    if sys.platform == "linux":
        _begin_server()
    executor = ProcessPoolExecutor(1, _context(), initializer=_prepare, initargs=(memory_mib,))
    reader = Reader(executor=executor, pid=executor.submit(os.getpid).result(), memory_mib=memory_mib)
    memory = _resident_mib(reader.pid)
    if memory is not None and memory > memory_mib:
        reader.kill()
        reader.bury().join(BURIAL_S)
        raise ReadoutError(f"read.memory_mib = {memory_mib}: an idle reader already needs {memory:.0f} MiB")
    return reader


def _begin_server() -> None:
    """Have the process run that readers are forked from, and with it what hostile pages come near: no secret."""
    forkserver.set_forkserver_preload(_PRELOAD)
    with laid_bare():
        forkserver.ensure_running()


def _context() -> multiprocessing.context.BaseContext:
    # Never the global start method: the process may be somebody else's (a test run, a scrapy command).
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    return context


def _occupy_standard_streams() -> None:
    """Fill closed descriptors 0-2: a pipe that got such a number would be closed by the child as its standard input."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


# --- inside the reader --------------------------------------------------------------------------------------------


def _prepare(memory_mib: int) -> None:
    arm()
    collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(memory_mib)


def _limit_memory(most_mib: int) -> None:
    """Have allocation itself fail where more than `most_mib` would be resident and nobody has looked yet.

    The kernel limits what is asked for, not what is resident: what was asked for and never touched is granted on top.
    """
    most = most_mib * _MIB
    if _HAS_PROC:
        _, resident, _, _, _, data, _ = map(int, Path("/proc/self/statm").read_text().split())
        most += _OVERSHOOT_MIB * _MIB + (data - resident) * resource.getpagesize()
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _end_with_parent() -> None:
    """A reader whose parent was killed would wait for work for ever: it holds both ends of its own queue."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _measured(cpu_s: float, most_mib: int, work: Callable[..., _Answer], *job: object) -> tuple[_Answer, float]:
    """The work's answer and this process's peak of resident memory in MiB.

    Raises MemoryError where that is over `most_mib`, whatever came of the work: a parser that is refused memory may
    call the page broken, or end where it is.
    """
    _limit_cpu(cpu_s)
    reach(Step.READER, Moment.BEFORE)
    try:
        answer = work(*job)
    finally:
        if _peak_mib() > most_mib:
            raise MemoryError from None
    reach(Step.READER, Moment.AFTER)
    if next(_pages) % _PAGES_A_TRIM == 0:
        _give_back_memory()
    return answer, _peak_mib()


def _peak_mib() -> float:
    """The most that was ever resident of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (_MIB if sys.platform == "darwin" else 1024)


def _limit_cpu(seconds: float) -> None:
    """Have the kernel end this process when it takes far more than `seconds` from now on: a busy parent looks late, a
    dead one never, and no thread of ours runs while a regular expression or a library holds the interpreter."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + _BACKSTOP * seconds) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _give_back_memory() -> None:
    """Trees of pages leave holes in the heap that only glibc can give back, if it is asked to (malloc_trim(3))."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


# --- what the kernel says of it -----------------------------------------------------------------------------------


def _forget(answer: asyncio.Future[tuple[_Answer, float]]) -> None:
    if not answer.cancelled():
        answer.exception()  # asked for, so that the loop does not report it as unseen


def _cpu_seconds(pid: int) -> float | None:
    """CPU time a process has used; None where /proc does not say (proc(5), fields 14 and 15)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mib(pid: int) -> float | None:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return None
    return pages * resource.getpagesize() / _MIB
