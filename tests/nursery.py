"""Programs of ours that begin as forks of one that has loaded all of it: nothing is loaded again for each.

    python -m tests.nursery KIND ADDRESS...     started by `use_nursery` alone: a process that makes others

`readout`, `scheduler.py`, crawl processes, the servers that readers are forked from and programs of tests that say so
(`WARM`) run the code they always run, as processes of their own with the environment, folder and pipes they were given;
only how they begin is another. They are no children of who began them: a test that looks for those, or for how a
program begins, asks for `cold` programs.
"""

from __future__ import annotations

import ast
import atexit
import gc
import inspect
import json
import multiprocessing.forkserver
import multiprocessing.util
import os
import re
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
_LONGEST_ORDER = 1 << 20
_KINDS = ("programs", "readers")  # what a reader carries is measured by tests: it is born of what readers know, alone
_FORK_SERVER = re.compile(r"from multiprocessing\.forkserver import main; main\((\d+), (\d+), (\[.*?\]), \*\*(.*)\)")
# What says how Python itself begins: for a fork it is too late.
_TOO_LATE = re.compile(r"(PYTHON(?!PATH)|LC_|LANG|LD_|TZ)")
_MODULES = (["-m", "readout"], ["-m", "readout.workers.start"])
WARM = "# warm\n"
"""So begin programs for `python -c` that may come from the nursery: none that looks at what it has loaded, or at how
much memory it takes."""

_Popen = subprocess.Popen
_spawn = multiprocessing.util.spawnv_passfds
_addresses: dict[str, str] = {}


# --- who asks ---------------------------------------------------------------------------------------------------------


@contextmanager
def use_nursery() -> Iterator[None]:
    """Let all programs of ours, whoever begins them, come from a nursery that is made when the first one begins."""
    if sys.platform != "linux":
        yield
        return
    with tempfile.TemporaryDirectory() as folder, _makers(Path(folder)):
        _take_over()
        try:
            yield
        finally:
            _give_back()


@contextmanager
def cold() -> Iterator[None]:
    """Programs that begin inside are loaded as a person's are."""
    was_ours = subprocess.Popen is not _Popen
    _give_back()
    try:
        yield
    finally:
        if was_ours:
            _take_over()


def _take_over() -> None:
    subprocess.Popen = Born  # type: ignore[misc]
    multiprocessing.util.spawnv_passfds = _served
    multiprocessing.forkserver.os = _Kin()  # type: ignore[attr-defined]


def _give_back() -> None:
    subprocess.Popen = _Popen  # type: ignore[misc]
    multiprocessing.util.spawnv_passfds = _spawn
    multiprocessing.forkserver.os = os  # type: ignore[attr-defined]


@contextmanager
def _makers(folder: Path) -> Iterator[None]:
    """One maker of each kind. It listens from the beginning, loads when first asked, and ends with this process."""
    _addresses.update({kind: str(folder / kind) for kind in _KINDS})
    makers = []
    for kind in _KINDS:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(_addresses[kind])
            listener.listen(64)
            program = [sys.executable, "-m", "tests.nursery", kind, str(listener.fileno()), json.dumps(_addresses)]
            here = {"PYTHONPATH": str(ROOT)}
            makers.append(
                _Popen(program, cwd=ROOT, env=os.environ | here, stdin=subprocess.PIPE, pass_fds=(listener.fileno(),))
            )
    try:
        yield
    finally:
        for maker in makers:
            maker.communicate()


class Born(_Popen):  # type: ignore[type-arg]
    """A `Popen` whose program comes from the nursery, where that can make it; else it begins as programs do."""

    _line: socket.socket | None = None

    def _execute_child(self, *values: Any) -> None:
        asked = inspect.signature(_Popen._execute_child).bind(self, *values).arguments  # type: ignore[attr-defined]
        if not _can_be_made(asked):
            super()._execute_child(*values)  # type: ignore[misc]
            return
        handles = [asked[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        order = {
            "run": list(map(os.fspath, asked["args"][1:])),
            "cwd": os.fspath(asked["cwd"] or Path.cwd()),
            "environment": dict(os.environ if asked["env"] is None else asked["env"]),
            "leads": asked["start_new_session"],
        }
        self._line, self.pid = _made("programs", order, [own if own >= 0 else at for at, own in enumerate(handles)])
        self._child_created = True
        pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(asked[name] for name in pipes))  # type: ignore[attr-defined]

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._line is None:
            return super()._try_wait(wait_flags)  # type: ignore[misc]
        if wait_flags == os.WNOHANG and not select.select([self._line], [], [], 0)[0]:
            return 0, 0
        said = self._line.recv(64)
        self._line.close()
        return self.pid, int(said or signal.SIGKILL)

    def _internal_poll(self, *values: Any, **named: Any) -> int | None:
        if self._line is None:
            return super()._internal_poll(*values, **named)  # type: ignore[misc]
        if self.returncode is None and self._waitpid_lock.acquire(False):  # type: ignore[attr-defined]
            try:
                if self.returncode is None and (ended := self._try_wait(os.WNOHANG))[0]:
                    self._handle_exitstatus(ended[1])  # type: ignore[attr-defined]
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode


def _can_be_made(asked: Mapping[str, Any]) -> bool:
    """Whether that is a program of ours, begun in no way that forks cannot begin."""
    program = asked["args"]
    if isinstance(program, (str, bytes)) or not program or program[0] != sys.executable:
        return False
    words = [os.fspath(word) for word in program[1:3]]
    is_ours = words in _MODULES or any(word.endswith("scheduler.py") for word in words[:1])
    is_ours = is_ours or (words[:1] == ["-c"] and words[1].startswith(WARM))
    told = os.environ if asked["env"] is None else asked["env"]
    odd = {name for name in told.keys() | os.environ.keys() if told.get(name) != os.environ.get(name)}
    is_elsewhere = _paths(told) - _paths(os.environ) - {str(ROOT)}
    too_late = is_elsewhere or any(map(_TOO_LATE.match, odd))
    return is_ours and not too_late and not asked["preexec_fn"] and not asked["pass_fds"]


def _paths(environment: Mapping[str, str]) -> set[str]:
    return set(filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)))


def _served(path: str, arguments: Sequence[str], handles: Sequence[int]) -> int:
    """As `spawnv_passfds`: a fork server that is to know what readers know is made of one that does."""
    found = _FORK_SERVER.fullmatch(os.fsdecode(arguments[-1]))
    if found is None or ast.literal_eval(found[3]) != ["readout.reading.preload"]:
        return _spawn(path, arguments, handles)
    order = {"serve": ast.literal_eval(found[4]), "cwd": str(Path.cwd()), "environment": dict(os.environ)}
    line, pid = _made("readers", order, [0, 1, 2, *handles])
    line.close()
    return pid


def _made(kind: str, order: Mapping[str, Any], handles: Sequence[int]) -> tuple[socket.socket, int]:
    line = socket.socket(socket.AF_UNIX)
    line.connect(_addresses[kind])
    said = json.dumps(order).encode()
    socket.send_fds(line, [len(said).to_bytes(4)], handles)
    line.sendall(said)
    return line, int.from_bytes(line.recv(4, socket.MSG_WAITALL))


class _Kin:
    """The module `os` as the keeper of the fork server knows it: that is no child of ours."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    @staticmethod
    def waitpid(pid: int, flags: int) -> tuple[int, int]:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return pid, 0
        return 0, 0


# --- inside -----------------------------------------------------------------------------------------------------------


def main(kind: str, listening: str, addresses: str) -> None:
    """Make what is asked for, until nobody can ask any more."""
    _addresses.update(json.loads(addresses))
    listener = socket.socket(fileno=int(listening))
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        line = listener.accept()[0]
        _load(kind)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait
        if os.fork() == 0:
            listener.close()
            _wait_for_one(line)
        line.close()


def _wait_for_one(line: socket.socket) -> NoReturn:
    """Begin a process, say its number and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, handles, *_ = socket.recv_fds(line, 4, 16)
    order = json.loads(line.recv(min(int.from_bytes(head), _LONGEST_ORDER), socket.MSG_WAITALL))
    if (pid := os.fork()) == 0:
        line.close()
        _become(order, handles)
    os.closerange(0, line.fileno())
    os.closerange(line.fileno() + 1, 1024)
    line.sendall(pid.to_bytes(4))
    ended = os.waitpid(pid, 0)[1]
    with suppress(OSError):  # nobody may want to know
        line.sendall(str(ended).encode())
    os._exit(0)


def _become(order: Mapping[str, Any], handles: Sequence[int]) -> NoReturn:
    """Be what is ordered, with the standard streams and whatever else was handed over."""
    high = [os.dup2(handle, 500 + at) for at, handle in enumerate(handles)]
    for at, handle in enumerate(high[:3]):
        os.dup2(handle, at)
    others = [os.dup2(handle, 3 + at) for at, handle in enumerate(high[3:])]
    os.closerange(3 + len(others), 1024)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["cwd"])
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stdout.reconfigure(write_through="PYTHONUNBUFFERED" in os.environ)  # type: ignore[union-attr]
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    if "serve" in order:
        work: Callable[[], object] = lambda: multiprocessing.forkserver.main(*others, [], **order["serve"])  # noqa: E731
    else:
        _take_over()
        work = _program(order["run"])
        if order["leads"]:
            os.setsid()
    os._exit(_exit_code(work))


def _program(words: Sequence[str]) -> Callable[[], object]:
    """What Python would do with these words."""
    if words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        sys.path[0] = ""
        itself = sys.modules["__main__"] = ModuleType("__main__")
        return lambda: exec(words[1], vars(itself))
    if words[0] != "-m":
        sys.argv = list(words)
        sys.path[0] = str(Path(words[0]).resolve().parent)
        return lambda: runpy.run_path(words[0], run_name="__main__")
    sys.argv = list(words[1:])
    module = f"{words[1]}.__main__" if words[1] == "readout" else words[1]
    return lambda: runpy.run_module(module, run_name="__main__", alter_sys=True)


def _exit_code(work: Callable[[], object]) -> int:
    """Do it, and end as Python does."""
    code: object = 0
    try:
        work()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  the last to hear of it
        traceback.print_exc()
        code = 1
    if not isinstance(code, int | None):
        print(code, file=sys.stderr)
        code = 1
    with suppress(BrokenPipeError):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    return code or 0


def _load(kind: str) -> None:
    """All that a program of this kind ever loads, but for the loop of Twisted, which each chooses for itself."""
    if kind == "readers":
        import readout.reading.preload

        assert readout
        return
    import readout.cli.crawl
    import readout.workers.fleet
    from readout.workers.project import project_settings

    project_settings()
    import pipelines
    import scheduler
    import settings
    import spiders.site
    from readout.storage.database import is_there, open_database
    from tests.store import SERVER, is_on_server

    with tempfile.TemporaryDirectory() as folder:  # a new one is made by what nothing else needs
        open_database(f"sqlite:///{folder}/readout.db", create=True).close()
    if is_on_server():
        is_there(os.environ[SERVER].format("postgres"))
    gc.freeze()
    assert pipelines, (readout, scheduler, settings, spiders)
    assert "twisted.internet.reactor" not in sys.modules


if __name__ == "__main__":
    main(*sys.argv[1:])
