"""The link by which a reader stops alerts: made for each message, proven when it comes back, stored nowhere.

It must not hold an address: links stand in the logs of proxies and in forwarded mail, and of some channels the address
is itself a secret.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

_VERSION = "1"
_TOKEN = re.compile(r"1\.([1-9][0-9]{0,17})\.([0-9a-f]{16})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stop:
    """A reader's wish, proven to stand in a link of ours; `reader` is the mark of their address."""

    watch_id: int
    reader: str

    def is_of(self, recipient: str, key: bytes) -> bool:
        """Whether the link was made for `recipient`, in whatever case the address is written."""
        return hmac.compare_digest(self.reader, _mark(key, recipient))


def stop_url(public_url: str, key: bytes, watch_id: int, recipient: str) -> str:
    """Where `recipient` can stop the alerts of a watch. It never expires, and opens nothing else.

    `public_url`: where readers reach our web page, with or without a slash at its end.
    """
    said = f"{_VERSION}.{watch_id}.{_mark(key, recipient)}"
    return f"{public_url.rstrip('/')}/stop/{said}.{_signature(key, said)}"


def read_token(token: str, key: bytes) -> Stop | None:
    """What the last part of a stop link says, or None where we did not make it with this `key`."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[3], _signature(key, token.rpartition(".")[0])):
        return None
    return Stop(watch_id=int(found[1]), reader=found[2])


def _mark(key: bytes, recipient: str) -> str:
    """64 bits that tell the few recipients of one watch apart."""
    return _digest(key, "reader", recipient.casefold())[:16]


def _signature(key: bytes, said: str) -> str:
    """128 bits, the least of SHA-256 that RFC 2104 (5) lets stand, so that the link stays short."""
    return _digest(key, "stop", said)[:32]


def _digest(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}\0{text}".encode("utf-8", "replace"), sha256).hexdigest()
