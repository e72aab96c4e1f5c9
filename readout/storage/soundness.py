"""Whether a database is whole: what SQLite says of its file, and what has to hold of what is stored.

It must not write, not even the log that lies beside the file.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Timer

import structlog
from sqlalchemy import inspect, text

from readout.error import StorageError
from readout.storage import sqlite
from readout.storage.database import Database, head, revision_of
from readout.storage.home import Home
from readout.storage.schema import metadata
from readout.storage.search import ID_MASK

LIMIT_S = 20.0
"""How long a start may take to look whether the file is sound."""

_MOST_SAID = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What is wrong with a file and what to do, None where nothing was found; not `is_finished` where the time was
    over before."""

    said: str | None
    is_finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What was found of the database at `place`, in words: `faults` of its file, and `breaches`, what cannot be in it
    and is.

    `rows` by table, sizes in bytes: `unused` is what its file holds free, `free` what its disk has left, `log` what
    waits to be written into the file; of a server they are not known.
    """

    place: str
    faults: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    revision: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    log: int | None = None
    unused: int | None = None
    free: int | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.faults and not self.breaches

    @property
    def is_file(self) -> bool:
        """Whether the place is a file of SQLite's."""
        return self.log is not None


_REINDEX = "readout db reindex makes it anew"
_INDEXED = "article_words_docsize"
"""SQLite's table of what is in the index of words."""

# What is counted is wrong. Each holds in every database that Readout writes.
_NEVER = (
    (
        "meetings that no report tells of and no ruling keeps",
        (
            "SELECT count(*) FROM meeting WHERE merged_into IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM judgement WHERE judgement.meeting_id = meeting.id AND verdict = 'same')"
            " AND NOT EXISTS (SELECT 1 FROM ruling WHERE undone_at IS NULL"
            " AND (ruling.meeting_id = meeting.id OR ruling.other_id = meeting.id))"
        ),
    ),
    (
        "reports that stand under no meeting",
        "SELECT count(*) FROM report WHERE NOT EXISTS (SELECT 1 FROM judgement WHERE judgement.report_id = report.id)",
    ),
    (
        "links that are pending and will never be visited",
        "SELECT count(*) FROM link WHERE outcome IS NULL AND next_visit IS NULL",
    ),
    (
        "links whose article was stored and is not there",
        (
            "SELECT count(*) FROM link WHERE outcome = 'stored' AND same_as IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM article WHERE article.link_id = link.id)"
        ),
    ),
    (
        "articles that copy themselves",
        "SELECT count(*) FROM article WHERE duplicate_of = id",
    ),
    (
        "alerts that share their Message-ID",
        "SELECT count(*) - count(DISTINCT message_id) FROM alert",
    ),
    (
        "alerts that did not share the fate of the digest they left in",
        (
            "SELECT count(*) FROM alert JOIN alert AS digest ON digest.id = alert.digest_id"
            " WHERE alert.state NOT IN ('suppressed', 'withdrawn') AND alert.state != digest.state"
        ),
    ),
    (
        "alerts that were accepted at no time",
        "SELECT count(*) FROM alert WHERE state = 'accepted' AND sent_at IS NULL",
    ),
    (
        f"articles that the index of words lacks: {_REINDEX}",
        f"SELECT count(*) FROM (SELECT id FROM article EXCEPT SELECT id & {ID_MASK} FROM {_INDEXED}) AS lacking",  # noqa: S608
    ),
    (
        f"articles in the index of words twice, or that are no more: {_REINDEX}",
        (
            f"SELECT count(*) - count(DISTINCT article.id) FROM article_words_docsize AS indexed"  # noqa: S608
            f" LEFT JOIN article ON article.id = indexed.id & {ID_MASK}"
        ),
    ),
)


def damage_of(file: Path, *, limit_s: float) -> Damage:
    """What SQLite finds wrong with `file`, which is read whole unless `limit_s` are over before, which is logged.

    First that every page is what it should be, then that every index holds what its table does
    (sqlite.org/pragma.html#pragma_quick_check, #pragma_integrity_check).
    """
    over = Event()
    said: str | None = None
    try:
        with closing(sqlite.only_reading(file)) as connection, _within(limit_s, connection, over):
            for check in ("quick_check", "integrity_check"):
                (found,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
                if found != "ok":
                    said = f"{found}; {sqlite.RESTORE}"
                    break
    except sqlite3.DatabaseError as error:
        said = sqlite.advice_on(error) or f"{error}; {sqlite.RESTORE}"
    if over.is_set():
        log.warning("check_unfinished", file=str(file), seconds=limit_s, advice="readout db verify looks at all of it")
        return Damage(said=None, is_finished=False)
    return Damage(said=said)


@contextmanager
def _within(limit_s: float, connection: sqlite3.Connection, over: Event) -> Iterator[None]:
    """Interrupt what `connection` does when the time is over, and say so in `over`."""

    def interrupt() -> None:
        over.set()
        connection.interrupt()

    timer = Timer(limit_s, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def examine_home(home: Home) -> Soundness:
    """All that can be known of whether the database at `home` is whole; as `examine`, where it is a file."""
    return examine(home.file) if home.file else _examine_server(home)


def _examine_server(home: Home) -> Soundness:
    """The server answers for its pages and for what points at what; what we answer for is asked."""
    with closing(Database(home)) as database, database.read() as connection:
        revision = revision_of(connection, home)
        if revision is None:
            raise StorageError(f"there is no database at {home}")
        tables = set(inspect(connection).get_table_names())
        ours = [name for name in sorted(metadata.tables) if name in tables]
        rows = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in ours}  # noqa: S608
        size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0

        def count(question: str) -> int:
            return connection.scalar(text(question.replace(_INDEXED, "article_words"))) or 0

        breaches = tuple(_breaches_of_rows(tables, revision, count))
    return Soundness(place=str(home), breaches=breaches, revision=revision, rows=rows, size=size)


def examine(file: Path) -> Soundness:
    """All that can be known of whether `file` is whole; it is read from end to end, and beside whoever writes it.

    Raises StorageError for what is no database at all.
    """
    sqlite.refuse_foreign_file(file)
    if sqlite.length_of(file) == 0:
        raise StorageError(f"there is no database at {file}")
    faults: list[str] = []
    found: dict[str, object] = {}
    try:
        with closing(sqlite.only_reading(file)) as connection:
            connection.execute("BEGIN")
            faults += _faults_of_file(connection)
            found = _measures(connection, file)
            if not faults:
                found["breaches"] = tuple(_breaches(connection, str(found["revision"])))
    except sqlite3.DatabaseError as error:
        faults.append(sqlite.advice_on(error) or str(error))
    log = sqlite.length_of(sqlite.beside(file, "-wal"))
    free = shutil.disk_usage(file.resolve().parent).free
    size = sqlite.length_of(file)
    return Soundness(place=str(file), faults=tuple(faults), size=size, log=log, free=free, **found)  # type: ignore[arg-type]


def _faults_of_file(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute(f"PRAGMA integrity_check({_MOST_SAID})"):
        if said != "ok":
            yield str(said)


def rows_of(connection: sqlite3.Connection) -> Mapping[str, int]:
    """How many rows each of our tables holds."""
    tables = _tables(connection)
    ours = [name for name in sorted(metadata.tables) if name in tables]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ours}  # noqa: S608


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _measures(connection: sqlite3.Connection, file: Path) -> dict[str, object]:
    tables = _tables(connection)
    rows = rows_of(connection)
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size"))
    has_revision = "alembic_version" in tables
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_revision else None
    if row is None or "article" not in tables:
        raise StorageError(f"{file} holds no tables of Readout's: name another file, or restore the last backup")
    return {"revision": str(row[0]), "rows": rows, "unused": pages * size}


def triggers_in(connection: sqlite3.Connection) -> list[str]:
    """What changes rows by itself when others are written, by name: Readout makes none."""
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]


def _breaches(connection: sqlite3.Connection, revision: str) -> Iterator[str]:
    if triggers := triggers_in(connection):
        yield f"triggers that are none of Readout's: {', '.join(triggers[:_MOST_SAID])}"
    pointing: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        pointing[table, parent] = pointing.get((table, parent), 0) + 1
    for (table, parent), count in pointing.items():
        yield f"{count} rows of {table} point at a {parent} that is not there"
    yield from _breaches_of_rows(
        _tables(connection), revision, lambda question: int(connection.execute(question).fetchone()[0])
    )


def _breaches_of_rows(tables: Set[str], revision: str, count: Callable[[str], int]) -> Iterator[str]:
    if revision != head():
        return  # what holds of another shape is not known
    if lacking := sorted(metadata.tables.keys() - tables):
        yield f"it lacks the tables {', '.join(lacking)}"
        return
    for words, question in _NEVER:
        if found := count(question):
            yield f"{found} {words}"
