"""SQL of lending: whose a customer is, who has them today, and what was done under a loan. What the round trip asks is sync/lent.py's."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, update
from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.org.queries import advisors_below
from app_server.tables import CustomerRow, LedgerRow, LoanRow


class LentCustomer(NamedTuple):
    """A customer as lending asks: whose they are, their number as it was written down, and the owner's unit."""

    id: UUID
    owner_id: UUID
    phone: str
    unit_path: str


def customer_in_scope(session: Session, customer_id: UUID, *, scope_path: str, day: date) -> LentCustomer | None:
    """The customer, if their advisor belongs to the subtree on that day."""
    advisors = advisors_below(scope_path, day)
    row = session.exec(
        select(CustomerRow.advisor_id, CustomerRow.phone, advisors.c.unit_path)
        .join(advisors, advisors.c.staff_id == col(CustomerRow.advisor_id))
        .where(CustomerRow.id == customer_id)
    ).one_or_none()
    return LentCustomer(customer_id, *row) if row is not None else None


def borrower_of(session: Session, customer_id: UUID, day: date) -> UUID | None:
    """Who has the customer on that day; None: nobody but their own advisor."""
    return session.exec(
        select(LoanRow.advisor_id).where(
            LoanRow.customer_id == customer_id, LoanRow.day == day, col(LoanRow.taken_back_at).is_(None)
        )
    ).one_or_none()


def has_recorded(session: Session, advisor_id: UUID, customer_id: UUID, day: date) -> bool:
    """Whether the advisor has recorded anything with the customer on that day."""
    recorded = exists().where(
        col(LedgerRow.advisor_id) == advisor_id,
        col(LedgerRow.business_day) == day,
        col(LedgerRow.customer_id) == customer_id,
    )
    return session.exec(select(recorded)).one()


def add_loan(session: Session, *, customer_id: UUID, day: date, advisor_id: UUID, lent_by: UUID, now: datetime) -> None:
    """Keep a loan, or one that was taken back once more."""
    again = {"lent_by": lent_by, "lent_at": now, "taken_back_at": None}
    statement = dialect_insert(session, LoanRow).values(
        customer_id=customer_id, day=day, advisor_id=advisor_id, **again
    )
    key = [col(LoanRow.customer_id), col(LoanRow.day), col(LoanRow.advisor_id)]
    session.connection().execute(statement.on_conflict_do_update(index_elements=key, set_=again))


def end_loan(session: Session, customer_id: UUID, day: date, *, advisor_id: UUID, now: datetime) -> None:
    """Note that a loan was taken back; it stays, for what was recorded under it."""
    session.connection().execute(
        update(LoanRow)
        .where(col(LoanRow.customer_id) == customer_id, col(LoanRow.day) == day, col(LoanRow.advisor_id) == advisor_id)
        .values(taken_back_at=now)
    )
