"""Whether a page that came in under a new address is an article that is known under another.

It must not believe what a page or a feed says of itself alone: a claim counts inside one source, and only where the
texts agree. Where unsure it keeps apart: two articles of one text are found by their text, one lost is lost for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from readout.articles.fingerprint import ALIKE, containment, likeness
from readout.finding import Reading
from readout.model import Article, Source
from readout.storage import articles, links
from readout.storage.articles import StoredArticle
from readout.storage.links import StoredLink, link_key

# So much of a first line stands in the story that it grew to; two stories by one pattern share less.
_GROWN = 0.8
# A feed rounds the time that the page gives to the second.
_SAME_MOMENT = timedelta(minutes=1)


def known_article(
    connection: Connection, source: Source, link: StoredLink, reading: Reading, led_to: str
) -> StoredArticle | None:
    """The article of `source` that the page of `link` shows under another address; None: the page is its own.

    `led_to`: the address that answered. What a redirect shows of another source's is a reprint, which is no further
    voice: no source's word, nor when it is crawled, is to say what becomes of another's article.
    """
    for main in _claims(connection, source, link, reading, led_to):
        known = articles.article_of_link(connection, main) if main != link.id else None
        if known is not None and is_same_article(connection, known, reading):
            return known
    return None


def move_to_newer_address(connection: Connection, link: StoredLink, article: StoredArticle, *, now: datetime) -> bool:
    """Whether the article of `link`, which answers no more, has a newer address: that is its own, and due, from now
    on."""
    newer = links.newer_address(connection, link)
    if newer is None:
        return False
    articles.set_link(connection, article.id, newer.id)
    links.lead_to(connection, link, newer, now=now)
    return True


def is_same_article(connection: Connection, known: StoredArticle, reading: Reading) -> bool:
    """Whether the texts bear out a claim that they are one article: the same text, or an edition of it.

    An edition tells much the same under the same title or from the same minute, and never on another date: ministries
    write up every visit of a day by one pattern.
    """
    if known.text_hash == reading.fingerprint.text_hash:
        return True
    before, now = known.article, reading.article
    same_title = before.title is not None and before.title == now.title
    same_date, is_exact = _compare_dates(before, now)
    return same_date and (same_title or is_exact) and _is_edition(connection, known, reading)


def _is_edition(connection: Connection, known: StoredArticle, reading: Reading) -> bool:
    """Of a text that was let go only the signature is left to compare."""
    before = articles.signature_of(connection, known.id)
    is_alike = likeness(before, reading.fingerprint.signature) >= ALIKE
    return is_alike or containment(known.article.text, reading.article.text) >= _GROWN


def _compare_dates(before: Article, now: Article) -> tuple[bool, bool]:
    """Whether the dates agree as far as both say, and whether they do so to the minute."""
    if before.published is None or now.published is None:
        return True, False
    if before.published_day_only or now.published_day_only:
        return before.published_day == now.published_day, False
    same_moment = abs(before.published - now.published) < _SAME_MOMENT
    return same_moment, same_moment


def _claims(connection: Connection, source: Source, link: StoredLink, reading: Reading, led_to: str) -> Iterator[int]:
    """The links of articles that this page is said to be, the surest word first."""
    if link.same_as is not None:
        yield link.same_as
    yield from _by_page(connection, source, link, led_to)
    yield from _by_page(connection, source, link, reading.article.canonical_url)
    yield from _by_feed(connection, link)
    yield from _by_spelling(connection, source, link, reading.fingerprint.text_hash)


def _by_page(connection: Connection, source: Source, link: StoredLink, address: str | None) -> Iterator[int]:
    """Where the page was found, or calls its true address, if that is another link of this source: no other's word
    counts."""
    if not address or link_key(address, source.url_rules) == link.key:
        return
    named = links.link_by_url(connection, address, source.url_rules)
    if named and named.source_id == source.id:
        yield named.same_as or named.id


def _by_feed(connection: Connection, link: StoredLink) -> Iterator[int]:
    """What the feed called an item of the same name before; a name borne by several is none."""
    if link.link.guid is not None:
        called = links.links_by_guid(connection, link.source_id, link.link.guid, besides=link.id)
        yield from called if len(called) == 1 else ()


def _by_spelling(connection: Connection, source: Source, link: StoredLink, text_hash: str) -> Iterator[int]:
    """Articles of the same text that were stored under former rules, or that call this page their true address."""
    for twin in articles.same_text_in(connection, source.id, text_hash):
        spellings = (twin.article.url, twin.article.canonical_url)
        if twin.link_id is not None and link.key in [link_key(url, source.url_rules) for url in spellings if url]:
            yield twin.link_id
