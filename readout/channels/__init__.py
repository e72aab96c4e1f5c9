"""Ways of telling somebody: one module each, and the one table of them.

It must not decide who is told what, nor keep anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing

from readout.channels.channel import Accepted, Channel, ChannelDown, Item, Names, OutgoingMessage, Preview, StopLink
from readout.channels.email import EmailChannel
from readout.channels.notify import NotifyChannel
from readout.channels.webhook import WebhookChannel
from readout.config import Config

__all__ = [
    "CHANNELS",
    "Accepted",
    "Channel",
    "ChannelDown",
    "Item",
    "Names",
    "OutgoingMessage",
    "Preview",
    "StopLink",
    "unready",
]

CHANNELS: Mapping[str, type[Channel]] = {
    "email": EmailChannel,
    "webhook": WebhookChannel,
    "notify": NotifyChannel,
}


def unready(config: Config, channel: str, recipients: Iterable[str]) -> dict[str, str]:
    """Those of `recipients`, none of them refused, who cannot be told as we are configured, each with why."""
    with closing(CHANNELS[channel](config)) as opened:
        return {each: why for each in recipients if (why := opened.unready(each))}
