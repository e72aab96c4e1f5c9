"""What a process that is begun by this one is told of the environment: nothing of Readout's, where secrets stand.

It must not read a setting: `readout.config` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from readout.failpoint import handed_on

PREFIX = "READOUT_"
"""How the variables that are ours begin, in capitals or not."""


def bare() -> dict[str, str]:
    """Our environment without what is Readout's, but for a test's wish that a process die."""
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    return others | handed_on(os.environ)


@contextmanager
def laid_bare() -> Iterator[None]:
    """Begin a process inside, where that is not for us to say what environment it gets: it gets a bare one."""
    taken = {name: os.environ[name] for name in os.environ.keys() - bare().keys()}
    for name in taken:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(taken)
