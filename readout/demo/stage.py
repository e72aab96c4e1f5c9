"""The stage of the demonstration: the miniature web served, a mail sink, and the real command `readout` set upon them.

It must not look into the database: what it learns, it learns from the command line, as anybody could.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readout.demo.render import render
from readout.demo.server import SiteServer
from readout.demo.sink import MailSink
from readout.demo.web import Site, Story, Web, Wish, source_toml
from readout.error import ReadoutError

_CONFIG = """\
# Only what differs from a real run: where the sites, the data and the mail server are, and that
# old news may still be told, since the events of the miniature web lie years back.
data_dir = "data"
sources = ["sources"]

[mail]
host = "{host}"
port = {port}
security = "none"
from = "Readout <readout@example.org>"

[alerts]
max_age_days = 0

[crawl]
contact = "demo@example.org"
per_host_delay = 0
allow_networks = ["127.0.0.0/8"]
"""
_PATIENCE_S = 300  # for one command
_USUAL_PORT = 8080
_LOOKS_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder with a configuration and sources of its own, beside the running servers."""

    web: Web
    folder: Path
    server: SiteServer
    sink: MailSink

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "readout.toml"

    def set_up(self) -> None:
        """Put the sites up as they are in the first poll, and write configuration and sources."""
        sources = self.folder / "sources"
        sources.mkdir()
        for site in self.web.sites:
            base = self.base(site)
            self.server.host(site.id, render(site, base, 1), render(site, base, 2))
            (sources / f"{site.id}.toml").write_text(source_toml(site, base), encoding="utf-8")
        self.config.write_text(_CONFIG.format(host=self.sink.host, port=self.sink.port), encoding="utf-8")

    def base(self, site: Site) -> str:
        """Where `site` is served, no slash at the end."""
        return self.server.url(site.id, "")

    def url(self, site: Site, story: Story) -> str:
        """The address of a story."""
        return self.base(site) + site.path(story)

    def add_watch(self, wish: Wish) -> None:
        """`readout watch add`."""
        self.run("watch", "add", *wish.arguments())

    def poll(self, number: int) -> None:
        """`readout crawl`, with the sites as they are in poll `number`; its progress bar is seen."""
        self.server.set_phase(number)
        self.run("crawl", shows_progress=True)

    def ask(self, *arguments: str) -> Any:
        """What ``readout --json …`` answers. The health check may end with 1: it has told what it found by then."""
        return json.loads(self.run("--json", *arguments, codes=(0, 1)))

    def export(self, kind: str) -> list[Any]:
        """The rows of ``readout export …``."""
        return [json.loads(line) for line in self.run("export", kind, "--format", "jsonl").splitlines()]

    @contextmanager
    def page(self) -> Iterator[str]:
        """`readout web` while it lasts; where it is. Raises ReadoutError when it does not come up."""
        port = _free_port()
        process = subprocess.Popen(  # noqa: S603  (our own command, our own arguments)
            [sys.executable, "-m", "readout", "--config", str(self.config), "web"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment() | {"READOUT_WEB__PORT": str(port)},
        )
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(_PATIENCE_S)

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,), shows_progress: bool = False) -> str:
        """What ``readout …`` prints. Raises ReadoutError when it ends with another code than `codes`.

        `shows_progress`: what it says beside that, and its progress bar, go where ours go.
        """
        done = subprocess.run(  # noqa: S603  (our own command, our own arguments)
            [sys.executable, "-m", "readout", "--config", str(self.config), *arguments],
            stdout=subprocess.PIPE,
            stderr=None if shows_progress else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=_environment(),
            timeout=_PATIENCE_S,
            check=False,
        )
        if done.returncode not in codes:
            raise ReadoutError(
                f"`readout {' '.join(arguments)}` ended with {done.returncode}:\n{(done.stderr or '').strip()}"
            )
        return done.stdout


def _free_port() -> int:
    """The usual port of the web page, else one that is free."""
    for port in (_USUAL_PORT, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as found:
            return int(found.getsockname()[1])
    raise ReadoutError("no port is free for the web page")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it answers there."""
    until = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(_LOOKS_EVERY_S)
    raise ReadoutError("`readout web` did not come up")


def _environment() -> dict[str, str]:
    """Ours, without settings meant for a real run."""
    kept = {name: value for name, value in os.environ.copy().items() if not name.startswith("READOUT_")}
    return {**kept, "PYTHONIOENCODING": "utf-8"}
