"""The index of words on SQLite: an FTS5 table without content (sqlite.org/fts5.html, 4.4.3), so that no text is stored
twice, its rowid an entry's place, by which it is read in order. It must not decide what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, column, func, select, table, text

from readout.storage.word_index import AllOf, AnyOf, Entry, In, Wanted, WordIndex, Words

_words = table("article_words", column("rowid", BigInteger))
_sizes = table("article_words_docsize", column("id", BigInteger))


class Fts5(WordIndex):
    """`article_words` and what FTS5 keeps beside it."""

    indexed = _sizes.c.id

    def create(self, connection: Connection) -> None:
        """As a virtual table."""
        connection.execute(_CREATE)

    def clear(self, connection: Connection) -> None:
        """By FTS5's own word for it."""
        connection.execute(text("INSERT INTO article_words (article_words) VALUES ('delete-all')"))

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """A row each."""
        connection.execute(_PUT, [_row(entry) for entry in entries])

    def take(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """By the words that they were put in by; what is not there must not be taken out."""
        for entry in entries:
            if connection.scalar(_IS_THERE, {"place": entry.place}):
                connection.execute(_TAKE, _row(entry))

    def places(self, connection: Connection, wanted: Wanted) -> Select[tuple[int]] | None:
        """By MATCH, each time anew."""
        found = select(_words.c.rowid).where(_holds(wanted))
        some = select(func.count()).select_from(found.limit(self.MANY + 1).subquery())
        return found if (connection.scalar(some) or 0) <= self.MANY else None

    def newest(self, connection: Connection, wanted: Wanted, *, before: int, most: int) -> list[int]:
        """In the order of rowids, which FTS5 reads its lists in."""
        found = select(_words.c.rowid).where(_holds(wanted), _words.c.rowid < before)
        return list(connection.scalars(found.order_by(_words.c.rowid.desc()).limit(most)))


_CREATE = text(
    "CREATE VIRTUAL TABLE article_words USING fts5 (title, text, content = '', tokenize = \"ascii tokenchars '='\")"
)
_PUT = text("INSERT INTO article_words (rowid, title, text) VALUES (:place, :title, :text)")
_TAKE = text("INSERT INTO article_words (article_words, rowid, title, text) VALUES ('delete', :place, :title, :text)")
_IS_THERE = text("SELECT 1 FROM article_words_docsize WHERE id = :place")
_HOLDS = text("article_words MATCH :words")


def _holds(wanted: Wanted) -> ColumnElement[bool]:
    return _HOLDS.bindparams(words=expression(wanted))  # type: ignore[return-value]


def _row(entry: Entry) -> dict[str, object]:
    return {"place": entry.place, "title": entry.title, "text": entry.text}


def expression(wanted: Wanted) -> str:
    """As FTS5 is asked (sqlite.org/fts5.html, 3)."""
    match wanted:
        case Words(terms, is_begun):
            return f'"{" ".join(terms)}"' + (" *" if is_begun else "")
        case AnyOf(each):
            return f"({' OR '.join(map(expression, each))})"
        case In(lines, each):
            return f"{{{' '.join(line.value for line in lines)}}} : ({expression(each)})"
        case AllOf(each, unwanted):
            without = f" NOT ({' OR '.join(map(expression, unwanted))})" if unwanted else ""
            return f"({' AND '.join(map(expression, each))}{without})"
