"""SQL of the codes that were sent, and of what an advisor's ledger has of codes on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app_server.tables import ConfirmationRow, CustomerRow, LoanRow, metadata
from shared_models.activity import ActivityKind

LEDGER = metadata.tables["ledger"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a customer's code would go; `number` None: nowhere. `is_managed`: the number came from the bank."""

    number: str | None
    is_managed: bool


def recipient(session: Session, customer_id: UUID, *, advisor_id: UUID, day: date) -> Recipient | None:
    """A customer in that advisor's book, or lent to them on that day."""
    lent = exists().where(
        col(LoanRow.customer_id) == customer_id,
        col(LoanRow.day) == day,
        col(LoanRow.advisor_id) == advisor_id,
        col(LoanRow.taken_back_at).is_(None),
    )
    row = session.exec(
        select_rows(CustomerRow).where(
            CustomerRow.id == customer_id, or_(col(CustomerRow.advisor_id) == advisor_id, lent)
        )
    ).one_or_none()
    return Recipient(row.number, row.managed_since is not None) if row is not None else None


def sent_since(
    session: Session, since: datetime, *, advisor_id: UUID, customer_id: UUID
) -> tuple[list[datetime], list[datetime]]:
    """When codes were made by that advisor, and for that customer by whoever, oldest first."""
    c = metadata.tables["confirmation"].c
    mine = select(c.made_at).where(c.advisor_id == advisor_id, c.made_at > since).order_by(c.made_at)
    theirs = select(c.made_at).where(c.customer_id == customer_id, c.made_at > since).order_by(c.made_at)
    connection = session.connection()
    return list(connection.execute(mine).scalars()), list(connection.execute(theirs).scalars())


def forget_sent(session: Session, *, advisor_id: UUID, before: datetime) -> None:
    """Delete what no visit can name any more."""
    session.connection().execute(
        delete(ConfirmationRow).where(
            col(ConfirmationRow.advisor_id) == advisor_id, col(ConfirmationRow.made_at) < before
        )
    )


def sent_to(session: Session, customer_ids: Collection[UUID], *, advisor_id: UUID) -> Sequence[ConfirmationRow]:
    """The codes that this advisor had sent to these customers, newest first."""
    return session.exec(
        select_rows(ConfirmationRow)
        .where(ConfirmationRow.advisor_id == advisor_id, col(ConfirmationRow.customer_id).in_(customer_ids))
        .order_by(col(ConfirmationRow.made_at).desc(), col(ConfirmationRow.id))
    ).all()


def count_try(session: Session, confirmation_id: UUID) -> None:
    """Note that a wrong code was tried."""
    session.connection().execute(
        update(ConfirmationRow)
        .where(col(ConfirmationRow.id) == confirmation_id)
        .values(tries=func.coalesce(col(ConfirmationRow.tries), 0) + 1)
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A visit, a check or a void of an advisor, as the ledger has it."""

    id: UUID
    kind: ActivityKind
    business_day: date
    customer_id: UUID | None
    data: dict[str, Any]


def told_on(session: Session, days: Collection[date], *, advisor_id: UUID) -> list[Told]:
    """The advisor's visits, checks and voids of these days."""
    c = LEDGER.c
    kinds = (ActivityKind.VISIT, ActivityKind.VISIT_CHECK, ActivityKind.VOID)
    rows = session.connection().execute(
        select(c.id, c.kind, c.business_day, c.customer_id, c.data).where(
            c.advisor_id == advisor_id, c.business_day.in_(days), c.kind.in_(kinds)
        )
    )
    return [Told(*row) for row in rows]
