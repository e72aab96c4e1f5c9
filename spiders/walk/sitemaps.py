"""Sitemaps, and indexes that name more of them.

It must not follow an index without end, nor call one done before its sitemaps are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from readout.discovery import NewsSitemap, Sitemap
from readout.error import ReadoutError, SourceChanged
from readout.found_links import Find, asked_of
from readout.model import Link, Page
from readout.storage.places import Asked

from ..discover.leaf import read_sitemap
from ..discover.sitemap import MOST_ADDRESSES, Child, SitemapContents, robots_sitemaps
from ..discover.sitemap_index import chosen_children, is_before
from .way import DISCOVERY_MAX_BYTES, EmptySitemapError, Older, UnansweredError, Way

_DEEPEST = 3  # an index may name an index; that one, no site's does
_A_DAY = timedelta(days=1)  # many a `lastmod` names no time
_LONG = timedelta(days=7)  # an index that names no later change is not believed
_MOST_DOUBTED = 3  # of its sitemaps are asked for


async def window(place: Sitemap, way: Way) -> AsyncIterator[Find]:
    """The sitemap, or the newest of those an index names. An index is done with only when its children are.

    An index that does not date its children never tells that one has changed, so it is asked afresh each time; so is
    an empty sitemap, or it would answer with 304 for ever after, unless it is of news. A child that has not changed by
    its index's word is not asked for; where that word is that nothing changed for a week, the newest are asked all the
    same: many an index was written once. Raises EmptySitemapError where all of them are empty.
    """
    waiting, seen, read = [Child(url=place.url)], {place.url}, 0
    indexes: list[Find] = []
    failures: list[ReadoutError] = []
    is_empty = not isinstance(place, NewsSitemap)
    while waiting and read <= place.pages:
        child = waiting.pop(0)
        read += 1
        if await _stands(child, way):
            is_empty = False
            continue
        try:
            page = await way.fetch(child.url)
            contents = await _read(page, way) if page else SitemapContents()
            is_empty = is_empty and page is not None and not contents.links
        except ReadoutError as error:
            failures.append(error)
            continue
        if page is None:
            continue
        if contents.children:
            indexes.append(_found(page, contents, place, is_old=_is_long_past(contents.children, way)))
            waiting += [child for child in _doubted(_chosen(page, contents, place), way) if child.url not in seen]
            seen |= {child.url for child in waiting}
        else:
            yield _found(page, contents, place)
    if failures:
        raise failures[0]
    if is_empty:
        raise EmptySitemapError(place.url)
    for index in indexes:
        yield index


async def older(place: Sitemap, way: Way, cursor: Any, since: datetime | None) -> AsyncIterator[Older]:
    """Every sitemap that may name something published after `since`, the newest first; from `cursor` on.

    A search that goes further back than the one that left `cursor` begins anew: what it reads again costs one request a
    sitemap, and nothing else.
    """
    path: list[str] = []
    if isinstance(cursor, dict) and isinstance(cursor.get("path"), list) and not _is_extended(cursor, since):
        path = [str(url) for url in cursor["path"]]
    until = since.isoformat() if since else None
    async for url, links, where in _descend(Child(url=place.url), place, way, path, since=since):
        wanted = [link for link in links if not _is_old(link, since)]
        yield Older(url=url, links=wanted, cursor={"path": where, "since": until}, is_in_order=False)


async def _descend(
    child: Child, place: Sitemap, way: Way, path: Sequence[str], *, since: datetime | None, depth: int = 0
) -> AsyncIterator[tuple[str, Sequence[Link], list[str]]]:
    """The sitemaps below `child` after the one that `path` leads to: address, links, and the path that leads to it.

    One that cannot be had hinders no other, unless its server is silent or refuses.
    """
    try:
        page = await way.fetch(child.url, whole=True)
        assert page is not None, "a page that is wanted whole is never unchanged"
        contents = await _read(page, way)
    except ReadoutError as error:
        if depth and (isinstance(error, SourceChanged) or (isinstance(error, UnansweredError) and error.is_missing)):
            return
        raise
    if not contents.children:
        yield child.url, contents.links, []
        return
    if depth == _DEEPEST:
        return
    for below, rest in _after(_chosen(page, contents, place), path):
        if since is None or not is_before(below, since):
            async for url, links, where in _descend(below, place, way, rest, since=since, depth=depth + 1):
                yield url, links, [below.url, *where]


def _after(children: Sequence[Child], path: Sequence[str]) -> list[tuple[Child, Sequence[str]]]:
    """The children to go on with, each with what is left of `path`; all, where the path leads to none any more."""
    place = next((number for number, child in enumerate(children) if path and child.url == path[0]), None)
    if place is None:
        return [(child, ()) for child in children]
    reached = [(children[place], path[1:])] if len(path) > 1 else []
    return [*reached, *((child, ()) for child in children[place + 1 :])]


async def _stands(child: Child, way: Way) -> bool:
    """Whether the index says that a sitemap has not changed since it was read."""
    if child.lastmod is None:
        return False
    read_at = (await way.looking.asked(child.url)).full_at
    return read_at is not None and child.lastmod + _A_DAY < read_at


def _doubted(children: Sequence[Child], way: Way) -> list[Child]:
    """The children of an index, the first few without a date where none of them has changed for long."""
    doubted = _MOST_DOUBTED if _is_long_past(children, way) else 0
    return [*(replace(child, lastmod=None) for child in children[:doubted]), *children[doubted:]]


def _is_long_past(children: Sequence[Child], way: Way) -> bool:
    return all(child.lastmod is not None and child.lastmod < way.now - _LONG for child in children)


def _found(page: Page, contents: SitemapContents, place: Sitemap, *, is_old: bool = False) -> Find:
    is_something = bool(contents.links or contents.children or isinstance(place, NewsSitemap))
    tells_of_changes = is_something and not is_old and all(child.lastmod for child in contents.children)
    return Find(
        url=page.url,
        links=sorted(contents.links, key=_told_at, reverse=True),  # of very many the last are visited first
        asked=asked_of(page) if tells_of_changes else Asked(),
        root=place.url,
        windowed=bool(contents.links),
        is_of_days=isinstance(place, NewsSitemap),
        is_full=len(contents.links) >= MOST_ADDRESSES,
    )


async def _read(page: Page, way: Way) -> SitemapContents:
    if _is_robots(page):
        if not (named := robots_sitemaps(page.body)):
            raise SourceChanged(f"{page.url} names no sitemap")
        return SitemapContents(children=tuple(Child(url=url) for url in named))
    return await way.parse(page, read_sitemap, page, DISCOVERY_MAX_BYTES, way.zone)


def _chosen(page: Page, contents: SitemapContents, place: Sitemap) -> list[Child]:
    """What a robots.txt names are the indexes themselves: `place.child` is about theirs."""
    return list(contents.children) if _is_robots(page) else chosen_children(contents.children, place)


def _is_robots(page: Page) -> bool:
    return urlsplit(page.url).path == "/robots.txt"


def _told_at(link: Link) -> float:
    told = link.published or link.modified
    return told.timestamp() if told else 0.0


def _is_old(link: Link, since: datetime | None) -> bool:
    """What was changed last before `since` was published before it."""
    told = link.modified or link.published
    return since is not None and told is not None and told < since - _A_DAY


def _is_extended(cursor: dict[str, Any], since: datetime | None) -> bool:
    """Whether `since` lies before where that search was to end; of one that cannot be read it is."""
    before = cursor.get("since")
    if since is None or before is None:
        return False
    try:
        return since < datetime.fromisoformat(str(before))
    except (ValueError, TypeError):
        return True
