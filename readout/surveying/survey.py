"""What was found out about a site, and what of it a source's file takes: which places, which articles, which hosts.

It must not fetch: who asks a site hands in what came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from readout.discovery import DiscoveryKind
from readout.model import Link
from readout.surveying.front import Front
from readout.surveying.pattern import Learnt, learn_pattern, likely_articles

_MOST_FEEDS = 3
_MOST_LISTINGS = 2
_FEWEST = 3  # links of a listing that lead to articles; a page with fewer lists something else
_SHARED = re.compile(r"^(?:ac|co|com|edu|gob|gov|gouv|go|mil|net|or|org)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place with links: its `entry` as a source's file has it, and `how` it was found."""

    kind: DiscoveryKind
    url: str
    how: str
    links: tuple[Link, ...]
    entry: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> datetime | None:
        """The latest date of its links."""
        return max((link.published for link in self.links if link.published), default=None)


@dataclass(slots=True, kw_only=True)
class SiteSurvey:
    """All that was found. `misses`: what was asked in vain, with why; `offset`: of its feed's dates from UTC."""

    asked: str
    home: str = ""
    front: Front = field(default_factory=Front)
    spots: list[Spot] = field(default_factory=list)
    misses: dict[str, str] = field(default_factory=dict)
    crawl_delay: float = 0
    offset: timedelta | None = None
    feed_name: str | None = None
    learnt: Learnt | None = None

    @property
    def host(self) -> str:
        """The host of its front page, with a port if it has one."""
        return urlsplit(self.home or self.asked).netloc.lower().rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The places a source's file names, and the articles to try: the newest of them first."""

    discover: tuple[Spot, ...]
    backfill: tuple[Spot, ...] = ()
    articles: tuple[Link, ...] = ()


def site_of(host: str) -> str:
    """The site that a host belongs to: ``example.gov.az`` of ``en.example.gov.az``, and an address as it is."""
    bare = host.partition(":")[0].lower().rstrip(".")
    labels = bare.split(".")
    if bare.replace(".", "").isdigit() or len(labels) < 3:
        return bare
    return ".".join(labels[-3 if len(labels[-1]) == 2 and _SHARED.match(labels[-2]) else -2 :])


def is_of_site(url: str, home: str) -> bool:
    """Whether `url` is of the site of `home`; without the names of hosts, the ports count, too."""
    try:
        one, other = urlsplit(url), urlsplit(home)
        same_port = one.port == other.port or not (one.hostname or "").replace(".", "").isdigit()
        return bool(one.hostname) and same_port and site_of(one.hostname or "") == site_of(other.hostname or "")
    except ValueError:
        return False


def learn(survey: SiteSurvey) -> Learnt | None:
    """What the addresses of its articles look like: by its feeds and news sitemaps, else by its other places.

    Only a shape that no page around it has counts.
    """
    others = [survey.home, *survey.front.news_pages, *(spot.url for spot in survey.spots), *_shallow(survey)]
    for kinds in (
        (DiscoveryKind.FEED, DiscoveryKind.NEWS_SITEMAP),
        (DiscoveryKind.LISTING,),
        (DiscoveryKind.SITEMAP,),
    ):
        urls = list(_links_at(survey, kinds))
        if kinds[0] is not DiscoveryKind.FEED:
            urls = likely_articles(urls, survey.home)
        if urls and (learnt := learn_pattern(urls, [url for url in others if url not in urls])):
            return learnt
    return None


def _links_at(survey: SiteSurvey, kinds: Sequence[DiscoveryKind]) -> Iterator[str]:
    for spot in survey.spots:
        if spot.kind in kinds:
            yield from (link.url for link in spot.links if is_of_site(link.url, survey.home))


def _shallow(survey: SiteSurvey) -> Iterator[str]:
    """Links of the front page that look like sections: one short word, or lists by their name."""
    for url in survey.front.anchors:
        path = urlsplit(url).path.strip("/")
        if is_of_site(url, survey.home) and not urlsplit(url).query and re.fullmatch(r"[a-z]{0,20}", path):
            yield url


def choose(survey: SiteSurvey) -> Choice:
    """The places that are worth asking: feeds and news sitemaps, else listings, else sitemaps; these are the past.

    A feed that says nothing another does not say is left out.
    """
    learnt = survey.learnt
    if learnt is None:
        return Choice(discover=())
    own = {spot.url: _articles_of(spot, learnt) for spot in survey.spots}
    useful = [spot for spot in survey.spots if own[spot.url]]
    first = _different([spot for spot in useful if spot.kind is DiscoveryKind.FEED], own)[:_MOST_FEEDS]
    first += [spot for spot in useful if spot.kind is DiscoveryKind.NEWS_SITEMAP][:1]
    listings = [spot for spot in useful if spot.kind is DiscoveryKind.LISTING and len(own[spot.url]) >= _FEWEST]
    past = [spot for spot in useful if spot.kind is DiscoveryKind.SITEMAP][:1]
    discover = first or _different(listings, own)[:_MOST_LISTINGS] or past
    links = {link.url: link for spot in discover for link in own[spot.url]}
    return Choice(
        discover=tuple(discover),
        backfill=tuple(spot for spot in past if spot not in discover),
        articles=tuple(sorted(links.values(), key=_age)),
    )


def _articles_of(spot: Spot, learnt: Learnt) -> list[Link]:
    return [link for link in spot.links if re.search(learnt.pattern, link.url)]


def _different(spots: Sequence[Spot], own: Mapping[str, Sequence[Link]]) -> list[Spot]:
    """The fullest first; those whose articles the ones before have already are left out."""
    known: set[str] = set()
    kept = []
    for spot in sorted(spots, key=lambda each: -len(own[each.url])):
        urls = {link.url for link in own[spot.url]}
        if urls - known:
            kept.append(spot)
        known |= urls
    return kept


def _age(link: Link) -> float:
    """Sorted by it the newest come first, what is not dated in its order after them."""
    stated = link.published or link.modified
    return -stated.timestamp() if stated else 0.0
