"""Statements that run for every batch of every phone and exchange, given to PostgreSQL's driver as they are."""

from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy
from psycopg.rows import RowFactory, tuple_row
from sqlalchemy import ColumnElement, Connection, Executable, Select, String, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

_DIALECT = dialects.dialect()
_WIDTH = 6
Tagged = tuple[str, str, str | None, str | None, str | None, str | None, str | None]


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


def tagged(tag: str, *columns: ColumnElement[Any]) -> "Select[*Tagged]":
    """One of several questions in one statement, their UNION ALL: each trip to the database costs more than what it brings.

    Columns as text, both databases write dates and numbers alike, in a row of the width that all parts have.
    """
    as_text: list[ColumnElement[Any]] = [sqlalchemy.cast(column, String) for column in columns]
    filled = as_text + [sqlalchemy.null()] * (_WIDTH - len(columns))
    return select(sqlalchemy.literal_column(f"'{tag}'", String), *filled)


def day_of(text: str | None) -> date | None:
    """A day of a tagged row."""
    return date.fromisoformat(text) if text else None


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column is one of the values of a parameter, a list or what `ids_of` gives."""
    if dialect == "sqlite":
        return column.in_(bindparam(name, expanding=True))
    # PostgreSQL takes any number as one parameter, so its prepared statement serves batches of every size.
    return column == func.any(bindparam(name, type_=postgresql.ARRAY(column.type)))


def ids_of(ids: Collection[UUID], dialect: str) -> str | list[UUID]:
    """Ids as a parameter of `among`; the driver takes long to write each of them."""
    return list(ids) if dialect == "sqlite" else "{" + ",".join([each.hex for each in ids]) + "}"


def record_of(table: Table, names: Collection[str]) -> str:
    """Columns with their types, for a record out of JSON; bytes come as text."""
    types = {name: table.c[name].type.compile(postgresql.dialect()) for name in names} | {"digest": "TEXT"}
    return ", ".join(f"{name} {types[name]}" for name in names)
