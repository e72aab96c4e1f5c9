"""Moments at which a test may have a process killed that works: before a commit, after the final dot of a mail.

It must not do anything unless the environment asks for it and consents to it, in two variables.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

VARIABLE = "READOUT_FAILPOINT"
"""``commit.before:2``: the process that comes to this moment for the second time is killed, by itself, with SIGKILL."""
CONSENT = "READOUT_FAILPOINT_CONSENT"
"""Without ``kill`` in it the other is refused: who runs a service that dies by itself has forgotten a variable."""
NOTES = "READOUT_FAILPOINT_NOTES"
"""A file to which each moment's name is written when a process comes to it for the first time; ``killed at`` it."""

_CONSENT = "kill"
_LONGEST_INSIDE_NS = 4_000_000  # a commit that waits for the disk takes about so long


class Step(StrEnum):
    """What is done between two moments. A `reader` is the process that reads, `reading` what its crawl waits for."""

    DISCOVERY = "discovery"
    FETCH = "fetch"
    READING = "reading"
    READER = "reader"
    DOT = "dot"
    CLAIM = "claim"
    RELEASE = "release"
    CRAWL_BEGIN = "crawl-begin"
    CRAWL_END = "crawl-end"
    LINKS = "links"
    WHOLE = "whole"
    OLDER = "older"
    SETTLE = "settle"
    PAGE = "page"
    SENDER = "sender"
    MARK = "mark"


class Moment(StrEnum):
    """When in a step. `INSIDE`, of transactions alone: while it commits, or just after."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


TRANSACTIONS = frozenset(list(Step)[list(Step).index(Step.CLAIM) :])
"""The steps that are a transaction: all is written `BEFORE`, and lasts `AFTER`."""

NAMES = frozenset(
    f"{step}.{moment}" for step in Step for moment in Moment if moment is not Moment.INSIDE or step in TRANSACTIONS
)
"""Every failpoint, as `VARIABLE` names it."""


@dataclass(slots=True)
class _Armed:
    """What this process waits for."""

    name: str
    count: int
    notes: Path | None
    reached: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


_armed: _Armed | None = None


def arm() -> None:
    """Heed the environment of this process, if it consents; each process that is to die calls it when it begins."""
    global _armed  # noqa: PLW0603  (one answer for the whole process, like the environment it comes from)
    environment = os.environ.copy()
    _armed = None
    if environment.get(CONSENT) == _CONSENT and not faults(environment):
        name, _, count = environment.get(VARIABLE, "").partition(":")
        notes = environment.get(NOTES)
        if name or notes:
            _armed = _Armed(name, int(count or 1), Path(notes) if notes else None)


def reach(step: Step, moment: Moment) -> None:
    """Come to a moment, perhaps the last."""
    if _armed is not None:
        _come_to(_armed, f"{step}.{moment}", moment)


def faults(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with an environment that asks for a failpoint, for whoever set it."""
    asked = environment.get(VARIABLE)
    if not asked:
        return []
    name, _, count = asked.partition(":")
    if environment.get(CONSENT) != _CONSENT:
        return [f"environment {VARIABLE} kills this process, for tests: take it away"]
    if name not in NAMES or not (count or "1").isdecimal() or not 0 < int(count or 1) < 10**6:
        return [f"environment {VARIABLE}: {asked!r} is no failpoint: {', '.join(sorted(NAMES))}, then perhaps :2"]
    return []


def handed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment a process that is begun by this one must know, to die in its place."""
    return {name: environment[name] for name in (VARIABLE, CONSENT, NOTES) if name in environment}


def _come_to(armed: _Armed, name: str, moment: Moment) -> None:
    with armed.lock:
        armed.reached[name] += 1
        times = armed.reached[name]
    if times == 1:
        _note(armed, name)
    if (name, times) != (armed.name, armed.count):
        return
    _note(armed, f"killed at {name}")
    if moment is not Moment.INSIDE:
        _die()
    threading.Thread(target=_die_soon, daemon=True).start()


def _note(armed: _Armed, words: str) -> None:
    if armed.notes is not None:
        with armed.notes.open("a", encoding="ascii") as notes:
            notes.write(f"{words}\n")


def _die_soon() -> None:
    """Die while whoever called goes on: where in it is left to chance."""
    time.sleep(time.monotonic_ns() % _LONGEST_INSIDE_NS / 1e9)
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
