"""What went over the line beside a page's bytes, as far as Scrapy knows it.

It must not judge it: how much of it is kept, the archive says.
"""

from __future__ import annotations

from scrapy.http import Headers, Response

from readout.exchange import Exchange


def exchange_of(response: Response) -> Exchange:
    """The header fields of an answer and of the request that it answers, and where it came from."""
    return Exchange(
        headers=_fields(response.headers),
        request=_fields(response.request.headers) if response.request else (),
        protocol=response.protocol or "HTTP/1.1",
        address=str(response.ip_address) if response.ip_address else None,
    )


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Scrapy keeps no order among fields of different names."""
    every = ((name, value) for name, values in headers.items() for value in values)
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in every)
