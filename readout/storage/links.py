"""Links and their visits: what was found, what is to be fetched next, what became of each.

It must not decide an outcome: it writes down the one it is given.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from readout.articles.clean import clean_line
from readout.articles.urls import canonical_url
from readout.discovery import Validators
from readout.model import Link, Outcome, OutcomeKind, SourceId
from readout.site_rules import UrlRules
from readout.storage import schema
from readout.storage.upsert import upsert

_link = schema.link.c
_article = schema.article.c
_KNOWN = (_link.id, _link.key, _link.modified, _link.outcome_at, _link.first_seen, _link.guid, _link.quiet)
_KEYS_A_QUERY = 500
_NO_RULES = UrlRules()
# PostgreSQL indexes no more than about 2,700 bytes of a row.
_LONGEST_KEY = 2_000
_LONGEST_REASON = 500
# Servers answer 414 from about 8,000 on; no article has such an address.
_LONGEST_URL = 4_000
# Controls, and what turns the direction of text or has no width (Unicode, Cc and the most of Cf).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A link with its fate so far. `outcome` None: pending. `next_visit` None: no visit wanted.

    `same_as`: the link of the article that this one is another address of. `quiet`: found by a search of the past.
    """

    id: int
    source_id: SourceId
    url: str
    key: str
    link: Link
    found_in: str
    first_seen: datetime
    next_visit: datetime | None
    visits: int
    attempts: int
    outcome: Outcome | None
    outcome_at: datetime | None
    validators: Validators
    body_hash: str | None
    same_as: int | None
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of a link and what came of it."""

    at: datetime
    outcome: Outcome


def link_key(url: str, rules: UrlRules = _NO_RULES) -> str:
    """What a link is known by: its canonical URL; of a very long one the beginning and a hash of the whole.

    A URL that is no http(s) URL stands for itself.
    """
    try:
        key: str = canonical_url(url, rules)
    except ValueError:
        key = _storable(url)
    return _indexable(key)


def add_links(
    connection: Connection,
    source_id: SourceId,
    found_in: str,
    links: Iterable[Link],
    *,
    rules: UrlRules = _NO_RULES,
    quiet: bool = False,
    last_read: datetime | None = None,
    now: datetime,
) -> int:
    """Store unknown links as pending, and make known ones due that their place says were modified since; number of new.

    What a search of the past found first is `quiet` for ever, but for what was not there when its place was
    `last_read`: that is news which the search came upon sooner, and is read anew. A link belongs to the source that
    found it first: no site can take over another's. Of several addresses of one page the first is kept. A link stored
    under a key of former rules takes its new one when its article is found again.
    """
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link_key(link.url, rules), link)
    known = _by_key(connection, list(found))
    known |= _by_former_key(
        connection, source_id, {_storable(found[key].url): key for key in found.keys() - known.keys()}
    )
    mark = {"found_in": found_in, "quiet": quiet}
    new = [_new_row(source_id, key, link, now=now) | mark for key, link in found.items() if key not in known]
    upsert(connection, schema.link, new, key=["key"])
    for key, row in known.items():
        _note_found_again(connection, row, found[key], last_read=None if quiet else last_read, now=now)
    return len(new)


def due_links(
    connection: Connection, source_id: SourceId, *, now: datetime, limit: int, fresh_from: datetime | None = None
) -> list[StoredLink]:
    """Links to visit now: the never visited first, in the order they were found, then the longest due.

    What was found since `fresh_from` goes before what was left from earlier: a sitemap may bring more than a day can
    visit, behind which no news must wait. What a search of the past found waits until nothing else does.
    """
    due = select(schema.link).where(_link.source_id == source_id, _link.next_visit <= now)
    is_past = _link.quiet & _link.outcome.is_(None)
    is_left = [] if fresh_from is None else [_link.first_seen < fresh_from]
    is_visited = _link.outcome.is_not(None)
    first_found = due.order_by(is_past, is_visited, *is_left, _link.next_visit, _link.id).limit(limit)
    return [stored_link(row) for row in connection.execute(first_found)]


def news_waiting(connection: Connection, source_id: SourceId, *, now: datetime) -> int:
    """How many links of a source are to be visited now, but for what a search of the past found."""
    waiting = select(func.count()).where(_link.source_id == source_id, _link.quiet.is_(False), _link.next_visit <= now)
    return int(connection.execute(waiting).scalar_one())


def known_since(connection: Connection, links: Iterable[Link], rules: UrlRules = _NO_RULES) -> list[datetime]:
    """When each of those of `links` that are stored was first seen."""
    rows = _by_key(connection, list({link_key(link.url, rules) for link in links}))
    return [row.first_seen for row in rows.values()]


def newest_urls(connection: Connection, source_id: SourceId, *, limit: int) -> list[str]:
    """The addresses of the source's links that were found last."""
    last = select(_link.url).where(_link.source_id == source_id).order_by(_link.id.desc()).limit(limit)
    return list(connection.scalars(last))


def last_found(connection: Connection, source_id: SourceId, found_in: str, *, before: datetime) -> datetime | None:
    """When a link was last found on the page `found_in`, before that moment; None: never."""
    found = (_link.source_id == source_id, _link.found_in == found_in, _link.first_seen < before)
    return next(iter(connection.scalars(select(func.max(_link.first_seen)).where(*found))), None)


def link_by_id(connection: Connection, link_id: int) -> StoredLink | None:
    """The link, or None."""
    row = connection.execute(_BY_ID, {"number": link_id}).one_or_none()
    return None if row is None else stored_link(row)


def link_by_url(connection: Connection, url: str, rules: UrlRules = _NO_RULES) -> StoredLink | None:
    """The link known by `url`, however it is spelled, or None; `rules` are those of its source."""
    row = connection.execute(_CALLED, {"called": link_key(url, rules)}).one_or_none()
    return None if row is None else stored_link(row)


# Made once, as what follows: to put a statement together costs more than to run it.
_BY_ID = select(schema.link).where(_link.id == bindparam("number"))
_CALLED = select(schema.link).where(_link.key == bindparam("called"))


def links_by_guid(connection: Connection, source_id: SourceId, guid: str, *, besides: int) -> list[int]:
    """The links whose articles a source's feed calls `guid`, but for `besides`; two of them are enough to know."""
    known_as = func.coalesce(_link.same_as, _link.id)
    called = select(known_as).where(_link.source_id == source_id, _link.guid == _indexable(_storable(guid)))
    return list(connection.scalars(called.where(_link.id != besides, known_as != besides).distinct().limit(2)))


def set_same_as(connection: Connection, link: StoredLink, main: int | None) -> None:
    """Note that `link` is another address of the article of the link `main`; None: that it is not."""
    if link.same_as != main:
        connection.execute(update(schema.link).where(_link.id == link.id).values(same_as=main))


def newer_address(connection: Connection, link: StoredLink) -> StoredLink | None:
    """The last found of the other addresses of a link's article, if it was found after the link itself."""
    others = select(schema.link).where(_link.same_as == link.id, _link.first_seen > link.first_seen)
    row = connection.execute(others.order_by(_link.first_seen.desc(), _link.id.desc()).limit(1)).one_or_none()
    return None if row is None else stored_link(row)


def lead_to(connection: Connection, link: StoredLink, main: StoredLink, *, now: datetime) -> None:
    """Let `link` and what led to it be other addresses of `main`, which is due now."""
    led_here = (_link.same_as == link.id) | (_link.id == link.id)
    connection.execute(update(schema.link).where(led_here).values(same_as=main.id))
    connection.execute(update(schema.link).where(_link.id == main.id).values(same_as=None, next_visit=now))


def record_visit(
    connection: Connection,
    link: StoredLink,
    outcome: Outcome,
    *,
    now: datetime,
    next_visit: datetime | None,
    attempts: int = 0,
    keeps_fate: bool = False,
    validators: Validators | None = None,
    body_hash: str | None = None,
) -> None:
    """Log a visit, and give the link its outcome and next visit.

    `keeps_fate`: the link's outcome stays as it was. `validators` and `body_hash` None: those of the last page stay.
    """
    reason = clean_line(outcome.reason)[:_LONGEST_REASON]
    visit = {"link_id": link.id, "at": now, "outcome": str(outcome.kind), "reason": reason}
    connection.execute(_LOG, visit)
    values: dict[str, Any] = {"next_visit": next_visit, "attempts": attempts}
    if not keeps_fate:
        values |= {"outcome": str(outcome.kind), "reason": reason, "outcome_at": now}
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    if body_hash is not None:
        values["body_hash"] = body_hash
    is_visited = attempts == 0 and outcome.kind is not OutcomeKind.FAILED
    connection.execute(_VISITED if is_visited else _TRIED, values | {"number": link.id})


_LOG = insert(schema.visit)
_TRIED = update(schema.link).where(_link.id == bindparam("number"))
_VISITED = _TRIED.values(visits=_link.visits + 1)


def visits(connection: Connection, link_id: int) -> list[Visit]:
    """Every visit of a link, the first first."""
    visit = schema.visit.c
    rows = connection.execute(select(schema.visit).where(visit.link_id == link_id).order_by(visit.at, visit.id))
    return [Visit(at=row.at, outcome=Outcome(kind=OutcomeKind(row.outcome), reason=row.reason)) for row in rows]


def _new_row(source_id: SourceId, key: str, link: Link, *, now: datetime) -> dict[str, Any]:
    fate: dict[str, Any] = {"outcome": None, "reason": None, "outcome_at": None, "next_visit": now}
    if not key.startswith(("http://", "https://")):
        fate = _unsupported("not an http(s) address", now)
    elif len(link.url) > _LONGEST_URL:
        fate = _unsupported(f"an address of {len(link.url)} characters", now)
    return fate | {
        "source_id": source_id,
        "url": _storable(link.url),
        "key": key,
        "title": link.title and clean_line(link.title),
        "published": link.published,
        "published_day_only": link.published_day_only,
        "modified": _believable(link.modified, now),
        "guid": _guid(link),
        "first_seen": now,
        "visits": 0,
        "attempts": 0,
    }


def _unsupported(reason: str, now: datetime) -> dict[str, Any]:
    return {"outcome": "unsupported", "reason": reason, "outcome_at": now, "next_visit": None}


def _storable(text: str) -> str:
    """What UTF-8 cannot say, and NUL, no database takes; signs that no reader sees are written as URLs write them."""
    return _UNSEEN.sub(lambda sign: quote(sign[0]), text.encode("utf-8", "replace").decode().replace("\0", ""))


def _indexable(text: str) -> str:
    """The text itself, or of a very long one the beginning and a hash of the whole."""
    encoded = text.encode()
    return text if len(encoded) <= _LONGEST_KEY else f"{text[:500]}#sha256={hashlib.sha256(encoded).hexdigest()}"


def _guid(link: Link) -> str | None:
    return _indexable(_storable(link.guid)) if link.guid else None


def _note_found_again(
    connection: Connection, row: Row[Any], link: Link, *, last_read: datetime | None, now: datetime
) -> None:
    """A known link is due again when its place dates it later than before, or later than our last look.

    Of the names that feeds give it the first is kept.
    """
    values: dict[str, Any] = {}
    modified = _believable(link.modified, now)
    before = row.modified or row.outcome_at or row.first_seen
    if modified and modified > before:
        values |= {"modified": modified, "next_visit": now, "attempts": 0}
    if link.guid and row.guid is None:
        values["guid"] = _guid(link)
    if row.quiet and last_read is not None and row.first_seen > last_read:
        values["quiet"] = False
        if row.outcome_at is not None:  # it is read once more, as the news that it is
            values |= {"next_visit": now, "etag": None, "last_modified": None, "body_hash": None}
    if values:
        connection.execute(update(schema.link).where(_link.id == row.id).values(values))


def _believable(modified: datetime | None, now: datetime) -> datetime | None:
    """A date to come is a broken clock's, and would hide every later change."""
    return None if modified is None or modified > now else modified


def _by_key(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    rows: dict[str, Row[Any]] = {}
    for some in _in_portions(keys):
        rows |= {row.key: row for row in connection.execute(select(*_KNOWN).where(_link.key.in_(some)))}
    return rows


def _by_former_key(connection: Connection, source_id: SourceId, keys: Mapping[str, str]) -> dict[str, Row[Any]]:
    """The source's links whose articles were fetched from exactly these URLs, each given the key that stands beside."""
    rows: dict[str, Row[Any]] = {}
    columns: tuple[Any, ...] = (*_KNOWN, _article.url)
    read_from = select(*columns).join_from(schema.link, schema.article, _article.link_id == _link.id)
    for some in _in_portions(list(keys)):
        of_source = read_from.where(_article.url.in_(some), _link.source_id == source_id)
        rows |= {keys[row.url]: row for row in connection.execute(of_source)}
    for key, row in rows.items():
        connection.execute(update(schema.link).where(_link.id == row.id).values(key=key))
    return rows


def _in_portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _KEYS_A_QUERY] for start in range(0, len(values), _KEYS_A_QUERY))


def stored_link(row: Row[Any]) -> StoredLink:
    """A link from a row of its table."""
    outcome = row.outcome and Outcome(kind=OutcomeKind(row.outcome), reason=row.reason or "")
    return StoredLink(
        id=row.id,
        source_id=SourceId(row.source_id),
        url=row.url,
        key=row.key,
        link=_link_of(row),
        found_in=row.found_in,
        first_seen=row.first_seen,
        next_visit=row.next_visit,
        visits=row.visits,
        attempts=row.attempts,
        outcome=outcome or None,
        outcome_at=row.outcome_at,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        body_hash=row.body_hash,
        same_as=row.same_as,
        quiet=row.quiet,
    )


def _link_of(row: Row[Any]) -> Link:
    return Link(
        url=row.url,
        title=row.title,
        published=row.published,
        published_day_only=row.published_day_only,
        modified=row.modified,
        guid=row.guid,
    )
