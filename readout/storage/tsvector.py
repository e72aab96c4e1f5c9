"""The index of words on PostgreSQL: a tsvector an article (postgresql.org/docs, 12), titles of weight A, texts of D.

GIN knows which entries hold a word, not which of them are the newest, and of a common word there are hundreds of
thousands: each entry has a word for the span of time that it stands in, so that the newest spans can be asked alone.
Nor does it know weights: each word of a title stands once more as one of titles alone.

It must not decide what is asked. What PostgreSQL keeps is bounded: of a word its first 255 places, of a text the first
16,383 places, and a megabyte in all; what is behind them is found by its words, not by what they follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Select, bindparam, column, delete, func, select, table, text

from readout.storage.word_index import AllOf, AnyOf, Entry, In, Line, Wanted, WordIndex, Words

_words = table("article_words", column("id", BigInteger))
_WEIGHTS = {Line.TITLE: "A", Line.TEXT: "D"}
_BOTH = tuple(Line)
_MOST_BYTES = 900_000
_MOST_PLACES = 255
_LAST_PLACE = 16_383
SPAN_BITS = 31
"""Places that share all but these bits are of one span: 32 days, as `readout.storage.search` numbers them."""
_BEHIND_ALL = 2**63 - 1
_NEAR = 200
"""So many of the newest entries are read one by one: what every tenth entry holds is found there, and GIN not asked."""
_TENTH = 10
_WIDER = 4
_MOST_SPANS = 64


class TsVector(WordIndex):
    """`article_words`, its vectors under GIN."""

    indexed = _words.c.id

    def create(self, connection: Connection) -> None:
        """A table and its GIN index."""
        connection.execute(text("CREATE TABLE article_words (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"))
        connection.execute(text("CREATE INDEX ix_article_words_words ON article_words USING gin (words)"))

    def clear(self, connection: Connection) -> None:
        """At once."""
        connection.execute(text("TRUNCATE article_words"))

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """A row each."""
        connection.execute(_PUT, [{"place": entry.place, "words": vector(entry)} for entry in entries])

    def take(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """By their places."""
        connection.execute(_TAKE, {"places": [entry.place for entry in entries]})

    def places(self, connection: Connection, wanted: Wanted) -> Select[tuple[int]] | None:
        """Looked up now, and none where every tenth of the newest is wanted: to count what a common word is in takes as
        long as to read it all."""
        asked = expression(wanted, _BOTH)
        near = connection.execute(_NEXT, _next(asked, _BEHIND_ALL)).one()
        if len(near.found) * _TENTH >= _NEAR:
            return None
        with _by_gin(connection):
            found = connection.scalars(_SOME, {"asked": asked, "most": self.MANY + 1}).all()
        return select(func.unnest(bindparam(None, found, ARRAY(BigInteger)))) if len(found) <= self.MANY else None

    def newest(self, connection: Connection, wanted: Wanted, *, before: int, most: int) -> list[int]:
        """Among those next to `before` one by one, then by GIN in ever longer spans of time, then in all before."""
        asked = expression(wanted, _BOTH)
        near = connection.execute(_NEXT, _next(asked, before)).one()
        found: list[int] = near.found[:most]
        if near.looked < _NEAR:
            return found
        with _by_gin(connection):
            for behind, of_spans in _windows(near.last):
                if len(found) == most:
                    break
                question = {"asked": f"({asked}{of_spans})", "before": behind, "most": most - len(found)}
                found += connection.scalars(_FOUND, question)
        return found


@contextmanager
def _by_gin(connection: Connection) -> Iterator[None]:
    """Have GIN asked, whatever PostgreSQL reckons: it takes to read each entry's words, stored apart, for free."""
    connection.execute(_SCANS, {"may": "off"})
    yield
    connection.execute(_SCANS, {"may": "on"})


def _next(asked: str, before: int) -> dict[str, Any]:
    return {"asked": asked, "before": before, "near": _NEAR}


def _windows(last: int) -> Iterator[tuple[int, str]]:
    """Ever longer windows of time behind the place `last`: before which place each ends, and the words of its spans; in
    the end all that is left."""
    span, count = last >> SPAN_BITS, 1
    while count <= _MOST_SPANS and span >= 0:
        first = max(span - count + 1, 0)
        yield last, f" & {_any([_span(each) for each in range(first, span + 1)])}"
        last, span, count = first << SPAN_BITS, first - 1, count * _WIDER
    if span >= 0:
        yield last, ""


def _span(number: int) -> str:
    """As no word of a text begins."""
    return f"'={number}'"


def _titled(term: str) -> str:
    """Nor so."""
    return f"'=t{term}'"


_PUT = text("INSERT INTO article_words (id, words) VALUES (:place, CAST(:words AS tsvector))")
_TAKE = delete(_words).where(_words.c.id.in_(bindparam("places", expanding=True)))
_SCANS = text("SELECT set_config('enable_seqscan', :may, true), set_config('enable_indexscan', :may, true)")
_SOME = text("SELECT id FROM article_words WHERE words @@ CAST(:asked AS tsquery) LIMIT :most")
_NEXT = text("""
    SELECT coalesce(array_agg(id ORDER BY id DESC) FILTER (WHERE words @@ CAST(:asked AS tsquery)), '{}') AS found,
        min(id) AS last, count(*) AS looked
    FROM (SELECT id, words FROM article_words WHERE id < :before ORDER BY id DESC LIMIT :near) AS near
""")
# id + 0: no index on `id` may offer itself.
_FOUND = text("""
    SELECT id FROM article_words WHERE words @@ CAST(:asked AS tsquery) AND id + 0 < :before
    ORDER BY id DESC LIMIT :most
""")


def vector(entry: Entry) -> str:
    """As PostgreSQL reads one (8.11.1): each word with its places, those of the title marked; its span."""
    places: dict[str, list[str]] = {}
    size = 0
    for number, (term, mark) in enumerate(_in_order(entry), 1):
        known = places.setdefault(term, [])
        size += 5 if known else len(term) + 10
        if size > _MOST_BYTES:
            break
        if len(known) < _MOST_PLACES:
            known.append(f"{min(number, _LAST_PLACE)}{mark}")
    held = [f"'{term}':{','.join(marked)}" for term, marked in places.items() if marked]
    titled = [_titled(term) for term in dict.fromkeys(entry.title.split()) if term in places]
    return " ".join([*held, *titled, _span(entry.place >> SPAN_BITS)])


def _in_order(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from ((term, _WEIGHTS[Line.TITLE]) for term in entry.title.split())
    yield from ((term, "") for term in entry.text.split())


def expression(wanted: Wanted, lines: tuple[Line, ...]) -> str:
    """As PostgreSQL is asked (8.11.2)."""
    match wanted:
        case Words(terms, is_begun):
            if len(terms) == 1 and lines == _BOTH:
                return _any([_word(f"'{terms[0]}'", is_begun)])
            # of each line for itself: the last word of a title is not followed by the first of its text
            return _any([_in_line(terms, line, is_begun) for line in lines])
        case AnyOf(each):
            return _any([expression(one, lines) for one in each])
        case In(those, each):
            return expression(each, those)
        case AllOf(each, unwanted):
            without = [f"!{expression(one, lines)}" for one in unwanted]
            return f"({' & '.join([expression(one, lines) for one in each] + without)})"


def _any(each: Sequence[str]) -> str:
    return f"({' | '.join(each)})"


def _in_line(terms: Sequence[str], line: Line, is_begun: bool) -> str:
    phrase = _phrase(terms, _WEIGHTS[line], is_begun)
    if line is not Line.TITLE:
        return phrase
    *whole, last = map(_titled, terms)
    titled = " & ".join([*whole, _word(last, is_begun)])
    return titled if len(terms) == 1 else f"({titled} & {phrase})"


def _phrase(terms: Sequence[str], mark: str, is_begun: bool) -> str:
    marks = [f":{mark}"] * len(terms)
    if is_begun:
        marks[-1] += "*"
    return "(" + " <-> ".join(f"'{term}'{each}" for term, each in zip(terms, marks, strict=True)) + ")"


def _word(quoted: str, is_begun: bool) -> str:
    return f"{quoted}:*" if is_begun else quoted
