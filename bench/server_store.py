"""The store of bench/web_store.py on a PostgreSQL server of its own, with what a crawl keeps besides: words, bands and
what is said.

It must not measure anything. Rows come by COPY into tables without indexes, which are made at the end, and no disk is
waited for meanwhile: a million articles take a quarter of an hour on two cores. What is measured afterwards is a server
as people run one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from near_duplicates import signatures
from sqlalchemy import JSON, Table
from store import BODIES, Event, invent_events, invent_world
from web_store import ARTICLES_OF_A_MEETING, FILLED, SEED, Rows, fill_sources, fill_watches, invent_rows

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from readout.articles.fingerprint import bands  # noqa: E402
from readout.catalog import load_sources  # noqa: E402
from readout.config import shipped_sources  # noqa: E402
from readout.record import report_from_row  # noqa: E402
from readout.storage import schema  # noqa: E402
from readout.storage.database import open_database  # noqa: E402
from readout.storage.said import _values  # noqa: E402
from readout.storage.search import Place  # noqa: E402
from readout.storage.tsvector import vector  # noqa: E402
from readout.storage.word_index import Entry  # noqa: E402
from readout.watches.stem import words_of  # noqa: E402
from tests.postgres import Server  # noqa: E402

PROCESSES = 2
FRESH = 20_000
"""Meetings that nobody has told of yet."""
_CHUNK = 2_000
_NUMBERS_OF_A_CHUNK = _CHUNK * ARTICLES_OF_A_MEETING + 100
_BODIES_AMONG = 100_000
"""Among so many meetings there are `BODIES` bodies."""
_MEMORY_MIB = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
_CONFIG = f"""
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = {_MEMORY_MIB // 4}MB
effective_cache_size = {_MEMORY_MIB // 2}MB
max_wal_size = 8GB
random_page_cost = 1.1
"""
_FILLING = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")


@dataclass(frozen=True, slots=True)
class Invented:
    """The meetings that are stored, by their ids from 1 on, and such as are not."""

    stored: Sequence[Event]
    fresh: Sequence[Event]


def invent(articles: int) -> Invented:
    """As many meetings as so many articles tell of; the same figure makes the same ones."""
    dice = Random(SEED)
    meetings = max(articles // ARTICLES_OF_A_MEETING, 100)
    world = invent_world(dice, bodies=max(BODIES, BODIES * meetings // _BODIES_AMONG))
    return Invented(invent_events(dice, world, meetings), invent_events(dice, world, FRESH))


@contextmanager
def served(folder: Path, articles: int, invented: Invented) -> Iterator[str]:
    """The URL of a store of so many articles on a server that runs meanwhile; both are made in `folder`, unless they
    are there."""
    mark = folder / "articles"
    if mark.exists() and mark.read_text() != str(articles):
        raise SystemExit(f"{folder} holds a store of {mark.read_text()} articles: name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder, more=_CONFIG)
    server.start()
    try:
        url = server.url("readout")
        if not mark.exists():
            _run(server.url("postgres"), "DROP DATABASE IF EXISTS readout")
            server.make("readout")
            _fill(url, invented)
            mark.write_text(str(articles))
        _run(url, "CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        _run(url, _WARMED)
        yield url
    finally:
        server.stop("fast")


def _fill(url: str, invented: Invented) -> None:
    meetings = len(invented.stored)
    chunks = range(0, meetings, _CHUNK)
    tasks = [(url, number, invented.stored[start : start + _CHUNK], meetings) for number, start in enumerate(chunks)]
    with closing(open_database(url, create=True)) as database, _hurried(url):
        with database.write() as connection:
            fill_sources(connection, _sources(), Random(SEED))
        indexes, references = _laid_bare(url)
        with get_context("fork").Pool(PROCESSES) as pool:
            for done, _ in enumerate(pool.imap_unordered(_fill_chunk, tasks), 1):
                print(f"\rstored {done} of {len(tasks)} parts", end="", file=sys.stderr, flush=True)
            print(f", making {len(indexes)} indexes", file=sys.stderr)
            pool.starmap(_run, [(url, each) for each in indexes], chunksize=1)
        for statement in references:
            _run(url, statement)
        with database.write() as connection:
            fill_watches(connection, meetings, Random(SEED))
            for table in schema.metadata.sorted_tables:
                if "id" in table.c and table.c.id.autoincrement is True:
                    connection.exec_driver_sql(_COUNTED_ON.format(table.name))
        _run(url, "VACUUM (ANALYZE)")
    _run(url, "CHECKPOINT")


@contextmanager
def _hurried(url: str) -> Iterator[None]:
    """What a power cut would lose is made anew."""
    for setting in _FILLING:
        _run(url, f"ALTER SYSTEM SET {setting}")
    _run(url, "SELECT pg_reload_conf()")
    yield
    _run(url, "ALTER SYSTEM RESET ALL")
    _run(url, "SELECT pg_reload_conf()")


def _laid_bare(url: str) -> tuple[list[str], list[str]]:
    """Drop all indexes and references; how each is made again, those that take longest first."""
    with closing(_connect(url)) as connection:
        constraints = connection.execute(_CONSTRAINTS).fetchall()
        for table, name, _, _ in constraints:
            connection.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT {name}')
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
    made = {kind: [] for kind in "fup"}
    for table, name, kind, how in constraints:
        made[kind].append(f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {how}')
    hows = [*made["p"], *made["u"], *(how for _, how in indexes)]
    return sorted(hows, key=lambda how: "article_words" not in how), made["f"]


_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'u', 'p') ORDER BY contype <> 'f', conname
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_COUNTED_ON = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT coalesce(max(id), 1) FROM {0}))"
_WARMED = """
    SELECT pg_prewarm(oid::regclass, CASE relkind WHEN 'i' THEN 'buffer' ELSE 'read' END) FROM pg_class
    WHERE relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND relkind IN ('r', 'i', 't')
"""


# --- what is filled in ----------------------------------------------------------------------------------------------


def _fill_chunk(task: tuple[str, int, Sequence[Event], int]) -> None:
    url, number, events, meetings = task
    before = number * _NUMBERS_OF_A_CHUNK
    numbered = list(enumerate(events, number * _CHUNK + 1))
    rows, last = invent_rows(numbered, Random(f"{SEED} {number}"), _sources(), before=before, last=meetings)
    marks = signatures(before, last)
    for row in rows[schema.article]:
        if row["outcome"] == "stored":
            row["signature"] = marks[row["id"] - before - 1].tobytes()
    with closing(_connect(url)) as connection, connection.transaction(), connection.cursor() as cursor:
        for table in FILLED:
            _copy(cursor, table, rows[table])
        _copy_plain(cursor, "article_words (id, words)", map(_words, rows[schema.article]))
        _copy_plain(cursor, "band (key, article_id)", chain.from_iterable(map(_bands, rows[schema.article])))
        _copy_plain(cursor, "said (fact, value, report_id)", chain.from_iterable(map(_said, rows[schema.report])))


def _copy(cursor: psycopg.Cursor, table: Table, rows: Rows) -> None:
    """Store rows of a table, with what stands where a row says nothing."""
    given = {name: column for name, column in table.c.items() if name in rows[0] or column.default is not None}
    as_json = {name for name, column in given.items() if isinstance(column.type, JSON)}
    silent = {name: _default(column) for name, column in given.items() if name not in rows[0]}
    names = ", ".join(f'"{name}"' for name in given)
    filled = ((json.dumps(row[name]) if name in as_json else row[name] for name in given) for row in _on(rows, silent))
    _copy_plain(cursor, f'"{table.name}" ({names})', map(tuple, filled))


def _on(rows: Sequence[dict[str, Any]], silent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (silent | row for row in rows)


def _default(column: Any) -> Any:
    return column.default.arg(None) if column.default.is_callable else column.default.arg


def _copy_plain(cursor: psycopg.Cursor, where: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {where} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _words(row: dict[str, Any]) -> tuple[int, str]:
    place = Place(row["published_day"], row["id"]).number
    title, text = (words_of(row[name], row["language"]) for name in ("title", "text"))
    return place, vector(Entry(place, title, text))


def _bands(row: dict[str, Any]) -> Iterator[tuple[int, int]]:
    return ((key, row["id"]) for key in set(bands(row["signature"])))


def _said(row: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    return ((fact, value, row["id"]) for fact, value in _values(report_from_row(row["facts"])))


def _sources() -> list[str]:
    return sorted(load_sources([shipped_sources()]))


# --- statements -----------------------------------------------------------------------------------------------------


def _connect(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    connection.execute("SET timezone = 'UTC'; SET maintenance_work_mem = '1GB'")
    return connection


def _run(url: str, statement: str) -> None:
    with closing(_connect(url)) as connection:
        connection.execute(statement)
