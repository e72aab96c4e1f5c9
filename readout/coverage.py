"""How much of what is watched was seen since a moment: what a digest says beside its meetings.

It must not judge why a source was not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout.model import Source, SourceId
from readout.storage.sources import is_enabled, states
from readout.storage.troubles import checked_since, known_troubles, source_facts
from readout.trouble import TroubleKind, failing_since, key_of


def coverage_row(
    connection: Connection, sources: Mapping[SourceId, Source], since: datetime, now: datetime
) -> dict[str, Any]:
    """Of the enabled ``sources`` how many were ``checked`` since then, and which are ``down``: those that failed long
    enough to be told of, or that gave no answer since then, the longest first, with ``id``, ``name``, ``since``."""
    known = states(connection)
    enabled = {key for key, source in sources.items() if is_enabled(source, known.get(key))}
    checked = checked_since(connection, since) & enabled
    troubles = known_troubles(connection)
    down: dict[SourceId, datetime] = {}
    for facts in source_facts(connection, sources, now=now):
        told = troubles.get(key_of(TroubleKind.FAILING, facts.id))
        if facts.failures and (told or facts.id not in checked):
            down[facts.id] = told.since if told else failing_since(facts)
    rows = [
        {"id": key, "name": sources[key].name, "since": began.isoformat()}
        for key, began in sorted(down.items(), key=lambda item: (item[1], item[0]))
    ]
    return {"checked": len(checked), "sources": len(enabled), "down": rows}
