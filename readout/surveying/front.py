"""What the front page of a site says of itself: its name, its language, its feeds, and where its news may stand.

It must not fetch or believe: whether a feed is one, only asking tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from readout.articles.clean import clean_line
from readout.articles.markup import decode, parse
from readout.articles.web_address import web_address
from readout.model import Page

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_NOT_NEWS = re.compile(r"comment|/tag/|/author/|oembed|podcast", re.IGNORECASE)
# How sites call the page where their news stand, in addresses: of every script, transliterated.
_NEWS_PATH = re.compile(
    r"(?ix) (?:^|[/_.-]) (?: news|latest|press|press-?(?:releases?|center|room|service)|media|all|archive|events"
    r"| novosti|presse?|lenta|sobytiya|xeber(?:ler)?|xabar(?:lar)?|yangiliklar|janalyqtar|zhanalyktar|habarlar"
    r"| haber(?:ler)?|akhbar|lurer|noutati|stiri|actualit[a-z]*|aktuelles|nachrichten|noticias|navini|novyny"
    r" ) (?:$|[/_.-])"
)
_MOST_ANCHORS = 2_000
_MOST_FEEDS = 6
_LONGEST_NAME = 100
_SEPARATOR = re.compile(r" [|\-–—•·:»] ")  # of a clean line, which has single spaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A front page: the site's `name` and where it is said, the `language` it claims, and addresses it names."""

    name: str | None = None
    name_from: str = ""
    language: str | None = None
    feeds: tuple[str, ...] = ()
    news_pages: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


def read_front(page: Page) -> Front:
    """What `page` says; one that is no HTML says nothing. Only addresses of its own host are pages of news."""
    tree = parse(decode(page.body, page.content_type))
    if tree is None:
        return Front()
    anchors = tuple(dict.fromkeys(islice(_addresses(tree, "a", page.final_url), _MOST_ANCHORS)))
    name, name_from = _name(tree)
    return Front(
        name=name,
        name_from=name_from,
        language=_language(tree),
        feeds=tuple(dict.fromkeys(islice(_feeds(tree, page.final_url), _MOST_FEEDS))),
        news_pages=tuple(_news_pages(anchors, page.final_url)),
        anchors=anchors,
    )


def _feeds(tree: HtmlElement, base: str) -> Iterator[str]:
    for element in tree.iter("link"):
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        is_alternate = "alternate" in (element.get("rel") or "").lower().split()
        spoken = f"{element.get('href')} {element.get('title')}"
        where = _address(base, element.get("href"))
        if is_alternate and kind in _FEED_TYPES and where and not _NOT_NEWS.search(spoken):
            yield where


def _addresses(tree: HtmlElement, tag: str, base: str) -> Iterator[str]:
    for element in tree.iter(tag):
        if where := _address(base, element.get("href")):
            yield where.partition("#")[0]


def _address(base: str, href: str | None) -> str | None:
    try:
        return web_address(urljoin(base, clean_line(href))) if href else None
    except ValueError:
        return None


def _news_pages(anchors: tuple[str, ...], base: str) -> Iterator[str]:
    """Pages of the same host whose address speaks of news, the shortest first."""
    host = urlsplit(base).netloc
    own = [url for url in anchors if urlsplit(url).netloc == host and url.rstrip("/") != base.rstrip("/")]
    named = [url for url in own if _NEWS_PATH.search(urlsplit(url).path) and not urlsplit(url).query]
    return iter(sorted(named, key=lambda url: (urlsplit(url).path.strip("/").count("/"), len(url))))


def _name(tree: HtmlElement) -> tuple[str | None, str]:
    for meta in tree.iter("meta"):
        key = (meta.get("property") or meta.get("name") or "").lower()
        name = clean_line(meta.get("content") or "")[:_LONGEST_NAME]
        if key in ("og:site_name", "application-name") and name:
            return name, f"the page's {key}"
    title = next((clean_line(element.text_content()) for element in tree.iter("title")), "")
    name = min(_SEPARATOR.split(title), key=len)[:_LONGEST_NAME] if title else ""
    return (name, "the page's title") if name else (None, "")


def _language(tree: HtmlElement) -> str | None:
    root = next(tree.iter("html"), None)
    said = (root.get("lang") if root is not None else None) or ""
    code = said.strip().replace("_", "-").partition("-")[0].lower()
    return code if re.fullmatch("[a-z]{2,3}", code) else None
