"""The one door to the database: `read` and `write` run a unit of work in a transaction; nothing else commits."""

import json
import logging
import math
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from app_server.settings import Settings
from shared_models.errors import BadInput, NotReady

T = TypeVar("T")
Work = Callable[[Session], T]

ATTEMPTS = 6
BATCH = 500  # SQLite takes 32,766 parameters a statement, and no table here has more than 60 columns
SQLITE_BUSY_SECONDS = 5
# A connection at rest for so long is asked whether the server is still there.
PING_AFTER_SECONDS = 1.0
_RETURNED = "day2053_returned"
# serialization_failure, deadlock_detected, lock_not_available (PostgreSQL, appendix A)
_RETRYABLE_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_RETRYABLE_SQLITE_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_log = logging.getLogger("day2053.database")


class Database:
    """One database, SQLite or PostgreSQL, and the pool of connections to it.

    `read` and `write` open a session, run `work`, and hand back its result only when the transaction has ended well:
    a `write` has been committed durably before its result can be seen. Work must be repeatable: on a deadlock,
    a serialization failure or a busy SQLite it is rolled back and run again from the start, a bounded number of times.
    """

    def __init__(self, url: str, settings: Settings | None = None) -> None:
        parsed = database_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(parsed) if self.is_sqlite else _postgresql_engine(parsed, settings or Settings())
        # SQLite's own queue is a sleep with random waits; threads of one process wait their turn here instead.
        self._turn = threading.Lock()
        if self.is_sqlite:
            self._reads = self.engine.execution_options(day2053_writes=False)
            self._freezes = self.engine
        else:
            self._freezes = self.engine.execution_options(isolation_level="REPEATABLE READ")
            # One snapshot for all statements of a read, so that totals and their parts agree.
            self._reads = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent snapshot; whatever it writes is refused or rolled back."""
        return _repeat(lambda: self._run(self._reads, work, commit=False))

    def write(self, work: Work[T], *, one_snapshot: bool = False) -> T:
        """Run `work` in one transaction and return its result after the commit, or raise and change nothing.

        `one_snapshot`: all its statements see the same instant, as those of a `read` do, so that what is stored agrees with itself.
        """
        engine = self._freezes if one_snapshot else self.engine
        if not self.is_sqlite:
            return _repeat(lambda: self._run(engine, work, commit=True))

        def in_turn() -> T:
            with self._turn:
                return self._run(engine, work, commit=True)

        return _repeat(in_turn)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @staticmethod
    def _run(engine: Engine, work: Work[T], *, commit: bool) -> T:
        with Session(engine, expire_on_commit=False) as session:
            result = work(session)
            if commit:
                session.commit()
            return result


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that one statement can carry."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def database_url(url: str) -> URL:
    """The URL with the driver this program uses; raises BadInput for any other kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput("DATABASE_URL cannot be read; expected sqlite:///… or postgresql://…") from None
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise BadInput("DATABASE_URL must name a SQLite file: each connection would see a memory of its own")
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise BadInput(f"DATABASE_URL names {other!r}; expected sqlite:///… or postgresql://…")


def dialect_insert(session: Session, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, which both databases spell alike and standard SQL does not have."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _repeat(attempt: Callable[[], T]) -> T:
    for number in range(1, ATTEMPTS):
        try:
            return attempt()
        except DBAPIError as error:
            if not is_retryable(error):
                raise _readable(error) from error
            _log.info("transaction attempt %d is repeated: %s", number, type(error.orig).__name__)
            # Jitter: two transactions that met once must not meet again in step.
            time.sleep(random.uniform(0.005, 0.01) * 2**number)  # noqa: S311 - not a secret
    return attempt()


def is_retryable(error: DBAPIError) -> bool:
    """Whether the same work may succeed when it is run again: another transaction was in the way."""
    cause: Any = error.orig  # each driver names its code differently
    if getattr(cause, "sqlstate", None) in _RETRYABLE_SQLSTATES:
        return True
    return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _RETRYABLE_SQLITE_CODES


def _readable(error: DBAPIError) -> Exception:
    """A database that cannot be opened as a sentence without its URL; any other error as it is."""
    cause: Any = error.orig  # as in is_retryable
    if isinstance(cause, psycopg.OperationalError):
        unreachable = cause.sqlstate is None or error.connection_invalidated
    else:
        unreachable = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN
    return NotReady("The database cannot be opened or reached; see DATABASE_URL.") if unreachable else error


def _sqlite_engine(url: URL) -> Engine:
    # Customers are in it: a folder made here is nobody else's.
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": SQLITE_BUSY_SECONDS}, json_serializer=_json, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 # pyright: ignore[reportUnusedFunction] - DBAPI connection
        # The recipe of SQLAlchemy's SQLite page: the driver begins nothing by itself, `_begin` below does.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] - an event listener
        writes = connection.get_execution_options().get("day2053_writes", True)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        # A transaction that read first and writes later cannot wait for its lock, it fails at once; so lock at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "reset")
    def _end(connection: Any, _record: object, _state: object) -> None:  # noqa: ANN401 # pyright: ignore[reportUnusedFunction] - as above
        # When COMMIT itself fails, SQLite keeps the transaction open while SQLAlchemy takes it for ended.
        if connection.in_transaction:
            connection.rollback()

    return engine


def _postgresql_engine(url: URL, settings: Settings) -> Engine:
    timeouts = {
        "statement_timeout": settings.statement_timeout_seconds,
        "lock_timeout": settings.lock_timeout_seconds,
        "idle_in_transaction_session_timeout": settings.idle_in_transaction_timeout_seconds,
    }
    options = " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in timeouts.items())
    engine = create_engine(
        url,
        pool_size=settings.database_pool_size,
        # A few busy connections write faster than many: more only wait for each other inside PostgreSQL.
        max_overflow=0,
        pool_timeout=settings.database_pool_timeout_seconds,
        connect_args={"connect_timeout": 10, "options": f"{options} -c timezone=UTC"},
        json_serializer=_json,
        hide_parameters=True,  # an error in the log must not carry a customer
    )

    @event.listens_for(engine, "checkin")
    def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 # pyright: ignore[reportUnusedFunction] - DBAPI connection
        record.info[_RETURNED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401 # pyright: ignore[reportUnusedFunction] - as above
        # SQLAlchemy's own ping asks before every transaction, which costs a busy server a tenth of its work.
        if time.monotonic() - record.info.get(_RETURNED, math.inf) < PING_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error:
            raise DisconnectionError from None  # the pool tries the next one, and opens a new one in the end

    return engine


def _json(value: object) -> str:
    """JSON as both databases take it: compact, and never NaN, which is no JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
