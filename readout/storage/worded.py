"""Which meetings a query's words may ask for, by the index of words: a sieve, as `readout.storage.asked` is by columns.

It must not lose a meeting that the query asks for; whether it does ask for one, `readout.watches.match` decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from readout.storage import schema
from readout.storage.reports import STANDS
from readout.storage.search import ID_MASK
from readout.storage.word_index import AllOf, AnyOf, In, Line, Wanted, Words, index_of
from readout.watches.folding import UNSPACED, WORD
from readout.watches.stem import plain
from readout.watches.wanted import LEAST_BEGUN
from readout.watching import Filter, Query, Term

_MOST_MEETINGS = 20_000
_MOST_VALUES = 50
_LINES = {Filter.TITLE: (Line.TITLE,), Filter.TEXT: (Line.TEXT,), Filter.WORDS: tuple(Line)}

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_version = schema.article_version.c


def may_be_said(connection: Connection, query: Query) -> ColumnElement[bool] | None:
    """What holds of every meeting of which a report may hold the words that `query` demands; None: the index cannot be
    asked, or knows so many that they are found sooner without it."""
    demands = [asked for term in query.terms if not term.is_not and (asked := _demand(term))]
    if not demands:
        return None
    holding = index_of(connection).places(connection, AllOf(tuple(demands)))
    if holding is None:
        return None
    # one whose page tells otherwise now is asked by what it told then, which no index holds
    meetings = {*connection.scalars(_told(holding)), *connection.scalars(_TOLD_BEFORE)}
    return _meeting.id.in_(sorted(meetings)) if len(meetings) <= _MOST_MEETINGS else None


def _demand(term: Term) -> Wanted | None:
    """A term as the index is asked for it; None where the index would lose or gain nothing."""
    if term.filter not in _LINES or len(term.values) > _MOST_VALUES:
        return None
    values = [tuple(_phrases(value)) for value in term.values]
    return In(_LINES[term.filter], AnyOf(tuple(map(AllOf, values)))) if all(values) else None


def _phrases(value: str) -> Iterator[Words]:
    """What each text must hold which holds `value`: between quotes words that follow one another, each whole but where
    a star is behind it; else words by how they begin. Beginnings of a few letters are left to the matcher."""
    if UNSPACED.search(value):
        return
    whole: list[str] = []
    for word, star in _WORD.findall(unicodedata.normalize("NFC", value))[:_MOST_VALUES]:
        term = plain(word)
        if value.startswith('"') and not star:
            whole.append(term)
            continue
        if len(term) >= LEAST_BEGUN:
            yield Words((*whole, term), is_begun=True)
        elif whole:
            yield Words(tuple(whole))
        whole = []
    if whole:
        yield Words(tuple(whole))


_WORD = re.compile(rf"({WORD.pattern})(\*?)")


def _told(holding: Select[Any]) -> Select[Any]:
    """The meetings that the articles at these places tell of."""
    place = holding.subquery().c[0]
    told = select(_judgement.meeting_id).join_from(schema.report, schema.judgement, _judgement.report_id == _report.id)
    return told.where(STANDS, _report.article_id == place.op("&")(ID_MASK)).distinct()


# An outer join, though none is without: SQLite begins with the few former versions then, else with all reports.
_OF_FORMER = select(_report.id).outerjoin_from(
    schema.article_version,
    schema.report,
    and_(_version.article_id == _report.article_id, _version.version == _report.version),
)
_TOLD_BEFORE = select(_judgement.meeting_id).where(STANDS, _judgement.report_id.in_(_OF_FORMER))
