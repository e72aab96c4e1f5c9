"""Articles: what was read from each page, its earlier versions, and which others it resembles.

It must not decide what a resemblance means: the intake does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from readout.articles.fingerprint import bands, likeness
from readout.finding import Reading, Recognition, Signal
from readout.model import Article, DateOrigin, LanguageCode, SourceId
from readout.storage import schema
from readout.storage.upsert import upsert

_article = schema.article.c
_band = schema.band.c
# Of a template used a thousand times, the texts that share most bands with the newcomer are alike enough to tell.
_MOST_COMPARED = 50
_A_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an article comes from and how it is known: what the page itself does not say.

    `key` is its id in exports, `told_at` when it was told, as far as anybody knows. `link_id` None: it was imported.
    """

    key: str
    url: str
    source_id: SourceId | None
    official: bool
    told_at: datetime | None
    link_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as it stands. `duplicate_of` is the id of the article that told the same before."""

    id: int
    key: str
    link_id: int | None
    source_id: SourceId | None
    article: Article
    first_seen: datetime
    changed_at: datetime
    told_at: datetime | None
    version: int
    text_hash: str
    score: float
    signals: tuple[tuple[str, float], ...]
    outcome: str
    duplicate_of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An earlier article whose text resembles another's: `likeness` is their estimated Jaccard likeness, 0..1."""

    article_id: int
    likeness: float


def add_article(
    connection: Connection,
    reading: Reading,
    origin: Origin,
    *,
    outcome: str,
    duplicate_of: int | None = None,
    now: datetime,
) -> int:
    """Store a new article; its id. `duplicate_of`: the article that told the same before."""
    row = _content(reading) | {
        "key": origin.key,
        "link_id": origin.link_id,
        "source_id": origin.source_id,
        "official": origin.official,
        "url": origin.url,
        "told_at": origin.told_at,
        "first_seen": now,
        "changed_at": now,
        "version": 1,
        "outcome": outcome,
        "duplicate_of": duplicate_of,
    }
    return int(connection.execute(insert(schema.article).returning(_article.id), row).scalar_one())


def key_for_link(connection: Connection, link_id: int) -> str:
    """The key of a link's article: ``a<link id>``, with a dash where an imported row bears that already."""
    key = f"a{link_id}"
    while connection.scalar(select(_article.id).where(_article.key == key)) is not None:
        key += "-"
    return key


def revise_article(
    connection: Connection,
    stored: StoredArticle,
    reading: Reading,
    *,
    url: str,
    outcome: str,
    duplicate_of: int | None = None,
    now: datetime,
) -> int:
    """Make `reading`, got from `url`, the article's standing version and keep the one before; its number."""
    former = {
        "article_id": stored.id,
        "version": stored.version,
        "title": stored.article.title,
        "text": stored.article.text,
        "text_hash": stored.text_hash,
        "seen_at": stored.changed_at,
    }
    connection.execute(insert(schema.article_version), former)
    row = _content(reading) | {
        "url": url,
        "changed_at": now,
        "version": stored.version + 1,
        "told_at": reading.article.published or stored.told_at,
        "outcome": outcome,
        "duplicate_of": duplicate_of,
    }
    connection.execute(update(schema.article).where(_article.id == stored.id).values(row))
    return stored.version + 1


def set_original(connection: Connection, article_id: int, original: int) -> None:
    """Note that the article is a version of what `original` told before."""
    connection.execute(update(schema.article).where(_article.id == article_id), {"duplicate_of": original})


def article_by_id(connection: Connection, article_id: int) -> StoredArticle | None:
    """The article, or None."""
    return _one(connection, _article.id == article_id)


def article_by_key(connection: Connection, key: str) -> StoredArticle | None:
    """The article that exports call `key`, or None."""
    return _one(connection, _article.key == key)


def article_of_link(connection: Connection, link_id: int) -> StoredArticle | None:
    """The article read from a link, or None."""
    return _one(connection, _article.link_id == link_id)


def articles_by_url(connection: Connection, url: str) -> list[StoredArticle]:
    """The articles fetched from, or imported under, exactly this URL."""
    rows = connection.execute(select(schema.article).where(_article.url == url).order_by(_article.id))
    return [_stored(row) for row in rows]


def stream_articles(connection: Connection) -> Iterator[StoredArticle]:
    """Every article in the order they came, a few in memory at a time."""
    every = select(schema.article).order_by(_article.id)
    rows = connection.execute(every, execution_options={"yield_per": _A_PAGE})
    return (_stored(row) for row in rows)


def same_text(connection: Connection, text_hash: str, *, besides: int) -> StoredArticle | None:
    """The first article with this very text but for `besides`, or None."""
    first = select(func.min(_article.id)).where(_article.text_hash == text_hash, _article.id != besides)
    return _one(connection, _article.id == first.scalar_subquery())


def alike(connection: Connection, signature: bytes, *, besides: int, least: float) -> list[Alike]:
    """The articles of meetings whose text is like `signature`'s to `least` or more, the most alike first."""
    shared = (
        select(_band.article_id)
        .where(_band.key.in_(bands(signature)), _band.article_id != besides)
        .group_by(_band.article_id)
        .order_by(func.count().desc(), _band.article_id)
        .limit(_MOST_COMPARED)
    )
    rows = connection.execute(select(_article.id, _article.signature).where(_article.id.in_(shared.scalar_subquery())))
    found = [Alike(article_id=row.id, likeness=likeness(signature, row.signature)) for row in rows]
    near = [each for each in found if each.likeness >= least]
    return sorted(near, key=lambda each: (-each.likeness, each.article_id))


def set_bands(connection: Connection, article_id: int, signature: bytes) -> None:
    """Let the article be found by likeness to `signature`, and to no other."""
    connection.execute(delete(schema.band).where(_band.article_id == article_id))
    rows = [{"key": key, "article_id": article_id} for key in set(bands(signature))]
    upsert(connection, schema.band, rows, key=["key", "article_id"])


def _content(reading: Reading) -> dict[str, Any]:
    article = reading.article
    return {
        "canonical_url": article.canonical_url,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published": article.published,
        "published_day": article.published_day,
        "published_day_only": article.published_day_only,
        "published_from": article.published_from and str(article.published_from),
        "text_hash": reading.fingerprint.text_hash,
        "signature": reading.fingerprint.signature,
        "score": reading.recognition.score,
        "signals": _signal_rows(reading.recognition),
    }


def _signal_rows(recognition: Recognition) -> list[dict[str, Any]]:
    return [_signal_row(signal) for signal in recognition.signals]


def _signal_row(signal: Signal) -> dict[str, Any]:
    words = signal.evidence.text if signal.evidence else None
    return {"name": signal.name, "weight": signal.weight, "words": words}


def _one(connection: Connection, condition: Any) -> StoredArticle | None:
    row = connection.execute(select(schema.article).where(condition)).one_or_none()
    return None if row is None else _stored(row)


def _stored(row: Row[Any]) -> StoredArticle:
    return StoredArticle(
        id=row.id,
        key=row.key,
        link_id=row.link_id,
        source_id=row.source_id and SourceId(row.source_id),
        article=_article_of(row),
        first_seen=row.first_seen,
        changed_at=row.changed_at,
        told_at=row.told_at,
        version=row.version,
        text_hash=row.text_hash,
        score=row.score,
        signals=tuple((signal["name"], signal["weight"]) for signal in row.signals),
        outcome=row.outcome,
        duplicate_of=row.duplicate_of,
    )


def _article_of(row: Row[Any]) -> Article:
    return Article(
        url=row.url,
        title=row.title,
        text=row.text,
        published=row.published,
        published_day=row.published_day,
        published_day_only=row.published_day_only,
        published_from=row.published_from and DateOrigin(row.published_from),
        language=row.language and LanguageCode(row.language),
        canonical_url=row.canonical_url,
    )
