"""How a process is told to end: by the first signal in order, by the second at once.

It must not end anything in order itself: whoever works looks whether it is time.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Event

SIGNALS = (signal.SIGTERM, signal.SIGINT)

_NO_SIGNAL = b"\0"


@dataclass(slots=True)
class Ending:
    """Whether this process was told to end, and by which signal first."""

    told: Event = field(default_factory=Event)
    by: int | None = None


@contextmanager
def told_to_end(ending: Ending | None = None) -> Iterator[Ending]:
    """Let SIGTERM and SIGINT (Ctrl-C) set `told`, and a second of them end the process with 128 + its number: nothing
    that is not yet stored or sent is waited for then, as when it is killed. Of the main thread alone; another is told
    nothing.

    A thread of its own hears them: an `Event` that the main thread waits for cannot be set from a signal's handler,
    which may find the main thread holding its lock.
    """
    ending = ending or Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    with ExitStack() as undo:
        heard, said = os.pipe()
        os.set_blocking(said, False)
        listener = threading.Thread(target=_listen, args=(heard, ending), name="signals", daemon=True)
        listener.start()
        undo.callback(os.close, heard)
        undo.callback(os.close, said)
        undo.callback(listener.join)
        undo.callback(os.write, said, _NO_SIGNAL)
        undo.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(said, warn_on_full_buffer=False))
        for name in SIGNALS:
            undo.callback(signal.signal, name, signal.signal(name, _let_be_heard))
        yield ending


def _let_be_heard(*_: object) -> None:
    """The number of the signal has gone to the listener already."""


def _listen(heard: int, ending: Ending) -> None:
    while (number := os.read(heard, 1)) != _NO_SIGNAL:
        if number[0] not in SIGNALS:
            continue
        if ending.told.is_set():
            os._exit(128 + number[0])
        ending.by = number[0]
        ending.told.set()
