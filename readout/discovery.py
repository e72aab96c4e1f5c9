"""Where links of a source are found: one value for each kind of place, and what a server gives to ask it again with.

It must not look anything up: these are values, beside the words of `readout.model`. What stands at a place is read by
the module of the same name in ``spiders/discover``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class DiscoveryKind(StrEnum):
    """What sort of place it is, as `discover` of a source's file names it."""

    FEED = "feed"
    SITEMAP = "sitemap"
    NEWS_SITEMAP = "news_sitemap"
    LISTING = "listing"
    JSON = "json"
    ID_WALK = "id_walk"
    TELEGRAM = "telegram"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where links of a source are found. `url` is what is asked for; it may hold ``{n}`` and the like."""

    kind: ClassVar[DiscoveryKind]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Place):
    """RSS, RDF, Atom or JSON Feed. With ``{n}`` in `url`, `pages` of it are read, counted from `first`."""

    kind = DiscoveryKind.FEED
    pages: int = 1
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap(Place):
    """A sitemap, an index of sitemaps, or a robots.txt that names some; `pages` bounds how many of an index are read.

    `child` is a regular expression that the addresses of an index's sitemaps match; they are read in the order of what
    its group `order` found there, the greatest first; without `order`, by their dates.
    """

    kind = DiscoveryKind.SITEMAP
    pages: int = 20
    child: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSitemap(Sitemap):
    """A sitemap of the last two days (Google's extension for news): an empty one is a quiet day."""

    kind = DiscoveryKind.NEWS_SITEMAP


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Place):
    """A page with links, chosen by CSS selectors: `item` holds one article's `link`, `title` and `date`.

    Pages of it follow `next`, or are counted by ``{n}`` in `url` from `first`, or are of days (``{y}``, ``{mm}``,
    ``{dd}``); `pages` of them are read in one crawl. `formats` and `locale` say how dates in words are written.
    """

    kind = DiscoveryKind.LISTING
    item: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    next: str | None = None
    pages: int = 1
    first: int = 1
    formats: tuple[str, ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonApi(Place):
    """JSON as a site's own script asks for it. `link` is the address of an article, with fields of its item in braces.

    `items`, `title`, `date` and `cursor` are paths: names and ``[0]`` or ``[*]`` after ``$``, alternatives after ``|``.
    Pages are counted by ``{n}`` in `url` from `first`, or asked for by ``{cursor}``, which `cursor` finds on the page.
    """

    kind = DiscoveryKind.JSON
    link: str = ""
    items: str = "$[*]"
    title: str | None = None
    date: str | None = None
    cursor: str | None = None
    pages: int = 1
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IdWalk(Place):
    """Articles counted by ``{id}`` in `url`: the newest known and `ahead` more are asked for, none below `floor`.

    What answers "no such page" is asked for again while it lies within `ahead` of the newest; a search of the past ends
    after `stop_after_missing` such answers in a row.
    """

    kind = DiscoveryKind.ID_WALK
    ahead: int = 5
    floor: int = 1
    stop_after_missing: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram(Place):
    """The public preview page of a channel, ``t.me/s/<handle>``. `empty_is_error`: one without a message is a fault."""

    kind = DiscoveryKind.TELEGRAM
    handle: str = ""
    empty_is_error: bool = True
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWatch(Place):
    """A page that is itself the article: each change of its text is a new version. `part`: the CSS of what counts."""

    kind = DiscoveryKind.PAGE
    part: str | None = None


Discovery = Feed | Sitemap | NewsSitemap | Listing | JsonApi | IdWalk | Telegram | PageWatch
"""Any place where links are found."""

PLACES: Mapping[DiscoveryKind, type[Discovery]] = {
    place.kind: place for place in (Feed, Sitemap, NewsSitemap, Listing, JsonApi, IdWalk, Telegram, PageWatch)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask again with (RFC 9110 §8.8): sent back as If-None-Match and If-Modified-Since."""

    etag: str | None = None
    last_modified: str | None = None
