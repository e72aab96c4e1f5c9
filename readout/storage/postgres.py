"""A database on a server of PostgreSQL's, as `readout.storage.home` wants one. It must not know a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from readout.error import AlreadyRunning, DatabaseAway, StorageError
from readout.storage.home import HOW_TO_WRITE, Home

BUSY_TIMEOUT_S = 30
_DRIVER = "postgresql+psycopg"
_OURS = 0x52656164
"""Of our advisory locks the first number; the second says which, a turn's or this one (postgresql.org/docs, 13.3.5)."""
_INSTANCE = 2
_SOURCE = 0x52656165
"""Of those of a source."""
CONNECTING = {
    "connect_timeout": 10,
    "application_name": "readout",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""How the driver connects: a server that is cut off without a word is given up within half a minute."""
_KEPT_ALIVE = {"options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"}
# As bytes sort: what is read in the order of a key must be the same on every machine.
_SOUND_ORDERS = ("c", "posix", "c.utf8")
_MAKE = "CREATE DATABASE readout TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"

# By class of SQLSTATE (postgresql.org/docs, appendix A): what it means, and what to do; the first that fits.
_ADVICE = (
    ("55P03", f"another process has been writing for more than {BUSY_TIMEOUT_S} s: try again when it is done"),
    ("40P01", "two processes waited for each other, and this one gave way: try again"),
    ("53100", "the server's disk is full: make room, nothing was half written"),
    ("53300", "the server has no connection left: raise max_connections, or run fewer workers"),
    ("53", "the server has run out of something: look at its log"),
    ("25006", "the server only reads (a standby?): name the primary"),
    ("28", "the server does not know this user or password: see READOUT_DATABASE__URL, or ~/.pgpass"),
    ("3D000", f"there is no such database: make it ({_MAKE})"),
    ("42501", "this user may not do that there: make it the database's owner"),
    ("57P", "the server is stopping or starting: try again"),
    ("58", "the server could not read or write a file: look at its log"),
    ("XX", "the server found damage or a fault of its own: look at its log, restore a backup"),
    ("08", "the server cannot be reached: is it running, and is this its address?"),
)
# Of the classes above, those that pass by themselves: it stops or starts, or the line was cut.
_AWAY = ("08", "57P")
_UNREACHED = "no connection: is the server there, with such a database and such a user?"


class Server(Home):
    """A database on a server, that many machines may share: who writes waits for its turn, all may read."""

    def __init__(self, url: URL) -> None:
        if url.drivername not in ("postgresql", _DRIVER) or not url.database:
            raise StorageError(f"{url.drivername!r} with database {url.database!r}: write {HOW_TO_WRITE}")
        if find_spec("psycopg") is None:
            raise StorageError("PostgreSQL needs the extra postgres: pip install 'readout[postgres]'")
        self.url = url.set(drivername=_DRIVER)

    def __str__(self) -> str:
        port = f":{self.url.port}" if self.url.port else ""
        return f"database {self.url.database} on {self.url.host or 'this machine'}{port}"

    def engine(self) -> Engine:
        """Connections that speak UTC and wait no longer than 30 s for another writer."""
        made = create_engine(
            self.url,
            hide_parameters=True,  # what is asked for or stored belongs in no log, and an error would repeat it
            pool_pre_ping=True,  # a server that was started anew has cut what was open
            connect_args=CONNECTING,
        )
        event.listen(made, "connect", _prepare)
        event.listen(made, "begin", _begin)
        return made

    @contextmanager
    def told_plainly(self) -> Iterator[None]:
        """By SQLSTATE, with advice."""
        try:
            yield
        except DBAPIError as error:
            if advice := advice_on(error):
                is_away = (getattr(error.orig, "sqlstate", None) or _AWAY[0]).startswith(_AWAY)
                raise (DatabaseAway if is_away else StorageError)(f"{self}: {advice}") from error
            raise

    def is_there(self) -> bool:
        """Whether it has a table."""
        engine = self.engine()
        try:
            with self.told_plainly(), engine.connect() as connection:
                return bool(inspect(connection).get_table_names())
        finally:
            engine.dispose()

    def refuse_foreign(self) -> None:
        """Other encodings lose letters, other orders read lists in another order."""
        engine = self.engine()
        try:
            with self.told_plainly(), engine.connect() as connection:
                found = connection.execute(_ABOUT).one()
        finally:
            engine.dispose()
        order = str(found.datcollate).lower().replace("-", "")
        if found.encoding != "UTF8" or order not in _SOUND_ORDERS:
            said = f"{self} has encoding {found.encoding} and order {found.datcollate}; Readout needs UTF8 and C.UTF-8"
            raise StorageError(f"{said}: make another ({_MAKE}); readout db copy takes along what is stored")

    def make_room(self) -> None:
        """A database is made by whoever keeps the server."""

    def settle(self, engine: Engine) -> None:
        """It remembers nothing of ours."""

    def refuse_gutted(self, connection: Connection) -> None:
        """One without tables is new."""

    def copy_to(self, engine: Engine, file: Path) -> None:  # noqa: ARG002
        """Row by row."""
        from readout.storage.copying import copy_to_file  # it knows both kinds of home, and the tables

        copy_to_file(self.url.render_as_string(hide_password=False), file)


_ABOUT = text(
    "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate FROM pg_database WHERE datname = current_database()"
)


def advice_on(error: DBAPIError) -> str | None:
    """What a failure means and what to do about it; None: it is no fault of the place."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # it came to no connection: there are only libpq's words, which name host and user
        words = " ".join(str(error.orig).split())[:300]
        if isinstance(error, ProgrammingError) and error.statement is None:
            return f"the driver does not understand its URL ({words})"
        return f"{_UNREACHED} ({words})" if isinstance(error, OperationalError) else None
    return next((advice for sign, advice in _ADVICE if state.startswith(sign)), None)


@contextmanager
def hold_server(server: Home) -> Iterator[None]:
    """Hold a database alone while inside, on whatever machine. Raises AlreadyRunning, naming address and time, when
    another does. The server lets go when the process ends, or its machine no longer answers for a minute."""
    engine = create_engine(server.url, connect_args={**CONNECTING, **_KEPT_ALIVE}, isolation_level="AUTOCOMMIT")
    try:
        with server.told_plainly(), engine.connect() as connection:
            if not connection.scalar(_HOLD):
                other = connection.execute(_HOLDER).first()
                who = f" ({other.client or 'this machine'} since {other.since:%Y-%m-%d %H:%M} UTC)" if other else ""
                raise AlreadyRunning(f"{server} is in use by another Readout{who}")
            yield
    finally:
        engine.dispose()


_HOLD = text("SELECT pg_try_advisory_lock(:ours, :instance)").bindparams(ours=_OURS, instance=_INSTANCE)
_HOLDER = text("""
    SELECT host(client_addr) AS client, backend_start AT TIME ZONE 'UTC' AS since
    FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = :ours AND objid = :instance
""").bindparams(ours=_OURS, instance=_INSTANCE)


def _prepare(connection: Any, _record: Any) -> None:
    from readout.storage.server_text import WithoutNul  # psycopg's, an extra

    connection.adapters.register_dumper(str, WithoutNul)
    with closing(connection.cursor()) as cursor:
        # no page waits for statements to be compiled: that takes longer than they do
        cursor.execute(f"SET timezone = 'UTC'; SET lock_timeout = '{BUSY_TIMEOUT_S}s'; SET jit = off")
    connection.commit()


def _begin(connection: Connection) -> None:
    """One writer at a time in each turn, on whatever machine; a reader sees one state of everything."""
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    if not options.get("lasting", True):
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    if source := options["of"]:
        # two sources of one number wait for each other, and lose nothing but time
        connection.execute(_AWAIT, {"of": _SOURCE, "which": crc32(source.encode()) - 2**31})
    if turn := options["turn"]:
        connection.execute(_AWAIT, {"of": _OURS, "which": int(turn)})


_AWAIT = text("SELECT pg_advisory_xact_lock(:of, :which)")
