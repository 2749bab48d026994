"""What a person can do with reviews: an advisor reads and answers, without network too; a head draws, writes, and asks."""

from datetime import date
from uuid import UUID

from pydantic import ValidationError

from app_client.kept import keep
from app_client.reviews.queries import averages_key, sample_key, samples_key, see_review, subject_key
from app_client.session import AppSession
from app_client.store.ledger import Draft, append_activities
from shared_models.activity import ActivityData, ActivityKind, uuid7
from shared_models.errors import BadInput
from shared_models.reviews import DrillDone, ReviewEdit, ReviewReply
from shared_models.samples import DrawnSample, SampleRequest


async def mark_seen(session: AppSession, review_id: UUID) -> None:
    """The advisor has looked at the review as it is now."""
    await session.store.write(lambda tx: see_review(tx, review_id))


async def reply_to(session: AppSession, review_id: UUID, text: str) -> None:
    """Answer a review; raises BadInput for nothing, StoreWriteFailed when it could not be kept."""
    try:
        reply = ReviewReply(review_id=review_id, text=text)
    except ValidationError as error:
        raise BadInput("A reply has between 1 and 1,000 characters.") from error
    await _record(session, ActivityKind.REVIEW_REPLY, reply)


async def finish_drill(session: AppSession, review_id: UUID, said: str = "") -> None:
    """Say that the drill of a review is done, and how it went if anything is said of it; raises StoreWriteFailed."""
    await _record(session, ActivityKind.DRILL_DONE, DrillDone(review_id=review_id, note=said.strip() or None))


async def fetch_samples(session: AppSession, unit_id: UUID) -> None:
    """Ask for a unit's samples and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, samples_key(unit_id), session.transport.get_samples(unit_id))


async def fetch_sample(session: AppSession, sample_id: UUID) -> None:
    """Ask for a sample and keep the answer; raises as `fetch_samples`."""
    await keep(session, sample_key(sample_id), session.transport.get_sample(sample_id))


async def fetch_subject(session: AppSession, activity_id: UUID) -> None:
    """Ask for a call or visit with its reviews and keep the answer; raises as `fetch_samples`."""
    await keep(session, subject_key(activity_id), session.transport.get_review_subject(activity_id))


async def fetch_averages(session: AppSession, unit_id: UUID, first: date, last: date) -> None:
    """Ask for a unit's averages and keep the answer; raises as `fetch_samples`."""
    averages = session.transport.get_review_averages(unit_id, first, last)
    await keep(session, averages_key(unit_id, first, last), averages)


def new_id(session: AppSession) -> UUID:
    """An id for a sample or a review that is about to be asked for: with it, a lost reply does nothing twice."""
    return uuid7(session.now())


async def draw_sample(
    session: AppSession, sample_id: UUID, *, unit_id: UUID, first: date, last: date, size: int
) -> DrawnSample:
    """Have a sample drawn, keep it and the list it stands in now; raises as `fetch_samples`."""
    wishes = {"id": sample_id, "unit_id": unit_id, "from": first, "to": last, "size": size}
    wanted = SampleRequest.model_validate(wishes)
    drawn = await keep(session, sample_key(sample_id), session.transport.draw_sample(wanted))
    await fetch_samples(session, unit_id)
    return drawn


async def write_review(session: AppSession, review_id: UUID, edit: ReviewEdit) -> None:
    """Write a review, or edit one's own, and ask for what it is of anew; raises as `fetch_samples`."""
    await session.transport.put_review(review_id, edit)
    await fetch_subject(session, edit.activity_id)


async def _record(session: AppSession, kind: ActivityKind, data: ActivityData) -> None:
    now = session.now()
    await session.store.write(lambda tx: append_activities(tx, [Draft(kind=kind, data=data)], now=now))
