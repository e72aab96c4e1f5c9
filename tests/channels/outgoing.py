"""Messages of every kind, as the outbox hands them to a channel."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from readout.channels import Item, Names, OutgoingMessage
from readout.channels.trial import trial
from readout.model import Alert, AlertKind, AlertState, Meeting
from readout.watching import Change
from tests.telling import NOW, meeting

FIRST_ID = "<0123456789abcdef@example.org>"


def alert(recipient: str, kind: AlertKind = AlertKind.FIRST, **changes: Any) -> Alert:
    """An alert that is being sent."""
    fields: dict[str, Any] = {
        "id": 1,
        "meeting_id": 1,
        "watch_names": ("chiefs",),
        "recipient": recipient,
        "channel": "any",
        "kind": kind,
        "revision": 0,
        "state": AlertState.SENDING,
        "message_id": FIRST_ID,
        "attempts": 1,
        "created_at": NOW,
        "matched": {"person": "Alexander Bortnikov"},
        "watch_id": 1,
    }
    return Alert(**fields | changes)


def first(recipient: str, told: Meeting | None = None, **changes: Any) -> OutgoingMessage:
    """A meeting that is told of for the first time."""
    owed = alert(recipient, **changes)
    return OutgoingMessage(alert=owed, items=(Item(owed, told or meeting()),), names=Names(), now=NOW)


def update(recipient: str) -> OutgoingMessage:
    """A city that was corrected."""
    change = Change(fact="city", before="Almaty", after="Astana")
    owed = alert(recipient, AlertKind.UPDATE, revision=1, changes=(change,), message_id="<update@example.org>")
    return replace(first(recipient), alert=owed, items=(Item(owed, meeting()),), follows=FIRST_ID)


def digest(recipient: str) -> OutgoingMessage:
    """Two meetings in one message."""
    content = {"reason": "daily", "day": "2024-10-05", "count": 2}
    owed = alert(
        recipient, AlertKind.DIGEST, meeting_id=None, period="2024-10-05", content=content, message_id="<digest@e.org>"
    )
    items = tuple(Item(alert(recipient, id=number), meeting(number=number)) for number in (2, 3))
    return OutgoingMessage(alert=owed, items=items, names=Names(), now=NOW + timedelta(days=1))


def tried(recipient: str) -> OutgoingMessage:
    """What somebody who tries a channel gets."""
    return trial("any", recipient, now=NOW)


def notice(recipient: str) -> OutgoingMessage:
    """Trouble that the operator is told of."""
    content = {"subject": "source down: palace", "lines": ["no answer since 4 October", "readout source check palace"]}
    owed = alert(
        recipient,
        AlertKind.NOTICE,
        meeting_id=None,
        watch_id=None,
        watch_names=(),
        matched={},
        content=content,
        message_id="<notice@example.org>",
    )
    return OutgoingMessage(alert=owed, names=Names(), now=NOW)
