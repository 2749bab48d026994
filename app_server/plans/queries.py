"""SQL of plans."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.tables import CustomerRow, PlanRow
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


def store_plan(session: Session, plan: Plan, *, set_by: UUID, now: datetime) -> None:
    """Insert the list, or put it in the place of that advisor's and day's earlier one, which keeps its id."""
    values = {"customer_ids": plan.customer_ids, "note": plan.note, "set_by": set_by, "updated_at": now}
    statement = dialect_insert(session, PlanRow).values(id=plan.id, advisor_id=plan.advisor_id, day=plan.day, **values)
    session.exec(
        statement.on_conflict_do_update(index_elements=[col(PlanRow.advisor_id), col(PlanRow.day)], set_=values)
    )
