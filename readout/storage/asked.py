"""Which meetings a query may ask for, found by columns and indexes: a first sieve.

It must not lose a meeting that the query asks for; whether it does ask for one, `readout.watches.match` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select

from readout.storage import schema
from readout.storage.reports import STANDS
from readout.watches.match import Kinds
from readout.watches.value import days, numbers, share
from readout.watching import Filter, Query, Term

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c

Condition = ColumnElement[bool]

# SQLite takes no expression deeper than 1,000, so that of a query without measure some demands are left to the matcher.
_MOST_TERMS = 50
_MOST_VALUES = 200


def may_be_asked(query: Query, kinds: Kinds) -> Iterator[Condition]:
    """What holds of every meeting that `query` asks for."""
    for term in islice(filter(_is_sieve, query.terms), _MOST_TERMS):
        if term.filter in _OF_MEETING:
            asked = _OF_MEETING[term.filter].in_(term.values)
            yield ~asked if term.is_not else asked
        else:
            yield _SIEVES[term.filter](term.values, kinds)


def _is_sieve(term: Term) -> bool:
    """Whether the database can be asked."""
    is_known = term.filter in _OF_MEETING or (term.filter in _SIEVES and not term.is_not)
    return is_known and len(term.values) <= _MOST_VALUES


def _told(of_report: Condition) -> Condition:
    """That a report which stands under the meeting is so."""
    return _meeting.id.in_(_REPORTS.where(of_report))


def _published(of_article: Condition) -> Condition:
    """That the article of such a report is so."""
    return _meeting.id.in_(_REPORTS.join(schema.article, _article.id == _report.article_id).where(of_article))


def _said(*path: str) -> Any:
    """A fact of a report, as a column."""
    return _report.facts[path]


_REPORTS = (
    select(_judgement.meeting_id)
    .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
    .where(STANDS)
)

# --- one sieve per filter -------------------------------------------------------------------------------------------


def _body(values: Sequence[str], _kinds: Kinds) -> Condition:
    return or_(_meeting.body_id.in_(values), _told(_said("body", "id").as_string().in_(values)))


def _body_kind(values: Sequence[str], kinds: Kinds) -> Condition:
    return _body([body for body, kind in kinds.items() if kind in values], kinds)


def _session(values: Sequence[str], _kinds: Kinds) -> Condition:
    def within(column: Any) -> Condition:
        return or_(*(column.between(*numbers(value)) for value in values))

    return or_(within(_meeting.session_number), _told(within(_said("session_number").as_integer())))


def _day(values: Sequence[str], _kinds: Kinds) -> Condition:
    spans = [days(value) for value in values]
    of_meeting = or_(*(_overlap(_meeting.start_date, _meeting.end_date, first, last) for first, last in spans))
    start, end = _said("start_date").as_string(), _said("end_date").as_string()
    of_report = or_(*(_overlap(start, end, first.isoformat(), last.isoformat()) for first, last in spans))
    return or_(of_meeting, _told(of_report))


def _overlap(start: Any, end: Any, first: date | str, last: date | str) -> Condition:
    return and_(func.coalesce(start, end) <= last, or_(end >= first, start >= first))


def _written(values: Sequence[str], _kinds: Kinds) -> Condition:
    """That the values stand among the facts, wherever."""

    def somewhere(facts: ColumnElement[Any]) -> Condition:
        return or_(*(cast(facts, Text).contains(f'"{value}"', autoescape=True) for value in values))

    return or_(somewhere(_meeting.facts), _told(somewhere(_report.facts)))


def _source(values: Sequence[str], _kinds: Kinds) -> Condition:
    return _published(_article.source_id.in_(values))


def _source_kind(values: Sequence[str], _kinds: Kinds) -> Condition:
    return _published(_article.source_kind.in_(values))


def _language(values: Sequence[str], _kinds: Kinds) -> Condition:
    language = func.lower(_article.language)
    return _published(
        or_(*((language == value) | language.startswith(f"{value}-", autoescape=True) for value in values))
    )


def _confidence(values: Sequence[str], _kinds: Kinds) -> Condition:
    return _published(_article.score >= min(map(share, values)))


_OF_MEETING = {Filter.KIND: _meeting.kind, Filter.STATUS: _meeting.status}
_SIEVES: Mapping[Filter, Callable[[Sequence[str], Kinds], Condition]] = {
    Filter.BODY: _body,
    Filter.BODY_KIND: _body_kind,
    Filter.SESSION: _session,
    Filter.DAY: _day,
    Filter.COUNTRY: _written,
    Filter.STATE: _written,
    Filter.TOPIC: _written,
    Filter.SOURCE: _source,
    Filter.SOURCE_KIND: _source_kind,
    Filter.LANGUAGE: _language,
    Filter.CONFIDENCE: _confidence,
}
