"""SQL of the morning: the lists of a day, the books behind them, and what falls due or was promised."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, and_, cast
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app_server.database import batches
from app_server.org.queries import advisors_below, is_leave_on
from app_server.tables import CustomerRow, LedgerRow, PlanRow, StaffRow
from app_server.team.queries import rows_of
from shared_models.activity import ActivityKind
from shared_models.morning import ListState
from shared_models.org import StaffName


class InBook(NamedTuple):
    """Whose book a customer is in, and their name."""

    advisor_id: UUID
    name: str


def lists_on(session: Session, *, path: str, scope_path: str, day: date, today: date) -> list[ListState]:
    """The advisors of the subtree on that day who belong to the caller's today, each with the list of the day, by unit and name."""
    advisors = advisors_below(path, day)
    visible = advisors_below(scope_path, today).alias("visible")
    head = aliased(StaffRow)
    statement = (
        core_select(
            advisors.c.staff_id,
            advisors.c.name,
            is_leave_on(advisors.c.staff_id, day),
            col(PlanRow.customer_ids),
            col(PlanRow.note),
            col(PlanRow.frozen_at),
            col(head.id),
            col(head.name),
        )
        .select_from(advisors)
        .join(visible, visible.c.staff_id == advisors.c.staff_id)
        .outerjoin(PlanRow, and_(col(PlanRow.advisor_id) == advisors.c.staff_id, col(PlanRow.day) == day))
        .outerjoin(head, col(head.id) == col(PlanRow.frozen_by))
        .order_by(advisors.c.unit_path, advisors.c.name, advisors.c.staff_id)
    )
    return [
        ListState(
            advisor=StaffName(id=staff_id, name=name),
            on_leave=on_leave,
            listed=len(customer_ids or ()),
            note=note,
            frozen_at=frozen_at,
            frozen_by=StaffName(id=head_id, name=head_name) if head_id is not None else None,
        )
        for staff_id, name, on_leave, customer_ids, note, frozen_at, head_id, head_name in rows_of(session, statement)
    ]


def customers_with_due(session: Session, advisor_ids: Collection[UUID], day: date) -> Iterator[CustomerRow]:
    """The customers in these advisors' books of whom something may fall due on that day; which, the caller looks up."""
    for part in batches(list(advisor_ids)):
        yield from session.exec(
            select(CustomerRow).where(
                col(CustomerRow.advisor_id).in_(part), cast(col(CustomerRow.maturities), Text).contains(day.isoformat())
            )
        )


def books_of(session: Session, advisor_ids: Collection[UUID]) -> dict[UUID, InBook]:
    """Everybody in these advisors' books."""
    found: dict[UUID, InBook] = {}
    for part in batches(list(advisor_ids)):
        rows = session.exec(
            select(CustomerRow.id, CustomerRow.advisor_id, CustomerRow.name).where(
                col(CustomerRow.advisor_id).in_(part)
            )
        )
        found |= {customer_id: InBook(advisor_id, name) for customer_id, advisor_id, name in rows}
    return found


def customers_promised(session: Session, advisor_ids: Collection[UUID], *, since: date, day: date) -> set[UUID]:
    """To whom these advisors promised something, from `since` on, that falls due by that day; some of it may be kept since."""
    found: set[UUID] = set()
    for part in batches(list(advisor_ids)):
        rows = session.exec(
            select(LedgerRow.customer_id)
            .where(
                col(LedgerRow.advisor_id).in_(part),
                col(LedgerRow.business_day) >= since,
                col(LedgerRow.kind) == ActivityKind.FOLLOW_UP,
                col(LedgerRow.data)["due_on"].as_string() <= day.isoformat(),
            )
            .distinct()
        )
        found |= {each for each in rows if each is not None}
    return found
