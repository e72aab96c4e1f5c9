"""RSS, RDF and Atom feeds to links.

It must not fetch anything: feedparser is given bytes, and relative links are resolved here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import tzinfo
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser
from w3lib.html import remove_tags

from readout.articles.clean import clean_line
from readout.articles.timestamp import Moment, read_moment
from readout.error import SourceChanged
from readout.model import Link

from .beside import link_of

# Ten lines of these can describe gigabytes; what a feed may need of them feedparser knows by itself.
_ENTITY = re.compile(rb"<!ENTITY[^>]*>")


def feed_links(body: bytes, *, url: str, content_type: str, zone: tzinfo) -> list[Link]:
    """The links of a feed's entries in its order, one for each URL; dates without a zone are taken in `zone`.

    A name (`guid`) that the feed gives to several URLs names none of them.
    Raises SourceChanged where `body` is no feed: an HTML page or nothing at all where a feed was.
    """
    if not body.strip():
        raise SourceChanged(f"the feed {url} is empty: no bytes where entries were expected")
    headers = {"content-type": content_type, "content-location": url}
    harmless = _ENTITY.sub(b"", body)
    parsed = feedparser.parse(harmless, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries:
        kind = "a feed without entries" if parsed.version else f"{content_type or 'something'} that is no feed"
        raise SourceChanged(f"{url} answered with {kind}")
    links: dict[str, Link] = {}
    for entry in parsed.entries:
        if link := _link(entry, url, zone):
            links.setdefault(link.url, link)
    return _named_apart(list(links.values()))


def _named_apart(links: list[Link]) -> list[Link]:
    shared = {guid for guid, number in Counter(link.guid for link in links).items() if number > 1}
    return [replace(link, guid=None) if link.guid in shared else link for link in links]


def _link(entry: Any, base: str, zone: tzinfo) -> Link | None:
    address = entry.get("link") or _permalink(entry)
    if not address:
        return None
    try:
        url = urljoin(base, address.strip())
    except ValueError:
        return None
    return link_of(
        url,
        title=_plain(entry.get("title", "")) or None,
        published=_when(entry, "published", zone),
        modified=_when(entry, "updated", zone),
        guid=entry.get("id", "").strip() or None,
    )


def _plain(title: str) -> str:
    """A title as people read it: some feeds escape it twice, some send HTML."""
    return clean_line(unescape(remove_tags(unescape(title))))


def _permalink(entry: Any) -> str | None:
    """An entry without a link may be known by its address (RSS `guid`, Atom `id`)."""
    known_as = entry.get("id", "")
    return known_as if known_as.startswith(("http://", "https://")) else None


def _when(entry: Any, name: str, zone: tzinfo) -> Moment | None:
    """The raw words are read: feedparser takes a date without a zone for UTC, and a month for its first day."""
    # Asked for "updated", feedparser answers with "published" where there is none, and warns of it.
    stated = entry.get(name) if name in entry.keys() else None  # noqa: SIM118  `in entry` answers for both
    return read_moment(stated, zone)
