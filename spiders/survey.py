"""How a crawl gets to know a site: its front page, feeds, sitemaps and listings, and what they have in common.

It must not ask for more than it needs, store anything, or go where robots.txt does not let it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC
from urllib.parse import urljoin, urlsplit

from readout.discovery import DiscoveryKind, Sitemap, Validators
from readout.error import ReadoutError, SourceChanged
from readout.found_links import Find
from readout.model import Link, Page
from readout.storage.hosts import KeptRobots
from readout.surveying.front import Front, read_front
from readout.surveying.survey import Spot, choose, is_of_site, learn
from readout.surveying.whereabouts import country_of, zone_of
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl
from readout.workers.hosts import HostBook
from readout.workers.survey import Survey

from .discover.glimpse import ListingSeen, glimpse_feed, glimpse_listing
from .discover.leaf import read_sitemap
from .discover.sitemap import robots_sitemaps
from .discover.sitemap_index import chosen_children
from .explore import Ask, Explorer
from .trial import RulesFor
from .walk import DISCOVERY_MAX_BYTES

_USUAL_FEEDS = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml")
_MOST_FEEDS = 5
_MOST_SITEMAPS = 3
_MOST_LISTINGS = 3
_MOST_LINKS = 300  # of one place; more teach nothing
_ARTICLES = 3
_NEWS_NAMESPACE = b"schemas/sitemap-news"


class Surveyor(Explorer):
    """The looking of a survey. `rules_for` says what the robots.txt of an address's host allows."""

    def __init__(self, crawl: Crawl, ask: Ask, requests_left: Callable[[], int], rules_for: RulesFor) -> None:
        assert isinstance(crawl, Survey)
        super().__init__(crawl, ask, requests_left)
        self._ask_site = ask
        self._book = HostBook(crawl.services.database)
        self._rules_for = rules_for
        self._asking = crawl
        self._survey = crawl.survey

    async def look(self) -> bool:
        """Find out all that is wanted, then take three articles to be read."""
        survey = self._survey
        page = await self._page(survey.asked)
        if page is None:
            return False
        if feed := await self._feed(page, "the address given"):
            survey.spots.append(feed)
            page = await self._page(urljoin(page.final_url, "/")) or page
        survey.home = page.final_url
        survey.front = await self._crawl.guess(page, read_front, page) or Front()
        survey.crawl_delay = (await self._rules_for(survey.home)).crawl_delay
        await self._find_feeds()
        await self._find_sitemaps()
        await self._find_listings(page)
        survey.learnt = await asyncio.to_thread(learn, survey)
        await self._take_articles()
        return True

    async def _page(self, url: str) -> Page | None:
        """The page at `url`; why there is none is noted."""
        try:
            page = await self._ask_site(url, Validators(), renders=False, keep=False)
        except ReadoutError as error:
            self._survey.misses[url] = str(error).removeprefix(f"{url}: ")
            return None
        return page

    # --- feeds ------------------------------------------------------------------------------------------------------

    async def _find_feeds(self) -> None:
        """Those that the page names; where it names none that is one, those at the usual addresses."""
        for url in self._survey.front.feeds[:_MOST_FEEDS]:
            await self._try_feed(url, "named by the front page")
        for path in _USUAL_FEEDS:
            if any(spot.kind is DiscoveryKind.FEED for spot in self._survey.spots):
                return
            await self._try_feed(urljoin(self._survey.home, path), "at a usual address")

    async def _try_feed(self, url: str, how: str) -> None:
        if any(spot.url == url for spot in self._survey.spots) or (page := await self._page(url)) is None:
            return
        if spot := await self._feed(page, how):
            self._survey.spots.append(spot)
        else:
            self._survey.misses[url] = "is no feed"

    async def _feed(self, page: Page, how: str) -> Spot | None:
        if (seen := await self._crawl.guess(page, glimpse_feed, page)) is None:
            return None
        self._survey.offset = self._survey.offset or seen.offset
        self._survey.feed_name = self._survey.feed_name or seen.name
        return _spot(DiscoveryKind.FEED, page.final_url, how, seen.links)

    # --- sitemaps ---------------------------------------------------------------------------------------------------

    async def _find_sitemaps(self) -> None:
        home = urlsplit(self._survey.home)
        robots = await self._book.robots_of(f"{home.scheme}://{home.netloc}")
        named = [url for url in _named_sitemaps(robots) if is_of_site(url, self._survey.home)]
        tried = named[:_MOST_SITEMAPS] or [urljoin(self._survey.home, "/sitemap.xml")]
        for url in sorted(tried, key=lambda each: "news" not in each):
            if spot := await self._sitemap(url, "named by robots.txt" if named else "at the usual address"):
                self._survey.spots.append(spot)

    async def _sitemap(self, url: str, how: str) -> Spot | None:
        """The sitemap with the links of its newest child, if it is an index."""
        page, news = await self._page(url), False
        for _ in range(2):
            if page is None:
                return None
            try:
                contents = await self._crawl.parse(page, read_sitemap, page, DISCOVERY_MAX_BYTES, UTC)
            except SourceChanged:
                self._survey.misses[url] = "is no sitemap"
                return None
            news = news or _NEWS_NAMESPACE in page.body
            if not contents.children:
                break
            newest = chosen_children(contents.children, Sitemap(url=url))[:1]
            page = await self._page(newest[0].url) if newest else None
        kind = DiscoveryKind.NEWS_SITEMAP if news else DiscoveryKind.SITEMAP
        return _spot(kind, url, how, contents.links) if contents.links else None

    # --- listings ---------------------------------------------------------------------------------------------------

    async def _find_listings(self, home: Page) -> None:
        """The front page and those it calls news; with a feed that works nobody needs them."""
        if any(spot.kind in (DiscoveryKind.FEED, DiscoveryKind.NEWS_SITEMAP) for spot in self._survey.spots):
            return
        for url in self._survey.front.news_pages[:_MOST_LISTINGS]:
            if page := await self._page(url):
                await self._try_listing(page, "a page of news by its address")
        await self._try_listing(home, "the front page")

    async def _try_listing(self, page: Page, how: str) -> None:
        self._add_listing(_listing(await self._crawl.guess(page, glimpse_listing, page), page, how))

    def _add_listing(self, spot: Spot | None) -> None:
        if spot and spot.url not in [known.url for known in self._survey.spots]:
            self._survey.spots.append(spot)

    # --- articles ---------------------------------------------------------------------------------------------------

    async def _take_articles(self) -> None:
        """Have the newest articles read, by what is known of the source by now."""
        survey, choice = self._survey, choose(self._survey)
        if survey.learnt is None:
            return
        country = self._asking.country or country_of(urlsplit(survey.home).hostname or "")
        zone = self._asking.timezone or zone_of(country, survey.offset, now=utc_now())[0] or "UTC"
        self._asking.source = replace(
            self._source, home=survey.home, article=survey.learnt.pattern, timezone=zone, country=country or ""
        )
        if choice.articles:
            await self._asking.take_links(Find(url=survey.home, links=choice.articles[:_ARTICLES]))


def _listing(seen: ListingSeen | None, page: Page, how: str) -> Spot | None:
    """A page of links, with what finds the most dates beside them."""
    if seen is None:
        return None
    entry = {"date": seen.date} if seen.date else {}
    return replace(_spot(DiscoveryKind.LISTING, page.final_url, how, seen.links, most=2_000), entry=entry)


def _spot(kind: DiscoveryKind, url: str, how: str, links: Iterable[Link], *, most: int = _MOST_LINKS) -> Spot:
    newest_first = sorted(links, key=lambda link: -((link.modified or link.published or utc_now()).timestamp()))
    kept = newest_first if "sitemap" in kind else list(links)
    return Spot(kind=kind, url=url, how=how, links=tuple(kept[:most]))


def _named_sitemaps(robots: KeptRobots | None) -> Iterator[str]:
    yield from robots_sitemaps(robots.body) if robots and robots.status == 200 else ()
