"""Three requests to one name through the crawl's guard, where a name server of ours answers.

    python -m tests.spiders.resolved '[["127.0.0.3", "127.0.0.2"]]'

Prints how often the trap (127.0.0.3) and its neighbour (127.0.0.2, the only network that is opened) were reached, and
how often the name was looked up.
"""

from __future__ import annotations

import asyncio
import json
import sys
from ipaddress import ip_network
from typing import Any

from twisted.internet import asyncioreactor
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

asyncioreactor.install(asyncio.new_event_loop())

from twisted.internet import reactor  # noqa: E402  once it is chosen
from twisted.internet.address import IPv4Address, IPv6Address  # noqa: E402
from twisted.internet.defer import Deferred, inlineCallbacks  # noqa: E402
from twisted.internet.error import DNSLookupError  # noqa: E402
from twisted.internet.protocol import Factory, Protocol  # noqa: E402
from twisted.web.client import Agent  # noqa: E402

from readout.logs import configure_logs  # noqa: E402
from spiders.guard import Guard  # noqa: E402

TRAP, NEIGHBOUR = "127.0.0.3", "127.0.0.2"
_TRIES = 3
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@implementer(IHostnameResolver)
class NameServer:
    """Answers each look-up with the next list of addresses, the last one for ever."""

    def __init__(self, answers: list[list[str]]) -> None:
        self._answers = answers
        self.lookups = 0

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any) -> Any:  # noqa: N802
        addresses = self._answers[min(self.lookups, len(self._answers) - 1)]
        self.lookups += 1
        receiver.resolutionBegan(self)
        for address in addresses:
            sort = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(sort("TCP", address, port))
        receiver.resolutionComplete()
        return self


class _Site(Protocol):
    def connectionMade(self) -> None:  # noqa: N802
        self.factory.reached += 1

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if b"\r\n\r\n" in data:
            self.transport.write(_ANSWER)
            self.transport.loseConnection()


def _serve(address: str, port: int) -> tuple[Any, int]:
    site = Factory.forProtocol(_Site)
    site.reached = 0
    return site, reactor.listenTCP(port, site, interface=address).getHost().port


@inlineCallbacks
def ask(names: NameServer) -> Deferred[dict[str, int]]:
    """What came of three requests."""
    neighbour, port = _serve(NEIGHBOUR, 0)
    trap, _ = _serve(TRAP, port)
    reactor.installNameResolver(names)
    Guard(reactor, [ip_network(f"{NEIGHBOUR}/32")]).install_on_reactor()
    agent = Agent(reactor, connectTimeout=5)
    for _ in range(_TRIES):
        try:
            yield agent.request(b"GET", f"http://news.example.org:{port}/".encode())
        except DNSLookupError as error:
            print(error, file=sys.stderr)
    return {"trapped": trap.reached, "reached": neighbour.reached, "lookups": names.lookups}


def main() -> None:
    """Ask, print, end."""
    configure_logs("CRITICAL")
    reactor.callWhenRunning(_ask_and_end, NameServer(json.loads(sys.argv[1])))
    reactor.run()


def _ask_and_end(names: NameServer) -> None:
    asked = ask(names)
    asked.addCallback(lambda seen: print(json.dumps(seen)))
    asked.addErrback(lambda failure: print(failure, file=sys.stderr))
    asked.addBoth(lambda _: reactor.stop())


if __name__ == "__main__":
    main()
