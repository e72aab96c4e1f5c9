"""An alert as a row.

It must not show what may be a secret: of a webhook's address the host alone.
"""

from __future__ import annotations

from dataclasses import asdict

from readout.model import Alert
from readout.recipient import shown_recipient
from readout.record import Row


def alert_row(alert: Alert) -> Row:
    """It as `readout --json alerts list` has it."""
    row = {name: getattr(alert, name) for name in alert.__dataclass_fields__}
    said = {"recipient": shown_recipient(alert.recipient), "changes": [asdict(change) for change in alert.changes]}
    return row | said
