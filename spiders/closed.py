"""Pages that a host would not give, while it is not clear whether it is busy or shut.

It must not ask or settle anything: it says which links may be given their fate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from readout.intake import DueLink
from readout.model import Outcome

REFUSING = (403, 503)
"""Answers that may mean this page, or that the host has had enough of us; 429 always means the latter."""

Held = tuple[DueLink, Outcome]


@dataclass(slots=True)
class ClosedDoors:
    """The refusals of one crawl. A host that gave pages and then gives none is busy: what it refused last stays to be
    visited. One that gave none at all is shut: each page has its fate, or a wall would never be seen.
    """

    _held: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    _open: set[str] = field(default_factory=set)

    def answered(self, host: str) -> Sequence[Held]:
        """Note that `host` gave an answer; those to settle now: what it refused before was about these pages alone."""
        self._open.add(host)
        return self._held.pop(host, [])

    def refused(self, host: str, due: DueLink, fate: Outcome, *, is_last: bool) -> Sequence[Held]:
        """Note that `host` refused a page; `is_last`: it is not asked any more. Those to settle now."""
        self._held[host].append((due, fate))
        if not is_last:
            return []
        held = self._held.pop(host)
        return [] if host in self._open else held

    def rest(self) -> Sequence[Held]:
        """Those to settle when the crawl is over."""
        held = [one for some in self._held.values() for one in some]
        self._held.clear()
        return held
