"""What a page says of itself beside its text: title, publication date, canonical address.

It must not look into the article's prose, and not choose between a page's claim and a feed's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from readout.articles.clean import bare_name, clean_line
from readout.articles.json_ld import Node, article_nodes, text_of
from readout.articles.told_date import times_beside_headline
from readout.articles.web_address import web_address
from readout.date_origin import DateOrigin

# Names of <meta> that give the day of publication, the most trustworthy first; compared in lower case.
_DATE_NAMES = (
    *("article:published_time", "article:published", "og:article:published_time", "og:published_time"),
    *("datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "mediator_published_time"),
    *("publication_date", "publish_date", "publish-date", "publishdate", "pubdate"),
    *("published_at", "article.published"),
    *("article_date_original", "originalpublicationdate", "last_published", "dcterms.created", "dcterms.issued"),
    *("dc.date.issued", "dc.date.created", "dcterms.date", "dc.date", "datecreated", "date"),
)
# How Drupal stores a day alone.
_NOON = re.compile(r"\s*(\d{4}-\d\d-\d\d)T12:00:00Z\s*")
_SEPARATOR = re.compile(r" [|\-–—•·:»/]+ | ?[|•»｜：] ?")  # of a clean line, which has single spaces
LONGEST_TITLE = 500
_SHORTEST_TITLE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's claims about itself; `dates` as written, with their place, the most trusted first.

    `headlines` are all forms of the title it gives, with the site's name or without. `site_names`: the site's own, as
    `bare_name` makes them.
    """

    title: str | None
    headlines: tuple[str, ...]
    dates: tuple[tuple[str, DateOrigin], ...]
    canonical_url: str | None
    site_names: frozenset[str] = frozenset()


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """The claims of the page at `url`."""
    nodes = article_nodes(tree, url)
    meta = _meta(tree)
    headlines = _headlines(tree, nodes, meta)
    return Metadata(
        title=_title(headlines, clean_line(meta.get("og:site_name", "")), url),
        headlines=headlines,
        dates=tuple(_dates(tree, nodes, meta)),
        canonical_url=_canonical(tree, meta, url),
        site_names=_site_names(clean_line(meta.get("og:site_name", "")), url),
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Content of the first <meta> of each name, property or itemprop."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        for attribute in ("property", "name", "itemprop"):
            name = element.get(attribute)
            if name and content and content.strip():
                found.setdefault(name.strip().lower(), content)
    return found


def _dates(tree: HtmlElement, nodes: list[Node], meta: dict[str, str]) -> Iterator[tuple[str, DateOrigin]]:
    yield from _claimed(nodes, "datePublished", "dateCreated")
    for name in _DATE_NAMES:
        if name in meta:
            yield meta[name], DateOrigin.META
    for value in _time_tags(tree):
        yield value, DateOrigin.TIME_TAG
    yield from _claimed(nodes, "uploadDate")  # an article may show a video of years ago


def _claimed(nodes: list[Node], *keys: str) -> Iterator[tuple[str, DateOrigin]]:
    for key in keys:
        for node in nodes:
            if value := text_of(node, key):
                yield value, DateOrigin.JSON_LD


def _time_tags(tree: HtmlElement) -> Iterator[str]:
    """Dates of <time> elements: those marked as publication, else the first beside the headline."""
    marked = tree.xpath("//*[@itemprop='datePublished' or @pubdate][@datetime or @content]")
    for element in marked or islice(times_beside_headline(tree), 1):
        stamp = element.get("datetime") or element.get("content") or ""
        noon = _NOON.fullmatch(stamp)
        yield noon[1] if noon and ":" not in element.text_content() else stamp


def _headlines(tree: HtmlElement, nodes: list[Node], meta: dict[str, str]) -> tuple[str, ...]:
    """All forms of the title that the page gives, the most trusted first; entities escaped twice are undone."""
    named = next((text for node in nodes if (text := text_of(node, "headline"))), None)
    first_h1 = next((text for h1 in tree.iter("h1") if (text := h1.text_content()).strip()), None)
    forms = (named, meta.get("og:title"), first_h1, meta.get("twitter:title"), tree.findtext(".//title"))
    return tuple(clean for form in forms if (clean := clean_line(unescape(form or ""))[:LONGEST_TITLE]))


def _title(headlines: tuple[str, ...], site: str, url: str) -> str | None:
    """The form that most others repeat, so that neither a social teaser nor a section's name becomes the title."""
    forms = [_without_site(form, headlines, site, url) for form in headlines if form != site]
    return max(forms, key=lambda form: _support(form, headlines), default=None)


def _support(form: str, headlines: tuple[str, ...]) -> int:
    return sum(form in other for other in headlines) if len(form) >= _SHORTEST_TITLE else 0


def _without_site(title: str, headlines: tuple[str, ...], site: str, url: str) -> str:
    """`title` without the name of the site after or before it."""
    for headline in headlines:
        if title != headline and title.startswith(headline) and _SEPARATOR.match(title[len(headline) :]):
            return headline
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    names = _site_names(site, url)
    if bare_name(title[cuts[-1].end() :]) in names:
        return title[: cuts[-1].start()]
    return title[cuts[0].end() :] if bare_name(title[: cuts[0].start()]) in names else title


def _site_names(site: str, url: str) -> frozenset[str]:
    """The site by the name it gives itself, by its host, and by the parts of its host."""
    host = urlsplit(url).hostname or ""
    labels = (bare_name(label) for label in host.split(".")[:-1] if label != "www")
    return frozenset({bare_name(site), bare_name(host).removeprefix("www"), *labels} - {""})


def _canonical(tree: HtmlElement, meta: dict[str, str], url: str) -> str | None:
    link = next((e.get("href") for e in tree.iter("link") if (e.get("rel") or "").strip().lower() == "canonical"), None)
    claims = (_resolved(url, claim) for claim in (link, meta.get("og:url")) if claim and claim.strip())
    return next((address for address in claims if address), None)


def _resolved(base: str, address: str) -> str | None:
    try:
        return web_address(urljoin(base, clean_line(address)))
    except ValueError:
        return None
