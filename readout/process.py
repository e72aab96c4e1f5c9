"""Which process holds something, so that what a dead one held need not be waited for.

It must not end a process or wait for one.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """A name that no other process has, nor will a later one that is given the same number."""
    return "/".join((*_machine(), str(os.getpid()), _started(os.getpid())))


def is_gone(name: str) -> bool:
    """Whether the process that called itself `name` is certainly dead; False for one that cannot be seen from here."""
    parts = tuple(name.split("/"))
    if len(parts) != 5 or parts[:3] != _machine() or not parts[3].isdigit():
        return False
    try:
        os.kill(int(parts[3]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _started(int(parts[3])) != parts[4]


def is_here(name: str) -> bool:
    """Whether the process that called itself `name` runs or ran on this machine since it was last started, be it in
    another container, where it cannot be seen."""
    _, boot, _ = _machine()
    parts = name.split("/")
    return len(parts) == 5 and bool(boot) and parts[1] == boot


def has_restarted(name: str) -> bool:
    """Whether the machine of `name` is this one by its host's name, and was started anew since."""
    host, boot, _ = _machine()
    parts = name.split("/")
    return len(parts) == 5 and bool(boot) and bool(parts[1]) and parts[0] == host and parts[1] != boot


def _machine() -> tuple[str, str, str]:
    """Host, boot and process namespace: inside one of these a process number means one process at a time."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = str((_PROC / "self/ns/pid").readlink())
    except OSError:  # no Linux
        boot = namespace = ""
    return socket.gethostname().replace("/", ""), boot, namespace.replace("/", "")


def _started(pid: int) -> str:
    """When the process started, in clock ticks since boot (proc(5), field 22 of stat); empty where unknown."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    # the second field, the program's name, may hold anything, also spaces and parentheses
    return stat.rpartition(")")[2].split()[19]
