"""What a person can do with a hint: say something to it, and later something else."""

from app_client.hints.queries import HintView
from app_client.session import AppSession
from app_client.store.ledger import Draft, append_activities
from shared_models.activity import ActivityKind
from shared_models.errors import BadInput
from shared_models.hint_answers import MOST_ANSWER, HintAnswer


async def answer_hint(session: AppSession, hint: HintView, text: str) -> None:
    """Record a sentence to a hint; it takes the place of an earlier one.

    Raises BadInput when there is no sentence or it is too long, StoreWriteFailed when nothing could be written.
    """
    words = text.strip()
    if not 0 < len(words) <= MOST_ANSWER:
        raise BadInput(f"An answer has 1 to {MOST_ANSWER} characters.", code="bad_data")
    data = HintAnswer(activity_id=hint.about[0].activity_id, hint=hint.hint.code, text=words)
    now = session.now()
    draft = Draft(kind=ActivityKind.HINT_ANSWER, data=data)
    await session.store.write(lambda tx: append_activities(tx, [draft], now=now))
