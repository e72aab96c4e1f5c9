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
from readout.watching import AT_ONCE, Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How things are called in a message: bodies by registry id, countries by alpha-2, cities by their English name,
    and the catalogue's sources.

    In English, and in `others` by code. What it lacks is shown as the page wrote it, or by its code.
    """

    bodies: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    cities: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[SourceId, Source] = field(default_factory=dict)
    others: Mapping[str, Names] = field(default_factory=dict)

    def said_in(self, language: str) -> Names:
        """The names in a language by its code; in English where there are none."""
        return self.others.get(language, self)


@dataclass(frozen=True, slots=True)
class Item:
    """One meeting to tell of, and the alert that says why, and of an update what changed."""

    alert: Alert
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class StopLink:
    """Where a reader ends what a watch, by its name, tells them."""

    watch: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """What is owed, and all that is needed to say it; `now` is when it is said.

    `items`: the one meeting that `alert` is about, or those of a digest; a notice has none. `related`: meetings that
    this one is perhaps, or part of, by their numbers. `delivery`: in which language and zone it is said. `follows`: the
    Message-ID of the alert that first told of the meeting, where this one is an update of it. `stops`: how its reader
    ends each watch that it names, the one that sends it first; empty where we are not reachable.
    """

    alert: Alert
    names: Names
    now: datetime
    items: tuple[Item, ...] = ()
    related: Mapping[int, Meeting] = field(default_factory=dict)
    delivery: Delivery = AT_ONCE
    follows: str | None = None
    stops: tuple[StopLink, ...] = ()

    @property
    def meeting(self) -> Meeting:
        """The meeting that an alert about one is about."""
        return self.items[0].meeting


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

    @staticmethod
    def place_of(address: str) -> str | None:
        """Where `address`, which was not refused, is told, as a ChannelError names a place that is out of order; None:
        the channel has one place for all."""

    def unready(self, address: str) -> str | None:
        """Why nobody at `address`, which was not refused, can be told as we are configured, or None. Asks nobody."""

    def preview(self, message: OutgoingMessage) -> Preview:
        """`message` as it will be sent; nothing is sent."""

    def send(self, message: OutgoingMessage) -> Accepted:
        """Hand `message` to its one recipient. Raises ChannelError; anything else says the message is at fault."""

    def close(self) -> None:
        """Take leave of the other side; never raises."""
