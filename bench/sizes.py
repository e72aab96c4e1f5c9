"""What everything that Readout keeps takes on PostgreSQL, in bytes, table and indexes: the constants of docs/scale.md.

    python bench/sizes.py [--meetings 33334]

A server of its own is filled with thrice as many articles as meetings (bench/web_store.py), completed by what those of
real sites have besides: validators, signatures, bands, signals, the place of the kept page, later visits of reports.
Rows arrive in the order of their ids, as in life, so that indexes are as loose as in life. Takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text
from web_store import SEED, make

sys.path.insert(0, str(Path(__file__).parents[1]))

from readout.articles.fingerprint import BANDS, PERMUTATIONS
from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.search import index_all
from tests.postgres import server

REVISITS = 3
"""Of a report, after its first visit."""
_AT_ONCE = 2_000
_DICE = Random(SEED)
_SIGNAL = {"name": "official", "weight": 0.35, "words": "the chairman of the National Security Committee"}
_SIGNALS_OF_A_REPORT, _SIGNALS_OF_ANOTHER = 8, 2

Row = dict[str, Any]


# --- what the invented store lacks ----------------------------------------------------------------------------------


def _hash() -> str:
    return _DICE.randbytes(32).hex()


def _link(row: Row) -> Row:
    validators = {"etag": f'"{_DICE.randbytes(8).hex()}"', "last_modified": "Fri, 04 Oct 2024 18:30:00 GMT"}
    return row | validators | {"guid": row["url"], "body_hash": _hash()}


def _article(row: Row) -> Row:
    is_report = row["outcome"] == "stored"
    proof = {"page_hash": _hash(), "page_file": "readout-20241004-0a1b2c3d-0001.warc.gz", "page_size": 50_000}
    signals = [_SIGNAL] * (_SIGNALS_OF_A_REPORT if is_report else _SIGNALS_OF_ANOTHER)
    own = {"text_hash": _hash(), "signature": _DICE.randbytes(4 * PERMUTATIONS), "signals": signals}
    return row | own | {"canonical_url": row["url"], "published_from": "feed"} | (proof if is_report else {})


def _visit(row: Row) -> Row:
    """Numbered anew, for there are more of them."""
    return {name: value for name, value in row.items() if name != "id"}


_COMPLETED: Mapping[Table, Callable[[Row], Row]] = {
    schema.link: _link,
    schema.article: _article,
    schema.visit: _visit,
}


def _beside(table: Table, rows: list[Row]) -> Iterator[tuple[Table, Row]]:
    """The rows that come with `rows` of a table."""
    if table is schema.report:
        for row in rows:
            keys = {_DICE.randrange(-(2**63), 2**63) for _ in range(BANDS)}
            yield from ((schema.band, {"key": key, "article_id": row["article_id"]}) for key in keys)
    if table is schema.visit:
        later = [row for row in rows if row["outcome"] == "stored"] * REVISITS
        yield from ((schema.visit, row | {"outcome": "unchanged"}) for row in later)


# --- filling --------------------------------------------------------------------------------------------------------


def fill(target: Database, meetings: int) -> None:
    """Bring an invented store over."""
    with tempfile.TemporaryDirectory(prefix="sizes-") as folder:
        file = make(Path(folder), meetings)
        with closing(open_database(f"sqlite:///{file}", create=False)) as source, source.read() as reading:
            for table in schema.metadata.sorted_tables:
                _copy(reading, target, table)
    with target.write() as connection:
        index_all(connection)


def _copy(reading: Connection, target: Database, table: Table) -> None:
    completed = _COMPLETED.get(table, dict)
    found = reading.execute(select(table).order_by(*table.primary_key)).mappings()
    for part in found.partitions(_AT_ONCE):
        rows = [completed(dict(row)) for row in part]
        with target.write(lasting=False) as connection:
            connection.execute(insert(table), rows)
            _add(connection, table, rows)


def _add(connection: Connection, table: Table, rows: list[Row]) -> None:
    more: dict[Table, list[Row]] = {}
    for other, row in _beside(table, rows):
        more.setdefault(other, []).append(row)
    for other, each in more.items():
        connection.execute(insert(other), each)


# --- measuring ------------------------------------------------------------------------------------------------------

_TABLES = text("""
    SELECT relname AS name, pg_table_size(oid) AS own, pg_indexes_size(oid) AS indexes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC
""")
_INDEXES = text("""
    SELECT indexrelid::regclass::text AS name, pg_relation_size(indexrelid) AS own
    FROM pg_index WHERE indrelid = CAST(:of AS regclass) ORDER BY own DESC
""")
_TEXTS = text("SELECT avg(length(text)), avg(octet_length(text)), avg(pg_column_size(text)) FROM article")


def show(connection: Connection) -> None:
    """Print a line for each table that holds enough to say something, and for each of its larger indexes."""
    print(f"\n{'':<36} {'rows':>10} {'bytes a row':>12} {'indexes':>9} {'bytes an article':>17}")
    articles = _count(connection, "article")
    for name, own, indexes in connection.execute(_TABLES).all():
        count = _count(connection, name)
        if count < articles // 100:
            continue
        each = (own / count, indexes / count, (own + indexes) / articles)
        print(f"{name:<36} {count:>10} {each[0]:>12.0f} {each[1]:>9.0f} {each[2]:>17.0f}")
        for index, size in connection.execute(_INDEXES, {"of": name}).all():
            if size / count >= 1:
                print(f"  {index:<34} {'':>10} {'':>12} {size / count:>9.0f}")
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    print(f"{'all':<36} {'':>10} {'':>12} {'':>9} {size / articles:>17.0f}")
    length = connection.execute(_TEXTS).one()
    print(f"\na text: {length[0]:.0f} characters, {length[1]:.0f} bytes, {length[2]:.0f} as it is stored")


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())


def main() -> None:
    """Fill, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=33_334)
    asked = parser.parse_args()
    with (
        server(more="max_wal_size = 4GB\n") as made,
        closing(open_database(made.url("postgres"), create=True)) as target,
    ):
        fill(target, asked.meetings)
        with target.read() as connection:
            show(connection)


if __name__ == "__main__":
    main()
