"""What every way of telling somebody has in common.

It must not know a way: each is a module of its own beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from readout.config import Config
from readout.error import ChannelError
from readout.model import Alert, Meeting, Source, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How things are called in a message: bodies by registry id, countries by alpha-2, and the catalogue's sources.

    What it lacks is shown as the page wrote it, or by its code.
    """

    bodies: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[SourceId, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """What is owed, and all that is needed to say it; `now` is when it is said.

    `follows`: the Message-ID of the alert that first told of the meeting, where this one is an update of it.
    """

    alert: Alert
    meeting: Meeting
    names: Names
    now: datetime
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took it: its code and its words."""

    code: int | None
    text: str


class ChannelDown(ChannelError):
    """The channel is out of service, whatever the message: nothing else need be tried on it now."""

    def __init__(self, text: str, *, code: int | None = None) -> None:
        super().__init__(text, retry=True, code=code)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as a reader without markup sees it."""

    subject: str
    text: str


class Channel(Protocol):
    """A way of telling somebody. Opened for one round of sending, used for many messages, closed at its end."""

    def __init__(self, config: Config) -> None: ...

    @staticmethod
    def refuse_recipient(address: str) -> str | None:
        """Why nobody can be told at `address`, or None."""

    def preview(self, message: OutgoingMessage) -> Preview:
        """`message` as it will be sent; nothing is sent."""

    def send(self, message: OutgoingMessage) -> Accepted:
        """Hand `message` to its one recipient. Raises ChannelError; anything else says the message is at fault."""

    def close(self) -> None:
        """Take leave of the other side; never raises."""
