"""HTTP of lending. Advisors' tokens are refused by the type of `head`: their phones receive whom they are lent by syncing."""

from uuid import UUID

from fastapi import APIRouter, status

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.lending import service
from app_server.sync.service import write_batches
from app_server.team.endpoints import Day
from shared_models.lending import Loan, LoanEdit

router = APIRouter(prefix="/api/v1/team/loans", tags=["team"])


@router.put("/{customer_id}/{day}")
def lend(head: CurrentHead, db: DatabaseDep, clock: ClockDep, customer_id: UUID, day: Day, edit: LoanEdit) -> Loan:
    """Lend a customer to a colleague of their advisor's for today. The same again is answered alike.

    409 `already_lent`; `plan_frozen` and `colleague_frozen` where the list of the one or the other is frozen.
    """
    return write_batches(
        db,
        lambda session: service.lend(session, head, customer_id=customer_id, day=day, edit=edit, now=clock.now()),
    )


@router.delete("/{customer_id}/{day}", status_code=status.HTTP_204_NO_CONTENT)
def take_back(head: CurrentHead, db: DatabaseDep, clock: ClockDep, customer_id: UUID, day: Day) -> None:
    """End a loan while nothing is recorded under it; 409 `loan_used` once something is."""
    db.write(lambda session: service.take_back(session, head, customer_id=customer_id, day=day, now=clock.now()))
