"""A PostgreSQL server of the tests' own: its own folder, reached by a socket in it alone, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# What a power cut would lose nobody will miss.
_CONFIG = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
shared_buffers = 128MB
timezone = 'Asia/Baku'
"""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest where there are several; None: it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return by_version[-1].parent if by_version else None


class Server:
    """A server over `folder`, made there if there is none, that can be stopped and started again."""

    def __init__(self, folder: Path, *, more: str = "") -> None:
        self._bin = programs()
        assert self._bin is not None, "PostgreSQL is installed"
        self._folder, self._data = folder, folder / "data"
        self._user = _owner()
        if not self._data.exists():
            self._make(more)

    def _make(self, more: str) -> None:
        self._folder.chmod(0o755)
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run(
            "initdb", "-D", str(self._data), "-U", "readout", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"
        )
        with (self._data / "postgresql.conf").open("a") as config:
            config.write(f"{_CONFIG}unix_socket_directories = '{self._folder}'\n{more}")

    def start(self) -> None:
        """Until it answers."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "start")

    def stop(self, how: str = "immediate") -> None:
        """As `pg_ctl` calls it: "immediate" is what a crash is, "fast" cuts who is connected."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", how, "stop")

    def url(self, database: str) -> str:
        """Of a database of it."""
        return f"postgresql+psycopg://readout@/{database}?host={quote(str(self._folder), safe='')}"

    def make(self, database: str) -> None:
        """An empty database of the order that ours must have."""
        self._run("createdb", "-h", str(self._folder), "-U", "readout", "-T", "template0", database)

    def pid(self) -> int:
        """Of its first process."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def _run(self, program: str, *arguments: str) -> None:
        assert self._bin is not None
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [self._bin / program, *arguments],
            check=False,
            user=self._user,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def _owner() -> str | None:
    """Who runs it: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if any(name == entry.pw_name for entry in pwd.getpwall()))


def _in_memory() -> Path | None:
    """Where what is written waits for no disk that others write to, if there is room: every store takes 8 MB."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30 else None


@contextmanager
def server(*, more: str = "") -> Iterator[Server]:
    """One that runs meanwhile; `more` for its configuration."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir=_in_memory()) as folder:
        made = Server(Path(folder), more=more)
        made.start()
        try:
            yield made
        finally:
            try:
                made.stop()
            except (AssertionError, OSError):
                os.kill(made.pid(), signal.SIGQUIT)
