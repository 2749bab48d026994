"""Statements that run for every batch of every phone, given to PostgreSQL's driver as they are."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import RowFactory, tuple_row
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

_DIALECT = dialects.dialect()


class Prepared:
    """A statement for PostgreSQL, compiled once.

    What SQLAlchemy does for each execution costs three times what the driver does, and a push is three statements
    (docs/performance.md). Parameters and values are those of the driver: enumerations are text both ways. `names` are
    those of a row's values, if it is to have any.
    """

    def __init__(self, statement: Executable, *, names: Sequence[str] = ()) -> None:
        assert isinstance(statement, ClauseElement)
        compiled: Any = statement.compile(dialect=_DIALECT)  # SQLAlchemy types it without its parameters
        self._text = str(compiled)
        self._fixed = {name: each.effective_value for name, each in compiled.binds.items() if not each.required}
        self._row_factory = _rows_of(names) if names else tuple_row

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Run it in the connection's transaction; raises DBAPIError as any other statement does."""
        driver: Any = connection.connection.driver_connection  # whatever the pool holds; here psycopg's
        cursor = driver.cursor(row_factory=self._row_factory)
        try:
            cursor.execute(self._text, {**self._fixed, **parameters})
            return cursor.fetchall()
        except psycopg.Error as error:
            cause: Any = error  # SQLAlchemy has a protocol of its own for drivers' errors
            is_lost = connection.dialect.is_disconnect(cause, driver, cursor)
            if is_lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                self._text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=is_lost
            ) from error
        finally:
            cursor.close()


def _rows_of(names: Sequence[str]) -> RowFactory[Any]:
    # Not the driver's own, which asks each result for its columns: these are known.
    row = namedtuple("Row", names)  # pyright: ignore[reportUntypedNamedTuple] - its values are as the statement has them
    return lambda _cursor: row._make
