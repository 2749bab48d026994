"""What a head can do about findings, and an admin about the list: ask and decide at once; nothing is kept on the device or waits in an outbox."""

from uuid import UUID

from app_client.session import AppSession
from shared_models.quality import Decided, FindingEdit, FindingState, QualityFinding, QualityFindings
from shared_models.wordings import WordingEdit, WordingList, Wordings


async def fetch_findings(session: AppSession, state: FindingState | None, *, cursor: str | None) -> QualityFindings:
    """A page of the last thirty days' findings of one's own unit. Raises Offline, SignInAgain, ServerSaid, BadReply."""
    return await session.transport.get_quality(session.staff.unit.id, state=state, cursor=cursor)


async def decide(session: AppSession, finding_id: UUID, state: Decided, note: str) -> QualityFinding:
    """Say that a finding is so, or a false alarm, with a word if there is one; raises as `fetch_findings`."""
    return await session.transport.put_finding(finding_id, FindingEdit(state=state, note=note.strip()))


async def fetch_wordings(session: AppSession) -> WordingList:
    """The list in force; raises as `fetch_findings`."""
    return await session.transport.get_wordings()


async def save_wordings(session: AppSession, base_version: int, wordings: Wordings) -> WordingList:
    """Put a new version in force; raises as `fetch_findings`, ServerSaid "stale_version" where somebody was faster."""
    return await session.transport.put_wordings(WordingEdit(base_version=base_version, wordings=wordings))
