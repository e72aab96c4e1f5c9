"""A source as a row: what it is and how it stands.

It must not judge how it stands: the roll call does.
"""

from __future__ import annotations

from readout.model import Source
from readout.record import Row, moment_text
from readout.roll_call import Standing


def source_row(source: Source, standing: Standing) -> Row:
    """The source as `readout --json source list` has it."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "country": source.country,
        "languages": list(source.languages),
        "enabled": standing.enabled,
        "checked": source.checked,
        "state": standing.state,
        "why": standing.why,
        "next_due": moment_text(standing.next_due),
        "waiting_until": moment_text(standing.waiting_until),
        "last_news": moment_text(standing.last_news),
        "places": standing.places,
        "robots": "ignored" if source.access.ignores_robots else "obeyed",
    }
