"""The index of words on PostgreSQL: a tsvector an article (postgresql.org/docs, 12), titles of weight A, texts of D.

It must not decide what is asked. What PostgreSQL keeps is bounded: of a word its first 255 places, of a text the first
16,383 places, and a megabyte in all; what is behind them is found by its words, not by what they follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, column, delete, table, text

from readout.storage.word_index import AllOf, AnyOf, Entry, In, Line, Wanted, WordIndex, Words

_words = table("article_words", column("id", BigInteger))
_WEIGHTS = {Line.TITLE: "A", Line.TEXT: "D"}
_BOTH = tuple(Line)
_MOST_BYTES = 900_000
_MOST_PLACES = 255
_LAST_PLACE = 16_383


class TsVector(WordIndex):
    """`article_words`, its vectors under GIN."""

    place = _words.c.id
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

    def holds(self, wanted: Wanted) -> ColumnElement[bool]:
        """By the operator of matches."""
        return _HOLDS.bindparams(asked=expression(wanted, _BOTH))  # type: ignore[return-value]


_PUT = text("INSERT INTO article_words (id, words) VALUES (:place, CAST(:words AS tsvector))")
_TAKE = delete(_words).where(_words.c.id.in_(bindparam("places", expanding=True)))
_HOLDS = text("article_words.words @@ CAST(:asked AS tsquery)")


def vector(entry: Entry) -> str:
    """As PostgreSQL reads one (8.11.1): each word with its places, those of the title marked."""
    places: dict[str, list[str]] = {}
    size = 0
    for number, (term, mark) in enumerate(_in_order(entry), 1):
        known = places.setdefault(term, [])
        size += 5 if known else len(term) + 10
        if size > _MOST_BYTES:
            break
        if len(known) < _MOST_PLACES:
            known.append(f"{min(number, _LAST_PLACE)}{mark}")
    return " ".join(f"'{term}':{','.join(marked)}" for term, marked in places.items() if marked)


def _in_order(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from ((term, _WEIGHTS[Line.TITLE]) for term in entry.title.split())
    yield from ((term, "") for term in entry.text.split())


def expression(wanted: Wanted, lines: tuple[Line, ...]) -> str:
    """As PostgreSQL is asked (8.11.2)."""
    match wanted:
        case Words(terms, is_begun):
            # of each line for itself: the last word of a title is not followed by the first of its text
            marks = [_WEIGHTS[line] for line in lines] if len(terms) > 1 or lines != _BOTH else [""]
            return _any([_phrase(terms, mark, is_begun) for mark in marks])
        case AnyOf(each):
            return _any([expression(one, lines) for one in each])
        case In(those, each):
            return expression(each, those)
        case AllOf(each, unwanted):
            without = [f"!{expression(one, lines)}" for one in unwanted]
            return f"({' & '.join([expression(one, lines) for one in each] + without)})"


def _any(each: Sequence[str]) -> str:
    return f"({' | '.join(each)})"


def _phrase(terms: Sequence[str], mark: str, is_begun: bool) -> str:
    marks = [f":{mark}" if mark else ""] * len(terms)
    if is_begun:
        marks[-1] = f":{mark}*"
    return "(" + " <-> ".join(f"'{term}'{each}" for term, each in zip(terms, marks, strict=True)) + ")"
