"""A phone's power: it may go between any two statements of its store, and then nothing on the phone can do anything more."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Killed(BaseException):
    """The phone's process is gone. No `except Exception` of the app can hold it up."""


class Power:
    """The power of one start of the app, which a connection asks before each statement."""

    def __init__(self) -> None:
        self.is_on = True
        self.statements_left: int | None = None

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Statements of whoever only looks do not count."""
        left, self.statements_left = self.statements_left, None
        try:
            yield
        finally:
            self.statements_left = left

    def use(self) -> None:
        """Raise Killed when the power has gone or goes now."""
        if self.is_on and self.statements_left is not None:
            self.statements_left -= 1
            self.is_on = self.statements_left >= 0
        if not self.is_on:
            raise Killed


class PoweredConnection:
    """The store's connection, dead as soon as the power is: even its ROLLBACK does not come through any more."""

    def __init__(self, connection: sqlite3.Connection, power: Power) -> None:
        self._connection = connection
        self._power = power

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._power.use()
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._power.use()
        return self._connection.executemany(sql, parameters)

    @property
    def in_transaction(self) -> bool:
        self._power.use()
        return self._connection.in_transaction

    def close(self) -> None:
        self._connection.close()
