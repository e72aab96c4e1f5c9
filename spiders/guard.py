"""No request leaves for an address that is not public, whatever a page, feed, redirect or name server says.

It must not trust a name: what is checked is each address a connection would be made to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import structlog
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped, unused-ignore]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries, where `is_global` of older Pythons falls short.
_NEVER_PUBLIC = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2002::/16", "3fff::/20", "fec0::/10", "::/96")
)
_NAT64 = IPv6Network("64:ff9b::/96")

log = structlog.get_logger(__name__)


def is_public(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a request may go to `address`: it is globally routable, or in a network that is `allowed`.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, Teredo) is judged by both; 6to4 is out of use (RFC 7526).
    """
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address):
        if (inner := address.ipv4_mapped or _translated(address)) is not None:
            return is_public(inner, allowed)
        if not all(is_public(inner) for inner in address.teredo or ()):
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER_PUBLIC)


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address behind a NAT64 one (RFC 6052)."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


@implementer(IHostnameResolver)
class Guard:
    """Scrapy's resolver (TWISTED_DNS_RESOLVER): asks the system's, and passes on public addresses alone.

    Twisted asks it for numeric hosts too. A host without a public address looks like one that does not exist.
    """

    def __init__(self, reactor: Any, allowed: Iterable[Network]) -> None:
        self._reactor = reactor
        self._system = reactor.nameResolver
        self._allowed = tuple(allowed)

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Guard:
        """A guard that lets through what the setting READOUT_ALLOW_NETWORKS names; `crawler` has `settings`."""
        return cls(reactor, map(ip_network, crawler.settings.getlist("READOUT_ALLOW_NETWORKS")))

    def install_on_reactor(self) -> None:
        """Stand between every connection of this process and the system's resolver."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """As `IHostnameResolver`: tells `resolutionReceiver` each address that may be connected to."""
        sieve = _Sieve(resolutionReceiver, hostName, self._allowed)
        return self._system.resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Sieve:
    """Hands on what `is_public`, and tells of what is not."""

    def __init__(self, receiver: Any, host: str, allowed: Iterable[Network]) -> None:
        self._receiver = receiver
        self._host = host
        self._allowed = allowed

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(ip_address(address.host.partition("%")[0]), self._allowed):
            self._receiver.addressResolved(address)
        else:
            log.warning("address_refused", host=self._host, address=address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
