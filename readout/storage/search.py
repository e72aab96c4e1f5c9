"""The index of words: which articles hold what somebody searches for, the newest first.

It must not decide what a question means, nor show anything: `readout.watches.wanted` knows both.

How each database keeps such an index is told in `readout.storage.word_index`; the words are the same on both.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text

from readout.model import Report, SourceId
from readout.record import report_from_row
from readout.storage import schema
from readout.storage.reports import IS_STANDING, STANDS
from readout.storage.word_index import AllOf, AnyOf, Entry, In, Line, Wanted, Words, index_of
from readout.watches.stem import words_of
from readout.watches.wanted import Phrase, Question, others

ID_BITS = 26
"""Of a place, those that hold the article's id: 67 million articles."""
ID_MASK = (1 << ID_BITS) - 1
MOST_TEXT = 10_000
"""Characters of a text that are handed on to be shown."""

_article = schema.article.c
_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
INDEXED_AT_ONCE = 500
"""Articles, of which the words are in memory."""
_MOST_TITLES = 100
WORDED = (
    _article.id,
    _article.title,
    _article.text,
    _article.language,
    _article.published_day,
    _article.told_at,
)
"""The columns that an article is found by."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands among all: by the day it was told, None where nobody knows that, and its id."""

    day: date | None
    article_id: int

    @property
    def number(self) -> int:
        """As a row of the index: the newer the higher."""
        return (self.day.toordinal() if self.day else 0) << ID_BITS | self.article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that holds what is searched for; `text` is bounded."""

    place: Place
    key: str
    url: str
    title: str | None
    text: str
    language: str | None
    source_id: SourceId | None
    official: bool
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some articles, the newest first; whether there are `more` behind them."""

    found: tuple[Found, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A meeting that an article tells of, as far as a list of articles names it."""

    meeting_id: int
    report: Report


# --- kept up --------------------------------------------------------------------------------------------------------


@contextmanager
def reworded(connection: Connection, article_ids: Sequence[int]) -> Iterator[None]:
    """The index follows whatever is done inside to the texts, titles, languages and days of these articles."""
    before = {row.id: row for row in _rows(connection, article_ids)}
    yield
    after = _rows(connection, article_ids)
    changed = [row for row in after if row != before.get(row.id)]
    _take(connection, [before[row.id] for row in changed if row.id in before])
    _put(connection, changed)


def put_words(connection: Connection, article_ids: Sequence[int]) -> None:
    """Let new articles be found by their words."""
    _put(connection, sorted(_rows(connection, article_ids), key=lambda row: _place(row).number))


def put_words_of(connection: Connection, row: Row[Any]) -> None:
    """Let a new article, a row of the columns `WORDED`, be found by its words."""
    _put(connection, [row])


def unindexed(connection: Connection) -> list[int]:
    """The articles that the index lacks, in the order in which it takes them fastest: that of their places."""
    index = index_of(connection)
    lacking = select(_article.id).except_(select(index.indexed.op("&")(ID_MASK)))
    return list(connection.scalars(select(_article.id).where(_article.id.in_(lacking)).order_by(*_IN_TIME)))


def index_all(connection: Connection, tell: Callable[[int, int], None] | None = None) -> int:
    """Make the index anew from all that is stored; how many articles. `tell` hears how many of how many are done."""
    index_of(connection).clear(connection)
    ids = unindexed(connection)
    for start in range(0, len(ids), INDEXED_AT_ONCE):
        put_words(connection, ids[start : start + INDEXED_AT_ONCE])
        if tell:
            tell(min(start + INDEXED_AT_ONCE, len(ids)), len(ids))
    return len(ids)


_IN_TIME = (func.coalesce(_article.published_day, func.date(_article.told_at)), _article.id)


def _rows(connection: Connection, article_ids: Sequence[int]) -> Sequence[Any]:
    return connection.execute(select(*WORDED).where(_article.id.in_(article_ids)).order_by(_article.id)).all()


def _place(row: Any) -> Place:
    return Place(row.published_day or (row.told_at and row.told_at.date()), row.id)


def _put(connection: Connection, rows: Sequence[Any]) -> None:
    if rows:
        index_of(connection).put(connection, [_entry(row) for row in rows])


def _take(connection: Connection, rows: Sequence[Any]) -> None:
    if rows:
        index_of(connection).take(connection, [_entry(row) for row in rows])


def _entry(row: Any) -> Entry:
    return Entry(_place(row).number, words_of(row.title or "", row.language), words_of(row.text, row.language))


# --- asked ----------------------------------------------------------------------------------------------------------


def articles_with(connection: Connection, asked: Question, *, after: Place | None = None, most: int) -> Sheet:
    """The first `most` articles behind `after` that hold what is `asked`, by day, those of an unknown day last."""
    if asked.is_empty:
        return Sheet()
    before = after.number if after else _BEHIND_ALL
    wanted = _wanted(asked, _codes(connection))
    places = index_of(connection).newest(connection, wanted, before=before, most=most + 1)
    return Sheet(tuple(_found(connection, places[:most])), len(places) > most)


def meetings_titled(connection: Connection, asked: Question, *, most: int) -> list[int]:
    """The ids of meetings of which one of the newest articles with such a title tells, at most so many, by day."""
    if asked.is_empty:
        return []
    titled = In((Line.TITLE,), _wanted(asked, _codes(connection)))
    places = index_of(connection).newest(connection, titled, before=_BEHIND_ALL, most=_MOST_TITLES)
    articles = [place & ID_MASK for place in places]
    return list(connection.scalars(_TITLED, {"articles": articles, "most": most}))


def meetings_told(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[Told]]:
    """The meetings that each of these articles tells of, by the article."""
    told: dict[int, list[Told]] = {}
    for row in connection.execute(_TOLD, {"articles": list(article_ids)}):
        told.setdefault(row.article_id, []).append(Told(row.id, report_from_row(row.facts)))
    return told


def meetings_of_bodies(connection: Connection, body_ids: Sequence[str], *, most: int) -> list[int]:
    """The ids of the newest meetings of each of these bodies, at most so many of each."""
    newest = select(_meeting.id).where(_meeting.body_id == bindparam("body"), IS_STANDING)
    ordered = newest.order_by(_meeting.day.desc(), _meeting.id.desc()).limit(most)
    return [number for body in body_ids for number in connection.scalars(ordered, {"body": body})]


def _codes(connection: Connection) -> frozenset[str]:
    """The languages that there are texts in: a stem of another would be looked for in vain."""
    return frozenset(language.partition("-")[0] for language in connection.scalars(_LANGUAGES) if language)


# from one language to the next by the index, however many articles there are in each
_LANGUAGES = text("""
    WITH RECURSIVE found (language) AS (
        SELECT min(lower(language)) FROM article
        UNION ALL
        SELECT (SELECT min(lower(language)) FROM article WHERE lower(language) > found.language)
        FROM found WHERE found.language IS NOT NULL
    )
    SELECT language FROM found
""")


def _found(connection: Connection, places: Sequence[int]) -> Iterator[Found]:
    """The articles at these places; a place where the index alone knows of one is passed over."""
    rows = connection.execute(_SHOWN, {"articles": [place & ID_MASK for place in places]}).all()
    by_place = {_place(row).number: row for row in rows}
    for place in places:
        if (row := by_place.get(place)) is not None:
            yield Found(
                place=_place(row),
                key=row.key,
                url=row.url,
                title=row.title,
                text=row.text,
                language=row.language,
                source_id=row.source_id and SourceId(row.source_id),
                official=row.official,
                published=row.published,
            )


_BEHIND_ALL = 2**63 - 1
_SHOWN = select(
    _article.id,
    _article.key,
    _article.url,
    _article.title,
    func.substr(_article.text, 1, MOST_TEXT).label("text"),
    _article.language,
    _article.source_id,
    _article.official,
    _article.published,
    _article.published_day,
    _article.told_at,
).where(_article.id.in_(bindparam("articles", expanding=True)))
_TOLD = (
    select(_report.article_id, _meeting.id, _meeting.facts)
    .join_from(schema.report, schema.judgement, _judgement.report_id == _report.id)
    .join(schema.meeting, _meeting.id == _judgement.meeting_id)
    .where(STANDS, _report.article_id.in_(bindparam("articles", expanding=True)))
    .order_by(_report.article_id, _report.position)
)
_TITLED = (
    select(_meeting.id)
    .join_from(schema.report, schema.judgement, _judgement.report_id == _report.id)
    .join(schema.meeting, _meeting.id == _judgement.meeting_id)
    .where(STANDS, _report.article_id.in_(bindparam("articles", expanding=True)))
    .group_by(_meeting.id)
    .order_by(_meeting.day.desc().nulls_last(), _meeting.id.desc())
    .limit(bindparam("most"))
)


# --- what is asked of the index -------------------------------------------------------------------------------------


def _wanted(asked: Question, codes: Container[str]) -> Wanted:
    """Nothing in it is as it was typed: words are of ``a-z``, ``0-9`` and ``=``."""
    demands = {is_not: [each for each in asked.demands if each.is_not is is_not] for is_not in (False, True)}
    wanted, unwanted = (tuple(_all(each.phrases, codes) for each in demands[is_not]) for is_not in (False, True))
    return AllOf(wanted, unwanted)


def _all(phrases: Sequence[Phrase], codes: Container[str]) -> Wanted:
    return AllOf(tuple(_phrase(phrase, codes) for phrase in phrases))


def _phrase(phrase: Phrase, codes: Container[str]) -> Wanted:
    words = Words(tuple(part.term for part in phrase), phrase[-1].is_begun)
    return AnyOf((words, *(Words(tuple(other.split())) for other in dict.fromkeys(others(phrase, codes)))))
