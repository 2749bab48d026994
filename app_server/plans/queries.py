"""SQL of plans."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.tables import CustomerRow, LedgerRow, PlanRow, StaffRow, as_model
from app_server.team.queries import as_activity, rows_of
from shared_models.activity import Activity
from shared_models.customers import Customer
from shared_models.org import StaffName
from shared_models.plans import Plan


def plan_of(session: Session, *, advisor_id: UUID, day: date) -> PlanRow | None:
    """The list of one advisor and day."""
    return session.exec(
        select(PlanRow)
        .where(PlanRow.advisor_id == advisor_id, PlanRow.day == day)
        .execution_options(populate_existing=True)
    ).one_or_none()


def in_book(session: Session, *, advisor_id: UUID, customer_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these customers are in the advisor's book."""
    return set(
        session.exec(
            select(CustomerRow.id).where(
                CustomerRow.advisor_id == advisor_id, col(CustomerRow.id).in_(list(customer_ids))
            )
        )
    )


def store_plan(
    session: Session, plan: Plan, *, after: int, set_by: UUID, frozen_by: UUID | None, now: datetime
) -> bool:
    """Insert the list, or put it in the place of the one at version `after`; False, and nothing stored, where there is another."""
    values = {
        "customer_ids": plan.customer_ids,
        "note": plan.note,
        "version": plan.version,
        "set_by": set_by,
        "updated_at": now,
        "frozen_at": plan.frozen_at,
        "frozen_by": frozen_by,
    }
    statement = dialect_insert(session, PlanRow).values(id=plan.id, advisor_id=plan.advisor_id, day=plan.day, **values)
    stored = statement.on_conflict_do_update(
        index_elements=[col(PlanRow.advisor_id), col(PlanRow.day)], set_=values, where=col(PlanRow.version) == after
    )
    return rows_of(session, stored.returning(col(PlanRow.id))).first() is not None


def names_of(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, StaffName]:
    """The names of these members of staff."""
    rows = session.exec(select(StaffRow.id, StaffRow.name).where(col(StaffRow.id).in_(staff_ids)))
    return {staff_id: StaffName(id=staff_id, name=name) for staff_id, name in rows}


def book_of(session: Session, advisor_id: UUID) -> list[Customer]:
    """An advisor's book, by id."""
    rows = session.exec(select(CustomerRow).where(CustomerRow.advisor_id == advisor_id).order_by(col(CustomerRow.id)))
    return [as_model(Customer, row) for row in rows]


def ledger_between(session: Session, advisor_id: UUID, *, first: date, until: date) -> list[Activity]:
    """What an advisor recorded from that day up to, not including, `until`."""
    rows = session.exec(
        select(LedgerRow)
        .where(LedgerRow.advisor_id == advisor_id, col(LedgerRow.business_day) >= first)
        .where(col(LedgerRow.business_day) < until)
    )
    return [as_activity(row) for row in rows]
