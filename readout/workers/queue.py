"""The queue of a cluster: which sources wait for a worker, by Procrastinate in the database that all share.

It holds no truth: what is due stands in the table of sources, and what the queue loses is queued again. It must not
crawl, nor be asked where there is no cluster.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from readout.error import ConfigError, OutdatedDatabase
from readout.model import Source, SourceId
from readout.storage import sources as source_table
from readout.storage.database import Database
from readout.storage.home import Turn

if TYPE_CHECKING:
    from procrastinate import App

NAME = "crawls"
HEARTBEAT_S = 5.0
_SILENT_S = 20.0
"""A worker that was not heard of for so long is dead: what it had begun is queued again when it is due."""
_MOST_WAITING = 300
"""More need not wait, and each that does makes taking one slower: what is due the longest is queued first, and what
workers have taken is made up for a second later."""
_SCHEMA = "readout_queue"
_TASK = "crawl"
_HERE = text(f"SELECT set_config('search_path', '{_SCHEMA}, ' || current_setting('search_path'), true)")
_CONNECTED_S = 10.0


def prepare_queue(database: Database, sources: Mapping[SourceId, Source] | None = None) -> None:
    """Make the queue where there is none; a scheduler, whose `sources` are what is to be crawled, lets the database
    know them.

    Raises ConfigError without the extra, OutdatedDatabase where another version of Procrastinate made the queue.
    """
    if sources is not None:
        with database.write() as connection:
            source_table.sync_sources(connection, sources)
    mark = _mark()
    with database.write(turn=Turn.QUEUE) as connection:
        made_by = connection.scalar(_MADE_BY)
        if made_by == mark:
            return
        if made_by is not None:
            raise OutdatedDatabase("another version of Procrastinate made the queue: run `readout db upgrade`")
        connection.exec_driver_sql(f"CREATE SCHEMA {_SCHEMA}")
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {_SCHEMA} IS '{mark}'")
        connection.execute(_HERE)
        _driver_of(connection).execute(_schema())
        connection.execute(_BY_LOCK)


# Procrastinate has none of them by lock alone, and looks for the locks of all that wait.
_BY_LOCK = text("CREATE INDEX ix_jobs_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')")
_MADE_BY = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name").bindparams(
    name=_SCHEMA
)


def is_queue_ours(connection: Connection) -> bool:
    """Whether the queue is as our Procrastinate wants it, or not there; without one it is nobody's to judge."""
    made_by = connection.scalar(_MADE_BY)
    return made_by is None or find_spec("procrastinate") is None or made_by == _mark()


def clear_queue(connection: Connection) -> None:
    """Take the queue away, whatever version made it: what is due is queued again."""
    connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")


def queue_due(database: Database, sources: Mapping[SourceId, Source], now: datetime) -> list[SourceId]:
    """Queue the sources that are due and do not wait already, the longest due first; which these are.

    Two of one host are never queued at once. What a dead worker had begun no longer stands in the way.
    """
    with database.write(lasting=False, turn=Turn.QUEUE) as connection:
        connection.execute(_HERE)
        connection.execute(_FREE_DEAD, {"silent": _SILENT_S})
        queued = [SourceId(source_id) for source_id in connection.scalars(_QUEUED)]
        limit = _MOST_WAITING - len(queued)
        due = source_table.due_sources(connection, sources, now=now, limit=limit, beside=queued) if limit > 0 else []
        _defer(connection, [sources[source_id] for source_id in due])
        return due


_QUEUED = text("SELECT args->>'source' FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
_FREE_DEAD = text("""
    DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing') OR status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = worker_id AND last_heartbeat > now() - make_interval(secs => :silent))
""")


def queue_lengths(connection: Connection) -> Mapping[str, int]:
    """How many sources wait for a worker (`todo`) and are crawled by one (`doing`); empty where there is no queue."""
    if connection.dialect.name == "sqlite" or connection.scalar(_MADE_BY) is None:
        return {}
    connection.execute(_HERE)
    counted = {row.status: row.number for row in connection.execute(_LENGTHS)}
    return {status: counted.get(status, 0) for status in ("todo", "doing")}


_LENGTHS = text("SELECT CAST(status AS text) AS status, count(*) AS number FROM procrastinate_jobs GROUP BY status")


def worker_app(url: URL, crawl: Callable[[SourceId], Awaitable[None]]) -> App:
    """What a worker runs: each job is one `crawl`."""
    from procrastinate import App, PsycopgConnector

    from readout.storage.postgres import CONNECTING

    given = dict(url.get_dialect()().create_connect_args(url)[1])
    settings = f"-c search_path={_SCHEMA} -c synchronous_commit=off"  # what a crash loses of it is queued again
    options = f"{given.pop('options', '')} {settings}"
    how = given | CONNECTING | {"options": options, "application_name": "readout worker"}
    app = App(connector=PsycopgConnector(kwargs=how, min_size=1, max_size=4, timeout=_CONNECTED_S))

    @app.task(name=_TASK, queue=NAME)
    async def crawl_source(source: str) -> None:
        await crawl(SourceId(source))

    return app


def _defer(connection: Connection, due: Collection[Source]) -> None:
    from procrastinate import App, SyncPsycopgConnector

    if not due:
        return
    app = App(connector=SyncPsycopgConnector())  # never opened: the connection is ours
    jobs = [
        app.configure_task(
            _TASK, queue=NAME, lock=f"host:{min(source.hosts)}", queueing_lock=f"source:{source.id}"
        ).make_new_job(source=source.id)
        for source in due
    ]
    app.job_manager.batch_defer_jobs(jobs, connection=_driver_of(connection))


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _mark() -> str:
    """What the queue's schema is marked with: what made it."""
    return f"procrastinate {hashlib.sha256(_schema().encode()).hexdigest()}"


def _schema() -> str:
    if find_spec("procrastinate") is None:
        raise ConfigError(["a cluster needs the extra cluster: pip install 'readout[cluster]'"])
    from procrastinate.schema import SchemaManager

    return SchemaManager.get_schema()
