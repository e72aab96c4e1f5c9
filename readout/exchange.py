"""What passes between us and a server beside a page's bytes.

It must not do anything.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What went over the line beside a page's bytes: header fields in their order, as ISO 8859-1 has their bytes.

    `request` is empty where it is not known, `protocol` as in ``HTTP/1.1``, `address` that of the server.
    """

    headers: tuple[tuple[str, str], ...]
    request: tuple[tuple[str, str], ...] = ()
    protocol: str = "HTTP/1.1"
    address: str | None = None
