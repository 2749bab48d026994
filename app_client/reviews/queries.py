"""What an advisor reads of their reviews, from the phone's own store, and a head's kept answers; it asks the server nothing."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from app_client.session import AppSession
from app_client.store.rules import policies
from shared_models.activity import ActivityKind
from shared_models.policy import zone
from shared_models.reviews import Review, TeamReview
from shared_models.samples import ReviewSubject

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Said:
    """What the advisor answered, and whether the server has it yet."""

    text: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class OwnReview:
    """A review of one's own call or visit. `customer` None: not in the book (any more); `done` None: the drill is not done."""

    review: Review
    customer: str | None
    is_unread: bool
    replies: tuple[Said, ...]
    done: Said | None

    @property
    def drills(self) -> bool:
        """Whether a drill is asked for that is still to be done."""
        return self.review.drill is not None and self.done is None


def own_reviews(session: AppSession) -> list[OwnReview]:
    """The signed-in advisor's reviews, the newest first."""

    def read(tx: sqlite3.Connection) -> list[OwnReview]:
        rows = tx.execute(
            """SELECT reviews.*, customers.name AS customer FROM reviews
            LEFT JOIN activities ON activities.id = reviews.activity_id
            LEFT JOIN customers ON customers.id = activities.customer_id
            ORDER BY reviews.doc ->> 'reviewed_at' DESC, reviews.id"""
        ).fetchall()
        answers = tx.execute(
            "SELECT refers_to, kind, data, state FROM activities "
            "WHERE kind IN ('review_reply', 'drill_done') AND state <> 'held' ORDER BY corrected_at, id"
        ).fetchall()
        return [_own(row, [each for each in answers if each["refers_to"] == row["id"]]) for row in rows]

    return session.store.read(read)


def see_review(tx: sqlite3.Connection, review_id: UUID) -> None:
    """Note on this phone that the review was looked at as it is now."""
    tx.execute("UPDATE reviews SET seen_version = version WHERE id = ?", (str(review_id),))


def in_bank_zone(session: AppSession, moment: datetime) -> datetime:
    """The moment by the bank's clocks."""
    return moment.astimezone(zone(session.store.read(policies).timezone))


def samples_key(unit_id: UUID) -> str:
    """Under which the samples of a unit are kept."""
    return f"team/samples/{unit_id}"


def sample_key(sample_id: UUID) -> str:
    """Under which a sample is kept."""
    return f"team/sample/{sample_id}"


def subject_key(activity_id: UUID) -> str:
    """Under which a call or visit is kept with its reviews."""
    return f"team/reviews/of/{activity_id}"


def averages_key(unit_id: UUID, first: date, last: date) -> str:
    """Under which a unit's averages are kept."""
    return f"team/reviews/averages/{unit_id}/{first}/{last}"


def editable_of(subject: ReviewSubject, staff_id: UUID) -> TeamReview | None:
    """The newest review of that head's which its advisor has not answered yet, if there is one."""
    return next(
        (
            each
            for each in subject.reviews
            if each.review.reviewer_id == staff_id and not each.replies and each.drill_done_at is None
        ),
        None,
    )


def _own(row: sqlite3.Row, answers: list[sqlite3.Row]) -> OwnReview:
    replies: list[Said] = []
    done: Said | None = None
    for each in answers:
        data, is_waiting = json.loads(each["data"]), each["state"] == "waiting"
        if each["kind"] == ActivityKind.REVIEW_REPLY:
            replies.append(Said(data["text"], is_waiting))
        else:
            done = done or Said(data.get("note") or "", is_waiting)
    return OwnReview(
        review=Review.model_validate_json(row["doc"]),
        customer=row["customer"],
        is_unread=row["seen_version"] < row["version"],
        replies=tuple(replies),
        done=done,
    )
