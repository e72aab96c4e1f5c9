"""What a robots.txt allows (RFC 9309).

It must not fetch: `manners` does, and says here what came.
"""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

ROBOT_NAME = "readout"
"""The product token that a robots.txt may name."""

_MOST_BYTES = 512_000  # RFC 9309 §2.5 wants at least 500 KiB to be read


@dataclass(frozen=True, slots=True)
class Rules:
    """Where we may go on a host. `refusal` is why we may go nowhere; without it and without `parsed`, anywhere."""

    parsed: Protego | None = None
    refusal: str | None = None

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched."""
        return self.refusal is None and (self.parsed is None or self.parsed.can_fetch(url, ROBOT_NAME))

    @property
    def crawl_delay(self) -> float:
        """Seconds between two requests that the host asks for; 0 where it does not."""
        delay = self.parsed.crawl_delay(ROBOT_NAME) if self.parsed else None
        return float(delay or 0)


def rules_of(status: int, body: bytes) -> Rules:
    """The rules in an answer to /robots.txt: unavailable means free to go, a server in trouble means stay away.

    429 is taken for trouble: RFC 9309 §2.3.1.3 would let us go on, but a host that says "too many" means it.
    """
    if status == 429 or status >= 500:
        return Rules(refusal=f"robots.txt answered {status}, which means to stay away for now")
    if not 200 <= status < 300:
        return Rules()
    return Rules(parsed=Protego.parse(body[:_MOST_BYTES].decode("utf-8-sig", "ignore")))
