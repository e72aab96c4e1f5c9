"""Alerts by Apprise: Slack, Telegram, Matrix, ntfy and many more, each a target that the configuration names.

It must not let a target's URL, which is a secret, into a log, an error or the ledger.
"""

from __future__ import annotations

from importlib.util import find_spec

from readout.articles.clean import clean_line
from readout.channels.channel import Accepted, ChannelDown, OutgoingMessage, Preview
from readout.channels.hush import hush
from readout.channels.mail.clean import shortened
from readout.channels.note import write_note
from readout.channels.porter import Porter
from readout.config import Config
from readout.error import ChannelError
from readout.section import TARGET_NAME

_NOT_INSTALLED = "Apprise is not installed: pip install 'readout[notify]'"


class NotifyChannel:
    """Short messages to the targets of the configuration. A recipient is a target's name."""

    def __init__(self, config: Config) -> None:
        self._targets = config.notify.targets
        self._porter = Porter()

    @staticmethod
    def refuse_recipient(address: str) -> str | None:
        """Why `address` is no name of a target, or None."""
        if TARGET_NAME.fullmatch(address):
            return None
        return "is no name of a target: it is made of a-z, 0-9, _ and -, and stands in [notify.targets]"

    @staticmethod
    def place_of(address: str) -> str | None:
        """The target itself."""
        return address

    def unready(self, address: str) -> str | None:
        """That there is no such target, or that Apprise is not installed."""
        if address not in self._targets:
            return f"is not in [notify.targets]: there is {', '.join(self._targets) or 'nothing there'}"
        return None if _is_installed() else _NOT_INSTALLED

    def preview(self, message: OutgoingMessage) -> Preview:
        """The title and the text."""
        note = write_note(message)
        return Preview(note.title, note.text)

    def send(self, message: OutgoingMessage) -> Accepted:
        """Hand the note to Apprise. Raises ChannelError; ChannelDown where Apprise is not installed."""
        name = message.alert.recipient
        if why := self.refuse_recipient(name):
            raise ChannelError(f"{shortened(clean_line(name), 64)} {why}", retry=False)
        if not _is_installed():
            raise ChannelDown(_NOT_INSTALLED)
        if why := self.unready(name):
            raise ChannelError(f"{name} {why}", retry=False)
        return self._hand_over(name, self._targets[name].get_secret_value(), message)

    def close(self) -> None:
        """End the process that Apprise runs in."""
        self._porter.end()

    def _hand_over(self, name: str, url: str, message: OutgoingMessage) -> Accepted:
        carried = self._porter.carry(url, write_note(message))
        words = _hush(carried.words, url)
        if carried.is_taken:
            return Accepted(None, f"taken by {words}")
        text = f"{name}: {words or 'Apprise could not send it'}"
        place = name if carried.is_down else None
        raise ChannelError(text, retry=carried.retry, doubtful=carried.doubtful, place=place)


def _is_installed() -> bool:
    return find_spec("apprise") is not None


def _hush(text: str, url: str) -> str:
    """What Apprise said, on a line and without any part of the URL behind its scheme."""
    return shortened(hush(clean_line(text), url.partition("://")[2]), 200)
