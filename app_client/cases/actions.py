"""What a head can do with cases: look, write, ask, and what head office can do: approve, send back, withdraw. All of it online."""

from uuid import UUID

from app_client.session import AppSession
from shared_models.cases import CaseEdit, CaseMove, CaseStep, SharedCase, TeamCase


async def fetch_cases(session: AppSession) -> list[TeamCase]:
    """The cases of one's subtree. Raises Offline, SignInAgain, ServerSaid, BadReply; so do all of these."""
    return (await session.transport.get_cases()).cases


async def fetch_shared(session: AppSession) -> list[SharedCase]:
    """What everybody may read, of the whole bank."""
    return (await session.transport.get_playbook()).cases


async def fetch_case(session: AppSession, case_id: UUID) -> TeamCase:
    """One case with all its versions."""
    return await session.transport.get_case(case_id)


async def save_case(session: AppSession, case_id: UUID, edit: CaseEdit) -> TeamCase:
    """Write a case, or its next version; the same again changes nothing, so a lost answer may be asked for anew."""
    return await session.transport.put_case(case_id, edit)


async def take_step(session: AppSession, case: TeamCase, step: CaseStep, *, remark: str = "") -> TeamCase:
    """Take a step with the version that was read."""
    move = CaseMove(version=case.version, remark=remark.strip() or None)
    return await session.transport.move_case(case.id, step, move)
