"""What an advisor may see of each entity, read when it is sent: its scope in SQL, for a page of all or for some ids."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, RowMapping, Table, select, type_coerce
from sqlmodel import Session

from app_server.ledger.queries import LEDGER
from app_server.sync.lent import is_lent_to, lent_to
from app_server.sync.queries import Data
from app_server.tables import metadata
from shared_models.cases import ANSWERABLE, CaseState
from shared_models.customers import Customer
from shared_models.leave import LeaveDays
from shared_models.plans import Plan
from shared_models.products import Product
from shared_models.reviews import Review
from shared_models.sync import Entity

CUSTOMER, PRODUCT, PLAN, POLICY = (metadata.tables[name] for name in ("customer", "product", "plan", "policy"))
REVIEW, STAFF, LEAVE, UNIT = (metadata.tables[name] for name in ("review", "staff", "leave", "unit"))
CASE, NOTICE = metadata.tables["playbook_case"], metadata.tables["notice"]
BOARD, BOARD_VERSION = metadata.tables["board"], metadata.tables["board_version"]
# Entities whose text is one document in the database, and fields beside the others on the wire.
_IN_A_DOCUMENT = frozenset({Entity.CASE, Entity.CASE_DRAFT, Entity.BOARD})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, on which day of the bank, and the units on the path to where they belong on it."""

    advisor_id: UUID
    today: date
    unit_ids: Sequence[UUID]


def of_ids(session: Session, entity: Entity, ids: Collection[UUID], reader: Reader) -> dict[UUID, Data]:
    """Those of the ids that this advisor may see, as they are now."""
    table, columns, visible = _read_as(session, entity, reader)
    found = session.connection().execute(select(table.c.id, *columns).where(table.c.id.in_(ids), *visible))
    return {row["id"]: _data(entity, row) for row in found.mappings()}


def departed(session: Session, ids: Collection[UUID], reader: Reader) -> dict[UUID, date]:
    """Since when those of the customers are managed who are in another book, not lent today, and were when this advisor recorded with them."""
    recorded = select(LEDGER.c.id).where(
        LEDGER.c.advisor_id == reader.advisor_id,
        LEDGER.c.customer_id == CUSTOMER.c.id,
        # What became of them since is nobody's business here any more.
        LEDGER.c.business_day >= CUSTOMER.c.managed_since,
    )
    found = session.connection().execute(
        select(CUSTOMER.c.id, CUSTOMER.c.managed_since).where(
            CUSTOMER.c.id.in_(ids),
            CUSTOMER.c.advisor_id != reader.advisor_id,
            recorded.exists(),
            ~is_lent_to(CUSTOMER.c.id, reader.advisor_id, reader.today),
        )
    )
    return {row.id: row.managed_since for row in found}


def by_id(
    session: Session, entity: Entity, reader: Reader, *, after: UUID | None, since: date, most: int
) -> list[tuple[UUID, Data]]:
    """A page of all that this advisor may see of an entity, in the order of ids; plans from `since` on."""
    table, columns, visible = _read_as(session, entity, reader)
    statement = select(table.c.id, *columns).where(*visible).order_by(table.c.id).limit(most)
    if after is not None:
        statement = statement.where(table.c.id > after)
    if entity is Entity.PLAN:
        statement = statement.where(PLAN.c.day >= since)
    rows = session.connection().execute(statement).mappings()
    return [(row["id"], _data(entity, row)) for row in rows]


def _read_as(
    session: Session, entity: Entity, reader: Reader
) -> tuple[Table, list[ColumnElement[Any]], list[ColumnElement[bool]]]:
    """Table, columns and scope of an entity: what the bank's feed tells all may see, the rest its own advisor."""
    match entity:
        case Entity.POLICY:
            return POLICY, [_plain(POLICY.c.document)], []
        case Entity.PRODUCT:
            return PRODUCT, [PRODUCT.c[name] for name in Product.model_fields], []
        case Entity.CUSTOMER:
            columns = [CUSTOMER.c[name] for name in Customer.model_fields]
            in_sight = CUSTOMER.c.advisor_id == reader.advisor_id
            # As values, of which there are hardly ever any: PostgreSQL would read all customers for those of a subquery.
            if lent := lent_to(session, reader.advisor_id, reader.today):
                in_sight |= CUSTOMER.c.id.in_(lent)
            return CUSTOMER, [_plain(column) for column in columns], [in_sight]
        case Entity.PLAN:
            columns = [PLAN.c[name] for name in Plan.model_fields]
            return PLAN, [_plain(column) for column in columns], [PLAN.c.advisor_id == reader.advisor_id]
        case Entity.REVIEW:
            name = select(STAFF.c.name).where(STAFF.c.id == REVIEW.c.reviewer_id).scalar_subquery()
            own = [_plain(REVIEW.c[column]) for column in Review.model_fields if column in REVIEW.c]
            return REVIEW, [*own, name.label("reviewer_name")], [REVIEW.c.advisor_id == reader.advisor_id]
        case Entity.CASE:
            columns = [_plain(CASE.c.document), CASE.c.credit, CASE.c.published_on]
            return CASE, columns, [CASE.c.state == CaseState.APPROVED]
        case Entity.CASE_DRAFT:
            columns = [_plain(CASE.c.document), CASE.c.version, CASE.c.state]
            return CASE, columns, [CASE.c.advisor_id == reader.advisor_id, CASE.c.state.in_(ANSWERABLE)]
        case Entity.LEAVE:
            return LEAVE, [LEAVE.c[name] for name in LeaveDays.model_fields], [LEAVE.c.advisor_id == reader.advisor_id]
        case Entity.NOTICE:
            name = select(STAFF.c.name).where(STAFF.c.id == NOTICE.c.said_by).scalar_subquery()
            unit = select(UNIT.c.name).where(UNIT.c.id == NOTICE.c.unit_id).scalar_subquery()
            kind = select(UNIT.c.kind).where(UNIT.c.id == NOTICE.c.unit_id).scalar_subquery()
            of_unit = [name.label("name"), unit.label("unit_name"), kind.label("unit_kind")]
            said = [NOTICE.c.day == reader.today, NOTICE.c.unit_id.in_(reader.unit_ids), NOTICE.c.words != ""]
            return NOTICE, [NOTICE.c.day, NOTICE.c.words, *of_unit], said
        case Entity.BOARD:
            document = (
                select(BOARD_VERSION.c.document)
                .where(BOARD_VERSION.c.board_id == BOARD.c.id, BOARD_VERSION.c.version == BOARD.c.live_version)
                .scalar_subquery()
            )
            shown = [type_coerce(document, JSON).label("document"), BOARD.c.live_version.label("version")]
            return BOARD, [*shown], [BOARD.c.live_version.is_not(None)]
        case _:
            raise NotImplementedError(f"no table is known for {entity}")


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # JSON as it is stored: it was valid when it was written, and is to be JSON again.
    return type_coerce(column, JSON).label(cast("str", column.key)) if _is_json(column) else column


def _is_json(column: ColumnElement[Any]) -> bool:
    return hasattr(column.type, "value_type")


def _data(entity: Entity, row: RowMapping) -> Data:
    if entity is Entity.POLICY:
        return row["document"]
    data = dict(row)
    return data.pop("document") | data if entity in _IN_A_DOCUMENT else data
