"""The URL of a webhook, read once and strictly: what it leads to, and how little of it is ever shown.

It must not look up a host.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from readout.channels.hush import hush
from readout.guard import Address, Network, is_inside, is_public

_LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a URL leads. `host` is plain ASCII, an IPv6 address without brackets; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_encrypted(self) -> bool:
        """Whether it is asked over TLS."""
        return self.scheme == "https"

    @property
    def is_name(self) -> bool:
        """Whether its host is looked up, so that where it leads may change."""
        return _address_in(self.host) is None

    @property
    def place(self) -> str:
        """Which server it is: its host and port."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """Host and port as the header Host has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """All that a log, an error or a ledger may say of it: the rest may hold a secret."""
        return f"{self.scheme}://{self.authority}/…"

    def hush(self, text: str) -> str:
        """`text` without what may be secret of the URL, which is all behind its host."""
        return hush(text, self.target)


def read_endpoint(url: str) -> Endpoint:
    """Where `url` leads. Raises ValueError that says what is wrong with it, without showing it."""
    if len(url) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    if not url.isprintable() or re.search(r"[\s\\<>\"'`]", url):
        raise ValueError("holds a character that no URL has: it must be percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("is no URL of a webhook: https://host/path")
    if "@" in parts.netloc:
        raise ValueError("holds a name or password before its host: a secret belongs into its path or query")
    if "#" in url:
        raise ValueError("has a part after #, which is never sent")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise ValueError("has letters beyond ASCII after its host: they must be percent-encoded")
    return Endpoint(parts.scheme, _host(parts.hostname, parts.netloc), port or _PORTS[parts.scheme], target)


def refuse_endpoint(endpoint: Endpoint, allowed: Iterable[Network]) -> str | None:
    """Why nothing would be sent there, as far as is known without looking its host up."""
    allowed = tuple(allowed)
    address = _address_in(endpoint.host)
    if address is not None:
        return refuse_address(endpoint, address, allowed)
    if not endpoint.is_encrypted and not allowed:
        return "must be https://: http:// is for hosts inside alerts.allow_networks"
    return None


def refuse_address(endpoint: Endpoint, address: Address, allowed: Iterable[Network]) -> str | None:
    """Why nothing is sent to `address`, which `endpoint`'s host has, or None."""
    allowed = tuple(allowed)
    if not is_public(address, allowed):
        return f"leads to {address}, which is not public; alerts.allow_networks opens a network"
    if not endpoint.is_encrypted and not is_inside(address, allowed):
        return f"must be https://: {address} is not inside alerts.allow_networks"
    return None


def _host(name: str, netloc: str) -> str:
    """The host in ASCII (IDNA). What stands in brackets is an IPv6 address."""
    if "[" in netloc:
        return _ipv6_host(name, netloc)
    try:
        plain = name.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise ValueError("has a host that cannot be looked up") from None
    if not _HOST_NAME.fullmatch(plain):
        raise ValueError("has a host that cannot be looked up")
    return plain


def _ipv6_host(name: str, netloc: str) -> str:
    """One without a network card's name behind a percent sign: that would lead where nobody else can look."""
    try:
        if not _BRACKETED.fullmatch(netloc):
            raise ValueError(name)
        return str(ipaddress.IPv6Address(name))
    except ValueError:
        raise ValueError("has a host in brackets that is no IPv6 address") from None


def _address_in(host: str) -> Address | None:
    """The address that `host` is in any spelling (``127.1``, ``0x7f000001``, ``2130706433``), None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
