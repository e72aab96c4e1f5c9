"""Carries notes to Apprise's targets, in a process of its own that is ended when one of them takes too long.

It must not let a target's URL into an argument, an environment or a file: it goes over the line between the two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from readout.channels.channel import ChannelDown
from readout.channels.note import Note
from readout.environment import bare

_PROGRAM = Path(__file__).with_name("apprise_process.py")
_PATIENCE_S = 30
_LOADED_AFTER_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of a note. `words`: which service took it, or what is said instead, with the URL in it perhaps.

    `doubtful`: it may have been taken. `is_down`: the target is out of order, not this note.
    """

    is_taken: bool
    words: str
    retry: bool = True
    doubtful: bool = False
    is_down: bool = False


class Porter:
    """Has one process, from the first note on, and a new one after it had to end that."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def carry(self, url: str, note: Note) -> Carried:
        """What became of `note` at the target `url`, within a time. Raises ChannelDown where Apprise does not start."""
        line = self._line or self._start()
        job = {"url": url, "title": note.title, "text": note.text, "patience_s": int(_PATIENCE_S) + 5}
        with suppress(EOFError, OSError):  # the process died
            line.send_bytes(json.dumps(job).encode())
            if line.poll(_PATIENCE_S):
                return Carried(**json.loads(line.recv_bytes()))
            self.end()
            return _lost(f"no end of it within {_PATIENCE_S:g} s")
        self.end()
        return _lost("the process that sends it broke down")

    def end(self) -> None:
        """End the process, whatever it does; nothing it does is kept anywhere."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._line = None

    def _start(self) -> Connection:
        self._line, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, "-P", str(_PROGRAM), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a traceback may have the URL in it
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the parent, which ends its child in order
            )
        with suppress(EOFError, OSError):
            if self._line.poll(_LOADED_AFTER_S) and self._line.recv_bytes():
                return self._line
        self.end()
        raise ChannelDown("Apprise does not start: `python -c 'import apprise'` may say why")


def _lost(words: str) -> Carried:
    return Carried(is_taken=False, words=words, doubtful=True, is_down=True)


def _environment() -> dict[str, str]:
    """Ours without Readout's part, and without what would send a note, or a password for it, elsewhere."""
    kept = {name: value for name, value in bare().items() if "proxy" not in name.lower()}
    return kept | {"no_proxy": "*", "NETRC": os.devnull}
