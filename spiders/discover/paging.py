"""The addresses of a place's pages, from the newest on.

It must not fetch or look at the clock, and does not know where the pages end: whoever asks for them bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from urllib.parse import quote

from readout.discovery import Feed, JsonApi, Listing, Place

_EARLIEST = date(1990, 1, 1)  # no site has pages of days before the web
_DAY = re.compile(r"\{(?:y|m|d|mm|dd)\}")


def page_urls(place: Place, *, today: date) -> Iterator[str]:
    """The addresses of the pages of `place`, the newest first; without end where they are counted.

    ``{n}`` is counted from `place.first`. Days (``{y}``, ``{m}`` or ``{mm}``, ``{d}`` or ``{dd}``) are counted back
    from `today`, the date where the source is at home, as finely as the address names them; ``{n}`` beside them stays
    the first. ``{cursor}`` is empty, for the first page. An address without braces is the only one.
    """
    first = place.first if isinstance(place, Feed | Listing | JsonApi) else 1
    url = place.url.replace("{cursor}", "")
    if _DAY.search(url):
        yield from _by_day(url.replace("{n}", str(first)), today)
    elif "{n}" in url:
        yield from (url.replace("{n}", str(number)) for number in count(first))
    else:
        yield url


def cursor_url(place: JsonApi, cursor: str) -> str:
    """The address of the page that `cursor` asks for."""
    return place.url.replace("{cursor}", quote(cursor, safe="")).replace("{n}", str(place.first))


def _by_day(url: str, today: date) -> Iterator[str]:
    """One address for each day, month or year that the address can tell apart."""
    last, day = None, today
    while day >= _EARLIEST:
        page = _on(url, day)
        if page != last:
            yield page
        last, day = page, day - timedelta(days=1)


def _on(url: str, day: date) -> str:
    slots = {"y": str(day.year), "m": str(day.month), "mm": f"{day:%m}", "d": str(day.day), "dd": f"{day:%d}"}
    for slot, digits in slots.items():
        url = url.replace("{" + slot + "}", digits)
    return url
