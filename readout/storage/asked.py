"""Which meetings a query may ask for, found by what their reports say, through indexes: a first sieve.

It must not lose a meeting that the query asks for; whether it does ask for one, `readout.watches.match` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, union_all

from readout.model import Verdict
from readout.storage import schema
from readout.storage.said import LONG, Saying, looked_up, name_sounds, number_text
from readout.watches.folding import folded
from readout.watches.match import Kinds
from readout.watches.value import days, numbers, share
from readout.watching import Filter, Query, Term

_meeting = schema.meeting.c
_judgement = schema.judgement.c
_report = schema.report.c
_article = schema.article.c
_said = schema.said.c
_ruling = schema.ruling.c

Condition = ColumnElement[bool]

# SQLite takes no expression deeper than 1,000, so that of a query without measure some demands are left to the matcher.
_MOST_TERMS = 50
_MOST_VALUES = 200
_FEW = 4_000
"""So few reports are looked up beforehand; of more, each meeting's are looked at in turn."""


def may_be_asked(connection: Connection, query: Query, kinds: Kinds) -> Iterator[Condition]:
    """What holds of every meeting that `query` asks for."""
    sieves = _Sieves(connection, kinds)
    for term in islice(query.terms, _MOST_TERMS):
        if len(term.values) > _MOST_VALUES:
            continue
        if term.filter in _OF_MEETING:
            asked = _OF_MEETING[term.filter].in_(term.values)
            yield ~asked if term.is_not else asked
        elif not term.is_not and (sieve := sieves.of(term)) is not None:
            yield sieve


_OF_MEETING = {Filter.KIND: _meeting.kind, Filter.STATUS: _meeting.status}


class _Sieves:
    """One condition a filter: that one of the meeting's reports may say so, or a person set facts of the meeting."""

    def __init__(self, connection: Connection, kinds: Kinds) -> None:
        self._connection = connection
        self._kinds = kinds

    def of(self, term: Term) -> Condition | None:
        """What holds of every meeting that the term asks for; None: all may be."""
        make = self._BY_FILTER.get(term.filter)
        return make(self, term.values) if make else None

    def _body(self, values: Sequence[str]) -> Condition:
        return self._told(Saying.BODY, _said.value.in_(values))

    def _body_kind(self, values: Sequence[str]) -> Condition:
        return self._body([body for body, kind in self._kinds.items() if kind in values])

    def _session(self, values: Sequence[str]) -> Condition:
        ranges = (map(number_text, numbers(value)) for value in values)
        return self._told(Saying.SESSION, or_(*(_said.value.between(first, last) for first, last in ranges)))

    def _day(self, values: Sequence[str]) -> Condition:
        spans = (days(value) for value in values)
        said = (_said.value.between(first.isoformat(), last.isoformat()) for first, last in spans)
        return self._told(Saying.DAY, or_(_said.value == LONG, *said))

    def _code(self, values: Sequence[str]) -> Condition:
        return self._told(Saying.CODE, _said.value.in_(values))

    def _city(self, values: Sequence[str]) -> Condition:
        wanted = [looked_up(folded(value)) for value in values]
        return self._told(Saying.CITY, _said.value.in_(wanted))

    def _person(self, values: Sequence[str]) -> Condition | None:
        sounds = [name_sounds(value) for value in values]
        heard = sorted({LONG, *map(looked_up, frozenset().union(*sounds))})
        return self._told(Saying.NAME, _said.value.in_(heard)) if all(sounds) else None

    def _source(self, values: Sequence[str]) -> Condition:
        return self._published(_article.source_id.in_(values), is_indexed=True)

    def _source_kind(self, values: Sequence[str]) -> Condition:
        return self._published(_article.source_kind.in_(values), is_indexed=True)

    def _language(self, values: Sequence[str]) -> Condition:
        language = func.lower(_article.language)
        # "az" itself and what begins with "az-", as a range of the index
        either = ((language == each) | ((language >= f"{each}-") & (language < f"{each}.")) for each in values)
        return self._published(or_(*either), is_indexed=True)

    def _confidence(self, values: Sequence[str]) -> Condition:
        return self._published(_article.score >= min(map(share, values)))

    # --- of a report under the meeting --------------------------------------------------------------------------------

    def _told(self, fact: Saying, of_value: Condition) -> Condition:
        """That a report under the meeting says such a value; or a person set facts of it, which no report need say."""
        saying = and_(_said.fact == fact, of_value)
        under = select(_judgement.meeting_id).join_from(
            schema.judgement, schema.said, _said.report_id == _judgement.report_id
        )
        under = under.where(_STOOD, saying)
        if self._are_few(select(_said.report_id).where(saying)):
            return _meeting.id.in_(union_all(under, _CORRECTED))
        return or_(_meeting.id.in_(_CORRECTED), _one_of(under))

    def _published(self, of_article: Condition, *, is_indexed: bool = False) -> Condition:
        """That the article of a report under the meeting is so."""
        under = (
            select(_judgement.meeting_id)
            .join_from(schema.judgement, schema.report, _report.id == _judgement.report_id)
            .join(schema.article, _article.id == _report.article_id)
            .where(_STOOD, of_article)
        )
        is_rare = is_indexed and self._are_few(select(_article.id).where(of_article))
        return _meeting.id.in_(under) if is_rare else _one_of(under)

    def _are_few(self, found: Select[Any]) -> bool:
        """Whether it is faster to begin with what is found than with the meetings."""
        some = select(func.count()).select_from(found.limit(_FEW + 1).subquery())
        return (self._connection.scalar(some) or 0) <= _FEW

    _BY_FILTER: Mapping[Filter, Callable[[_Sieves, Sequence[str]], Condition | None]] = {
        Filter.BODY: _body,
        Filter.BODY_KIND: _body_kind,
        Filter.SESSION: _session,
        Filter.DAY: _day,
        Filter.COUNTRY: _code,
        Filter.STATE: _code,
        Filter.TOPIC: _code,
        Filter.CITY: _city,
        Filter.PERSON: _person,
        Filter.SOURCE: _source,
        Filter.SOURCE_KIND: _source_kind,
        Filter.LANGUAGE: _language,
        Filter.CONFIDENCE: _confidence,
    }


def _one_of(meetings: Select[Any]) -> Condition:
    """That the meeting is one of these, looked up for each meeting."""
    return exists(meetings.where(_judgement.meeting_id == _meeting.id).correlate(schema.meeting))


_STOOD = _judgement.verdict == Verdict.SAME
"""No less than what stands: a person may have ruled otherwise."""
_corrected = schema.meeting.alias("corrected")
_CORRECTED = (
    select(func.coalesce(_corrected.c.merged_into, _corrected.c.id))
    .join_from(schema.ruling, _corrected, _corrected.c.id == _ruling.meeting_id)
    .where(_ruling.kind == "correct", _ruling.undone_at.is_(None))
)
"""The meetings of which a person set facts."""
