"""SQL of loans (代打) as the round trip asks for them: who is lent whom on a day. Lending itself is lending's."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from app_server.database import batches
from app_server.tables import CustomerRow, LoanRow, StaffRow
from shared_models.lending import Loan
from shared_models.org import StaffName

_STANDS = col(LoanRow.taken_back_at).is_(None)


def lent_to(session: Session, advisor_id: UUID, day: date) -> set[UUID]:
    """The customers of other books whom this advisor has on that day."""
    found = session.connection().execute(
        select(col(LoanRow.customer_id))
        .join(CustomerRow, col(CustomerRow.id) == col(LoanRow.customer_id))
        .where(col(LoanRow.advisor_id) == advisor_id, col(LoanRow.day) == day, _STANDS)
        .where(col(CustomerRow.advisor_id) != advisor_id)
    )
    return set(found.scalars())


def is_lent_to(customer_id: ColumnElement[UUID] | Mapped[UUID], advisor_id: UUID, day: date) -> ColumnElement[bool]:
    """Whether the customer of a row is lent to that advisor on that day."""
    return exists().where(
        col(LoanRow.customer_id) == customer_id, col(LoanRow.day) == day, col(LoanRow.advisor_id) == advisor_id, _STANDS
    )


def loans_of(session: Session, customer_ids: Iterable[UUID], day: date) -> list[Loan]:
    """Those of these customers who are lent on that day, by name; whoever has come into the borrower's own book since is not."""
    owner, borrower = aliased(StaffRow), aliased(StaffRow)
    found: list[Loan] = []
    for part in batches(sorted(customer_ids)):
        rows = session.connection().execute(
            select(
                col(LoanRow.customer_id),
                col(CustomerRow.name),
                col(owner.id),
                col(owner.name),
                col(borrower.id),
                col(borrower.name),
            )
            .join_from(LoanRow, CustomerRow, col(CustomerRow.id) == col(LoanRow.customer_id))
            .join(owner, col(owner.id) == col(CustomerRow.advisor_id))
            .join(borrower, col(borrower.id) == col(LoanRow.advisor_id))
            .where(col(LoanRow.customer_id).in_(part), col(LoanRow.day) == day, _STANDS)
            .where(col(CustomerRow.advisor_id) != col(LoanRow.advisor_id))
        )
        found += [
            Loan(
                customer_id=customer_id,
                customer_name=name,
                day=day,
                owner=StaffName(id=owner_id, name=owner_name),
                borrower=StaffName(id=borrower_id, name=borrower_name),
            )
            for customer_id, name, owner_id, owner_name, borrower_id, borrower_name in rows
        ]
    return sorted(found, key=lambda each: (each.customer_name, each.customer_id))


def days_lent(session: Session, customer_ids: Collection[UUID], *, advisor_id: UUID) -> dict[UUID, frozenset[date]]:
    """On which days this advisor had each of the customers, of those they ever had; days that were taken back among them.

    A phone that had not heard of that went on calling them: what it recorded is taken.
    """
    found: dict[UUID, set[date]] = defaultdict(set)
    rows = session.connection().execute(
        select(col(LoanRow.customer_id), col(LoanRow.day)).where(
            col(LoanRow.customer_id).in_(customer_ids), col(LoanRow.advisor_id) == advisor_id
        )
    )
    for customer_id, day in rows:
        found[customer_id].add(day)
    return {customer_id: frozenset(days) for customer_id, days in found.items()}
