"""SQL of the ledger and its advisor-days. Core on the tables, not the ORM: these run for every batch of every phone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, TextClause, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app_server.database import dialect_insert
from app_server.tables import AdvisorDayRow, LedgerRow, metadata
from shared_models.activity import Activity, ActivityKind

LEDGER = metadata.tables["ledger"]
ADVISOR_DAY = metadata.tables["advisor_day"]
CUSTOMER = metadata.tables["customer"]

_ACTIVITY = [LEDGER.c[name] for name in Activity.model_fields]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of an id: whose it is, what it was, and the digest of its content."""

    advisor_id: UUID
    kind: ActivityKind
    customer_id: UUID | None
    business_day: date
    digest: bytes


def append(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Insert rows, sorted by id so that overlapping batches cannot deadlock; returns how many were new."""
    ordered = sorted(rows, key=lambda row: row["id"])
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        document = to_json([{**row, "digest": row["digest"].hex()} for row in ordered]).decode()
        return len(connection.execute(_APPEND_JSON, {"rows": document}).all())
    statement = dialect_insert(session, LedgerRow).on_conflict_do_nothing(index_elements=["id"])
    return len(connection.execute(statement.returning(LEDGER.c.id), ordered).all())


def _append_json() -> TextClause:
    # One parameter for the batch instead of fifteen a row: writing and parsing those took longer than the insert.
    names = [column.name for column in LEDGER.c]
    types = {column.name: column.type.compile(postgresql.dialect()) for column in LEDGER.c} | {"digest": "TEXT"}
    values = ", ".join("decode(digest, 'hex')" if name == "digest" else name for name in names)
    record = ", ".join(f"{name} {types[name]}" for name in names)
    return text(
        f"INSERT INTO ledger ({', '.join(names)}) SELECT {values} "  # noqa: S608 - names of our own columns
        f"FROM json_to_recordset(CAST(:rows AS json)) AS batch({record}) ON CONFLICT (id) DO NOTHING RETURNING id"
    )


_APPEND_JSON = _append_json()


def activities_on(session: Session, *, advisor_id: UUID, days: Collection[date]) -> list[Activity]:
    """One advisor's activities of these business days."""
    return _activities(
        session, select(*_ACTIVITY).where(LEDGER.c.advisor_id == advisor_id, LEDGER.c.business_day.in_(days))
    )


def voids_behind(session: Session, *, advisor_id: UUID, days: Collection[date]) -> list[Activity]:
    """The advisor's voids, of whatever day, aimed at activities of these days or at what those refer to."""
    on_days = (LEDGER.c.advisor_id == advisor_id, LEDGER.c.business_day.in_(days))
    behind = select(LEDGER.c.id).where(*on_days).union(select(LEDGER.c.refers_to).where(*on_days))
    return _activities(
        session,
        select(*_ACTIVITY).where(
            LEDGER.c.refers_to.in_(behind), LEDGER.c.kind == ActivityKind.VOID, LEDGER.c.advisor_id == advisor_id
        ),
    )


def days_struck(session: Session, ids: Collection[UUID]) -> set[date]:
    """The business days of these activities and of what refers to them: a visit's proposals may be of another day."""
    found = session.connection().execute(
        select(LEDGER.c.business_day).where(or_(LEDGER.c.id.in_(ids), LEDGER.c.refers_to.in_(ids))).distinct()
    )
    return set(found.scalars())


def managed_since(session: Session, ids: Collection[UUID]) -> dict[UUID, date | None]:
    """When each of these customers became managed, whoever's book they are in now."""
    found = session.connection().execute(select(CUSTOMER.c.id, CUSTOMER.c.managed_since).where(CUSTOMER.c.id.in_(ids)))
    return {row.id: row.managed_since for row in found}


def store_days(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write advisor-days, over what was there."""
    session.connection().execute(
        _store_days(session.get_bind().dialect.name), sorted(rows, key=lambda row: row["business_day"])
    )


@cache
def _store_days(dialect: str) -> postgresql.Insert | sqlite.Insert:
    # Built once: thirty columns take longer to put together than to write.
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(AdvisorDayRow)
    keys = ("advisor_id", "business_day")
    replaced = {column.name: statement.excluded[column.name] for column in ADVISOR_DAY.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced)


def _activities(session: Session, statement: Select[Any]) -> list[Activity]:
    return [Activity.model_validate(dict(row)) for row in session.connection().execute(statement).mappings()]
