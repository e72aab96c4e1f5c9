"""RSS, RDF, Atom and JSON Feed to links, as broken as they come.

It must not fetch anything: feedparser is given bytes, and relative links are resolved here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import islice
from typing import Any

import feedparser

from readout.articles.timestamp import Moment, read_moment
from readout.articles.worded_date import read_worded
from readout.error import SourceChanged
from readout.model import Link

from .beside import MOST_LINKS, address, link_of, plain_title
from .json_feed import json_feed_links
from .xml_text import utf8_xml

_MOST_TAGS = 100_000  # feedparser needs some 50 microseconds for each
# Ten lines of these can describe gigabytes; what a feed may need of them feedparser knows by itself.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
# feedparser ends with an error at a number that stands for no character.
_NUMBERED = re.compile(rb"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++))")
_LAST_SIGN = 0x10FFFF
# Nor does it bear these where they are empty or out of place; no link needs them.
_TRIPPING = re.compile(
    rb"</?(?:[\w.-]{1,30}:)?(?:width|height|license|pos|poslist|chapter)(?:\s[^<>]{0,1000})?/?>", re.IGNORECASE
)
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LEFT_OPEN = re.compile(
    rb"(<(title|link|guid|pubDate|description|id|published|updated|summary)(?:\s[^<>]{0,500}(?<!/))?>[^<]*)(?=<(?!/\2|!))"
)
_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(\d\d)-(\d\d)-(\d\d)\s+(\d\d:\d\d(?::\d\d)?)")

ReadDate = Callable[[str | None], Moment | None]


def feed_links(body: bytes, *, url: str, content_type: str, zone: tzinfo) -> list[Link]:
    """The links of a feed's entries in its order, one for each URL; dates without a zone are taken in `zone`.

    Dates may be worded ("16 октября 2025"), or written with two figures for each of year, month and day where the
    entries together leave no doubt which is the year. A name (`guid`) that the feed gives to several URLs names none of
    them. Of an endless feed the first 2,000 entries are read. Raises SourceChanged where `body` is no feed: an HTML
    page or nothing at all where a feed was.
    """
    if not body.strip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"):
        raise SourceChanged(f"the feed {url} is empty: no bytes where entries were expected")
    if _is_json(body, content_type):
        found = json_feed_links(body, url, zone, MOST_LINKS)
    else:
        entries = _entries(body, url, content_type)
        read_date = _date_reader(entries, zone)
        found = [link for entry in entries if (link := _link(entry, url, read_date))]
    links: dict[str, Link] = {}
    for link in found:
        links.setdefault(link.url, link)
    return _named_apart(list(links.values()))


def _is_json(body: bytes, content_type: str) -> bool:
    """Servers call a JSON Feed many things, and call other feeds JSON: how it begins outweighs the header."""
    start = body[:200].translate(None, b"\x00\xef\xbb\xbf\xfe\xff \t\r\n")
    return start.startswith(b"{") or ("json" in content_type.lower() and not start.startswith(b"<"))


def _entries(body: bytes, url: str, content_type: str) -> list[Any]:
    xml = _TRIPPING.sub(b"", _bounded(_with_characters(_without_entities(utf8_xml(body, content_type)))))
    parsed = _parsed(xml, url)
    entries = list(parsed.entries)
    if len(entries) < sum(1 for _ in _ENTRY.finditer(xml)):  # a tag left open takes in the entries after it
        entries = max(entries, list(_parsed(_closed(xml), url).entries), key=_addressed)
    if not entries:
        kind = "a feed without entries" if parsed.get("version") else f"{content_type or 'something'} that is no feed"
        raise SourceChanged(f"{url} answered with {kind}")
    return entries


def _parsed(xml: bytes, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(xml, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (LookupError, TypeError, ValueError) as error:  # a fault of its own: other places are not to suffer from it
        raise SourceChanged(f"the feed {url} cannot be read: {type(error).__name__}: {error}"[:500]) from error


def _closed(xml: bytes) -> bytes:
    """The feed with each plain text in one of an entry's tags ended before the next tag begins."""
    return _LEFT_OPEN.sub(rb"\1</\2>", xml)


def _addressed(entries: list[Any]) -> int:
    return sum(1 for entry in entries if _address(entry))


def _without_entities(xml: bytes) -> bytes:
    plain, *others = _ENTITY.split(xml)
    return plain + b"".join(other.partition(b">")[2] for other in others)


def _with_characters(xml: bytes) -> bytes:
    """The feed with a mark in place of each number that stands for no character."""
    return _NUMBERED.sub(lambda found: found[0] if _is_character(found) else b"&#xFFFD", xml)


def _is_character(found: re.Match[bytes]) -> bool:
    digits = (found[1] or found[2]).lstrip(b"0")
    sign = int(digits or b"0", 16 if found[1] else 10) if len(digits) <= len(str(_LAST_SIGN)) else _LAST_SIGN + 1
    return sign <= _LAST_SIGN and not 0xD800 <= sign <= 0xDFFF


def _bounded(xml: bytes) -> bytes:
    """The feed without the entries past the first ones, and without what no feed's length explains."""
    if past := next(islice(_ENTRY.finditer(xml), MOST_LINKS, None), None):
        *_, last = (0, *(end.end() for end in _ENTRY_END.finditer(xml, past.start())))
        xml = xml[: past.start()] + (xml[last:] if last else b"")
    tag = next(islice(re.finditer(rb"<", xml), _MOST_TAGS, None), None)
    return xml[: tag.start()] if tag else xml


def _named_apart(links: list[Link]) -> list[Link]:
    shared = {guid for guid, number in Counter(link.guid for link in links).items() if number > 1}
    return [replace(link, guid=None) if link.guid in shared else link for link in links]


def _link(entry: Any, base: str, read_date: ReadDate) -> Link | None:
    where = address(base, _address(entry))
    if not where:
        return None
    return link_of(
        where,
        title=plain_title(entry.get("title", "")),
        published=read_date(_stated(entry, "published")),
        modified=read_date(_stated(entry, "updated")),
        guid=entry.get("id", ""),
    )


def _address(entry: Any) -> str | None:
    """The article's own address: behind a counter of clicks, among several links, or in its name (`guid`, `id`)."""
    own = entry.get("feedburner_origlink") or _page_of(entry.get("links", ())) or entry.get("link")
    known_as = entry.get("id", "")
    return own or (known_as if known_as.startswith(("http://", "https://")) else None)


def _page_of(links: Sequence[Any]) -> str | None:
    """Of several links the one to the page people read: an alternate (RFC 4287 §4.2.7.2), an HTML one first."""
    pages = [link for link in links if link.get("rel", "alternate") == "alternate" and link.get("href")]
    html = [link for link in pages if "html" in (link.get("type") or "html")]
    return next((str(link["href"]) for link in (*html, *pages)), None)


def _stated(entry: Any, name: str) -> str | None:
    """The raw words: feedparser takes a date without a zone for UTC, and a month for its first day."""
    # Asked for "updated", feedparser answers with "published" where there is none, and warns of it.
    return entry.get(name) if name in entry.keys() else None  # noqa: SIM118  `in entry` answers for both


# --- dates ----------------------------------------------------------------------------------------------------------


def _date_reader(entries: Sequence[Any], zone: tzinfo) -> ReadDate:
    """What reads the dates of this feed."""
    stated = [_stated(entry, name) or "" for entry in entries for name in ("published", "updated")]
    order = _order_of([text for text in stated if _SHORT_YEAR.fullmatch(text.strip())])

    def read_date(text: str | None) -> Moment | None:
        short = _SHORT_YEAR.fullmatch((text or "").strip()) if order else None
        if order and short:
            year, month, day = (short[part] for part in order)
            return read_moment(f"20{year}-{month}-{day} {short[4]}", zone)
        return read_moment(text, zone) or read_worded(text, (), None, zone)

    return read_date


def _order_of(dates: list[str]) -> tuple[int, int, int] | None:
    """Which of the three figures are year, month and day; None where that is not certain.

    A feed's entries are of many days and of one year, or of two: the year is the first figure or the last, whichever
    stays while the other goes through several days.
    """
    first, last = ({date.strip()[part : part + 2] for date in dates} for part in (0, 6))
    for year, day, order in ((first, last, (1, 2, 3)), (last, first, (3, 2, 1))):
        if len(year) <= 2 and len(day) > 2 * len(year):
            return order
    return None
