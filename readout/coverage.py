"""How much of what is watched was seen since a moment: what a digest says beside its meetings.

It must not judge why a source was not seen: `readout.diagnosis` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout.condition import Aspect, Diagnosis, SourceFacts
from readout.diagnosis import views_of
from readout.model import Source, SourceId
from readout.storage.histories import checked_since, source_facts
from readout.storage.sources import is_enabled, states
from readout.storage.troubles import KnownTrouble, known_troubles
from readout.trouble import key_of

_UNSEEN = (Aspect.LINKS, Aspect.PAGES)
"""What leaves nothing of a source to be seen: no links, or none of its pages."""


def coverage_row(
    connection: Connection, sources: Mapping[SourceId, Source], since: datetime, now: datetime
) -> dict[str, Any]:
    """Of the enabled ``sources`` how many were ``checked`` since then, and which are ``down``: of which nothing could
    be seen for long enough to be told, or that gave no answer since then, the longest first, with ``id``, ``name``,
    ``since`` and ``state`` (`readout.condition.Condition`)."""
    known = states(connection)
    enabled = {key for key, source in sources.items() if is_enabled(source, known.get(key))}
    checked = checked_since(connection, since) & enabled
    troubles = known_troubles(connection)
    down = [
        {"id": facts.id, "name": sources[facts.id].name, "since": began.isoformat(), "state": str(wrong.condition)}
        for facts in source_facts(connection, sources, now=now)
        for began, wrong in _unseen(facts, troubles, now, is_checked=facts.id in checked)
    ]
    down.sort(key=lambda row: (row["since"], row["id"]))
    return {"checked": len(checked), "sources": len(enabled), "down": down}


def _unseen(
    facts: SourceFacts, troubles: Mapping[str, KnownTrouble], now: datetime, *, is_checked: bool
) -> list[tuple[datetime, Diagnosis]]:
    """Since when nothing of a source can be seen, and why; nothing where it can be."""
    best, *_ = views_of(facts, now)
    for aspect in _UNSEEN:
        told, wrong = troubles.get(key_of(aspect, facts.id)), best.found.get(aspect)
        if wrong and (told or (aspect is Aspect.LINKS and not is_checked)):
            return [(told.since if told else wrong.since, wrong)]
    return []
