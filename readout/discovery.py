"""Where links of a source are found, how it spells addresses, and what a server gives to ask it again with.

It must not look anything up: these are values, beside the words of `readout.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DiscoveryKind(StrEnum):
    """Where a source's links are found."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One place where links of a source are found.

    `item` to `next`: a listing's CSS selectors; `pages` bounds its pages, or child sitemaps, that one crawl opens.
    """

    kind: DiscoveryKind
    url: str
    item: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    next: str | None = None
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """How a source spells the address of one page, beyond what holds for every site (`readout.articles.urls`).

    `keep`: the query parameters that name a page, no other does; None: any may but noise and those of `drop`.
    `replace`: regular expressions and what takes the place of their matches, one after the other, in the address as the
    general rules spell it. `mirrors`: a host and the host whose pages it repeats under the same paths.
    """

    keep: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    replace: tuple[tuple[str, str], ...] = ()
    mirrors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask again with (RFC 9110 §8.8): sent back as If-None-Match and If-Modified-Since."""

    etag: str | None = None
    last_modified: str | None = None
