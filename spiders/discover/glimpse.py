"""What a reader process makes of a site's pages for a survey: what they may be, before anything is known of the site.

It must not fetch, and must not choose among what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

import feedparser

from readout.articles.clean import clean_line
from readout.articles.markup import decode
from readout.discovery import Listing
from readout.error import SourceChanged
from readout.model import Link, Page
from readout.surveying.whereabouts import offset_of

from .feed import feed_links
from .listing import listing_links

_FEWEST = 3
_LONGEST_NAME = 100
_DATES_BESIDE = ("time", ".date", "[class*=date]", "[class*=time]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSeen:
    """A feed: its links, its offset from UTC as its dates have it, and the name it gives itself."""

    links: tuple[Link, ...]
    offset: timedelta | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingSeen:
    """A page of links: what they are, and the CSS that finds the most dates beside them."""

    links: tuple[Link, ...]
    date: str | None = None


def glimpse_feed(page: Page) -> FeedSeen | None:
    """The page as a feed; None where it is none."""
    try:
        links = feed_links(page.body, url=page.final_url, content_type=page.content_type, zone=UTC)
    except SourceChanged:
        return None
    return FeedSeen(links=tuple(links), offset=offset_of(page.body), name=_feed_name(page))


def glimpse_listing(page: Page) -> ListingSeen | None:
    """The page as a listing; None where it links to nothing."""
    html = decode(page.body, page.content_type)
    best = ListingSeen(links=())
    for css in (None, *_DATES_BESIDE):
        try:
            links = listing_links(html, page.final_url, Listing(url=page.final_url, date=css), UTC).links
        except SourceChanged:
            return None
        if not best.links or _dated(links) > _dated(best.links) + _FEWEST - 1:
            best = ListingSeen(links=links, date=css)
    return best


def _dated(links: Iterable[Link]) -> int:
    return sum(link.published is not None for link in links)


def _feed_name(page: Page) -> str | None:
    """The title of the channel, as it says itself."""
    head = re.split(rb"<(?:item|entry)[\s>]", page.body[:20_000], maxsplit=1)[0]
    title = re.search(rb"<title[^>]{0,100}>(.{1,400}?)</title>", head, re.DOTALL)
    if not title:
        return None
    plain = feedparser.parse(b"<rss><channel><title>" + title[1] + b"</title></channel></rss>").feed.get("title", "")
    return clean_line(plain)[:_LONGEST_NAME] or None
