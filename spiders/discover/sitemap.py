"""Sitemaps to links and to the sitemaps they name: XML, news, plain text, gzip, and robots.txt.

It must not fetch, and a sitemap made to exhaust memory (entities, a gzip bomb, endless nesting) is refused, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html.entities import html5
from io import BytesIO
from itertools import islice
from typing import Any

from lxml import etree

from readout.articles.timestamp import Moment, read_moment
from readout.error import ReadoutError, SourceChanged
from readout.model import Link
from readout.packing import GZIP, unpacked

from ..robots import MOST_BYTES
from .beside import address, link_of, plain_title
from .xml_text import utf8_xml

_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(?:(\w{1,31});)?")
MOST_ADDRESSES = 100_000
"""Addresses that are read of one sitemap; sitemaps.org allows half as many."""
_MOST_NAMED = 1_000  # sitemaps of a robots.txt: it is looked through in the crawl itself
_ROOTS = ("urlset", "sitemapindex")
_NAMED_SITEMAP = re.compile(r"^[^\S\n]*+sitemap[^\S\n]*+:[^\S\n]*+(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap named by an index."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapContents:
    """What a sitemap holds: links of a `urlset`, or the children of an index."""

    children: tuple[Child, ...] = ()
    links: tuple[Link, ...] = ()


def sitemap(body: bytes, url: str, *, limit: int, zone: tzinfo = UTC) -> SitemapContents:
    """What the sitemap `body` found at `url` holds, in its order. `limit` bounds its size unpacked, in bytes.

    `lastmod` becomes a link's `modified`, `news:publication_date` its `published` (sitemaps.org; Google's extension for
    news). One that is well-formed and names no address gives empty contents: a news sitemap has such days, and whoever
    asks knows whether it is one. Raises SourceChanged where it is no sitemap, or a larger one than `limit`.
    """
    plain = utf8_xml(_unpacked(body, url, limit))
    if not plain:
        raise SourceChanged(f"the sitemap {url} is empty: no bytes where addresses were expected")
    if not plain.startswith(b"<"):
        return SitemapContents(links=tuple(_plain_text(plain, url)))
    children, links = [], []
    for kind, entry in islice(_entries(plain, url), MOST_ADDRESSES):
        where = _whole(entry.get("loc"))
        if not where:
            continue
        changed = read_moment(entry.get("lastmod"), zone)
        if kind == "sitemap":
            children.append(Child(url=where, lastmod=changed.at if changed else None))
        else:
            links.append(_link(where, changed, entry, zone))
    return SitemapContents(children=tuple(children), links=tuple(links))


def robots_sitemaps(body: bytes) -> list[str]:
    """The sitemaps that a robots.txt names, the first thousand, in its order. Of a longer one no more is looked at than
    is read of its rules."""
    named = islice(_NAMED_SITEMAP.finditer(body[:MOST_BYTES].decode("utf-8", "replace")), _MOST_NAMED)
    return [whole for found in named if (whole := _whole(found[1]))]


def _whole(where: str | None) -> str | None:
    """Only a whole address counts (sitemaps.org): where the sitemap itself stands tells nothing."""
    return address("", where) if where else None


def _link(url: str, changed: Moment | None, entry: dict[str, str], zone: tzinfo) -> Link:
    return link_of(
        url,
        title=plain_title(entry.get("title", "")),
        published=read_moment(entry.get("publication_date"), zone),
        modified=changed,
    )


def _unpacked(body: bytes, url: str, limit: int) -> bytes:
    try:
        return unpacked(body, ("gzip",), limit) if body.startswith(GZIP) else body
    except ReadoutError as error:
        raise SourceChanged(f"the sitemap {url} cannot be read: {error}") from None


def _plain_text(body: bytes, url: str) -> Iterator[Link]:
    """One address a line (sitemaps.org); a text whose first line is no address is something else."""
    lines = body.decode("utf-8", "replace").split(None, MOST_ADDRESSES)[:MOST_ADDRESSES]
    if not lines or not _whole(lines[0]):
        raise SourceChanged(f"{url} answered with a text that is no sitemap")
    for line in lines:
        if where := _whole(line):
            yield Link(url=where)


def _entries(body: bytes, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `url` or `sitemap` element as what it is and the text of the leaves in it, by local name, first one wins."""
    entry: dict[str, str] = {}
    for element in _elements(body, url):
        name = _local(element)
        if name in ("url", "sitemap"):
            yield name, entry
            entry = {}
            _forget(element)
        elif element.text and element.text.strip() and _local(element.getparent()) != "image":
            entry.setdefault(name, element.text.strip())


def _elements(body: bytes, url: str) -> Iterator[Any]:
    """All elements at their end."""
    steps = etree.iterparse(
        BytesIO(_with_ampersands(body)),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    root: str | None = None
    # What stands before the fault of a broken sitemap counts.
    with suppress(etree.XMLSyntaxError):
        for step, element in steps:
            if root is None and (root := _local(element)) not in _ROOTS:
                break
            if step == "end":
                yield element
    if root not in _ROOTS:
        raise SourceChanged(f"{url} answered with {f'<{root}>' if root else 'no XML'} where a sitemap was expected")


def _with_ampersands(xml: bytes) -> bytes:
    """Many sitemaps have bare ampersands, meant as themselves, and names of HTML's, where XML knows but five."""
    plain, *others = xml.split(b"<![CDATA[")
    parts = [_AMPERSAND.sub(_spelled, plain)]
    for other in others:
        data, end, rest = other.partition(b"]]>")
        parts.append(b"<![CDATA[" + data + end + _AMPERSAND.sub(_spelled, rest))
    return b"".join(parts)


def _spelled(found: re.Match[bytes]) -> bytes:
    character = html5.get(f"{found[1].decode('ascii', 'replace')};") if found[1] else None
    return character.encode() if character else b"&amp;" + found[0][1:]


def _local(element: Any) -> str:
    """An element's name without its namespace, in lower case; comments and entities have none."""
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _forget(element: Any) -> None:
    """Free what was read: a sitemap may hold fifty thousand entries."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
