"""Places of discovery: what is remembered of each to ask it again with, and the gaps that are still to be closed.

It must not decide what was missed: it writes down what it is told, in the transaction that stores the links it covers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select, update

from readout.discovery import Validators
from readout.model import SourceId
from readout.storage import schema
from readout.storage.upsert import upsert

_place = schema.discovery.c
_GAP = "gap"
_KEY = {"source_id", "url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is remembered of a page where links are found; of one never asked, nothing.

    `body_hash` is the SHA-256 of the bytes whose links are stored, `full_at` when it last answered with all its bytes,
    `cursor` how far the walk that began there has come, as JSON; None leaves the one that is kept.
    """

    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    full_at: datetime | None = None
    cursor: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Links that a place may have named and dropped before it was asked again.

    What was known before `since` ends the search; `begun` is when the place had been read before. `place` is where it
    goes on (None: at the place itself), from `cursor`, after `pages` pages.
    """

    url: str
    since: datetime
    begun: datetime | None = None
    place: str | None = None
    cursor: Any = None
    pages: int = 0


def asked(connection: Connection, source_id: SourceId, url: str) -> Asked:
    """What is remembered of the page `url`."""
    row = connection.execute(select(schema.discovery).where(*_is(source_id, url))).one_or_none()
    if row is None:
        return Asked()
    validators = Validators(etag=row.etag, last_modified=row.last_modified)
    return Asked(validators=validators, body_hash=row.body_hash, full_at=row.full_at, cursor=row.cursor)


def is_known(connection: Connection, source_id: SourceId, url: str) -> bool:
    """Whether the page `url` was read before."""
    return connection.scalar(select(_place.url).where(*_is(source_id, url))) is not None


def read_at(connection: Connection, source_id: SourceId, url: str) -> datetime | None:
    """When the page or place `url` was read last; None: never."""
    return connection.scalar(select(_place.checked_at).where(*_is(source_id, url)))


def known_pages(connection: Connection, source_id: SourceId, urls: Collection[str]) -> set[str]:
    """Those of the pages `urls` that were read before."""
    known = select(_place.url).where(_place.source_id == source_id, _place.url.in_(urls))
    return set(connection.scalars(known))


def set_asked(connection: Connection, source_id: SourceId, url: str, asked: Asked, *, now: datetime) -> None:
    """Keep what a page is to be asked with: only ever in the transaction that stores the links it covers."""
    row: dict[str, Any] = {
        "source_id": source_id,
        "url": url,
        "etag": asked.validators.etag,
        "last_modified": asked.validators.last_modified,
        "checked_at": now,
        "body_hash": asked.body_hash,
        "full_at": asked.full_at,
    }
    if asked.cursor is not None:
        row["cursor"] = asked.cursor
    changed = sorted(row.keys() - _KEY)
    upsert(connection, schema.discovery, [row], key=["source_id", "url"], update=changed)


def note_place(connection: Connection, source_id: SourceId, url: str, *, now: datetime) -> None:
    """Note that a place is known whose pages stand at other addresses than its own."""
    row = {"source_id": source_id, "url": url, "checked_at": now}
    upsert(connection, schema.discovery, [row], key=["source_id", "url"], update=["checked_at"])


def note_sitemap(connection: Connection, source_id: SourceId, url: str, *, told_alone: bool, now: datetime) -> None:
    """Note that a sitemap was asked, and whether it named what no feed had."""
    row = {"source_id": source_id, "url": url, "checked_at": now} | ({"alone_at": now} if told_alone else {})
    upsert(connection, schema.discovery, [row], key=["source_id", "url"], update=sorted(row.keys() - _KEY))


def sitemap_asked(connection: Connection, source_id: SourceId, url: str) -> tuple[datetime | None, datetime | None]:
    """When a sitemap was asked last, and when it last named what no feed had."""
    row = connection.execute(select(_place.checked_at, _place.alone_at).where(*_is(source_id, url))).one_or_none()
    return (None, None) if row is None else (row.checked_at, row.alone_at)


def set_gap(connection: Connection, source_id: SourceId, gap: Gap) -> None:
    """Note a gap at a place that is known, or how far the search for its end has come."""
    begun = gap.begun and gap.begun.isoformat()
    kept = {
        "since": gap.since.isoformat(),
        "begun": begun,
        "place": gap.place,
        "at": gap.cursor,
        "pages": gap.pages,
    }
    connection.execute(update(schema.discovery).where(*_is(source_id, gap.url)).values(cursor={_GAP: kept}))


def end_gap(connection: Connection, source_id: SourceId, url: str) -> None:
    """Forget the gap at a place: it is closed, or nothing more can be done about it."""
    connection.execute(update(schema.discovery).where(*_is(source_id, url)).values(cursor=null()))


def gaps(connection: Connection, source_id: SourceId) -> list[Gap]:
    """The gaps of a source that are still to be closed."""
    kept = select(_place.url, _place.cursor).where(_place.source_id == source_id, _place.cursor.is_not(None))
    rows = connection.execute(kept.order_by(_place.url))
    return [_gap(url, cursor[_GAP]) for url, cursor in rows if isinstance(cursor, dict) and _GAP in cursor]


def _gap(url: str, kept: dict[str, Any]) -> Gap:
    since = datetime.fromisoformat(kept["since"])
    begun = datetime.fromisoformat(kept["begun"]) if kept.get("begun") else None
    return Gap(url=url, since=since, begun=begun, place=kept["place"], cursor=kept["at"], pages=kept["pages"])


def _is(source_id: SourceId, url: str) -> tuple[Any, ...]:
    return _place.source_id == source_id, _place.url == url
