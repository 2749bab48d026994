"""HTTP of samples and reviews. Advisors' tokens are refused by the type of `head`: they receive their reviews by syncing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.reviews import service
from app_server.team.endpoints import Day
from shared_models.reviews import ReviewAverages, ReviewEdit, TeamReview, TeamReviews
from shared_models.samples import DrawnSample, ReviewSubject, SampleRequest, Samples

router = APIRouter(prefix="/api/v1/team", tags=["team"])


@router.post("/samples")
def draw(head: CurrentHead, db: DatabaseDep, clock: ClockDep, wanted: SampleRequest) -> DrawnSample:
    """Draw a sample of a unit's calls and visits; the seed is the server's, made once what is drawn from is fixed.

    The same id and wishes again give the sample that was drawn then.
    """
    return service.draw_sample(db, head, wanted, now=clock.now())


@router.get("/samples")
def samples(head: CurrentHead, db: DatabaseDep, unit_id: UUID | None = None) -> Samples:
    """Every sample drawn of a unit and of those below it, by whom and when; the newest first, the last hundred."""
    return db.read(lambda session: service.samples(session, head, unit_id=unit_id))


@router.get("/samples/{sample_id}")
def sample(head: CurrentHead, db: DatabaseDep, sample_id: UUID) -> DrawnSample:
    """A sample with its seed and all that it was drawn from, so that anyone can draw it again."""
    return db.read(lambda session: service.sample(session, head, sample_id))


@router.get("/reviews")
def reviews(
    head: CurrentHead,
    db: DatabaseDep,
    unit_id: UUID | None = None,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    activity_id: UUID | None = None,
) -> TeamReviews:
    """The reviews of a unit's calls and visits of these business days, or of one of them; the newest two hundred."""
    return db.read(
        lambda session: service.reviews(session, head, unit_id=unit_id, first=first, last=last, activity_id=activity_id)
    )


@router.get("/reviews/averages")
def averages(
    head: CurrentHead,
    db: DatabaseDep,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    unit_id: UUID | None = None,
) -> ReviewAverages:
    """The average scores of a unit and of those right below it by item, each with how many scores it is of."""
    return db.read(lambda session: service.averages(session, head, unit_id=unit_id, first=first, last=last))


@router.get("/reviews/of/{activity_id}")
def subject(head: CurrentHead, db: DatabaseDep, activity_id: UUID) -> ReviewSubject:
    """A call or visit as it is today, and its reviews."""
    return db.read(lambda session: service.subject(session, head, activity_id))


@router.get("/reviews/{review_id}")
def review(head: CurrentHead, db: DatabaseDep, review_id: UUID) -> TeamReview:
    """A review with its versions and what the advisor answered."""
    return db.read(lambda session: service.review(session, head, review_id))


@router.put("/reviews/{review_id}")
def write(head: CurrentHead, db: DatabaseDep, clock: ClockDep, review_id: UUID, edit: ReviewEdit) -> TeamReview:
    """Review a call or a visit, or edit one's own review until its advisor has answered; their phone receives it."""
    return db.write(
        lambda session: service.write_review(session, head, review_id=review_id, edit=edit, now=clock.now())
    )
