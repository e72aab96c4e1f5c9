"""How links that were found are kept: together with what their place is asked with, and with where a search goes on.

It must not fetch, and decides nothing about what the links lead to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout.model import Link, Page, Source
from readout.storage import backfills, links, places
from readout.storage.places import Asked, Gap

_WINDOW = 5  # links of a place, all of them new, before some may be thought to have been missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """The links found on the page `url`; `asked` may be kept once they are taken, and not before.

    `place`: the one that the page belongs to, where it is another address; `root`: the one that led to it, where it is
    a place by itself. A `windowed` place names the newest and drops the others: `onward` is how to go on to those, None
    where it does not lead there. One `is_of_days` names what is of the last days, however little that is. One that
    `is_full` may name more than was read.
    """

    url: str
    links: Sequence[Link]
    asked: Asked = field(default_factory=Asked)
    place: str | None = None
    root: str | None = None
    windowed: bool = False
    is_of_days: bool = False
    onward: Any = None
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a find: how many links are new, whether others before them may have been missed, and whether the
    place was known before."""

    new: int
    missed: bool = False
    was_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where a search through older pages goes on: at `place` from `cursor`, or nowhere, when it `is_over`.

    With a `gap` it searches for the end of that one, which says itself how far it has come; else it searches the past.
    """

    place: str
    cursor: Any = None
    is_over: bool = False
    gap: Gap | None = None


def keep_find(connection: Connection, source: Source, find: Find, *, now: datetime, quiet: bool = False) -> Taken:
    """Keep what a discovery page listed: new links are pending, known ones dated later than before are due again.

    Where the place is windowed, was known, and names nothing of what it named last, a gap is noted, to be closed.
    `quiet`: of what stands at a place that was not known before, nor what led to it, nobody is to hear.
    """
    place = find.place or find.url
    last_read = places.read_at(connection, source.id, place)
    was_known = last_read is not None
    hushed = quiet and not (was_known or (find.root and places.is_known(connection, source.id, find.root)))
    new = _add(connection, source, find, quiet=hushed, now=now, last_read=last_read)
    places.set_asked(connection, source.id, find.url, find.asked, now=now)
    if place != find.url:
        places.note_place(connection, source.id, place, now=now)
    missed = find.windowed and was_known and new >= _WINDOW and _has_moved_on(connection, source, find, new, now=now)
    if missed:
        # A gap that is open already goes further back than this one.
        fresh = Gap(url=place, since=now, begun=last_read)
        gap = next((gap for gap in places.gaps(connection, source.id) if gap.url == place), fresh)
        further = Gap(url=place, since=gap.since, begun=gap.begun, cursor=find.onward)
        places.set_gap(connection, source.id, further)
    return Taken(new=new, missed=missed, was_known=was_known)


def _has_moved_on(connection: Connection, source: Source, find: Find, new: int, *, now: datetime) -> bool:
    """Whether a window, of which most is `new`, names nothing of what was new there last: the rest may be pinned."""
    if new == len(find.links) or 2 * new <= len(find.links):
        return new == len(find.links)
    last_new = links.last_found(connection, source.id, find.url, before=now)
    known = [seen for seen in links.known_since(connection, find.links, source.url_rules) if seen < now]
    return last_new is not None and all(seen < last_new for seen in known)


def keep_older(connection: Connection, source: Source, find: Find, onward: Onward, *, now: datetime) -> int:
    """Keep what an older page listed, and where the search goes on; the number of new links.

    What a search of the past finds is quiet; what fills a gap is news, if late.
    """
    new = _add(connection, source, find, quiet=onward.gap is None, now=now)
    if onward.gap is None:
        finished_at = now if onward.is_over else None
        backfills.advance_backfill(
            connection, source.id, onward.place, cursor=onward.cursor, found=new, finished_at=finished_at
        )
    elif onward.is_over:
        places.end_gap(connection, source.id, onward.gap.url)
    else:
        places.set_gap(connection, source.id, onward.gap)
    return new


def asked_of(page: Page, cursor: Any = None) -> Asked:
    """What a discovery page is to be asked with, once its links are stored."""
    return Asked(validators=page.validators, body_hash=hash_of(page), full_at=page.fetched_at, cursor=cursor)


def hash_of(page: Page) -> str:
    """SHA-256 of a page's bytes, in hex."""
    return hashlib.sha256(page.body).hexdigest()


def _add(
    connection: Connection,
    source: Source,
    find: Find,
    *,
    quiet: bool,
    now: datetime,
    last_read: datetime | None = None,
) -> int:
    return links.add_links(
        connection,
        source.id,
        find.url,
        find.links,
        rules=source.url_rules,
        quiet=quiet,
        last_read=last_read,
        now=now,
    )
