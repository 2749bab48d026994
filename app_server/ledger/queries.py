"""SQL of the ledger and its advisor-days. Core on the tables, not the ORM: these run for every batch of every phone."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy
from pydantic_core import to_json
from sqlalchemy import (
    Column,
    CompoundSelect,
    Connection,
    TypeDecorator,
    bindparam,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app_server.prepared import Prepared, among, ids_of, record_of
from app_server.tables import AdvisorDayRow, LedgerRow, metadata
from shared_models.activity import Activity, ActivityKind
from shared_models.fold import FOLD_VERSION
from shared_models.identifiers import Identifiers

LEDGER = metadata.tables["ledger"]
ADVISOR_DAY = metadata.tables["advisor_day"]
CUSTOMER = metadata.tables["customer"]
STAFF = metadata.tables["staff"]

_FIELDS = tuple(Activity.model_fields)
_ACTIVITY = [LEDGER.c[name] for name in _FIELDS]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of an id: whose it is, what it was, and the digest of its content."""

    advisor_id: UUID
    kind: ActivityKind
    customer_id: UUID | None
    business_day: date
    digest: bytes


class NewEntry(NamedTuple):
    """An activity to append, with its content as JSON and the digest of that, and what the server has to say of it."""

    activity: Activity
    content: bytes
    digest: bytes
    business_day: date
    branch_id: UUID
    feed_seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """Where a batch comes from."""

    advisor_id: UUID
    device_id: str


def append(
    session: Session, entries: Sequence[NewEntry], source: Source, *, folded: Sequence[dict[str, Any]] = ()
) -> int:
    """Insert entries, and the advisor-days folded with them over what was there; returns how many entries were new.

    Sorted by id, so that overlapping batches cannot deadlock.
    """
    ordered = sorted(entries, key=lambda entry: entry.activity.id.int)
    days = sorted(folded, key=lambda row: row["business_day"])
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return _APPEND_JSON.rows(connection, _as_json(ordered, source, days))[0][0]
    return _append_rows(connection, ordered, source, days)


def _append_rows(
    connection: Connection, entries: Sequence[NewEntry], source: Source, days: Sequence[dict[str, Any]]
) -> int:
    rows = [
        {
            **{name: getattr(entry.activity, name) for name in Activity.model_fields},
            "data": entry.activity.data.model_dump(mode="json"),
            "advisor_id": source.advisor_id,
            "branch_id": entry.branch_id,
            "device_id": source.device_id,
            "business_day": entry.business_day,
            "refers_to": entry.activity.refers_to,
            "digest": entry.digest,
            "feed_seq": entry.feed_seq,
            "received_at": entry.received_at,
        }
        for entry in entries
    ]
    statement = sqlite.insert(LedgerRow).on_conflict_do_nothing(index_elements=["id"]).returning(LEDGER.c.id)
    appended = len(connection.execute(statement, rows).all()) if rows else 0
    if days:
        connection.execute(_store_days(), days)
    return appended


@cache
def _store_days() -> sqlite.Insert:
    # Built once: thirty columns take longer to put together than to write.
    statement = sqlite.insert(AdvisorDayRow)
    keys = ADVISOR_DAY.primary_key.columns.keys()
    replaced = {column.name: statement.excluded[column.name] for column in ADVISOR_DAY.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced)


def _as_json(entries: Sequence[NewEntry], source: Source, days: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The parameters of `_APPEND_JSON`."""
    notes = [
        {
            "business_day": entry.business_day,
            "branch_id": entry.branch_id,
            "refers_to": entry.activity.refers_to,
            "digest": entry.digest.hex(),
            "feed_seq": entry.feed_seq,
            "received_at": entry.received_at,
        }
        for entry in entries
    ]
    return {
        "contents": f"[{b','.join(entry.content for entry in entries).decode()}]",
        "notes": to_json(notes).decode(),
        "days": to_json([{name: stored(row[name]) for name, stored in _STORED.items()} for row in days]).decode(),
        "advisor_id": source.advisor_id,
        "device_id": source.device_id,
    }


def _as_stored(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes of a value what its column stores, which for most is the value."""
    decorator, dialect = column.type, postgresql.dialect()
    if not isinstance(decorator, TypeDecorator):
        return lambda value: value
    return lambda value: decorator.process_bind_param(value, dialect)


_STORED = {column.name: _as_stored(column) for column in ADVISOR_DAY.c}


def _append_json() -> Prepared:
    # A parameter for the batch instead of fifteen an entry, and one trip for entries and days: writing, sending and
    # parsing parameters takes longer than the insert. The contents go in as the JSON that was digested.
    notes = ("business_day", "branch_id", "refers_to", "digest", "feed_seq", "received_at")
    contents = tuple(Activity.model_fields)
    keys = ADVISOR_DAY.primary_key.columns.keys()
    replaced = ", ".join(f"{name} = excluded.{name}" for name in ADVISOR_DAY.c.keys() if name not in keys)  # noqa: SIM118 - a ColumnCollection iterates columns
    days = ", ".join(ADVISOR_DAY.c.keys())
    statement = (
        f"WITH appended AS (INSERT INTO ledger ({', '.join(contents)}, {', '.join(notes)}, advisor_id, device_id) "  # noqa: S608 - names of our own columns
        f"SELECT {', '.join(contents)}, business_day, branch_id, refers_to, decode(digest, 'hex'), feed_seq, received_at, "
        "CAST(:advisor_id AS uuid), :device_id "
        f"FROM ROWS FROM (json_to_recordset(CAST(:contents AS json)) AS ({record_of(LEDGER, contents)}), "
        f"json_to_recordset(CAST(:notes AS json)) AS ({record_of(LEDGER, notes)})) AS batch "
        "ON CONFLICT (id) DO NOTHING RETURNING id), "
        f"folded AS (INSERT INTO advisor_day ({days}) "
        f"SELECT {days} FROM json_to_recordset(CAST(:days AS json)) AS day({record_of(ADVISOR_DAY, ADVISOR_DAY.c.keys())}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {replaced}) "
        "SELECT count(*) FROM appended"
    )
    return Prepared(text(statement))


_APPEND_JSON = _append_json()


class Earlier(NamedTuple):
    """An activity of the ledger, and when its customer became managed, whoever's book they are in now; None: not, or nobody's."""

    activity: Activity
    managed_since: date | None


def earlier(
    session: Session, *, advisor_id: UUID, days: Collection[date], referred: Collection[UUID] = ()
) -> list[Earlier]:
    """One advisor's activities of these business days, and what took any of them back; an activity may come twice.

    That is their voids, of whatever day, aimed at those activities, at what those refer to, or at what is `referred` to.
    """
    connection = session.connection()
    dialect = connection.dialect.name
    # Almost every batch is of one day and refers to nothing outside it: a statement of its own, which PostgreSQL plans once
    # and not each time again.
    shape = {"of_one_day": len(days) == 1, "has_referred": bool(referred)}
    parameters: dict[str, Any] = {"advisor_id": advisor_id}
    parameters |= {"day": next(iter(days))} if shape["of_one_day"] else {"days": list(days)}
    if referred:
        parameters["referred"] = ids_of(referred, dialect)
    if dialect == "sqlite":
        rows = connection.execute(_earlier(dialect, **shape), parameters).all()
    else:
        rows = _prepared_earlier(**shape).rows(connection, parameters)
    return [Earlier(Activity.model_validate(dict(zip(_FIELDS, row[1:], strict=True))), row[0]) for row in rows]


@cache
def _prepared_earlier(*, of_one_day: bool, has_referred: bool) -> Prepared:
    return Prepared(_earlier("postgresql", of_one_day=of_one_day, has_referred=has_referred))


@cache
def _earlier(dialect: str, *, of_one_day: bool, has_referred: bool) -> "CompoundSelect[*tuple[Any, ...]]":
    advisor_id = bindparam("advisor_id", type_=LEDGER.c.advisor_id.type)
    of_advisor, of_day = LEDGER.c.advisor_id == advisor_id, LEDGER.c.business_day
    of_days = of_day == bindparam("day", type_=of_day.type) if of_one_day else among(of_day, "days", dialect)
    held = select(*_ACTIVITY, LEDGER.c.refers_to).where(of_advisor, of_days).cte("held")
    aims = [select(held.c.id), select(held.c.refers_to).where(held.c.refers_to.is_not(None))]
    if has_referred:
        aims.append(select(LEDGER.c.id).where(among(LEDGER.c.id, "referred", dialect)))
    voids = select(*_ACTIVITY).where(
        of_advisor, LEDGER.c.kind == ActivityKind.VOID, LEDGER.c.refers_to.in_(sqlalchemy.union_all(*aims))
    )
    behind = voids.cte("behind")
    return sqlalchemy.union_all(
        *(
            select(CUSTOMER.c.managed_since, *(part.c[name] for name in _FIELDS)).outerjoin_from(
                part, CUSTOMER, CUSTOMER.c.id == part.c.customer_id
            )
            for part in (held, behind)
        )
    )


def days_struck(session: Session, ids: Collection[UUID]) -> set[date]:
    """The business days of these activities and of what refers to them: a visit's proposals may be of another day."""
    found = session.connection().execute(
        select(LEDGER.c.business_day).where(or_(LEDGER.c.id.in_(ids), LEDGER.c.refers_to.in_(ids))).distinct()
    )
    return set(found.scalars())


def branches_of_days(session: Session, *, advisor_id: UUID, days: Collection[date]) -> dict[date, UUID]:
    """Those of these days on which one advisor has an advisor-day, with its branch."""
    rows = session.connection().execute(
        select(ADVISOR_DAY.c.business_day, ADVISOR_DAY.c.branch_id).where(
            ADVISOR_DAY.c.advisor_id == advisor_id, ADVISOR_DAY.c.business_day.in_(days)
        )
    )
    return {row.business_day: row.branch_id for row in rows}


def count_older_days(session: Session) -> int:
    """How many advisor-days an earlier version of the fold made."""
    older = select(func.count()).where(ADVISOR_DAY.c.fold_version < FOLD_VERSION)
    return session.connection().execute(older).scalar_one()


def make_older(session: Session, days: Collection[date]) -> int:
    """Have the advisor-days of these days folded anew, as those of an earlier version are; returns how many they are."""
    stale = update(ADVISOR_DAY).where(ADVISOR_DAY.c.business_day.in_(days)).values(fold_version=0)
    return session.connection().execute(stale).rowcount


def older_days(session: Session, *, after: tuple[UUID, date] | None, most: int) -> list[tuple[UUID, date, UUID]]:
    """Advisor, day and branch of those, in this order, past advisor and day `after`; at most so many."""
    place = (ADVISOR_DAY.c.advisor_id, ADVISOR_DAY.c.business_day)
    statement = (
        select(*place, ADVISOR_DAY.c.branch_id)
        .where(ADVISOR_DAY.c.fold_version < FOLD_VERSION)
        .order_by(*place)
        .limit(most)
    )
    if after is not None:
        statement = statement.where(tuple_(*place) > tuple_(*after))
    return [(advisor_id, day, branch_id) for advisor_id, day, branch_id in session.connection().execute(statement)]


def others_with_called(session: Session, *, advisor_id: UUID, days: Collection[date]) -> set[UUID]:
    """In whose books, other than the advisor's own, customers are by now whom this advisor recorded something of on these days."""
    statement = (
        select(CUSTOMER.c.advisor_id)
        .join(LEDGER, LEDGER.c.customer_id == CUSTOMER.c.id)
        .where(LEDGER.c.advisor_id == advisor_id, LEDGER.c.business_day.in_(days), CUSTOMER.c.advisor_id != advisor_id)
        .distinct()
    )
    return set(session.connection().execute(statement).scalars())


def identifiers_behind(session: Session, activity_ids: Collection[UUID]) -> dict[UUID, Identifiers]:
    """Who the two of each of these activities are by now, whatever book the customer is in: for looking, never for telling."""
    found = session.connection().execute(
        select(LEDGER.c.id, CUSTOMER.c.name, CUSTOMER.c.phone, STAFF.c.name.label("advisor_name"))
        .join_from(LEDGER, STAFF, STAFF.c.id == LEDGER.c.advisor_id)
        .outerjoin(CUSTOMER, CUSTOMER.c.id == LEDGER.c.customer_id)
        .where(LEDGER.c.id.in_(activity_ids))
    )
    return {row.id: Identifiers(row.name, row.phone, row.advisor_name) for row in found}
