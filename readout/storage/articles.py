"""Articles: what was read from each page, its earlier versions, and which others it resembles.

It must not decide what a resemblance means: the intake does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, text, update

from readout.articles.edition import Edition
from readout.articles.fingerprint import BANDS, bands, fingerprint, likenesses
from readout.date_origin import DateOrigin
from readout.finding import Reading, Recognition, Signal
from readout.model import Article, LanguageCode, OutcomeKind, SourceId, SourceKind
from readout.storage import proofs, schema
from readout.storage.search import WORDED, put_words_of, reworded

TELLS = frozenset({OutcomeKind.STORED, OutcomeKind.DUPLICATE})
"""The outcomes of an article that tells of a meeting."""

_article = schema.article.c
# A template used a thousand times fills a band: its newest texts are looked at, and of all found those that share
# most bands with the newcomer. A reprint comes within days, and what a template does not hold leads to it all the same.
_MOST_OF_A_BAND = 20
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
    source_kind: SourceKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as it stands. `duplicate_of` is the id of the article that told the same before, `gone_at` when its
    page was found to have vanished, `shed_at` when its text, now empty, was let go."""

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
    gone_at: datetime | None
    shed_at: datetime | None


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
        "source_kind": origin.source_kind,
        "url": origin.url,
        "told_at": origin.told_at,
        "first_seen": now,
        "changed_at": now,
        "version": 1,
        "outcome": outcome,
        "duplicate_of": duplicate_of,
    }
    kept = connection.execute(_ADD, row).one()
    put_words_of(connection, kept)
    return int(kept.id)


_ADD = insert(schema.article).returning(*WORDED)
_ID_CALLED = select(_article.id).where(_article.key == bindparam("called"))


def key_for_link(connection: Connection, link_id: int) -> str:
    """The key of a link's article: ``a<link id>``, with a dash where an imported row bears that already."""
    key = f"a{link_id}"
    while connection.scalar(_ID_CALLED, {"called": key}) is not None:
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
        **proofs.page_row(connection, stored.id),
    }
    connection.execute(insert(schema.article_version), former)
    row = _content(reading) | {
        "url": url,
        "changed_at": now,
        "version": stored.version + 1,
        "told_at": reading.article.published or stored.told_at,
        "outcome": outcome,
        "duplicate_of": duplicate_of,
        **proofs.NO_PAGE,
    }
    with reworded(connection, [stored.id]):
        connection.execute(update(schema.article).where(_article.id == stored.id).values(row))
    return stored.version + 1


def article_numbers(connection: Connection) -> list[int]:
    """The ids of all articles, in the order they came."""
    return list(connection.scalars(select(_article.id).order_by(_article.id)))


def reread(connection: Connection, stored: StoredArticle, reading: Reading, *, outcome: str) -> None:
    """Keep what rules that have changed made of the article as it stands; its text stays what it is."""
    row = _content(reading) | {"outcome": outcome}
    with reworded(connection, [stored.id]):
        connection.execute(update(schema.article).where(_article.id == stored.id).values(row))
    set_bands(connection, stored.id, reading.fingerprint.signature if reading.recognition.is_report else b"")


def set_link(connection: Connection, article_id: int, link_id: int) -> None:
    """Let the article be the one of another link."""
    connection.execute(update(schema.article).where(_article.id == article_id).values(link_id=link_id))


def note_gone(connection: Connection, article_id: int, *, now: datetime) -> None:
    """Note that the article's page has vanished; since when is noted once."""
    first = update(schema.article).where(_article.id == article_id, _article.gone_at.is_(None))
    connection.execute(first.values(gone_at=now))


def note_back(connection: Connection, article_id: int) -> None:
    """Note that the article's page is there, whether or not it had vanished."""
    gone = update(schema.article).where(_article.id == article_id, _article.gone_at.is_not(None))
    connection.execute(gone.values(gone_at=None))


def editions_between(connection: Connection, article: StoredArticle, first: int, last: int) -> list[Edition]:
    """The versions of an article from `first` to `last`, by number."""
    version = schema.article_version.c
    these = (version.article_id == article.id) & version.version.between(first, last)
    rows = connection.execute(select(schema.article_version).where(these).order_by(version.version)).all()
    former = [_edition(row.version, row.title, row.text, row.text_hash, row.seen_at) for row in rows]
    return [*former, *([_standing(article)] if first <= article.version <= last else [])]


def editions_of(connection: Connection, article: StoredArticle, *, limit: int | None = None) -> list[Edition]:
    """The versions of an article, the standing one last; with `limit`, so many of the last."""
    version = schema.article_version.c
    former = select(schema.article_version).where(version.article_id == article.id)
    rows = connection.execute(former.order_by(version.version.desc()).limit(limit and limit - 1)).all()
    editions = [_edition(row.version, row.title, row.text, row.text_hash, row.seen_at) for row in rows]
    return [*reversed(editions), _standing(article)]


def _standing(article: StoredArticle) -> Edition:
    title, words = article.article.title, article.article.text
    return _edition(article.version, title, words, article.text_hash, article.changed_at)


def _edition(number: int, title: str | None, words: str, text_hash: str, seen_at: datetime) -> Edition:
    """A version: where no text stands but another's hash does, its text was let go."""
    is_shed = not words and text_hash != fingerprint(title, words).text_hash
    return Edition(number=number, title=title, text=words, seen_at=seen_at, shed=text_hash if is_shed else None)


def signature_of(connection: Connection, article_id: int) -> bytes:
    """What the article's standing text is compared by, also where that was let go."""
    return bytes(connection.execute(select(_article.signature).where(_article.id == article_id)).scalar_one())


def article_by_id(connection: Connection, article_id: int) -> StoredArticle | None:
    """The article, or None."""
    return _one(connection, _BY_ID, number=article_id)


def article_by_key(connection: Connection, key: str) -> StoredArticle | None:
    """The article that exports call `key`, or None."""
    return _one(connection, _CALLED, called=key)


def article_of_link(connection: Connection, link_id: int) -> StoredArticle | None:
    """The article read from a link, or None."""
    return _one(connection, _OF_LINK, number=link_id)


def articles_by_url(connection: Connection, url: str) -> list[StoredArticle]:
    """The articles fetched from, or imported under, exactly this URL."""
    rows = connection.execute(select(schema.article).where(_article.url == url).order_by(_article.id))
    return [_stored(row) for row in rows]


def stream_articles(connection: Connection) -> Iterator[StoredArticle]:
    """Every article in the order they came, a few in memory at a time."""
    every = select(schema.article).order_by(_article.id)
    with connection.execute(every, execution_options={"yield_per": _A_PAGE}) as rows:
        yield from map(_stored, rows)


def same_text(connection: Connection, text_hash: str, *, besides: int) -> StoredArticle | None:
    """The first article with this very text but for `besides`, or None."""
    return _one(connection, _FIRST_SAYING, hash=text_hash, besides=besides)


def same_text_in(connection: Connection, source_id: SourceId, text_hash: str) -> list[StoredArticle]:
    """The articles of one source with this very text, the first of them first."""
    return [_stored(row) for row in connection.execute(_SAYING_IN, {"hash": text_hash, "source": source_id})]


# Made once: to put a statement together costs more than to run it.
_BY_ID = select(schema.article).where(_article.id == bindparam("number"))
_CALLED = select(schema.article).where(_article.key == bindparam("called"))
_OF_LINK = select(schema.article).where(_article.link_id == bindparam("number"))
_IS_SAYING = _article.text_hash == bindparam("hash")
_FIRST = select(func.min(_article.id)).where(_IS_SAYING, _article.id != bindparam("besides"))
_FIRST_SAYING = select(schema.article).where(_article.id == _FIRST.scalar_subquery())
_SAYING_IN = (
    select(schema.article)
    .where(_IS_SAYING, _article.source_id == bindparam("source"))
    .order_by(_article.id)
    .limit(_MOST_COMPARED)
)


def was_told_before(connection: Connection, article_id: int, text_hash: str) -> bool:
    """Whether a former version of the article had this very text."""
    former = schema.article_version.c
    same = select(former.version).where(former.article_id == article_id, former.text_hash == text_hash)
    return connection.scalar(same.limit(1)) is not None


def alike(connection: Connection, signature: bytes, *, besides: int, least: float) -> list[Alike]:
    """The articles of meetings whose text is like `signature`'s to `least` or more, the most alike first.

    Of many hundreds that share a template with it, only the newest.
    """
    if not signature:
        return []
    limits = {"besides": besides, "most_of_a_band": _MOST_OF_A_BAND, "most_compared": _MOST_COMPARED}
    rows = connection.execute(_SHARING, _band_keys(signature) | limits).all()
    found = zip(rows, likenesses(signature, [row.signature for row in rows]), strict=True)
    near = [Alike(article_id=row.id, likeness=like) for row, like in found if like >= least]
    return sorted(near, key=lambda each: (-each.likeness, each.article_id))


def set_bands(connection: Connection, article_id: int, signature: bytes, *, is_new: bool = False) -> None:
    """Let the article be found by likeness to `signature`, and to no other; one that `is_new` was found by none."""
    if not is_new:
        connection.execute(_FORGET_BANDS, {"id": article_id})
    if signature:
        connection.execute(_ADD_BANDS, _band_keys(signature) | {"id": article_id})


def _band_keys(signature: bytes) -> dict[str, int]:
    return {f"key_{number}": key for number, key in enumerate(bands(signature))}


# In SQL of our own, the same on both databases: to put twenty parts together otherwise costs more than to run them.
_NEWEST_OF_A_BAND = """
    SELECT article_id FROM (
        SELECT article_id FROM band WHERE key = :key_{0} AND article_id <> :besides
        ORDER BY article_id DESC LIMIT :most_of_a_band
    ) AS newest_{0}
"""
_SHARING = text(f"""
    SELECT id, signature FROM article WHERE id IN (
        SELECT article_id FROM ({" UNION ALL ".join(map(_NEWEST_OF_A_BAND.format, range(BANDS)))}) AS found
        GROUP BY article_id ORDER BY count(*) DESC, article_id DESC LIMIT :most_compared
    )
""")  # noqa: S608  no value from outside is part of it
_ADD_BANDS = text(f"""
    INSERT INTO band (key, article_id)
    VALUES {", ".join(f"(:key_{number}, :id)" for number in range(BANDS))} ON CONFLICT DO NOTHING
""")  # noqa: S608  as above
_FORGET_BANDS = text("DELETE FROM band WHERE article_id = :id")


def _content(reading: Reading) -> dict[str, Any]:
    article = reading.article
    return {
        "canonical_url": article.canonical_url,
        "title": article.title,
        "text": article.text,
        "shed_at": None,
        "language": article.language,
        "published": article.published,
        "published_day": article.published_day,
        "published_day_only": article.published_day_only,
        "published_from": article.published_from and str(article.published_from),
        "text_hash": reading.fingerprint.text_hash,
        "signature": reading.fingerprint.signature,
        "credit": reading.credit,
        "score": reading.recognition.score,
        "signals": _signal_rows(reading.recognition),
    }


def _signal_rows(recognition: Recognition) -> list[dict[str, Any]]:
    return [_signal_row(signal) for signal in recognition.signals]


def _signal_row(signal: Signal) -> dict[str, Any]:
    words = signal.evidence.text if signal.evidence else None
    return {"name": signal.name, "weight": signal.weight, "words": words}


def _one(connection: Connection, wanted: Select[Any], **named: Any) -> StoredArticle | None:
    row = connection.execute(wanted, named).one_or_none()
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
        gone_at=row.gone_at,
        shed_at=row.shed_at,
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
