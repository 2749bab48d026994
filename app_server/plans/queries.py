"""SQL of plans."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.org.queries import advisors_below, is_leave_on
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


def customers_of(session: Session, advisor_id: UUID, *, lent: Collection[UUID]) -> list[Customer]:
    """An advisor's book, and these of others' books, by id."""
    theirs = col(CustomerRow.advisor_id) == advisor_id
    if lent:
        theirs |= col(CustomerRow.id).in_(lent)
    rows = session.exec(select(CustomerRow).where(theirs).order_by(col(CustomerRow.id)))
    return [as_model(Customer, row) for row in rows]


def colleagues_of(session: Session, advisor_id: UUID, *, scope_path: str, day: date, most: int) -> list[StaffName]:
    """The first other advisors of the same unit of the subtree on that day who are not on leave, by name."""
    here, others = advisors_below(scope_path, day), advisors_below(scope_path, day).alias("others")
    statement = (
        core_select(others.c.staff_id, others.c.name)
        .join_from(here, others, others.c.unit_id == here.c.unit_id)
        .where(here.c.staff_id == advisor_id, others.c.staff_id != advisor_id, ~is_leave_on(others.c.staff_id, day))
        .order_by(others.c.name, others.c.staff_id)
        .limit(most)
    )
    return [StaffName(id=staff_id, name=name) for staff_id, name in rows_of(session, statement)]


def ledger_between(session: Session, advisor_id: UUID, *, first: date, until: date) -> list[Activity]:
    """What an advisor recorded from that day up to, not including, `until`."""
    rows = session.exec(
        select(LedgerRow)
        .where(LedgerRow.advisor_id == advisor_id, col(LedgerRow.business_day) >= first)
        .where(col(LedgerRow.business_day) < until)
    )
    return [as_activity(row) for row in rows]
