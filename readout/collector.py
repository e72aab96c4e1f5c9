"""When Python's garbage collector runs, in processes that hold much that lives for ever.

It must not know what the processes do: it only says when the collector looks, and at what.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Python's own 700 objects are the making of one page many times over: most of what each collection looks through is
# in use, and a third of a reading goes into looking. A page is freed by its counts, only cycles wait.
_THRESHOLDS = (50_000, 20, 100)


def collect_rarely() -> None:
    """Let the collector look for cycles every few pages instead of many times a page."""
    gc.set_threshold(*_THRESHOLDS)


def keep_for_ever() -> None:
    """Let the collector never again look at what lives now."""
    gc.collect()
    gc.freeze()


def sweep() -> None:
    """Let go now what only cycles keep: an error holds the frames it came through, and they hold pages."""
    gc.collect()


@contextmanager
def without_collector() -> Iterator[None]:
    """Build in peace: what is built stays, and the collector would look through all of it again and again."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()
