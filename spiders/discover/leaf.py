"""What a reader process makes of a page that a crawl came upon while it looked for links, found by name.

It must not import what only a crawl needs: each reader would carry it. Nothing here fetches or looks at the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from readout.articles.challenge import front_on
from readout.articles.clean import clean_line
from readout.articles.markup import decode, parse
from readout.articles.wall import front_of, visible_start
from readout.condition import Heard
from readout.discovery import Feed, JsonApi, Listing, PageWatch, Telegram
from readout.error import SourceChanged
from readout.finding import Rejected
from readout.model import Link, OutcomeKind, Page
from readout.site_rules import PageRules

from .beside import MOST_LINKS
from .feed import feed_links
from .json_api import json_links
from .listing import listing_links
from .page_watch import page_link
from .paging import cursor_url
from .sitemap import SitemapContents, sitemap
from .telegram import telegram_page

Paged = Feed | Listing | JsonApi | Telegram
"""Places whose pages follow one another."""

_LONGEST_LOOKED_AT = 256 * 1024
_LONGEST_HEADING = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What one page of a place holds: its links in order, and where the next page is, where it says so."""

    links: Sequence[Link]
    next_url: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether it may hold more links than are read."""
        return len(self.links) >= MOST_LINKS


def read_leaf(page: Page, place: Paged, zone: tzinfo, encoding: str | None) -> Leaf:
    """The links of a page; `zone` and `encoding` are its source's. Raises SourceChanged."""
    match place:
        case Feed():
            kind = page.content_type
            return Leaf(links=feed_links(page.body, url=page.final_url, content_type=kind, zone=zone))
        case JsonApi():
            answer = json_links(page.body, page.final_url, place, zone)
            asks = "{cursor}" in place.url and answer.cursor
            return Leaf(links=answer.links, next_url=cursor_url(place, answer.cursor or "") if asks else None)
        case Listing():
            listing = listing_links(_text(page, encoding), page.final_url, place, zone)
            return Leaf(links=listing.links, next_url=listing.next_url)
        case Telegram():
            posts = telegram_page(_text(page, encoding), page.final_url, place)
            return Leaf(links=posts.links, next_url=posts.older_url)


def read_sitemap(page: Page, limit: int, zone: tzinfo) -> SitemapContents:
    """What a sitemap holds, see `sitemap`. Raises SourceChanged."""
    return sitemap(page.body, page.final_url, limit=limit, zone=zone)


def read_watched(page: Page, place: PageWatch, zone: tzinfo, rules: PageRules, now: datetime) -> tuple[Link, str]:
    """A page that is itself the article, and the digest of what it says; `zone` and `rules` are its source's.

    Raises SourceChanged, also for what stands in its place for a while, as a wall or "be back soon" do: that is not
    what it says now, and what it says when it is back is not news.
    """
    from readout.articles.extract import extract  # a reader has it; the crawl, which knows this by its name, need not

    link, digest = page_link(_text(page, rules.encoding), place.url, place, now=now)
    read = extract(page, link=link, zone=zone, rules=rules)
    if isinstance(read, Rejected) and read.outcome in (OutcomeKind.WALL, OutcomeKind.FAILED):
        raise SourceChanged(f"{page.url}: {read.reason}: {read.evidence}")
    return link, digest


def is_article(page: Page, encoding: str | None) -> bool:
    """False where a page says in words that there is none, in its heading or because it says little else.

    Raises SourceChanged where a wall stands before it: that is no answer to the question.
    """
    if "html" not in page.content_type:
        return True
    tree = parse(_text(page, encoding)[:_LONGEST_LOOKED_AT])
    if tree is None:
        return False
    headings = [clean_line(each.text_content())[:_LONGEST_HEADING] for each in tree.iter("title", "h1")]
    front = front_of(headings, visible_start(tree))
    if front is not None and not front.is_missing:
        raise SourceChanged(f"{page.url}: {front.reason}")
    return front is None


def in_place_of(page: Page) -> tuple[Heard, str] | None:
    """What a page is heard as that should be something else, and in words, where it says so, see `front_on`."""
    front = front_on(page.body, page.content_type)
    if front is None:
        return None
    if front.outcome is OutcomeKind.WALL:
        return Heard.WALL, f"a challenge: {front.evidence}"
    return Heard.ERROR, f"the words of a closed site: {front.evidence}"


def _text(page: Page, encoding: str | None) -> str:
    return decode(page.body, page.content_type, encoding)
