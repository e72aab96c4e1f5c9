"""Ways of telling somebody: one module each, and the one table of them.

It must not decide who is told what, nor keep anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from readout.channels.channel import Accepted, Channel, ChannelDown, Names, OutgoingMessage, Preview
from readout.channels.email import EmailChannel

__all__ = ["CHANNELS", "Accepted", "Channel", "ChannelDown", "Names", "OutgoingMessage", "Preview"]

CHANNELS: Mapping[str, type[Channel]] = {
    "email": EmailChannel,
}
