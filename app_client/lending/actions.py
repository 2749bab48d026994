"""What a head does: lend a customer to a colleague for the day, and take them back."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from shared_models.lending import Loan, LoanEdit


async def lend(session: AppSession, customer_id: UUID, day: date, *, to: UUID) -> Loan:
    """Give a customer to that advisor for the day. Raises Offline, SignInAgain, ServerSaid, BadReply; so does `take_back`."""
    return await session.transport.put_loan(customer_id, day, LoanEdit(advisor_id=to))


async def take_back(session: AppSession, customer_id: UUID, day: date) -> None:
    """Put them back where they were."""
    await session.transport.delete_loan(customer_id, day)
