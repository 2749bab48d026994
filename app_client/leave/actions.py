"""What a head can do about an advisor's leave, all of it at the server: read it, enter some, take it back."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from shared_models.leave import AdvisorLeave, LeaveEdit


async def fetch_leave(session: AppSession, advisor_id: UUID) -> list[AdvisorLeave]:
    """The advisor's leave, as far as it can still be changed, the earliest first; raises Offline, SignInAgain, ServerSaid, BadReply."""
    return (await session.transport.get_leave(advisor_id)).leave


async def enter_leave(
    session: AppSession, advisor_id: UUID, leave_id: UUID, first_day: date, last_day: date
) -> AdvisorLeave:
    """Enter leave; under the same id once, however often it is sent. Raises as `fetch_leave`."""
    edit = LeaveEdit(advisor_id=advisor_id, first_day=first_day, last_day=last_day)
    return await session.transport.put_leave(leave_id, edit)


async def take_back_leave(session: AppSession, leave_id: UUID) -> None:
    """Take leave back; raises as `fetch_leave`."""
    await session.transport.delete_leave(leave_id)
