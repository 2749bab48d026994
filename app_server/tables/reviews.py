"""Samples that were drawn, reviews, and what each review said before it was edited."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app_server.columns import JsonOf, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.activity import ActivityKind
from shared_models.reviews import Comment, Drill, ReviewEdit, Scores
from shared_models.samples import Drawable


class SampleRow(Row, table=True):
    """A sample as it was drawn, for good: `frame` is all it was drawn from, whatever syncs later; `drawn` its result."""

    __table_args__ = (Index("ix_sample_unit_id_drawn_at", "unit_id", "drawn_at"),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    first: date
    last: date
    size: int
    seed: str
    drawn_by: UUID = Field(foreign_key="staff.id", index=True)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    frame_size: int
    frame_digest: str
    frame: list[Drawable] = Field(sa_type=JsonOf(list[Drawable]))
    drawn: list[UUID] = Field(sa_type=JsonOf(list[UUID]))


class ReviewRow(Row, table=True):
    """A review as it reads now. `advisor_id`, `kind` and `business_day` are the activity's, which never change.

    No foreign key on `activity_id`: the ledger may be split by branch and day, and nothing is ever deleted from it.
    """

    __table_args__ = (
        Index("ix_review_advisor_id_business_day", "advisor_id", "business_day"),
        Index("ix_review_activity_id", "activity_id"),
        Index("ix_review_sample_id", "sample_id"),
        Index("ix_review_reviewer_id", "reviewer_id"),
    )

    id: UUID = Field(primary_key=True)
    activity_id: UUID
    advisor_id: UUID = Field(foreign_key="staff.id")
    kind: ActivityKind = Field(sa_type=text_enum(ActivityKind))
    business_day: date
    reviewer_id: UUID = Field(foreign_key="staff.id")
    sample_id: UUID | None = Field(default=None, foreign_key="sample.id")
    scores: Scores = Field(sa_type=JsonOf(Scores))
    comments: list[Comment] = Field(sa_type=JsonOf(list[Comment]))
    drill: Drill | None = Field(default=None, sa_type=JsonOf(Drill))
    version: int
    reviewed_at: datetime = Field(sa_type=UtcDateTime)


class ReviewVersionRow(Row, table=True):
    """What a review said at each of its versions, the last among them."""

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    version: int = Field(primary_key=True)
    document: ReviewEdit = Field(sa_type=JsonOf(ReviewEdit))
    written_at: datetime = Field(sa_type=UtcDateTime)
