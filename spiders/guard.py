"""No request leaves for an address that is not public, whatever a page, feed, redirect or name server says.

It must not trust a name: what is checked is each address a connection would be made to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from twisted.internet._resolver import HostResolution
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped, unused-ignore]

from readout.guard import Network, is_public

log = structlog.get_logger(__name__)


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
        if not _can_be_asked_for(hostName):
            return _refuse(sieve, hostName)
        return self._system.resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)


def _can_be_asked_for(host: str) -> bool:
    """Whether it is a name at all: where it is none (``a..b``) the system's resolver would break, and never answer."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _refuse(receiver: Any, host: str) -> HostResolution:
    resolution = HostResolution(host)
    receiver.resolutionBegan(resolution)
    receiver.resolutionComplete()
    return resolution


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
