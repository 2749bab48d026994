"""What a head asks for in the morning; lists are changed by plans' actions."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from shared_models.morning import Agenda


async def fetch_agenda(session: AppSession, unit_id: UUID, day: date) -> Agenda:
    """A unit's morning. Raises Offline, SignInAgain, ServerSaid, BadReply."""
    return await session.transport.get_agenda(unit_id, day)
