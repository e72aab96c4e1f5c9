"""Which sitemaps of an index to read, in which order, and which of them are too old to look into.

It must not fetch; what an index does not say is not known, and such a sitemap is read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from readout.discovery import Sitemap

from .sitemap import Child

_MOST = 50_000  # sitemaps of one index (sitemaps.org)
_PARTS = re.compile(r"(\d+)|(\D+)")
# 2026-11, 2026/11/22, 20261122, 202611: never in the midst of a longer number.
_NAMED = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_/.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)")
_BEGINNING = re.compile(r"(?:start|since|from|after|begin)\w{0,10}[=/_-]{0,2}$", re.IGNORECASE)
# A day where the source is at home may end some hours before or after it does in UTC.
_ZONES = timedelta(days=1)

_Key = tuple[tuple[int, int, str], ...]


def chosen_children(children: Iterable[Child], place: Sitemap) -> list[Child]:
    """Those of an index's `children` that `place.child` matches, the newest first, each address once.

    By what the group `place.order` found, the greatest first (numbers as numbers, so 10 before 9 and 20261122 before
    20261121). Without it: the latest `lastmod` first, then those without one, of which the latest day or month that an
    address names first. Among equals the last of the document comes first: numbered parts grow at the end (WordPress,
    Drupal), and an index that stamps all its parts alike says nothing.
    """
    wanted = {child.url: child for child in list(children)[:_MOST] if _is_wanted(child, place)}
    last_first = list(wanted.values())[::-1]
    if place.child and place.order:
        return sorted(last_first, key=lambda child: _order(child, place), reverse=True)
    return sorted(last_first, key=_age, reverse=True)


def is_before(child: Child, moment: datetime) -> bool:
    """Whether all that `child` lists was published before `moment`: by the day or month that its address names.

    The latest counts of several; a single one after a word for a beginning (``date_start=``) tells no end. An address
    without any: by `lastmod`, since what was changed last before `moment` holds nothing published later. False where
    nothing is known.
    """
    if end := _last_day(child.url):
        return end + _ZONES < moment.astimezone(UTC).date()
    return child.lastmod is not None and child.lastmod < moment - _ZONES


def _is_wanted(child: Child, place: Sitemap) -> bool:
    return place.child is None or re.search(place.child, child.url) is not None


def _order(child: Child, place: Sitemap) -> _Key:
    found = re.search(place.child or "", child.url)
    return _natural((found[place.order or 0] or "") if found else "")


def _natural(text: str) -> _Key:
    """Runs of digits compare as numbers, whatever their length, everything else as text."""
    parts: Sequence[tuple[str, str]] = _PARTS.findall(text)
    return tuple(
        (len(bare), 1, bare) if (bare := digits.lstrip("0")) or digits else (0, 0, rest) for digits, rest in parts
    )


def _age(child: Child) -> tuple[bool, datetime, date]:
    never = datetime.min.replace(tzinfo=UTC)
    return child.lastmod is not None, child.lastmod or never, _last_day(child.url) or date.min


def _last_day(url: str) -> date | None:
    """The last day of the latest period that an address names. The first of a month may stand for all of it."""
    periods = list(_NAMED.finditer(url))
    if len(periods) == 1 and _BEGINNING.search(url[: periods[0].start()]):
        return None
    return max((end for period in periods if (end := _end(period))), default=None)


def _end(period: re.Match[str]) -> date | None:
    year, month, day = int(period[1]), int(period[3]), int(period[4] or 1)
    try:
        return date(year, month, day if day > 1 else monthrange(year, month)[1])
    except ValueError:
        return None
