"""SQL of the round trip, but for the ledger's own: what a batch names, who the caller is to it, and the feeds' reading side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy
from pydantic import TypeAdapter
from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    RowMapping,
    String,
    Table,
    Update,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session

from app_server.database import dialect_insert
from app_server.ledger.queries import LEDGER, Entry
from app_server.org.queries import path_ids
from app_server.sync.acceptance import KnownCustomer
from app_server.sync.cursor import Heads
from app_server.sync.feed import take_numbers
from app_server.tables import BANK_SCOPE, CustomerRow, metadata
from shared_models.activity import Activity, ActivityKind
from shared_models.customers import Customer, Rating
from shared_models.org import UnitKind
from shared_models.plans import Plan
from shared_models.policy import Policies, Policy
from shared_models.products import Product, Risk
from shared_models.sync import Entity

CUSTOMER, PRODUCT, PLAN, POLICY = (metadata.tables[name] for name in ("customer", "product", "plan", "policy"))
CHANGE, FEED, DEVICE = (metadata.tables[name] for name in ("change", "feed", "device"))
MEMBERSHIP, UNIT = (metadata.tables[name] for name in ("membership", "unit"))

_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)

Data = dict[str, Any]  # JSON values, and such as pydantic writes as JSON
Stay = tuple[date, date | None, str]


@dataclass(frozen=True, slots=True)
class Told:
    """That something changed, at a place of a feed; an activity's data come along at once."""

    seq: int
    entity: Entity
    entity_id: str
    deleted: bool
    data: Data | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What every exchange asks for: the policy, the feeds' heads, where the advisor belonged, which days are folded.

    `branch`: the one on the unit path asked about, if a branch is on it.
    """

    policies: Policies
    heads: Heads
    stays: list[Stay]
    folded_days: set[date]
    branch: UUID | None


def standing(session: Session, advisor_id: UUID, *, unit_path: str) -> Standing:
    """All of it in one query: each trip to the database costs more than what it brings."""
    own = str(advisor_id)
    connection = session.connection()
    dialect = connection.dialect.name
    found = connection.execute(
        _standing(dialect), {"advisor_id": advisor_id, "own": own, "path_ids": _ids(path_ids(unit_path), dialect)}
    )
    documents: list[str] = []
    stays: list[Stay] = []
    folded: set[date] = set()
    scopes: dict[str, int] = {}
    branch: UUID | None = None
    for tag, first, second, third in found:
        match tag:
            case "policy":
                documents.append(first)
            case "head":
                scopes[first] = int(second or 0)
            case "stay":
                stays.append((_day_of(second) or date.min, _day_of(third), first))
            case "branch":
                branch = UUID(first)
            case _:
                folded.add(date.fromisoformat(first))
    heads = Heads(own=scopes.get(own, 0), bank=scopes.get(BANK_SCOPE, 0))
    return Standing(_parsed(frozenset(documents)), heads, stays, folded, branch)


def _tag(name: str) -> ColumnElement[str]:
    return sqlalchemy.literal_column(f"'{name}'", String)


def _day(column: ColumnElement[Any]) -> ColumnElement[str]:
    # Both databases write a date as 2026-11-23.
    return sqlalchemy.cast(column, String)


@cache
def _standing(dialect: str) -> CompoundSelect[str, str, str | None, str | None]:
    nothing, advisor_id = sqlalchemy.null(), bindparam("advisor_id", type_=MEMBERSHIP.c.staff_id.type)
    days = metadata.tables["advisor_day"].c
    return sqlalchemy.union_all(
        select(_tag("policy"), sqlalchemy.cast(POLICY.c.document, String), nothing, nothing),
        select(_tag("head"), FEED.c.scope, sqlalchemy.cast(FEED.c.head, String), nothing).where(
            FEED.c.scope.in_([bindparam("own"), BANK_SCOPE])
        ),
        select(_tag("stay"), UNIT.c.path, _day(MEMBERSHIP.c.starts_on), _day(MEMBERSHIP.c.ends_on))
        .join_from(MEMBERSHIP, UNIT, UNIT.c.id == MEMBERSHIP.c.unit_id)
        .where(MEMBERSHIP.c.staff_id == advisor_id),
        select(_tag("branch"), sqlalchemy.cast(UNIT.c.id, String), nothing, nothing).where(
            _among(UNIT.c.id, "path_ids", dialect), UNIT.c.kind == UnitKind.BRANCH
        ),
        select(_tag("day"), _day(days.business_day), nothing, nothing).where(days.advisor_id == advisor_id),
    )


def _day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=8)
def _parsed(documents: frozenset[str]) -> Policies:
    return Policies(_POLICY.validate_json(document) for document in documents)


@dataclass(frozen=True, slots=True)
class Named:
    """Of the ids that a batch names, those the database has."""

    entries: dict[UUID, Entry]
    customers: dict[UUID, KnownCustomer]
    products: dict[UUID, Product]


def named(
    session: Session,
    *,
    advisor_id: UUID,
    entry_ids: Collection[UUID],
    customer_ids: Collection[UUID],
    product_ids: Collection[UUID],
) -> Named:
    """All of them in one query: activities and customers of whoever; of customers not the advisor's, when they left."""
    connection = session.connection()
    found = Named({}, {}, {})
    if not (entry_ids or customer_ids or product_ids):
        return found
    dialect = connection.dialect.name
    ids = {"entry_ids": entry_ids, "customer_ids": customer_ids, "product_ids": product_ids}
    parameters = {name: _ids(each, dialect) for name, each in ids.items()}
    for tag, key, first, second, third, fourth, fifth in connection.execute(_named(dialect), parameters):
        match tag:
            case "entry":
                found.entries[UUID(key)] = Entry(
                    advisor_id=UUID(first),
                    kind=ActivityKind(second),
                    customer_id=UUID(third) if third else None,
                    business_day=date.fromisoformat(fourth or ""),
                    digest=bytes.fromhex(fifth or ""),
                )
            case "customer":
                found.customers[UUID(key)] = KnownCustomer(
                    advisor_id=UUID(first),
                    managed_since=_day_of(second),
                    rating=Rating(third) if third else None,
                    rated_on=_day_of(fourth),
                )
            case _:
                found.products[UUID(key)] = _product(key, first, second, third)
    strangers = [customer_id for customer_id, each in found.customers.items() if each.advisor_id != advisor_id]
    left = _left_at(session, strangers, advisor_id=advisor_id) if strangers else {}
    for customer_id, at in left.items():
        found.customers[customer_id] = replace(found.customers[customer_id], left_at=at)
    return found


def _ids(ids: Collection[UUID], dialect: str) -> str | list[UUID]:
    # PostgreSQL takes any number of ids as one parameter, so its prepared statement serves batches of every size.
    return list(ids) if dialect == "sqlite" else "{" + ",".join(map(str, ids)) + "}"


def _among(column: ColumnElement[UUID], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column is one of the parameter's ids, as `_ids` gives them."""
    if dialect == "sqlite":
        return column.in_(bindparam(name, expanding=True))
    return column == func.any(sqlalchemy.cast(bindparam(name, type_=String), postgresql.ARRAY(column.type)))


@cache
def _named(dialect: str) -> CompoundSelect[*tuple[str | None, ...]]:
    def as_text(*columns: ColumnElement[Any]) -> list[ColumnElement[str]]:
        return [sqlalchemy.cast(column, String) for column in columns]

    nothing = sqlalchemy.null()
    entry, customer, product = LEDGER.c, CUSTOMER.c, PRODUCT.c
    digest = func.hex(entry.digest) if dialect == "sqlite" else func.encode(entry.digest, "hex")
    return sqlalchemy.union_all(
        select(
            _tag("entry"),
            *as_text(entry.id, entry.advisor_id, entry.kind, entry.customer_id, entry.business_day),
            digest,
        ).where(_among(entry.id, "entry_ids", dialect)),
        select(
            _tag("customer"),
            *as_text(customer.id, customer.advisor_id, customer.managed_since, customer.rating, customer.rated_on),
            nothing,
        ).where(_among(customer.id, "customer_ids", dialect)),
        select(
            _tag("product"),
            *as_text(product.id, product.risk, product.on_sale_from, product.on_sale_until),
            nothing,
            nothing,
        ).where(_among(product.id, "product_ids", dialect)),
    )


@lru_cache(maxsize=1024)
def _product(product_id: str, risk: str, on_sale_from: str | None, on_sale_until: str | None) -> Product:
    """As far as suitability asks; rows are valid already."""
    return Product.model_construct(
        id=UUID(product_id), risk=Risk(risk), on_sale_from=_day_of(on_sale_from), on_sale_until=_day_of(on_sale_until)
    )


def _left_at(session: Session, ids: Collection[UUID], *, advisor_id: UUID) -> dict[UUID, datetime]:
    # The advisor's feed remembers who left their book: it had to tell their phone.
    at = type_coerce(func.max(CHANGE.c.at), CHANGE.c.at.type)
    found = session.connection().execute(
        select(CHANGE.c.entity_id, at)
        .where(
            CHANGE.c.scope == str(advisor_id),
            CHANGE.c.entity == Entity.CUSTOMER.value,
            CHANGE.c.entity_id.in_([str(customer_id) for customer_id in ids]),
            CHANGE.c.deleted,
        )
        .group_by(CHANGE.c.entity_id)
    )
    return {UUID(entity_id): left for entity_id, left in found}


def add_prospects(session: Session, rows: Sequence[CustomerRow]) -> int:
    """Insert customers, sorted by id; returns how many were new."""
    statement = dialect_insert(session, CustomerRow).on_conflict_do_nothing(index_elements=["id"])
    values = [row.model_dump(mode="python") for row in sorted(rows, key=lambda row: row.id)]
    return len(session.connection().execute(statement.returning(CUSTOMER.c.id), values).all())


def branch_of_path(session: Session, path: str) -> UUID:
    """The branch that a unit's path goes through; the root where none is on it."""
    ids = path_ids(path)
    found = session.connection().execute(select(UNIT.c.id).where(UNIT.c.id.in_(ids), UNIT.c.kind == UnitKind.BRANCH))
    branches = set(found.scalars())
    return next((unit_id for unit_id in ids if unit_id in branches), ids[0])


def begin(
    session: Session,
    *,
    staff_id: UUID,
    device_id: str,
    family_id: UUID,
    waiting: int | None,
    numbers: int,
    now: datetime,
) -> int | None:
    """Note on the device when it synced and what it still holds, and take so many numbers of the advisor's feed.

    Returns the feed's head then (0 for no numbers); None if the device was signed out or revoked meanwhile. With
    numbers taken, no other batch of this advisor runs until the transaction ends, and no customer leaves their book.
    """
    connection = session.connection()
    values = {
        "for_staff": staff_id,
        "on_device": device_id,
        "of_family": family_id,
        "synced_at": now,
        "still_waiting": waiting,
    }
    if numbers and connection.dialect.name != "sqlite":
        taking = {"of_scope": str(staff_id), "numbers": numbers}
        return connection.execute(_NOTE_AND_TAKE, values | taking).scalar_one_or_none()
    if connection.execute(_NOTE, values).rowcount != 1:
        return None
    return take_numbers(session, str(staff_id), numbers) if numbers else 0


def _note() -> Update:
    d = DEVICE.c
    waiting = bindparam("still_waiting", type_=d.waiting.type)
    return (
        update(DEVICE)
        .where(
            d.staff_id == bindparam("for_staff"),
            d.device_id == bindparam("on_device"),
            d.family_id == bindparam("of_family"),
            d.revoked_at.is_(None),
        )
        .values(last_sync_at=bindparam("synced_at"), waiting=func.coalesce(waiting, d.waiting))
    )


def _note_and_take() -> ReturningInsert[int]:
    # The device first, then the feed, as everywhere: one order for all locks. No device, no numbers.
    noted = _note().returning(DEVICE.c.staff_id).cte("noted")
    scope, numbers = bindparam("of_scope", type_=FEED.c.scope.type), bindparam("numbers", type_=FEED.c.head.type)
    taken = postgresql.insert(FEED).from_select(["scope", "head"], select(scope, numbers).select_from(noted))
    return taken.on_conflict_do_update(
        index_elements=["scope"], set_={"head": FEED.c.head + taken.excluded.head}
    ).returning(FEED.c.head)


_NOTE, _NOTE_AND_TAKE = _note(), _note_and_take()


def changes_between(session: Session, scope: str, *, after: int, upto: int, most: int) -> list[Told]:
    """The changes of one feed above `after` and up to `upto`, in its order, at most so many."""
    c = CHANGE.c
    found = session.connection().execute(
        select(c.seq, c.entity, c.entity_id, c.deleted)
        .where(c.scope == scope, c.seq > after, c.seq <= upto)
        .order_by(c.seq)
        .limit(most)
    )
    return [Told(row.seq, Entity(row.entity), row.entity_id, row.deleted) for row in found]


def activities_between(
    session: Session, *, advisor_id: UUID, after: int, upto: int, since: date | None, most: int
) -> list[Told]:
    """The advisor's activities at these places of their feed, with the places; `since` is a business day."""
    statement = (
        select(LEDGER.c.feed_seq, *(LEDGER.c[name] for name in Activity.model_fields))
        .where(LEDGER.c.advisor_id == advisor_id, LEDGER.c.feed_seq > after, LEDGER.c.feed_seq <= upto)
        .order_by(LEDGER.c.feed_seq)
        .limit(most)
    )
    if since is not None:
        statement = statement.where(LEDGER.c.business_day >= since)
    rows = session.connection().execute(statement).mappings()
    return [
        Told(
            row["feed_seq"], Entity.ACTIVITY, str(row["id"]), False, {name: row[name] for name in Activity.model_fields}
        )
        for row in rows
    ]


def of_ids(session: Session, entity: Entity, ids: Collection[UUID], *, advisor_id: UUID) -> dict[UUID, Data]:
    """Those of the ids that this advisor may see, as they are now."""
    table, columns, visible = _read_as(entity, advisor_id)
    found = session.connection().execute(select(table.c.id, *columns).where(table.c.id.in_(ids), *visible))
    return {row["id"]: _data(entity, row) for row in found.mappings()}


def by_id(
    session: Session, entity: Entity, *, advisor_id: UUID, after: UUID | None, since: date, most: int
) -> list[tuple[UUID, Data]]:
    """A page of all that this advisor may see of an entity, in the order of ids; plans from `since` on."""
    table, columns, visible = _read_as(entity, advisor_id)
    statement = select(table.c.id, *columns).where(*visible).order_by(table.c.id).limit(most)
    if after is not None:
        statement = statement.where(table.c.id > after)
    if entity is Entity.PLAN:
        statement = statement.where(PLAN.c.day >= since)
    rows = session.connection().execute(statement).mappings()
    return [(row["id"], _data(entity, row)) for row in rows]


def _read_as(entity: Entity, advisor_id: UUID) -> tuple[Table, list[ColumnElement[Any]], list[ColumnElement[bool]]]:
    """Table, columns and scope of an entity: what the bank's feed tells all may see, the rest its own advisor."""
    match entity:
        case Entity.POLICY:
            return POLICY, [_plain(POLICY.c.document)], []
        case Entity.PRODUCT:
            return PRODUCT, [PRODUCT.c[name] for name in Product.model_fields], []
        case Entity.CUSTOMER:
            columns = [CUSTOMER.c[name] for name in Customer.model_fields]
            return CUSTOMER, [_plain(column) for column in columns], [CUSTOMER.c.advisor_id == advisor_id]
        case Entity.PLAN:
            columns = [PLAN.c[name] for name in Plan.model_fields]
            return PLAN, [_plain(column) for column in columns], [PLAN.c.advisor_id == advisor_id]
        case _:
            raise NotImplementedError(f"no table is known for {entity}")


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # JSON as it is stored: it was valid when it was written, and is to be JSON again.
    return type_coerce(column, JSON).label(cast("str", column.key)) if _is_json(column) else column


def _is_json(column: ColumnElement[Any]) -> bool:
    return hasattr(column.type, "value_type")


def _data(entity: Entity, row: RowMapping) -> Data:
    return row["document"] if entity is Entity.POLICY else dict(row)
