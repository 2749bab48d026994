"""SQL of the round trip, but for the ledger's own: what a batch names, who the caller is to it, and the feeds' reading side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    Update,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from app_server.auth import queries as auth
from app_server.auth.tokens import AccessClaims
from app_server.database import dialect_insert
from app_server.ledger.queries import LEDGER, Entry
from app_server.org.queries import Stay, path_ids, policies_of
from app_server.prepared import Prepared, Tagged, among, day_of, ids_of, tagged
from app_server.sync.acceptance import KnownCustomer
from app_server.sync.cursor import Heads
from app_server.sync.feed import take_numbers
from app_server.sync.lent import days_lent
from app_server.tables import BANK_SCOPE, CustomerRow, metadata
from shared_models.activity import Activity, ActivityKind
from shared_models.customers import Rating
from shared_models.leave import LeaveDays
from shared_models.org import UnitKind
from shared_models.policy import Policies
from shared_models.products import Product, Risk
from shared_models.sync import Entity

CUSTOMER, PRODUCT, PLAN, POLICY = (metadata.tables[name] for name in ("customer", "product", "plan", "policy"))
CHANGE, FEED, DEVICE = (metadata.tables[name] for name in ("change", "feed", "device"))
REVIEW, STAFF, LEAVE = (metadata.tables[name] for name in ("review", "staff", "leave"))
CASE = metadata.tables["playbook_case"]
MEMBERSHIP, UNIT = (metadata.tables[name] for name in ("membership", "unit"))

Data = dict[str, Any]  # JSON values, and such as pydantic writes as JSON


@dataclass(frozen=True, slots=True)
class Told:
    """That something changed, at a place of a feed; an activity's data come along at once."""

    seq: int
    entity: Entity
    entity_id: str
    deleted: bool
    data: Data | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """The ids that a batch names, and the days it can be of; `numbers` are customers' in E.164, for an exchange's batch."""

    entries: Collection[UUID]
    customers: Collection[UUID]
    products: Collection[UUID]
    earliest: date
    latest: date
    numbers: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What an exchange asks for: policy, the feeds' heads, where the advisor belonged, when on leave, and what a batch names.

    `branch`: the one on the unit path asked about, if a branch is on it. `folded_days`: those of the advisor's among
    the batch's. Entries and customers are of whoever; of customers not the advisor's it is known when they left or were lent.
    `wordings` is the version of the list that notes are checked by; None: the program's own.
    """

    policies: Policies
    heads: Heads
    stays: list[Stay]
    leave: list[LeaveDays]
    folded_days: set[date]
    branch: UUID | None
    entries: dict[UUID, Entry]
    customers: dict[UUID, KnownCustomer]
    products: dict[UUID, Product]
    wordings: int | None


def standing(session: Session, advisor_id: UUID, *, unit_path: str, named: Named) -> Standing:
    """All of it in one query: each trip to the database costs more than what it brings."""
    own = str(advisor_id)
    connection = session.connection()
    dialect = connection.dialect.name
    ids = {"path_ids": path_ids(unit_path), "entries": named.entries, "customers": named.customers}
    parameters: Data = {name: ids_of(each, dialect) for name, each in (ids | {"products": named.products}).items()}
    parameters |= {"advisor_id": advisor_id, "own": own, "earliest": named.earliest, "latest": named.latest}
    parameters["numbers"], has_numbers = list(named.numbers), bool(named.numbers)
    if dialect == "sqlite":
        found = connection.execute(_standing(dialect, has_numbers=has_numbers), parameters).all()
    else:
        found = _prepared_standing(has_numbers=has_numbers).rows(connection, parameters)
    listed: dict[str, list[tuple[str, str | None]]] = {"policy": [], "leave": []}
    scopes: dict[str, int] = {}
    once: dict[str, str] = {}
    stays: list[Stay] = []
    folded: set[date] = set()
    entries: dict[UUID, Entry] = {}
    customers: dict[UUID, KnownCustomer] = {}
    products: dict[UUID, Product] = {}
    for tag, key, first, second, third, fourth, fifth in found:
        match tag:
            case "customer":
                customers[UUID(key)] = KnownCustomer(
                    advisor_id=advisor_id if first == own else UUID(first),
                    managed_since=day_of(second),
                    rating=Rating(third) if third else None,
                    rated_on=day_of(fourth),
                    place=_place_of(fifth),
                )
            case "called":
                customers[UUID(key)] = KnownCustomer(
                    advisor_id if first == own else UUID(first), day_of(second), number=third
                )
            case "entry":
                entries[UUID(key)] = Entry(
                    advisor_id=UUID(first),
                    kind=ActivityKind(second),
                    customer_id=UUID(third) if third else None,
                    business_day=date.fromisoformat(fourth or ""),
                    digest=bytes.fromhex(fifth or ""),
                )
            case "product":
                product = _product(key, first or "", second, third)
                products[product.id] = product
            case "policy" | "leave":
                listed[tag].append((key, first))
            case "head":
                scopes[key] = int(first or 0)
            case "stay":
                place = (float(third), float(fourth)) if third and fourth else None
                stays.append(Stay(key, day_of(first) or date.min, day_of(second), place))
            case "branch" | "wordings":
                once[tag] = key
            case _:
                folded.add(date.fromisoformat(key))
    strangers = [customer_id for customer_id, each in customers.items() if each.advisor_id != advisor_id]
    customers |= _once_theirs(session, strangers, customers, advisor_id) if strangers else {}
    heads = Heads(own=scopes.get(own, 0), bank=scopes.get(BANK_SCOPE, 0))
    branch = UUID(once["branch"]) if "branch" in once else None
    wordings = int(once["wordings"]) if "wordings" in once else None
    policies = policies_of(document for document, _ in listed["policy"])
    leave = [
        LeaveDays(first_day=date.fromisoformat(day), last_day=date.fromisoformat(last or ""))
        for day, last in listed["leave"]
    ]
    return Standing(policies, heads, stays, leave, folded, branch, entries, customers, products, wordings)


@cache
def _prepared_standing(*, has_numbers: bool) -> Prepared:
    return Prepared(_standing("postgresql", has_numbers=has_numbers))


@cache
def _standing(dialect: str, *, has_numbers: bool) -> "CompoundSelect[*Tagged]":
    advisor_id = bindparam("advisor_id", type_=MEMBERSHIP.c.staff_id.type)
    days, entry, customer, product = metadata.tables["advisor_day"].c, LEDGER.c, CUSTOMER.c, PRODUCT.c
    wordings = metadata.tables["wording_list"].c
    # In one column, as the row is no wider; none where either is.
    place = sqlalchemy.cast(customer.lat, String) + "," + sqlalchemy.cast(customer.lon, String)
    digest = func.hex(entry.digest) if dialect == "sqlite" else func.encode(entry.digest, "hex")
    parts = [
        tagged("policy", POLICY.c.document),
        tagged("wordings", wordings.version).where(
            wordings.version == select(func.max(wordings.version)).scalar_subquery()
        ),
        tagged("head", FEED.c.scope, FEED.c.head).where(FEED.c.scope.in_([bindparam("own"), BANK_SCOPE])),
        tagged("stay", UNIT.c.path, MEMBERSHIP.c.starts_on, MEMBERSHIP.c.ends_on, UNIT.c.lat, UNIT.c.lon)
        .join_from(MEMBERSHIP, UNIT, UNIT.c.id == MEMBERSHIP.c.unit_id)
        .where(MEMBERSHIP.c.staff_id == advisor_id),
        tagged("leave", LEAVE.c.first_day, LEAVE.c.last_day).where(LEAVE.c.advisor_id == advisor_id),
        tagged("branch", UNIT.c.id).where(among(UNIT.c.id, "path_ids", dialect), UNIT.c.kind == UnitKind.BRANCH),
        tagged("day", days.business_day).where(
            days.advisor_id == advisor_id, days.business_day.between(bindparam("earliest"), bindparam("latest"))
        ),
        tagged("entry", entry.id, entry.advisor_id, entry.kind, entry.customer_id, entry.business_day, digest).where(
            among(entry.id, "entries", dialect)
        ),
        tagged(
            "customer",
            customer.id,
            customer.advisor_id,
            customer.managed_since,
            customer.rating,
            customer.rated_on,
            place,
        ).where(among(customer.id, "customers", dialect)),
        tagged("product", product.id, product.risk, product.on_sale_from, product.on_sale_until).where(
            among(product.id, "products", dialect)
        ),
    ]
    if has_numbers:
        parts.append(
            tagged("called", customer.id, customer.advisor_id, customer.managed_since, customer.number).where(
                among(customer.number, "numbers", dialect)
            )
        )
    return sqlalchemy.union_all(*parts)


def _place_of(text: str | None) -> tuple[float, float] | None:
    if not text:
        return None
    lat, _, lon = text.partition(",")
    return float(lat), float(lon)


@lru_cache(maxsize=1024)
def _product(product_id: str, risk: str, on_sale_from: str | None, on_sale_until: str | None) -> Product:
    """As far as suitability asks; rows are valid already."""
    return Product.model_construct(
        id=UUID(product_id), risk=Risk(risk), on_sale_from=day_of(on_sale_from), on_sale_until=day_of(on_sale_until)
    )


def _once_theirs(
    session: Session, ids: Sequence[UUID], customers: Mapping[UUID, KnownCustomer], advisor_id: UUID
) -> dict[UUID, KnownCustomer]:
    """Those customers of others with when they left the advisor's book, and on which days they were lent to the advisor."""
    left_at = _left_at(session, ids, advisor_id=advisor_id)
    lent_on = days_lent(session, ids, advisor_id=advisor_id)
    return {
        each: customers[each]._replace(left_at=left_at.get(each), lent_on=lent_on.get(each, frozenset()))
        for each in ids
    }


def _left_at(session: Session, ids: Collection[UUID], *, advisor_id: UUID) -> dict[UUID, datetime]:
    """When each of these customers last left the advisor's book, of those who were in it."""
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


def own_reviews(session: Session, ids: Collection[UUID], *, advisor_id: UUID) -> set[UUID]:
    """Which of the ids are reviews of this advisor's activities."""
    found = session.connection().execute(
        select(REVIEW.c.id).where(REVIEW.c.id.in_(ids), REVIEW.c.advisor_id == advisor_id)
    )
    return set(found.scalars())


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


@dataclass(frozen=True, slots=True)
class Begun:
    """Who is exchanging as the database has them, and the head of their feed once numbers were taken (0 for none).

    No head: the device was signed out or revoked, and nothing was noted or taken.
    """

    standing: auth.Standing | None
    head: int | None


def begin(session: Session, claims: AccessClaims, *, waiting: int | None, numbers: int, now: datetime) -> Begun:
    """Look who is calling, note on the device when it synced and what it still holds, take numbers of their feed.

    In one trip, before it is known whether they may: whoever may not makes the transaction fail. With numbers taken,
    no other batch of this advisor runs until it ends, and no customer leaves their book.
    """
    connection = session.connection()
    asked = auth.standing_parameters(staff_id=claims.staff_id, device_id=claims.device_id, now=now)
    noting = {
        "noted_staff": claims.staff_id,
        "noted_device": claims.device_id,
        "of_family": claims.family_id,
        "synced_at": now,
        "still_waiting": waiting,
    }
    scope = str(claims.staff_id)
    if connection.dialect.name == "sqlite":
        rows = connection.execute(auth.STANDING, asked).all()
        is_noted = connection.execute(_note(), noting).rowcount == 1
        head = (take_numbers(session, scope, numbers) if numbers else 0) if is_noted else None
    else:
        taking = {"of_scope": scope, "numbers": numbers} if numbers else {}
        rows = _begin(takes=bool(numbers)).rows(connection, asked | noting | taking)
        head = rows[0].head if rows else None
    return Begun(auth.standing_of(rows, now), head)


@cache
def _note() -> Update:
    d = DEVICE.c
    waiting = bindparam("still_waiting", type_=d.waiting.type)
    return (
        update(DEVICE)
        .where(
            d.staff_id == bindparam("noted_staff"),
            d.device_id == bindparam("noted_device"),
            d.family_id == bindparam("of_family"),
            d.revoked_at.is_(None),
        )
        .values(last_sync_at=bindparam("synced_at"), waiting=func.coalesce(waiting, d.waiting))
    )


@cache
def _begin(*, takes: bool) -> Prepared:
    # The device first, then the feed, as everywhere: one order for all locks. No device, no numbers.
    noted = _note().returning(DEVICE.c.staff_id).cte("noted")
    if not takes:
        head = select(literal(0)).select_from(noted)
        return _with_names(auth.STANDING.add_columns(head.scalar_subquery().label("head")))
    scope, numbers = bindparam("of_scope", type_=FEED.c.scope.type), bindparam("numbers", type_=FEED.c.head.type)
    taking = postgresql.insert(FEED).from_select(["scope", "head"], select(scope, numbers).select_from(noted))
    taken = (
        taking.on_conflict_do_update(index_elements=["scope"], set_={"head": FEED.c.head + taking.excluded.head})
        .returning(FEED.c.head)
        .cte("taken")
    )
    head = select(taken.c.head).scalar_subquery().label("head")
    return _with_names(auth.STANDING.add_columns(head))


def _with_names(statement: Select[*tuple[Any, ...]]) -> Prepared:
    return Prepared(statement, names=statement.selected_columns.keys())


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
