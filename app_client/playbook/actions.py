"""What an advisor can do with a case of their own: agree to the version they have read, or not, now or later."""

from app_client.session import AppSession
from app_client.store.ledger import Draft, append_activities
from shared_models.activity import ActivityKind
from shared_models.cases import CaseConsent, CaseDraft


async def answer(session: AppSession, draft: CaseDraft, *, granted: bool, with_name: bool, note: str = "") -> None:
    """Record a word about that version; it waits for the network like everything else. Raises what a write raises."""
    consent = CaseConsent(
        case_id=draft.id,
        version=draft.version,
        granted=granted,
        with_name=granted and with_name,
        note=note.strip() or None,
    )
    drafts = [Draft(kind=ActivityKind.CASE_CONSENT, data=consent)]
    await session.store.write(lambda tx: append_activities(tx, drafts, now=session.now()))
