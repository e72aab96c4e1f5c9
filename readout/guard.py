"""Which addresses a request may go to, whoever sends it: the crawl, a webhook.

It must not trust a name or look one up: what it judges is an address that a connection would be made to.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries, where `is_global` of older Pythons falls short.
_NEVER_PUBLIC = tuple(
    ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        *("64:ff9b:1::/48", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "::/96"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
# All that is given out (RFC 4291, 2.4): the rest leads nowhere, or is an IPv4 address in one more spelling.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def is_public(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a request may go to `address`: it is globally routable, or in a network that is `allowed`.

    An IPv6 address that carries an IPv4 one is judged by that alone (mapped, NAT64), or by both (Teredo); 6to4 is out
    of use (RFC 7526).
    """
    allowed = tuple(allowed)
    if is_inside(address, allowed):
        return True
    if isinstance(address, IPv6Address):
        if (inner := _carried(address)) is not None:
            return is_public(inner, allowed)
        if address not in _GLOBAL_UNICAST or not all(is_public(inner) for inner in address.teredo or ()):
            return False
    return address.is_global and not address.is_multicast and not is_inside(address, _NEVER_PUBLIC)


def is_inside(address: Address, networks: Iterable[Network]) -> bool:
    """Whether `address`, or the IPv4 one that it carries, lies in one of `networks`."""
    inner = _carried(address) if isinstance(address, IPv6Address) else None
    return any(address in network or (inner is not None and inner in network) for network in networks)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address behind a mapped or a NAT64 one (RFC 6052)."""
    return address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
