"""SQL of customers: whose book they are in. What a phone is sent of them is sync's."""

from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app_server.org.queries import advisors_among
from app_server.tables import CustomerRow, StaffRow


def owner_of(session: Session, customer_id: UUID, *, lock: bool = False) -> UUID | None:
    """The advisor in whose book the customer is; `lock` keeps it so until the transaction ends."""
    statement = select(CustomerRow.advisor_id).where(CustomerRow.id == customer_id)
    return session.exec(statement.with_for_update() if lock else statement).one_or_none()


def phone_of(session: Session, customer_id: UUID) -> str:
    """The customer's telephone number, as it was written down."""
    return session.exec(select(CustomerRow.phone).where(CustomerRow.id == customer_id)).one()


def is_advisor(session: Session, staff_id: UUID, *, day: date) -> bool:
    """Whether that is an advisor who works here on that day or will."""
    staff = session.get(StaffRow, staff_id)
    return staff is not None and staff.active and bool(advisors_among(session, [staff_id], since=day))


def book_of(session: Session, advisor_id: UUID) -> list[tuple[UUID, str]]:
    """The customers in that advisor's book, each with their telephone number."""
    found = session.exec(select(CustomerRow.id, CustomerRow.phone).where(CustomerRow.advisor_id == advisor_id))
    return [(customer_id, phone) for customer_id, phone in found]


def set_owner_of_all(session: Session, advisor_id: UUID, to_advisor: UUID) -> None:
    """Put all customers of one advisor's book into another's."""
    session.exec(update(CustomerRow).where(col(CustomerRow.advisor_id) == advisor_id).values(advisor_id=to_advisor))


def set_owner(session: Session, customer_id: UUID, advisor_id: UUID) -> None:
    """Put the customer into that advisor's book."""
    session.exec(update(CustomerRow).where(col(CustomerRow.id) == customer_id).values(advisor_id=advisor_id))
