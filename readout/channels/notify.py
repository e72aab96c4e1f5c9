"""Alerts by Apprise: Slack, Telegram, Matrix, ntfy and many more, each a target that the configuration names.

It must not let a target's URL, which is a secret, into a log, an error or the ledger.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from readout.articles.clean import clean_line
from readout.channels.channel import Accepted, ChannelDown, OutgoingMessage, Preview
from readout.channels.mail.clean import shortened
from readout.channels.note import Note, write_note
from readout.config import Config
from readout.error import ChannelError
from readout.section import TARGET_NAME

_NOT_INSTALLED = "Apprise is not installed: pip install 'readout[notify]'"
_PATIENCE_S = 30
_SHORTEST_SECRET = 4


class NotifyChannel:
    """Short messages to the targets of the configuration. A recipient is a target's name."""

    def __init__(self, config: Config) -> None:
        self._targets = config.notify.targets

    @staticmethod
    def refuse_recipient(address: str) -> str | None:
        """Why `address` is no name of a target, or None."""
        if TARGET_NAME.fullmatch(address):
            return None
        return "is no name of a target: it is made of a-z, 0-9, _ and -, and stands in [notify.targets]"

    def unready(self, address: str) -> str | None:
        """That there is no such target, or that Apprise is not installed."""
        if address not in self._targets:
            return f"is not in [notify.targets]: there is {', '.join(self._targets) or 'nothing there'}"
        return None if find_spec("apprise") else _NOT_INSTALLED

    def preview(self, message: OutgoingMessage) -> Preview:
        """The title and the text."""
        note = write_note(message)
        return Preview(note.title, note.text)

    def send(self, message: OutgoingMessage) -> Accepted:
        """Hand the note to Apprise. Raises ChannelError; ChannelDown where Apprise is not installed."""
        name = message.alert.recipient
        if why := self.refuse_recipient(name):
            raise ChannelError(f"{shortened(clean_line(name), 64)} {why}", retry=False)
        apprise = _apprise()
        if why := self.unready(name):
            raise ChannelError(f"{name} {why}", retry=False)
        return _hand_over(apprise, name, self._targets[name].get_secret_value(), write_note(message))

    def close(self) -> None:
        """Nothing is kept open."""


@cache
def _apprise() -> ModuleType:
    """The library, which takes a while to load. It and what it sends with speak of URLs: nobody hears them."""
    try:
        import apprise
    except ImportError:
        raise ChannelDown(_NOT_INSTALLED) from None
    for name in ("apprise", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    return apprise


def _hand_over(apprise: ModuleType, name: str, url: str, note: Note) -> Accepted:
    """One call for one target: Apprise says whether it worked, and writes what happened into its log."""
    service = apprise.Apprise(asset=_asset(apprise))
    if not service.add(url):
        raise ChannelError(f"the URL of the target {name} is none that Apprise knows", retry=False)
    result = service.notify(body=note.text, title=note.title, body_format=apprise.NotifyFormat.TEXT)
    if result:
        return Accepted(None, f"taken by {service[0].service_name}")
    told = _hush("; ".join(entry.message for entry in result.logs()), url)
    late = result.status is apprise.AppriseResultStatus.TIMEOUT
    raise ChannelError(f"{name}: {told or 'Apprise could not send it'}", retry=True, doubtful=late)


def _asset(apprise: ModuleType) -> Any:
    """Nothing kept on disk, no redirect followed, the text taken as it is."""
    return apprise.AppriseAsset(
        app_id="Readout",
        app_desc="Readout",
        app_url="",
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        async_mode=False,
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
        service_timeout=_PATIENCE_S,
    )


def _hush(text: str, url: str) -> str:
    """What Apprise logged, on a line and without any part of the URL."""
    parts = {part for spelling in (url, unquote(url)) for part in re.split(r"[/:@?&=#,+]+", spelling)}
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "…") if len(part) >= _SHORTEST_SECRET else text
    return shortened(clean_line(text), 200)
