"""A command and all the processes that it began, found by a marker in their environment: who they are, and their ends.

It must not know what they do.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic


def victims(family: dict[int, int], who: str) -> list[int]:
    """Those of a command's processes, each with how far it is from it, that are to die."""
    by_depth = sorted(family, key=lambda pid: family[pid])
    match who:
        case "command":
            return [pid for pid in by_depth if family[pid] == 0]
        case "crawl":
            return [pid for pid in by_depth if family[pid] == 1]
        case "reader":
            return by_depth[-1:] if family[by_depth[-1]] > 1 else []
        case "some":
            return by_depth[1::2] + by_depth[:1]
        case _:
            return by_depth


def family_of(marker: str, command: int) -> dict[int, int]:
    """A command's processes, and how far each is from it."""
    parents = _marked(marker)
    family = {command: 0}
    while more := {
        pid: family[parent] + 1 for pid, parent in parents.items() if parent in family and pid not in family
    }:
        family |= more
    return family


def _marked(marker: str) -> dict[int, int]:
    """The living processes that were begun for this test, each with its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if entry.name.isdigit() and marker.encode() in (entry / "environ").read_bytes():
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                found |= {} if state == "Z" else {int(entry.name): int(parent)}
    return found


def kill(pids: Iterable[int]) -> bool:
    """Whether any of them lived."""
    lived = False
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            lived = True
    return lived


def has_ended(pid: int, within_s: float) -> bool:
    """Whether a process ends within so many seconds."""
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([ended], [], [], within_s)[0])
    finally:
        os.close(ended)


def still_there(marker: str, makers: set[int], within_s: float) -> list[int]:
    """Those begun for this test that do not end by themselves, but for who makes them."""
    until = monotonic() + within_s
    while left := [pid for pid in _marked(marker) if pid not in makers]:
        if not has_ended(left[0], max(0.0, until - monotonic())):
            return left
    return []
