"""HTML listings to links, by the CSS selectors of the source.

It must not follow anything, or read a date that leaves a doubt: the article's own page says it better.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import islice, takewhile
from typing import Any

from parsel import Selector, SelectorList, css2xpath
from w3lib.html import get_base_url

from readout.articles.clean import clean_line
from readout.articles.timestamp import Moment, read_moment
from readout.articles.worded_date import read_worded
from readout.discovery import Listing
from readout.error import SourceChanged
from readout.model import Link

from .beside import MOST_LINKS, address, link_of
from .html_page import html_page

_MOST_LOOKED_AT = 2 * MOST_LINKS
_HEADINGS = "h1, h2, h3, h4, h5, h6"  # of a card that is one link, its headline
_MOST_OF_ONE = 4  # anchors of one address that are looked at: picture, headline, lead, "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """What one page of a listing holds: links in its order, and where the next page is."""

    links: tuple[Link, ...]
    next_url: str | None = None


def listing_links(html: str, url: str, place: Listing, zone: tzinfo) -> ListingPage:
    """The links of a listing found at `url`, one for each address, with the title and date that stand beside them.

    Without `place.link` every `a[href]` is one. `place.title` and `place.date` are looked for inside `place.item`;
    without it, in the largest element around a link that holds no other. Raises SourceChanged where no link is found.
    """
    page = html_page(html)
    base = _base(html, url)
    links: dict[str, Link] = {}
    times: Counter[str] = Counter()
    for where, anchor, around in islice(_anchors(page, base, place), _MOST_LOOKED_AT):
        times[where] += 1
        if times[where] > _MOST_OF_ONE:
            continue
        link = link_of(where, title=_title(anchor, around, place), published=_date(around, place, zone))
        links[where] = _fuller(links[where], link) if where in links else link
        if len(links) == MOST_LINKS:
            break
    if not links:
        sought = place.link or place.item or "a[href]"
        raise SourceChanged(f"the listing {url} holds nothing that {sought!r} selects")
    return ListingPage(links=tuple(links.values()), next_url=_next(page, base, place))


def _base(html: str, url: str) -> str:
    """What relative links begin with; a `<base>` that is no address counts for nothing."""
    try:
        return get_base_url(html, url)
    except ValueError:
        return url


def _anchors(page: Selector, base: str, place: Listing) -> Iterator[tuple[str, Selector, Selector]]:
    """Each link's address, its element, and the element that holds what is said of it."""
    wanted = place.link or "a[href]"
    for anchor, around in _in_items(page, place.item, wanted) if place.item else _in_page(page, base, wanted):
        if where := address(base, anchor.attrib.get("href")):
            yield where, anchor, around


def _in_items(page: Selector, items: str, wanted: str) -> Iterator[tuple[Selector, Selector]]:
    for item in _first(page, items):
        for anchor in _hyperlinks(item.css(wanted)):
            yield anchor, item


def _in_page(page: Selector, base: str, wanted: str) -> Iterator[tuple[Selector, Selector]]:
    anchors = _hyperlinks(_first(page, wanted))[:_MOST_LOOKED_AT]
    return zip(anchors, _surroundings(anchors, base), strict=True)


def _first(page: Selector, css: str) -> SelectorList[Selector]:
    """What `css` selects, as far as it is looked at: of an endless list each element would take memory in Python."""
    return page.xpath(f"({css2xpath(css)})[position() <= {_MOST_LOOKED_AT}]")


def _hyperlinks(chosen: SelectorList[Selector]) -> list[Selector]:
    """The `a` elements that a selector chose, or that stand in what it chose."""
    return [anchor for one in chosen for anchor in one.xpath("self::a[@href] | self::*[not(self::a)]//a[@href]")]


def _surroundings(anchors: list[Selector], base: str) -> list[Selector]:
    """For each anchor the largest element around it that holds no anchor of another address."""
    held: defaultdict[Any, set[str | None]] = defaultdict(set)
    for anchor in anchors:
        where = address(base, anchor.attrib.get("href"))
        for node in anchor.root.iterancestors():
            if len(held[node]) < 2:  # more than one is all there is to know
                held[node].add(where)
    return [_widest(anchor, held) for anchor in anchors]


def _widest(anchor: Selector, held: Mapping[Any, set[str | None]]) -> Selector:
    alone = takewhile(lambda node: len(held[node]) == 1 and node.tag != "body", anchor.root.iterancestors())
    return next((Selector(root=node, type="html") for node in reversed(list(alone))), anchor)


def _title(anchor: Selector, around: Selector, place: Listing) -> str | None:
    spoken = _text(around.css(place.title)[:1]) if place.title else _text(anchor.css(_HEADINGS)[:1]) or _text(anchor)
    return spoken or clean_line(anchor.attrib.get("title") or "") or None


def _date(around: Selector, place: Listing, zone: tzinfo) -> Moment | None:
    found = around.css(place.date)[:1] if place.date else SelectorList[Selector]()
    for element in found:
        marked = element.attrib.get("datetime") or element.attrib.get("content")
        spoken = _text(element)
        stated = read_moment(marked, zone) or read_moment(spoken, zone)
        return stated or read_worded(spoken, place.formats, place.locale, zone)
    return None


def _text(element: Selector | SelectorList[Selector]) -> str:
    return clean_line(" ".join(element.xpath(".//text()").getall()))


def _fuller(first: Link, second: Link) -> Link:
    """A picture and a headline often link to one article: what either lacks the other says."""
    dated = first if first.published else second
    return replace(dated, url=first.url, title=first.title or second.title)


def _next(page: Selector, base: str, place: Listing) -> str | None:
    anchors = page.css(place.next)[:1] if place.next else []
    return next((address(base, anchor.attrib.get("href")) for anchor in anchors), None)
