"""What a head does with the word to a unit: say it, say it otherwise, take it back."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from shared_models.notices import NoticeEdit, UnitNotice


async def say(session: AppSession, unit_id: UUID, day: date, words: str, *, instead_of: UnitNotice) -> UnitNotice:
    """Say it in the place of what was said, "" taking that back. Raises Offline, SignInAgain, ServerSaid (`notice_changed`), BadReply."""
    edit = NoticeEdit(words=words.strip(), version=instead_of.version)
    return await session.transport.put_notice(unit_id, day, edit)
