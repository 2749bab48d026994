"""The store file: opening, migrating, one transaction at a time, and who is told of a write. What is in it is schema.py's."""

import errno
import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from app_client.platform.clock import Clock
from app_client.platform.listeners import Listeners
from app_client.store.carrying import Carrying
from app_client.store.schema import MIGRATIONS
from shared_models.errors import DomainError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_SECONDS = 5.0


class StoreFailed(DomainError):
    """The store could not be read or opened."""

    code = "store_failed"


class StoreWriteFailed(StoreFailed):
    """A write did not happen, and nothing of it is left; `code` is "disk_full" or "store_failed"."""


class NewerStore(DomainError):
    """A newer version of the app wrote this file; this one must not touch it."""

    code = "newer_store"


class LocalStore:
    """One person's store file on this device.

    Work runs where it is called, in the event loop: a transaction takes a millisecond or a few with its fsync, and a
    thread would let two screens see different moments. The lock only guards against callers from other threads.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, clock: Clock, durable: Callable[[], Awaitable[None]] | None
    ) -> None:
        self.path = path
        self.clock = clock
        self.version = 0
        self._connection = connection
        self._lock = threading.RLock()
        self._listeners = Listeners()
        self._carrying = Carrying(durable, on_change=self._listeners.tell)
        self._is_open = True

    @classmethod
    def open(
        cls, path: Path | str, *, clock: Clock, durable: Callable[[], Awaitable[None]] | None = None
    ) -> "LocalStore":
        """Open the file, made and migrated as needed; raises NewerStore or StoreFailed.

        `durable` is awaited after each commit, where a commit alone does not outlive the process (a browser's IDBFS).
        """
        path = Path(path)
        connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its -wal and -shm the mode of the file, so the file must be private from its first byte.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
            connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                connection.execute(f"PRAGMA {pragma}")
            _migrate(connection)
        except (sqlite3.Error, OSError) as error:
            if connection is not None:
                connection.close()
            code, detail = _why(error)
            raise StoreFailed(f"The local store cannot be opened: {detail}", code=code) from error
        except NewerStore:
            assert connection is not None
            connection.close()
            raise
        return cls(path, connection, clock, durable)

    @property
    def is_open(self) -> bool:
        """Whether the store can be used; after signing out it cannot."""
        return self._is_open

    @property
    def unkept(self) -> str | None:
        """Why the newest writes stand in memory only, "disk_full" or "store_failed"; None when all is on the device.

        Such writes are in the store and go to the server like any other, but end with the app unless a later try, by
        itself or at the next write, brings them onto the device.
        """
        trouble = self._carrying.trouble
        return None if trouble is None else _why(trouble)[0]

    def read(self, work: Work[T]) -> T:
        """Run `work` on one snapshot; a write inside raises. Raises StoreFailed."""
        with self._lock:
            self._require_open()
            if self._connection.in_transaction:
                # A read within a write or a read sees what that one sees.
                return work(self._connection)
            try:
                self._connection.execute("PRAGMA query_only = ON")
                self._connection.execute("BEGIN")
                try:
                    return work(self._connection)
                finally:
                    self._connection.execute("ROLLBACK")
                    self._connection.execute("PRAGMA query_only = OFF")
            except sqlite3.Error as error:
                code, detail = _why(error)
                raise StoreFailed(f"The local store cannot be read: {detail}", code=code) from error

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction, wait until it is durable, then tell the listeners.

        Raises StoreWriteFailed, and then nothing of the work is stored; whatever else `work` raises undoes it too.
        Work that is done and cannot be made durable is not undone, since others may stand on it: `unkept` says so.
        """
        with self._lock:
            result = self._transact(work)
            self.version += 1
        try:
            await self._carrying.carry(self.version)
        finally:
            self._listeners.tell()
        return result

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every write; returns what ends it."""
        return self._listeners.add(listener)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._is_open = False
            self._carrying.end()
            self._listeners.clear()
            self._connection.close()

    def _transact(self, work: Work[T]) -> T:
        self._require_open()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException as error:
            # SQLite has rolled back by itself after some errors (a full disk), and then has no transaction left.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error | OSError):
                code, detail = _why(error)
                raise StoreWriteFailed(f"This could not be saved: {detail}", code=code) from error
            raise
        return result

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreFailed("This sign-in has ended on this device; sign in again.", code="store_closed")


def _migrate(connection: sqlite3.Connection) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise NewerStore(
            f"The data on this device was written by a newer version of the app (format {version}, this app reads "
            f"{len(MIGRATIONS)}). Update the app; nothing was changed."
        )
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _why(error: sqlite3.Error | OSError) -> tuple[str, str]:
    """The stable code of a storage error and a sentence for a person."""
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code; errors raised by the sqlite3 module itself carry none.
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    else:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full:
        return "disk_full", "there is no space left on this device. Free some and try again."
    return "store_failed", f"{type(error).__name__}."
