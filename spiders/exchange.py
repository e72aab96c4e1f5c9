"""What went over the line beside a page's bytes, as far as Scrapy knows it.

It must not keep more of it than an honest server sends.
"""

from __future__ import annotations

from itertools import islice

from scrapy.http import Headers, Response

from readout.exchange import Exchange

_MOST_FIELDS = 256
_MOST_CHARACTERS = 64 * 1024


def exchange_of(response: Response) -> Exchange:
    """The header fields of an answer and of the request that it answers, and where it came from."""
    return Exchange(
        headers=_fields(response.headers),
        request=_fields(response.request.headers) if response.request else (),
        protocol=response.protocol or "HTTP/1.1",
        address=str(response.ip_address) if response.ip_address else None,
    )


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The first of them: Scrapy keeps no order among fields of different names."""
    told: list[tuple[str, str]] = []
    left = _MOST_CHARACTERS
    every = ((name, value) for name, values in headers.items() for value in values)
    for name, value in islice(every, _MOST_FIELDS):
        left -= len(name) + len(value)
        if left < 0:
            break
        told.append((name.decode("latin-1"), value.decode("latin-1")))
    return tuple(told)
