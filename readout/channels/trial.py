"""A message that says that messages arrive.

It must not be owed to anybody: it leaves once, because somebody asked for it, and is nowhere kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from readout.channels.channel import Names, OutgoingMessage
from readout.model import Alert, AlertKind, AlertState
from readout.recipient import shown_recipient
from readout.section import NO_DOMAIN

_LINES = (
    "This is a test message to {to}: alerts of Readout arrive here.",
    "When a meeting you watch for is reported, one will say which, where and when, who took part, and who reports it.",
)


def trial(channel: str, recipient: str, *, now: datetime, domain: str = NO_DOMAIN) -> OutgoingMessage:
    """The test message to `recipient`; its Message-ID ends in `domain`, and is another at another time."""
    key = hashlib.sha256(f"{recipient}{now.isoformat()}".encode("utf-8", "replace")).hexdigest()[:32]
    alert = Alert(
        id=0,
        meeting_id=None,
        watch_names=(),
        recipient=recipient,
        channel=channel,
        kind=AlertKind.TEST,
        revision=0,
        state=AlertState.SENDING,
        message_id=f"<test-{key}@{domain}>",
        attempts=1,
        created_at=now,
        content={
            "subject": "a test message",
            "lines": [line.format(to=shown_recipient(recipient)) for line in _LINES],
        },
    )
    return OutgoingMessage(alert=alert, names=Names(), now=now)
