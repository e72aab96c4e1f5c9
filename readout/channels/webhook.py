"""Alerts as webhooks: JSON, signed as Standard Webhooks 1.0.0 says (https://www.standardwebhooks.com).

It must not reach an address that is not public, unless `alerts.allow_networks` opens it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import asdict
from typing import Any

from readout import __version__
from readout.articles.clean import harmless
from readout.channels.channel import Accepted, Item, OutgoingMessage, Preview
from readout.channels.endpoint import read_endpoint, refuse_endpoint
from readout.channels.https import Answer, post
from readout.config import Config
from readout.error import ChannelError
from readout.model import AlertKind
from readout.record import meeting_row

_TYPES = {
    AlertKind.FIRST: "meeting.first",
    AlertKind.UPDATE: "meeting.update",
    AlertKind.DIGEST: "digest",
    AlertKind.NOTICE: "notice",
    AlertKind.TEST: "test",
}
# Codes below 500 that say "not now": request timeout, too early, too many requests.
_NOT_NOW = (408, 425, 429)


class WebhookChannel:
    """POST requests to the URLs that watches name, one connection each."""

    def __init__(self, config: Config) -> None:
        self._webhook = config.webhook
        self._allowed = config.alerts.allow_networks

    @staticmethod
    def refuse_recipient(address: str) -> str | None:
        """Why nothing can be sent to the URL `address`, or None."""
        try:
            read_endpoint(address)
        except ValueError as error:
            return str(error)
        return None

    @staticmethod
    def place_of(address: str) -> str | None:
        """Its server."""
        return read_endpoint(address).place

    def unready(self, address: str) -> str | None:
        """Why the guard would refuse `address`, as far as that is known before its host is looked up."""
        return refuse_endpoint(read_endpoint(address), self._allowed)

    def preview(self, message: OutgoingMessage) -> Preview:
        """The type of the event, and the JSON."""
        return Preview(_TYPES[message.alert.kind], json.dumps(_event(message), indent=2))

    def send(self, message: OutgoingMessage) -> Accepted:
        """Post `message`. Raises ChannelError, which shows no more of the URL than its host."""
        try:
            endpoint = read_endpoint(message.alert.recipient)
        except ValueError as error:
            raise ChannelError(f"the URL of the webhook {error}", retry=False) from None
        body = json.dumps(_event(message), separators=(",", ":"), allow_nan=False).encode("ascii")
        timeout = self._webhook.timeout
        return _fate(post(endpoint, body, self._headers(message, body), allowed=self._allowed, timeout=timeout))

    def close(self) -> None:
        """Nothing is kept open."""

    def _headers(self, message: OutgoingMessage, body: bytes) -> dict[str, str]:
        """One id for all tries of an alert, and the moment of this one, both under the signature."""
        name, moment = webhook_id(message.alert.message_id), str(int(message.now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Readout/{__version__}",
            "webhook-id": name,
            "webhook-timestamp": moment,
        }
        if secret := self._webhook.secret:
            headers["webhook-signature"] = signature(secret.get_secret_value(), name, moment, body)
        return headers


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    """The header of this name: HMAC-SHA256 of id, moment and body, the key ``whsec_`` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{name}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def webhook_id(message_id: str) -> str:
    """The part of a Message-ID before its @, which stays when the sender's domain changes; without full stops."""
    return re.sub("[^A-Za-z0-9_-]", "_", message_id.strip("<>").partition("@")[0])


def _fate(answer: Answer) -> Accepted:
    code, text = answer.code, answer.text
    match code // 100:
        case 2:
            return Accepted(code, text)
        case 1:
            text = f"the answer makes no sense: {text}"
            raise ChannelError(text, retry=True, code=code, doubtful=True)
        case 3:
            raise ChannelError(f"it has moved, and is not followed: {text}", retry=False, code=code)
        case _:
            text = f"gone: remove it from its watch. {text}" if code == 410 else text
            raise ChannelError(text, retry=code >= 500 or code in _NOT_NOW, code=code)


# --- what is said ---------------------------------------------------------------------------------------------------


def _event(message: OutgoingMessage) -> dict[str, Any]:
    """What is sent. `timestamp` is when the alert came to be, on every try the same."""
    alert = message.alert
    event = {
        "type": _TYPES[alert.kind],
        "timestamp": alert.created_at.isoformat(),
        "data": _data(message),
    }
    cleaned: dict[str, Any] = _cleaned(event)
    return cleaned


def _data(message: OutgoingMessage) -> dict[str, Any]:
    alert = message.alert
    if alert.kind in (AlertKind.NOTICE, AlertKind.TEST):
        return dict(alert.content)
    if alert.kind is AlertKind.DIGEST:
        meetings = [_item_row(item) for item in message.items]
        own = {"watches": list(alert.watch_names), "day": alert.content.get("day"), "meetings": meetings}
        data = {**alert.content, **own}
    else:
        data = _item_row(message.items[0])
        data["follows"] = webhook_id(message.follows) if message.follows else None
    return data | {"stops": [asdict(stop) for stop in message.stops]}


def _item_row(item: Item) -> dict[str, Any]:
    """One meeting, and why it is told of; `matched` says by filter what matched, `changes` what an update tells."""
    return {
        "watches": list(item.alert.watch_names),
        "matched": dict(item.alert.matched),
        "changes": [asdict(change) for change in item.alert.changes],
        "meeting": meeting_row(item.meeting),
    }


def _cleaned(value: Any) -> Any:
    """`value` with harmless texts, as long as they were: the places of evidence in them stay right."""
    match value:
        case str():
            return harmless(value)
        case dict():
            return {harmless(str(name)): _cleaned(each) for name, each in value.items()}
        case list() | tuple():
            return [_cleaned(each) for each in value]
        case _:
            return value
